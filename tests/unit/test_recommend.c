/* Recommendation from a small duty list: units by place, reasons with spans, returned and picked, novelty, determinism, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/utf8.h"
#include "core/machine/recommend.h"

struct world { struct duty_list *duty; struct gazetteer *places; struct recommender *r; struct arena a; };

static void
item(struct duty_list *d, const char *code, const char *class_, const char *name, const char *definition, const char *words,
    const char *lead)
{
	const char *word[2] = { words, NULL };
	struct duty_item it = { .code = code, .category = "城市管理", .class_ = class_, .name = name, .definition = definition,
	    .keywords = word, .nkeywords = 1, .priority = PRIORITY_NORMAL, .handle_days = 5, .lead = lead };

	assert_true(duty_add_item(d, &it));
}

static int
setup(void **state)
{
	static const struct place_entry places[] = {
		{ .code = "4403", .name = "深圳市", .level = "city", .parent = "" }, { .code = "440306", .name = "宝安区", .level = "district", .parent = "4403" },
		{ .code = "440306007", .name = "航城街道", .level = "street", .parent = "440306" }, { .code = "440306001", .name = "新安街道", .level = "street", .parent = "440306" },
	};
	struct world *w = calloc(1, sizeof *w);
	struct duty_list *d = w->duty = duty_list_new(7);

	assert_true(duty_add_unit(d, "GOV", "宝安区政府", "区政府", "", "district", "", "440306", false, true));
	assert_true(duty_add_unit(d, "ZJ", "宝安区住房和建设局", "住建局", "GOV", "bureau", "housing", "440306", false, true));
	assert_true(duty_add_unit(d, "ST", "宝安区生态环境局", "生态局", "GOV", "bureau", "ecology", "440306", false, true));
	assert_true(duty_add_unit(d, "HC", "航城街道办事处", "航城街道办", "GOV", "street", "urban", "440306007", true, true));
	assert_true(duty_add_unit(d, "XA", "新安街道办事处", "新安街道办", "GOV", "street", "urban", "440306001", true, true));
	assert_true(duty_add_unit(d, "CG", "宝安区城市管理局", "城管局", "GOV", "bureau", "urban", "440306", false, true));
	item(d, "G1", "燃气安全", "燃气安全隐患", "燃气管道、瓶装气泄漏和使用中的安全隐患", "燃气味", "ZJ");
	item(d, "N1", "噪声污染", "夜间施工噪声", "建筑工地夜间违规施工产生噪声", "夜间施工", "ST");
	item(d, "N2", "噪声污染", "广场舞噪声", "公园广场健身音响噪声扰民", "广场舞", "urban@street");
	item(d, "S1", "市容秩序", "占道经营", "流动摊贩占用道路摆卖", "摆摊", "urban@street");
	assert_true(duty_add_resolved(d, "urban", "street", "440306007", "HC"));
	assert_true(duty_add_resolved(d, "urban", "street", "440306001", "XA"));
	assert_true(duty_add_resolved(d, "urban", "district", "440306", "CG"));
	assert_true(duty_list_done(d));
	w->places = gazetteer_new(places, sizeof places / sizeof *places);
	w->r = recommender_new(d, w->places);
	*state = w;
	return w->r ? 0 : -1;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	recommender_free(w->r);
	gazetteer_free(w->places);
	duty_list_free(w->duty);
	arena_free(&w->a);
	free(w);
	return 0;
}

static struct recommendation
ask(struct world *w, const char *text, struct recommend_query q)
{
	struct recommendation out;

	q.text = text;
	q.text_len = strlen(text);
	recommend(w->r, NULL, &q, &w->a, &out);
	for (int i = 0; i < out.units; i++) {
		assert_true(out.unit[i].p >= 0 && out.unit[i].p <= 1);
		assert_true(i == 0 || out.unit[i].p <= out.unit[i - 1].p);
		for (int k = 0; k < out.unit[i].reasons; k++) {
			const struct recommend_reason *r = &out.unit[i].reason[k];

			assert_non_null(r->text);
			if (r->start < 0)
				continue;
			assert_true(r->end > r->start && (size_t)r->end <= utf8_count(text, strlen(text)));
			if (r->kind == REASON_WORD) {
				size_t from = utf8_offset(text, strlen(text), (size_t)r->start);
				size_t to = utf8_offset(text, strlen(text), (size_t)r->end);

				assert_int_equal(strlen(r->text), to - from);
				assert_memory_equal(r->text, text + from, to - from);
			}
		}
	}
	return out;
}

static const struct recommend_reason *
reason(const struct recommend_unit *u, enum reason_kind kind)
{
	for (int i = 0; i < u->reasons; i++)
		if (u->reason[i].kind == kind)
			return &u->reason[i];
	return NULL;
}

/* One decision is enough for the same text again, whatever the duty list says, and the solved case is its reason. */
static void
test_solved_once(void **state)
{
	struct world *w = *state;
	const char *text = "小区门口燃气味很大，担心爆炸";
	struct recommend_query q = { .text = text, .text_len = strlen(text) };
	struct learner *units = learner_new(150);
	struct recommend_model model = { .units = units, .name = "city-0+1" };
	struct lesson lesson = { .what = { .text = text, .len = strlen(text) }, .no = 2611220000126, .weight = 1 };
	struct recommendation out;
	bool found = false;

	assert_non_null(units);
	lesson.label = learner_label(units, "CG", "宝安区城市管理局");
	assert_true(learner_learn(units, &lesson));
	recommend(w->r, &model, &q, &w->a, &out);
	assert_string_equal(out.model, "city-0+1");
	for (int i = 0; i < out.units; i++) {
		const struct recommend_reason *r = reason(&out.unit[i], REASON_CASE);

		if (strcmp(out.unit[i].unit->code, "CG") != 0)
			continue;
		found = true;
		assert_non_null(r);
		assert_string_equal(r->text, "261122-000012-6");
		assert_true(r->likeness > 0.9f);
	}
	assert_true(found);
	learner_free(units);
}

