#include "tui/remote.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/feed/loop.h"
#include "db/password.h"
#include "tui/i18n.h"
#include "tui/remote_inside.h"

enum { GIVE_UP_S = 5, COLUMNS_MAX = 32, ACT_FIELD = 7, LOGOUT_MS = 1500 };


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

void remote_tell_links(struct remote *r)
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
	bool is_act, no_session;
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
	if (q->is_act && n > ACT_FIELD && strcmp(column[ACT_FIELD], "session") == 0)
		q->no_session = true;
	q->row(q->who, n, column);
}

static void port_done(void *ctx, const struct err *e, size_t rows)
{
	struct request *q = ctx;
	struct remote *r = q->r;

	q->done(q->who, e, rows);
	if (q->no_session || (e && strcmp(e->field, "session") == 0)) {
		/* We slept longer than a session lives. Not at the next turn of the renewal, but now. */
		console_say(r->c, ST_WARN, "%s", _("the session had run out and is being renewed: press again"));
		loop_after(r->renew, 0);
	}
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
	*q = (struct request){ .r = r, .row = row, .done = done, .who = who, .next = r->requests, .link = &r->requests,
		.is_act = s == SQL_ACT };
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
		db_send(r->db, SQL_QUEUE_SOME, &param, 1, follow_row, some_done, r);
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

void remote_ignore(void *ctx, const struct err *e, size_t rows)
{
	(void)ctx;
	(void)e;
	(void)rows;
}

static void release_mine(struct remote *r)
{
	struct queue_view *mine = queue_view_new(r->c->queue, VIEW_MINE);
	struct buf ids = { 0 }, versions = { 0 };
	const struct summary *s;
	struct db_param params[5] = { DB_TEXT("release"), { 0 }, { 0 }, DB_TEXT("{}"), DB_TEXT("false") };

	for (size_t i = 0; mine && (s = queue_view_at(mine, i)); i++) {
		buf_printf(&ids, "%c%lld", i ? ',' : '{', (long long)s->no);
		buf_printf(&versions, "%c%d", i ? ',' : '{', s->version);
	}
	buf_putc(&ids, '}');
	buf_putc(&versions, '}');
	params[1] = DB_TEXT(buf_text(&ids));
	params[2] = DB_TEXT(buf_text(&versions));
	if (r->db && mine && queue_view_count(mine) > 0)
		db_send(r->db, SQL_ACT, params, 5, NULL, remote_ignore, r);
	queue_view_free(mine);
	buf_free(&ids);
	buf_free(&versions);
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
	static const struct port port = { port_send, port_forget, port_refresh, port_effect, consult_ask };

	return &port;
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
	snprintf(who.shift, sizeof who.shift, "%s", db_row_text(row, 14, NULL));
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
	remote_tell_links(r);
	follow_snapshot(r);
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
		    (why->code != ERR_UNAVAILABLE || (!r->events.patient && clock_monotonic() - r->started > GIVE_UP_S * USEC_S))) {
			r->stop = true;
			r->events.refused(r->events.ctx, why);
		}
	}
	remote_tell_links(r);
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
	snprintf(r->consult_url, sizeof r->consult_url, "%.*s", (int)strcspn(conf->fenbod_url, " "), conf->fenbod_url);
	r->renew = evtimer_new(loop->base, renew_now, r);
	r->poll = evtimer_new(loop->base, follow_poll, r);
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
	remote_tell_links(r);
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
	consult_free(r);
	db_free(r->check.db);
	r->db = NULL; /* whoever asks again while things end is told there is nothing */
	db_free(db);
	free_timer(r->renew);
	free_timer(r->poll);
	free_timer(r->check_done);
	free_timer(r->leaving);
	free(r);
}
