#include "tui/remote.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/feed/loop.h"
#include "core/feed/sse_client.h"
#include "db/case.h"
#include "db/conn.h"
#include "db/password.h"
#include "tui/i18n.h"
#include "tui/units.h"

enum { TOP_ROWS = 120, SINCE_ROWS = 1000, GRACE_MS = 1500, GIVE_UP_S = 5, COLUMNS_MAX = 32, LOGOUT_MS = 1500 };

struct request;
struct remote {
	struct loop *loop;
	const struct conf *conf;
	struct remote_events events;
	struct console *c;
	struct db *db;
	struct sse_client *feed;
	struct request *requests;
	struct clock_skew skew;
	char session[40], cursor[64], why[256];
	char feed_url[1024];
	bool logged_in, snapshot, since, stop;
	usec_t started, feed_lost; /* monotonic */
	struct event *renew, *poll;
	struct check { struct db *db; struct remote *r; } check; /* of a password */
	struct event *check_done;
	bool check_right;
	char check_why[160];
	void (*left)(void *ctx);
	void *left_ctx;
	struct event *leaving;
};

usec_t remote_now(const struct remote *r)
{
	return r->skew.known ? clock_skew_now(&r->skew, clock_monotonic()) : 0;
}

const char *remote_session(const struct remote *r)
{
	return r->session;
}

static enum link_state feed_link(const struct remote *r)
{
	switch (r->feed ? sse_client_state(r->feed) : SSE_DOWN) {
	case SSE_OPEN:       return LINK_UP;
	case SSE_CONNECTING: return LINK_CONNECTING;
	default:             return r->feed ? LINK_DOWN : LINK_CONNECTING;
	}
}

static void tell_links(struct remote *r)
{
	enum db_state s = r->db ? db_state(r->db) : DB_DOWN;
	enum link_state db = s == DB_READY && r->logged_in ? LINK_UP : s == DB_DOWN ? LINK_DOWN : LINK_CONNECTING;

	/* A person must not read "all is well" while nothing can be done. */
	if (db == LINK_CONNECTING && r->c->ready)
		db = LINK_DOWN;
	console_links(r->c, db, feed_link(r), r->why);
	r->events.news(r->events.ctx, true);
}

/* --- the port: requests ------------------------------------------------------------------------------------------- */

struct request {
	struct remote *r;
	uint64_t handle;
	port_row_fn row;
	port_done_fn done;
	void *who;
	struct request *next, **link; /* of those under way */
};

static void drop(struct request *q)
{
	*q->link = q->next;
	if (q->next)
		q->next->link = q->link;
	free(q);
}

static void port_row(void *ctx, const struct db_row *row)
{
	struct request *q = ctx;
	const char *column[COLUMNS_MAX];
	int n = db_row_columns(row);

	if (n > COLUMNS_MAX)
		n = COLUMNS_MAX;
	for (int i = 0; i < n; i++)
		column[i] = db_row_text(row, i, NULL);
	q->row(q->who, n, column);
}

static void port_done(void *ctx, const struct err *e, size_t rows)
{
	struct request *q = ctx;
	struct remote *r = q->r;

	q->done(q->who, e, rows);
	drop(q);
	r->events.news(r->events.ctx, true);
}

static uint64_t port_send(void *ctx, enum statement s, const char *const *args, int nargs,
    port_row_fn row, port_done_fn done, void *who)
{
	struct remote *r = ctx;
	struct request *q = calloc(1, sizeof *q);
	struct db_param params[16];
	struct err e;
	uint64_t handle;

	if (!q || nargs > 16 || !r->db) {
		err_set(&e, ERR_UNAVAILABLE, "", "%s", err_sentence(ERR_UNAVAILABLE));
		free(q);
		done(who, &e, 0);
		return 0;
	}
	*q = (struct request){ .r = r, .row = row, .done = done, .who = who, .next = r->requests, .link = &r->requests };
	if (q->next)
		q->next->link = &q->next;
	r->requests = q;
	for (int i = 0; i < nargs; i++)
		params[i] = DB_TEXT(args[i]);
	handle = db_send(r->db, s, params, nargs, row ? port_row : NULL, port_done, q);
	if (handle != 0)
		q->handle = handle;
	return handle;
}

static void port_forget(void *ctx, uint64_t handle)
{
	struct remote *r = ctx;

	if (r->db)
		db_forget(r->db, handle);
	for (struct request *q = r->requests; q; q = q->next)
		if (q->handle == handle) {
			drop(q);
			return;
		}
}

static void take_row(struct remote *r, const struct db_row *row)
{
	struct summary s;

	if (db_row_summary(row, &s))
		console_apply(r->c, &s);
}

