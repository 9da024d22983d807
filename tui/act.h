/*
 * What becomes of a deed: what the action still needs is asked for step by step (by the table, so that a new action needs no code here),
 * what is wide or destructive is shown and confirmed, and it is sent.
 */
#ifndef FENBO_TUI_ACT_H
#define FENBO_TUI_ACT_H

#include "tui/deed.h"

/* A key of the action was pressed: about the marked cases, else the one under the cursor. */
void act_start(struct console *c, enum action a);
void act_confirm(struct console *c, int which);   /* recommendation 0–2 of the case under the cursor */
/* Correct one field of the form (wire name) of the case under the cursor: to this value at once, or in the form when it is NULL. */
void act_edit(struct console *c, const char *field, const char *value);
/* Ask for what is still missing, confirm, send. Takes the deed. Who asks gives it back here with one argument more. */
void act_go(struct console *c, struct deed *d);

#endif
