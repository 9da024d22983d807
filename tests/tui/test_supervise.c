/* A supervisor at the console: the menu of queues, what stands beside a row, the questions an action asks, the leaders' list and topics. */
#include "tests/tui/fake.h"
#include "tui/facts.h"
#include "tui/views.h"

static struct fake *start(void)
{
	struct fake *f;

	fake_language("zh_CN");
	f = fake_new(24, 80, NULL);
	f->c->who.role = ROLE_SUPERVISOR;
	fake_paint(f);
	return f;
}

/* A case that a unit has, with these flags, under the cursor of the queue of units. */
static struct fake *with_unit(unsigned flags)
{
	struct fake *f = start();
	struct summary s = fake_summary(0, 3);

	s.stage = STAGE_HANDLING;
	s.unit = "zhujian";
	s.clock = "handle";
	s.flags = flags;
	console_news(f->c, &s, "accept", "ute");
	fake_type(f, "gu");
	return f;
}

static void the_menu_counts_and_opens(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gl");
	assert_true(console_top(f->c)->view == &view_lists);
	assert_true(fake_sees(f, "再次退回，等待裁定"));
	assert_true(fake_sees(f, "交班未确认事项"));
	fake_key(f, '1');
	assert_true(console_top(f->c)->view == &view_queue);
	assert_true(fake_sees(f, "谁退回、为何"));
	assert_true(fake_sees(f, "城管局：非本单位职责"));
	/* A queue that is no tab of everybody shows as one while it is open. */
	fake_type(f, "glf");
	assert_true(fake_sees(f, "群体 3"));
	fake_type(f, "gt");
	assert_false(fake_sees(f, "群体 3"));
	fake_type(f, "gl\033");
	assert_true(console_top(f->c)->view == &view_queue);
	fake_free(f);
}

static void facts_are_asked_once_for_a_version(void **state)
{
	struct fake *f = with_unit(FLAG_ASKED);
	char words[200];
	const struct summary *s;

	(void)state;
	fake_type(f, "gl4");
	s = queue_find(f->c->queue, fake_no(1));
	facts_words(f->c, VIEW_ASKED, s, FAKE_NOW, words, sizeof words);
	assert_string_equal(words, "住建局 延 3 天：天气原因");
	facts_words(f->c, VIEW_REMINDED, s, FAKE_NOW, words, sizeof words);
	assert_string_equal(words, "住建局 · 2 封未复，最近 11-22 15:00");
	facts_words(f->c, VIEW_INSTRUCTED, s, FAKE_NOW, words, sizeof words);
	assert_string_equal(words, "已于 11-22 12:00 逾期：请三日内办结并报结果");
	facts_words(f->c, VIEW_POOR, s, FAKE_NOW, words, sizeof words);
	assert_string_equal(words, "住建局 · 效果 1 分：没有解决");
	assert_null(facts_heading(VIEW_ALL));
	fake_free(f);
}

/* With the database away a queue shows its rows all the same, and asks when it is back. */
static void facts_wait_for_the_database(void **state)
{
	struct fake *f = start();

	(void)state;
	console_links(f->c, LINK_DOWN, LINK_DOWN, "gone");
	fake_type(f, "gd");
	assert_false(fake_sees(f, "城管局：非本单位职责"));
	console_links(f->c, LINK_UP, LINK_UP, "");
	fake_paint(f);
	assert_true(fake_sees(f, "城管局：非本单位职责"));
	fake_free(f);
}

static void a_ruling_needs_unit_and_record(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gddzj\n");
	fake_type(f, "会议纪要");
	assert_int_equal(f->acts, 0);
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(fake_sees(f, "→ 住建局"));
	fake_type(f, "y");
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "rule"));
	assert_non_null(strstr(f->act, "\"unit\":\"zhujian\""));
	assert_non_null(strstr(f->act, "\"text\":\"会议纪要\""));
	fake_free(f);
}

static void a_letter_is_looked_over_first(void **state)
{
	struct fake *f = with_unit(0);

	(void)state;
	fake_key(f, 't');
	assert_true(fake_sees(f, "住建局：请抓紧办理。"));
	fake_key(f, KEYMAP_F0 + 2);
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"text\":\"住建局：请抓紧办理。\""));
	fake_free(f);
}

/* Several at once: each gets its own, which PostgreSQL drafts; what is touched is shown first. */
static void many_letters_at_once(void **state)
{
	struct fake *f = with_unit(0);
	struct summary s = fake_summary(1, 3);

	(void)state;
	s.stage = STAGE_HANDLING;
	s.unit = "jiaotong";
	console_news(f->c, &s, "accept", "ute");
	fake_type(f, "At");
	assert_int_equal(f->acts, 0);
	assert_true(fake_sees(f, "2 件"));
	fake_type(f, "y");
	assert_int_equal(f->acts, 1);
	assert_null(strstr(f->act, "\"text\""));
	fake_free(f);
}

