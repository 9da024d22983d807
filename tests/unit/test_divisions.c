/* The national division list as a gazetteer: a small list of our own in its shape, what is refused, and real lists where they stand
 * beside the repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "conf/divisions.h"
#include "conf/routing.h"
#include "tests/tools/rows.h"

#define HEAD "code,district,areaCode,street,streetCode,community\n"

static const char town[] = HEAD
	"990101001001,东湾区,990101,渔港街道,990101001,灯塔社区居民委员会\n"
	"990101001002,东湾区,990101,渔港街道,990101001,盐田仔社区居委会\n"
	"990101001003,东湾区,990101,渔港街道,990101001,灯塔居居民委员会\n"
	"990101002201,东湾区,990101,石塔镇,990101002,上麻村民委员会\n"
	"990101002202,东湾区,990101,石塔镇,990101002,大茅村村委会\n"
	"990101002203,东湾区,990101,石塔镇,990101002,下麻村委员会\n"
	"990101002204,东湾区,990101,石塔镇,990101002,凤尾社区墟里居民委员会\n"
	"990102100498,西岭县,990102,国营西岭农场,990102100,西岭农场虚拟生活区\n"
	"990102400001,西岭县,990102,,,县直属社区\n";

static const char *cell(const struct routing_doc *doc, const char *code, const char *name)
{
	const struct sheet *s = &doc->sheet[ROUTING_PLACES];
	int c = 0;

	while (strcmp(s->kind->columns[c].name, name) != 0)
		c++;
	for (size_t i = 0; i < s->rows; i++)
		if (strcmp(s->row[i].cell[0], code) == 0)
			return s->row[i].cell[c];
	return "?";
}

static void taken_in(void **state)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };

	(void)state;
	assert_true(routing_parse(ROUTING_PLACES, "list.csv", town, strlen(town), &doc, &errs));
	assert_true(routing_check(&doc, &errs));
	assert_int_equal(doc.sheet[ROUTING_PLACES].rows, 2 + 3 + 9);
	assert_string_equal(cell(&doc, "990101", "name"), "东湾区");
	assert_string_equal(cell(&doc, "990101", "level"), "district");
	assert_string_equal(cell(&doc, "990101", "parent"), "");
	assert_string_equal(cell(&doc, "990101002", "name"), "石塔镇");
	assert_string_equal(cell(&doc, "990101002", "level"), "street");
	assert_string_equal(cell(&doc, "990101002", "parent"), "990101");
	assert_string_equal(cell(&doc, "990101001001", "name"), "灯塔社区");
	assert_string_equal(cell(&doc, "990101001001", "aliases"), "灯塔社区居民委员会");
	assert_string_equal(cell(&doc, "990101001001", "level"), "community");
	assert_string_equal(cell(&doc, "990101001001", "parent"), "990101001");
	assert_string_equal(cell(&doc, "990101001003", "name"), "灯塔居");
	assert_string_equal(cell(&doc, "990101002201", "name"), "上麻村");
	assert_string_equal(cell(&doc, "990101002202", "name"), "大茅村");
	assert_string_equal(cell(&doc, "990101002203", "name"), "下麻村");
	assert_string_equal(cell(&doc, "990101002204", "name"), "凤尾社区墟里社区");
	assert_string_equal(cell(&doc, "990102100498", "name"), "西岭农场虚拟生活区");
	assert_string_equal(cell(&doc, "990102100498", "active"), "yes");
	assert_string_equal(cell(&doc, "990102400001", "parent"), "990102");
	routing_free(&doc);
	err_list_free(&errs);
}

/* What is exported is a gazetteer of our own shape, and reads as the same places. */
static void out_again(void **state)
{
	struct routing_doc doc = { 0 }, again = { 0 };
	struct err_list errs = { 0 };
	struct buf csv = { 0 };

	(void)state;
	assert_true(routing_parse(ROUTING_PLACES, "list.csv", town, strlen(town), &doc, &errs));
	assert_true(routing_export(&doc, ROUTING_PLACES, &csv));
	assert_false(divisions_are(buf_text(&csv), csv.len));
	assert_true(routing_parse(ROUTING_PLACES, "again.csv", buf_text(&csv), csv.len, &again, &errs));
	assert_int_equal(again.sheet[ROUTING_PLACES].rows, doc.sheet[ROUTING_PLACES].rows);
	assert_string_equal(cell(&again, "990101001001", "aliases"), "灯塔社区居民委员会");
	buf_free(&csv);
	routing_free(&doc);
	routing_free(&again);
}

