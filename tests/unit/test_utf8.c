#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/utf8.h"

static void
every_code_point_there_and_back(void **state)
{
	char bytes[4];
	uint32_t back;

	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		size_t n = utf8_encode(cp, bytes);
		if (cp >= 0xd800 && cp <= 0xdfff) {
			assert_int_equal(n, 3);
			assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
			continue;
		}
		if (utf8_decode(bytes, n, &back) != n || back != cp)
			fail_msg("U+%04X", cp);
		/* A character cut short is damage, one byte at a time. */
		for (size_t cut = 1; cut < n; cut++)
			if (utf8_decode(bytes, cut, &back) != 1 || back != 0xfffd)
				fail_msg("U+%04X cut to %zu", cp, cut);
	}
	assert_int_equal(utf8_encode(0x110000, bytes), 3);
}

static void
damage_is_one_byte(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xe5\x9f\x41", "\xe5\x41"
	};
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t len = strlen(bad[i]);
		assert_int_equal(utf8_decode(bad[i], len, &cp), 1);
		assert_int_equal(cp, 0xfffd);
		assert_false(utf8_valid(bad[i], len));
		assert_int_equal(utf8_first_bad(bad[i], len), 0);
	}
	assert_int_equal(utf8_decode("", 0, &cp), 0);
	assert_int_equal(utf8_first_bad("城\xff", 4), 3);
	/* The replacement character itself is a character. */
	assert_true(utf8_valid("\xef\xbf\xbd", 3));
	assert_true(utf8_valid("a\0b", 3));
}

static void
offsets_are_points_outside_and_bytes_inside(void **state)
{
	static const char text[] = "a城é😀\xff";
	const size_t len = sizeof text - 1;
	static const size_t at[] = { 0, 1, 4, 6, 10, 11, 11, 11 };

	(void)state;
	assert_int_equal(utf8_count(text, len), 5);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++)
		assert_int_equal(utf8_offset(text, len, i), at[i]);
	assert_int_equal(utf8_offset(text, 0, 3), 0);
	assert_int_equal(utf8_count("", 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_there_and_back),
		cmocka_unit_test(damage_is_one_byte),
		cmocka_unit_test(offsets_are_points_outside_and_bytes_inside),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
