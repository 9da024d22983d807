/*
 * What the shift view holds, and how it looks: view_shift.c asks, takes keys and changes; shift_draw.c draws.
 */
#ifndef FENBO_TUI_SHIFTS_H
#define FENBO_TUI_SHIFTS_H

#include "tui/papers.h"

enum shifts_tab { SHIFTS_ON, SHIFTS_WEEK, SHIFTS_WAITING, SHIFTS_ATTENDANCE, SHIFTS_TABS };
enum { PAPER_TURN, PAPER_ON, PAPER_WEEK, PAPER_SWAPS, PAPER_LEAVES, PAPER_ATTENDANCE, PAPER_DEAL, PAPERS };
enum { WEEK_DAYS = 7, SHIFTS_MAX = 24 };

struct shifts {
	struct console *c;
	enum shifts_tab tab;
	struct papers papers[PAPERS];
	int at[SHIFTS_TABS], top[SHIFTS_TABS], page;
	int day, back;            /* the column of the week under the cursor; attendance so many days back */
	bool dealt;               /* the look that was asked for has been shown */
	char count[8], state[16]; /* how many are dealt out; what attendance is corrected to */
	struct paper_about kept;  /* the line of what waits under the cursor */
	struct paper_about about; /* the turn or the line of attendance that the open question is about */
	usec_t asked;
};

/* The week as a table: shifts by days, from today on; NULL where there is no such turn. */
struct week { char shift[SHIFTS_MAX][33], day[WEEK_DAYS][16]; int shifts; const json_t *turn[SHIFTS_MAX][WEEK_DAYS]; };
void shifts_week(const struct shifts *v, struct week *w);
const json_t *shifts_turn(const struct shifts *v);                  /* under the cursor; NULL = none */
int shifts_count(const struct shifts *v, enum shifts_tab tab);      /* lines of a list */
const json_t *shifts_waiting(const struct shifts *v, int i, bool *is_swap); /* the swap or the leave of a line */
void shifts_date(usec_t t, int days, char out[16]);                 /* "2026-11-22", so many days later */
const char *shifts_words(const char *value);                        /* a kind of leave or a state of attendance, for people */
/* render of the view */
void shifts_draw(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now);

#endif
