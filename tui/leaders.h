/*
 * What the view of the leaders' list, instructions and bulletins holds, and how it looks: view_leaders.c asks, takes keys and changes;
 * leaders_draw.c draws.
 */
#ifndef FENBO_TUI_LEADERS_H
#define FENBO_TUI_LEADERS_H

#include "tui/case_pane.h"
#include "tui/papers.h"

enum leaders_tab { TAB_LIST, TAB_INSTRUCTIONS, TAB_BULLETINS, TABS };

struct leaders {
	enum leaders_tab tab;
	struct papers papers[TABS];
	int at[TABS], top[TABS], page;
	usec_t asked;
	struct paper_about about; /* the row that the open question is about, and the list it stands in */
	bool to_newest;           /* a bulletin has been drafted: it will be the first */
	struct case_pane pane;
};

const json_t *leaders_rows(const struct leaders *v); /* of the list that is shown */
int leaders_count(const struct leaders *v);
const json_t *leaders_here(const struct leaders *v); /* under the cursor; NULL = none */
/* render of the view */
void leaders_draw(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now);

#endif
