/* What kind of appeal it is; what is not said stays unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/said_type.h"

static enum said_kind
kind(const struct said_type *t, const char *text, struct span *at)
{
	static struct points p;

	points_read(&p, text, strlen(text));
	return said_type_find(t, &p, at);
}

static void
test_kinds(void **state)
{
	static const struct { const char *text; enum said_kind kind; } rows[] = {
		{ "我要投诉物业", SAID_COMPLAINT }, { "請問如何辦理居住證？", SAID_CONSULTATION }, { "建议增设红绿灯", SAID_SUGGESTION }, { "求助，老人走失", SAID_HELP }, { "表扬社区民警", SAID_OTHER },
		{ "市民来电咨询：投诉电话是多少？", SAID_CONSULTATION }, { "市民来电反映：多次咨询物业没有答复，请核实处理", SAID_COMPLAINT }, { "举报无证经营，建议取缔", SAID_COMPLAINT },
		{ "不是投诉，只想咨询一下", SAID_CONSULTATION }, { "我不是来投诉的，想咨询一下", SAID_CONSULTATION }, { "不是咨询，我要投诉物业", SAID_COMPLAINT }, { "投诉建议热线怎么打", SAID_CONSULTATION }, { "投诉电话是多少", SAID_CONSULTATION },
		{ "举报平台在哪", SAID_CONSULTATION }, { "投诉电话打不通，没人管", SAID_COMPLAINT }, { "被困难群众补贴困扰", SAID_NOTHING }, { "有人被困，求助", SAID_HELP }, { "被困在电梯里", SAID_HELP },
		{ "", SAID_NOTHING }, { "路灯坏了", SAID_NOTHING }, { "你好", SAID_NOTHING }, { "1", SAID_NOTHING }, { "I want to complain about noise", SAID_COMPLAINT },
	};
	struct said_type *t = said_type_new(NULL);
	struct span at;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (kind(t, rows[i].text, &at) != rows[i].kind)
			print_error("%s: %s\n", rows[i].text, said_kind_name(kind(t, rows[i].text, &at)));
		assert_int_equal(kind(t, rows[i].text, &at), rows[i].kind);
	}
	assert_int_equal(kind(t, "😀我要投诉物业", &at), SAID_COMPLAINT);
	assert_int_equal(at.start, 3);
	assert_int_equal(at.end, 5);
	said_type_free(t);
}

static void
test_own_words(void **state)
{
	static const char *const help[] = { "拉一把" }, *const praise[] = { "竖大拇指", "好样的" };
	struct said_words words = { .word = { [SAID_HELP] = help, [SAID_OTHER] = praise }, .n = { [SAID_HELP] = 1, [SAID_OTHER] = 2 } };
	struct said_type *t = said_type_new(&words);
	struct span at;

	(void)state;
	assert_int_equal(kind(t, "请拉一把", &at), SAID_HELP);
	assert_int_equal(kind(t, "环卫工好样的", &at), SAID_OTHER);
	assert_int_equal(kind(t, "投诉物业", &at), SAID_COMPLAINT);
	said_type_free(t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_kinds), cmocka_unit_test(test_own_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
