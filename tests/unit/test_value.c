#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf/value.h"

static void numbers_whole_or_refused(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "12abc", "99999999999999999999", "0x10", "1.0", "+", "-",
		"１２", "1e3" };
	int64_t n;

	(void)state;
	assert_true(value_int("0", &n) && n == 0);
	assert_true(value_int("-17", &n) && n == -17);
	assert_true(value_int("+8311", &n) && n == 8311);
	assert_true(value_int("9223372036854775807", &n) && n == INT64_MAX);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (value_int(bad[i], &n))
			fail_msg("\"%s\" was read as a number", bad[i]);
}

static void durations(void **state)
{
	static const struct { const char *text; int64_t ms;
	} good[] = {
		{ "0", 0 },
		{ "250ms", 250 },
		{ "15s", 15000 },
		{ "30m", 1800000 },
		{ "2h", 7200000 },
		{ "1d", 86400000 },
		{ "1h30m", 5400000 },
		{ "-10m", -600000 },
		{ "1d2h3m4s5ms", 93784005 },
	};
	static const char *const bad[] = { "", "5", "m", "1h1h", "30m1h", "1.5h", "5 m", "5M", "99999999999999999999d",
		"1x", "-" };
	int64_t ms;
	char shown[32];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!value_duration(good[i].text, &ms) || ms != good[i].ms)
			fail_msg("%s", good[i].text);
		value_duration_show(ms, shown);
		assert_true(value_duration(shown, &ms) && ms == good[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (value_duration(bad[i], &ms))
			fail_msg("\"%s\" was read as a time", bad[i]);
	value_duration_show(INT64_MIN, shown); /* must not overflow */
	assert_true(shown[0] == '-');
}

static void sizes(void **state)
{
	int64_t n;

	(void)state;
	assert_true(value_size("512", &n) && n == 512);
	assert_true(value_size("64KiB", &n) && n == 65536);
	assert_true(value_size("4MiB", &n) && n == 4194304);
	assert_false(value_size("4MB", &n) || value_size("4 MiB", &n) || value_size("", &n) || value_size("-1", &n));
	assert_false(value_size("99999999999GiB", &n));
}

static void days(void **state)
{
	int y, m, d;

	(void)state;
	assert_true(value_date("2026-10-01", &y, &m, &d) && y == 2026 && m == 10 && d == 1);
	assert_true(value_date("2026/2/9", &y, &m, &d) && m == 2 && d == 9);
	assert_true(value_date("2024年2月29日", &y, &m, &d) && d == 29);
	assert_false(value_date("2026-02-29", &y, &m, &d) || value_date("2026-13-01", &y, &m, &d) ||
	    value_date("2026-10-01x", &y, &m, &d));
	assert_false(
	    value_date("20261001", &y, &m, &d) || value_date("", &y, &m, &d) || value_date("2026-10", &y, &m, &d));
}

static void times_of_day(void **state)
{
	int at;

	(void)state;
	assert_true(value_clock_time("08:00", &at) && at == 480);
	assert_true(value_clock_time("24:00", &at) && at == 1440);
	assert_false(value_clock_time("24:01", &at) || value_clock_time("8", &at) || value_clock_time("08:60", &at));
	assert_false(
	    value_clock_time("08:0", &at) || value_clock_time("08:000", &at) || value_clock_time("-1:00", &at));
}

static void reals_and_flags_and_codes(void **state)
{
	double v;
	bool flag;

	(void)state;
	assert_true(value_real("22.543096", &v) && v > 22.543 && v < 22.5431);
	assert_true(value_real("-0.5", &v) && v == -0.5);
	assert_false(value_real("1e5", &v) || value_real("nan", &v) || value_real(".5", &v) || value_real("1,5", &v) ||
	    value_real("", &v));
	assert_true(value_flag("是", &flag) && flag);
	assert_true(value_flag("off", &flag) && !flag);
	assert_false(value_flag("maybe", &flag) || value_flag("", &flag));
	assert_true(value_code("ZS-001") && value_code("a"));
	assert_false(value_code("") || value_code("a b") || value_code("城管") ||
	    value_code("123456789012345678901234567890123"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_whole_or_refused),
		cmocka_unit_test(durations),
		cmocka_unit_test(sizes),
		cmocka_unit_test(days),
		cmocka_unit_test(times_of_day),
		cmocka_unit_test(reals_and_flags_and_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
