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
#include "core/machine/postings.h"

enum {
	PAGE = 5000, FOUND_MAX = 200, HEAT_MAX = 4000, LATER_MS = 5000,
	SEEN = 8192,      /* newest numbers known one by one: … */
	OVERLAP = 2000,   /* … numbers are drawn before they are committed, so those a little older are asked for again */
	OFF_DAYS = 256
};

/* One look: cases that came in, put into the index on a thread, then what is hot. The index is the job's while it runs. */
struct job {
	struct hot *hot;
	struct ruling *ruling;
	struct hotspots *index;
	struct table *seen;
	case_no *recent;  /* a ring of SEEN */
	int *nrecent;
	struct arena arena;
	struct { case_no no; int64_t at; uint64_t person; const char *item, *place; } row[PAGE];
	int rows, added;
	int64_t now;      /* 0 = more pages to come: nothing is asked yet */
	usec_t took;
	struct buf made;
};

struct hot {
	struct pool *pool;
	struct worker *worker;
	struct rules *routing;
	struct leader *leader;
	struct event *turn;
	int every_ms;
	bool busy, drop;  /* the index is to go when the job that holds it is done */
	struct hotspots *index;
	struct table *seen;
	case_no recent[SEEN];
	int nrecent;
	case_no after;
	int64_t now;      /* local seconds, as this look began */
	struct hotspot_policy policy;
	int off[OFF_DAYS], noff;
	size_t cases, begun;
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
	hotspots_free(h->index);
	table_free(h->seen);
	h->index = NULL;
	h->seen = NULL;
	h->after = 0;
	h->nrecent = 0;
	h->cases = 0;
	h->drop = false;
	memset(h->recent, 0, sizeof h->recent);
}

/* Known before? On a thread. */
static bool is_known(struct job *j, case_no no)
{
	int slot = *j->nrecent % SEEN;

	if (table_get(j->seen, (uint64_t)no) >= 0)
		return true;
	if (j->recent[slot])
		table_remove(j->seen, (uint64_t)j->recent[slot]);
	j->recent[slot] = no;
	++*j->nrecent;
	table_put(j->seen, (uint64_t)no, slot);
	return false;
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
	hotspots_add(j->index, &c);
	j->added++;
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
		if (!is_known(j, j->row[i].no))
			add_row(j, i);
	if (j->now) {
		put_found(j);
		put_heat(j);
	}
	j->took = clock_monotonic() - begun;
}

/* --- turns ------------------------------------------------------------------------------------------------------------ */

static void again(struct hot *h, int ms)
{
	h->busy = false;
	if (h->drop)
		forget(h);
	loop_after(h->turn, ms);
}

static void on_begun(void *ctx, const struct db_row *r)
{
	struct hot *h = ctx;

	h->begun += (size_t)db_row_int(r, 0);
}

static void put_done(void *ctx, const struct err *e, size_t rows)
{
	(void)rows;
	if (e && e->code != ERR_UNAVAILABLE && e->code != ERR_CONFLICT)
		log_write(LOG_WARN, "hot spots cannot be kept", "error", err_name(e->code), "message", e->message, NULL);
	again(ctx, ((struct hot *)ctx)->every_ms);
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

	h->cases += (size_t)j->added;
	h->took = j->took;
	if (j->rows == PAGE && db && !h->drop)
		ask(h);
	else if (j->now && db && !h->drop)
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
	j->rows++;
}

static void asked(void *ctx, const struct err *e, size_t rows)
{
	struct job *j = ctx;
	struct hot *h = j->hot;

	(void)rows;
	j->ruling = rules_hold(h->routing);
	if (e || j->ruling == NULL || h->drop) {
		again(h, LATER_MS);
		job_drop(j);
		return;
	}
	if (j->rows > 0 && j->row[j->rows - 1].no > h->after)
		h->after = j->row[j->rows - 1].no;
	j->now = j->rows < PAGE ? h->now : 0;
	worker_run(h->worker, work, worked, job_drop, j);
}

/* The next page: from a little before the newest number once everything has been read. */
static void ask(struct hot *h)
{
	struct job *j = calloc(1, sizeof *j);
	char after[24], most[16];

	if (j == NULL)
		abort();
	*j = (struct job){ .hot = h, .index = h->index, .seen = h->seen, .recent = h->recent, .nrecent = &h->nrecent };
	snprintf(after, sizeof after, "%lld", (long long)(h->after - (h->took > 0 && h->after > OVERLAP ? OVERLAP : 0)));
	snprintf(most, sizeof most, "%d", PAGE);
	pool_send(h->pool, SQL_HOTSPOTS_CASES, (struct db_param[]){ DB_TEXT(after), DB_TEXT(most) }, 2, on_case, asked, j);
}

static void on_rhythm(void *ctx, const struct db_row *r)
{
	struct hot *h = ctx;
	const char *p = db_row_text(r, 1, NULL);

	h->now = db_row_int(r, 0);
	h->noff = 0;
	for (char *end; *p && h->noff < OFF_DAYS; p = end + strspn(end, " "))
		h->off[h->noff++] = (int)strtol(p, &end, 10);
	h->policy = (struct hotspot_policy){ .false_a_day = db_row_real(r, 2), .people = (int)db_row_int(r, 3), .day_off = day_off, .ctx = h };
}

static void rhythm_read(void *ctx, const struct err *e, size_t rows)
{
	struct hot *h = ctx;

	if (e || rows != 1 || h->drop) {
		again(h, LATER_MS);
		return;
	}
	if (h->index == NULL && ((h->index = hotspots_new(&h->policy)) == NULL || (h->seen = table_new()) == NULL))
		abort();
	ask(h);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct hot *h = ctx;

	(void)fd, (void)what;
	if (leader_db(h->leader) == NULL || rules_duty(h->routing) == NULL || pool_ready(h->pool) == 0) {
		if (h->busy)
			h->drop = true;
		else
			forget(h);
		loop_after(h->turn, LATER_MS);
		return;
	}
	if (h->busy)
		return;
	h->busy = true;
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
	*out = (struct hot_state){ .cases = h->cases, .bytes = h->index && !h->busy ? hotspots_bytes(h->index) : 0, .begun = h->begun,
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
