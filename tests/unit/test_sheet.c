#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf/routing.h"
#include "conf/text.h"

#define UNITS (&routing_kind[ROUTING_UNITS])
#define ITEMS (&routing_kind[ROUTING_ITEMS])
#define KNOWLEDGE (&routing_kind[ROUTING_KNOWLEDGE])
#define PLACES (&routing_kind[ROUTING_PLACES])

static bool parse(struct sheet *s, const struct sheet_kind *kind, const char *text, struct err_list *errs)
{
	return sheet_parse(s, kind, "dir/t.csv", text, strlen(text), errs);
}

static void headings_in_either_language_and_any_order(void **state)
{
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	assert_true(
	    parse(&s, UNITS, "level,name,code,desk\ndistrict,区住建局,ZJ,yes\n街道,\"航城,街道\",HC,否\n", &errs));
	assert_int_equal(s.rows, 2);
	assert_true(s.english);
	assert_string_equal(s.row[0].cell[0], "ZJ");
	assert_string_equal(s.row[0].cell[7], "yes");
	assert_string_equal(s.row[0].cell[8], "yes"); /* active by default */
	assert_string_equal(s.row[1].cell[1], "航城,街道");
	assert_string_equal(s.row[1].cell[4], "street");
	assert_string_equal(s.row[1].cell[7], "no");
	sheet_free(&s);
	assert_true(parse(&s, UNITS, "\xEF\xBB\xBF单位编码,单位名称,层级\r\nZJ,区住建局,区\r\n", &errs));
	assert_true(s.bom && s.crlf && !s.english && !s.gb);
	sheet_free(&s);
	assert_true(err_list_empty(&errs));
}

static void what_a_cell_becomes(void **state)
{
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	assert_true(parse(&s, ITEMS,
	    "code,category,class,name,keywords,priority,handle_days,lead,assist,definition\n"
	    "a1,噪声,施工,夜间施工, 打桩、 搅拌；凌晨|噪音 ,较急,3, 城管 @ 街道 ,ZJ|生态@district,\"第一行\r\n第二行\"\n",
	    &errs));
	assert_string_equal(s.row[0].cell[5], "打桩|搅拌|凌晨|噪音");
	assert_string_equal(s.row[0].cell[6], "fast");
	assert_string_equal(s.row[0].cell[7], "3");
	assert_string_equal(s.row[0].cell[8], "城管@street");
	assert_string_equal(s.row[0].cell[9], "ZJ|生态@district");
	assert_string_equal(s.row[0].cell[4], "第一行\n第二行");
	sheet_free(&s);
}

static void bad_cells_all_at_once(void **state)
{
	static const struct { int line, column; const char *field, *says; } want[] = {
		{ 2, 1, "code", "expected a code" },
		{ 2, 3, "level", "expected one of city 市, district 区" },
		{ 3, 2, "name", "cannot be empty" },
		{ 3, 4, "desk", "yes 是 or no 否" },
		{ 4, 0, "", "the row has 3 cells, the heading 4" },
		{ 7, 1, "code", "expected a code" },
	};
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	assert_false(parse(&s, UNITS,
	    "code,name,level,desk\n城,住建,region,no\nb,,区,maybe\nc,x,区\n\n,,,\n\"d\n\",y,区,no\n", &errs));
	for (size_t i = 0; i < errs.count; i++)
		if (i >= sizeof want / sizeof *want || errs.items[i].err.line != want[i].line ||
		    errs.items[i].column != want[i].column || strcmp(errs.items[i].err.field, want[i].field) != 0 ||
		    !strstr(errs.items[i].err.message, want[i].says))
			fail_msg("%zu: %d:%d %s: %s", i, errs.items[i].err.line, errs.items[i].column,
			    errs.items[i].err.field, errs.items[i].err.message);
	assert_int_equal(errs.count, sizeof want / sizeof *want);
	assert_string_equal(errs.items[0].file, "dir/t.csv");
	err_list_free(&errs);
	assert_null(s.row);
}

static void bad_tables(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "", "table is empty" },
		{ "\n\n", "table is empty" },
		{ "code,name\nx,y\n", "the column 层级 (level) is missing" },
		{ "code,name,level,colour\n", "unknown column" },
		{ "code,name,level,单位编码\n", "stands twice" },
		{ "code,name,level\na,\"b,区\n", "never closed" },
		{ "code,name,level\na,b\"c,区\n", "a quote stands within" },
		{ "code,name,level\na,\"b\"c,区\n", "a quote stands within" },
		{ "code,name,level\na,b\x07,区\n", "control character" },
		{ "code,name,level\na,\"b\nc\",区\n", "single line" },
		{ "\xff\xfe" "c\0o\0", "UTF-16" },
		{ "\xEF\xBB\xBF" "code,name,level\na,\xff,区\n", "begins as UTF-8" },
		{ "code,name,level\na,\xff\xff,x\n", "neither UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err_list errs = { 0 };
		struct sheet s;
		if (parse(&s, UNITS, cases[i].text, &errs))
			fail_msg("taken: %s", cases[i].text);
		bool said = false;
		for (size_t k = 0; k < errs.count; k++)
			said = said || strstr(errs.items[k].err.message, cases[i].says);
		if (!said)
			fail_msg("%s: %s", cases[i].text, errs.items[0].err.message);
		err_list_free(&errs);
	}
}

/* A slip in one row does not hide the next. */
static void goes_on_after_a_broken_row(void **state)
{
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	assert_false(parse(&s, UNITS, "code,name,level\na,b\"c,区\nd,e,nowhere\n", &errs));
	assert_int_equal(errs.count, 2);
	assert_int_equal(errs.items[0].err.line, 2);
	assert_int_equal(errs.items[1].err.line, 3);
	err_list_free(&errs);
}

