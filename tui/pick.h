/*
 * The keys of a list that follows what is typed into a field above it: arrows and pages walk in the list, everything else is the
 * field's. What typing finds, and what Enter does with it, is the view's.
 */
#ifndef FENBO_TUI_PICK_H
#define FENBO_TUI_PICK_H

#include "tui/edit.h"

enum pick_said {
	PICK_IGNORED,
	PICK_MOVED,  /* the caret */
	PICK_WALKED, /* in the list */
	PICK_TYPED,  /* look up anew; *at is 0 again */
	PICK_TAKEN,  /* Enter */
	PICK_LEFT    /* Esc */
};

/* *at is the line chosen of n, page how many lines a page is. */
enum pick_said pick_key(struct edit *field, int *at, int n, int page, const struct key *k);

#endif
