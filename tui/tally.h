/*
 * The figures of a time board at one moment, worked out of board and flow: the four at its head, a line for each desk, unit,
 * person, shift, priority and clock, and what will be late next. Worked out at most once a second, however often the
 * screen is painted.
 */
#ifndef FENBO_TUI_TALLY_H
#define FENBO_TUI_TALLY_H

#include "tui/times.h"

enum { TALLY_PREDICTED = 200, TALLY_SPARK = 12, TALLY_FLOW = 288 };

/* What is predicted to be late: the figure at the present pace, and between the pace's high and low. */
struct tally_guess { size_t n, low, high; bool thin; };

struct tally_line {
	enum board_by by;
	char code[BOARD_CODE];      /* its own: the board may be made anew under it */
	char name[80];
	struct board_counts n;
	struct flow_pace pace;      /* desks and units */
	struct tally_guess guess;   /* desks and units */
	unsigned went[TALLY_SPARK]; /* the last hour by five minutes; desks and units */
};

struct tally {
	usec_t at;                  /* 0 = never worked out */
	struct board_counts all;
	bool of_unit;               /* somebody of a unit looks: what lies with his units, not what waits at a desk */
	size_t triage, danger;      /* triage: as the line at the top of the screen counts it; of a unit: all it has */
	usec_t danger_since;        /* the oldest of them came in */
	struct tally_guess guess;
	size_t guess_thin;          /* how many of them rest on little */
	unsigned came30, went30;    /* of all desks (of a unit: of its units), in the last half hour */
	struct tally_line *line[BOARD_BY_COUNT]; /* owned; worst first */
	int n[BOARD_BY_COUNT], cap[BOARD_BY_COUNT];
	struct { case_no no; usec_t due; } predicted[TALLY_PREDICTED]; /* in the order they are due */
	int npredicted;
};

/* Work it out for `now` unless that was done within this second. True when it is another one now. */
bool tally_make(struct tally *t, const struct console *c, usec_t now);
void tally_free(struct tally *t);
/* The line of a group; NULL = there is none. */
const struct tally_line *tally_find(const struct tally *t, enum board_by by, const char *code);

#endif
