/* The console's promises: the cursor holds a case, digits count only when the case has been seen, marks that a filter hides are
 * left alone, refusals say who did what, nothing typed is lost. */
#include "tests/tui/fake.h"
#include "tui/act.h"
#include "tui/drafts.h"
#include "tui/items.h"
#include "tui/units.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
}

static void cursor_holds_a_case(void **state)
{
	struct fake *f = start();
	struct summary s;

	(void)state;
	fake_type(f, "jj");
	assert_int_equal(console_subject(f->c), fake_no(3));
	/* Something more pressing arrives above, something else leaves. */
	s = fake_summary(0, 1);
	s.no = fake_no(500);
	s.rank_at = 1;
	console_apply(f->c, &s);
	fake_paint(f);
	assert_int_equal(console_subject(f->c), fake_no(3));
	console_gone(f->c, fake_no(1), STAGE_CLOSED, 9);
	fake_paint(f);
	assert_int_equal(console_subject(f->c), fake_no(3));
	/* The case itself leaves: the cursor goes to its neighbour, and a digit does not count at once. */
	console_gone(f->c, fake_no(3), STAGE_CLOSED, 9);
	fake_paint(f);
	assert_int_not_equal(console_subject(f->c), fake_no(3));
	console_key(f->c, &(struct key){ .code = '1' }, f->mono);
	assert_int_equal(f->acts, 0);
	fake_free(f);
}

static void digits_wait_until_seen(void **state)
{
	struct fake *f = start();

	(void)state;
	console_key(f->c, &(struct key){ .code = 'j' }, f->mono += USEC_S);
	fake_paint(f);
	console_key(f->c, &(struct key){ .code = '1' }, f->mono += 100000);
	assert_int_equal(f->acts, 0);
	console_key(f->c, &(struct key){ .code = '1' }, f->mono += 250000);
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "confirm {"));
	assert_non_null(strstr(f->act, "{1} {\"recommendation\":\"77\",\"unit\":\"zhujian\"}"));
	fake_paint(f);
	assert_true(fake_sees(f, "已派 住建局 · u 撤销"));
	/* On to one's own most pressing case. */
	assert_int_equal(console_subject(f->c), fake_no(4));
	fake_free(f);
}

/* The stream may be quicker than the answer, or the case may leave with it: one's own most pressing case comes next all the same. */
static void onward_whatever_comes_first(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "jjjjjj");
	assert_int_equal(console_subject(f->c), fake_no(7));
	view_queue_deciding(f->c, (case_no[]){ fake_no(7) }, 1); /* as sending does */
	console_gone(f->c, fake_no(7), STAGE_CLOSED, 9);
	view_queue_onward(f->c, (case_no[]){ fake_no(7) }, 1);
	assert_int_equal(console_subject(f->c), fake_no(4));
	/* But not when the person has moved on meanwhile. */
	fake_type(f, "jj");
	view_queue_deciding(f->c, (case_no[]){ fake_no(6) }, 1);
	console_gone(f->c, fake_no(6), STAGE_CLOSED, 9);
	fake_type(f, "j");
	view_queue_onward(f->c, (case_no[]){ fake_no(6) }, 1);
	assert_int_equal(console_subject(f->c), fake_no(9));
	fake_free(f);
}

static void a_new_version_must_be_seen_again(void **state)
{
	struct fake *f = start();
	struct summary s = fake_summary(0, 2);

	(void)state;
	f->mono += USEC_S;
	console_apply(f->c, &s);
	console_key(f->c, &(struct key){ .code = '1' }, f->mono);
	fake_paint(f);
	console_key(f->c, &(struct key){ .code = '1' }, f->mono + 1000);
	assert_int_equal(f->acts, 0);
	fake_key(f, '1');
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "{2}"));
	fake_free(f);
}

