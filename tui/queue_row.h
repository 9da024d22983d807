/* The queue's list, drawn: tabs, the heading of the columns, and one case as a row. */
#ifndef FENBO_TUI_QUEUE_ROW_H
#define FENBO_TUI_QUEUE_ROW_H

#include "tui/console.h"

struct queue_heading { enum view_kind kind; const char *filter; size_t found; };

void queue_row_tabs(const struct console *c, enum view_kind kind, struct grid *g, int row);
void queue_row_head(const struct queue_heading *h, struct grid *g, struct rect area);
void queue_row_draw(const struct console *c, enum view_kind kind, const struct summary *s, struct grid *g, struct rect area, bool cursor, usec_t now);

#endif
