#include "core/daemon/hot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/arena.h"
#include "core/base/log.h"
#include "core/daemon/leader.h"
#include "core/daemon/memory.h"
#include "core/daemon/pool.h"
#include "core/daemon/rules.h"
#include "core/daemon/worker.h"
#include "core/feed/jsonw.h"
#include "core/feed/loop.h"
#include "core/machine/hotspot.h"
#include "core/machine/hotspot_trial.h"

enum {
	DAY_S = 86400,
	PAGE = 5000, FOUND_MAX = 200, HEAT_MAX = 4000, LATER_MS = 5000,
	OFF_DAYS = 256,
	TRIAL_MS = 200,   /* of the trial at a time: the thread is not its alone */
	NIGHT_H = 3       /* when everything is read anew, by the centre's clock */
};

/* One look: cases that came in or have changed, put into the index on a thread, then what is hot. The index is the job's while it runs. */
struct job {
	struct hot *hot;
	struct ruling *ruling;
	struct hotspots *index;
	struct arena arena;
	struct { case_no no; int64_t at; uint64_t person; const char *item, *place; bool counts; } row[PAGE];
	int rows;
	case_no after; char tx[32], id[24]; /* where the page begins */
	bool last;        /* no more pages: what is hot is asked */
	int64_t now;
	size_t cases, bytes;
	usec_t took;
	struct buf made;
};

/* Some of the trial, on a thread, between two looks. */
struct piece { struct hot *hot; bool more; };

struct hot {
	struct pool *pool;
	struct worker *worker;
	struct rules *routing;
	struct leader *leader;
	struct event *turn;
	int every_ms;
	bool busy;
	struct hotspots *index;
	bool reading;             /* the past is still being read, by numbers; then the log is followed */
	case_no after;
	char tx[32], id[24];      /* of the log: read so far */
	char edge[32];            /* of the log, as this look began */
	struct hotspot_trial *trial;
	bool try;                 /* a trial is wanted, or under way */
	double bar_hot, bar_weak; /* what the last one said */
	int64_t now, made_day;    /* local seconds, as this look began; the day on which the index was made */
	usec_t looked;            /* when this look began */
	struct hotspot_policy policy;
	int off[OFF_DAYS], noff;
	size_t cases, bytes, begun;
	usec_t took;
};

/* --- the index ------------------------------------------------------------------------------------------------------- */

static bool day_off(void *ctx, int64_t day)
{
	const struct hot *h = ctx;

	for (int i = 0; i < h->noff; i++)
		if (h->off[i] == day)
			return true;
	return false;
}

static void forget(struct hot *h)
{
	hotspot_trial_free(h->trial); /* before the index, whose texts it reads */
	hotspots_free(h->index);
	h->trial = NULL;
	h->index = NULL;
	h->cases = h->bytes = 0;
}

/* The past is to be read from its beginning; what is written to the log from now on comes after it. Nobody else's counts are taken over, and the bars
 * hold until a trial of the new index has said better. */
static void begin(struct hot *h)
{
	forget(h);
	if ((h->index = hotspots_new(&h->policy)) == NULL)
		abort();
	hotspots_bars(h->index, h->bar_hot, h->bar_weak);
	h->reading = true;
	h->after = 0;
	snprintf(h->tx, sizeof h->tx, "%s", h->edge);
	snprintf(h->id, sizeof h->id, "0");
	h->made_day = h->now / DAY_S;
	h->try = true;
}

static void add_row(struct job *j, int i)
{
	const struct duty_item *item = duty_item(j->ruling->duty, j->row[i].item);
	struct hotspot_case c = { .no = j->row[i].no, .at = j->row[i].at, .person = j->row[i].person };
	const char *above[8];
	int n = j->row[i].place[0] ? place_ancestors(j->ruling->places, j->row[i].place, above, 8) : 0;

	if (item) {
		c.matter[0] = item->code;
		c.matter[1] = item->class_;
		c.matter[2] = item->category;
	}
	for (int k = 0; k < n; k++) {
		static const char *const level[] = { "community", "street", "district" };
		const char *is = place_level(j->ruling->places, above[k]);

		for (int l = 0; is && l < 3; l++)
			if (strcmp(is, level[l]) == 0)
				c.place[l] = above[k];
	}
	hotspots_put(j->index, &c);
}

