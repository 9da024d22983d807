#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf/ini.h"
#include "conf/text.h"

static struct ini *parse(const char *text, struct err_list *errs)
{
	struct ini *ini = ini_parse("t.ini", text, strlen(text), errs);

	if (err_list_empty(errs))
		return ini;
	ini_free(ini);
	return NULL;
}

static void reads_what_is_there(void **state)
{
	struct err_list errs = { 0 };
	struct ini *ini =
	    parse("\xEF\xBB\xBF# 注释\r\n; another\n\n[centre]\nname = 市民诉求分拨中心  \n\n[log]\n  file=\n"
		  "url = \"host=/run # not a comment; really\"\nspaced = \"  kept  \"\neq = a=b\n",
		&errs);

	(void)state;
	assert_non_null(ini);
	assert_true(err_list_empty(&errs));
	assert_string_equal(ini_find(ini, "centre", "name")->value, "市民诉求分拨中心");
	assert_int_equal(ini_find(ini, "centre", "name")->line, 5);
	assert_string_equal(ini_find(ini, "log", "file")->value, "");
	assert_string_equal(ini_find(ini, "log", "url")->value, "host=/run # not a comment; really");
	assert_string_equal(ini_find(ini, "log", "eq")->value, "a=b");
	assert_null(ini_find(ini, "log", "name"));
	int line;
	assert_string_equal(ini_section(ini, 1, &line), "log");
	assert_int_equal(line, 7);
	assert_null(ini_section(ini, 2, &line));
	ini_free(ini);
	err_list_free(&errs);
}

/* Each of these iniparser would take in silence, cut, or fail the whole file for. */
static void refuses_one_by_one(void **state)
{
	static const struct { const char *text; int line; const char *says; } cases[] = {
		{ "[a]\nk = 1\nk = 2\n", 3, "given twice" },
		{ "[a]\nk = 1\n[b]\n[a]\nj = 1\n", 4, "already on line 1" },
		{ "k = 1\n", 1, "before the first" },
		{ "[a]\nk = abc # comment\n", 2, "raw #" },
		{ "[a]\nk = abc; def\n", 2, "raw ;" },
		{ "[a]\nk = \"abc\n", 2, "not closed" },
		{ "[a]\nk = \"a\\\"b\"\n", 2, "backslash" },
		{ "[a]\nk = \"abc\" x\n", 2, "closing quote" },
		{ "[a]\nk = a \"b\" c\n", 2, "quote" },
		{ "[a]\nk = 'abc'\n", 2, "quote" },
		{ "[a]\nk = abc\\\nnext\n", 2, "backslash" },
		{ "[a]\nnonsense\n", 2, "expected [section]" },
		{ "[a\nk = 1\n", 1, "expected ]" },
		{ "[A]\nk = 1\n", 1, "section's name" },
		{ "[a]\nKey = 1\n", 2, "expected a key" },
		{ "[a]\n= 1\n", 2, "expected a key" },
		{ "[a]\nk y = 1\n", 2, "expected a key" },
		{ "[a]\nk = a\x01" "b\n", 2, "control character" },
		{ "[a] # x\nk = 1\n", 1, "expected ]" },
		{ "[a]\nk = \xff\xfe\x80\n", 2, "neither UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err_list errs = { 0 };
		struct ini *ini = parse(cases[i].text, &errs);
		if (ini || errs.count == 0)
			fail_msg("taken: %s", cases[i].text);
		if (errs.items[0].err.line != cases[i].line || !strstr(errs.items[0].err.message, cases[i].says))
			fail_msg("%s: line %d: %s", cases[i].text, errs.items[0].err.line, errs.items[0].err.message);
		assert_string_equal(errs.items[0].file, "t.ini");
		err_list_free(&errs);
	}
}

static void tells_everything_at_once(void **state)
{
	struct err_list errs = { 0 };

	(void)state;
	assert_null(parse("x = 1\n[a]\nk = 1 # c\nk = 2\njunk\n[B]\nm = 3\n", &errs));
	assert_int_equal(errs.count, 6); /* before a section, raw #, twice, junk, bad heading, under it */
	err_list_free(&errs);
}

static void long_lines(void **state)
{
	char text[4096];
	struct err_list errs = { 0 };

	(void)state;
	snprintf(text, sizeof text, "[a]\nk = %0*d\n", 900, 1);
	struct ini *ini = parse(text, &errs);
	assert_non_null(ini);
	assert_int_equal(strlen(ini_find(ini, "a", "k")->value), 900);
	ini_free(ini);
	snprintf(text, sizeof text, "[a]\nk = %0*d\n", 1200, 1);
	assert_null(parse(text, &errs));
	assert_int_equal(errs.items[0].err.line, 2);
	err_list_free(&errs);
}

static void gb18030_is_detected(void **state)
{
	struct err_list errs = { 0 };
	struct buf gb = { 0 };
	const char *text = "[centre]\nname = 市民诉求分拨中心\n";

	(void)state;
	assert_true(text_encode(&gb, text, strlen(text), true, false));
	struct ini *ini = ini_parse("gb.ini", gb.data, gb.len, &errs);
	assert_non_null(ini);
	assert_string_equal(ini_find(ini, "centre", "name")->value, "市民诉求分拨中心");
	ini_free(ini);
	buf_free(&gb);
	err_list_free(&errs);
}

static void files_that_cannot_be_read(void **state)
{
	struct err_list errs = { 0 };

	(void)state;
	assert_null(ini_load("/nowhere/at/all.ini", &errs));
	assert_int_equal(errs.items[0].err.code, ERR_NOT_FOUND);
	assert_null(ini_load("/tmp", &errs));
	assert_null(ini_load("/dev/zero", &errs));
	assert_int_equal(errs.count, 3);
	err_list_free(&errs);
	struct ini *empty = ini_parse("e.ini", "", 0, &errs);
	assert_non_null(empty);
	assert_int_equal(ini_count(empty), 0);
	ini_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(refuses_one_by_one),
		cmocka_unit_test(tells_everything_at_once),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(gb18030_is_detected),
		cmocka_unit_test(files_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