/* How much each voice counts moves towards what was right, and only there. */
static void
test_teach(void **state)
{
	struct world *w = *state;
	const char *text = "小区门口燃气味很大，担心爆炸";
	struct recommend_query q = { .text = text, .text_len = strlen(text) };
	struct blend voices;
	struct recommend_model model = { .voices = &voices };
	struct recommendation before, after;
	struct recommend_heard heard;

	blend_init(&voices, recommend_voices, RECOMMEND_VOICES);
	recommend(w->r, &model, &q, &w->a, &before);
	for (int i = 0; i < 30; i++)
		if (recommend_hear(w->r, &model, &q, "ZJ", &w->a, &heard))
			recommend_teach(&voices, &heard, 1);
	recommend(w->r, &model, &q, &w->a, &after);
	assert_string_equal(after.unit[0].unit->code, "ZJ");
	assert_true(after.unit[0].p > before.unit[0].p);
	assert_true(voices.weight[VOICE_NONE] < recommend_voices[VOICE_NONE].start);
	assert_true(voices.weight[VOICE_UNITS] == recommend_voices[VOICE_UNITS].start); /* it said nothing */
}

/* A word of letters is matched whole, or by its first three. */
static void
test_letters(void **state)
{
	struct duty_list *d = duty_list_new(1);
	struct recommender *r;
	struct recommendation out;
	struct arena a = { 0 };
	struct recommend_query q = { .text = "I cannot sleep at night", .text_len = 23 };

	(void)state;
	assert_true(duty_add_unit(d, "CG", "城市管理局", "城管局", "", "district", "", "", false, true));
	item(d, "L1", "灯光", "LED屏灯光扰民", "", "LED", "CG");
	assert_true(duty_list_done(d));
	r = recommender_new(d, NULL);
	recommend(r, NULL, &q, &a, &out);
	assert_true(out.novel && out.units == 0);
	q = (struct recommend_query){ .text = "楼下led太亮", .text_len = strlen("楼下led太亮") };
	recommend(r, NULL, &q, &a, &out);
	assert_int_equal(out.units, 1);
	recommender_free(r);
	duty_list_free(d);
	arena_free(&a);
}

