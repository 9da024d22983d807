#include "tui/digits.h"

#include <string.h>

enum { DOTS_WIDE = 3, DOTS_HIGH = 5 };

/* Five rows of three dots each, the topmost first. */
static const struct { char c; unsigned char row[DOTS_HIGH]; } shapes[] = {
	{ '0', { 7, 5, 5, 5, 7 } }, { '1', { 2, 6, 2, 2, 7 } }, { '2', { 7, 1, 7, 4, 7 } }, { '3', { 7, 1, 7, 1, 7 } }, { '4', { 5, 5, 7, 1, 1 } },
	{ '5', { 7, 4, 7, 1, 7 } }, { '6', { 7, 4, 7, 5, 7 } }, { '7', { 7, 1, 1, 2, 2 } }, { '8', { 7, 5, 7, 5, 7 } }, { '9', { 7, 5, 7, 1, 7 } },
	{ ':', { 0, 2, 0, 2, 0 } }, { '-', { 0, 0, 7, 0, 0 } }, { '+', { 0, 2, 7, 2, 0 } }, { '.', { 0, 0, 0, 0, 2 } },
};

static bool dot(char c, int row, int col)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (shapes[i].c == c)
			return row < DOTS_HIGH && shapes[i].row[row] >> (DOTS_WIDE - 1 - col) & 1;
	return false;
}

int digits_cells(const char *text, int scale)
{
	int n = (int)strlen(text);

	return n > 0 ? n * (DOTS_WIDE + 1) * scale - scale : 0;
}

int digits_rows(int scale)
{
	return (DOTS_HIGH * scale + 1) / 2;
}

int digits_fit(const char *text, int cells, int rows, int most)
{
	int scale = most < DIGITS_SCALE_MAX ? most : DIGITS_SCALE_MAX;

	while (scale > 0 && (digits_cells(text, scale) > cells || digits_rows(scale) > rows))
		scale--;
	return scale;
}

int digits_draw(struct grid *g, int row, int col, int scale, style_t style, const char *text)
{
	static const char *const blocks[] = { NULL, "▄", "▀", "█" };
	int cells = digits_cells(text, scale);

	for (int y = 0; scale > 0 && y < digits_rows(scale); y++)
		for (int x = 0; x < cells; x++) {
			int place = x / scale, col_dot = place % (DOTS_WIDE + 1);
			char c = text[place / (DOTS_WIDE + 1)];
			bool up = col_dot < DOTS_WIDE && dot(c, 2 * y / scale, col_dot), down = col_dot < DOTS_WIDE && dot(c, (2 * y + 1) / scale, col_dot);

			if (up || down)
				grid_puts(g, row + y, col + x, 1, style, blocks[up * 2 + down]);
		}
	return cells;
}
