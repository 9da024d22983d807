/* The edit field: characters, not bytes; the caret where the typing goes; several lines; pastes; bounds. */
#include "tests/tui/fake.h"
#include "tui/edit.h"

static enum edit_said press(struct edit *e, uint32_t code)
{
	return edit_key(e, &(struct key){ .code = code });
}

static void types_and_erases(void **state)
{
	struct edit e = { 0 };

	(void)state;
	press(&e, 0x57CE);
	press(&e, 'a');
	press(&e, 0x7BA1);
	assert_string_equal(edit_text(&e), "城a管");
	press(&e, KEYMAP_LEFT);
	assert_int_equal(press(&e, 127), EDIT_CHANGED);
	assert_string_equal(edit_text(&e), "城管");
	press(&e, KEYMAP_HOME);
	press(&e, KEYMAP_DEL);
	assert_string_equal(edit_text(&e), "管");
	assert_int_equal(press(&e, '\n'), EDIT_ENTER);
	assert_int_equal(press(&e, 27), EDIT_CANCEL);
	assert_int_equal(press(&e, KEYMAP_UP), EDIT_IGNORED);
	assert_int_equal(press(&e, KEYMAP_F0 + 5), EDIT_IGNORED);
	edit_free(&e);
}

static void a_mark_goes_with_its_letter(void **state)
{
	struct edit e = { 0 };

	(void)state;
	edit_set(&e, "xe\xCC\x81");
	press(&e, 127);
	assert_string_equal(edit_text(&e), "x");
	edit_free(&e);
}

static void pastes_clean(void **state)
{
	struct edit e = { 0 };

	(void)state;
	edit_insert(&e, "一\n二\033[2J", strlen("一\n二\033[2J"));
	assert_string_equal(edit_text(&e), "一 二");
	edit_free(&e);
	e.lines = true;
	edit_insert(&e, "一\n二", strlen("一\n二"));
	assert_string_equal(edit_text(&e), "一\n二");
	edit_free(&e);
	e.lines = false;
	e.max = 7;
	edit_set(&e, "城市管理");
	assert_string_equal(edit_text(&e), "城市"); /* no half character at the bound */
	edit_free(&e);
}

static void caret(struct edit *e, struct grid *g, int row, int col)
{
	grid_clear(g);
	edit_draw(e, g, (struct rect){ 0, 0, g->rows, g->cols }, 0, true);
	assert_int_equal(g->caret_row, row);
	assert_int_equal(g->caret_col, col);
}

static void the_caret_is_in_the_field(void **state)
{
	struct grid g = { 0 };
	struct edit e = { 0 };

	(void)state;
	assert_true(grid_resize(&g, 1, 10));
	caret(&e, &g, 0, 0);
	edit_set(&e, "城市");
	caret(&e, &g, 0, 4);
	edit_set(&e, "城市管理局执法队");
	edit_draw(&e, &g, (struct rect){ 0, 0, 1, 10 }, 0, true);
	assert_in_range(g.caret_col, 1, 9);
	press(&e, KEYMAP_HOME);
	caret(&e, &g, 0, 0);
	edit_free(&e);
	e.lines = true;
	assert_true(grid_resize(&g, 4, 9));
	edit_set(&e, "一二三四五六\n七");
	caret(&e, &g, 2, 2);
	press(&e, KEYMAP_UP);
	caret(&e, &g, 1, 2);
	press(&e, KEYMAP_UP);
	caret(&e, &g, 0, 2);
	assert_int_equal(press(&e, KEYMAP_UP), EDIT_IGNORED);
	press(&e, KEYMAP_END);
	press(&e, '\n');
	assert_string_equal(edit_text(&e), "一二三四五六\n\n七");
	caret(&e, &g, 2, 0);
	edit_free(&e);
	grid_free(&g);
}

/* Any keys in any order: the text stays UTF-8, the caret on a character, the drawing in its field. */
static void survives_anything(void **state)
{
	static const uint32_t codes[] = { 'a', ' ', 0x57CE, 0x301, 0x1F600, '\n', 127, KEYMAP_LEFT, KEYMAP_RIGHT, KEYMAP_UP, KEYMAP_DOWN,
		KEYMAP_HOME, KEYMAP_END, KEYMAP_DEL, 11, 21, 23, 1, 5 };
	struct grid g = { 0 };
	unsigned seed = 7;

	(void)state;
	assert_true(grid_resize(&g, 5, 13));
	for (int round = 0; round < 200; round++) {
		struct edit e = { .lines = round % 2 };

		for (int i = 0; i < 200; i++) {
			seed = seed * 1103515245 + 12345;
			press(&e, codes[seed / 65536 % (sizeof codes / sizeof codes[0])]);
			assert_true(e.at <= e.len);
			assert_true(utf8_valid(edit_text(&e), e.at));
			assert_true(utf8_valid(edit_text(&e), e.len));
			grid_clear(&g);
			edit_draw(&e, &g, (struct rect){ 1, 2, e.lines ? 3 : 1, 8 }, 0, true);
			assert_in_range(g.caret_row, 1, e.lines ? 3 : 1);
			assert_in_range(g.caret_col, 2, 10);
		}
		edit_free(&e);
	}
	grid_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_and_erases), cmocka_unit_test(a_mark_goes_with_its_letter), cmocka_unit_test(pastes_clean),
		cmocka_unit_test(the_caret_is_in_the_field), cmocka_unit_test(survives_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
