#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf/err_list.h"
#include "core/base/utf8.h"

static void says_where_and_what(void **state)
{
	static const struct { const char *file, *field; int line, column; const char *want; } cases[] = {
		{ "/etc/fenbo/fenbo.ini", "listen.port", 3, 0, "/etc/fenbo/fenbo.ini:3: listen.port: bad" },
		{ "duty.csv", "主办", 12, 9, "duty.csv:12:9: 主办: bad" },
		{ "duty.csv", "", 0, 0, "duty.csv: bad" },
		{ "", "FENBO_URL", 0, 0, "FENBO_URL: bad" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err_list l = { 0 };
		char shown[200];
		assert_true(err_list_empty(&l));
		assert_false(err_list_add(
		    &l, ERR_INVALID, cases[i].file, cases[i].line, cases[i].column, cases[i].field, "%s", "bad"));
		assert_false(err_list_empty(&l));
		err_item_show(&l.items[0], shown, sizeof shown);
		assert_string_equal(shown, cases[i].want);
		err_list_free(&l);
	}
}

static void order_of_the_file(void **state)
{
	struct err_list l = { 0 };

	(void)state;
	err_list_add(&l, ERR_INVALID, "b.csv", 1, 1, "", "4");
	err_list_add(&l, ERR_INVALID, "a.csv", 9, 2, "", "3");
	err_list_add(&l, ERR_INVALID, "a.csv", 9, 1, "", "2");
	err_list_add(&l, ERR_INVALID, "a.csv", 2, 5, "", "1");
	err_list_sort(&l);
	for (int i = 0; i < 4; i++)
		assert_int_equal(l.items[i].err.message[0], '1' + i);
	err_list_free(&l);
}

/* A text that does not fit is cut between characters. */
static void never_half_a_character(void **state)
{
	struct err_list l = { 0 };
	char text[600] = "";

	(void)state;
	for (int pad = 0; pad < 4; pad++) {
		memset(text, 'x', (size_t)pad);
		text[pad] = '\0';
		for (int i = 0; i < 80; i++)
			strcat(text, "城𠮷");
		err_list_add(&l, ERR_INVALID, text, 1, 1, text, "%s", text);
	}
	for (size_t i = 0; i < l.count; i++) {
		assert_true(utf8_valid(l.items[i].err.message, strlen(l.items[i].err.message)));
		assert_true(utf8_valid(l.items[i].err.field, strlen(l.items[i].err.field)));
		assert_true(utf8_valid(l.items[i].file, strlen(l.items[i].file)));
		char shown[100];
		err_item_show(&l.items[i], shown, sizeof shown);
		assert_true(utf8_valid(shown, strlen(shown)));
	}
	err_list_free(&l);
}

static void counts_what_it_does_not_keep(void **state)
{
	struct err_list l = { 0 };

	(void)state;
	for (int i = 0; i < ERR_LIST_MAX + 7; i++)
		err_list_add(&l, ERR_INVALID, "f", i, 0, "", "x");
	assert_int_equal(l.count, ERR_LIST_MAX);
	assert_int_equal(l.dropped, 7);
	err_list_free(&l);
	assert_true(err_list_empty(&l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where_and_what),
		cmocka_unit_test(order_of_the_file),
		cmocka_unit_test(never_half_a_character),
		cmocka_unit_test(counts_what_it_does_not_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
