/* Keeps the queue up to date: a snapshot, then the event stream from its cursor on, or PostgreSQL's log while fenbod is gone. */
#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/log.h"
#include "core/feed/loop.h"
#include "db/case.h"
#include "tui/alarms.h"
#include "tui/items.h"
#include "tui/remote_inside.h"
#include "tui/times.h"
#include "tui/units.h"

enum { TOP_ROWS = 120, SINCE_ROWS = 1000, GRACE_MS = 1500, SILENCE_MS = 1800 };

void follow_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;
	struct summary s;

	if (db_row_summary(row, &s))
		console_apply(r->c, &s);
}

/* --- the snapshot ------------------------------------------------------------------------------------------------- */

static void cursor_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;

	snprintf(r->cursor, sizeof r->cursor, "%s", db_row_text(row, 0, NULL));
}

/* What stands at the top is painted while the rest loads. Told by the row: `done` of a member waits for the whole transaction. */
static void top_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;

	follow_row(ctx, row);
	if (++r->top_rows == TOP_ROWS)
		r->events.news(r->events.ctx, true);
}

static void follow(struct remote *r);

static void snapshot_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	(void)rows;
	r->snapshot = false;
	if (e) {
		log_write(LOG_WARN, "snapshot failed", "error", err_name(e->code), "message", e->message, NULL);
		return;
	}
	queue_snapshot_end(r->c->queue);
	console_loaded(r->c);
	if (queue_failed(r->c->queue)) {
		log_write(LOG_ERROR, "out of memory while the queue was read", NULL);
		follow_snapshot(r);
		return;
	}
	follow(r);
	r->events.news(r->events.ctx, true);
}

void follow_snapshot(struct remote *r)
{
	char most[12];
	struct db_param param = DB_TEXT(most);

	if (r->snapshot)
		return;
	r->snapshot = true;
	r->top_rows = 0;
	snprintf(most, sizeof most, "%d", TOP_ROWS);
	queue_snapshot_begin(r->c->queue);
	db_begin(r->db, DB_TX_SNAPSHOT);
	db_send(r->db, SQL_FEED_CURSOR, NULL, 0, cursor_row, remote_ignore, r);
	db_send(r->db, SQL_QUEUE_TOP, &param, 1, top_row, remote_ignore, r);
	db_send(r->db, SQL_QUEUE_ALL, NULL, 0, follow_row, snapshot_done, r);
	db_end(r->db);
}

/* --- the stream --------------------------------------------------------------------------------------------------- */

/* Few frames bring alarms or acknowledge some: only those are read twice. */
static void take_alarms(struct remote *r, const char *data, size_t len)
{
	json_t *o;

	if (!memmem(data, len, "\"alarm\":", 8) && !memmem(data, len, "\"acknowledged\":", 15))
		return;
	o = json_loadb(data, len, 0, NULL);
	alarms_told(r->c, json_object_get(o, "alarm"), json_object_get(o, "acknowledged"), json_string_value(json_object_get(o, "by")) ?: "");
	json_decref(o);
}

static void take_frame(struct remote *r, const char *action, const char *data, size_t len)
{
	struct summary s;
	struct summary_hold *hold = NULL;
	json_t *o;
	char by[64] = "";

	if (strcmp(action, "route") == 0) {
		units_load(r->c);
		items_stale(r->c->items);
		return;
	}
	take_alarms(r, data, len);
	if (!summary_decode(data, len, &s, &hold, NULL))
		return;
	if (s.no == console_subject(r->c)) {
		o = json_loadb(data, len, 0, NULL);
		if (json_is_string(json_object_get(o, "by")))
			snprintf(by, sizeof by, "%s", json_string_value(json_object_get(o, "by")));
		json_decref(o);
	}
	times_frame(r->c, r->cursor);
	console_news(r->c, &s, action, by);
	times_frame(r->c, NULL);
	summary_release(hold);
}