static void hidden_marks_are_left_alone(void **state)
{
	struct fake *f = start();
	case_no *targets;

	(void)state;
	fake_type(f, "  ");
	assert_int_equal(f->c->nmarked, 2);
	fake_type(f, "/路面\n");
	assert_int_equal(console_targets(f->c, &targets), 1);
	assert_int_equal(targets[0], fake_no(2));
	free(targets);
	fake_key(f, 27);
	fake_type(f, "/学位\n");
	assert_int_equal(console_targets(f->c, &targets), 0);
	free(targets);
	fake_type(f, "c");
	assert_int_equal(f->acts, 0);
	fake_free(f);
}

static void a_digit_is_for_one_case(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, " ");
	fake_type(f, "1");
	assert_int_equal(f->acts, 0);
	fake_free(f);
}

static void bulk_shows_what_it_touches(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "  P1");
	assert_int_equal(f->acts, 0);
	assert_true(fake_sees(f, "2 件"));
	fake_key(f, 'n');
	assert_int_equal(f->acts, 0);
	fake_type(f, "P1y");
	assert_int_equal(f->acts, 1);
	assert_int_equal(f->c->nmarked, 0);
	/* Answers case by case when some are refused. */
	f->refuse = "leased";
	fake_type(f, "  P1y");
	assert_true(console_top(f->c)->view == &view_answers);
	assert_true(fake_sees(f, "他人正在办理此件"));
	fake_free(f);
}

static void a_refusal_says_who_did_what(void **state)
{
	struct fake *f = start();

	(void)state;
	f->refuse = "stale";
	fake_key(f, '1');
	assert_int_equal(f->acts, 1);
	assert_true(fake_sees(f, "17:41 李四 认领"));
	fake_free(f);
}

static void override_by_two_keys_and_a_name(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "ozj\n1");
	assert_non_null(strstr(f->act, "override"));
	assert_non_null(strstr(f->act, "\"unit\":\"zhujian\""));
	assert_non_null(strstr(f->act, "\"reason\":\"wrong_unit\""));
	fake_free(f);
}

/* Items stand in the same list, with the unit they lead to where the case is; the item alone is sent. */
static void override_by_duty_item(void **state)
{
	struct fake *f = start();

	(void)state;
	assert_int_equal(f->items_asked, 0); /* not before somebody looks */
	fake_type(f, "o");
	assert_int_equal(f->items_asked, 1);
	assert_string_equal(f->leads_of, "P0");
	fake_type(f, "lmtx");
	assert_true(fake_sees(f, "路面塌陷"));
	assert_true(fake_sees(f, "→ 坑梓街道"));
	fake_type(f, "\n1");
	assert_non_null(strstr(f->act, "override"));
	assert_non_null(strstr(f->act, "\"item\":\"DL-007\""));
	assert_null(strstr(f->act, "\"unit\""));
	assert_true(fake_sees(f, "坑梓街道 · 路面塌陷"));
	fake_key(f, 27);
	/* By code, by keyword, by Chinese. */
	fake_type(f, "orq-0");
	assert_true(fake_sees(f, "燃气安全隐患  "));
	assert_true(fake_sees(f, "→ 住建局"));
	fake_key(f, 21);
	fake_type(f, "煤气");
	assert_true(fake_sees(f, "RQ-001"));
	fake_key(f, 21);
	fake_type(f, "占道\n"); /* leads to nobody here */
	assert_true(console_top(f->c)->view == &view_override);
	assert_true(fake_sees(f, "地点不明"));
	assert_int_equal(f->items_asked, 1);
	items_stale(f->c->items); /* a new revision */
	fake_key(f, 21);
	assert_int_equal(f->items_asked, 2);
	fake_free(f);
}

/* Several cases lie in several places: what a rule means is said by PostgreSQL case by case. */
static void override_of_marked_cases_by_item(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "  olmtx");
	assert_string_equal(f->leads_of, "");
	assert_true(fake_sees(f, "→ 按地点"));
	fake_type(f, "\n1");
	assert_true(console_top(f->c)->view == &view_confirm);
	fake_key(f, 'y');
	assert_non_null(strstr(f->act, "\"item\":\"DL-007\""));
	fake_free(f);
}

