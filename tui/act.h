/*
 * Deeds: an action of the table on its way from a key to PostgreSQL. A deed knows the cases it is about and the versions that
 * stood on the screen; what the action still needs is asked for step by step (by the table, so that a new action needs no
 * code here), what is wide or destructive is shown and confirmed, and the answer is told case by case.
 */
#ifndef FENBO_TUI_ACT_H
#define FENBO_TUI_ACT_H

#include <jansson.h>
#include <stdbool.h>
#include "core/appeal/action.h"
#include "tui/console.h"

struct deed {
	enum action action;
	case_no *no;       /* owned */
	int *version;      /* owned; 0 = no check */
	size_t n;
	json_t *args;      /* owned */
	char whom[192];    /* unit, item or case it goes to, for the message */
	char draft[64];    /* dropped when done; "" = none */
	bool confirmed;
	unsigned asked;    /* enum action_arg, or-ed: what may be left out and has been asked for */
};

/* A key of the action was pressed: about the marked cases, else the one under the cursor. */
void act_start(struct console *c, enum action a);
void act_confirm(struct console *c, int which);   /* recommendation 0–2 of the case under the cursor */
void act_reveal(struct console *c, case_no no);   /* name and phone, on the record */
/* Correct one field of the form (wire name) of the case under the cursor: to this value at once, or in the form when it is NULL. */
void act_edit(struct console *c, const char *field, const char *value);

/* NULL when there is nothing to act on or nothing can be done now; said why. */
struct deed *deed_new(struct console *c, enum action a);
struct deed *deed_for(struct console *c, enum action a, const case_no *no, size_t n); /* the same about these cases */
void deed_free(struct deed *d);
void deed_put(struct deed *d, enum action_arg arg, const char *value);
void deed_put_list(struct deed *d, enum action_arg arg, const char *const *values, int n);
void deed_put_json(struct deed *d, enum action_arg arg, json_t *value); /* takes the reference */
bool deed_has(const struct deed *d, enum action_arg arg);
/* Ask for what is still missing, confirm, send. Takes the deed. */
void deed_go(struct console *c, struct deed *d);
const char *deed_title(const struct deed *d, char out[160]); /* "override · 261122-000012-3", "end · 7 cases" */

#endif
