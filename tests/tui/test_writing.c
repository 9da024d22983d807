/* What is written about a case: an answer out of the knowledge base, the parts of a split. */
#include "tests/tui/fake.h"
#include "tui/act.h"
#include "tui/drafts.h"
#include "tui/views.h"

static struct fake *start(void)
{
	fake_language("zh_CN");
	return fake_new(24, 80, NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unfilled_answer_is_not_sent), cmocka_unit_test(split_counts_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
