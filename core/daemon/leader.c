#include "core/daemon/leader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/log.h"
#include "core/daemon/ladder.h"
#include "core/daemon/pool.h"
#include "core/daemon/think.h"
#include "core/feed/loop.h"

/* SWEEP_FULL: a sweep that did so much has left something: no waiting for the next turn (clocks counted anew come 200 at a time). */
enum { SWEEP_FULL = 200, SWEEP_AGAIN_MS = 100 };
enum { TRY_MS = 1000, SHIFT_MS = 5000, RETURNED_MAX = 32, RENEW_AT_ONCE = 4, RENEW_MAX = 10000, MISSED_MAX = 256, MISSED_S = 20 };

struct leader {
	struct pool *pool;
	struct think *think;
	struct metrics *metrics;
	struct ladder *ladder;
	struct db *db;
	struct event *turn, *house, *shift;
	int sweep_ms, maintain_ms, renewing;
	int64_t swept;       /* by the last sweep */
	bool leads, busy;
	case_no todo[RENEW_MAX]; /* a ring of cases to be thought about anew; when it is full a recommendation stays as it is */
	int first, waiting;
	struct { case_no no; usec_t at; } missed[MISSED_MAX]; int nmissed; /* asked for while nobody here led: a ring of the newest */
};

bool leader_leads(const struct leader *l)
{
	return l->leads;
}

struct db *leader_db(const struct leader *l)
{
	return l->leads && l->db && db_state(l->db) == DB_READY ? l->db : NULL;
}

static void renew_missed(struct leader *l);

static void lead(struct leader *l, bool leads)
{
	if (leads == l->leads)
		return;
	l->leads = leads;
	log_write(LOG_INFO, leads ? "leading" : "no longer leading", NULL);
	ladder_lead(l->ladder, leads ? l->db : NULL);
	if (leads) {
		loop_after(l->house, 0);
		loop_after(l->shift, 0);
		renew_missed(l);
	}
}

void leader_lost(struct leader *l)
{
	lead(l, false);
}

/* --- sweeping ------------------------------------------------------------------------------------------------------- */

static void failed(struct leader *l, const char *what, const struct err *e)
{
	if (e->code != ERR_UNAVAILABLE)
		log_write(LOG_WARN, "the leader's work failed", "work", what, "error", err_name(e->code), "message", e->message, NULL);
	if (e->code == ERR_CONFLICT)
		lead(l, false);
}

static void on_swept(void *ctx, const struct db_row *r)
{
	struct leader *l = ctx;

	l->swept = db_row_int(r, 0);
	l->metrics->swept += (uint64_t)l->swept;
}

static void on_unrated(void *ctx, const struct db_row *r)
{
	struct leader *l = ctx;

	l->metrics->unrated += (uint64_t)db_row_int(r, 0);
}

static void unrated_done(void *ctx, const struct err *e, size_t rows)
{
	(void)rows;
	if (e)
		failed(ctx, "unrated", e);
}

static void sweep_done(void *ctx, const struct err *e, size_t rows)
{
	struct leader *l = ctx;

	(void)rows;
	l->busy = false;
	if (e)
		failed(l, "sweep", e);
	if (!evtimer_pending(l->turn, NULL))
		loop_after(l->turn, l->swept >= SWEEP_FULL && SWEEP_AGAIN_MS < l->sweep_ms ? SWEEP_AGAIN_MS : l->sweep_ms);
	l->swept = 0;
}

static void ladder_failed(void *ctx, const struct err *e)
{
	failed(ctx, "ladder", e);
}

static void on_lead(void *ctx, const struct db_row *r)
{
	lead(ctx, db_row_bool(r, 0));
}

static void lead_done(void *ctx, const struct err *e, size_t rows)
{
	struct leader *l = ctx;

	(void)rows;
	if (e || !l->leads) {
		l->busy = false;
		loop_after(l->turn, TRY_MS);
		return;
	}
	db_send(l->db, SQL_UNRATED, (struct db_param[]){ DB_TEXT("100") }, 1, on_unrated, unrated_done, l);
	db_send(l->db, SQL_SWEEP, NULL, 0, on_swept, sweep_done, l);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct leader *l = ctx;

	(void)fd, (void)what;
	if (l->busy)
		return;
	if (l->db == NULL || db_state(l->db) != DB_READY) {
		loop_after(l->turn, TRY_MS);
		return;
	}
	l->busy = true;
	db_send(l->db, SQL_LEAD, NULL, 0, on_lead, lead_done, l);
}

static void on_maintained(void *ctx, const struct db_row *r)
{
	struct leader *l = ctx;

	l->metrics->maintained += (uint64_t)db_row_int(r, 0);
}

static void maintain_done(void *ctx, const struct err *e, size_t rows)
{
	struct leader *l = ctx;

	(void)rows;
	if (e)
		failed(l, "maintain", e);
	loop_after(l->house, l->maintain_ms);
}

static void on_house(evutil_socket_t fd, short what, void *ctx)
{
	struct leader *l = ctx;

	(void)fd, (void)what;
	if (l->leads && db_state(l->db) == DB_READY)
		db_send(l->db, SQL_MAINTAIN, NULL, 0, on_maintained, maintain_done, l);
}

/* --- shifts: turns that begin and end, handovers that are due -------------------------------------------------------- */

static void shift_done(void *ctx, const struct err *e, size_t rows)
{
	struct leader *l = ctx;

	(void)rows;
	if (e)
		failed(l, "shifts", e);
	loop_after(l->shift, SHIFT_MS);
}

static void on_shift(evutil_socket_t fd, short what, void *ctx)
{
	struct leader *l = ctx;

	(void)fd, (void)what;
	if (l->leads && db_state(l->db) == DB_READY)
		db_send(l->db, SQL_SHIFT_TICK, NULL, 0, NULL, shift_done, l);
}

