/* What the console shows of the machine's help: reasons, what was read, two cases side by side, bursts, how often it was right. Digits confirm
 * wherever the units are in sight and nowhere else. */
#include "tests/tui/fake.h"
#include "tui/common.h"
#include "tui/meter.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
}

/* The styles laid over the cells of the first place where this text stands. */
static bool is_marked(struct fake *f, const char *text)
{
	uint32_t first;

	utf8_decode(text, strlen(text), &first);
	for (int r = 0; r < f->grid.rows; r++)
		for (int c = 0; c < f->grid.cols; c++) {
			const struct cell *cell = grid_at(&f->grid, r, c);

			if (cell->cp[0] == first && cell->style & STYLE_MATCH)
				return true;
		}
	return false;
}

/* --- reasons ------------------------------------------------------------------------------------------------------ */

static void reasons_on_one_key(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_key(f, 'i');
	assert_true(console_top(f->c)->view == &view_why);
	assert_true(is_marked(f, "燃"));
	assert_true(fake_sees(f, "居民用户和公共场所燃气泄漏"));
	assert_true(fake_sees(f, "模型 city-3+1842"));
	assert_true(fake_sees(f, "261121-000001-3 楼道煤气味很浓"));
	/* The second unit rests on the place, and no word of the text is marked for it. */
	fake_key(f, '\t');
	assert_false(is_marked(f, "燃"));
	assert_true(fake_sees(f, "地点      航城街道"));
	fake_key(f, 'i');
	assert_true(console_top(f->c)->view == &view_queue);
	fake_free(f);
}

static void digits_confirm_there_too(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "ij2");
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"unit\":\"hangcheng\""));
	fake_free(f);
}

static void a_solved_case_opens(void **state)
{
	struct fake *f = start();
	char no[16];

	(void)state;
	fake_type(f, "ijj\n");
	assert_true(console_top(f->c)->view == &view_detail);
	number_show(console_subject(f->c), no);
	assert_string_equal(no, "261120-000004-7");
	fake_key(f, 27);
	assert_true(console_top(f->c)->view == &view_why);
	fake_free(f);
}

/* Solved cases are read for their titles; one that cannot be read is not asked for again and again. */
static void what_cannot_be_read_is_asked_once(void **state)
{
	struct fake *f = start();
	int shows;

	(void)state;
	fake_key(f, 'i');
	for (int i = 0; i < 10; i++)
		fake_paint(f);
	shows = f->shows;
	for (int i = 0; i < 10; i++)
		fake_paint(f);
	assert_int_equal(f->shows, shows);
	assert_true(shows < 8);
	fake_free(f);
}

static void novel_is_said(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "jjjjjj");
	assert_true(fake_sees(f, "未见过的类型"));
	fake_key(f, 'i');
	assert_true(fake_sees(f, "未见过的类型"));
	fake_free(f);
}

/* --- what was read ------------------------------------------------------------------------------------------------ */

static void what_was_read_is_pointed_at(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "v");
	assert_true(is_marked(f, "小")); /* the type: the first four characters */
	fake_type(f, "jjjj");
	assert_true(is_marked(f, "今"));
	assert_true(fake_sees(f, "2026-11-22 17:00"));
	/* Enter on what is no field of the form says so; on one it opens the form there. */
	fake_type(f, "jj\n");
	assert_true(console_top(f->c)->view == &view_fields);
	fake_type(f, "kkkkkk\n");
	assert_true(console_top(f->c)->view == &view_form);
	assert_int_equal(f->grid.caret_row, 4); /* in the type */
	fake_free(f);
}

/* Of several places that may be meant one key picks the first, and it goes on the record as an edit. */
static void an_ambiguous_place_is_picked(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "jjjjjjv");
	assert_true(fake_sees(f, "下列之一，请选定"));
	fake_key(f, '\n');
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "edit {"));
	assert_non_null(strstr(f->act, "{\"fields\":{\"place\":\"P0\"}}"));
	fake_free(f);
}

static void no_digit_decides_where_no_unit_is_seen(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "v1");
	assert_int_equal(f->acts, 0);
	fake_free(f);
}

static void corrections_are_shown_as_theirs(void **state)
{
	struct fake *f = start();
	struct summary s = fake_summary(0, 4);

	(void)state;
	f->edits = "{\"fields\":[\"type\",\"address\"]}";
	console_apply(f->c, &s);
	fake_paint(f);
	fake_key(f, 'v');
	assert_true(fake_sees(f, "李四 17:41 更正"));
	assert_true(fake_sees(f, "航城街道（李四 17:41 更正）")); /* the address decides the place */
	fake_free(f);
}