static void put_found(struct job *j)
{
	struct hotspot *found = calloc(FOUND_MAX, sizeof *found);
	int n = found ? hotspots_find(j->index, j->now, found, FOUND_MAX) : 0;

	buf_puts(&j->made, "{\"found\":[");
	for (int i = 0; i < n; i++) {
		const struct hotspot *f = &found[i];

		buf_printf(&j->made, "%s{\"matter\":", i ? "," : "");
		jsonw_text(&j->made, f->matter, strlen(f->matter));
		buf_puts(&j->made, ",\"place\":");
		jsonw_text(&j->made, f->place, strlen(f->place));
		buf_printf(&j->made, ",\"matter_level\":%d,\"place_level\":%d,\"window_s\":%d,\"since_s\":%lld,\"cases\":%d,\"people\":%d,\"expected\":%.4f,"
		    "\"surprise\":%.2f,\"weak\":%s,\"nos\":[", f->matter_level, f->place_level, f->window_s, (long long)f->since, f->cases, f->people,
		    f->expected, f->surprise, f->weak ? "true" : "false");
		for (int k = 0; k < f->nnos; k++)
			buf_printf(&j->made, "%s%lld", k ? "," : "", (long long)f->no[k]);
		buf_puts(&j->made, "],\"days\":[");
		for (int k = 0; k < HOTSPOT_DAYS; k++)
			buf_printf(&j->made, "%s%d", k ? "," : "", f->day[k]);
		buf_puts(&j->made, "]}");
	}
	buf_puts(&j->made, "],\"heat\":[");
	free(found);
}

static void put_heat(struct job *j)
{
	static const struct { int window, window_s; } of[] = { { 0, 3600 }, { 2, 86400 }, { 3, 604800 } };
	struct hotspot_heat *heat = calloc(HEAT_MAX, sizeof *heat);
	bool first = true;

	for (size_t w = 0; heat && w < sizeof of / sizeof of[0]; w++) {
		int n = hotspots_heat(j->index, j->now, 1, 1, of[w].window, heat, HEAT_MAX);

		for (int i = 0; i < n; i++, first = false) {
			buf_printf(&j->made, "%s{\"window_s\":%d,\"people\":%d,\"expected\":%.3f,\"place\":", first ? "" : ",", of[w].window_s, heat[i].people,
			    heat[i].expected);
			jsonw_text(&j->made, heat[i].place, strlen(heat[i].place));
			buf_puts(&j->made, ",\"matter\":");
			jsonw_text(&j->made, heat[i].matter, strlen(heat[i].matter));
			buf_putc(&j->made, '}');
		}
	}
	buf_puts(&j->made, "]}");
	free(heat);
}

/* On a thread. */
static void work(void *ctx)
{
	struct job *j = ctx;
	usec_t begun = clock_monotonic();

	for (int i = 0; i < j->rows; i++)
		if (j->row[i].counts)
			add_row(j, i);
		else
			hotspots_take(j->index, j->row[i].no);
	if (j->last) {
		put_found(j);
		put_heat(j);
	}
	j->cases = hotspots_count(j->index);
	j->bytes = hotspots_bytes(j->index);
	j->took = clock_monotonic() - begun;
}

/* --- turns ------------------------------------------------------------------------------------------------------------ */

static void again(struct hot *h, int ms)
{
	h->busy = false;
	loop_after(h->turn, ms);
}

static void on_begun(void *ctx, const struct db_row *r)
{
	struct hot *h = ctx;

	h->begun += (size_t)db_row_int(r, 0);
}

static void go_on(struct hot *h);

static void try_more(void *ctx)
{
	struct piece *p = ctx;
	struct hot *h = p->hot;
	usec_t begun = clock_monotonic();

	if (h->trial == NULL)
		h->trial = hotspot_trial_new(h->index, (uint64_t)h->now);
	while (h->trial && (p->more = hotspot_trial_step(h->trial)) && clock_monotonic() - begun < TRIAL_MS * (USEC_S / 1000))
		;
}

