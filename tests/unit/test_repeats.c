/* The repeat index: copies, same event, bounds, removal; and planted copies among a city's tickets when they are here. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/grams.h"
#include "core/machine/repeats.h"
#include "tests/tools/rows.h"

#define MINUTE (60 * USEC_S)
static const usec_t noon = INT64_C(1795000000) * USEC_S;

static struct repeat_case
say(case_no no, usec_t at, const char *text, const char *place)
{
	return (struct repeat_case){ .no = no, .at = at, .text = text, .text_len = strlen(text), .place = place, .open = true };
}

static int
setup(void **state)
{
	struct repeats *r = repeats_new();
	static const char *const filler[] = {
		"市民来电反映：西乡街道固戍二路夜间有大货车违停，影响通行", "福永街道白石厦工业区废气排放，气味刺鼻", "咨询如何办理居住证续签需要哪些材料",
		"新安街道翻身路有人占道经营摆卖水果", "公交车M234线等了四十分钟没有来", "松岗街道小区物业不公开账目，业主要求查账", "沙井街道路灯坏了半个月没有人修",
		"石岩街道水田社区垃圾桶满溢，没有清运", "航城街道学校门口上下学时段拥堵", "咨询医保断缴三个月怎么补缴",
	};

	for (int i = 0; i < 10; i++) {
		struct repeat_case c = say(1000 + i, noon - (usec_t)(i + 1) * 600 * MINUTE, filler[i], "P0");

		repeats_add(r, &c);
	}
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	repeats_free(*state);
	return 0;
}

static void
test_copy(void **state)
{
	struct repeats *r = *state;
	struct repeat_case a = say(1, noon, "市民来电反映：钟屋南地铁站A口燃气味很大，配电房旁边", "P1");
	struct repeat_case b = say(2, noon + 40 * MINUTE, "投诉：钟屋南地铁站Ａ口燃气味很大，配电房旁边。谢谢！", "P1");
	struct repeat_hit h[4];

	assert_true(repeats_add(r, &a));
	assert_int_equal(repeats_find(r, &b, NULL, 0.5f, h, 4), 1);
	assert_int_equal(h[0].no, 1);
	assert_true(h[0].copy && h[0].same_place && h[0].open);
	assert_true(h[0].score > 0.9f);
	assert_string_equal(h[0].reason, "同一地点 · 40 分钟前 · 100 % 的字句相同");
	/* Itself is never its own repeat, and once gone it is not found. */
	assert_int_equal(repeats_find(r, &a, NULL, 0.5f, h, 4), 0);
	assert_true(repeats_remove(r, 1));
	assert_false(repeats_remove(r, 1));
	assert_int_equal(repeats_find(r, &b, NULL, 0.5f, h, 4), 0);
}

static void
test_same_event(void **state)
{
	struct repeats *r = *state;
	struct repeat_case a = say(1, noon, "小区门口燃气味很大，已经有两个人头晕了，请马上来人", "P1");
	struct repeat_case b = say(2, noon + 5 * MINUTE, "楼下闻到很浓的燃气味，不敢开灯，麻烦马上派人来看看", "P1");
	struct repeat_case far = say(3, noon - 2000 * MINUTE, "沙井街道路灯坏了好几盏没有人修，晚上很黑", "P7");
	struct repeat_hit h[4];
	float near_score;

	repeats_add(r, &a);
	assert_true(repeats_find(r, &b, NULL, 0, h, 4) >= 1);
	assert_int_equal(h[0].no, 1);
	near_score = h[0].score;
	b.place = "P2";
	repeats_find(r, &b, NULL, 0, h, 4);
	assert_true(h[0].score < near_score);
	assert_true(repeats_find(r, &far, NULL, 0, h, 4) > 0);
	assert_int_equal(h[0].no, 1006);
}

static void
test_identical_texts(void **state)
{
	struct repeats *r = *state;
	struct repeat_hit h[10];
	size_t before;

	for (int i = 0; i < 500; i++) {
		struct repeat_case c = say(5000 + i, noon + i * MINUTE, "楼上装修噪音扰民，周末也不停工", i % 2 ? "P1" : "P2");

		assert_true(repeats_add(r, &c));
	}
	before = repeats_count(r);
	assert_int_equal(before, 510);
	struct repeat_case q = say(9999, noon + 600 * MINUTE, "楼上装修噪音扰民，周末也不停工", "P1");
	assert_int_equal(repeats_find(r, &q, NULL, 0.5f, h, 10), 10);
	assert_true(h[0].same_place);
	for (int i = 1; i < 10; i++)
		assert_true(h[i].score <= h[i - 1].score);
	for (int i = 0; i < 500; i++)
		assert_true(repeats_remove(r, 5000 + (i * 7) % 500));
	assert_int_equal(repeats_find(r, &q, NULL, 0.9f, h, 10), 0);
}

