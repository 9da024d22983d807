#include "core/daemon/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/daemon/intake.h"
#include "core/daemon/leader.h"
#include "core/daemon/memory.h"
#include "core/daemon/metrics.h"
#include "core/daemon/pool.h"
#include "core/daemon/rules.h"
#include "core/daemon/think_kin.h"
#include "core/daemon/worker.h"
#include "core/feed/loop.h"
#include "core/machine/crowds.h"
#include "core/machine/postings.h"

enum {
	WAITING_MAX = 50000, /* more than these are not compared again: an import of history needs it least */
	AT_ONCE = 32,        /* of them go to a thread in one job, … */
	PAUSE_MS = 50,       /* … and then the rest of the work has its turn */
	RECENT = 20000,      /* numbers that count as having come in the same moment */
	GROUP_CASES = 500,   /* put into a new group at once */
	HOUSE_MS = 60000, LATER_MS = 1000,
	BUSY = 200           /* appeals not answered yet: they go first */
};
static const usec_t WINDOW = 86400 * USEC_S; /* an incident of days ago is another one (crowds.h: it is told of within hours) */

struct fresh { case_no no; usec_t at; uint64_t person; bool own; char item[REPEATS_ITEM]; };

/* Some fresh cases on a thread, and what is like them. */
struct job {
	struct gather *gather;
	struct ruling *ruling;
	int n;
	struct { struct fresh c; int hits; struct repeat_hit hit[CROWDS_HITS]; usec_t took; } of[AT_ONCE];
};

struct gather {
	struct gather_parts p;
	struct event *go, *house, *put;
	struct fresh waiting[WAITING_MAX]; /* a ring */
	int first, nwaiting;
	struct job *job;                   /* on a thread now */
	case_no recent[RECENT];            /* a ring; no of the newest */
	int nrecent;
	struct table *is_recent;
	/* Of who leads. */
	struct crowds *crowds;
	bool led, busy;                    /* busy: a statement is under way */
	case_no grown[WAITING_MAX];        /* a ring of cases whose group is to be told to the database */
	int grown_first, ngrown;
	int putting;                       /* the group that is being put */
	int64_t put_id;
};

/* --- fresh cases ------------------------------------------------------------------------------------------------------ */

static void on_fresh(void *ctx, const struct repeat_case *c, bool own)
{
	struct gather *g = ctx;
	int slot = g->nrecent++ % RECENT;
	struct fresh *f;

	if (g->recent[slot])
		table_remove(g->is_recent, (uint64_t)g->recent[slot]);
	g->recent[slot] = c->no;
	table_put(g->is_recent, (uint64_t)c->no, slot);
	if (c->at < clock_now() - WINDOW || g->nwaiting == WAITING_MAX || (!own && !leader_leads(g->p.leader)))
		return;
	f = &g->waiting[(g->first + g->nwaiting++) % WAITING_MAX];
	*f = (struct fresh){ .no = c->no, .at = c->at, .person = c->person, .own = own };
	if (c->item && strlen(c->item) < sizeof f->item)
		snprintf(f->item, sizeof f->item, "%s", c->item);
	if (g->job == NULL && !evtimer_pending(g->go, NULL))
		loop_after(g->go, PAUSE_MS);
}

/* On a thread. */
static void compare(void *ctx)
{
	struct job *j = ctx;

	for (int i = 0; i < j->n; i++) {
		usec_t begun = clock_monotonic();

		j->of[i].hits = memory_find_known(j->gather->p.memory, j->of[i].c.no, j->ruling->places, CROWDS_LEAST, j->of[i].hit, CROWDS_HITS);
		j->of[i].took = clock_monotonic() - begun;
	}
}

static void job_drop(void *ctx)
{
	struct job *j = ctx;

	j->gather->job = NULL;
	rules_release(j->ruling);
	free(j);
}

/* --- candidates found later -------------------------------------------------------------------------------------------- */

static void on_number(void *ctx, const struct db_row *r)
{
	(void)ctx, (void)r;
}

static void put_done(void *ctx, const struct err *e, size_t rows)
{
	(void)ctx, (void)rows;
	if (e && e->code != ERR_UNAVAILABLE)
		log_write(LOG_WARN, "candidates found later cannot be kept", "error", err_name(e->code), "message", e->message, NULL);
}

/* Is one of those worth showing so recent that the thinking cannot have seen it? */
static bool found_later(const struct gather *g, const struct ruling *r, const struct repeat_hit *hit, int hits)
{
	for (int i = 0; i < hits && i < KIN_SHOWN; i++)
		if (hit[i].score >= r->repeat_show && table_get(g->is_recent, (uint64_t)hit[i].no) >= 0)
			return true;
	return false;
}