static void no_more_errors_than_are_read(void **state)
{
	struct buf text = { 0 };
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	buf_puts(&text, "code,name,level\n");
	for (int i = 0; i < 2000; i++)
		buf_puts(&text, "城,x,区\n");
	assert_false(sheet_parse(&s, UNITS, "t.csv", text.data, text.len, &errs));
	assert_true(errs.count > 100 && errs.count < 110); /* the other files of a revision have something to say too */
	assert_int_equal(errs.dropped, 0);
	assert_non_null(strstr(errs.items[errs.count - 1].err.message, "not looked at"));
	err_list_free(&errs);
	buf_reset(&text);
	buf_puts(&text, "code,wrong,level\n");
	for (int i = 0; i < 2000; i++)
		buf_puts(&text, "x,y,区,one,too,many\n");
	assert_false(sheet_parse(&s, UNITS, "t.csv", text.data, text.len, &errs));
	assert_int_equal(errs.count, 2); /* a column is missing, one is unknown; the rows cannot be judged */
	err_list_free(&errs);
	buf_free(&text);
}

static void written_as_it_was(struct buf *file)
{
	struct err_list errs = { 0 };
	struct sheet s;
	struct buf out = { 0 };

	if (!sheet_parse(&s, UNITS, "t.csv", file->data, file->len, &errs))
		fail_msg("%s", errs.items[0].err.message);
	assert_true(sheet_write(&s, &out));
	assert_int_equal(out.len, file->len);
	assert_memory_equal(out.data, file->data, out.len);
	sheet_free(&s);
	buf_free(&out);
}

static void round_trips(void **state)
{
	const char *text =
	    "单位编码,单位名称,简称,上级编码,层级,职能,辖区编码,分拨台,启用,联系方式,负责人\r\n"
	    "a,\"区\"\"城管\"\"局\",城管,,区,城管,440310,是,否,'+86 000,张科长\r\nb,䶮村𠮷街道办,䶮村,a,街道,,,否,是,\"x,y\",\r\n";

	(void)state;
	for (int form = 0; form < 3; form++) {
		struct buf file = { 0 };
		assert_true(text_encode(&file, text, strlen(text), form == 1, form == 2));
		written_as_it_was(&file);
		buf_free(&file);
	}
	struct buf english = { 0 };
	buf_puts(&english,
	    "code,name,short,parent,level,function,area,desk,active,contact,head\na,Urban,,,district,,,yes,yes,,\n");
	written_as_it_was(&english);
	buf_free(&english);
}

/* GB18030 holds every character, also those of four bytes. */
static void gb18030_holds_everything(void **state)
{
	const char *text = "code,title,template\nk1,䶮𠮷㎡€,您好【姓名】😀\n";
	struct buf gb = { 0 };
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	assert_true(text_encode(&gb, text, strlen(text), true, false));
	assert_true(gb.len < strlen(text));
	assert_true(sheet_parse(&s, KNOWLEDGE, "k.csv", gb.data, gb.len, &errs));
	assert_true(s.gb);
	assert_string_equal(s.row[0].cell[1], "䶮𠮷㎡€");
	assert_string_equal(s.row[0].cell[3], "您好【姓名】😀");
	sheet_free(&s);
	buf_free(&gb);
}

/* What a spreadsheet would run is written with an apostrophe, and read without it. */
static void formulas_are_disarmed(void **state)
{
	static const char *const evil[] = { "=1+1", "+cmd", "-2+3", "@SUM(A1)", "=cmd|'/c calc'!A0", "'=x" };
	struct err_list errs = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		struct buf out = { 0 };
		struct sheet s = { 0 }, again;
		const char *cells[5] = { "k", evil[i], "", "x", "yes" };
		struct sheet_row row = { cells, 1 };
		s.kind = KNOWLEDGE;
		s.row = &row;
		s.rows = 1;
		s.english = true;
		assert_true(sheet_write(&s, &out));
		const char *cell = strstr(buf_text(&out), "\nk,") + 3;
		assert_true(cell[0] == '\'' || (cell[0] == '"' && cell[1] == '\''));
		assert_true(sheet_parse(&again, KNOWLEDGE, "t.csv", out.data, out.len, &errs));
		assert_string_equal(again.row[0].cell[1], evil[i]);
		sheet_free(&again);
		buf_free(&out);
	}
	struct buf plain = { 0 };
	sheet_put_cell(&plain, "-12.5", true); /* a number is not a formula */
	sheet_put_cell(&plain, "a\nb", false);
	assert_string_equal(buf_text(&plain), "-12.5,\"a\nb\"");
	buf_free(&plain);
}

static void numbers_in_bounds(void **state)
{
	struct err_list errs = { 0 };
	struct sheet s;

	(void)state;
	assert_false(
	    parse(&s, PLACES, "code,name,level,lat,long\na,A,city,91,114\nb,B,city,22.5,x\nc,C,city,1e2,0\n", &errs));
	assert_int_equal(errs.count, 3);
	err_list_free(&errs);
	assert_true(parse(&s, PLACES, "code,name,level,lat,long\na,A,city,22.5431,-114.05\n", &errs));
	assert_string_equal(s.row[0].cell[6], "-114.05");
	sheet_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings_in_either_language_and_any_order),
		cmocka_unit_test(what_a_cell_becomes),
		cmocka_unit_test(bad_cells_all_at_once),
		cmocka_unit_test(bad_tables),
		cmocka_unit_test(goes_on_after_a_broken_row),
		cmocka_unit_test(no_more_errors_than_are_read),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(gb18030_holds_everything),
		cmocka_unit_test(formulas_are_disarmed),
		cmocka_unit_test(numbers_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