static void some_row(void *ctx, const struct db_row *row)
{
	take_row(ctx, row);
}

static void some_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	(void)e;
	(void)rows;
	r->events.news(r->events.ctx, true);
}

static void port_refresh(void *ctx, const case_no *no, size_t n)
{
	struct remote *r = ctx;
	struct buf ids = { 0 };
	struct db_param param;

	for (size_t i = 0; i < n; i++)
		buf_printf(&ids, "%s%lld", i ? "," : "{", (long long)no[i]);
	buf_putc(&ids, '}');
	param = DB_TEXT(buf_text(&ids));
	if (r->db && n > 0)
		db_send(r->db, SQL_QUEUE_SOME, &param, 1, some_row, some_done, r);
	buf_free(&ids);
}

/* --- the port: effects ---------------------------------------------------------------------------------------------- */

static void check_over(evutil_socket_t fd, short what, void *ctx)
{
	struct remote *r = ctx;

	(void)fd;
	(void)what;
	db_free(r->check.db);
	r->check.db = NULL;
	console_password(r->c, r->check_right, r->check_why);
	r->events.news(r->events.ctx, true);
}

static void check_state(void *ctx, enum db_state s, const struct err *why)
{
	struct remote *r = ctx;

	if (s == DB_CONNECTING || evtimer_pending(r->check_done, NULL))
		return;
	r->check_right = s == DB_READY;
	r->check_why[0] = '\0';
	/* The difference between a wrong password and no server is worth a sentence. */
	if (!r->check_right && why && db_state(r->db) != DB_READY)
		snprintf(r->check_why, sizeof r->check_why, "%s", _("the database cannot be reached: the password cannot be checked"));
	loop_after(r->check_done, 0); /* not from inside the connection's own callback */
}

static void check_password(struct remote *r, const char *password)
{
	char *conninfo = db_conninfo_password(r->conf->database_url, password);
	struct db_options o = { .conninfo = conninfo, .application = "fenbo lock", .connect_ms = (int)r->conf->database_connect,
		.state = check_state, .ctx = r };

	if (r->check.db)
		return;
	r->check_right = false;
	if (conninfo)
		r->check.db = db_new(r->loop->base, r->loop->dns, &o);
	if (!r->check.db)
		loop_after(r->check_done, 0);
	if (conninfo)
		explicit_bzero(conninfo, strlen(conninfo));
	free(conninfo);
}

static void nothing_done(void *ctx, const struct err *e, size_t rows)
{
	(void)ctx;
	(void)e;
	(void)rows;
}

static void release_mine(struct remote *r)
{
	struct queue_view *mine = queue_view_new(r->c->queue, VIEW_MINE);
	struct buf ids = { 0 };
	const struct summary *s;
	struct db_param params[5] = { DB_TEXT("release"), { 0 }, { 0 }, DB_TEXT("{}"), DB_TEXT("false") };

	buf_putc(&ids, '{');
	for (size_t i = 0; mine && (s = queue_view_at(mine, i)); i++)
		buf_printf(&ids, "%s%lld", i ? "," : "", (long long)s->no);
	buf_putc(&ids, '}');
	params[1] = DB_TEXT(buf_text(&ids));
	if (r->db && mine && queue_view_count(mine) > 0)
		db_send(r->db, SQL_ACT, params, 5, NULL, nothing_done, r);
	queue_view_free(mine);
	buf_free(&ids);
}

static void port_effect(void *ctx, enum effect e, const char *text)
{
	struct remote *r = ctx;

	if (e == EFFECT_PASSWORD)
		check_password(r, text);
	else if (e == EFFECT_LOCK) {
		if (strcmp(text, "release") == 0)
			release_mine(r);
	} else {
		r->events.effect(r->events.ctx, e, text);
	}
}

const struct port *remote_port(void)
{
	static const struct port port = { port_send, port_forget, port_refresh, port_effect };

	return &port;
}

/* --- the snapshot ----------------------------------------------------------------------------------------------------- */

static void cursor_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;

	snprintf(r->cursor, sizeof r->cursor, "%s", db_row_text(row, 0, NULL));
}

static void top_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	(void)e;
	(void)rows;
	r->events.news(r->events.ctx, true); /* what stands at the top is painted while the rest loads */
}

static void follow(struct remote *r);
static void take_snapshot(struct remote *r);

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
		take_snapshot(r);
		return;
	}
	follow(r);
	r->events.news(r->events.ctx, true);
}