static void same_name(void **state)
{
	static const char list[] = HEAD "1001,甲区,10,乙街道,100,三江社区居民委员会\n1002,甲区,10,乙街道,100,三江居委会\n";
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };

	(void)state;
	assert_true(routing_parse(ROUTING_PLACES, "list.csv", list, strlen(list), &doc, &errs));
	assert_true(routing_check(&doc, &errs));
	assert_string_equal(cell(&doc, "1001", "name"), "三江社区");
	assert_string_equal(cell(&doc, "1002", "name"), "三江居委会");
	assert_string_equal(cell(&doc, "1002", "aliases"), "");
	routing_free(&doc);
}

static void refuse(const char *list, int line)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };

	assert_false(routing_parse(ROUTING_PLACES, "list.csv", list, strlen(list), &doc, &errs));
	assert_int_equal(errs.count, 1);
	assert_int_equal(errs.items[0].err.line, line);
	err_list_free(&errs);
	routing_free(&doc);
}

static void refused(void **state)
{
	(void)state;
	refuse(HEAD "1001,甲区,10,乙街道,100,子社区\n1001,甲区,10,乙街道,100,丑社区\n", 3);   /* a community twice */
	refuse(HEAD "1001,甲区,10,乙街道,100,子社区\n1002,甲县,10,乙街道,100,丑社区\n", 3);   /* two names of a district */
	refuse(HEAD "1001,甲区,10,乙街道,100,子社区\n1002,丙区,11,乙街道,100,丑社区\n", 3);   /* a street in two districts */
	refuse(HEAD "100,甲区,10,乙街道,100,子社区\n", 2);                                     /* one code on two levels */
	refuse(HEAD "1001,甲区,10,乙街道,100,\n", 2);
	refuse(HEAD "10 01,甲区,10,乙街道,100,子社区\n", 2);
	refuse("code,areaCode,street,streetCode,community\n1001,10,乙街道,100,子社区\n", 1);
}

static void other_forms(void **state)
{
	static const char chinese[] = "代码,区,区代码,街道,街道代码,社区\n1001,甲区,10,乙街道,100,子社区居委会\n";
	static const char gb[] = "code,district,areaCode,street,streetCode,community\r\n1001,\xbc\xd7\xc7\xf8,10,,,\xd7\xd3\xc9\xe7\xc7\xf8\r\n";
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };

	(void)state;
	assert_true(routing_parse(ROUTING_PLACES, "a.csv", chinese, strlen(chinese), &doc, &errs));
	assert_string_equal(cell(&doc, "1001", "name"), "子社区");
	assert_true(routing_parse(ROUTING_PLACES, "b.csv", gb, strlen(gb), &doc, &errs));
	assert_string_equal(cell(&doc, "10", "name"), "甲区");
	assert_string_equal(cell(&doc, "1001", "parent"), "10");
	assert_true(doc.sheet[ROUTING_PLACES].gb);
	routing_free(&doc);
	assert_false(divisions_are("", 0));
	assert_false(divisions_are("code,name,level,parent\n", 23));
}

static void real_lists(void **state)
{
	static const struct { const char *file; size_t communities; } lists[] = { { "divisions_shenzhen.csv", 788 }, { "divisions_haikou.csv", 467 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *path = rows_data(lists[i].file);
		struct routing_doc doc;
		struct err_list errs = { 0 };
		size_t n = 0;

		if (!path) {
			skip();
			return;
		}
		assert_true(routing_load_part(ROUTING_PLACES, path, &doc, &errs));
		for (size_t k = 0; k < doc.sheet[ROUTING_PLACES].rows; k++)
			n += strcmp(doc.sheet[ROUTING_PLACES].row[k].cell[2], "community") == 0;
		assert_int_equal(n, lists[i].communities);
		routing_free(&doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_in), cmocka_unit_test(out_again), cmocka_unit_test(same_name), cmocka_unit_test(refused),
		cmocka_unit_test(other_forms), cmocka_unit_test(real_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
