/*
 * Breaking text into lines: Chinese anywhere but before a closing mark or after an opening one, Latin words whole where that is
 * possible.
 */
#ifndef FENBO_TUI_WRAP_H
#define FENBO_TUI_WRAP_H

#include <stddef.h>
#include "tui/grid.h"

/* Bytes of s that go on one line of `cells`; *next gets how many to skip to reach the next line (the newline or the blank at the break
 * counts). Makes progress whatever the text. */
size_t wrap_line(const char *s, size_t len, int cells, size_t *next);
int wrap_count(const char *s, size_t len, int cells); /* lines, at least 1 */
/* The line, from 0, on which a code point of the text stands. */
int wrap_line_of(const char *s, size_t len, int cells, int point);
/* Draw lines first … of the text into the area; returns the number of lines the whole text has. `marks` are code point ranges
 * [from, to) of the text to be shown with STYLE_MATCH. */
struct wrap_mark { int from, to; };
int wrap_draw(struct grid *g, struct rect area, style_t style, const char *s, size_t len, int first,
    const struct wrap_mark *marks, int nmarks);

#endif
