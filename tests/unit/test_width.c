#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "core/base/width.h"

static void
cells_of_points(void **state)
{
	static const struct { uint32_t cp; int cells; } samples[] = {
		{ 'a', 1 }, { ' ', 1 }, { '~', 1 }, { 0xe9, 1 }, { 0x57ce, 2 }, { 0xff0c, 2 }, { 0xff5e, 2 },
		{ 0xff76, 1 }, { 0x3000, 2 }, { 0xac00, 2 }, { 0x1100, 2 }, { 0x1160, 0 }, { 0x11a8, 0 },
		{ 0x0301, 0 }, { 0x20dd, 0 }, { 0x3099, 0 }, { 0x302a, 0 }, { 0x1f600, 2 }, { 0x1f1e8, 1 },
		{ 0x20000, 2 }, { 0x2a6ff, 2 }, { 0x31350, 2 }, { 0x3fffd, 2 }, { 0x2460, 1 }, { 0x2500, 1 },
		{ 0x25b8, 1 }, { 0x203c, 1 }, { 0xfffd, 1 }, { 0xe000, 1 }, { 0x2e80, 2 }, { 0, -1 }, { 7, -1 },
		{ 0x1b, -1 }, { 0x7f, -1 }, { 0x9b, -1 }, { 0xad, -1 }, { 0x200b, -1 }, { 0x202e, -1 },
		{ 0x2028, -1 }, { 0xd800, -1 }, { 0xfeff, -1 }, { 0x378, -1 }, { 0x10ffff, -1 }, { 0x110000, -1 },
		{ 0xffffffff, -1 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (width_point(samples[i].cp) != samples[i].cells)
			fail_msg("U+%04X is %d cells", samples[i].cp, width_point(samples[i].cp));
}

/* libc's table is what ncurses and most terminals follow: where both know a Chinese character they agree. */
static void
agrees_with_libc_on_chinese(void **state)
{
	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	for (uint32_t cp = 0x2e80; cp < 0xa000; cp++) {
		int theirs = wcwidth((wchar_t)cp), ours = width_point(cp);
		/* Hexagrams and circled tens, on which they differ, are nobody's text. */
		bool rare = (cp >= 0x4dc0 && cp <= 0x4dff) || (cp >= 0x3248 && cp <= 0x324f);
		if (theirs >= 0 && ours >= 0 && theirs != ours && !rare)
			fail_msg("U+%04X: libc %d, ours %d", cp, theirs, ours);
	}
}

static void
cells_of_texts(void **state)
{
	(void)state;
	assert_int_equal(width_text("", 0), 0);
	assert_int_equal(width_text("城管ab", 8), 6);
	assert_int_equal(width_text("e\xcc\x81", 3), 1);
	assert_int_equal(width_text("\xff\xe5\x9f", 3), 3);
	assert_int_equal(width_text("\x1b\n", 2), 2);
}

static void
clips_between_characters(void **state)
{
	static const char text[] = "城a\xcc\x81\xcc\x82管";
	static const struct { int cells; size_t bytes; int used; } want[] = {
		{ -1, 0, 0 }, { 0, 0, 0 }, { 1, 0, 0 }, { 2, 3, 2 }, { 3, 8, 3 }, { 4, 8, 3 }, { 5, 11, 5 },
		{ 99, 11, 5 }
	};
	int used;

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_int_equal(width_clip(text, sizeof text - 1, want[i].cells, &used), want[i].bytes);
		assert_int_equal(used, want[i].used);
	}
	assert_int_equal(width_clip("abc", 3, 2, NULL), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_of_points),
		cmocka_unit_test(agrees_with_libc_on_chinese),
		cmocka_unit_test(cells_of_texts),
		cmocka_unit_test(clips_between_characters),
	};
	return cmocka_run_group_tests_name("width", tests, NULL, NULL);
}
