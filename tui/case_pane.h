/*
 * One case, drawn: what a dispatcher needs to decide. Who returned it and why stands first; the citizen's words get
 * what room there is and scroll; recommendations always stay in sight.
 */
#ifndef FENBO_TUI_CASE_PANE_H
#define FENBO_TUI_CASE_PANE_H

#include "tui/console.h"
#include "tui/text_pane.h"

struct case_pane {
	case_no no;
	struct text_pane text;
	const struct wrap_mark *marks;  /* what is marked in the text; NULL = the words that spoke for the first unit. Borrowed */
	int nmarks;
};

enum pane_how {
	PANE_HEAD,   /* the head alone: the cursor is running */
	PANE_BESIDE, /* what fits beside a list */
	PANE_ALONE,  /* the same without what it resembles: that stands beside it */
	PANE_OTHER,  /* and without its units either: nothing is decided about it here */
	PANE_FULL    /* all there is: remarks, parts */
};
void case_pane_render(const struct console *c, struct case_pane *p, case_no no, struct grid *g, struct rect area,
    enum pane_how how, usec_t now);
/* "04:12" and how pressing; days and hours in the person's language. */
void case_countdown(usec_t due_at, usec_t now, char out[40], style_t *style);
const char *case_sign(const struct summary *s);  /* "‼", "!" or " " */
/* Badges: "chased 2 returned 1 confidential"; at most size bytes. */
void case_badges(unsigned flags, int chased, int returned, int redo, char *out, size_t size);

#endif
