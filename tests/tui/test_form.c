/* The form: what is changed is sent, times and lists as one writes them; the machine's advice follows what is typed, what fenbod answers late is
 * dropped, and nothing waits for it. */
#include "tests/tui/fake.h"
#include "tui/drafts.h"
#include "tui/typed.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
}

static const char *const fresh = "{\"model\":\"city-3+1843\",\"novel\":false,\"place\":{\"code\":\"P9\",\"name\":\"钟屋社区\"},"
    "\"units\":[{\"unit\":\"jiaotong\",\"name\":\"区交通运输局\",\"p\":0.88,\"reasons\":[]}]}";

/* Type one character and let the keys rest so long. */
static void type_one(struct fake *f, uint32_t code, usec_t rest)
{
	f->mono += rest;
	console_key(f->c, &(struct key){ .code = code }, f->mono);
	fake_paint(f);
}

/* Times and lists are written as one writes them, and sent as the database wants them. */
static void times_and_lists_in_the_form(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "E\t\t\t\t17:30");
	fake_key(f, KEYMAP_F0 + 2);
	assert_non_null(strstr(f->act, "\"happened_at\":\"2026-11-22T17:30:00+08:00\""));
	fake_free(f);
	f = start();
	fake_type(f, "E\t\t\t\t昨天");
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 0);
	assert_true(fake_sees(f, "17:00")); /* how a time is written */
	fake_key(f, 27);
	fake_type(f, "E");
	fake_key(f, KEYMAP_BACK_TAB);
	fake_key(f, KEYMAP_BACK_TAB);
	fake_key(f, KEYMAP_BACK_TAB);
	fake_type(f, "燃气、夜间 老人，");
	fake_key(f, KEYMAP_F0 + 2);
	assert_non_null(strstr(f->act, "{\"fields\":{\"tags\":[\"燃气\",\"夜间\",\"老人\"]}}"));
	fake_free(f);
}

static void times_as_typed(void **state)
{
	static const struct { const char *typed, *want; } good[] = {
		{ "2025-01-31 08:05", "2025-01-31T08:05:00+08:00" }, { "11-21 23:59", "2026-11-21T23:59:00+08:00" }, { "7:30", "2026-11-22T07:30:00+08:00" },
		{ "2026-11-20", "2026-11-20T00:00:00+08:00" }, { "11-2", "2026-11-02T00:00:00+08:00" },
	};
	static const char *const bad[] = { "", " ", "x", "2026", "2026-13-01", "2026-02-30 10:00", "24:00", "12:60", "12:30x", "2026-11-22 17", "11-22 17:00 x",
		"99999999999999999999" };
	char out[40];
	usec_t t;

	(void)state;
	fake_language("zh_CN");
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(typed_time(good[i].typed, FAKE_NOW, &t));
		clock_rfc3339(t, out);
		assert_string_equal(out, good[i].want);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(typed_time(bad[i], FAKE_NOW, &t));
}

static void advice_follows_the_form(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "E\t\t");
	assert_int_equal(f->questions, 0); /* nothing has changed yet */
	type_one(f, 'a', 0);
	type_one(f, 'b', 100000);
	type_one(f, 'c', 100000);
	assert_int_equal(f->questions, 0); /* the keys have not rested */
	f->mono += 300000;
	fake_paint(f);
	assert_int_equal(f->questions, 1);
	assert_non_null(strstr(f->question, "\"address\":\"钟屋南路 12 号abc\""));
	assert_non_null(strstr(f->question, "\"channel\":\"hotline\""));
	fake_say(f, fresh);
	fake_paint(f);
	assert_true(fake_sees(f, "区交通运输局"));
	assert_true(fake_sees(f, "钟屋社区"));
	assert_true(fake_sees(f, "city-3+1843"));
	assert_false(fake_sees(f, "区住房和建设局"));
	fake_free(f);
}

