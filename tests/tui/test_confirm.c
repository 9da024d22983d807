/* Before what is wide or destructive: PostgreSQL says case by case what would become of it, and nothing is agreed to that has not been checked. */
#include "tests/tui/fake.h"
#include "tui/act.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge_asks_first), cmocka_unit_test(a_merge_is_checked_before_yes),
		cmocka_unit_test(a_check_can_be_left), cmocka_unit_test(a_check_says_why_not),
		cmocka_unit_test(nothing_possible_nothing_sent), cmocka_unit_test(a_check_waits_for_the_database),
		cmocka_unit_test(merge_of_marked_cases), cmocka_unit_test(a_wrong_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
