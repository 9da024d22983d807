/*
 * The summary of a case: what the queue shows and what every frame of the feed carries (DESIGN, section 8). It is the
 * unit of exchange between PostgreSQL, fenbod and the consoles. No personal data is in it.
 */
#ifndef FENBO_APPEAL_SUMMARY_H
#define FENBO_APPEAL_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/appeal/number.h"
#include "core/appeal/stage.h"
#include "core/base/clock.h"
#include "core/base/err.h"

/* Texts are borrowed: from the decoder's buffer, or from the queue model that copied them. Never NULL; "" = none. */
struct summary {
	case_no no;
	int version;
	enum stage stage;
	enum priority priority;
	usec_t rank_at;       /* (priority, rank_at, no) is the order of the queue */
	usec_t received_at;
	usec_t due_at;        /* 0 = no clock runs */
	usec_t lease_until;
	usec_t at;            /* when it became so; 0 = not told */
	unsigned flags;       /* enum flag, or-ed */
	int chased, returned, redo, repeats;
	int64_t burst;        /* the group of one incident it was gathered into; 0 = none */
	float top_p;
	const char *clock;    /* "dispatch", "contact", "handle", "rate" */
	const char *desk;     /* unit codes */
	const char *unit;
	const char *item;
	const char *owner;    /* account that holds the lease */
	const char *channel;
	const char *title;
	const char *place;    /* name, for people */
	const char *top_unit;
};

/* By when somebody must have done something: due_at, but 0 while only the citizen's time to rate runs, whose end nobody is
 * late for. What counts as late, or as late soon, on every screen. */
usec_t summary_due(const struct summary *s);

/* Decode the JSON object of a frame's data line. Strings live in an internal buffer of *hold until summary_release. */
struct summary_hold; /* opaque */
bool summary_decode(const char *json, size_t len, struct summary *out, struct summary_hold **hold, struct err *e);
void summary_release(struct summary_hold *hold); /* NULL is fine */

#endif
