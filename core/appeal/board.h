/*
 * The time board's numbers: for every open case its running clock, grouped by desk, unit, person, shift, priority and clock;
 * how many of a group are late or will be in 5, 15, 30 and 60 minutes, which is next, and how many will not be reached in time
 * at the present pace. Kept up to date by each change of the queue model, so that reading it costs a few searches, whatever
 * is open. Knows no screen and no database; time is a parameter.
 *
 * What counts as late is summary_due's affair, as for the queue's own counts: board_count of everything and queue_counts agree.
 */
#ifndef FENBO_APPEAL_BOARD_H
#define FENBO_APPEAL_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/flow.h"
#include "core/appeal/queue.h"

/*   id        label (msgid)   whose cases; the code of a group */
#define BOARD_TABLE(X) \
	X(ALL,      "all",         "every open case; \"\"") \
	X(DANGER,   "danger",      "danger to life, not with a unit yet; \"\"") \
	X(DESK,     "desk",        "those that wait at a desk; its unit code") \
	X(UNIT,     "unit",        "those a unit has; its code") \
	X(PERSON,   "person",      "those somebody holds; the account") \
	X(SHIFT,    "shift",       "those that wait, by the shift they came in; its code in the routing policy") \
	X(PRIORITY, "priority",    "all; the wire name") \
	X(CLOCK,    "clock",       "those with a running clock; its kind")

enum board_by {
#define X(id, label, whose) BOARD_##id,
	BOARD_TABLE(X)
#undef X
	BOARD_BY_COUNT
};
const char *board_label(enum board_by by); /* msgid */

/* Hours of a shift, in minutes of the centre's day; end beyond 1440 or before start = past midnight. */
struct board_shift { char code[16], name[64]; int start, end; };
enum { BOARD_SHIFTS = 24, BOARD_AHEAD_S = FLOW_AHEAD_MIN * 60, BOARD_CODE = 64 }; /* a code has no more bytes: accounts have 48 */

struct board;       /* opaque */
struct board_group; /* opaque; lives as long as its board, also when nothing is in it any more */

/* A board of what is in the queue now; board_change keeps it so. NULL when memory is gone. */
struct board *board_new(struct queue *q);
void board_free(struct board *b);
/* A queue_watch_fn, ctx = the board. */
void board_change(void *board, const struct summary *was, const struct summary *is);
bool board_failed(const struct board *b); /* memory was gone: make it anew */
void board_shifts(struct board *b, struct queue *q, const struct board_shift *shift, int n);

/* The groups of one kind, in the order they were first seen. */
size_t board_groups(const struct board *b, enum board_by by);
const struct board_group *board_group_at(const struct board *b, enum board_by by, size_t i);
/* NULL if nothing was ever in it. */
const struct board_group *board_find(const struct board *b, enum board_by by, const char *code);
const char *board_code(const struct board_group *g);

struct board_counts {
	size_t open, late;
	size_t in5, in15, in30, in60; /* due within so many minutes after now; each holds those before it */
	usec_t first, next;           /* due first of all, and due first after now; 0 = none */
};
void board_count(const struct board_group *g, usec_t now, struct board_counts *out);
/* The cases of a group in the order they are due, what has no running clock last: at most n from row on. Returns how many. */
size_t board_rows(const struct board_group *g, size_t row, case_no *out, size_t n);
size_t board_size(const struct board_group *g);
/* Row of a case; if it is not in the group (found = false), the row after those due before it would have been, as far as known. */
size_t board_row(const struct board *b, const struct board_group *g, case_no no, bool *found);
size_t board_due_by(const struct board_group *g, usec_t t); /* how many are due by then */

/*
 * Of a desk's or unit's cases due in the next half hour: those that will not be reached before they are due if what is there is
 * worked off at `per_min` (of pace: per_min, low or high). A desk works in the order of the queue; what arrives more pressing goes first,
 * so a case of priority p at place k is reached after k / (per_min - arrivals a minute that are more pressing) minutes. A unit works
 * in the order things are due. Returns how many; the first `most` of them, in the order they are due, go to `list` (may be NULL).
 */
size_t board_predict(struct board *b, const struct board_group *g, const struct flow_pace *pace, double per_min, usec_t now,
    case_no *list, size_t most);

#endif
