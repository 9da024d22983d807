/*
 * The unit desk (role unit): the queue in the words of whoever handles cases. Tabs follow the work (to sign for, in hand, paused, asked, to be
 * rated, late), rows say which clock runs and who in the unit's tree has the case. The queue view draws with these instead of its own.
 */
#ifndef FENBO_TUI_DESK_H
#define FENBO_TUI_DESK_H

#include "tui/console.h"
#include "tui/queue_row.h"

bool desk_is(const struct console *c);
/* The tab that a key for a view of the queue opens here, and what it is called in help and palette (msgid); for others what they are anyway. */
enum view_kind desk_tab(const struct console *c, enum command id);
const char *desk_help(const struct console *c, enum command id);

void desk_tabs_draw(const struct console *c, enum view_kind kind, struct grid *g, int row);
void desk_row_head(const struct queue_heading *h, struct grid *g, struct rect area);
void desk_row_draw(const struct console *c, enum view_kind kind, const struct summary *s, struct grid *g, struct rect area, bool cursor, usec_t now);
/* The clock that runs, in a word (msgid): "call", "work", "rate", "halt" (paused); "" = none. */
const char *desk_clock(const struct summary *s);
/* Does the unit stand at or below my own? */
bool desk_mine(const struct console *c, const char *unit);

#endif
