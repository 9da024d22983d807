/* Danger words and their guards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/machine/urgency.h"

static int
setup(void **state)
{
	*state = urgency_new(NULL, NULL);
	return *state ? 0 : -1;
}

static int
teardown(void **state)
{
	urgency_free(*state);
	return 0;
}

static void
test_danger(void **state)
{
	static const char *const danger[] = {
		"小区门口燃气味很大，已经有人头晕", "楼下电动车着火了", "有人被困在电梯里", "没有人管，着火了", "围墙倒塌砸到人", "配电房冒烟，电线冒烟",
		"闻到很浓的天然气的味道", "老人晕倒在路边", "我爸没有呼吸了", "有人落水", "寶安發生火災", "有人持刀", "ＸＸ小區起火",
		"电梯困人", "小区三号楼电梯困人，里面有老人", "困在电梯里了", "老人困在电梯", "電梯困人", "有人被困", "山路塌方", "瓦斯味", "楼道里有煤气味", "gas leak, help", "ＧＡＳ 泄漏", "ＧＡＳ　ＬＥＡＫ", "There is a gas leak in my kitchen",
		"Fire! Building 3", "my flat is on fire", "three people trapped in the elevator", "we are stuck in the lift", "the wall has collapsed", "he is bleeding, so much blood", "我家gas味很大", "着火 fire 快来", "电梯里有人被困住",
	};
	static const char *const calm[] = {
		"消防通道被占用", "楼道堆放杂物，有火灾隐患", "担心起火", "没有着火", "未发生爆炸", "防止溺水宣传", "去年发生火灾", "电线老化容易引起火灾",
		"落水管破了", "深被困扰", "咨询燃气开户", "消防演练不真实", "触电风险", "燃气公司收费不合理", "如果发生坍塌谁负责", "",
		"溺水安全教育", "学校开展溺水安全教育", "火灾宣传", "溺水宣传活动什么时候办", "地震被困逃生演练太吵", "社区火灾逃生演练", "触电急救培训在哪里报名", "被困难群众补贴困扰", "贫困人口补贴", "特困人员供养", "经常电梯困人",
		"fire safety lecture", "fire drill tomorrow is noisy", "no fire here", "the firewall blocks us", "he was fired", "blood donation place", "what if there is a fire", "fire alarm is broken", "hired firefighters", "gasoline price",
	};
	struct urgency_result r;

	for (size_t i = 0; i < sizeof danger / sizeof *danger; i++) {
		urgency_find(*state, danger[i], strlen(danger[i]), PRIORITY_NORMAL, &r);
		if (!r.danger)
			print_error("missed: %s\n", danger[i]);
		assert_true(r.danger);
		assert_int_equal(r.priority, PRIORITY_URGENT);
		assert_int_equal(r.flags, FLAG_DANGER);
	}
	for (size_t i = 0; i < sizeof calm / sizeof *calm; i++) {
		urgency_find(*state, calm[i], strlen(calm[i]), PRIORITY_FAST, &r);
		if (r.danger)
			print_error("false alarm: %s\n", calm[i]);
		assert_false(r.danger);
		assert_int_equal(r.priority, PRIORITY_FAST);
	}
}

static void
test_spans(void **state)
{
	static const char text[] = "😀小区燃气的气味很大";
	struct urgency_result r;

	urgency_find(*state, text, strlen(text), PRIORITY_NORMAL, &r);
	assert_int_equal(r.hits, 1);
	assert_int_equal(r.hit[0].start, 3);
	assert_int_equal(r.hit[0].end, 8);
}

static void
test_own_list(void **state)
{
	static const char *const words[] = { "高空抛物", "狗+咬", "", "+" };
	static const char *const soon[] = { "停水" };
	struct urgency *u = urgency_new(&(struct urgency_words){ words, 4 }, &(struct urgency_words){ soon, 1 });
	struct urgency_result r;

	(void)state;
	urgency_find(u, "狗把小孩咬了", 18, PRIORITY_NORMAL, &r);
	assert_true(r.danger);
	urgency_find(u, "咬狗", 6, PRIORITY_NORMAL, &r);
	assert_false(r.danger);
	urgency_find(u, "着火", 6, PRIORITY_NORMAL, &r);
	assert_false(r.danger);
	urgency_find(u, "停水", 6, PRIORITY_NORMAL, &r); /* a fast word: sooner, but no danger */
	assert_false(r.danger);
	assert_int_equal(r.priority, PRIORITY_FAST);
	assert_int_equal(r.hits, 1);
	urgency_find(u, "停水", 6, PRIORITY_URGENT, &r);
	assert_int_equal(r.priority, PRIORITY_URGENT);
	urgency_free(u);
}

static void
test_bounded(void **state)
{
	size_t n = 1 << 20;
	char *text = malloc(n);
	struct urgency_result r;
	usec_t start = clock_monotonic();

	for (size_t i = 0; i + 3 <= n; i += 3)
		memcpy(text + i, i / 3 % 3 ? "电" : "楼", 3);
	urgency_find(*state, text, n / 3 * 3, PRIORITY_NORMAL, &r);
	assert_false(r.danger);
	assert_true(clock_monotonic() - start < 300000);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_danger, setup, teardown),
		cmocka_unit_test_setup_teardown(test_spans, setup, teardown),
		cmocka_unit_test(test_own_list),
		cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