static void
test_update_and_expire(void **state)
{
	struct repeats *r = *state;
	struct repeat_case a = say(1, noon, "钟屋南地铁站A口燃气味很大", "P1");
	struct repeat_hit h[2];
	size_t gone = 0;

	a.item = "I1";
	repeats_add(r, &a);
	repeats_add(r, &a); /* again: replaced */
	assert_int_equal(repeats_count(r), 11);
	assert_true(repeats_update(r, 1, "P9", NULL, false, false));
	assert_false(repeats_update(r, 77, "P9", NULL, false, false));
	a.no = 2;
	a.place = "P9";
	assert_int_equal(repeats_find(r, &a, NULL, 0.5f, h, 2), 1);
	assert_true(h[0].same_place && h[0].same_item && !h[0].open);
	assert_non_null(strstr(h[0].reason, "已办结"));
	assert_int_equal(repeats_expire(r, noon, 1000), 0); /* not yet */
	for (int i = 0; i < 20; i++)
		gone += repeats_expire(r, noon + 1, 1);
	assert_int_equal(gone, 1);
	assert_int_equal(repeats_count(r), 10); /* open ones stay */
}

static void
test_churn_does_not_grow(void **state)
{
	struct repeats *r = *state;
	char text[200];
	size_t first = 0;

	for (int i = 0; i < 60000; i++) {
		struct repeat_case c;

		snprintf(text, sizeof text, "第%d次反映%d号楼%d单元漏水，电话%d", i, i % 97, i % 13, i * 31);
		c = say(10000 + i, noon, text, "P1");
		c.person = (uint64_t)i + 1;
		assert_true(repeats_add(r, &c));
		if (i >= 1000)
			assert_true(repeats_remove(r, 10000 + i - 1000));
		if (i == 30000)
			first = repeats_bytes(r);
	}
	assert_true(repeats_bytes(r) < first + first / 10);
}

static void
test_hostile(void **state)
{
	struct repeats *r = *state;
	size_t n = 1 << 20;
	char *big = malloc(n);
	struct repeat_hit h[2];
	static const char *const odd[] = { "", "。。。。", "\xff\xfe\x80", "a", "啊", "您好", "谢谢", "请问请问请问", "12345" };
	struct repeat_case c;

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		c = say(1 + (case_no)i, noon, odd[i], "");
		assert_true(repeats_add(r, &c));
		c.no = 900;
		repeats_find(r, &c, NULL, 0.5f, h, 2);
	}
	memset(big, 'x', n);
	c = say(50, noon, "", "P1");
	c.text = big;
	c.text_len = n;
	assert_true(repeats_add(r, &c));
	c.no = 51;
	assert_int_equal(repeats_find(r, &c, NULL, 0.5f, h, 2), 1);
	for (size_t i = 0; i < n; i++)
		big[i] = (char)(i * 2654435761u >> 13);
	assert_true(repeats_add(r, &c));
	repeats_find(r, &c, NULL, 0.5f, h, 2);
	free(big);
}

/* The index answers about a case it holds as it answers about its text. */
static void
test_known(void **state)
{
	struct repeats *r = *state;
	struct repeat_case a = say(1, noon, "钟屋南地铁站A口燃气味很大，配电房旁边，已经两天了，两天了", "P1"), about;
	struct repeat_case b = say(2, noon + 40 * MINUTE, "钟屋南地铁站A口配电房旁边燃气味很大", "P1");
	struct repeat_hit by_text[8], by_number[8];
	int n;

	a.title = "地铁站燃气味";
	a.person = 77;
	repeats_add(r, &a);
	repeats_add(r, &b);
	n = repeats_find(r, &a, NULL, 0, by_text, 8);
	assert_true(n > 0);
	assert_int_equal(repeats_find_known(r, 1, NULL, 0, by_number, 8), n);
	for (int i = 0; i < n; i++) {
		assert_int_equal(by_text[i].no, by_number[i].no);
		assert_true(fabsf(by_text[i].odds - by_number[i].odds) < 0.001f);
	}
	assert_int_equal(repeats_find_known(r, 99, NULL, 0, by_number, 8), -1);
	assert_true(repeats_about(r, 1, &about));
	assert_int_equal(about.person, 77);
	assert_string_equal(about.place, "P1");
	assert_false(repeats_about(r, 99, &about));
}

