/*
 * A grid of cells: what a screen shows, as plain data. Views draw into one, tests read one, and only screen.c turns one
 * into a terminal's bytes. A cell holds a base character with its marks and a style; the right half of a wide character is a
 * cell of width 0. Whatever is drawn, a row never holds half a character, and nothing that is not text gets in.
 */
#ifndef FENBO_TUI_GRID_H
#define FENBO_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"

enum { CELL_POINTS = 3, GRID_MAX_ROWS = 512, GRID_MAX_COLS = 1024 };

typedef uint16_t style_t; /* enum style of theme.h in the low byte, bits below above it */
#define STYLE_CURSOR 0x100u /* the row under the cursor */
#define STYLE_MATCH  0x200u /* what a filter or a reason points at */

struct cell {
	uint32_t cp[CELL_POINTS]; /* base and marks, 0 = none */
	style_t style;
	uint8_t width; /* 1, 2, or 0 = right half of the cell to the left */
	uint8_t unused;
};
struct rect { int row, col, rows, cols; };
struct grid {
	int rows, cols;
	struct cell *cells;        /* rows × cols, owned */
	int caret_row, caret_col;  /* where typing goes; row -1 = no caret */
};

/* Makes the grid of this size, blank. False when memory is gone or the size is absurd; the grid is then unchanged. */
bool grid_resize(struct grid *g, int rows, int cols);
void grid_free(struct grid *g);
void grid_clear(struct grid *g);
struct cell *grid_at(const struct grid *g, int row, int col); /* NULL outside */

/* Draw at most `cells` cells of the text, clipped at the grid's edge; never half a character. A newline ends it. Returns the cells
 * used. */
int grid_text(struct grid *g, int row, int col, int cells, style_t style, const char *s, size_t len);
int grid_puts(struct grid *g, int row, int col, int cells, style_t style, const char *s);
int grid_printf(struct grid *g, int row, int col, int cells, style_t style, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* A padded field of exactly `cells`: blanks fill it up, `…` ends what does not fit. */
void grid_field(struct grid *g, int row, int col, int cells, style_t style, const char *s);
void grid_field_right(struct grid *g, int row, int col, int cells, style_t style, const char *s);
void grid_fill(struct grid *g, struct rect r, style_t style);
void grid_hline(struct grid *g, int row, int col, int cells, style_t style);
void grid_vline(struct grid *g, int row, int col, int rows, style_t style);
/* Lay a style over what is drawn: bits are or-ed. */
void grid_mark(struct grid *g, struct rect r, style_t bits);
void grid_caret(struct grid *g, int row, int col);

/* The characters, one line a row, trailing blanks cut: for golden screens. */
void grid_dump(const struct grid *g, struct buf *out);

#endif
