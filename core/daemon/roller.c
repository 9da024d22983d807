#include "core/daemon/roller.h"

#include <stdio.h>
#include <stdlib.h>
#include <event2/event.h>
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/daemon/leader.h"
#include "core/daemon/metrics.h"
#include "core/feed/loop.h"

enum { BITE = 500, REST_MS = 1000, BUSY_MS = 5, SLOW_MS = 10000 }; /* SLOW: after a failure that will not pass by itself */

struct roller {
	const struct leader *leader;
	struct event *turn;
	int64_t bite;       /* events of the call under way */
	usec_t begun;
	uint64_t events, failed;
	struct metrics_times times;
};

static void on_counted(void *ctx, const struct db_row *row)
{
	((struct roller *)ctx)->bite = db_row_int(row, 0);
}

static void counted(void *ctx, const struct err *e, size_t rows)
{
	struct roller *r = ctx;

	(void)rows;
	if (e) {
		r->failed++;
		if (e->code != ERR_UNAVAILABLE && e->code != ERR_CONFLICT)
			log_write(LOG_WARN, "the log cannot be counted for reports", "error", err_name(e->code), "message", e->message, NULL);
		loop_after(r->turn, e->code == ERR_UNAVAILABLE ? REST_MS : SLOW_MS);
		return;
	}
	r->events += (uint64_t)r->bite;
	if (r->bite > 0)
		metrics_time(&r->times, clock_monotonic() - r->begun);
	loop_after(r->turn, r->bite >= BITE ? BUSY_MS : REST_MS);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct roller *r = ctx;
	struct db *db = leader_db(r->leader);
	char bite[16];

	(void)fd, (void)what;
	if (db == NULL) {
		loop_after(r->turn, REST_MS);
		return;
	}
	r->bite = 0;
	r->begun = clock_monotonic();
	snprintf(bite, sizeof bite, "%d", BITE);
	db_send(db, SQL_ROLL, (struct db_param[]){ DB_TEXT(bite) }, 1, on_counted, counted, r);
}

void roller_metrics(const struct roller *r, struct buf *out)
{
	metrics_put(out, "rolled_events_total", "counter", "Events counted for reports by this fenbod as leader", (double)r->events);
	metrics_put(out, "roll_failures_total", "counter", "Times they could not be counted", (double)r->failed);
	metrics_put_times(out, "roll_seconds", "One bite of events counted", &r->times);
}

struct roller *roller_new(struct event_base *base, const struct leader *leader)
{
	struct roller *r = calloc(1, sizeof *r);

	if (r == NULL || (r->turn = evtimer_new(base, on_turn, r)) == NULL)
		abort();
	r->leader = leader;
	loop_after(r->turn, REST_MS);
	return r;
}

void roller_free(struct roller *r)
{
	if (r == NULL)
		return;
	event_free(r->turn);
	free(r);
}