/* Of two that are as like the first report comes first, and before one that came later than the question. */
static void
test_order(void **state)
{
	struct repeats *r = *state;
	const char *text = "海秀路金鼎花园门口水管爆裂，路面积水";
	struct repeat_case first = say(11, noon - 50 * MINUTE, text, NULL), second = say(12, noon - 10 * MINUTE, text, NULL);
	struct repeat_case later = say(13, noon + 10 * MINUTE, text, NULL), q = say(20, noon, text, NULL);
	struct repeat_hit h[4];

	repeats_add(r, &later);
	repeats_add(r, &second);
	repeats_add(r, &first);
	assert_int_equal(repeats_find(r, &q, NULL, 0.5f, h, 4), 3);
	assert_int_equal(h[0].no, 11);
	assert_int_equal(h[1].no, 12);
	assert_int_equal(h[2].no, 13);
	assert_true(h[2].score < h[1].score);
}

/* One form, filled in for another estate, is another matter; a case that was merged is told apart from a closed one. */
static void
test_form_and_merged(void **state)
{
	struct repeats *r = *state;
	struct repeat_case a = say(1, noon, "魅力花园小区楼下餐馆油烟直排扰民，每天熏人，长期投诉无果，请政府管一管", "P1");
	struct repeat_case b = say(2, noon, "滨江公寓小区楼下餐馆油烟直排扰民，每天熏人，长期投诉无果，请政府管一管", "P1");
	struct repeat_hit same[2], other[2];

	repeats_add(r, &a);
	a.no = 3;
	assert_int_equal(repeats_find(r, &a, NULL, 0.5f, same, 2), 1);
	assert_true(same[0].same_name);
	assert_int_equal(repeats_find(r, &b, NULL, 0, other, 2), 2);
	assert_int_equal(other[0].no, 1);
	assert_false(other[0].same_name);
	assert_true(other[0].odds < same[0].odds - 3);
	repeats_update(r, 1, NULL, NULL, false, true);
	repeats_find(r, &a, NULL, 0.5f, same, 2);
	assert_true(same[0].merged && !same[0].open);
	assert_non_null(strstr(same[0].reason, "已并案"));
}

/* A title made of the text counts nothing; one of a channel's own does. */
static void
test_titles(void **state)
{
	struct repeats *r = *state;
	const char *text = "在本市西乡街道固戍二路与宝源路交汇处有大量建筑垃圾堆放在人行道上影响行人通行已经有一个多星期没有人清理附近居民多次反映"
		"希望尽快派人清理并且查明是谁倾倒";
	char made[256];
	struct repeat_case a = say(1, noon, text, NULL), q = say(2, noon, text, NULL);
	struct repeat_hit h[2];
	float plain;

	snprintf(made, sizeof made, "%.*s", 180, text);
	repeats_add(r, &a);
	repeats_find(r, &q, NULL, 0, h, 1);
	plain = h[0].odds;
	q.title = made;
	repeats_find(r, &q, NULL, 0, h, 1);
	assert_true(fabsf(h[0].odds - plain) < 0.001f);
	q.title = "建筑垃圾";
	repeats_find(r, &q, NULL, 0, h, 1);
	assert_true(fabsf(h[0].odds - plain) > 0.001f);
}

static void
test_languages(void **state)
{
	struct repeats *r = *state;
	static const char *const said[] = {
		"Illegal dumping of mattresses behind 12 Elm Street, rats everywhere", "Мусор не вывозят вторую неделю, улица Ленина, дом 5",
		"ゴミが一週間も回収されていません。駅前通り三丁目です", "القمامة لم تجمع منذ أسبوع في شارع النيل", "쓰레기가 일주일째 수거되지 않았습니다 중앙로",
	};
	struct repeat_hit h[2];

	for (int i = 0; i < 5; i++) {
		struct repeat_case c = say(100 + i, noon, said[i], NULL);

		assert_true(repeats_add(r, &c));
	}
	for (int i = 0; i < 5; i++) {
		struct repeat_case c = say(200 + i, noon, said[i], NULL);

		assert_true(repeats_find(r, &c, NULL, 0.5f, h, 2) >= 1);
		assert_int_equal(h[0].no, 100 + i);
	}
}

