/* Alarms: danger to life sounds until somebody says it is seen, all else shares one in ten minutes; and the lock, which hides everything. */
#include "tests/tui/fake.h"
#include "tests/tui/golden.h"
#include "tui/alarms.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
}

static void news(struct fake *f, int serial, int version, unsigned flags, enum stage stage)
{
	struct summary s = fake_summary(1, version);

	s.no = fake_no(serial);
	s.flags = flags;
	s.stage = stage;
	s.title = "有人被困在火场";
	f->c->mono = f->mono;
	console_news(f->c, &s, version == 1 ? "create" : "edit", "");
	fake_paint(f);
}

static void danger_repeats_until_seen(void **state)
{
	struct fake *f = start();

	(void)state;
	news(f, 500, 1, FLAG_DANGER, STAGE_TRIAGE);
	assert_int_equal(f->bells, 1);
	assert_true(fake_sees(f, "‼ 危及人身  261122-000500"));
	for (int i = 0; i < 31; i++) {
		f->mono += USEC_S;
		fake_paint(f);
	}
	assert_int_equal(f->bells, 3);
	/* Everything else goes on meanwhile, and a dialog does not hide it. */
	fake_type(f, "P");
	assert_true(fake_sees(f, "危及人身"));
	fake_key(f, KEYMAP_F0 + 12);
	assert_false(fake_sees(f, "‼ 危及人身"));
	assert_true(console_top(f->c)->view == &view_menu);
	f->mono += 60 * USEC_S;
	fake_paint(f);
	assert_int_equal(f->bells, 3);
	/* What has been seen stays seen, whatever happens to the case. */
	news(f, 500, 2, FLAG_DANGER | FLAG_REPLY, STAGE_TRIAGE);
	assert_int_equal(f->bells, 3);
	fake_free(f);
}

static void danger_ends_when_the_case_leaves(void **state)
{
	struct fake *f = start();

	(void)state;
	news(f, 500, 1, FLAG_DANGER, STAGE_TRIAGE);
	news(f, 501, 1, 0, STAGE_TRIAGE);
	assert_true(fake_sees(f, "危及人身  261122-000500"));
	news(f, 501, 2, FLAG_DANGER, STAGE_TRIAGE); /* danger by correction counts as well */
	assert_true(fake_sees(f, "另有 1 件"));
	news(f, 500, 2, FLAG_DANGER, STAGE_DISPATCHED);
	assert_true(fake_sees(f, "危及人身  261122-000501"));
	console_gone(f->c, fake_no(501), STAGE_CLOSED, 9);
	fake_paint(f);
	assert_false(fake_sees(f, "‼ 危及人身"));
	f->mono += 60 * USEC_S;
	f->bells = 0;
	fake_paint(f);
	assert_int_equal(f->bells, 0);
	fake_free(f);
}

static void urgent_has_a_budget(void **state)
{
	struct fake *f = start();

	(void)state;
	news(f, 500, 1, 0, STAGE_TRIAGE);
	assert_int_equal(f->bells, 1);
	news(f, 501, 1, 0, STAGE_TRIAGE);
	assert_int_equal(f->bells, 1);
	assert_int_equal(f->c->alarms.budget.held, 1);
	news(f, 502, 1, FLAG_DANGER, STAGE_TRIAGE);
	assert_int_equal(f->bells, 2);
	fake_key(f, '!');
	f->mono += 601 * USEC_S;
	news(f, 503, 1, 0, STAGE_TRIAGE);
	assert_int_equal(f->bells, 3);
	fake_free(f);
}

static void danger_on_a_locked_screen(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "L1");
	news(f, 500, 1, FLAG_DANGER, STAGE_TRIAGE);
	assert_true(fake_sees(f, "危及人身：1 件"));
	assert_false(fake_sees(f, "火场"));
	fake_key(f, KEYMAP_F0 + 12); /* only who unlocks has seen it */
	assert_int_equal(f->c->alarms.n, 1);
	fake_free(f);
}

static void the_lock_hides_everything(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "L1");
	assert_true(f->c->locked);
	assert_string_equal(f->effect, "keep");
	assert_false(fake_sees(f, "燃气"));
	assert_false(fake_sees(f, "138"));
	assert_null(console_case(f->c, fake_no(1)));
	fake_type(f, "1");
	assert_int_equal(f->acts, 0);
	fake_key(f, 21);
	fake_type(f, "secret\n");
	assert_int_equal(f->last_effect, EFFECT_PASSWORD);
	assert_string_equal(f->effect, "secret");
	assert_false(fake_sees(f, "secret"));
	console_password(f->c, false, "");
	fake_paint(f);
	assert_true(f->c->locked);
	assert_true(fake_sees(f, "密码不对"));
	console_password(f->c, true, "");
	fake_paint(f);
	assert_false(f->c->locked);
	assert_true(fake_sees(f, "燃气"));
	fake_free(f);
}

/* What the stream brings; `now` of the fake's clock is at noon. */
static void told(struct fake *f, const char *json)
{
	json_t *o = json_loads(json, 0, NULL);

	assert_non_null(o);
	f->c->mono = f->mono;
	alarms_told(f->c, json_object_get(o, "alarm"), json_object_get(o, "acknowledged"), "李四");
	json_decref(o);
	fake_paint(f);
}

