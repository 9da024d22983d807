/* The grid and what is drawn on it: clipping, padding, wide characters at edges, marks, hostile text, wrapping. */
#include "tests/tui/fake.h"
#include "tui/list.h"
#include "tui/wrap.h"

static void expect(struct grid *g, const char *text)
{
	struct buf b = { 0 };

	grid_dump(g, &b);
	assert_string_equal(buf_text(&b), text);
	buf_free(&b);
}

static void clips_and_pads(void **state)
{
	struct grid g = { 0 };

	(void)state;
	assert_true(grid_resize(&g, 1, 10));
	assert_int_equal(grid_puts(&g, 0, 0, 5, 0, "城市管理"), 4);
	expect(&g, "城市\n");
	grid_clear(&g);
	grid_field(&g, 0, 0, 7, 0, "城市管理局");
	grid_puts(&g, 0, 7, 1, 0, "|");
	expect(&g, "城市管…|\n");
	grid_clear(&g);
	grid_field(&g, 0, 0, 6, 0, "城市管理局");
	grid_puts(&g, 0, 6, 1, 0, "|");
	expect(&g, "城市… |\n");
	grid_clear(&g);
	grid_field_right(&g, 0, 0, 8, 0, "04:12");
	expect(&g, "   04:12\n");
	assert_int_equal(grid_puts(&g, 0, 9, 5, 0, "城"), 0); /* would hang over the edge */
	assert_int_equal(grid_puts(&g, 3, 0, 5, 0, "x"), 0);
	assert_false(grid_resize(&g, 0, 10));
	assert_false(grid_resize(&g, 5, 100000));
	grid_free(&g);
}

static void never_half_a_character(void **state)
{
	struct grid g = { 0 };

	(void)state;
	assert_true(grid_resize(&g, 1, 6));
	grid_puts(&g, 0, 0, 6, 0, "城市管");
	grid_puts(&g, 0, 1, 1, 0, "x"); /* onto the right half of 城 */
	expect(&g, " x市管\n");
	grid_puts(&g, 0, 2, 1, 0, "y"); /* onto the left half of 市 */
	expect(&g, " xy 管\n");
	grid_free(&g);
}

static void hostile_text_is_text(void **state)
{
	struct grid g = { 0 };
	char all[0x3000 * 3 + 1];
	size_t n = 0;

	(void)state;
	assert_true(grid_resize(&g, 1, 40));
	grid_puts(&g, 0, 0, 40, 0, "a\033[2Jb\x9B\xC2\x9B" "c\xE2\x80\xAE" "d\xE2\x80\x8D" "e\r\bf");
	for (int i = 0; i < g.cols; i++) {
		assert_true(g.cells[i].cp[0] >= ' ');
		assert_false(g.cells[i].cp[0] >= 0x7F && g.cells[i].cp[0] < 0xA0);
		assert_false(g.cells[i].cp[0] == 0x202E || g.cells[i].cp[0] == 0x200D);
	}
	for (uint32_t cp = 1; cp < 0x3000; cp++)
		if (cp != '\n')
			n += utf8_encode(cp, all + n);
	all[n] = '\0';
	for (int start = 0; start < 3; start++)
		for (size_t at = 0; at + 200 < n; at += 97)
			grid_text(&g, 0, start, 40, 0, all + at, 200);
	grid_puts(&g, 0, 0, 40, 0, "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84z"); /* more marks than a cell holds */
	assert_int_equal(g.cells[1].cp[0], 'z');
	grid_free(&g);
}

static void wraps_chinese(void **state)
{
	const char *text = "路灯坏了，请修。ok then";
	size_t next, n;

	(void)state;
	n = wrap_line(text, strlen(text), 8, &next);
	assert_int_equal(n, strlen("路灯坏")); /* the comma may not begin a line */
	n = wrap_line("abc defgh", 9, 6, &next);
	assert_int_equal(n, 4);
	assert_int_equal(wrap_count("a\nb\n", 4, 10), 2);
	assert_int_equal(wrap_count("", 0, 10), 1);
	/* Progress whatever the text. */
	assert_int_equal(wrap_count("，，，，，，，，", strlen("，，，，，，，，"), 2), 8);
	assert_true(wrap_count("wwwwwwwwwwwwwwwwwwwwwwwwwwwwww", 30, 4) >= 7);
}

static void lists_move_little(void **state)
{
	int at = 0;

	(void)state;
	assert_int_equal(list_top(0, 5, 100, 10), 0);
	assert_int_equal(list_top(0, 10, 100, 10), 1);
	assert_int_equal(list_top(50, 10, 100, 10), 10);
	assert_int_equal(list_top(95, 99, 100, 10), 90);
	assert_int_equal(list_top(5, 0, 0, 10), 0);
	assert_true(list_key(&at, 3, 10, 'G'));
	assert_int_equal(at, 2);
	assert_true(list_key(&at, 3, 10, 'j'));
	assert_int_equal(at, 2);
	assert_true(list_key(&at, 0, 10, 'j'));
	assert_int_equal(at, 0);
	assert_false(list_key(&at, 3, 10, 'x'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clips_and_pads), cmocka_unit_test(never_half_a_character), cmocka_unit_test(hostile_text_is_text),
		cmocka_unit_test(wraps_chinese), cmocka_unit_test(lists_move_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