static void keep_later(struct gather *g, const struct job *j)
{
	struct buf out = { 0 };
	int n = 0;

	buf_putc(&out, '[');
	for (int i = 0; i < j->n; i++) {
		struct kin k = { .hits = 0 };

		if (!j->of[i].c.own || !found_later(g, j->ruling, j->of[i].hit, j->of[i].hits))
			continue;
		for (; k.hits < KIN_SHOWN && k.hits < j->of[i].hits && j->of[i].hit[k.hits].score >= j->ruling->repeat_show; k.hits++)
			k.hit[k.hits] = j->of[i].hit[k.hits];
		k.shown = k.hits;
		buf_printf(&out, "%s{\"no\":%lld", n++ ? "," : "", (long long)j->of[i].c.no);
		think_kin_put(&k, true, &out);
		buf_putc(&out, '}');
	}
	buf_putc(&out, ']');
	if (n > 0)
		pool_send(g->p.pool, SQL_REPEATS_PUT, (struct db_param[]){ { .text = buf_text(&out), .len = out.len } }, 1, on_number, put_done, NULL);
	buf_free(&out);
}

/* --- crowds ------------------------------------------------------------------------------------------------------------ */

static void next_group(struct gather *g);

static void grown(struct gather *g, case_no no)
{
	if (g->ngrown < WAITING_MAX)
		g->grown[(g->grown_first + g->ngrown++) % WAITING_MAX] = no;
}

/* A case and those like it. Those that came before this fenbod led are met here for the first time. */
static void add_to_crowd(struct gather *g, const struct duty_list *duty, const struct fresh *c, const struct repeat_hit *hit, int hits)
{
	usec_t since = clock_now() - WINDOW;
	int group, people;

	for (int i = 0; i < hits; i++)
		if (hit[i].open && hit[i].at >= since)
			crowds_add(g->crowds, &(struct crowd_case){ .no = hit[i].no, .at = hit[i].at, .person = hit[i].person }, NULL, 0);
	group = crowds_add(g->crowds, &(struct crowd_case){ .no = c->no, .at = c->at, .person = c->person, .duty = duty, .item = c->item }, hit,
	    hits > 0 ? hits : 0);
	if (group == 0)
		return;
	crowds_size(g->crowds, group, &people);
	if (crowds_id(g->crowds, group) != 0 || people >= CROWDS_PEOPLE)
		grown(g, c->no);
}

static void on_put(void *ctx, const struct db_row *r)
{
	struct gather *g = ctx;

	g->put_id = db_row_null(r, 0) ? 0 : db_row_int(r, 0);
}

static void group_put(void *ctx, const struct err *e, size_t rows)
{
	struct gather *g = ctx;

	(void)rows;
	g->busy = false;
	if (e) {
		if (e->code != ERR_UNAVAILABLE && e->code != ERR_CONFLICT)
			log_write(LOG_WARN, "a group cannot be kept", "error", err_name(e->code), "message", e->message, NULL);
		loop_after(g->put, LATER_MS);
		return;
	}
	if (g->put_id && crowds_id(g->crowds, g->putting) == 0) {
		crowds_name(g->crowds, g->putting, g->put_id);
		g->p.metrics->bursts++;
	} else if (g->put_id == 0 && crowds_id(g->crowds, g->putting) != 0) {
		crowds_close(g->crowds, crowds_id(g->crowds, g->putting)); /* a person did, and its frames are still on their way */
	}
	g->grown_first = (g->grown_first + 1) % WAITING_MAX;
	g->ngrown--;
	next_group(g);
}

/* One statement at a time: the order of what the database is told is the order of what happened. */
static void next_group(struct gather *g)
{
	struct db *db = leader_db(g->p.leader);
	case_no member[GROUP_CASES];
	struct buf nos = { 0 };
	char id[24];
	int n = 1;

	if (g->busy || db == NULL)
		return;
	while (g->ngrown > 0 && (g->putting = crowds_group(g->crowds, member[0] = g->grown[g->grown_first])) == 0) {
		g->grown_first = (g->grown_first + 1) % WAITING_MAX; /* it has left meanwhile */
		g->ngrown--;
	}
	if (g->ngrown == 0)
		return;
	snprintf(id, sizeof id, "%lld", (long long)crowds_id(g->crowds, g->putting));
	if (crowds_id(g->crowds, g->putting) == 0)
		n = crowds_members(g->crowds, g->putting, member, GROUP_CASES);
	for (int i = 0; i < n; i++)
		buf_printf(&nos, "%c%lld", i ? ',' : '{', (long long)member[i]);
	buf_putc(&nos, '}');
	g->busy = true;
	g->put_id = 0;
	db_send(db, SQL_BURST_PUT, (struct db_param[]){ DB_TEXT(crowds_id(g->crowds, g->putting) ? id : NULL), DB_TEXT(buf_text(&nos)) }, 2,
	    on_put, group_put, g);
	buf_free(&nos);
}

