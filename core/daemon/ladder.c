#include "core/daemon/ladder.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/daemon/metrics.h"
#include "core/feed/loop.h"

/* What is due and could not be fired, because somebody has the case in hand, is tried again after HELD_MS. */
enum { MOST = 1000, PERIOD_MS = 1000, HELD_MS = 100, SOONEST_MS = 5, KINDS = 5, WHATS = 7 };

static const char *const kinds[KINDS] = { "dispatch", "contact", "handle", "rate", "rule" };
static const char *const whats[WHATS] = { "breach", "notice", "alarm", "supervise", "priority", "reassign", "letter" };

struct ladder {
	struct event *timer;
	struct db *db;             /* NULL: somebody else leads */
	bool busy;
	int64_t looked;            /* at so many clocks in this call */
	double next_s;             /* until there is something to do; < 0 = nothing is armed */
	void (*failed)(void *ctx, const struct err *e);
	void *ctx;
	uint64_t fired[KINDS][WHATS], passed[KINDS], count;
	double late_s, late_max_s; /* of all that fired; of the last call that fired any */
	double latest_s;           /* of this call; < 0 = nothing has fired */
};

static int index_of(const char *const *names, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], s) == 0)
			return i;
	return -1;
}

static void on_row(void *ctx, const struct db_row *r)
{
	struct ladder *l = ctx;
	int64_t fired = db_row_int(r, 2);
	int kind, what;

	if (db_row_null(r, 0)) {
		l->looked = fired;
		l->next_s = db_row_null(r, 6) ? -1 : db_row_real(r, 6);
		return;
	}
	kind = index_of(kinds, KINDS, db_row_text(r, 0, NULL));
	what = index_of(whats, WHATS, db_row_text(r, 1, NULL));
	if (kind < 0 || what < 0)
		return;
	l->fired[kind][what] += (uint64_t)fired;
	l->passed[kind] += (uint64_t)db_row_int(r, 3);
	if (what == 0) /* a breach is told a second after it happened, by its definition */
		return;
	if (db_row_real(r, 5) > l->latest_s)
		l->latest_s = db_row_real(r, 5);
	l->count += (uint64_t)fired;
	l->late_s += db_row_real(r, 4);
}

static void on_done(void *ctx, const struct err *e, size_t rows)
{
	struct ladder *l = ctx;
	int ms = PERIOD_MS;

	(void)rows;
	l->busy = false;
	if (l->latest_s >= 0)
		l->late_max_s = l->latest_s;
	if (e)
		l->failed(l->ctx, e);
	else if (l->next_s >= 0 && l->next_s * 1000 < PERIOD_MS)
		ms = l->next_s > 0 ? (int)(l->next_s * 1000) + SOONEST_MS : l->looked > 0 ? 0 : HELD_MS;
	if (l->db)
		loop_after(l->timer, ms);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct ladder *l = ctx;
	char most[12];

	(void)fd, (void)what;
	if (l->busy || l->db == NULL || db_state(l->db) != DB_READY)
		return;
	l->busy = true;
	l->looked = 0;
	l->next_s = -1;
	l->latest_s = -1;
	snprintf(most, sizeof most, "%d", MOST);
	db_send(l->db, SQL_LADDER, (struct db_param[]){ DB_TEXT(most) }, 1, on_row, on_done, l);
}

void ladder_lead(struct ladder *l, struct db *db)
{
	l->db = db;
	if (db)
		loop_after(l->timer, 0);
	else
		evtimer_del(l->timer);
}

void ladder_metrics(const struct ladder *l, struct buf *out)
{
	buf_puts(out, "# HELP fenbo_rungs_fired_total Rungs fired by this fenbod as leader; breach: limits that ran out\n"
		      "# TYPE fenbo_rungs_fired_total counter\n");
	for (int k = 0; k < KINDS; k++)
		for (int w = 0; w < WHATS; w++)
			buf_printf(out, "fenbo_rungs_fired_total{clock=\"%s\",what=\"%s\"} %llu\n", kinds[k], whats[w],
			    (unsigned long long)l->fired[k][w]);
	buf_puts(out, "# HELP fenbo_rungs_passed_total Rungs that a higher one passed by\n# TYPE fenbo_rungs_passed_total counter\n");
	for (int k = 0; k < KINDS; k++)
		buf_printf(out, "fenbo_rungs_passed_total{clock=\"%s\"} %llu\n", kinds[k], (unsigned long long)l->passed[k]);
	buf_printf(out, "# HELP fenbo_rung_late_seconds From a rung's time until it fired\n# TYPE fenbo_rung_late_seconds summary\n"
			"fenbo_rung_late_seconds_sum %.9g\nfenbo_rung_late_seconds_count %llu\n", l->late_s, (unsigned long long)l->count);
	metrics_put(out, "rung_late_last_seconds", "gauge", "The latest rung of the last turn", l->late_max_s);
}

struct ladder *ladder_new(struct event_base *base, void (*failed)(void *ctx, const struct err *e), void *ctx)
{
	struct ladder *l = calloc(1, sizeof *l);

	if (l == NULL || (l->timer = evtimer_new(base, on_timer, l)) == NULL)
		abort();
	l->failed = failed;
	l->ctx = ctx;
	return l;
}

void ladder_free(struct ladder *l)
{
	if (l == NULL)
		return;
	event_free(l->timer);
	free(l);
}
