/*
 * What the view of the handover holds, and how it looks: view_handover.c asks, takes keys and changes; handover_draw.c draws.
 */
#ifndef FENBO_TUI_HANDOVER_H
#define FENBO_TUI_HANDOVER_H

#include "tui/case_pane.h"
#include "tui/papers.h"

enum { PAPER_SHOWN, PAPER_LIST, PAPERS };
enum { HANDOVER_ITEMS_MAX = 4000, HANDOVER_SEEN_US = 700000 }; /* so long an item stands on the screen until it has been seen */

struct handover {
	struct console *c;
	struct papers papers[PAPERS];
	int at, top, page;
	int64_t id;               /* the one that is looked at; 0 = the one that matters now */
	int64_t seen_of;          /* `seen` is of this handover … */
	usec_t seen[HANDOVER_ITEMS_MAX];   /* … by number of the item: since when it stood on the screen (monotonic); 0 = never for long enough */
	usec_t asked;
	struct paper_about about; /* the item that the open question is about, and its handover */
	struct case_pane pane;    /* on a wide screen the case stands beside the list */
};

const json_t *handover_shown(const struct handover *v); /* NULL = not here yet, or none */
const json_t *handover_items(const struct handover *v);
int handover_count(const struct handover *v);
const json_t *handover_here(const struct handover *v);  /* the item under the cursor; NULL = none */
bool handover_is(const json_t *o, const char *key, const char *value);
bool handover_waits(const json_t *item);                /* for somebody who acknowledges it: the number of open cases does not */
/* render of the view */
void handover_draw(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now);

#endif
