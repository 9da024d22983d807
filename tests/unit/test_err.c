#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"

static void
rows_are_whole(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_COUNT; i++) {
		assert_true(*err_name(i) != '\0' && *err_sentence(i) != '\0');
		assert_in_range(err_http(i), 200, 599);
		assert_in_range(err_exit(i), 0, 3);
		assert_int_equal(err_by_name(err_name(i)), i);
	}
	assert_int_equal(err_exit(ERR_USAGE), 2);
	assert_int_equal(err_exit(ERR_UNAVAILABLE), 3);
}

static void
the_unknown_is_a_fault_of_ours(void **state)
{
	(void)state;
	assert_int_equal(err_by_name("no such"), ERR_INTERNAL);
	assert_int_equal(err_by_name(NULL), ERR_INTERNAL);
	assert_string_equal(err_name((enum err_code)-1), "internal");
	assert_string_equal(err_name((enum err_code)999), "internal");
}

static void
setting_fails_and_fills(void **state)
{
	struct err e;

	(void)state;
	assert_false(err_set(NULL, ERR_STALE, "x", "%d", 1));
	memset(&e, 0x55, sizeof e);
	assert_false(err_set(&e, ERR_STALE, NULL, "version %d", 7));
	assert_int_equal(e.code, ERR_STALE);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.field, "");
	assert_string_equal(e.message, "version 7");
}

static void
what_is_cut_ends_in_a_whole_character(void **state)
{
	char longer[1024] = "";
	struct err e;

	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		memset(longer, 'x', (size_t)shift);
		longer[shift] = '\0';
		while (strlen(longer) < 900)
			strcat(longer, "诉😀é");
		err_set(&e, ERR_INVALID, longer, "%s", longer);
		assert_true(utf8_valid(e.field, strlen(e.field)) && strlen(e.field) > sizeof e.field - 5);
		assert_true(utf8_valid(e.message, strlen(e.message)) && strlen(e.message) > sizeof e.message - 5);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(the_unknown_is_a_fault_of_ours),
		cmocka_unit_test(setting_fails_and_fills),
		cmocka_unit_test(what_is_cut_ends_in_a_whole_character),
	};
	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
