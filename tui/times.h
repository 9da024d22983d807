/*
 * What the console keeps for its time boards: the board of the queue model and the flow, made when a board is first opened and kept
 * current by every change from then on. The past of the flow is asked for once, and again only after a new snapshot of the
 * queue; nothing here asks PostgreSQL because time passes.
 */
#ifndef FENBO_TUI_TIMES_H
#define FENBO_TUI_TIMES_H

#include "core/appeal/board.h"
#include "tui/console.h"
#include "tui/listing.h"

enum { TIMES_PEOPLE = 1024 };

/* Somebody who is on, as the roster has them. */
struct times_person { char account[64], person[48]; int crew; };

struct times {
	struct console *c;
	struct board *board;   /* owned */
	struct flow *flow;     /* owned */
	struct listing shifts; /* struct board_shift */
	struct listing people; /* struct times_person */
	uint64_t tx;           /* of the frame being taken in; 0 = none */
	bool asking, again;    /* the flow is being read; and must be once more */
	uint64_t handle, upto; /* … up to this transaction, as its first row said */
	usec_t asked;          /* monotonic */
	bool asked_shifts;     /* who is on, and from when to when, is known or being read */
};

/* The console's, made now if there is none yet; NULL when memory is gone. */
struct times *times_need(struct console *c);
void times_free(struct times *t); /* NULL is fine */
/* The frame that comes next stands at this place of the log; NULL = it has been taken in. */
void times_frame(struct console *c, const char *cursor);
void times_late(struct console *c, const struct summary *s);
/* The queue was read anew: what came and went meanwhile is in PostgreSQL only. */
void times_reread(struct console *c);
/* NULL: not on, or the roster has not come. */
const struct times_person *times_person(const struct times *t, const char *account);
/* Between turns: what had to wait is asked for now. */
void times_work(struct console *c);

#endif
