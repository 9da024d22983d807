/* Another unit or duty item than the machine's, by a few letters of its name; several units at once. */
#include "tests/tui/fake.h"
#include "tui/act.h"
#include "tui/items.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(override_by_two_keys_and_a_name), cmocka_unit_test(override_by_duty_item),
		cmocka_unit_test(override_of_marked_cases_by_item), cmocka_unit_test(parallel_led_by_an_item),
		cmocka_unit_test(parallel_needs_assistants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
