#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/buf.h"

static void
grows_and_stays_text(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	buf_putc(&b, '!');
	buf_puts(&b, "");
	assert_false(b.failed);
	assert_int_equal(b.len, strlen(b.data));
	assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4 + 1);
	buf_free(&b);
	assert_null(b.data);
	buf_free(&b);
}

static void
holds_any_bytes(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_add(&b, "a\0b", 3);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_free(&b);
}

static void
fails_once_at_its_bound(void **state)
{
	struct buf b = { .limit = 10 };

	(void)state;
	buf_puts(&b, "0123456789");
	assert_false(b.failed);
	buf_putc(&b, 'x');
	assert_true(b.failed);
	buf_printf(&b, "%s", "");
	assert_string_equal(buf_text(&b), "0123456789");
	buf_reset(&b);
	assert_false(b.failed);
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, "x", SIZE_MAX);
	assert_true(b.failed);
	buf_free(&b);
}

static void
is_cut_back_only(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_cut(&b, 0);
	buf_puts(&b, "abc");
	buf_cut(&b, 9);
	assert_string_equal(buf_text(&b), "abc");
	buf_cut(&b, 1);
	assert_string_equal(buf_text(&b), "a");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_stays_text),
		cmocka_unit_test(holds_any_bytes),
		cmocka_unit_test(fails_once_at_its_bound),
		cmocka_unit_test(is_cut_back_only),
	};
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
