/* The centre in figures: who may see it, what it asks, where its cells lead, and how it looks. */
#include "tests/tui/golden.h"
#include "tui/views.h"

static struct fake *start(int rows, int cols, const char *language)
{
	struct fake *f;

	fake_language(language);
	f = fake_new(rows, cols, NULL);
	f->c->who.role = ROLE_SUPERVISOR;
	return f;
}

static void not_for_dispatchers(void **state)
{
	struct fake *f = start(24, 80, "zh_CN");

	(void)state;
	f->c->who.role = ROLE_DISPATCHER;
	fake_type(f, "gf");
	assert_true(console_top(f->c)->view == &view_queue);
	assert_true(fake_sees(f, "此视图供值班长和管理员查看"));
	fake_free(f);
}

static void figures_and_changes(void **state)
{
	struct fake *f = start(24, 80, "zh_CN");

	(void)state;
	fake_type(f, "gf");
	assert_true(console_top(f->c)->view == &view_figures);
	assert_true(fake_sees(f, "1,204 +10.5%"));
	assert_true(fake_sees(f, "区住房和建设局"));
	assert_true(fake_sees(f, "2026-11-22"));
	fake_type(f, "]");
	assert_true(fake_sees(f, "11-16 – 11-22"));
	fake_type(f, "]");
	assert_true(fake_sees(f, "11-01 – 11-30"));
	fake_type(f, "\t\t\t\t");
	assert_true(fake_sees(f, "投诉"));
	/* Nothing is acted on through it. */
	fake_type(f, "x1c");
	assert_int_equal(f->acts, 0);
	assert_true(console_top(f->c)->view == &view_figures);
	fake_free(f);
}

/* Enter leads to the cases of the chosen cell: of a count its cases, of a share those that missed it. */
static void cells_lead_to_cases(void **state)
{
	struct fake *f = start(24, 80, "zh_CN");

	(void)state;
	fake_type(f, "gfj\n");
	assert_true(console_top(f->c)->view == &view_found);
	assert_string_equal(f->drilled, "received unit jiaotong 2026-11-22 2026-11-22");
	fake_key(f, 27);
	fake_type(f, "]lll\n");
	assert_string_equal(f->drilled, "handle_late unit zhujian 2026-11-16 2026-11-22");
	assert_true(fake_sees(f, "未做到：按时办结"));
	fake_key(f, 27);
	/* The last column is the last one that is shown. */
	for (int i = 0; i < 30; i++)
		fake_key(f, KEYMAP_RIGHT);
	fake_key(f, '\n');
	assert_string_equal(f->drilled, "resolved unit zhujian 2026-11-16 2026-11-22");
	fake_free(f);
}

static void without_the_database(void **state)
{
	struct fake *f = start(24, 80, "zh_CN");

	(void)state;
	f->down = true;
	fake_type(f, "gf");
	assert_true(fake_sees(f, "–"));
	f->down = false;
	fake_type(f, "r");
	assert_true(fake_sees(f, "1,204"));
	fake_free(f);
}

static void golden_screens(void **state)
{
	static const struct { int rows, cols; } sizes[] = { { 24, 80 }, { 40, 132 }, { 60, 200 } };
	static const char *const languages[] = { "zh_CN", "en" };
	char name[80];

	(void)state;
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < 3; i++) {
			struct fake *f = start(sizes[i].rows, sizes[i].cols, languages[l]);

			fake_type(f, "gf]]");
			snprintf(name, sizeof name, "figures-%dx%d-%s", sizes[i].cols, sizes[i].rows, languages[l]);
			golden_check(f, name);
			fake_free(f);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_for_dispatchers), cmocka_unit_test(figures_and_changes), cmocka_unit_test(cells_lead_to_cases),
		cmocka_unit_test(without_the_database), cmocka_unit_test(golden_screens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
