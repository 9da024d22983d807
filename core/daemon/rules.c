#include "core/daemon/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/daemon/bounds.h"
#include "core/daemon/firms.h"
#include "core/daemon/pool.h"
#include "core/daemon/worker.h"
#include "core/feed/loop.h"

enum { AGAIN_MS = 2000, CHECK_MS = 30000 };

/* One reading, from the query to the swap. */
struct load {
	struct rules *routing;
	struct ruling_rows rows;
	char zone[64];
	char known[24];  /* change of the boundaries in force, which need not be read again; "" = none */
	int64_t change;  /* and of those that stand now */
	int firms;       /* number of the list of enterprises in force, 0 = none */
	bool failed;
	struct err why;
	struct ruling *built;
};

struct rules {
	struct pool *pool;
	struct worker *worker;
	struct event *timer;
	struct ruling *now; /* in force; NULL until the first is loaded */
	struct load *load; /* under way */
	bool again;
};

void rules_release(struct ruling *g)
{
	if (g && --g->uses == 0)
		ruling_free(g);
}

struct ruling *rules_hold(struct rules *r)
{
	if (r->now)
		r->now->uses++;
	return r->now;
}

static void load_free(void *ctx)
{
	struct load *l = ctx;

	rules_release(l->built);
	ruling_rows_free(&l->rows);
	free(l);
}

/* --- building and swapping ---------------------------------------------------------------------------------------- */

static void build(void *ctx)
{
	struct load *l = ctx;

	l->failed = !ruling_build(l->built, &l->rows);
}