static void late_answers_are_dropped(void **state)
{
	struct fake *f = start();
	port_said_fn old;

	(void)state;
	fake_type(f, "E\t\ta");
	f->mono += 300000;
	fake_paint(f);
	assert_int_equal(f->questions, 1);
	old = f->said;
	assert_non_null(old);
	type_one(f, 'b', 50000); /* typed on before the answer */
	assert_null(f->said);    /* the first question is forgotten */
	f->mono += 300000;
	fake_paint(f);
	assert_int_equal(f->questions, 2);
	assert_non_null(strstr(f->question, "号ab"));
	/* Leaving the form forgets it too. */
	fake_key(f, 27);
	assert_null(f->said);
	fake_free(f);
}

/* What was typed before is there again, and the machine is asked about that, not shown with what it said of the case. */
static void a_draft_is_asked_about(void **state)
{
	struct fake *f = start();
	char key[40];

	(void)state;
	snprintf(key, sizeof key, "edit:%lld", (long long)console_subject(f->c));
	drafts_put(f->c->drafts, key, "{\"address\":\"观澜街道\"}");
	fake_type(f, "E");
	f->mono += 300000;
	fake_paint(f);
	assert_int_equal(f->questions, 1);
	assert_non_null(strstr(f->question, "观澜街道"));
	assert_non_null(strstr(f->question, "\"corrected\":true"));
	fake_free(f);
}

static void fenbod_away_is_said_quietly(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "E\t\ta");
	f->mono += 300000;
	fake_paint(f);
	fake_say(f, NULL);
	fake_paint(f);
	assert_true(fake_sees(f, "服务暂离"));
	assert_true(fake_sees(f, "区住房和建设局")); /* what was recommended stays */
	fake_type(f, "b");
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"address\":\"钟屋南路 12 号ab\""));
	fake_free(f);
}

static void names_are_not_asked_about(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "E\t\t\t\t\t张");
	f->mono += 400000;
	fake_paint(f);
	assert_int_equal(f->questions, 0);
	fake_free(f);
}

static void places_by_one_key_in_the_form(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "E");
	assert_true(fake_sees(f, "F3 换一处（1/2）"));
	fake_key(f, KEYMAP_F0 + 3);
	assert_true(fake_sees(f, "P9"));
	assert_true(fake_sees(f, "钟屋社区"));
	fake_key(f, KEYMAP_F0 + 2);
	assert_non_null(strstr(f->act, "{\"fields\":{\"place\":\"P9\"}}"));
	fake_free(f);
}

/* The machine may gather a case into a group while somebody fills in its form: nothing of the form has changed, so it goes through. */
static void a_version_that_changes_no_field_is_no_obstacle(void **state)
{
	struct fake *f = start();
	struct summary s = fake_summary(0, 6);

	(void)state;
	fake_type(f, "E\t\tx");
	console_apply(f->c, &s);
	fake_paint(f);
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, " {6} "));
	fake_free(f);
}

/* Refused is not lost: the next time the form is opened it is as it was left; but leaving it by Esc means that. */
static void what_was_typed_is_not_lost(void **state)
{
	struct fake *f = start();

	(void)state;
	f->refuse = "stale";
	fake_type(f, "E\t\t甲");
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 1);
	assert_true(console_top(f->c)->view == &view_queue);
	fake_key(f, 'E');
	assert_true(fake_sees(f, "钟屋南路 12 号甲"));
	f->refuse = NULL;
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 2);
	fake_key(f, 'E');
	assert_false(fake_sees(f, "12 号甲"));
	fake_type(f, "\t\t乙");
	fake_key(f, 27);
	fake_key(f, 'E');
	assert_false(fake_sees(f, "12 号乙"));
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_and_lists_in_the_form),
		cmocka_unit_test(times_as_typed),
		cmocka_unit_test(advice_follows_the_form),
		cmocka_unit_test(late_answers_are_dropped),
		cmocka_unit_test(a_draft_is_asked_about), cmocka_unit_test(fenbod_away_is_said_quietly),
		cmocka_unit_test(names_are_not_asked_about),
		cmocka_unit_test(places_by_one_key_in_the_form),
		cmocka_unit_test(a_version_that_changes_no_field_is_no_obstacle),
		cmocka_unit_test(what_was_typed_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