static void take_snapshot(struct remote *r)
{
	char most[12];
	struct db_param param = DB_TEXT(most);

	if (r->snapshot)
		return;
	r->snapshot = true;
	snprintf(most, sizeof most, "%d", TOP_ROWS);
	queue_snapshot_begin(r->c->queue);
	db_begin(r->db, DB_TX_SNAPSHOT);
	db_send(r->db, SQL_FEED_CURSOR, NULL, 0, cursor_row, nothing_done, r);
	db_send(r->db, SQL_QUEUE_TOP, &param, 1, some_row, top_done, r);
	db_send(r->db, SQL_QUEUE_ALL, NULL, 0, some_row, snapshot_done, r);
	db_end(r->db);
}

/* --- the stream --------------------------------------------------------------------------------------------------------- */

static void take_frame(struct remote *r, const char *action, const char *data, size_t len)
{
	struct summary s;
	struct summary_hold *hold = NULL;
	json_t *o;
	char by[64] = "";

	if (strcmp(action, "route") == 0) {
		units_load(r->c);
		return;
	}
	if (!summary_decode(data, len, &s, &hold, NULL))
		return;
	if (s.no == console_subject(r->c)) {
		o = json_loadb(data, len, 0, NULL);
		if (json_is_string(json_object_get(o, "by")))
			snprintf(by, sizeof by, "%s", json_string_value(json_object_get(o, "by")));
		json_decref(o);
	}
	console_news(r->c, &s, action, by);
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
	tell_links(r);
}

static void feed_gone(void *ctx)
{
	struct remote *r = ctx;

	if (db_state(r->db) == DB_READY)
		take_snapshot(r);
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
		.after = r->cursor, .token = feed_token, .state = feed_state, .event = feed_event, .gone = feed_gone, .ctx = r };
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

/* --- without fenbod ------------------------------------------------------------------------------------------------------ */

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
		take_snapshot(r);
	if (r->feed_lost != 0)
		loop_after(r->poll, rows >= SINCE_ROWS ? 0 : (int)r->conf->console_poll);
	if (rows > 0)
		r->events.news(r->events.ctx, true);
}

static void poll_now(evutil_socket_t fd, short what, void *ctx)
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
		tell_links(r);
	}
	if (!r->logged_in || db_state(r->db) != DB_READY || r->snapshot || !r->cursor[0]) {
		loop_after(r->poll, (int)r->conf->console_poll);
		return;
	}
	r->since = true;
	snprintf(most, sizeof most, "%d", SINCE_ROWS);
	db_send(r->db, SQL_QUEUE_SINCE, params, 2, since_row, since_done, r);
}

/* --- the connection -------------------------------------------------------------------------------------------------------- */

static enum role role_of(const char *name)
{
	return strcmp(name, "supervisor") == 0 ? ROLE_SUPERVISOR : strcmp(name, "admin") == 0 ? ROLE_ADMIN :
	    strcmp(name, "unit") == 0 ? ROLE_UNIT : ROLE_DISPATCHER;
}

static void login_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;
	struct who who = { .role = role_of(db_row_text(row, 2, NULL)), .crew = (int)db_row_int(row, 5),
		.revision = (int)db_row_int(row, 10), .lease_s = (int)db_row_int(row, 11), .handled = (int)db_row_int(row, 12),
		.late = (int)db_row_int(row, 13) };

	snprintf(r->session, sizeof r->session, "%s", db_row_text(row, 0, NULL));
	snprintf(who.account, sizeof who.account, "%s", db_row_text(row, 1, NULL));
	snprintf(who.person, sizeof who.person, "%s", db_row_text(row, 3, NULL));
	snprintf(who.desk, sizeof who.desk, "%s", db_row_text(row, 4, NULL));
	snprintf(who.centre, sizeof who.centre, "%s", db_row_text(row, 6, NULL));
	if (!clock_zone(db_row_text(row, 7, NULL)))
		log_write(LOG_WARN, "unknown time zone", "zone", db_row_text(row, 7, NULL), NULL);
	clock_skew_set(&r->skew, db_row_time(row, 8), clock_monotonic());
	r->logged_in = true;
	console_login(r->c, &who);
}

static void login_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	if (e || rows == 0) {
		snprintf(r->why, sizeof r->why, "%s", e ? e->message : "");
		log_write(LOG_ERROR, "login refused", "message", r->why, NULL);
		if (!r->c->ready && e && e->code != ERR_UNAVAILABLE)
			r->events.refused(r->events.ctx, e);
		return;
	}
	r->why[0] = '\0';
	tell_links(r);
	take_snapshot(r);
	loop_after(r->renew, r->c->who.lease_s > 3 ? r->c->who.lease_s * 1000 / 3 : 10000);
}

