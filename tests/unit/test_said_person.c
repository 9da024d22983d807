/* The caller's own name, and none of the many words that look like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/utf8.h"
#include "core/machine/said_person.h"

static struct said_person *reader;

static int
setup(void **state)
{
	(void)state;
	return (reader = said_person_new()) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	said_person_free(reader);
	return 0;
}

static void
is(const char *text, const char *want)
{
	static struct points p;
	struct span at;
	char got[100] = "";
	size_t len = strlen(text);

	points_read(&p, text, len);
	if (said_person_find(reader, &p, &at)) {
		size_t from = utf8_offset(text, len, (size_t)at.start);

		snprintf(got, sizeof got, "%.*s", (int)(utf8_offset(text, len, (size_t)at.end) - from), text + from);
	}
	if (strcmp(got, want) != 0)
		print_error("%s: \"%s\", want \"%s\"\n", text, got, want);
	assert_string_equal(got, want);
}

static void
test_names(void **state)
{
	(void)state;
	is("我叫李明，住在翠竹园", "李明");
	is("我叫李小明住在翠竹园", "李小明");
	is("我叫陳大文", "陳大文");
	is("我叫歐陽靜，", "歐陽靜");
	is("本人王强，手机", "王强");
	is("我是张丽华。", "张丽华");
	is("我是李女士，", "李女士");
	is("李女士来电反映漏水", "李女士");
	is("市民王先生反映", "王先生");
	is("市民王小明来电", "王小明");
	is("联系人：周敏，电话", "周敏");
	is("联系人:诸葛亮", "诸葛亮");
	is("姓名：钱多多\n电话", "钱多多");
	is("举报人：赵立新。被举报人：孙某", "赵立新");
	is("谢谢！此致敬礼！刘洋", "刘洋");
	is("免贵姓向，", "向");
	is("叫李红，电话13800138000", "李红");
	is("您好，叫李红，电话13800138000", "李红");
	is("我住翠竹园3栋，叫李红，电话13800138000，楼上漏水", "李红");
	is("我是这里的业主，叫李红，13800138000", "李红");
	is("我姓李", "李");
	is("My name is John Smith, I live here", "John Smith");
	is("我叫Tom，", "Tom");
	is("本人李小明2026年2月在贵局", "李小明");
}

static void
test_none(void **state)
{
	static const char *const none[] = {
		"", "我是业主", "我是单身，", "本人安全受到威胁", "本人要求赔偿", "日本人高丽，", "他本人李四，", "被投诉人：王五", "联系人，请处理", "联系人不接电话", "市民公众号反映", "市民满意，", "群众高度关注，",
		"居民楼下吵闹", "此致敬礼", "敬礼！谢谢！", "我是张庄9号楼的住户", "和本人王五，", "叫李明来", "叫李红", "对方是个女的，叫李红，电话13800138000", "我的邻居，叫李红，电话13800138000", "我找物业，叫李红，电话138", "老板叫李红，电话138", "楼上漏水，叫李红，电话138", "我喊了半天，叫李红，开门", "找到李先生", "司机王师傅态度差", "我是向阳区的", "姓名不详", "我叫", "联系人：", "业主于昨天", "村民委员会",
	};

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		is(none[i], "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