static void tried(void *ctx)
{
	struct piece *p = ctx;
	struct hot *h = p->hot;

	h->try = p->more;
	if (h->trial && !p->more) {
		if (hotspot_trial_bars(h->trial, &h->bar_hot, &h->bar_weak)) {
			char hot[16], weak[16];

			snprintf(hot, sizeof hot, "%.2f", h->bar_hot);
			snprintf(weak, sizeof weak, "%.2f", h->bar_weak);
			log_write(LOG_INFO, "hot spots were tried on the past", "bar", hot, "signals", weak, NULL);
		}
		hotspot_trial_free(h->trial);
		h->trial = NULL;
	}
	free(p);
	go_on(h);
}

/* Until the next look is due, the trial goes on. */
static void go_on(struct hot *h)
{
	usec_t due = h->looked + (usec_t)h->every_ms * (USEC_S / 1000), now = clock_monotonic();
	struct piece *p;

	if (!h->try || h->index == NULL || h->reading || now >= due || leader_db(h->leader) == NULL) {
		again(h, now >= due ? 1 : (int)((due - now) / (USEC_S / 1000)) + 1);
		return;
	}
	if ((p = calloc(1, sizeof *p)) == NULL)
		abort();
	p->hot = h;
	worker_run(h->worker, try_more, tried, free, p);
}

static void put_done(void *ctx, const struct err *e, size_t rows)
{
	(void)rows;
	if (e && e->code != ERR_UNAVAILABLE && e->code != ERR_CONFLICT)
		log_write(LOG_WARN, "hot spots cannot be kept", "error", err_name(e->code), "message", e->message, NULL);
	go_on(ctx);
}

static void job_drop(void *ctx)
{
	struct job *j = ctx;

	rules_release(j->ruling);
	arena_free(&j->arena);
	buf_free(&j->made);
	free(j);
}

static void ask(struct hot *h);

static void worked(void *ctx)
{
	struct job *j = ctx;
	struct hot *h = j->hot;
	struct db *db = leader_db(h->leader);

	h->cases = j->cases;
	h->bytes = j->bytes;
	h->took = j->took;
	if (!j->last && db)
		ask(h);
	else if (db)
		db_send(db, SQL_HOTSPOTS_PUT, (struct db_param[]){ { .text = buf_text(&j->made), .len = j->made.len } }, 1, on_begun, put_done, h);
	else
		again(h, LATER_MS);
	job_drop(j);
}

static void on_case(void *ctx, const struct db_row *r)
{
	struct job *j = ctx;

	if (j->rows == PAGE)
		return;
	j->row[j->rows].no = db_row_int(r, 0);
	j->row[j->rows].at = db_row_int(r, 1);
	j->row[j->rows].person = memory_person(db_row_text(r, 2, NULL));
	j->row[j->rows].item = arena_strdup(&j->arena, db_row_text(r, 3, NULL));
	j->row[j->rows].place = arena_strdup(&j->arena, db_row_text(r, 4, NULL));
	j->row[j->rows].counts = db_row_bool(r, 5);
	j->hot->after = j->row[j->rows].no;
	j->rows++;
}

static void on_changed(void *ctx, const struct db_row *r)
{
	struct job *j = ctx;
	struct hot *h = j->hot;

	if (j->rows == PAGE)
		return;
	on_case(ctx, r);
	snprintf(h->tx, sizeof h->tx, "%s", db_row_text(r, 6, NULL));
	snprintf(h->id, sizeof h->id, "%s", db_row_text(r, 7, NULL));
}

static void asked(void *ctx, const struct err *e, size_t rows)
{
	struct job *j = ctx;
	struct hot *h = j->hot;

	(void)rows;
	j->ruling = rules_hold(h->routing);
	if (e || j->ruling == NULL) {
		h->after = j->after; /* the page is to be read again */
		memcpy(h->tx, j->tx, sizeof h->tx);
		memcpy(h->id, j->id, sizeof h->id);
		again(h, LATER_MS);
		job_drop(j);
		return;
	}
	j->last = j->rows < PAGE && !h->reading;
	h->reading = h->reading && j->rows == PAGE;
	j->now = h->now;
	worker_run(h->worker, work, worked, job_drop, j);
}

