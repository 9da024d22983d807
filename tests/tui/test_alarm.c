/* Alarms: danger to life sounds until somebody says it is seen, all else shares one in ten minutes; and the lock, which hides everything. */
#include "tests/tui/fake.h"
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
	assert_int_equal(f->c->alarms.held, 1);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(danger_repeats_until_seen), cmocka_unit_test(danger_ends_when_the_case_leaves),
		cmocka_unit_test(urgent_has_a_budget), cmocka_unit_test(danger_on_a_locked_screen),
		cmocka_unit_test(the_lock_hides_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
