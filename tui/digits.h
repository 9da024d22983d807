/*
 * Figures that can be read from across the room: digits drawn in cells, three dots wide and five high. A dot is `scale` cells wide and
 * half as many rows high, so that it is square; odd scales use half blocks.
 */
#ifndef FENBO_TUI_DIGITS_H
#define FENBO_TUI_DIGITS_H

#include "tui/grid.h"

enum { DIGITS_SCALE_MAX = 6 };

/* Cells and rows a text takes at this scale. Digits, `:`, `-`, `+`, `.` and blanks; anything else is a blank. */
int digits_cells(const char *text, int scale);
int digits_rows(int scale);
/* The largest scale, at most `most`, at which the text fits; 0 when none does. */
int digits_fit(const char *text, int cells, int rows, int most);
/* Draw; returns the cells used. The caller has seen to it that it fits. */
int digits_draw(struct grid *g, int row, int col, int scale, style_t style, const char *text);

#endif