static void on_group(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	next_group(ctx);
}

static void seed_row(void *ctx, const struct db_row *r)
{
	struct gather *g = ctx;
	struct crowd_case c = { .no = db_row_int(r, 1), .at = db_row_time(r, 2), .person = memory_person(db_row_text(r, 3, NULL)) };

	if (db_row_bool(r, 4)) {
		crowds_add(g->crowds, &c, NULL, 0);
		crowds_out(g->crowds, c.no);
	} else {
		crowds_seed(g->crowds, db_row_int(r, 0), &c);
	}
}

static void seeded(void *ctx, const struct err *e, size_t rows)
{
	struct gather *g = ctx;

	(void)rows;
	g->busy = false;
	g->led = e == NULL;
	loop_after(g->go, e ? LATER_MS : 0);
}

/* True when crowds may be gathered now: this fenbod leads, and knows what was gathered before. */
static bool leads(struct gather *g)
{
	struct db *db = leader_db(g->p.leader);

	if (db == NULL)
		return g->led = false;
	if (g->led || g->busy)
		return g->led;
	crowds_free(g->crowds);
	if ((g->crowds = crowds_new()) == NULL)
		abort();
	g->ngrown = 0;
	g->busy = true;
	db_send(db, SQL_BURST_SEED, NULL, 0, seed_row, seeded, g);
	return false;
}

void gather_out(struct gather *g, case_no no)
{
	if (g->crowds)
		crowds_out(g->crowds, no);
}

/* --- the module -------------------------------------------------------------------------------------------------------- */

static void compared(void *ctx)
{
	struct job *j = ctx;
	struct gather *g = j->gather;

	for (int i = 0; i < j->n; i++)
		metrics_time(&g->p.metrics->repeats, j->of[i].took);
	keep_later(g, j);
	for (int i = 0; i < j->n && g->led; i++)
		add_to_crowd(g, j->ruling->duty, &j->of[i].c, j->of[i].hit, j->of[i].hits);
	job_drop(j);
	next_group(g);
	if (g->nwaiting > 0)
		loop_after(g->go, PAUSE_MS);
}

static void on_go(evutil_socket_t fd, short what, void *ctx)
{
	struct gather *g = ctx;
	struct ruling *ruling = rules_hold(g->p.routing);
	bool leading = leads(g);

	(void)fd, (void)what;
	if (g->job || g->nwaiting == 0 || ruling == NULL || intake_waiting(g->p.intake) > BUSY || (leader_db(g->p.leader) && !leading)) {
		rules_release(ruling);
		if (g->nwaiting > 0 && !g->job)
			loop_after(g->go, LATER_MS);
		return;
	}
	if ((g->job = calloc(1, sizeof *g->job)) == NULL)
		abort();
	g->job->gather = g;
	g->job->ruling = ruling;
	for (; g->nwaiting > 0 && g->job->n < AT_ONCE; g->nwaiting--) {
		g->job->of[g->job->n++].c = g->waiting[g->first];
		g->first = (g->first + 1) % WAITING_MAX;
	}
	worker_run(g->p.worker, compare, compared, job_drop, g->job);
}

static void on_house(evutil_socket_t fd, short what, void *ctx)
{
	struct gather *g = ctx;

	(void)fd, (void)what;
	if (g->crowds)
		crowds_expire(g->crowds, clock_now() - WINDOW);
	loop_after(g->house, HOUSE_MS);
}

struct gather *gather_new(struct event_base *base, const struct gather_parts *parts)
{
	struct gather *g = calloc(1, sizeof *g);

	if (g == NULL || (g->go = evtimer_new(base, on_go, g)) == NULL || (g->house = evtimer_new(base, on_house, g)) == NULL ||
	    (g->put = evtimer_new(base, on_group, g)) == NULL || (g->is_recent = table_new()) == NULL)
		abort();
	g->p = *parts;
	memory_tell(g->p.memory, on_fresh, g);
	loop_after(g->house, HOUSE_MS);
	return g;
}

void gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	event_free(g->go);
	event_free(g->house);
	event_free(g->put);
	table_free(g->is_recent);
	crowds_free(g->crowds);
	free(g);
}

size_t gather_waiting(const struct gather *g)
{
	return (size_t)g->nwaiting;
}