static void parallel_led_by_an_item(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "plmtx\t");
	assert_true(fake_sees(f, "只有单位能协办"));
	fake_key(f, 21);
	fake_type(f, "jtj\t");
	fake_key(f, 21);
	fake_type(f, "lmtx\n");
	assert_non_null(strstr(f->act, "\"item\":\"DL-007\""));
	assert_non_null(strstr(f->act, "\"assist\":[\"jiaotong\"]"));
	fake_free(f);
}

static void parallel_needs_assistants(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "pzj\n");
	assert_int_equal(f->acts, 0);
	fake_type(f, "\t");
	fake_key(f, 21);
	fake_type(f, "jtj\n");
	assert_non_null(strstr(f->act, "parallel"));
	assert_non_null(strstr(f->act, "\"unit\":\"jiaotong\""));
	assert_non_null(strstr(f->act, "\"assist\":[\"zhujian\"]"));
	fake_free(f);
}

static void an_unfilled_answer_is_not_sent(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "a\n");
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 0);
	assert_true(console_top(f->c)->view == &view_answer);
	fake_type(f, "身份证"); /* the caret stands where the first field was */
	fake_key(f, KEYMAP_F0 + 4);
	fake_type(f, "政务中心");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(console_top(f->c)->view == &view_confirm);
	fake_key(f, 'y');
	assert_non_null(strstr(f->act, "您好，请带身份证到政务中心办理。"));
	fake_free(f);
}

static void split_counts_parts(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "s");
	fake_key(f, 21);
	fake_key(f, 11);
	fake_type(f, "路灯坏了\n\n井盖丢了\n\n");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(console_top(f->c)->view == &view_confirm);
	fake_key(f, 'y');
	assert_non_null(strstr(f->act, "\"parts\":[\"路灯坏了\",\"井盖丢了\""));
	fake_free(f);
}

static void merge_asks_first(void **state)
{
	struct fake *f = start();
	char want[40];

	(void)state;
	fake_type(f, "m1");
	assert_true(console_top(f->c)->view == &view_confirm);
	assert_int_equal(f->acts, 0);
	fake_key(f, 'y');
	snprintf(want, sizeof want, "\"into\":\"%lld\"", (long long)fake_no(2));
	assert_non_null(strstr(f->act, want));
	fake_free(f);
}

/* What PostgreSQL says, case by case, before anything wide is done; nothing is agreed to that has not been checked. */
static void a_merge_is_checked_before_yes(void **state)
{
	struct fake *f = start();
	char want[80];

	(void)state;
	f->slow = true;
	fake_type(f, "m1");
	snprintf(want, sizeof want, "merge {%lld} {\"into\":\"%lld\"}", (long long)fake_no(1), (long long)fake_no(2));
	assert_string_equal(f->preview, want);
	assert_true(fake_sees(f, "正在核对"));
	assert_true(fake_sees(f, "小区门口燃气味很大"));
	fake_key(f, 'y');
	assert_int_equal(f->acts, 0);
	assert_true(console_top(f->c)->view == &view_confirm);
	fake_answer_preview(f);
	fake_paint(f);
	assert_true(fake_sees(f, "✓ 261122-000001-7 试办"));
	assert_true(fake_sees(f, "已核对：1 件都可办理"));
	fake_key(f, 'y');
	assert_int_equal(f->acts, 1);
	fake_free(f);
}

static void a_check_can_be_left(void **state)
{
	struct fake *f = start();

	(void)state;
	f->slow = true;
	fake_type(f, "m1");
	fake_key(f, 27);
	assert_true(console_top(f->c)->view == &view_queue);
	assert_int_equal(f->forgotten, 1); /* the answer would have found nobody */
	assert_int_equal(f->acts, 0);
	fake_free(f);
}

static void a_check_says_why_not(void **state)
{
	struct fake *f = start();

	(void)state;
	f->preview_refuse = "claimed by lisi";
	fake_type(f, "  P1");
	assert_true(fake_sees(f, "✗ 261122-000001-7  claimed by lisi"));
	assert_true(fake_sees(f, "已核对：1 件可办理，1 件不能"));
	fake_key(f, 'y'); /* what can be done is done; the other answers for itself */
	assert_int_equal(f->acts, 1);
	fake_free(f);
}

