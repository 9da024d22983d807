/*
 * The unit's side of a case, drawn beside its words: both countdowns, what the unit asks for, calls that were promised, whose step it is, the way it came
 * down the tree, files. One line each, and only those that there is something to say in.
 */
#ifndef FENBO_TUI_CASE_WORK_H
#define FENBO_TUI_CASE_WORK_H

#include "tui/casefile.h"
#include "tui/console.h"
#include "tui/grid.h"

/* Draws at most area.rows lines; returns how many. `full`: every file with its link. s may be NULL. */
int case_work_draw(const struct console *c, const struct summary *s, const struct casefile *f, struct grid *g, struct rect area, bool full, usec_t now);
/* "81 KB" */
void case_work_size(int64_t bytes, char out[24]);

#endif
