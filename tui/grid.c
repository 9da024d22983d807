#include "tui/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/base/width.h"

static const struct cell blank_cell = { .cp = { ' ' }, .width = 1 };

bool grid_resize(struct grid *g, int rows, int cols)
{
	struct cell *cells;

	if (rows < 1 || cols < 1 || rows > GRID_MAX_ROWS || cols > GRID_MAX_COLS)
		return false;
	if (rows != g->rows || cols != g->cols) {
		cells = malloc((size_t)rows * (size_t)cols * sizeof *cells);
		if (!cells)
			return false;
		free(g->cells);
		g->cells = cells;
		g->rows = rows;
		g->cols = cols;
	}
	grid_clear(g);
	return true;
}

void grid_free(struct grid *g)
{
	free(g->cells);
	memset(g, 0, sizeof *g);
}

void grid_clear(struct grid *g)
{
	size_t n = (size_t)g->rows * (size_t)g->cols;

	for (size_t i = 0; i < n; i++)
		g->cells[i] = blank_cell;
	g->caret_row = -1;
	g->caret_col = 0;
}

struct cell *grid_at(const struct grid *g, int row, int col)
{
	if (row < 0 || col < 0 || row >= g->rows || col >= g->cols)
		return NULL;
	return &g->cells[(size_t)row * (size_t)g->cols + (size_t)col];
}

/* Before [col, col + width) is written over: what would be left as half a character becomes a blank. */
static void split_wide(struct grid *g, int row, int col, int width)
{
	struct cell *first = grid_at(g, row, col), *after = grid_at(g, row, col + width);

	if (first && first->width == 0 && col > 0) {
		first[-1].cp[0] = ' ';
		first[-1].cp[1] = first[-1].cp[2] = 0;
		first[-1].width = 1;
	}
	if (after && after->width == 0) {
		after->cp[0] = ' ';
		after->width = 1;
	}
}

static void put_base(struct grid *g, int row, int col, style_t style, uint32_t cp, int width)
{
	struct cell *c = grid_at(g, row, col);

	split_wide(g, row, col, width);
	*c = (struct cell){ .cp = { cp }, .style = style, .width = (uint8_t)width };
	if (width == 2)
		c[1] = (struct cell){ .style = style };
}

static void put_mark(struct grid *g, int row, int col, uint32_t cp)
{
	struct cell *c = grid_at(g, row, col);

	if (c && c->width == 0 && col > 0)
		c--;
	if (!c || c->width == 0)
		return;
	for (int i = 1; i < CELL_POINTS; i++)
		if (c->cp[i] == 0) {
			c->cp[i] = cp;
			return;
		}
}

/* Zero-width characters that are not marks on a letter: joiners, selectors, bidirectional controls. The door (clean.h) has
 * removed them; this is the second lock. */
static bool is_invisible(uint32_t cp)
{
	return cp == 0xAD || cp == 0x61C || cp == 0x180E || (cp >= 0x200B && cp <= 0x200F) ||
	    (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0xFE00 && cp <= 0xFE0F) ||
	    cp == 0xFEFF || (cp >= 0xFFF9 && cp <= 0xFFFB) || cp >= 0xE0000;
}

int grid_text(struct grid *g, int row, int col, int cells, style_t style, const char *s, size_t len)
{
	int used = 0;

	if (row < 0 || row >= g->rows || col < 0 || col >= g->cols)
		return 0;
	if (cells > g->cols - col)
		cells = g->cols - col;
	while (len > 0) {
		uint32_t cp;
		size_t n = utf8_decode(s, len, &cp);
		int w;

		if (n == 0 || cp == '\n')
			break;
		s += n;
		len -= n;
		if (cp == '\t')
			cp = ' ';
		if (is_invisible(cp))
			continue;
		w = width_point(cp);
		if (w < 0) {
			cp = 0xFFFD;
			w = 1;
		}
		if (w == 0) {
			if (used > 0)
				put_mark(g, row, col + used - 1, cp);
			continue;
		}
		if (used + w > cells)
			break;
		put_base(g, row, col + used, style, cp, w);
		used += w;
	}
	return used;
}

int grid_puts(struct grid *g, int row, int col, int cells, style_t style, const char *s)
{
	return grid_text(g, row, col, cells, style, s, strlen(s));
}

int grid_printf(struct grid *g, int row, int col, int cells, style_t style, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	return grid_puts(g, row, col, cells, style, text);
}

static void blanks(struct grid *g, int row, int col, int cells, style_t style)
{
	if (row < 0 || row >= g->rows || col < 0)
		return;
	for (int i = 0; i < cells && col + i < g->cols; i++)
		put_base(g, row, col + i, style, ' ', 1);
}

void grid_field(struct grid *g, int row, int col, int cells, style_t style, const char *s)
{
	size_t len = strcspn(s, "\n");
	int used;

	if (cells <= 0)
		return;
	if (width_text(s, len) > cells && cells > 1) {
		size_t fit = width_clip(s, len, cells - 1, NULL);

		used = grid_text(g, row, col, cells - 1, style, s, fit);
		used += grid_puts(g, row, col + used, 1, style, "…");
	} else {
		used = grid_text(g, row, col, cells, style, s, len);
	}
	blanks(g, row, col + used, cells - used, style);
}

void grid_field_right(struct grid *g, int row, int col, int cells, style_t style, const char *s)
{
	int pad = cells - width_text(s, strlen(s));

	if (pad > 0) {
		blanks(g, row, col, pad, style);
		col += pad;
		cells -= pad;
	}
	grid_field(g, row, col, cells, style, s);
}

void grid_fill(struct grid *g, struct rect r, style_t style)
{
	for (int i = 0; i < r.rows; i++)
		blanks(g, r.row + i, r.col, r.cols, style);
}

void grid_hline(struct grid *g, int row, int col, int cells, style_t style)
{
	for (int i = 0; i < cells; i++)
		if (grid_at(g, row, col + i))
			put_base(g, row, col + i, style, 0x2500, 1);
}

void grid_vline(struct grid *g, int row, int col, int rows, style_t style)
{
	for (int i = 0; i < rows; i++)
		if (grid_at(g, row + i, col))
			put_base(g, row + i, col, style, 0x2502, 1);
}

void grid_mark(struct grid *g, struct rect r, style_t bits)
{
	for (int i = 0; i < r.rows; i++)
		for (int j = 0; j < r.cols; j++) {
			struct cell *c = grid_at(g, r.row + i, r.col + j);

			if (c)
				c->style |= bits;
		}
}

void grid_caret(struct grid *g, int row, int col)
{
	if (row < 0 || row >= g->rows)
		return;
	g->caret_row = row;
	g->caret_col = col < 0 ? 0 : col >= g->cols ? g->cols - 1 : col;
}

void grid_dump(const struct grid *g, struct buf *out)
{
	for (int row = 0; row < g->rows; row++) {
		int end = g->cols;

		while (end > 0 && grid_at(g, row, end - 1)->cp[0] == ' ')
			end--;
		for (int col = 0; col < end; col++) {
			const struct cell *c = grid_at(g, row, col);

			for (int i = 0; c->width > 0 && i < CELL_POINTS && c->cp[i]; i++) {
				char bytes[4];

				buf_add(out, bytes, utf8_encode(c->cp[i], bytes));
			}
		}
		buf_putc(out, '\n');
	}
}
