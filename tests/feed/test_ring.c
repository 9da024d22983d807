#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "core/feed/ring.h"

static struct cursor at(uint64_t tx, uint64_t id)
{
	return (struct cursor){ .epoch = "e", .tx = tx, .id = id };
}

static void cursors(void **state)
{
	struct cursor c, d;

	(void)state;
	assert_true(cursor_parse("07ac-c606-751-12", &c)); /* an epoch may have a hyphen */
	assert_string_equal(c.epoch, "07ac-c606");
	assert_true(c.tx == 751 && c.id == 12);
	assert_true(cursor_parse("07ac-c606-751-9", &d));
	assert_true(cursor_compare(&d, &c) < 0 && cursor_compare(&c, &c) == 0 && cursor_same_epoch(&c, &d));
	assert_false(cursor_parse("", &c));
	assert_false(cursor_parse("1-2", &c));
	assert_false(cursor_parse("e-1-", &c));
	assert_false(cursor_parse("e-1-99999999999999999999999", &c));
	assert_false(cursor_parse("e e-1-2", &c));
}

static void a_reader_finds_its_place_or_is_too_old(void **state)
{
	struct ring *r = ring_new(4, 1000);
	struct cursor c = at(10, 0);
	uint64_t pos;

	(void)state;
	ring_start(r, &c);
	for (uint64_t i = 0; i < 6; i++) {
		c = at(10 + i / 2, i);
		assert_true(ring_add(r, &c, "frame", 5, "all\0", 5));
	}
	assert_int_equal(ring_begin(r), 2); /* four are kept */
	c = at(12, 4);
	assert_int_equal(ring_find(r, &c, &pos), RING_FOUND);
	assert_int_equal(pos, 5);
	c = at(11, 100); /* between two: the next one */
	assert_int_equal(ring_find(r, &c, &pos), RING_FOUND);
	assert_int_equal(pos, 4);
	c = at(10, 1); /* the one just dropped: nothing is missing after it */
	assert_int_equal(ring_find(r, &c, &pos), RING_FOUND);
	assert_int_equal(pos, 2);
	c = at(10, 0);
	assert_int_equal(ring_find(r, &c, &pos), RING_OLD);
	strcpy(c.epoch, "f");
	assert_int_equal(ring_find(r, &c, &pos), RING_OTHER);
	assert_int_equal(ring_behind(r, 4), 10);
	assert_int_equal(ring_behind(r, 6), 0);
	ring_free(r);
}

static void bytes_are_bounded_too(void **state)
{
	struct ring *r = ring_new(1000, 100);
	struct cursor c = at(1, 0);
	char frame[30] = { 0 };

	(void)state;
	ring_start(r, &c);
	for (uint64_t i = 1; i <= 20; i++) {
		c = at(1, i);
		assert_true(ring_add(r, &c, frame, sizeof frame, "", 1));
	}
	assert_int_equal(ring_end(r) - ring_begin(r), 3);
	ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursors), cmocka_unit_test(a_reader_finds_its_place_or_is_too_old),
		cmocka_unit_test(bytes_are_bounded_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
