#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/appeal/due.h"

#define NOW (INT64_C(1795340528) * USEC_S)

static void
text(int64_t left_ms, const char *want)
{
	char out[DUE_TEXT];

	due_text(NOW + left_ms * 1000, NOW, NULL, NULL, out);
	if (strcmp(out, want) != 0)
		fail_msg("%lld ms left: %s, not %s", (long long)left_ms, out, want);
}

static void
countdown(void **state)
{
	char out[DUE_TEXT];

	(void)state;
	text(252000, "04:12");
	text(251001, "04:12");
	text(251000, "04:11");
	text(1, "00:01");
	text(0, "-00:00");
	text(-1, "-00:00");
	text(-1000, "-00:01");
	text(-724000, "-12:04");
	text(3599000, "59:59");
	text(3599001, "1:00:00");
	text(3753000, "1:02:33");
	text(86399000, "23:59:59");
	text(86400000, "1d00h");
	text((3 * 24 + 4) * 3600000LL + 5, "3d04h");
	text(-(3 * 24 + 4) * 3600000LL, "-3d04h");
	due_text(0, NOW, NULL, NULL, out);
	assert_string_equal(out, "");
	due_text(NOW + 100 * 3600 * USEC_S, NOW, "天", "时", out);
	assert_string_equal(out, "4天04时");
	due_text(INT64_MAX, 1, "一二三四五六七", "一二三四五六七", out);
	assert_int_equal(strlen(out), DUE_TEXT - 1);
}

static void
classes(void **state)
{
	const usec_t minute = 60 * USEC_S;

	(void)state;
	assert_int_equal(due_class(0, 0, NOW), DUE_NONE);
	assert_int_equal(due_class(0, NOW, NOW), DUE_NONE);
	assert_int_equal(due_class(NOW, 0, NOW), DUE_LATE);
	assert_int_equal(due_class(NOW - 1, 0, NOW), DUE_LATE);
	assert_int_equal(due_class(NOW + 1, 0, NOW), DUE_SOON);
	assert_int_equal(due_class(NOW + 30 * minute - 1, 0, NOW), DUE_SOON);
	assert_int_equal(due_class(NOW + 30 * minute, 0, NOW), DUE_OK);
	/* Eight hours' limit: the last two are soon. */
	assert_int_equal(due_class(NOW + 119 * minute, NOW - 361 * minute, NOW), DUE_SOON);
	assert_int_equal(due_class(NOW + 120 * minute, NOW - 360 * minute, NOW), DUE_OK);
	/* A start after the due time says nothing. */
	assert_int_equal(due_class(NOW + 40 * minute, NOW + 50 * minute, NOW), DUE_OK);
}

/* Between now and due_next the text stays; at it, it is another one. */
static void
changes_when_it_says(void **state)
{
	static const int64_t lefts_ms[] = {
		1, 500, 999, 1000, 1001, 60000, 3600000, 3600001, 86399000, 86400000, 86400001, 90000000, 900000001,
		0, -1, -999, -1000, -1001, -3599999, -86399999, -86400000, -86400001, -900000000
	};

	(void)state;
	assert_int_equal(due_next(0, NOW), 0);
	for (size_t i = 0; i < sizeof lefts_ms / sizeof *lefts_ms; i++) {
		usec_t due = NOW + lefts_ms[i] * 1000, next = due_next(due, NOW);
		char now[DUE_TEXT], before[DUE_TEXT], after[DUE_TEXT];
		assert_true(next > NOW && next - NOW <= 3601 * USEC_S);
		due_text(due, NOW, NULL, NULL, now);
		due_text(due, next - 1, NULL, NULL, before);
		due_text(due, next, NULL, NULL, after);
		if (strcmp(now, before) != 0)
			fail_msg("%lld ms left: %s becomes %s before its time", (long long)lefts_ms[i], now, before);
		if (strcmp(now, after) == 0)
			fail_msg("%lld ms left: %s stays", (long long)lefts_ms[i], now);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(countdown),
		cmocka_unit_test(classes),
		cmocka_unit_test(changes_when_it_says),
	};
	return cmocka_run_group_tests_name("due", tests, NULL, NULL);
}
