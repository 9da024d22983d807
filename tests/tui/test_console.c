/* The console's promises: the cursor holds a case, digits count only when the case has been seen, marks that a filter hides are
 * left alone, refusals say who did what, nothing typed is lost. */
#include "tests/tui/fake.h"
#include "tui/act.h"
#include "tui/drafts.h"
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
		cmocka_unit_test(cursor_holds_a_case), cmocka_unit_test(digits_wait_until_seen),
		cmocka_unit_test(onward_whatever_comes_first), cmocka_unit_test(a_new_version_must_be_seen_again),
		cmocka_unit_test(hidden_marks_are_left_alone), cmocka_unit_test(a_digit_is_for_one_case),
		cmocka_unit_test(bulk_shows_what_it_touches), cmocka_unit_test(a_refusal_says_who_did_what),
		cmocka_unit_test(without_a_database_nothing_is_decided), cmocka_unit_test(drafts_outlive_the_console),
		cmocka_unit_test(palette_finds_by_pinyin), cmocka_unit_test(copies_the_number), cmocka_unit_test(tabs_by_two_keys),
		cmocka_unit_test(every_action_answers), cmocka_unit_test(units_by_initials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