static void
test_words(void **state)
{
	struct recommendation out = ask(*state, "小区门口燃气味很大，担心爆炸", (struct recommend_query){ 0 });

	assert_string_equal(out.model, "duty-7");
	assert_true(out.units >= 1 && !out.novel);
	assert_string_equal(out.unit[0].unit->code, "ZJ");
	assert_string_equal(out.unit[0].item->code, "G1");
	assert_true(out.unit[0].p > 0.2f);
	assert_non_null(reason(&out.unit[0], REASON_WORD));
	assert_string_equal(reason(&out.unit[0], REASON_WORD)->text, "燃气味");
	assert_int_equal(reason(&out.unit[0], REASON_WORD)->start, 4);
	assert_non_null(strstr(reason(&out.unit[0], REASON_ITEM)->text, "燃气安全隐患："));
}

/* What is shown is words: without the place, wherever it was read, without little words, and not begun in the middle of one. */
static void
test_whole_words(void **state)
{
	struct recommendation out = ask(*state, "航城街道工地旁边的夜间施工很吵，一只夜间施工队", (struct recommend_query){ .address = "航城街道" });

	assert_true(out.units >= 1);
	for (int i = 0; i < out.unit[0].reasons; i++) {
		const struct recommend_reason *r = &out.unit[0].reason[i];

		if (r->kind != REASON_WORD)
			continue;
		assert_null(strstr(r->text, "航城"));
		assert_null(strstr(r->text, "的"));
		assert_null(strstr(r->text, "旁"));
		assert_null(strstr(r->text, "一只"));
	}
	assert_string_equal(reason(&out.unit[0], REASON_WORD)->text, "夜间施工");
}

static void
test_place_decides(void **state)
{
	struct recommendation out = ask(*state, "航城街道路边有人摆摊", (struct recommend_query){ 0 });

	assert_string_equal(out.place.code, "440306007");
	assert_string_equal(out.unit[0].unit->code, "HC");
	assert_non_null(reason(&out.unit[0], REASON_PLACE));
	out = ask(*state, "路边有人摆摊", (struct recommend_query){ .address = "新安街道" });
	assert_string_equal(out.unit[0].unit->code, "XA");
	assert_true(out.place.in_address);
	assert_int_equal(reason(&out.unit[0], REASON_PLACE)->start, -1);
	out = ask(*state, "路边有人摆摊", (struct recommend_query){ .channel_place = "440306001" });
	assert_string_equal(out.unit[0].unit->code, "XA");
	/* Known to the district only: the same function there. */
	out = ask(*state, "宝安区路边有人摆摊", (struct recommend_query){ 0 });
	assert_string_equal(out.unit[0].unit->code, "CG");
}

static void
test_picked(void **state)
{
	struct recommendation out = ask(*state, "你好", (struct recommend_query){ .picked_item = "N1" });

	assert_string_equal(out.unit[0].unit->code, "ST");
	assert_non_null(reason(&out.unit[0], REASON_PICKED));
	assert_true(out.unit[0].p > 0.8f);
	out = ask(*state, "你好", (struct recommend_query){ .picked_item = "no such" });
	assert_true(out.novel);
}

static void
test_returned(void **state)
{
	static const char *const by[] = { "ZJ" };
	struct recommendation a = ask(*state, "燃气味很大", (struct recommend_query){ 0 });
	struct recommendation b = ask(*state, "燃气味很大", (struct recommend_query){ .returned_by = by, .returned = 1 });

	for (int i = 0; i < b.units; i++)
		if (strcmp(b.unit[i].unit->code, "ZJ") == 0) {
			assert_true(b.unit[i].p < a.unit[0].p / 3);
			assert_non_null(reason(&b.unit[i], REASON_RETURNED));
		}
}

/* A decision on the very same text says of it what nothing else does; the unit sends it back all the same. */
static void
test_returned_and_learnt(void **state)
{
	static const char *const by[] = { "ZJ" };
	static const char text[] = "小区晚上燃气味很大，广场舞也吵";
	struct world *w = *state;
	struct learner *units = learner_new(150);
	struct recommend_model model = { .units = units, .name = "city-0+1" };
	struct recommend_query q = { .text = text, .text_len = sizeof text - 1, .returned_by = by };
	struct lesson lesson = { .what = { .text = text, .len = sizeof text - 1 }, .no = 2611220000126, .weight = 1 };
	struct recommendation a, b;

	assert_non_null(units);
	lesson.label = learner_label(units, "ZJ", NULL);
	for (int i = 0; i < 5; i++)
		assert_true(learner_learn(units, &lesson));
	recommend(w->r, &model, &q, &w->a, &a);
	assert_string_equal(a.unit[0].unit->code, "ZJ");
	q.returned = 1;
	recommend(w->r, &model, &q, &w->a, &b);
	assert_true(b.units > 0);
	for (int i = 0; i < b.units; i++)
		assert_string_not_equal(b.unit[i].unit->code, "ZJ");
	learner_free(units);
}

