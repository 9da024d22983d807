/*
 * Questions that lie over a view: a menu whose first nine entries have digits, a text prompt, and the list of answers
 * after a bulk action. Each question calls back once, with NULL when the person went away from it,
 * or when it could not be asked at all (then before the call returns).
 */
#ifndef FENBO_TUI_DIALOG_H
#define FENBO_TUI_DIALOG_H

#include <stdbool.h>
#include "tui/console.h"

struct dialog_item { char text[200]; char value[96]; };
typedef void (*dialog_fn)(struct console *c, void *ctx, const char *value);

/* Copies what it is given. `note` (may be NULL) stands above the entries. An entry whose value is "…" asks for a typed text. */
void dialog_menu(struct console *c, const char *title, const char *note, const struct dialog_item *items, int n,
    dialog_fn fn, void *ctx);

/* Two entries: the answer is "yes" or "no". */
void dialog_yes(struct console *c, const char *title, const char *note, const char *yes, const char *no, dialog_fn fn, void *ctx);

struct dialog_prompt {
	const char *title, *note;   /* note may be NULL */
	const char *initial;        /* NULL = empty, or the draft */
	const char *draft;          /* name of the draft; NULL = none is kept */
	bool lines;                 /* several lines; Ctrl-S or F2 sends */
	bool may_be_empty;
};
void dialog_prompt(struct console *c, const struct dialog_prompt *p, dialog_fn fn, void *ctx);

/* Lines to be read and closed: row-by-row answers. */
void dialog_lines(struct console *c, const char *title, const char *const *lines, int n);

/* A box in the middle of the area; returns what is inside. */
struct rect dialog_box(struct grid *g, struct rect area, int rows, int cols, const char *title);

#endif