static void nothing_possible_nothing_sent(void **state)
{
	struct fake *f = start();

	(void)state;
	f->preview_refuse = "a case cannot be merged into itself";
	fake_type(f, "m1y");
	assert_int_equal(f->acts, 0);
	assert_true(console_top(f->c)->view == &view_confirm);
	assert_true(fake_sees(f, "全都不能办理"));
	fake_free(f);
}

static void a_check_waits_for_the_database(void **state)
{
	struct fake *f = start();
	struct who who;

	(void)state;
	fake_type(f, "m");
	f->down = true; /* it goes away between the question and the check */
	fake_type(f, "1");
	console_links(f->c, LINK_DOWN, LINK_UP, "");
	fake_paint(f);
	assert_true(fake_sees(f, "恢复后再核对"));
	fake_key(f, 'y');
	assert_int_equal(f->acts, 0);
	f->down = false;
	console_links(f->c, LINK_UP, LINK_UP, "");
	who = f->c->who;
	console_login(f->c, &who);
	fake_paint(f);
	assert_true(fake_sees(f, "已核对"));
	fake_key(f, 'y');
	assert_int_equal(f->acts, 1);
	fake_free(f);
}

/* Marked cases: one stays, the others go into it. */
static void merge_of_marked_cases(void **state)
{
	struct fake *f = start();
	char want[80];

	(void)state;
	fake_type(f, "   m2");
	assert_true(console_top(f->c)->view == &view_confirm);
	fake_key(f, 'y');
	snprintf(want, sizeof want, "merge {%lld,%lld}", (long long)fake_no(1), (long long)fake_no(3));
	assert_non_null(strstr(f->act, want));
	snprintf(want, sizeof want, "\"into\":\"%lld\"", (long long)fake_no(2));
	assert_non_null(strstr(f->act, want));
	fake_free(f);
}

static void a_wrong_number_is_refused(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "m3");
	fake_type(f, "261122-000002-4\n");
	assert_int_equal(f->acts, 0);
	assert_true(fake_sees(f, "不是有效编号"));
	fake_free(f);
}

static void without_a_database_nothing_is_decided(void **state)
{
	struct fake *f = start();

	(void)state;
	console_links(f->c, LINK_DOWN, LINK_DOWN, "");
	f->down = true;
	fake_key(f, '1');
	fake_type(f, "c");
	assert_int_equal(f->acts, 0);
	assert_true(fake_sees(f, "数据库断开"));
	fake_type(f, "j");
	assert_int_equal(console_subject(f->c), fake_no(2)); /* still readable */
	f->down = false;
	console_links(f->c, LINK_UP, LINK_UP, "");
	fake_paint(f); /* the case is read now */
	fake_key(f, '1');
	assert_int_equal(f->acts, 1);
	fake_free(f);
}

static void drafts_outlive_the_console(void **state)
{
	char dir[] = "/tmp/fenbo-drafts-XXXXXX", path[128];
	struct fake *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fake_language("zh_CN");
	f = fake_new(24, 80, dir);
	fake_type(f, "N电话里说");
	drafts_save(f->c->drafts); /* what the loop does within 200 ms; nothing else is done before the kill */
	snprintf(path, sizeof path, "%s/drafts-zhangsan.json", dir);
	assert_int_equal(access(path, R_OK), 0);
	struct fake *again = fake_new(24, 80, dir);

	fake_type(again, "N");
	assert_true(fake_sees(again, "电话里说"));
	fake_key(again, KEYMAP_F0 + 2);
	assert_int_equal(again->acts, 1);
	drafts_save(again->c->drafts);
	assert_int_not_equal(access(path, R_OK), 0); /* sent: no draft any more */
	fake_free(again);
	fake_free(f);
	unlink(path);
	rmdir(dir);
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

/* Danger to life sounds and stands there until somebody says it is seen. */
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

/* All else that is urgent shares one alarm in ten minutes; danger takes nothing from that. */
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

/* Nobody is hurt by a sound on a locked screen, but names nothing. */
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

static void palette_finds_by_pinyin(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, ":gaipai\n");
	assert_true(console_top(f->c)->view == &view_override);
	fake_key(f, 27);
	fake_type(f, ":help\n");
	assert_true(console_top(f->c)->view == &view_help);
	fake_key(f, 27);
	fake_type(f, ":zzzz\n");
	assert_true(console_top(f->c)->view == &view_palette);
	fake_free(f);
}

