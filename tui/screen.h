/*
 * The terminal: the only module that knows curses. Takes grids and writes what changed since the last one; gives raw keys.
 */
#ifndef FENBO_TUI_SCREEN_H
#define FENBO_TUI_SCREEN_H

#include <stdbool.h>
#include "tui/grid.h"
#include "tui/theme.h"

struct screen; /* opaque; there is one terminal, so there is at most one */

/* NULL when this is no terminal that can be drawn on; nothing has been changed then. */
struct screen *screen_open(const struct theme *t, int escdelay_ms, bool mouse);
void screen_close(struct screen *s);          /* the terminal is as it was */
void screen_theme(struct screen *s, const struct theme *t); /* everything is painted anew at the next screen_paint */
void screen_size(const struct screen *s, int *rows, int *cols);
/* The window has another size now: takes it. Nothing is painted until the next grid. */
void screen_resize(struct screen *s);
/* Show the grid: only what differs is written, in one go. */
void screen_paint(struct screen *s, const struct grid *g);
void screen_repaint(struct screen *s);        /* at the next paint everything, whatever is believed to be there */
int screen_key(struct screen *s);             /* a raw key of keys.h, -1 = none now. Never waits longer than the escape delay */
void screen_suspend(struct screen *s);        /* gives the terminal back … */
void screen_resume(struct screen *s);         /* … and takes it again */
void screen_bell(struct screen *s, bool flash);
/* Put the text on the person's clipboard through the terminal (OSC 52). Only plain ASCII is sent. */
void screen_copy(struct screen *s, const char *ascii);

#endif