static void built_done(void *ctx)
{
	struct load *l = ctx;
	struct rules *r = l->routing;
	char revision[16];

	r->load = NULL;
	if (l->failed) {
		log_write(LOG_ERROR, "the routing revision cannot be built", NULL);
	} else {
		rules_release(r->now);
		r->now = l->built;
		l->built = NULL;
		clock_zone(l->zone);
		snprintf(revision, sizeof revision, "%d", r->now->revision);
		log_write(LOG_INFO, "routing loaded", "revision", revision, NULL);
	}
	load_free(l);
	loop_after(r->timer, r->again ? 0 : CHECK_MS);
	r->again = false;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void keep_row(struct load *l, struct ruling_list *list, const struct db_row *row)
{
	size_t len;
	const char *text = db_row_text(row, 0, &len);

	ruling_keep(&l->rows, list, text, len);
}

static void on_unit(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	keep_row(l, &l->rows.units, row);
}

static void on_item(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	keep_row(l, &l->rows.items, row);
}

static void on_place(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	keep_row(l, &l->rows.places, row);
}

static void on_area(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;
	struct buf b = { 0 };

	l->change = db_row_int(row, 0);
	if (db_row_null(row, 1))
		return;
	buf_printf(&b, "%s\t", db_row_text(row, 1, NULL));
	buf_puts(&b, db_row_text(row, 2, NULL));
	ruling_keep(&l->rows, &l->rows.areas, buf_text(&b), b.len);
	buf_free(&b);
}

static void on_resolved(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;
	struct buf b = { 0 };

	buf_printf(&b, "%s\t%s\t%s\t%s", db_row_text(row, 0, NULL), db_row_text(row, 1, NULL), db_row_text(row, 2, NULL),
	    db_row_text(row, 3, NULL));
	ruling_keep(&l->rows, &l->rows.resolved, buf_text(&b), b.len);
	buf_free(&b);
}

static void on_policy(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	l->rows.revision = (int)db_row_int(row, 0);
	l->rows.policy = arena_strdup(&l->rows.arena, db_row_text(row, 1, NULL));
}

static void on_centre(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	snprintf(l->zone, sizeof l->zone, "%s", db_row_text(row, 0, NULL));
}

static void note_failure(void *ctx, const struct err *e, size_t rows)
{
	struct load *l = ctx;

	(void)rows;
	if (e && !l->failed) {
		l->failed = true;
		l->why = *e;
	}
}

static void on_firms(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	l->firms = (int)db_row_int(row, 0);
}

static void build_with(struct load *l, struct firms *firms)
{
	struct ruling *now = l->routing->now;

	l->built->bounds = now && now->bounds->change == l->change ? bounds_hold(now->bounds) : bounds_new(l->change);
	l->built->firms = firms;
	l->built->enterprises = firms ? firms->list : NULL;
	worker_run(l->routing->worker, build, built_done, load_free, l);
}

/* A list that cannot be read costs the enterprises, not the routing: the one before stays. */
static void firms_came(void *ctx, struct firms *firms)
{
	struct load *l = ctx;
	struct ruling *now = l->routing->now;

	build_with(l, firms ? firms : firms_hold(now ? now->firms : NULL));
}

/* The last answer of the snapshot: everything is there, or something failed. */
static void all_read(void *ctx, const struct err *e, size_t rows)
{
	struct load *l = ctx;
	struct rules *r = l->routing;
	bool same_firms = l->firms == (r->now && r->now->firms ? r->now->firms->number : 0);
	bool same_bounds = r->now && r->now->bounds->change == l->change;

	note_failure(l, e, rows);
	/* Unless the revision, the list and the boundaries in force are those that were read. */
	if (!l->failed && (l->rows.revision != rules_revision(r) || !same_firms || !same_bounds)) {
		r->again |= !same_firms && r->now == NULL; /* nothing waits for a million names: they come with the next load */
		if (l->firms && !same_firms && r->now)
			firms_read(r->pool, r->worker, l->firms, firms_came, l);
		else
			build_with(l, firms_hold(l->firms && r->now ? r->now->firms : NULL));
		return;
	}
	if (l->failed && l->why.code != ERR_UNAVAILABLE)
		log_write(LOG_ERROR, "routing cannot be read", "error", err_name(l->why.code), "message", l->why.message, NULL);
	r->load = NULL;
	loop_after(r->timer, l->failed ? AGAIN_MS : r->again ? 0 : CHECK_MS);
	r->again = false;
	load_free(l);
}

static void begin(struct rules *r)
{
	struct db *db = pool_pick(r->pool);
	struct load *l;

	if (r->load || db == NULL) {
		loop_after(r->timer, r->now == NULL ? 100 : AGAIN_MS);
		return;
	}
	if ((l = calloc(1, sizeof *l)) == NULL || (l->built = calloc(1, sizeof *l->built)) == NULL)
		abort();
	l->routing = r;
	l->built->uses = 1;
	r->load = l;
	r->again = false;
	if (r->now)
		snprintf(l->known, sizeof l->known, "%lld", (long long)r->now->bounds->change);
	db_begin(db, DB_TX_SNAPSHOT);
	db_send(db, SQL_ROUTING_POLICY, NULL, 0, on_policy, note_failure, l);
	db_send(db, SQL_ROUTING_UNITS, NULL, 0, on_unit, note_failure, l);
	db_send(db, SQL_ROUTING_ITEMS, NULL, 0, on_item, note_failure, l);
	db_send(db, SQL_ROUTING_PLACES, NULL, 0, on_place, note_failure, l);
	db_send(db, SQL_ROUTING_RESOLVED, NULL, 0, on_resolved, note_failure, l);
	db_send(db, SQL_BOUNDARIES, (struct db_param[]){ DB_TEXT(*l->known ? l->known : NULL) }, 1, on_area, note_failure, l);
	db_send(db, SQL_ENTERPRISES_CURRENT, NULL, 0, on_firms, note_failure, l);
	db_send(db, SQL_CENTRE, NULL, 0, on_centre, all_read, l);
	db_end(db);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	begin(ctx);
}

void rules_load(struct rules *r)
{
	r->again = r->load != NULL;
	if (r->load == NULL)
		loop_after(r->timer, 0);
}

struct rules *rules_new(struct event_base *base, struct pool *pool, struct worker *worker)
{
	struct rules *r = calloc(1, sizeof *r);

	if (r == NULL || (r->timer = evtimer_new(base, on_timer, r)) == NULL)
		abort();
	r->pool = pool;
	r->worker = worker;
	loop_after(r->timer, 0);
	return r;
}

void rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	event_free(r->timer);
	rules_release(r->now);
	free(r);
}

const struct duty_list *rules_duty(const struct rules *r)
{
	return r->now ? r->now->duty : NULL;
}

const struct gazetteer *rules_places(const struct rules *r)
{
	return r->now ? r->now->places : NULL;
}

const struct recommender *rules_recommender(const struct rules *r)
{
	return r->now ? r->now->recommender : NULL;
}

int rules_revision(const struct rules *r)
{
	return r->now ? r->now->revision : -1;
}