/* The next page: of the past by numbers, then of what the log tells. */
static void ask(struct hot *h)
{
	struct job *j = calloc(1, sizeof *j);
	char after[24], most[16];

	if (j == NULL)
		abort();
	*j = (struct job){ .hot = h, .index = h->index, .after = h->after };
	memcpy(j->tx, h->tx, sizeof j->tx);
	memcpy(j->id, h->id, sizeof j->id);
	snprintf(after, sizeof after, "%lld", (long long)h->after);
	snprintf(most, sizeof most, "%d", PAGE);
	if (h->reading)
		pool_send(h->pool, SQL_HOTSPOTS_CASES, (struct db_param[]){ DB_TEXT(after), DB_TEXT(most) }, 2, on_case, asked, j);
	else
		pool_send(h->pool, SQL_HOTSPOTS_CHANGED, (struct db_param[]){ DB_TEXT(h->tx), DB_TEXT(h->id), DB_TEXT(most) }, 3, on_changed, asked, j);
}

static void on_rhythm(void *ctx, const struct db_row *r)
{
	struct hot *h = ctx;
	const char *p = db_row_text(r, 1, NULL);
	double was = h->policy.false_a_day;

	h->now = db_row_int(r, 0);
	h->noff = 0;
	for (char *end; *p && h->noff < OFF_DAYS; p = end + strspn(end, " "))
		h->off[h->noff++] = (int)strtol(p, &end, 10);
	h->policy = (struct hotspot_policy){ .false_a_day = db_row_real(r, 2), .people = (int)db_row_int(r, 3), .day_off = day_off, .ctx = h };
	snprintf(h->edge, sizeof h->edge, "%s", db_row_text(r, 4, NULL));
	if (was > h->policy.false_a_day || was < h->policy.false_a_day) { /* the bars were for another rate */
		h->bar_hot = h->bar_weak = 0;
		hotspot_trial_free(h->trial);
		h->trial = NULL;
		h->try = true;
	}
}

static void rhythm_read(void *ctx, const struct err *e, size_t rows)
{
	struct hot *h = ctx;

	if (e || rows != 1) {
		again(h, LATER_MS);
		return;
	}
	if (h->index == NULL || (h->now / DAY_S > h->made_day && h->now % DAY_S >= NIGHT_H * 3600))
		begin(h);
	hotspots_policy(h->index, &h->policy);
	hotspots_bars(h->index, h->bar_hot, h->bar_weak);
	ask(h);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct hot *h = ctx;

	(void)fd, (void)what;
	if (leader_db(h->leader) == NULL || rules_duty(h->routing) == NULL || pool_ready(h->pool) == 0) {
		if (!h->busy)
			forget(h);
		loop_after(h->turn, LATER_MS);
		return;
	}
	if (h->busy)
		return;
	h->busy = true;
	h->looked = clock_monotonic();
	pool_send(h->pool, SQL_HOTSPOTS_RHYTHM, NULL, 0, on_rhythm, rhythm_read, h);
}

void hot_configure(struct hot *h, int every_ms)
{
	h->every_ms = every_ms;
}

struct hot *hot_new(struct event_base *base, struct pool *pool, struct worker *worker, struct rules *routing, struct leader *leader, int every_ms)
{
	struct hot *h = calloc(1, sizeof *h);

	if (h == NULL || (h->turn = evtimer_new(base, on_turn, h)) == NULL)
		abort();
	h->pool = pool;
	h->worker = worker;
	h->routing = routing;
	h->leader = leader;
	h->every_ms = every_ms;
	loop_after(h->turn, LATER_MS < every_ms ? LATER_MS : every_ms);
	return h;
}

void hot_state(const struct hot *h, struct hot_state *out)
{
	*out = (struct hot_state){ .cases = h->cases, .bytes = h->bytes, .begun = h->begun, .bar = h->bar_hot,
		.took_s = (double)h->took / USEC_S };
}

void hot_free(struct hot *h)
{
	if (h == NULL)
		return;
	event_free(h->turn);
	forget(h);
	free(h);
}
