#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/sorted.h"

enum { THINGS = 3000 };

static int value[THINGS];

static int
cmp(const void *a, const void *b)
{
	return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* Everything the sequence says, against which values are in. */
static void
check(const struct sorted *s, const char *in)
{
	size_t row = 0;
	struct sorted_walk w = sorted_from(s, 0);
	bool found;

	for (int i = 0; i < THINGS; i++) {
		assert_int_equal(sorted_row(s, &value[i], &found), row);
		assert_int_equal(found, in[i]);
		if (!in[i])
			continue;
		assert_ptr_equal(sorted_at(s, row), &value[i]);
		assert_ptr_equal(sorted_next(&w), &value[i]);
		row++;
	}
	assert_null(sorted_next(&w));
	assert_int_equal(s->count, row);
	assert_null(sorted_at(s, row));
	assert_null(sorted_at(s, row + 1000));
}

static void
fill(int order)
{
	struct sorted s;
	char in[THINGS] = "";

	sorted_init(&s, cmp);
	for (int i = 0; i < THINGS; i++) {
		/* ascending, descending, scattered, from both ends */
		const int ways[] = { i, THINGS - 1 - i, i * 1471 % THINGS, i % 2 ? i / 2 : THINGS - 1 - i / 2 };
		int k = ways[order];
		assert_true(sorted_add(&s, &value[k]));
		in[k] = 1;
		if (i % 500 == 0)
			check(&s, in);
	}
	check(&s, in);
	for (int i = 0; i < THINGS; i++) {
		int k = (i * 7 + order) % THINGS;
		assert_int_equal(sorted_take(&s, &value[k]), in[k]);
		assert_false(sorted_take(&s, &value[k]));
		in[k] = 0;
		if (i % 500 == 0)
			check(&s, in);
	}
	check(&s, in);
	assert_int_equal(s.chunks, 0);
	sorted_free(&s);
}

static void
any_order_of_coming_and_going(void **state)
{
	(void)state;
	for (int order = 0; order < 4; order++)
		fill(order);
}

static void
in_order_leaves_no_holes(void **state)
{
	struct sorted s;

	(void)state;
	sorted_init(&s, cmp);
	for (int i = 0; i < THINGS; i++)
		sorted_add(&s, &value[i]);
	assert_int_equal(s.chunks, (THINGS + 511) / 512);
	sorted_free(&s);
	assert_int_equal(s.count, 0);
	assert_null(sorted_at(&s, 0));
}

static void
an_equal_takes_the_place(void **state)
{
	struct sorted s;
	int twin = 17;

	(void)state;
	sorted_init(&s, cmp);
	for (int i = 0; i < 40; i++)
		sorted_add(&s, &value[i]);
	sorted_add(&s, &twin);
	assert_int_equal(s.count, 40);
	assert_ptr_equal(sorted_at(&s, 17), &twin);
	assert_true(sorted_take(&s, &value[17]));
	assert_int_equal(s.count, 39);
	sorted_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_of_coming_and_going),
		cmocka_unit_test(in_order_leaves_no_holes),
		cmocka_unit_test(an_equal_takes_the_place),
	};

	for (int i = 0; i < THINGS; i++)
		value[i] = i;
	return cmocka_run_group_tests_name("sorted", tests, NULL, NULL);
}