static void log_in(struct remote *r, bool first)
{
	struct db_param params[2] = { DB_TEXT("fenbo"), DB_TEXT(r->session[0] ? r->session : NULL) };

	if (first)
		db_send_first(r->db, SQL_LOGIN, params, 2, login_row, login_done, r);
	else
		db_send(r->db, SQL_LOGIN, params, 2, login_row, login_done, r);
}

static void db_ready(void *ctx, struct db *db)
{
	struct remote *r = ctx;

	(void)db;
	r->db = db;
	log_in(r, true);
}

static void db_changed(void *ctx, enum db_state s, const struct err *why)
{
	struct remote *r = ctx;

	if (s == DB_DOWN) {
		r->logged_in = false;
		snprintf(r->why, sizeof r->why, "%s", why ? why->message : "");
		evtimer_del(r->renew);
		if (!r->c->ready && why && !r->stop &&
		    (why->code != ERR_UNAVAILABLE || clock_monotonic() - r->started > GIVE_UP_S * USEC_S)) {
			r->stop = true;
			r->events.refused(r->events.ctx, why);
		}
	}
	tell_links(r);
}

static void renew_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;

	clock_skew_set(&r->skew, db_row_time(row, 1), clock_monotonic());
}

static void renew_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	(void)rows;
	if (e && e->code == ERR_GONE && db_state(r->db) == DB_READY) {
		/* We were away too long: the claims were swept. A new session, and the truth about the queue. */
		r->session[0] = '\0';
		log_in(r, false);
		return;
	}
	loop_after(r->renew, r->c->who.lease_s > 3 ? r->c->who.lease_s * 1000 / 3 : 10000);
}

static void renew_now(evutil_socket_t fd, short what, void *ctx)
{
	struct remote *r = ctx;

	(void)fd;
	(void)what;
	if (r->logged_in && db_state(r->db) == DB_READY)
		db_send(r->db, SQL_RENEW, NULL, 0, renew_row, renew_done, r);
}

/* --- beginning and end -------------------------------------------------------------------------------------------------------- */

static void left_now(evutil_socket_t fd, short what, void *ctx)
{
	struct remote *r = ctx;

	(void)fd;
	(void)what;
	if (r->left)
		r->left(r->left_ctx);
	r->left = NULL;
}

static void logout_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	(void)e;
	(void)rows;
	loop_after(r->leaving, 0);
}

void remote_logout(struct remote *r, bool keep, void (*done)(void *ctx), void *ctx)
{
	struct db_param param = DB_TEXT(keep ? "true" : "false");

	r->left = done;
	r->left_ctx = ctx;
	loop_after(r->leaving, r->logged_in ? LOGOUT_MS : 0);
	if (r->logged_in && db_state(r->db) == DB_READY)
		db_send(r->db, SQL_LOGOUT, &param, 1, NULL, logout_done, r);
}

struct remote *remote_new(struct loop *loop, const struct conf *conf, const struct remote_events *events)
{
	struct remote *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->loop = loop;
	r->conf = conf;
	r->events = *events;
	/* One of several may be enough to start with; the client stays with the first. */
	snprintf(r->feed_url, sizeof r->feed_url, "%.*s/v1/feed", (int)strcspn(conf->fenbod_url, " "), conf->fenbod_url);
	r->renew = evtimer_new(loop->base, renew_now, r);
	r->poll = evtimer_new(loop->base, poll_now, r);
	r->check_done = evtimer_new(loop->base, check_over, r);
	r->leaving = evtimer_new(loop->base, left_now, r);
	if (!r->renew || !r->poll || !r->check_done || !r->leaving) {
		remote_free(r);
		return NULL;
	}
	return r;
}

void remote_start(struct remote *r, struct console *c)
{
	struct db_options o = { .conninfo = r->conf->database_url, .application = "fenbo", .connect_ms = (int)r->conf->database_connect,
		.silence_ms = (int)r->conf->database_silence, .queue_max = (int)r->conf->database_queue,
		.state = db_changed, .ready = db_ready, .ctx = r };

	r->c = c;
	r->started = clock_monotonic();
	r->db = db_new(r->loop->base, r->loop->dns, &o);
	tell_links(r);
}

static void free_timer(struct event *e)
{
	if (e)
		event_free(e);
}

void remote_free(struct remote *r)
{
	struct db *db = r ? r->db : NULL;

	if (!r)
		return;
	r->stop = true;
	sse_client_free(r->feed);
	r->feed = NULL;
	db_free(r->check.db);
	r->db = NULL; /* whoever asks again while things end is told there is nothing */
	db_free(db);
	free_timer(r->renew);
	free_timer(r->poll);
	free_timer(r->check_done);
	free_timer(r->leaving);
	free(r);
}
