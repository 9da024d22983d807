/* Number plates, written as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/plate.h"

static int
count(const char *text, struct span *first)
{
	static struct points p;
	struct span at;
	int n = 0, from = 0;

	points_read(&p, text, strlen(text));
	while (plate_find(&p, &from, &at))
		if (n++ == 0)
			*first = at;
	return n;
}

static void
is(const char *text, int start, int end)
{
	struct span at = { -1, -1 };

	if (count(text, &at) != 1 || at.start != start || at.end != end)
		print_error("%s: [%d, %d)\n", text, at.start, at.end);
	assert_int_equal(count(text, &at), 1);
	assert_int_equal(at.start, start);
	assert_int_equal(at.end, end);
}

static void
test_plates(void **state)
{
	struct span at;

	(void)state;
	is("粤B12345", 0, 7);
	is("车粤B12345。", 1, 8);
	is("粤BD12345", 0, 8);
	is("粤B12345D", 0, 8);
	is("粤B·D12345", 0, 9);
	is("粤B·12345", 0, 8);
	is("粤 B 12345", 0, 9);
	is("粤Ｂ１２３４５", 0, 7);
	is("粤b1a2c3", 0, 7);
	is("粵B12345", 0, 7);
	is("桂A1234挂", 0, 7);
	is("闽D6789警", 0, 7);
	is("车牌号：B12345，", 4, 10);
	is("车牌号码为BD12345", 5, 12);
	assert_int_equal(count("琼A96341\\琼A76162、琼A37527", &at), 3);
}

static void
test_none(void **state)
{
	static const char *const none[] = {
		"", "粤", "粤B", "粤B1234", "粤B1234567", "辽ICP备11011306号", "新A1区之都", "A12345", "粤BABCDE", "粤12345", "京I12345", "黑DA的车牌", "川流不息", "宁A座12345", "车牌没看清", "粤BO1234",
	};
	struct span at;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		if (count(none[i], &at) != 0)
			print_error("taken for a plate: %s\n", none[i]);
		assert_int_equal(count(none[i], &at), 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_plates), cmocka_unit_test(test_none) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
