/*
 * A field somebody types in: one line that scrolls sideways, or several that wrap. It knows characters, not bytes; the
 * caret is reported to the grid, so that the terminal's real caret, and with it the input method's window, is where the
 * eyes are.
 */
#ifndef FENBO_TUI_EDIT_H
#define FENBO_TUI_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include "tui/grid.h"
#include "tui/keys.h"

enum { EDIT_MAX_BYTES = 64 * 1024 };

struct edit {
	char *text;      /* owned, always NUL-terminated; NULL = empty */
	size_t len, cap;
	size_t at;       /* caret, in bytes, on a character's boundary */
	bool lines;      /* Enter makes a new line */
	bool secret;     /* shown as dots, wiped when freed */
	size_t max;      /* bytes; 0 = EDIT_MAX_BYTES */
	size_t left;     /* first byte shown (one line) */
	int top, cells;  /* first line shown; width it was last drawn with (several lines) */
};

enum edit_said { EDIT_IGNORED, EDIT_MOVED, EDIT_CHANGED, EDIT_ENTER, EDIT_CANCEL };

void edit_free(struct edit *e);
void edit_set(struct edit *e, const char *text); /* the caret goes to the end */
const char *edit_text(const struct edit *e);     /* never NULL; borrowed until the next change */
void edit_insert(struct edit *e, const char *text, size_t len); /* cleaned; one line: newlines become blanks */
enum edit_said edit_key(struct edit *e, const struct key *k);
void edit_draw(struct edit *e, struct grid *g, struct rect area, style_t style, bool focus);

#endif