static void copies_the_number(void **state)
{
	struct fake *f = start();
	char no[16];

	(void)state;
	fake_type(f, "y");
	number_show(fake_no(1), no);
	assert_int_equal(f->last_effect, EFFECT_COPY);
	assert_string_equal(f->effect, no);
	fake_free(f);
}

static void tabs_by_two_keys(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gr");
	assert_int_equal(console_subject(f->c), fake_no(6));
	fake_key(f, KEYMAP_F0 + 3);
	assert_int_equal(console_subject(f->c), fake_no(4));
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(console_subject(f->c), fake_no(1));
	fake_free(f);
}

/* The keys of every row lead somewhere: no action of the dispatcher's is without effect. */
static void every_action_answers(void **state)
{
	(void)state;
	for (int a = 0; a < ACTION_COUNT; a++) {
		struct fake *f = start();
		int depth = f->c->depth;

		act_start(f->c, (enum action)a);
		assert_true(f->acts > 0 || f->c->depth > depth || f->c->message.text[0] != '\0');
		fake_free(f);
	}
}

static void units_by_initials(void **state)
{
	struct fake *f = start();
	const struct unit_row *row[10];

	(void)state;
	assert_int_equal(units_match(f->c->units, "zj", row, 10), 2);
	assert_string_equal(row[0]->code, "zhujian");
	assert_true(units_match(f->c->units, "城管", row, 10) >= 1);
	assert_string_equal(row[0]->code, "chengguan");
	assert_int_equal(units_match(f->c->units, "nosuch", row, 10), 0);
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_holds_a_case), cmocka_unit_test(digits_wait_until_seen), cmocka_unit_test(onward_whatever_comes_first),
		cmocka_unit_test(a_new_version_must_be_seen_again), cmocka_unit_test(hidden_marks_are_left_alone),
		cmocka_unit_test(a_digit_is_for_one_case), cmocka_unit_test(bulk_shows_what_it_touches),
		cmocka_unit_test(a_refusal_says_who_did_what), cmocka_unit_test(override_by_two_keys_and_a_name),
		cmocka_unit_test(override_by_duty_item),
		cmocka_unit_test(override_of_marked_cases_by_item), cmocka_unit_test(parallel_led_by_an_item),
		cmocka_unit_test(parallel_needs_assistants), cmocka_unit_test(an_unfilled_answer_is_not_sent),
		cmocka_unit_test(split_counts_parts), cmocka_unit_test(merge_asks_first), cmocka_unit_test(a_merge_is_checked_before_yes),
		cmocka_unit_test(a_check_can_be_left), cmocka_unit_test(a_check_says_why_not), cmocka_unit_test(nothing_possible_nothing_sent),
		cmocka_unit_test(a_check_waits_for_the_database), cmocka_unit_test(merge_of_marked_cases), cmocka_unit_test(a_wrong_number_is_refused),
		cmocka_unit_test(without_a_database_nothing_is_decided), cmocka_unit_test(drafts_outlive_the_console),
		cmocka_unit_test(danger_repeats_until_seen),
		cmocka_unit_test(danger_ends_when_the_case_leaves), cmocka_unit_test(urgent_has_a_budget), cmocka_unit_test(danger_on_a_locked_screen),
		cmocka_unit_test(the_lock_hides_everything), cmocka_unit_test(palette_finds_by_pinyin),
		cmocka_unit_test(copies_the_number), cmocka_unit_test(tabs_by_two_keys), cmocka_unit_test(every_action_answers),
		cmocka_unit_test(units_by_initials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
