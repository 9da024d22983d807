/* Return visits and messages that did not arrive: what their keys ask for, what a rating typed in a hurry is taken for. */
#include "tests/tui/fake.h"
#include "tui/asks_visit.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
}

static void a_rating_is_four_digits(void **state)
{
	static const char *const bad[] = { "", "545", "54545", "5450", "5456", "5 4 5", "五四五四", "5454.", "-5454" };
	json_t *r = asks_visit_read("5 4 32");

	(void)state;
	assert_non_null(r);
	assert_int_equal(json_integer_value(json_object_get(r, "speed")), 5);
	assert_int_equal(json_integer_value(json_object_get(r, "effect")), 4);
	assert_int_equal(json_integer_value(json_object_get(r, "service")), 3);
	assert_int_equal(json_integer_value(json_object_get(r, "feedback")), 2);
	json_decref(r);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_null(asks_visit_read(bad[i]));
}

/* A resolved case under the cursor of the list. */
static void make_resolved(struct fake *f, int i)
{
	struct summary s = fake_summary(i, 2);

	s.stage = STAGE_RESOLVED;
	console_apply(f->c, &s);
}

static void a_visit_asks_what_it_needs(void **state)
{
	struct fake *f = start();

	(void)state;
	make_resolved(f, 0);
	fake_type(f, "gv");
	assert_true(console_top(f->c)->view == &view_visits);
	fake_type(f, "W1");
	fake_type(f, "549\n");        /* no rating: asked again, nothing sent */
	assert_int_equal(f->acts, 0);
	fake_type(f, "5454\n满意\n");
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"outcome\":\"reached\""));
	assert_non_null(strstr(f->act, "\"effect\":4"));
	assert_non_null(strstr(f->act, "\"text\":\"满意\""));
	fake_free(f);
	f = start();
	make_resolved(f, 0);
	fake_type(f, "gvW2");
	assert_true(fake_sees(f, "何时再拨"));
	fake_type(f, "1\n");          /* in an hour, no words */
	assert_int_equal(f->acts, 1);
	assert_non_null(strstr(f->act, "\"until\":\"2026-11-22T18:42:08"));
	assert_null(strstr(f->act, "rating"));
	fake_free(f);
}

static void messages_are_sent_again_and_dropped(void **state)
{
	struct fake *f = start();

	(void)state;
	fake_type(f, "gx");
	assert_true(console_top(f->c)->view == &view_outbox);
	assert_true(fake_sees(f, "×1  422"));
	fake_type(f, "+");
	assert_string_equal(f->drilled, "outbox_retry 9");
	fake_type(f, "j-");
	fake_type(f, "已电话告知\n");
	assert_string_equal(f->drilled, "outbox_drop 8 已电话告知");
	fake_type(f, ".");
	assert_true(fake_sees(f, "没有消息"));
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rating_is_four_digits), cmocka_unit_test(a_visit_asks_what_it_needs), cmocka_unit_test(messages_are_sent_again_and_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