static void alarms_of_the_ladder(struct fake *f)
{
	char json[2000], at[40], due[40];
	case_no no = fake_no(1), other = fake_no(3);

	clock_rfc3339(f->c->now, at);
	clock_rfc3339(f->c->now - 600 * USEC_S, due);
	snprintf(json, sizeof json, "{\"alarm\":[{\"id\":1,\"no\":\"%013lld\",\"kind\":\"rung\",\"level\":\"alarm\",\"role\":\"dispatcher\",\"desk\":\"centre\",\"code\":\"rung dispatch\","
	    "\"args\":{\"clock\":\"dispatch\",\"what\":\"priority\",\"due_at\":\"%s\"},\"at\":\"%s\",\"count\":2},"
	    "{\"id\":2,\"no\":\"%013lld\",\"kind\":\"rung\",\"level\":\"notice\",\"role\":\"dispatcher\",\"account\":\"zhangsan\",\"code\":\"rung dispatch\","
	    "\"args\":{\"clock\":\"dispatch\",\"what\":\"notice\",\"due_at\":\"%s\"},\"at\":\"%s\",\"count\":1},"
	    "{\"id\":3,\"kind\":\"hotspot\",\"level\":\"notice\",\"role\":\"dispatcher\",\"code\":\"hot spot\",\"args\":{\"matter\":\"夜间施工噪音\",\"place\":\"航城街道\",\"people\":14},\"at\":\"%s\",\"count\":1},"
	    "{\"id\":4,\"kind\":\"rung\",\"level\":\"alarm\",\"role\":\"supervisor\",\"code\":\"rung dispatch\",\"args\":{},\"at\":\"%s\",\"count\":1}]}",
	    (long long)no, due, at, (long long)other, at, at, at, at);
	told(f, json);
}

static void the_ladder_has_a_budget(void **state)
{
	struct fake *f = start();

	(void)state;
	f->bells = 0;
	alarms_of_the_ladder(f);
	assert_int_equal(f->bells, 1);                                  /* the alarm; notices never sound, and the supervisor's is his */
	assert_int_equal(alarms_count(f->c->alarm_list), 3);
	assert_int_equal(alarms_standing(f->c), 3);
	assert_true(fake_sees(f, "警报 3"));
	assert_true(fake_sees(f, "分拨时限已超 10:00 · 已提级"));
	alarms_of_the_ladder(f);                                        /* told again: the same three */
	assert_int_equal(f->bells, 1);
	assert_int_equal(f->c->alarms.budget.held, 1);
	assert_int_equal(alarms_count(f->c->alarm_list), 3);
	/* Somebody else acknowledges one; the case of another leaves. */
	told(f, "{\"acknowledged\":[3]}");
	assert_int_equal(alarms_standing(f->c), 2);
	console_gone(f->c, fake_no(3), STAGE_CLOSED, 9);
	fake_paint(f);
	assert_int_equal(alarms_standing(f->c), 1);
	fake_free(f);
}

/* A supervisor reads how many days are asked for. */
static void a_request_says_how_much(void **state)
{
	char words[ALARM_WORDS];

	(void)state;
	alarms_words(&(struct alarm_row){ .code = "extend asked", .n = 3, .about = "zhujian" }, FAKE_NOW, words);
	assert_string_equal(words, "单位申请延长 3 个工作日 · zhujian");
	alarms_words(&(struct alarm_row){ .code = "pause asked", .about = "zhujian" }, FAKE_NOW, words);
	assert_string_equal(words, "单位申请暂停计时 · zhujian");
}

static void alarms_in_a_list(void **state)
{
	static const struct { int rows, cols; } size[] = { { 24, 80 }, { 60, 200 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fake *f;
		char name[40];

		fake_language("zh_CN");
		f = fake_new(size[i].rows, size[i].cols, NULL);
		alarms_of_the_ladder(f);
		f->c->message.until = 0;
		fake_type(f, "gn");
		assert_true(console_top(f->c)->view == &view_alarms);
		assert_int_equal(f->c->alarms.budget.held, 0);
		snprintf(name, sizeof name, "alarms-%dx%d", size[i].cols, size[i].rows);
		golden_check(f, name);
		/* The cursor holds an alarm; a acknowledges it, Enter opens its case. */
		fake_type(f, "a");
		assert_int_equal(alarms_standing(f->c), 2);
		fake_type(f, "A");
		assert_int_equal(alarms_standing(f->c), 0);
		fake_type(f, "gg\n");
		fake_free(f);
	}
}

static void danger_is_acknowledged_once(void **state)
{
	struct fake *f = start();
	char json[400];

	(void)state;
	news(f, 500, 1, FLAG_DANGER, STAGE_TRIAGE);
	assert_int_equal(f->bells, 1);
	snprintf(json, sizeof json, "{\"alarm\":[{\"id\":9,\"no\":\"%013lld\",\"kind\":\"danger\",\"level\":\"danger\",\"role\":\"dispatcher\",\"desk\":\"centre\",\"code\":\"danger\","
	    "\"args\":{},\"at\":\"2026-11-22T12:00:00Z\",\"count\":1}]}", (long long)fake_no(500));
	told(f, json);
	assert_int_equal(f->c->alarms.n, 1);                            /* the case and its alarm are one thing */
	told(f, "{\"acknowledged\":[9]}");                              /* at another console */
	assert_false(fake_sees(f, "‼ 危及人身"));
	assert_int_equal(f->c->alarms.n, 0);
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(danger_repeats_until_seen), cmocka_unit_test(danger_ends_when_the_case_leaves),
		cmocka_unit_test(urgent_has_a_budget), cmocka_unit_test(danger_on_a_locked_screen),
		cmocka_unit_test(the_lock_hides_everything),
		cmocka_unit_test(the_ladder_has_a_budget), cmocka_unit_test(alarms_in_a_list), cmocka_unit_test(a_request_says_how_much), cmocka_unit_test(danger_is_acknowledged_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
