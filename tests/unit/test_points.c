/* A text as points: folding, numbers in either script, words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/points.h"

static struct points p;

static int
number(const char *text, int at, int *value)
{
	points_read(&p, text, strlen(text));
	return points_number(&p, at, value);
}

static void
test_numbers(void **state)
{
	static const struct { const char *text; int taken, value; } rows[] = {
		{ "17", 2, 17 }, { "0", 1, 0 }, { "１７", 2, 17 }, { "2026年", 4, 2026 }, { "十", 1, 10 }, { "十七", 2, 17 }, { "二十", 2, 20 }, { "二十三日", 3, 23 }, { "一百零五", 4, 105 },
		{ "两百", 2, 200 }, { "二〇二六", 4, 2026 }, { "三", 1, 3 }, { "两点", 1, 2 }, { "五千", 2, 5000 }, { "", 0, 0 }, { "点", 0, 0 }, { "12345", 0, 0 }, { "一二三四五", 0, 0 },
	};
	int value;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		value = 0;
		if (number(rows[i].text, 0, &value) != rows[i].taken)
			print_error("%s\n", rows[i].text);
		assert_int_equal(number(rows[i].text, 0, &value), rows[i].taken);
		if (rows[i].taken)
			assert_int_equal(value, rows[i].value);
	}
	assert_int_equal(number("123", 1, &value), 0); /* within a longer one */
}

static void
test_words(void **state)
{
	static const char *const words[] = { "每天晚上", "每天", NULL };

	(void)state;
	points_read(&p, "我每天晚上ＡＢ電話", strlen("我每天晚上ＡＢ電話"));
	assert_int_equal(p.n, 9);
	assert_int_equal(points_one_of(&p, 1, words), 4);
	assert_int_equal(points_one_of(&p, 0, words), 0);
	assert_int_equal(points_one_of(&p, -1, words), 0);
	assert_int_equal(points_one_of(&p, 9, words), 0);
	assert_int_equal(points_one_before(&p, 5, words), 4);
	assert_int_equal(points_one_before(&p, 1, words), 0);
	assert_int_equal(points_word(&p, 5, "ab"), 2);
	assert_int_equal(points_word(&p, 7, "电话"), 2);
	assert_int_equal(points_word(&p, 8, "话了"), 0);
	assert_int_equal(points_at(&p, 100), 0);
	assert_int_equal(points_at(&p, -1), 0);
}

static void
test_scan(void **state)
{
	static const char *const words[] = { "燃气", "燃气味", "气味" };
	struct automaton *a = words_new(words, 3, sizeof *words);
	struct words_hit hit[8];
	int n;

	(void)state;
	points_read(&p, "有燃氣味", strlen("有燃氣味"));
	n = points_scan(&p, a, hit, 8);
	assert_int_equal(n, 3);
	assert_int_equal(hit[0].id, 0);
	assert_int_equal(hit[0].start, 1);
	assert_int_equal(hit[0].end, 3);
	assert_int_equal(points_scan(&p, a, hit, 1), 1);
	automaton_free(a);
}

static void
test_long(void **state)
{
	size_t n = 1 << 20;
	char *text = malloc(n);

	(void)state;
	memset(text, 'a', n);
	points_read(&p, text, n);
	assert_int_equal(p.n, POINTS_MAX);
	points_read(&p, "\xff\xfe", 2);
	assert_int_equal(p.n, 2);
	points_read(&p, "", 0);
	assert_int_equal(p.n, 0);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_numbers), cmocka_unit_test(test_words), cmocka_unit_test(test_scan), cmocka_unit_test(test_long) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