static void
test_named_unit(void **state)
{
	struct recommendation out = ask(*state, "已经打过电话给生态环境局，没人理", (struct recommend_query){ 0 });

	(void)out;
	out = ask(*state, "宝安区生态环境局的人态度恶劣", (struct recommend_query){ 0 });
	assert_string_equal(out.unit[0].unit->code, "ST");
}

static void
test_title(void **state)
{
	struct recommendation out = ask(*state, "很晚了还在响，没法睡觉", (struct recommend_query){ .title = "夜间施工噪声" });

	assert_string_equal(out.unit[0].unit->code, "ST");
	assert_int_equal(reason(&out.unit[0], REASON_WORD)->start, -1);
}

static void
test_novel(void **state)
{
	static const char *const strange[] = { "", "Bonjour, où est la gare?", "？？？", "量子纠缠猫", "\xff\xfe\xfd" };

	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
		struct recommendation out = ask(*state, strange[i], (struct recommend_query){ 0 });

		assert_true(out.novel);
	}
}

static void
test_same_answer_twice(void **state)
{
	struct world *w = *state;
	struct recommender *again = recommender_new(w->duty, w->places);
	struct recommend_query q = { .text = "航城街道广场舞噪声太大，晚上十点还在跳，旁边还有人摆摊", .title = "噪声" };
	struct recommendation a, b;

	q.text_len = strlen(q.text);
	recommend(w->r, NULL, &q, &w->a, &a);
	recommend(again, NULL, &q, &w->a, &b);
	assert_int_equal(a.units, b.units);
	for (int i = 0; i < a.units; i++) {
		assert_ptr_equal(a.unit[i].unit, b.unit[i].unit);
		assert_true(memcmp(&a.unit[i].p, &b.unit[i].p, sizeof a.unit[i].p) == 0);
		assert_int_equal(a.unit[i].reasons, b.unit[i].reasons);
	}
	recommender_free(again);
}

static void
test_empty_duty_list(void **state)
{
	struct duty_list *d = duty_list_new(0);
	struct recommender *r;
	struct recommendation out;
	struct arena a = { 0 };
	struct recommend_query q = { .text = "燃气味", .text_len = 9 };

	(void)state;
	duty_list_done(d);
	r = recommender_new(d, NULL);
	assert_non_null(r);
	recommend(r, NULL, &q, &a, &out);
	assert_int_equal(out.units, 0);
	assert_true(out.novel);
	q.text = NULL;
	q.text_len = 0;
	recommend(r, NULL, &q, &a, &out);
	recommender_free(r);
	duty_list_free(d);
	arena_free(&a);
}

static void
test_bounded(void **state)
{
	struct world *w = *state;
	size_t n = 1 << 20;
	char *text = malloc(n + 1);
	struct recommend_query q = { .text = text, .text_len = n };
	struct recommendation out;
	usec_t start;

	for (size_t i = 0; i + 12 <= n; i += 12)
		memcpy(text + i, "燃气噪声", 12);
	memset(text + n / 12 * 12, 'x', n - n / 12 * 12);
	text[n] = '\0';
	start = clock_monotonic();
	recommend(w->r, NULL, &q, &w->a, &out);
	memset(text, 'z', n);
	recommend(w->r, NULL, &q, &w->a, &out);
	assert_true(clock_monotonic() - start < 100000);
	free(text);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(test_words), TEST(test_whole_words), TEST(test_place_decides), TEST(test_picked), TEST(test_returned), TEST(test_returned_and_learnt), TEST(test_named_unit), TEST(test_title),
		TEST(test_novel), TEST(test_same_answer_twice), cmocka_unit_test(test_empty_duty_list), TEST(test_bounded),
		TEST(test_solved_once), TEST(test_teach), cmocka_unit_test(test_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
