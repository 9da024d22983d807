#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/pinyin.h"
#include "core/base/utf8.h"

static void
check(const char *name, const char *query, bool want)
{
	if (pinyin_match(name, strlen(name), query) != want)
		fail_msg("%s %s %s", query, want ? "misses" : "finds", name);
}

static void
finds(void **state)
{
	static const char *const samples[][2] = {
		{ "城市管理局", "csgl" }, { "城市管理局", "csglj" }, { "城市管理局", "gl" },
		{ "城市管理局", "chengshiguanliju" }, { "城市管理局", "chengsgl" }, { "城市管理局", "cheshgu" },
		{ "城市管理局", "城市gl" }, { "城市管理局", "cs管" }, { "城市管理局", "管理" },
		{ "城市管理局", "CSGL" }, { "城市管理局", "ｃｓｇｌ" }, { "城市管理局", "cs gl" },
		{ "城市管理局", "" }, { "城市管理局", "j" }, { "城市管理局", "管理局" },
		{ "城市管理局", "shiguanli" }, { "厦门", "xm" }, { "厦门", "sm" }, { "厦门", "xiamen" },
		{ "长沙市", "css" }, { "长沙市", "zss" }, { "长沙市", "changsha" }, { "银行监管局", "yhjg" },
		{ "银行监管局", "yxjg" }, { "银行监管局", "yinhang" }, { "重庆", "cq" }, { "重庆", "zq" },
		{ "音乐厅", "yyt" }, { "快乐路", "kll" }, { "番禺区", "pyq" }, { "蚌埠", "bb" }, { "大厦", "ds" },
		{ "朝阳", "cy" }, { "朝阳", "zy" }, { "绿化处", "lvhua" }, { "绿化处", "luhua" },
		{ "绿化处", "lühua" }, { "吕", "lv" }, { "虐待", "nvedai" }, { "虐待", "nuedai" },
		{ "西安路", "xianlu" }, { "西安路", "xi'anlu" }, { "西安路", "xi an lu" }, { "先锋路", "xianf" },
		{ "廣東省", "gds" }, { "廣東省", "广东" }, { "广东省", "廣東" }, { "ＡＢ座", "ab座" },
		{ "ab座", "abz" }, { "12345热线", "12345rx" }, { "钟屋南（地铁站）", "zwndtz" }, { "钟屋·南", "zwn" },
		{ "区住房和建设局", "zf" }, { "二〇二六", "elel" }, { "A-1栋", "a1d" }, { "A-1栋", "a-1" },
		{ "重重重重重重重重重重重重重重重重", "zczczczczczczczc" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		check(samples[i][0], samples[i][1], true);
}

static void
finds_nothing_else(void **state)
{
	static const char *const samples[][2] = {
		{ "城市管理局", "cgl" }, { "城市管理局", "csgk" }, { "城市管理局", "csgljx" },
		{ "城市管理局", "chengx" }, { "城市管理局", "局管" }, { "城市管理局", "hengshi" },
		{ "城市管理局", "城 市 理" }, { "先锋路", "xi'anf" }, { "", "a" }, { "路", "lv" }, { "（）", "k" },
		{ "厦门", "xmx" }, { "ab", "abc" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		check(samples[i][0], samples[i][1], false);
}

static void
bounds_hold(void **state)
{
	char query[200], name[70 * 3 + 1] = "";

	(void)state;
	for (int i = 0; i < 70; i++)
		strcat(name, "长");
	for (int n = 60; n < 70; n++) {
		memset(query, 'z', (size_t)n);
		query[n] = '\0';
		check(name, query, n <= PINYIN_QUERY);
	}
	check(name, "\xff\xfe", false);
	assert_true(pinyin_match("\xff" "长\xe5", 5, "c"));
	assert_true(pinyin_match("a\0b", 3, "ab"));
}

static void
one_query_serves_many_names(void **state)
{
	struct pinyin_query q;

	(void)state;
	pinyin_prepare(&q, "csgl");
	assert_int_equal(q.n, 4);
	assert_true(pinyin_find(&q, "城市管理局", 15));
	assert_false(pinyin_find(&q, "住建局", 9));
	assert_true(pinyin_find(&q, "区城市管理和综合执法局", 33));
}

/* Every character of GB 2312 and most of the block can be found by some letter. */
static void
the_table_is_whole(void **state)
{
	int without = 0;

	(void)state;
	for (uint32_t cp = 0x4e00; cp <= 0x9fa5; cp++) {
		char name[4], letter[2] = "a";
		size_t len = utf8_encode(cp, name);
		while (*letter <= 'z' && !pinyin_match(name, len, letter))
			(*letter)++;
		without += *letter > 'z';
	}
	if (without > 300)
		fail_msg("%d characters have no reading", without);
	check("齄齇龠龢", "zh", true);
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(pinyin_same(0x5773, 0x51f9));  /* 坳 凹 */
	assert_true(pinyin_same(0x6d8c, 0x51b2));  /* 涌 冲, by one of its readings */
	assert_true(pinyin_same(0x7530, 0x7530));
	assert_false(pinyin_same(0x4e0a, 0x4e0b)); /* 上 下 */
	assert_false(pinyin_same('a', 0x7530));
	assert_false(pinyin_same(0, 0x10ffff));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(finds),
		cmocka_unit_test(finds_nothing_else),
		cmocka_unit_test(bounds_hold),
		cmocka_unit_test(one_query_serves_many_names),
		cmocka_unit_test(the_table_is_whole),
	};
	return cmocka_run_group_tests_name("pinyin", tests, NULL, NULL);
}
