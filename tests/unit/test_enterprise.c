/* Enterprises by their names and by what people make of them; shared short forms are told, not guessed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/enterprise.h"
#include "core/machine/enterprise_forms.h"

static struct enterprises *list;

static int
setup(void **state)
{
	static const char *const names[][2] = {
		{ "深圳市晨曦精密制造有限公司", "规上工业|上市企业" }, { "海南椰岛风食品股份有限公司", "" }, { "广州市晨曦精密制造有限公司", "" }, { "远帆建设集团有限公司", "规上建筑" },
		{ "蓝鲸（集团）控股股份有限公司", NULL }, { "深圳市物业管理有限公司", "" }, { "云顶科技有限公司", "" }, { "東風里餐飲管理有限公司", "" }, { "晨光有限公司", "" }, { "海南椰岛风食品", "" }, { "珠海市听潮阁食品股份有限公司", "" },
	};

	(void)state;
	list = enterprises_new();
	for (size_t i = 0; list && i < sizeof names / sizeof *names; i++)
		if (!enterprises_add(list, names[i][0], names[i][1]))
			return -1;
	return list && enterprises_done(list) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	enterprises_free(list);
	return 0;
}

static int
find(const char *text, struct enterprise_hit *hit)
{
	static struct points p;

	points_read(&p, text, strlen(text));
	return enterprises_find(list, &p, hit);
}

static void
is(const char *text, const char *name, int start, int end)
{
	struct enterprise_hit hit[ENTERPRISE_HITS];

	if (find(text, hit) != 1 || hit[0].names != 1)
		print_error("%s: %d found\n", text, find(text, hit));
	assert_int_equal(find(text, hit), 1);
	assert_int_equal(hit[0].names, 1);
	assert_string_equal(enterprises_name(list, hit[0].name[0]), name);
	assert_int_equal(hit[0].at.start, start);
	assert_int_equal(hit[0].at.end, end);
}

static void
test_short_forms(void **state)
{
	struct enterprise_hit hit[ENTERPRISE_HITS];

	(void)state;
	is("投诉海南椰岛风食品股份有限公司", "海南椰岛风食品股份有限公司", 2, 15);
	is("听潮阁食品的员工", "珠海市听潮阁食品股份有限公司", 0, 5);
	is("我在深圳市晨曦精密制造有限公司上班", "深圳市晨曦精密制造有限公司", 2, 15);
	is("远帆建设集团拖欠工资", "远帆建设集团有限公司", 0, 6);
	is("远帆建设拖欠工资", "远帆建设集团有限公司", 0, 4);
	is("蓝鲸(集团)控股股份有限公司", "蓝鲸（集团）控股股份有限公司", 0, 14);
	is("蓝鲸集团控股股份有限公司", "蓝鲸（集团）控股股份有限公司", 0, 12);
	is("东风里餐饮管理有限公司", "東風里餐飲管理有限公司", 0, 11);
	is("雲頂科技公司不退款，雲頂科技有限公司", "云顶科技有限公司", 0, 4);
	assert_int_equal(find("物业管理不好", hit), 0);   /* general words alone */
	assert_int_equal(find("晨光路口堵车", hit), 0);   /* two characters */
	assert_int_equal(find("云顶科技园风景好", hit), 0); /* four, and nobody speaks of an enterprise */
	assert_int_equal(find("", hit), 0);
	assert_int_equal(find("公司", hit), 0);
}

static void
test_ambiguous(void **state)
{
	struct enterprise_hit hit[ENTERPRISE_HITS];

	(void)state;
	assert_int_equal(find("晨曦精密制造有限公司欠薪", hit), 1);
	assert_int_equal(hit[0].names, 2);
	assert_false(hit[0].full);
	assert_string_not_equal(enterprises_name(list, hit[0].name[0]), enterprises_name(list, hit[0].name[1]));
	assert_int_equal(find("海南椰岛风食品的员工", hit), 1); /* a registered name is that one's */
	assert_int_equal(hit[0].names, 1);
	assert_true(hit[0].full);
	assert_string_equal(enterprises_name(list, hit[0].name[0]), "海南椰岛风食品");
	assert_int_equal(find("远帆建设集团有限公司和深圳市晨曦精密制造有限公司、远帆建设集团", hit), 2);
	assert_string_equal(enterprises_tags(list, hit[0].name[0]), "规上建筑");
	assert_string_equal(enterprises_tags(list, hit[1].name[0]), "规上工业|上市企业");
}

static void
test_many(void **state)
{
	struct enterprises *e = enterprises_new();
	struct enterprise_hit hit[ENTERPRISE_HITS];
	struct points p;
	char name[128];

	(void)state;
	for (int i = 0; i < 20000; i++) { /* one short form for all of them, and one of its own for each */
		snprintf(name, sizeof name, "第%d市共用名字贸易有限公司", i % 100 == 0 ? i : i);
		assert_true(enterprises_add(e, name, ""));
		snprintf(name, sizeof name, "编号%d独有有限公司", i);
		assert_true(enterprises_add(e, name, "x"));
	}
	assert_true(enterprises_done(e));
	assert_int_equal(enterprises_count(e), 40000);
	for (int i = 0; i < 20000; i += 997) {
		snprintf(name, sizeof name, "在编号%d独有有限公司上班", i);
		points_read(&p, name, strlen(name));
		assert_int_equal(enterprises_find(e, &p, hit), 1);
		assert_int_equal(hit[0].names, 1);
		snprintf(name, sizeof name, "编号%d独有有限公司", i);
		assert_string_equal(enterprises_name(e, hit[0].name[0]), name);
	}
	enterprises_free(e);
	e = enterprises_new(); /* an empty list */
	assert_true(enterprises_done(e));
	points_read(&p, "某某有限公司", strlen("某某有限公司"));
	assert_int_equal(enterprises_find(e, &p, hit), 0);
	enterprises_free(e);
}

static void
test_strange_names(void **state)
{
	struct enterprises *e = enterprises_new();
	char longest[400];

	(void)state;
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_true(enterprises_add(e, "", ""));
	assert_true(enterprises_add(e, "甲", ""));
	assert_true(enterprises_add(e, longest, ""));
	assert_true(enterprises_add(e, "((((", ""));
	assert_true(enterprises_add(e, "有限公司", ""));
	assert_true(enterprises_add(e, "市市市市", ""));
	assert_true(enterprises_add(e, "\xff\xfe\xfd\xfc", ""));
	assert_true(enterprises_done(e));
	enterprises_free(e);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_forms),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_strange_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