/* --- side by side -------------------------------------------------------------------------------------------------- */

/* The words that common_words finds, with | between them. */
static void found(const char *text, const char *other, char out[400])
{
	struct wrap_mark mark[COMMON_MAX];
	int n = common_words(text, other, mark);

	out[0] = '\0';
	for (int i = 0; i < n; i++) {
		size_t at = utf8_offset(text, strlen(text), (size_t)mark[i].from), end = utf8_offset(text, strlen(text), (size_t)mark[i].to);

		snprintf(out + strlen(out), 400 - strlen(out), "%s%.*s", i ? "|" : "", (int)(end - at), text + at);
	}
}

static void common_words_are_found(void **state)
{
	char out[400];

	(void)state;
	found("您好，小区东门燃气味很大，希望尽快处理！", "市民来电：东门闻到燃气的味道，希望处理", out);
	assert_string_equal(out, "东门燃气"); /* not what every appeal says */
	found("ＡＢＣ大廈 the lift is broken", "abc大厦电梯坏了, lift broken", out);
	assert_string_equal(out, "ＡＢＣ大廈|lift|broken"); /* whatever the width of its letters, simplified or not */
	found("", "路灯", out);
	assert_string_equal(out, "");
	found("电话13800138000，车牌粤B12345，六和社区和平路8号", "电话13800138001，车牌粤B12345，六和社区和平路9号", out);
	assert_string_equal(out, "车牌粤B12345|社区和平路"); /* half a number is nothing in common */
	found("的了的了", "的了的了", out);
	assert_string_equal(out, "");
}

static void comparing_says_what_agrees(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "=");
	assert_true(fake_sees(f, "相似 93% 同一地点"));
	assert_true(fake_sees(f, "✗ 地点 坪环社区  ✓ 时间 相隔 0 分钟  ✓ 来电人 138****0001"));
	assert_true(is_marked(f, "物"));
	fake_key(f, '1'); /* the units of the first are in sight */
	assert_int_equal(f->acts, 1);
	fake_free(f);
}

/* --- one incident, many people -------------------------------------------------------------------------------------- */

static void a_burst_counts_people(void **state)
{
	struct fake *f = start();

	(void)state;
	assert_int_equal(f->bursts_asked, 1);
	assert_true(fake_sees(f, "12人"));
	fake_key(f, 'j');
	assert_true(fake_sees(f, "同一事件 12 人 5 件，自 16:40 （b）"));
	fake_key(f, 'k');
	fake_key(f, 'b');
	assert_true(console_top(f->c)->view == &view_queue); /* the first case belongs to none */
	fake_free(f);
}

/* All that wait go into one, after a preview; what is left out stays. */
static void a_burst_is_merged_at_once(void **state)
{
	struct fake *f = start();
	char want[128];

	(void)state;
	fake_type(f, "jb");
	assert_true(console_top(f->c)->view == &view_burst);
	/* The first that came stays; the others go into it. */
	assert_true(fake_sees(f, "★ 261122-000004-9"));
	assert_true(fake_sees(f, "→ 261122-000002-5"));
	fake_key(f, ' ');
	assert_true(fake_sees(f, "– 261122-000002-5"));
	fake_key(f, 'm');
	assert_true(console_top(f->c)->view == &view_confirm);
	snprintf(want, sizeof want, "merge {%lld} {\"into\":\"%lld\"}", (long long)fake_no(3), (long long)fake_no(4));
	assert_string_equal(f->preview, want);
	assert_int_equal(f->acts, 0);
	fake_key(f, 'y');
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "merge {"));
	fake_free(f);
}

static void another_one_may_stay(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "jb.");
	assert_true(fake_sees(f, "★ 261122-000002-5"));
	assert_true(fake_sees(f, "3 件中 2 件并入 261122-000002-5"));
	fake_type(f, "jj.m");
	assert_non_null(strstr(f->preview, "\"into\":\"2611220000049\""));
	fake_free(f);
}