/* --- renewing recommendations ---------------------------------------------------------------------------------------- */

struct renewal {
	struct leader *leader;
	case_no no;
	int version;
	bool found;
	struct buf rec;
};

static void renew_next(struct leader *l);

static void renewal_free(struct renewal *n)
{
	struct leader *l = n->leader;

	l->renewing--;
	buf_free(&n->rec);
	free(n);
	renew_next(l);
}

static void on_stored(void *ctx, const struct db_row *r)
{
	struct renewal *n = ctx;

	n->leader->metrics->recommendations_renewed += db_row_bool(r, 0);
}

static void stored(void *ctx, const struct err *e, size_t rows)
{
	struct renewal *n = ctx;

	(void)rows;
	if (e)
		failed(n->leader, "recommend", e);
	renewal_free(n);
}

static void on_case(void *ctx, const struct db_row *r)
{
	struct renewal *n = ctx;
	struct arena a = { 0 };
	const char *returned[RETURNED_MAX];
	struct recommend_query q = { .title = db_row_text(r, 3, NULL), .address = db_row_text(r, 4, NULL),
		.channel = db_row_text(r, 5, NULL), .channel_place = db_row_text(r, 6, NULL), .picked_item = db_row_text(r, 7, NULL),
		.returned_by = returned };
	char *save = NULL, *list = arena_strdup(&a, db_row_text(r, 8, NULL));

	q.text = db_row_text(r, 2, &q.text_len);
	q.corrected = db_row_bool(r, 9);
	for (char *u = strtok_r(list, "\n", &save); u && q.returned < RETURNED_MAX; u = strtok_r(NULL, "\n", &save))
		returned[q.returned++] = u;
	n->version = (int)db_row_int(r, 1);
	n->found = think_ready(n->leader->think);
	if (n->found)
		think_recommend(n->leader->think, &a, &q, n->no, &n->rec);
	arena_free(&a);
}

static void case_read(void *ctx, const struct err *e, size_t rows)
{
	struct renewal *n = ctx;
	char no[24], version[16];

	(void)rows;
	if (e || !n->found) {
		renewal_free(n);
		return;
	}
	snprintf(no, sizeof no, "%lld", (long long)n->no);
	snprintf(version, sizeof version, "%d", n->version);
	pool_send(n->leader->pool, SQL_RECOMMEND_STORE,
	    (struct db_param[]){ DB_TEXT(no), DB_TEXT(version), DB_TEXT(buf_text(&n->rec)) }, 3, on_stored, stored, n);
}

static void renew_next(struct leader *l)
{
	while (l->waiting > 0 && l->renewing < RENEW_AT_ONCE && l->leads && pool_ready(l->pool) > 0) {
		struct renewal *n = calloc(1, sizeof *n);
		char text[24];

		if (n == NULL)
			abort();
		n->leader = l;
		n->no = l->todo[l->first];
		l->first = (l->first + 1) % RENEW_MAX;
		l->waiting--;
		l->renewing++;
		snprintf(text, sizeof text, "%lld", (long long)n->no);
		pool_send(l->pool, SQL_RECOMMEND_CASE, (struct db_param[]){ DB_TEXT(text) }, 1, on_case, case_read, n);
	}
}

void leader_renew(struct leader *l, case_no no)
{
	if (!l->leads) {
		l->missed[l->nmissed % MISSED_MAX].no = no;
		l->missed[l->nmissed++ % MISSED_MAX].at = clock_monotonic();
		if (l->nmissed == 2 * MISSED_MAX)
			l->nmissed -= MISSED_MAX;
	}
	if (!l->leads || l->waiting == RENEW_MAX || !think_ready(l->think))
		return;
	l->todo[(l->first + l->waiting++) % RENEW_MAX] = no;
	renew_next(l);
}

/* What was asked for just before the lead was taken: whoever led until then may have left it undone. A recommendation made twice is the same. */
static void renew_missed(struct leader *l)
{
	int from = l->nmissed > MISSED_MAX ? l->nmissed - MISSED_MAX : 0;

	for (int i = from; i < l->nmissed; i++)
		if (clock_monotonic() - l->missed[i % MISSED_MAX].at < MISSED_S * USEC_S)
			leader_renew(l, l->missed[i % MISSED_MAX].no);
	l->nmissed = 0;
}

void leader_metrics(const struct leader *l, struct buf *out)
{
	ladder_metrics(l->ladder, out);
}

/* --- the module ----------------------------------------------------------------------------------------------------- */

void leader_configure(struct leader *l, int sweep_ms, int maintain_ms)
{
	l->sweep_ms = sweep_ms;
	l->maintain_ms = maintain_ms;
}

struct leader *leader_new(struct event_base *base, struct pool *pool, struct think *think, struct metrics *metrics, int sweep_ms,
    int maintain_ms)
{
	struct leader *l = calloc(1, sizeof *l);

	if (l == NULL || (l->turn = evtimer_new(base, on_turn, l)) == NULL || (l->house = evtimer_new(base, on_house, l)) == NULL ||
	    (l->shift = evtimer_new(base, on_shift, l)) == NULL)
		abort();
	l->ladder = ladder_new(base, ladder_failed, l);
	l->pool = pool;
	l->think = think;
	l->metrics = metrics;
	leader_configure(l, sweep_ms, maintain_ms);
	return l;
}

void leader_attach(struct leader *l, struct db *db)
{
	l->db = db;
	loop_after(l->turn, 0);
}

void leader_free(struct leader *l)
{
	if (l == NULL)
		return;
	ladder_free(l->ladder);
	event_free(l->turn);
	event_free(l->house);
	event_free(l->shift);
	free(l);
}
