/*
 * What fenbod counts, and how it tells (Prometheus text format). Plain numbers, written by whoever does the work; one
 * loop, so no locks.
 */
#ifndef FENBO_DAEMON_METRICS_H
#define FENBO_DAEMON_METRICS_H

#include <stdint.h>
#include "core/base/buf.h"
#include "core/base/clock.h"

/* Upper bounds of a histogram's buckets, in microseconds. */
enum { METRICS_BUCKETS = 14 };
struct metrics_times {
	uint64_t bucket[METRICS_BUCKETS + 1], count; /* not cumulated; the last is +Inf */
	double sum_s;
};
void metrics_time(struct metrics_times *t, usec_t us);

#define INTAKE_STATUS_TABLE(X) X(created) X(duplicate) X(quarantined) X(retry) X(refused)
enum intake_status {
#define X(name) INTAKE_##name,
	INTAKE_STATUS_TABLE(X)
#undef X
	INTAKE_STATUSES
};
const char *intake_status_name(enum intake_status s);

/* What a try to send a message came to; "waiting" = to be tried again. */
#define SEND_RESULT_TABLE(X) X(sent) X(waiting) X(parked) X(dead) X(unaddressed)
enum send_result {
#define X(name) SEND_##name,
	SEND_RESULT_TABLE(X)
#undef X
	SEND_RESULTS
};
/* Messages by state, as the database counts them. */
#define OUTBOX_STATE_TABLE(X) X(waiting) X(sending) X(parked) X(dead) X(unaddressed)
enum outbox_state {
#define X(name) OUTBOX_##name,
	OUTBOX_STATE_TABLE(X)
#undef X
	OUTBOX_STATES
};

struct metrics {
	usec_t started; /* wall clock */
	uint64_t intake[INTAKE_STATUSES];
	uint64_t intake_batches, intake_rows;
	struct metrics_times batch, request, recommend, repeats;
	uint64_t answers[6];      /* by hundred of the status */
	uint64_t recommendations_renewed;
	uint64_t swept, maintained;
	uint64_t bursts;          /* groups of one incident made by this fenbod as leader */
	uint64_t sends[SEND_RESULTS], unrated;
	int64_t outbox[OUTBOX_STATES];
	uint64_t feed_reads;
	struct metrics_times feed_delay; /* from the event's time until it is given to readers */
	/* Asked from the database at times. */
	double feed_held_s;
	int64_t feed_waiting, triage, open, quarantined, outgoing;
};

/* One gauge, counter or histogram with its HELP and TYPE. */
void metrics_put(struct buf *out, const char *name, const char *type, const char *help, double value);
void metrics_put_times(struct buf *out, const char *name, const char *help, const struct metrics_times *t);
void metrics_write(struct buf *out, const struct metrics *m); /* all of struct metrics */

#endif
