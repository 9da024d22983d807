#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/clock.h"

#define AT(s) (INT64_C(s) * USEC_S)

static void
reads_what_is_a_time(void **state)
{
	static const struct { const char *text; usec_t want; } samples[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-22T17:42:08+08:00", AT(1795340528) },
		{ "2026-11-22 17:42:08+08", AT(1795340528) },
		{ "2026-11-22 17:42:08.123+08", AT(1795340528) + 123000 },
		{ "2026-11-22t09:42:08.123456789z", AT(1795340528) + 123456 },
		{ "2026-11-22T17:42:08+0800", AT(1795340528) },
		{ "2026-11-22T04:12:08-05:30", AT(1795340528) },
		{ "1970-01-01 08:05:43+08:05:43", 0 },
		{ "2024-02-29T00:00:00Z", AT(1709164800) },
		{ "2000-02-29T00:00:00Z", AT(951782400) },
		{ "2100-03-01T00:00:00Z", AT(4107542400) },
		{ "2016-12-31T23:59:60Z", AT(1483228800) },
		{ "9999-12-31T23:59:59Z", AT(253402300799) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		usec_t t = -1;
		if (!clock_parse(samples[i].text, strlen(samples[i].text), &t) || t != samples[i].want)
			fail_msg("%s gives %lld", samples[i].text, (long long)t);
	}
}

static void
refuses_everything_else(void **state)
{
	static const char *const samples[] = {
		"", "now", "infinity", "2026-11-22", "2026-11-22T17:42:08", "2026-11-22T17:42+08:00",
		"2026-11-22T17:42:08 +08:00", " 2026-11-22T17:42:08Z", "2026-11-22T17:42:08Z ",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T23:60:00Z",
		"2026-11-22T23:59:61Z", "2026-11-22T17:42:08.Z", "2026-11-22T17:42:08.1234567890Z",
		"2026-11-22T17:42:08+24:00", "2026-11-22T17:42:08+08:60", "2026-11-22T17:42:08+8",
		"2026-11-22T17:42:08+080043", "2026-11-22T17:42:08ZZ", "1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+00:01", "10000-01-01T00:00:00Z", "2026-11-22 17:42:08+08 BC",
		"0044-03-15 00:00:00+00", "2026_11_22T17:42:08Z", "-026-11-22T17:42:08Z", "2026-1１-22T17:42:08Z",
		"2026-11-22T17:42:08,5Z"
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		usec_t t = 7;
		if (clock_parse(samples[i], strlen(samples[i]), &t) || t != 7)
			fail_msg("%s passes", samples[i]);
	}
	usec_t t;
	assert_false(clock_parse("2026-11-22T17:42:08Z\0", 21, &t));
	assert_false(clock_parse("2026-11-22\0" "17:42:08Z", 20, &t));
}

static void
shows_the_zone_of_the_centre(void **state)
{
	char text[40], hms[9];
	int year, month, day, hour, minute, second;

	(void)state;
	assert_true(clock_zone("Asia/Shanghai"));
	clock_rfc3339(AT(1795340528), text);
	assert_string_equal(text, "2026-11-22T17:42:08+08:00");
	clock_rfc3339(AT(1795340528) + 50, text);
	assert_string_equal(text, "2026-11-22T17:42:08.000050+08:00");
	clock_hms(AT(1795340528), hms);
	assert_string_equal(hms, "17:42:08");
	clock_local(AT(1795370528), &year, &month, &day, &hour, &minute, &second);
	assert_int_equal(year * 10000 + month * 100 + day, 20261123);
	assert_int_equal(hour * 10000 + minute * 100 + second, 20208);
	clock_local(0, NULL, NULL, NULL, NULL, NULL, NULL);
	/* Summers of daylight saving are in the zone's history. */
	clock_rfc3339(AT(520000000), text);
	assert_string_equal(text, "1986-06-24T21:26:40+09:00");
	assert_true(clock_zone("America/St_Johns"));
	clock_rfc3339(AT(1795340528), text);
	assert_string_equal(text, "2026-11-22T06:12:08-03:30");
	assert_true(clock_zone("UTC"));
	clock_rfc3339(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999+00:00");
	clock_rfc3339(INT64_MAX, text);
	clock_rfc3339(INT64_MIN, text);
	clock_hms(INT64_MAX, hms);
	assert_int_equal(strlen(hms), 8);
}

static void
unknown_zones_change_nothing(void **state)
{
	static const char *const bad[] = {
		"", "Mars/Olympus", "/etc/passwd", "../../../etc/passwd", "Asia/Shanghai:x", "CST-8",
		"Asia/Shang hai", "上海"
	};
	char text[40];

	(void)state;
	assert_true(clock_zone("Asia/Shanghai"));
	assert_false(clock_zone(NULL));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (clock_zone(bad[i]))
			fail_msg("%s passes", bad[i]);
	clock_rfc3339(0, text);
	assert_string_equal(text, "1970-01-01T08:00:00+08:00");
}

static void
the_servers_time_goes_on_from_what_it_said(void **state)
{
	struct clock_skew k = { 0 };
	usec_t before = clock_now(), now = clock_skew_now(&k, 5), mono = clock_monotonic();

	(void)state;
	assert_true(now >= before && now <= clock_now());
	clock_skew_set(&k, AT(1795340528), mono);
	assert_int_equal(clock_skew_now(&k, mono), AT(1795340528));
	assert_int_equal(clock_skew_now(&k, mono + 1500000), AT(1795340529) + 500000);
	assert_true(clock_monotonic() >= mono);
}

static void
makes_an_instant_of_a_wall_clock(void **state)
{
	char text[40];
	usec_t t;

	(void)state;
	assert_true(clock_zone("Asia/Shanghai"));
	assert_true(clock_make(2026, 11, 22, 17, 42, 5, &t));
	clock_rfc3339(t, text);
	assert_string_equal(text, "2026-11-22T17:42:05+08:00");
	assert_true(clock_make(2026, 3, 0, 24, 0, 0, &t)); /* the last of February, and on into the next day */
	clock_rfc3339(t, text);
	assert_string_equal(text, "2026-03-01T00:00:00+08:00");
	assert_true(clock_make(2026, 0, 15, 0, 0, 0, &t));
	clock_rfc3339(t, text);
	assert_string_equal(text, "2025-12-15T00:00:00+08:00");
	assert_false(clock_make(1969, 1, 1, 0, 0, 0, &t));
	assert_false(clock_make(12000, 1, 1, 0, 0, 0, &t));
	assert_true(clock_zone("UTC"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_a_time),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(shows_the_zone_of_the_centre),
		cmocka_unit_test(makes_an_instant_of_a_wall_clock),
		cmocka_unit_test(unknown_zones_change_nothing),
		cmocka_unit_test(the_servers_time_goes_on_from_what_it_said),
	};
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
