/*
 * Styles as data: what each kind of text looks like in each theme. Every difference that a style makes is also made by a sign,
 * a word or a position, so that a theme may be without any colour.
 */
#ifndef FENBO_TUI_THEME_H
#define FENBO_TUI_THEME_H

#include <stdbool.h>
#include "tui/grid.h"

#define STYLE_TABLE(X) \
	X(TEXT) X(DIM) X(STRONG) X(TOP) X(TOP_WEAK) X(TAB) X(TAB_ON) X(RULE) X(HEAD) X(LABEL) X(NUMBER) \
	X(URGENT) X(FAST) X(LATE) X(SOON) X(GOOD) X(BAD) X(WARN) X(INFO) X(BADGE) X(OTHERS) X(MINE) X(BAR) X(BAR_REST) \
	X(KEY) X(HINT) X(INPUT) X(BOX) X(BOX_TITLE) X(PICK) X(CHOSEN)

enum style {
#define X(id) ST_##id,
	STYLE_TABLE(X)
#undef X
	ST_COUNT
};

enum { LOOK_BOLD = 1, LOOK_UNDER = 2, LOOK_REVERSE = 4, LOOK_FAINT = 8 };

/* Colours are xterm's 256; -1 is the terminal's own. On a terminal with 8 the nearest plain colour is taken (fg8). */
struct look { short fg, bg, fg8, bg8; unsigned attr; };
struct theme {
	const char *name;
	const char *help; /* msgid */
	struct look look[ST_COUNT];
	struct look cursor;  /* laid over a row: bg and attr */
	struct look match;
};

extern const struct theme theme_table[];
extern const int theme_count;
/* The theme with this name, or the default one; `mono` when the environment says NO_COLOR (its value does not matter unless
 * empty) and no name is given. */
const struct theme *theme_find(const char *name, const char *no_color);
/* What a cell of this style looks like, overlays applied. */
struct look theme_look(const struct theme *t, style_t style);

#endif