static void an_instruction_asks_by_whom_and_when(void **state)
{
	struct fake *f = with_unit(0);

	(void)state;
	fake_key(f, 'I');
	fake_type(f, "三日内办结");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(fake_sees(f, "谁的批示"));
	fake_type(f, "陈市长\n");
	assert_true(fake_sees(f, "何时之前"));
	assert_int_equal(f->acts, 0);
	fake_key(f, '2');
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"person\":\"陈市长\""));
	assert_non_null(strstr(f->act, "\"until\":\"2026-11-23T18:00:00+08:00\""));
	/* Both may be left out, and Esc takes the whole of it back. */
	fake_key(f, 'I');
	fake_type(f, "办结");
	fake_key(f, KEYMAP_F0 + 2);
	fake_type(f, "\n");
	fake_key(f, 27);
	assert_int_equal(f->acts, 1);
	fake_key(f, 'I');
	fake_key(f, KEYMAP_F0 + 2);
	fake_type(f, "\n5");
	assert_int_equal(f->acts, 2);
	assert_null(strstr(f->act, "person"));
	assert_null(strstr(f->act, "until"));
	fake_free(f);
}

static void a_request_is_granted_or_not(void **state)
{
	struct fake *f = with_unit(FLAG_ASKED);

	(void)state;
	fake_type(f, "gl4V");
	assert_true(fake_sees(f, "天气原因"));
	fake_key(f, '2');
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"decision\":\"no\""));
	fake_free(f);
}

static void a_word_may_be_left_out(void **state)
{
	struct fake *f = with_unit(FLAG_INSTRUCTED | FLAG_SUPERVISED);

	(void)state;
	fake_type(f, "K\n");
	assert_int_equal(f->acts, 1);
	assert_null(strstr(f->act, "text"));
	fake_type(f, "X整改到位\n");
	assert_non_null(strstr(f->act, "lift"));
	assert_non_null(strstr(f->act, "整改到位"));
	fake_type(f, "B1");
	assert_non_null(strstr(f->act, "\"reason\":\"wrong_unit\""));
	fake_free(f);
}

static void the_last_line_offers_what_the_case_asks_for(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gd");
	assert_true(fake_sees(f, "d 裁定"));
	assert_false(fake_sees(f, "1-3 确认"));
	fake_type(f, "gt");
	assert_true(fake_sees(f, "1-3 确认"));
	fake_free(f);
}

static void the_leaders_list_is_edited(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gk");
	assert_true(fake_sees(f, "人身危险 · 12 人"));
	assert_true(fake_sees(f, "请住建局长到场"));
	fake_type(f, "j-");
	assert_string_equal(f->paper, "2026-11-22 4 drop 2611220000030 - -");
	fake_type(f, "gg]");
	assert_string_equal(f->paper, "2026-11-22 4 move 2611220000017 2 -");
	fake_type(f, "+261122-000002-5\n");
	assert_string_equal(f->paper, "2026-11-22 4 add 2611220000025 - -");
	fake_type(f, "+12\n");
	assert_true(fake_sees(f, "不是"));
	fake_type(f, "f1");
	assert_string_equal(f->paper, "2026-11-22 4");
	fake_type(f, "\t\t;");
	fake_type(f, "x");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(strncmp(f->paper, "3 2 - 11", 8) == 0);
	fake_free(f);
}

static void the_views_are_for_supervisors(void **state)
{
	struct fake *f;

	(void)state;
	fake_language("zh_CN");
	f = fake_new(24, 80, NULL);
	fake_type(f, "gk");
	assert_true(console_top(f->c)->view == &view_queue);
	fake_free(f);
}

static void marked_cases_go_into_a_topic(void **state)
{
	struct fake *f = start();
	char want[80];

	(void)state;
	fake_type(f, " j gi+");
	snprintf(want, sizeof want, "5 {%lld,%lld} f", (long long)fake_no(1), (long long)fake_no(3));
	assert_string_equal(f->paper, want);
	fake_type(f, "\n");
	assert_true(fake_sees(f, "每周 5.5 件"));
	assert_true(fake_sees(f, "每周 1.5 件"));
	assert_true(fake_sees(f, "已排查三栋"));
	fake_type(f, "-");
	assert_string_equal(f->paper, "5 {2611220000017} t");
	fake_type(f, ".2");
	fake_key(f, '4');
	assert_string_equal(f->paper, "5 2 {\"stage\": \"done\"}");
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_menu_counts_and_opens),
		cmocka_unit_test(facts_are_asked_once_for_a_version),
		cmocka_unit_test(facts_wait_for_the_database),
		cmocka_unit_test(a_ruling_needs_unit_and_record),
		cmocka_unit_test(a_letter_is_looked_over_first),
		cmocka_unit_test(many_letters_at_once),
		cmocka_unit_test(an_instruction_asks_by_whom_and_when),
		cmocka_unit_test(a_request_is_granted_or_not),
		cmocka_unit_test(a_word_may_be_left_out),
		cmocka_unit_test(the_last_line_offers_what_the_case_asks_for),
		cmocka_unit_test(the_leaders_list_is_edited),
		cmocka_unit_test(the_views_are_for_supervisors),
		cmocka_unit_test(marked_cases_go_into_a_topic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
