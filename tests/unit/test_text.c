#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf/text.h"

static void trims_every_blank(void **state)
{
	const char *s = " \t\xE3\x80\x80 区 城管\xE3\x80\x80\t";
	size_t len = strlen(s);

	(void)state;
	text_trim(&s, &len);
	assert_int_equal(len, strlen("区 城管"));
	assert_memory_equal(s, "区 城管", len);
	s = " \xE3\x80\x80 ";
	len = strlen(s);
	text_trim(&s, &len);
	assert_int_equal(len, 0);
}

static void tells_encodings_apart(void **state)
{
	static const struct { const char *bytes; bool good, gb, bom; const char *text; } cases[] = {
		{ "", true, false, false, "" },
		{ "plain", true, false, false, "plain" },
		{ "\xEF\xBB\xBF城", true, false, true, "城" },
		{ "\xB3\xC7\xB9\xDC", true, true, false, "城管" },
		{ "\x81\x30\x81\x30", true, true, false, "\xC2\x80" },
		{ "\xB3", false, false, false, NULL },
		{ "\xEF\xBB\xBF\xB3\xC7", false, false, false, NULL },
		{ "\xFF\xFE" "a", false, false, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err_list errs = { 0 };
		struct buf out = { 0 };
		bool gb, bom;
		bool good = text_decode(&out, "f", cases[i].bytes, strlen(cases[i].bytes), &gb, &bom, &errs);
		if (good != cases[i].good || good == (errs.count > 0))
			fail_msg("case %zu", i);
		if (good) {
			assert_string_equal(buf_text(&out), cases[i].text);
			assert_true(gb == cases[i].gb && bom == cases[i].bom);
		}
		buf_free(&out);
		err_list_free(&errs);
	}
}

static void names_the_line(void **state)
{
	struct err_list errs = { 0 };
	struct buf out = { 0 };
	bool gb, bom;

	(void)state;
	assert_false(text_decode(&out, "f", "a\nb\n\xff\xff\n", 7, &gb, &bom, &errs));
	assert_int_equal(errs.items[0].err.line, 3);
	assert_false(text_decode(&out, "f", "a\n\0b", 4, &gb, &bom, &errs));
	assert_int_equal(errs.items[1].err.line, 2);
	assert_non_null(strstr(errs.items[1].err.message, "NUL"));
	buf_free(&out);
	err_list_free(&errs);
}

/* Larger than the slices that iconv works in. */
static void long_texts(void **state)
{
	struct buf text = { 0 }, gb = { 0 }, back = { 0 };
	struct err_list errs = { 0 };
	bool is_gb, bom;

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_puts(&text, i % 7 ? "分拨" : "𠮷\n");
	assert_true(text_encode(&gb, text.data, text.len, true, false));
	assert_true(text_decode(&back, "f", gb.data, gb.len, &is_gb, &bom, &errs));
	assert_true(is_gb);
	assert_int_equal(back.len, text.len);
	assert_memory_equal(back.data, text.data, text.len);
	buf_free(&text);
	buf_free(&gb);
	buf_free(&back);
}

static void files(void **state)
{
	struct err_list errs = { 0 };
	struct buf out = { 0 };

	(void)state;
	assert_true(text_read(&out, "conf/fenbo.ini", 1 << 20, &errs));
	assert_true(out.len > 100);
	assert_false(text_read(&out, "conf/fenbo.ini", 10, &errs));
	assert_int_equal(errs.items[0].err.code, ERR_TOO_LARGE);
	assert_false(text_read(&out, "conf", 10, &errs));
	assert_false(text_read(&out, "conf/none", 10, &errs));
	assert_int_equal(errs.count, 3);
	buf_free(&out);
	err_list_free(&errs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trims_every_blank),
		cmocka_unit_test(tells_encodings_apart),
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
