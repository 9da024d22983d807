/*
 * Golden screens: what each view looks like, character by character, at three sizes and in two languages. `make golden` writes them
 * anew; the difference is reviewed by eye.
 */
#include "tests/tui/golden.h"

static const struct { int rows, cols; } sizes[] = { { 24, 80 }, { 40, 132 }, { 60, 200 } };
static const char *const languages[] = { "zh_CN", "en" };

/* One scene: keys typed on a fresh console. */
static const struct scene { const char *name, *keys; bool all_sizes; enum role role; } scenes[] = {
	{ "queue", "", true, 0 },
	{ "returned", "jjjjj", true, 0 },
	{ "detail", "\n", true, 0 },
	{ "filter", "/xx", false, 0 },
	{ "marked", " j ", false, 0 },
	{ "compare", "=", true, 0 },
	{ "override", "ozj", true, 0 },
	{ "items", "olm", true, 0 },
	{ "reasons", "ozj\n", false, 0 },
	{ "answer", "a\n", true, 0 },
	{ "split", "s", true, 0 },
	{ "form", "E", true, 0 },
	{ "why", "i", true, 0 },
	{ "why-case", "ij", false, 0 },
	{ "fields", "v", true, 0 },
	{ "fields-place", "jjjjjjv", false, 0 },
	{ "palette", ":", true, 0 },
	{ "help", "?", true, 0 },
	{ "search", "S路灯", true, 0 },
	{ "history", "H", false, 0 },
	{ "clock", "T", false, 0 },
	{ "caller", "w", false, 0 },
	{ "end", "x", false, 0 },
	{ "bulk", " j Py\033P1", false, 0 },
	{ "typed", "g", false, 0 },
	{ "burst", "jb", true, 0 },
	{ "burst-merge", "jbm", true, 0 },
	{ "accuracy", "gp", true, ROLE_SUPERVISOR },
	{ "reliability", "gp\t\t\t\t\t\t", true, ROLE_SUPERVISOR },
	{ "missed", "gpj\n", true, ROLE_SUPERVISOR },
	{ "shift", "gw", true, ROLE_SUPERVISOR },
	{ "shift-week", "gw\tjj", false, ROLE_SUPERVISOR },
	{ "shift-waiting", "gw\t\tj", false, ROLE_SUPERVISOR },
	{ "shift-attendance", "gw\t\t\t", false, ROLE_SUPERVISOR },
	{ "shift-deal", "gw.20\n", false, ROLE_SUPERVISOR },
	{ "handover", "gh", true, ROLE_SUPERVISOR },
	{ "handover-draft", "gh[", false, ROLE_SUPERVISOR },
	{ "visits", "gvj", true, ROLE_SUPERVISOR },
	{ "outbox", "gx", true, ROLE_SUPERVISOR },
	{ "outbox-message", "gx\n", false, ROLE_SUPERVISOR },
	{ "hot", "gz", true, ROLE_SUPERVISOR },
	{ "heat", "gz\t", true, ROLE_SUPERVISOR },
	{ "hot-cases", "gz\n", true, ROLE_SUPERVISOR },
	{ "lists", "gl", true, ROLE_SUPERVISOR },
	{ "disputed", "gd", true, ROLE_SUPERVISOR },
	{ "rule", "gddzj\n", false, ROLE_SUPERVISOR },
	{ "leaders", "gk", true, ROLE_SUPERVISOR },
	{ "instructions", "gk\t", false, ROLE_SUPERVISOR },
	{ "bulletins", "gk\t\t", false, ROLE_SUPERVISOR },
	{ "instruct", "gk\tI", false, ROLE_SUPERVISOR },
	{ "topics", "gi", false, ROLE_SUPERVISOR },
	{ "topic", "gi\n", true, ROLE_SUPERVISOR },
};

static void golden_scenes(void **state)
{
	char name[128];

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		fake_language(languages[l]);
		for (size_t s = 0; s < sizeof scenes / sizeof scenes[0]; s++)
			for (size_t z = 0; z < (scenes[s].all_sizes ? 3 : 1); z++) {
				struct fake *f = fake_new(sizes[z].rows, sizes[z].cols, NULL);

				if (scenes[s].role)
					f->c->who.role = scenes[s].role;
				fake_type(f, scenes[s].keys);
				snprintf(name, sizeof name, "%s-%dx%d-%s", scenes[s].name, sizes[z].cols, sizes[z].rows, languages[l]);
				golden_check(f, name);
				fake_free(f);
			}
	}
}

static void golden_states(void **state)
{
	struct summary danger;
	struct fake *f;

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		char name[128];

		fake_language(languages[l]);
		f = fake_new(24, 80, NULL);
		danger = fake_summary(0, 1);
		danger.no = fake_no(500);
		console_news(f->c, &danger, "create", "");
		fake_paint(f);
		snprintf(name, sizeof name, "danger-80x24-%s", languages[l]);
		golden_check(f, name);
		fake_key(f, '!');
		f->c->message.until = 0;
		console_gone(f->c, fake_no(500), STAGE_CLOSED, 9);
		fake_paint(f);
		console_links(f->c, LINK_DOWN, LINK_DOWN, "connection refused");
		fake_paint(f);
		snprintf(name, sizeof name, "no-database-80x24-%s", languages[l]);
		golden_check(f, name);
		console_links(f->c, LINK_UP, LINK_DOWN, "");
		f->c->polling = true;
		fake_paint(f);
		snprintf(name, sizeof name, "no-stream-80x24-%s", languages[l]);
		golden_check(f, name);
		fake_type(f, "L1");
		snprintf(name, sizeof name, "locked-80x24-%s", languages[l]);
		golden_check(f, name);
		fake_free(f);
	}
}

/* Wide characters at every edge: no row is ever wider than the screen, none holds half a character. */
static void no_half_characters(void **state)
{
	(void)state;
	fake_language("zh_CN");
	for (int cols = 20; cols <= 210; cols += 7)
		for (int rows = 6; rows <= 62; rows += 14)
			for (size_t s = 0; s < sizeof scenes / sizeof scenes[0]; s++) {
				struct fake *f = fake_new(rows, cols, NULL);

				if (scenes[s].role)
					f->c->who.role = scenes[s].role;
				fake_type(f, scenes[s].keys);
				for (int r = 0; r < rows; r++)
					for (int c = 0; c < cols; c++) {
						const struct cell *cell = grid_at(&f->grid, r, c);

						if (cell->width == 2)
							assert_true(c + 1 < cols && cell[1].width == 0);
						if (cell->width == 0)
							assert_true(c > 0 && cell[-1].width == 2);
						assert_true(cell->width == 0 || cell->cp[0] >= ' ');
						assert_false(cell->cp[0] >= 0x7F && cell->cp[0] < 0xA0);
						assert_false(cell->cp[0] >= 0x202A && cell->cp[0] <= 0x202E);
					}
				fake_free(f);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_scenes),
		cmocka_unit_test(golden_states),
		cmocka_unit_test(no_half_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