static void feed_event(void *ctx, const struct sse_event *ev)
{
	struct remote *r = ctx;

	snprintf(r->cursor, sizeof r->cursor, "%s", ev->id);
	take_frame(r, ev->event, ev->data, ev->data_len);
	r->events.news(r->events.ctx, false);
}

static void feed_state(void *ctx, enum sse_state s, const struct err *why)
{
	struct remote *r = ctx;

	if (s == SSE_OPEN) {
		r->feed_lost = 0;
		r->c->polling = false;
		evtimer_del(r->poll);
	} else if (r->feed_lost == 0) {
		r->feed_lost = clock_monotonic();
		loop_after(r->poll, r->feed && s == SSE_DOWN ? 200 : GRACE_MS);
	}
	if (why)
		log_write(LOG_INFO, "event stream", "error", err_name(why->code), "message", why->message, NULL);
	remote_tell_links(r);
}

static void feed_gone(void *ctx)
{
	struct remote *r = ctx;

	if (db_state(r->db) == DB_READY)
		follow_snapshot(r);
}

static void ticket_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;

	if (r->feed)
		sse_client_token(r->feed, db_row_text(row, 0, NULL));
}

static void ticket_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	if ((e || rows == 0) && r->feed)
		sse_client_token(r->feed, NULL);
}

static void feed_token(void *ctx, struct sse_client *client)
{
	struct remote *r = ctx;

	if (!r->logged_in || db_state(r->db) != DB_READY) {
		sse_client_token(client, NULL);
		return;
	}
	db_send(r->db, SQL_FEED_TICKET, NULL, 0, ticket_row, ticket_done, r);
}

/* After a snapshot: from its cursor on. */
static void follow(struct remote *r)
{
	struct sse_options o = { .url = r->feed_url, .ca_file = *r->conf->fenbod_ca_file ? r->conf->fenbod_ca_file : NULL,
		.after = r->cursor, .silence_ms = SILENCE_MS, .token = feed_token, .state = feed_state, .event = feed_event, .gone = feed_gone, .ctx = r };
	struct err e;

	if (r->feed) {
		sse_client_resume(r->feed, r->cursor);
		return;
	}
	r->feed_lost = clock_monotonic();
	loop_after(r->poll, GRACE_MS);
	r->feed = sse_client_new(r->loop->base, r->loop->dns, &o, &e);
	if (!r->feed)
		log_write(LOG_ERROR, "no event stream", "message", e.message, NULL);
}

/* --- without fenbod ----------------------------------------------------------------------------------------------- */

static void since_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;
	size_t len;
	const char *data = db_row_text(row, 3, &len);

	snprintf(r->cursor, sizeof r->cursor, "%s", db_row_text(row, 0, NULL));
	take_frame(r, db_row_text(row, 1, NULL), data, len);
}

static void since_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	r->since = false;
	if (e && e->code == ERR_GONE)
		follow_snapshot(r);
	if (r->feed_lost != 0)
		loop_after(r->poll, rows >= SINCE_ROWS ? 0 : (int)r->conf->console_poll);
	if (rows > 0)
		r->events.news(r->events.ctx, true);
}

void follow_poll(evutil_socket_t fd, short what, void *ctx)
{
	struct remote *r = ctx;
	char most[12];
	struct db_param params[2] = { DB_TEXT(r->cursor), DB_TEXT(most) };

	(void)fd;
	(void)what;
	if (r->feed_lost == 0 || r->since)
		return;
	if (!r->c->polling) {
		r->c->polling = true;
		remote_tell_links(r);
	}
	if (!r->logged_in || db_state(r->db) != DB_READY || r->snapshot || !r->cursor[0]) {
		loop_after(r->poll, (int)r->conf->console_poll);
		return;
	}
	r->since = true;
	snprintf(most, sizeof most, "%d", SINCE_ROWS);
	db_send(r->db, SQL_QUEUE_SINCE, params, 2, since_row, since_done, r);
}
