#include "core/daemon/feedlog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/feed/hub.h"
#include "core/feed/loop.h"

enum { PAGE = 500, AGAIN_MS = 500, HINT_MS = 1, COALESCE_MS = 10, FLUSH_SHARE = 3 };

struct feedlog {
	struct feedlog_options o;
	struct db *db;
	struct event *timer;
	char cursor[160]; /* "" = ask where to begin */
	bool asking, told_down;
	usec_t flushed; /* monotonic, when readers were last written to */
	int rest_ms;    /* no look before so long after that */
	struct buf tags;
};

/* One page of the past for a reader. */
struct older {
	struct feedlog *log;
	uint64_t reader;
	size_t frames;
	struct buf tags;
};

/* Lines of tags as the ring wants them: NUL between, an empty one at the end. */
static void set_tags(struct buf *out, const char *lines)
{
	buf_reset(out);
	buf_puts(out, lines);
	for (char *p = out->data; p && *p; p++)
		if (*p == '\n')
			*p = '\0';
	buf_add(out, "\0", 2); /* the last tag's end, and the empty tag */
	if (*lines == '\0')
		out->len = 1;
}

static void next_in(struct feedlog *f, int ms)
{
	loop_after(f->timer, ms);
}

/* --- following ----------------------------------------------------------------------------------------------------- */

static void on_event(void *ctx, const struct db_row *r)
{
	struct feedlog *f = ctx;
	const char *cursor = db_row_text(r, 0, NULL), *action = db_row_text(r, 1, NULL);
	size_t len;
	const char *data = db_row_text(r, 4, &len);
	usec_t delay = clock_now() - db_row_time(r, 3);

	if (strlen(cursor) >= sizeof f->cursor)
		return;
	strcpy(f->cursor, cursor);
	set_tags(&f->tags, db_row_text(r, 5, NULL));
	hub_add(f->o.hub, cursor, action, data, len, f->tags.data, f->tags.len);
	if (db_row_time(r, 3) >= f->o.metrics->started) /* the past, read at the start, says nothing */
		metrics_time(&f->o.metrics->feed_delay, delay > 0 ? delay : 0);
	f->o.event(f->o.ctx, action, db_row_int(r, 2), data, len);
}

/* Write to the readers, and rest: with very many of them writing is the work, and must leave the loop time for the rest. */
static void flush(struct feedlog *f)
{
	usec_t begun = clock_monotonic();

	hub_flush(f->o.hub);
	f->flushed = clock_monotonic();
	f->rest_ms = (int)((f->flushed - begun) * (FLUSH_SHARE - 1) / 1000);
	if (f->rest_ms < COALESCE_MS)
		f->rest_ms = COALESCE_MS;
}

static void on_read(void *ctx, const struct err *e, size_t rows)
{
	struct feedlog *f = ctx;

	f->asking = false;
	f->o.metrics->feed_reads++;
	if (rows > 0)
		flush(f);
	if (e && e->code == ERR_GONE) {
		/* Another history, or we were away for too long: begin anew, and so must every reader. */
		log_write(LOG_WARN, "the event log begins anew", "message", e->message, NULL);
		f->cursor[0] = '\0';
		next_in(f, 0);
	} else if (e) {
		if (!f->told_down)
			log_write(LOG_WARN, "the event log cannot be read", "error", err_name(e->code), "message", e->message, NULL);
		f->told_down = true;
		next_in(f, AGAIN_MS);
	} else {
		f->told_down = false;
		next_in(f, rows == PAGE ? 0 : rows > 0 ? f->rest_ms : f->o.poll_ms);
	}
}

static void on_start(void *ctx, const struct db_row *r)
{
	struct feedlog *f = ctx;

	snprintf(f->cursor, sizeof f->cursor, "%s", db_row_text(r, 0, NULL));
	hub_start(f->o.hub, f->cursor);
}

static void on_started(void *ctx, const struct err *e, size_t rows)
{
	struct feedlog *f = ctx;

	(void)rows;
	f->asking = false;
	next_in(f, e ? AGAIN_MS : 0);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct feedlog *f = ctx;

	(void)fd, (void)what;
	if (f->asking)
		return;
	if (f->db == NULL || db_state(f->db) != DB_READY) {
		next_in(f, 50);
		return;
	}
	f->asking = true;
	if (f->cursor[0] == '\0')
		db_send(f->db, SQL_FEED_RECENT, (struct db_param[]){ DB_TEXT("20000") }, 1, on_start, on_started, f);
	else
		db_send(f->db, SQL_FEED_READ, (struct db_param[]){ DB_TEXT(f->cursor), DB_TEXT("500") }, 2, on_event, on_read, f);
}

void feedlog_hint(struct feedlog *f)
{
	int left_ms = f->rest_ms - (int)((clock_monotonic() - f->flushed) / 1000);

	if (!f->asking && f->cursor[0])
		next_in(f, left_ms > HINT_MS ? left_ms : HINT_MS);
}

/* --- the past ------------------------------------------------------------------------------------------------------ */

static void on_old(void *ctx, const struct db_row *r)
{
	struct older *o = ctx;
	size_t len;
	const char *data = db_row_text(r, 4, &len);

	o->frames++;
	set_tags(&o->tags, db_row_text(r, 5, NULL));
	hub_older_frame(o->log->o.hub, o->reader, db_row_text(r, 0, NULL), db_row_text(r, 1, NULL), data, len, o->tags.data);
}

static void on_old_done(void *ctx, const struct err *e, size_t rows)
{
	struct older *o = ctx;

	(void)rows;
	hub_older_done(o->log->o.hub, o->reader, o->frames, e);
	buf_free(&o->tags);
	free(o);
}

void feedlog_older(struct feedlog *f, uint64_t reader, const char *after)
{
	struct older *o = calloc(1, sizeof *o);

	if (o == NULL)
		abort();
	o->log = f;
	o->reader = reader;
	db_send(f->db, SQL_FEED_READ, (struct db_param[]){ DB_TEXT(after), DB_TEXT("500") }, 2, on_old, on_old_done, o);
}

/* --- the module ----------------------------------------------------------------------------------------------------- */

void feedlog_configure(struct feedlog *f, int poll_ms)
{
	f->o.poll_ms = poll_ms;
}

struct feedlog *feedlog_new(struct event_base *base, const struct feedlog_options *o)
{
	struct feedlog *f = calloc(1, sizeof *f);

	if (f == NULL || (f->timer = evtimer_new(base, on_timer, f)) == NULL)
		abort();
	f->o = *o;
	return f;
}

void feedlog_attach(struct feedlog *f, struct db *db)
{
	f->db = db;
	next_in(f, 0);
}

void feedlog_free(struct feedlog *f)
{
	if (f == NULL)
		return;
	event_free(f->timer);
	buf_free(&f->tags);
	free(f);
}