static void
test_grams_pack(void **state)
{
	static struct gram_set set;
	struct grams g;
	unsigned char packed[3 * GRAMS_MAX];
	float ones[GRAMS_MAX], sum;
	int n;
	const unsigned char *p = packed;
	uint32_t gram = 0;

	(void)state;
	grams_of(&g, "钟屋南地铁站A口燃气味很大，配电房旁边，钟屋南", strlen("钟屋南地铁站A口燃气味很大，配电房旁边，钟屋南"));
	assert_true(g.n > 15 && g.n < 22);
	for (int i = 1; i < g.n; i++)
		assert_true(g.gram[i] > g.gram[i - 1]);
	assert_true(grams_pack(&g, 0, packed, &n) <= 3 * (size_t)g.n);
	assert_int_equal(n, g.n);
	for (int i = 0; i < g.n; i++)
		assert_int_equal(gram = grams_next(&p, gram), g.gram[i]);
	for (int i = 0; i < g.n; i++)
		ones[i] = 1;
	gram_set_make(&set, &g, ones);
	p = packed;
	assert_int_equal(gram_set_common(&set, &p, g.n, &sum), g.n);
	assert_true(sum > (float)g.n - 0.1f && sum < (float)g.n + 0.1f);
}

/* Every text of a city's tickets goes in, then a tenth of them is asked for with a few characters changed. */
static void
test_planted_copies(void **state)
{
	const char *path = rows_data("haikou12345_tickets.csv");
	struct repeats *r = repeats_new();
	struct rows rows;
	long asked = 0, found = 0;
	usec_t start, spent = 0, added;

	(void)state;
	if (!path || !rows_load(&rows, path)) {
		repeats_free(r);
		skip();
		return;
	}
	start = clock_monotonic();
	for (size_t i = 0; i < rows.n; i++) {
		struct repeat_case c = say((case_no)i + 1, noon + (usec_t)i * MINUTE, rows_get(&rows, i, "content"), NULL);

		assert_true(repeats_add(r, &c));
	}
	added = clock_monotonic() - start;
	for (size_t i = 0; i < rows.n; i += 10) {
		char text[8192];
		const char *was = rows_get(&rows, i, "content");
		struct repeat_case c;
		struct repeat_hit h[10];
		bool hit = false;
		int n;

		if (strlen(was) < 60 || strlen(was) > 6000)
			continue;
		snprintf(text, sizeof text, "我补充一下：%.*s请问进展%s", 45, was, was + 51);
		c = say(900000, noon + (usec_t)rows.n * MINUTE, text, NULL);
		start = clock_monotonic();
		n = repeats_find(r, &c, NULL, 0.3f, h, 10);
		spent += clock_monotonic() - start;
		for (int k = 0; k < n; k++)
			hit |= h[k].no == (case_no)i + 1 || h[k].overlap > 0.97f; /* or an identical ticket */
		asked++;
		found += hit;
	}
	print_message("%zu tickets, %ld edited copies asked for, %ld found; %.1f µs to add, %.1f µs to ask, %zu bytes a case\n", rows.n,
	    asked, found, (double)added / (double)rows.n, (double)spent / (double)asked,
	    (repeats_bytes(r) - 4 * ((size_t)1 << GRAM_BITS)) / rows.n);
	assert_true(found * 1000 >= asked * 990);
	assert_true(repeats_bytes(r) - 4 * ((size_t)1 << GRAM_BITS) <= rows.n * 1024);
	rows_free(&rows);
	repeats_free(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_event, setup, teardown),
		cmocka_unit_test_setup_teardown(test_identical_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_update_and_expire, setup, teardown),
		cmocka_unit_test_setup_teardown(test_churn_does_not_grow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_form_and_merged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_titles, setup, teardown),
		cmocka_unit_test_setup_teardown(test_languages, setup, teardown),
		cmocka_unit_test(test_grams_pack),
		cmocka_unit_test(test_planted_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
