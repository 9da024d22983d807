/*
 * A citizen's text in a rectangle: broken into lines, scrolled where there is no room for all of it, with what is spoken of marked in it, and
 * arrows beside it that say there is more.
 */
#ifndef FENBO_TUI_TEXT_PANE_H
#define FENBO_TUI_TEXT_PANE_H

#include <stdbool.h>
#include "conf/keymap.h"
#include "tui/wrap.h"

/* A zeroed one stands at the top. */
struct text_pane {
	int scroll;       /* the first line in sight */
	int lines, rows;  /* of the text, and of its window, when last drawn */
};

/* By so many lines, as far as the text goes. */
void text_pane_scroll(struct text_pane *p, int by);
/* A page, or to the top or bottom; false when the command is none of these. A page leaves one line in sight. */
bool text_pane_command(struct text_pane *p, enum command id);
/* The arrows stand in the column right of the area. `marks` as wrap_draw has them. */
void text_pane_draw(struct text_pane *p, struct grid *g, struct rect area, const char *text, const struct wrap_mark *marks, int nmarks);
/* Before drawing: that code point of the text shall be in sight in an area of that size. */
void text_pane_show(struct text_pane *p, struct rect area, const char *text, int point);

#endif
