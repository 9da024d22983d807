/* A relapse where the first case has no duty item, or another: what is told and who tells it stand for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/daemon/think_kin.h"

#define DAY (86400 * USEC_S)
static const usec_t noon = INT64_C(1795000000) * USEC_S;
static const char hum[] = "荔枝园旁边的变压器嗡嗡响，晚上睡不着";

/* A case that was closed with this item, and a week later somebody says this: are they one matter? */
static bool
again(const char *text, const char *was, const char *item, uint64_t person)
{
	static const char *const other[] = { "固戍二路夜间有大货车违停，影响通行", "工业区废气排放，气味刺鼻", "如何办理居住证续签需要哪些材料", "翻身路有人占道经营摆卖水果",
		"公交车等了四十分钟没有来", "小区物业不公开账目，业主要求查账" };
	struct repeats *r = repeats_new();
	struct repeat_case old = { .no = 100, .at = noon, .text = hum, .text_len = strlen(hum), .place = "P1", .item = was, .person = 7 };
	struct repeat_case c = { .at = noon + 7 * DAY, .text = text, .text_len = strlen(text), .place = "P1", .item = item, .person = person, .open = true };
	struct repeat_hit hit[8];
	bool same = false;
	int n;

	for (int i = 0; i < 6; i++) {
		struct repeat_case o = { .no = i + 1, .at = noon, .text = other[i], .text_len = strlen(other[i]), .place = "P9" };

		assert_true(repeats_add(r, &o));
	}
	assert_true(repeats_add(r, &old));
	n = repeats_find(r, &c, NULL, 0, hit, 8);
	for (int i = 0; i < n; i++)
		same |= hit[i].no == 100 && think_kin_same_matter(&hit[i], item);
	repeats_free(r);
	return same;
}

static void
test_matter(void **state)
{
	(void)state;
	assert_true(again(hum, "HB-001", "HB-001", 8));  /* the same item */
	assert_true(again(hum, "", "HB-001", 7));        /* it was sent to a unit by name */
	assert_true(again(hum, "HB-001", "", 8));
	assert_true(again(hum, "HB-001", "CG-002", 7));  /* word for word, by the same caller */
	assert_true(again("荔枝园的变压器又嗡嗡响了，晚上还是睡不着", "", "HB-001", 7));
	assert_false(again(hum, "HB-001", "CG-002", 8)); /* another caller, another item */
	assert_false(again("荔枝园旁边有人乱倒垃圾，臭气熏天", "", "HB-001", 7));
	assert_false(again("小区门口路灯坏了", "", "", 7));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_matter) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