static void what_does_not_belong_leaves(void **state)
{
	struct fake *f = start();
	char want[64];

	(void)state;
	fake_type(f, "jbj-");
	snprintf(want, sizeof want, "7 {%lld}", (long long)fake_no(3));
	assert_string_equal(f->parted, want);
	assert_true(fake_sees(f, "不再归入"));
	/* The whole group only after a question. */
	fake_type(f, "X");
	assert_true(console_top(f->c)->view == &view_menu);
	fake_type(f, "2");
	assert_string_equal(f->parted, want);
	fake_type(f, "X1");
	assert_string_equal(f->parted, "7 all");
	assert_int_equal(f->acts, 0);
	fake_free(f);
}

/* --- how often it was right ---------------------------------------------------------------------------------------- */

static void accuracy_is_for_supervisors(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gp");
	assert_true(console_top(f->c)->view == &view_queue);
	assert_true(fake_sees(f, "此视图供值班长和管理员查看"));
	f->c->who.role = ROLE_SUPERVISOR;
	fake_type(f, "gp");
	assert_true(console_top(f->c)->view == &view_accuracy);
	assert_true(fake_sees(f, "共 1842 件"));
	assert_true(fake_sees(f, "▼ 单位 区交通运输局：上周 91%，本周 74%"));
	/* Nothing is acted on through it: the case that lies below is out of sight. */
	fake_type(f, "x1c");
	assert_int_equal(f->acts, 0);
	assert_true(console_top(f->c)->view == &view_accuracy);
	fake_free(f);
}

static void accuracy_drills_down(void **state)
{
	struct fake *f = start();

	(void)state;
	f->c->who.role = ROLE_ADMIN;
	fake_type(f, "gpj\n");
	assert_true(console_top(f->c)->view == &view_missed);
	assert_string_equal(f->drilled, "unit jiaotong");
	fake_key(f, '\n');
	assert_true(console_top(f->c)->view == &view_detail);
	assert_int_equal(console_subject(f->c), fake_no(2));
	fake_key(f, 27);
	fake_key(f, 27);
	/* What it said beside what was true has no cases behind it. */
	fake_type(f, "\t\t\t\t\t\t\n");
	assert_true(console_top(f->c)->view == &view_accuracy);
	assert_true(fake_sees(f, "90–100%"));
	fake_free(f);
}

/* --- bars ---------------------------------------------------------------------------------------------------------- */

static void bars_say_what_they_mean(void **state)
{
	struct grid g = { 0 };
	struct buf screen = { 0 };
	char text[8];

	(void)state;
	assert_true(grid_resize(&g, 4, 20));
	meter_bar(&g, 0, 0, 8, 1);
	meter_bar(&g, 1, 0, 8, .5);
	meter_bar(&g, 2, 0, 8, .0001);
	meter_bar(&g, 3, 0, 8, -1);
	grid_dump(&g, &screen);
	assert_string_equal(buf_text(&screen), "████████\n████····\n▏·······\n········\n");
	grid_clear(&g);
	buf_reset(&screen);
	meter_spark(&g, 0, 0, 6, (double[]){ 0, .5, -1, 1 }, 4, 0, 1);
	grid_dump(&g, &screen);
	assert_string_equal(buf_text(&screen), "▁▅·█\n\n\n\n");
	meter_percent(.996, text);
	assert_string_equal(text, " 99%");
	meter_percent(1, text);
	assert_string_equal(text, "100%");
	meter_percent(.001, text);
	assert_string_equal(text, " <1%");
	meter_percent(0, text);
	assert_string_equal(text, "  0%");
	buf_free(&screen);
	grid_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_on_one_key), cmocka_unit_test(digits_confirm_there_too), cmocka_unit_test(a_solved_case_opens),
		cmocka_unit_test(novel_is_said), cmocka_unit_test(what_cannot_be_read_is_asked_once), cmocka_unit_test(what_was_read_is_pointed_at), cmocka_unit_test(an_ambiguous_place_is_picked),
		cmocka_unit_test(no_digit_decides_where_no_unit_is_seen), cmocka_unit_test(corrections_are_shown_as_theirs), cmocka_unit_test(bars_say_what_they_mean),
		cmocka_unit_test(common_words_are_found), cmocka_unit_test(comparing_says_what_agrees),
		cmocka_unit_test(a_burst_counts_people), cmocka_unit_test(a_burst_is_merged_at_once), cmocka_unit_test(another_one_may_stay),
		cmocka_unit_test(what_does_not_belong_leaves),
		cmocka_unit_test(accuracy_is_for_supervisors), cmocka_unit_test(accuracy_drills_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
