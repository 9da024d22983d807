#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/appeal/number.h"

static case_no
parse(const char *s)
{
	case_no no = 0;

	return number_parse(s, strlen(s), &no) ? no : 0;
}

static void
damm_as_published(void **state)
{
	(void)state;
	assert_int_equal(number_check("572", 3), 4);
	assert_int_equal(number_check("5724", 4), 0);
	assert_int_equal(number_check("", 0), 0);
}

static void
every_way_of_writing_it(void **state)
{
	static const char *const samples[] = {
		"2611220000126", "261122-000012-6", "261122 000012 6", " 261122-000012-6 ",
		"２６１１２２００００１２６", "２６１１２２－００００１２－６", "261122—000012—6", "261122–000012–6",
		"2611-2200-0012-6", "261122　000012　6"
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (parse(samples[i]) != INT64_C(2611220000126))
			fail_msg("%s is refused", samples[i]);
}

static void
refuses(void **state)
{
	static const char *const samples[] = {
		"", "-", "261122000012", "26112200001260", "2611220000123", "26112200001O6", "+2611220000126",
		"2611220000126x", "2611220000126.0", "261122/000012/6", "\xff" "2611220000126"
	};
	char text[14];

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (parse(samples[i]) != 0)
			fail_msg("%s passes", samples[i]);
	/* Right check digits, but no such day or serial. */
	static const char *const dates[] = { "261322000001", "260022000001", "261100000001", "261131000001",
	    "270229000001", "261122000000" };
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		memcpy(text, dates[i], 12);
		text[12] = (char)('0' + number_check(text, 12));
		text[13] = '\0';
		if (parse(text) != 0)
			fail_msg("%s passes", text);
	}
	memcpy(text, "240229000001", 12);
	text[12] = (char)('0' + number_check(text, 12));
	assert_int_not_equal(parse(text), 0);
}

/* What the scheme is for: no wrong digit and no swap of neighbours gives another case. */
static void
misheard_digits_are_refused(void **state)
{
	char wrong[14];

	(void)state;
	for (int serial = 1; serial < 3000; serial += 13) {
		char right[14] = "261122000000";
		for (int i = 11, rest = serial; i >= 6; i--, rest /= 10)
			right[i] = (char)('0' + rest % 10);
		right[12] = (char)('0' + number_check(right, 12));
		right[13] = '\0';
		for (int i = 0; i < 13; i++) {
			for (char d = '0'; d <= '9'; d++) {
				strcpy(wrong, right);
				wrong[i] = d;
				assert_int_equal(number_check(wrong, 13) == 0, d == right[i]);
			}
			if (i == 12 || right[i] == right[i + 1])
				continue;
			strcpy(wrong, right);
			wrong[i] = right[i + 1];
			wrong[i + 1] = right[i];
			assert_int_not_equal(number_check(wrong, 13), 0);
		}
	}
}

static void
shows(void **state)
{
	char shown[16], plain[14];

	(void)state;
	number_show(INT64_C(2611220000126), shown);
	assert_string_equal(shown, "261122-000012-6");
	number_plain(INT64_C(2611220000126), plain);
	assert_string_equal(plain, "2611220000126");
	number_show(INT64_C(101000001), shown); /* years before 2010 begin with 0 */
	assert_string_equal(shown, "000010-100000-1");
	static const case_no none[] = { 0, -1, INT64_MIN, INT64_MAX, INT64_C(10000000000000) };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		number_show(none[i], shown);
		number_plain(none[i], plain);
		assert_string_equal(shown, "");
		assert_string_equal(plain, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damm_as_published),
		cmocka_unit_test(every_way_of_writing_it),
		cmocka_unit_test(refuses),
		cmocka_unit_test(misheard_digits_are_refused),
		cmocka_unit_test(shows),
	};
	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
