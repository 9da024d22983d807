/*
 * What interrupts. Danger to life at one's own desk sounds again and again, and stands in a banner, until somebody there acknowledges it
 * or the case leaves triage; everything else that may sound does so at most once in the time of [console] alarm_every and is counted. What a
 * person has been told stands in the list of tui/alarms.h.
 */
#ifndef FENBO_TUI_ALARM_H
#define FENBO_TUI_ALARM_H

#include <stdbool.h>
#include "core/appeal/budget.h"
#include "core/appeal/queue.h"
#include "tui/grid.h"

struct console;
struct alarm_row;

enum { ALARMS_MAX = 64 };
struct alarms {
	case_no no[ALARMS_MAX];  /* danger to life, not yet seen by this person; oldest first */
	int n;
	usec_t rang, again;      /* monotonic; again = 0: nothing repeats */
	struct budget budget;    /* of all that is no danger to life */
};

/* Does this summary call for the alarm while it stands? */
bool alarm_calls(const struct console *c, const struct summary *s);
/* After it was applied; `before`: it called already. At the first reading of the queue nothing is new. */
void alarm_apply(struct console *c, const struct summary *s, bool before);
void alarm_created(struct console *c, const struct summary *s); /* a new case of this desk */
void alarm_told(struct console *c, const struct alarm_row *r);  /* the stream has brought it */
void alarm_listed(struct console *c);                           /* the list of alarms has been read: what of it calls */
void alarm_over(struct console *c, case_no no);                 /* somebody has acknowledged the danger */
void alarm_check(struct console *c);                            /* after a snapshot: cases may have gone without a word */
void alarm_tick(struct console *c);                             /* sounds when it is time */
bool alarm_seen(struct console *c);                             /* the person has seen them; false: there was none */
/* One row; without titles while the screen is locked. */
void alarm_draw(const struct console *c, struct grid *g, struct rect row);

#endif
