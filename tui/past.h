/* Rows of cases that are not, or not only, in the queue: results of a search, a caller's other cases. */
#ifndef FENBO_TUI_PAST_H
#define FENBO_TUI_PAST_H

#include "tui/console.h"

enum { PAST_MAX = 2000 };

struct past_row { case_no no; char stage[16], outcome[16], title[200], place[80], unit[64]; usec_t received_at; };
struct past {
	struct past_row *row; /* owned */
	int n, cap, at, top, page;
};

void past_free(struct past *p);
void past_clear(struct past *p);
/* Columns in the order: no, stage, outcome, received_at, title, place, unit. */
void past_add(struct past *p, int columns, const char *const *column);
case_no past_subject(const struct past *p);
void past_draw(const struct console *c, struct past *p, struct grid *g, struct rect area, usec_t now);

#endif
