/*
 * The life of a connection: down, connecting, ready, and back. Whatever ends it is only noted by conn_lose and carried out
 * when no callback is running any more, so that a callback may send, forget or free as it likes.
 */
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include <event2/util.h>
#include "core/base/log.h"
#include "db/pg.h"

enum {
	BACKOFF_MIN_MS = 100, BACKOFF_MAX_MS = 2000,
	ROWS_A_TURN = 256 /* then the keyboard and the other sockets have their turn */
};

static void begin_round(struct db *db);
static void try_host(struct db *db);
static void attempt_failed(struct db *db, const struct err *why);

static void
after(struct event *timer, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

static void
set_state(struct db *db, enum db_state s, const struct err *why)
{
	db->state = s;
	if (db->o.state != NULL && !db->dying)
		db->o.state(db->o.ctx, s, why);
}

static void
drop_events(struct db *db)
{
	if (db->read != NULL)
		event_free(db->read);
	if (db->write != NULL)
		event_free(db->write);
	db->read = db->write = NULL;
}

static void
disconnect(struct db *db)
{
	drop_events(db);
	hosts_stop(db);
	event_del(db->timer);
	event_del(db->watch);
	event_del(db->again);
	PQfinish(db->pg);
	db->pg = NULL;
}

static int
backoff(struct db *db)
{
	unsigned char r;
	int ms = db->backoff_ms;

	evutil_secure_rng_get_bytes(&r, 1);
	db->backoff_ms = ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : ms * 2;
	return ms / 2 + ms * r / 510; /* half to whole: a thousand consoles do not come back in one instant */
}

static void
go_down(struct db *db)
{
	struct err why = db->why;

	db->doomed = false;
	disconnect(db);
	set_state(db, DB_DOWN, &why);
	pipeline_fail_all(db, &why);
	if (!db->dying)
		after(db->timer, backoff(db));
}

static void
destroy(struct db *db)
{
	struct err why;

	db->dying = true;
	db->depth++; /* a callback that calls db_free again must not find us */
	disconnect(db);
	err_set(&why, ERR_UNAVAILABLE, NULL, "the connection to PostgreSQL is closed");
	pipeline_fail_all(db, &why);
	db_end(db);
	event_free(db->timer);
	event_free(db->watch);
	event_free(db->again);
	hosts_free(&db->hosts);
	PQconninfoFree(db->info);
	free(db->conninfo);
	free(db->application);
	free(db);
}

void
conn_enter(struct db *db)
{
	db->depth++;
}

bool
conn_leave(struct db *db)
{
	if (db->depth > 1) {
		db->depth--;
		return !db->dying && !db->doomed;
	}
	if (db->doomed && !db->dying)
		go_down(db); /* its callbacks may call db_free: depth is still ours */
	else if (!db->dying) {
		db->depth--;
		return true;
	}
	db->depth--;
	if (db->dying)
		destroy(db);
	return false;
}

void
conn_lose(struct db *db, const struct err *why)
{
	if (db->doomed)
		return;
	db->doomed = true;
	db->why = *why;
	if (db->depth == 0)
		after(db->again, 0);
}

/* --- ready --------------------------------------------------------------------------------------------------------- */

void
conn_want_write(struct db *db)
{
	struct err e;
	int left = PQflush(db->pg);

	if (left < 0) {
		fault_of_connection(&e, db->pg);
		conn_lose(db, &e);
	} else if (left > 0)
		event_add(db->write, NULL);
}

/* Take what came; go on in another turn when it was much. While answers wait in memory nothing more is read. */
static void
take_answers(struct db *db)
{
	if (pipeline_drain(db, ROWS_A_TURN)) {
		event_del(db->read);
		after(db->again, 0);
	} else if (!db->doomed && !db->dying)
		event_add(db->read, NULL);
}

static void
on_ready_io(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	struct err e;

	(void)fd;
	conn_enter(db);
	if (what & EV_READ) {
		db->heard_at = clock_monotonic();
		if (PQconsumeInput(db->pg) == 0) {
			fault_of_connection(&e, db->pg);
			e.code = ERR_UNAVAILABLE;
			while (pipeline_drain(db, ROWS_A_TURN))
				; /* answers that came before the end count */
			conn_lose(db, &e);
		} else
			take_answers(db);
	}
	if (!db->doomed && !db->dying)
		conn_want_write(db);
	conn_leave(db);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	conn_enter(db);
	if (db->state == DB_READY && !db->doomed)
		take_answers(db);
	conn_leave(db);
}

static bool
only_pings(const struct db *db)
{
	for (const struct owed *o = db->owed; o != NULL; o = o->next)
		if (o->kind != OWED_PING)
			return false;
	return true;
}

/* Silence: half of the deadline without a word makes us ask; a request is given all of it, a ping the other half. */
static void
on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	struct err e;
	usec_t now = clock_monotonic(), since = db->heard_at;
	int limit = db->o.silence_ms, half = limit / 2, silent;

	(void)fd;
	(void)what;
	if (event_pending(db->again, EV_TIMEOUT, NULL))
		since = now; /* it is us who have not listened */
	else if (db->owed != NULL && db->asked_at > since)
		since = db->asked_at;
	silent = (int)((now - since) / 1000);
	if (db->owed == NULL || only_pings(db))
		limit = half;
	conn_enter(db);
	if (silent < limit)
		after(db->watch, limit - silent);
	else if (db->owed == NULL) {
		if (pipeline_ping(db)) {
			conn_want_write(db);
			after(db->watch, half);
		} else {
			fault_of_connection(&e, db->pg);
			conn_lose(db, &e);
		}
	} else {
		err_set(&e, ERR_UNAVAILABLE, NULL, "PostgreSQL has not answered for %d ms", silent);
		conn_lose(db, &e);
	}
	conn_leave(db);
}

static void
on_setup(void *ctx, const struct err *e, size_t rows)
{
	struct db *db = ctx;

	(void)rows;
	if (e == NULL)
		db->backoff_ms = BACKOFF_MIN_MS; /* a server that only lets us in and throws us out does not count */
	else if (!db->dying && db->state == DB_READY)
		conn_lose(db, e);
}

static void
become_ready(struct db *db)
{
	char timeout[24];
	struct err e;
	int socket = PQsocket(db->pg);

	event_del(db->timer);
	drop_events(db);
	db->read = event_new(db->base, socket, EV_READ | EV_PERSIST, on_ready_io, db);
	db->write = event_new(db->base, socket, EV_WRITE, on_ready_io, db);
	if (db->read == NULL || db->write == NULL || PQsetnonblocking(db->pg, 1) != 0 || PQenterPipelineMode(db->pg) != 1) {
		fault_of_connection(&e, db->pg);
		conn_lose(db, &e);
		return;
	}
	event_add(db->read, NULL);
	pipeline_open(db);
	snprintf(timeout, sizeof timeout, "%dms", db->o.statement_ms);
	db->state = DB_READY; /* told below, when the log-in statements stand first in line */
	db->holding = true;
	db_send_first(db, SQL_DB_SETUP, (struct db_param[]){ DB_TEXT(db->o.statement_ms > 0 ? timeout : NULL) }, 1, NULL, on_setup, db);
	if (db->o.ready != NULL)
		db->o.ready(db->o.ctx, db);
	db->holding = false;
	if (db->dying)
		return;
	pipeline_pump(db);
	after(db->watch, db->o.silence_ms / 2);
	set_state(db, DB_READY, NULL);
}

/* --- connecting ---------------------------------------------------------------------------------------------------- */

static void poll_connection(struct db *db);

static void
on_connect_io(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	conn_enter(db);
	poll_connection(db);
	conn_leave(db);
}

static void
poll_connection(struct db *db)
{
	struct err e;
	PostgresPollingStatusType status;

	/* libpq may close the socket and open another one: no event may be left on the old one. */
	drop_events(db);
	status = PQconnectPoll(db->pg);
	if (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
		db->read = event_new(db->base, PQsocket(db->pg), status == PGRES_POLLING_READING ? EV_READ : EV_WRITE,
		    on_connect_io, db);
		if (db->read != NULL)
			event_add(db->read, NULL);
	} else if (status == PGRES_POLLING_OK)
		become_ready(db);
	else {
		fault_of_connection(&e, db->pg);
		attempt_failed(db, &e);
	}
}

static void
ignore_notice(void *ctx, const char *message)
{
	(void)ctx;
	log_write(LOG_DEBUG, "PostgreSQL notice", "text", message, NULL); /* libpq's own way is stderr, a console's screen */
}

static void
try_host(struct db *db)
{
	struct err e;

	db->pg = hosts_start(db);
	if (db->pg == NULL || PQstatus(db->pg) == CONNECTION_BAD) {
		if (db->pg != NULL)
			fault_of_connection(&e, db->pg);
		else
			err_set(&e, ERR_INTERNAL, NULL, "out of memory");
		attempt_failed(db, &e);
		return;
	}
	PQsetNoticeProcessor(db->pg, ignore_notice, db);
	after(db->timer, db->o.connect_ms);
	/* As libpq asks: after PQconnectStart behave as if PQconnectPoll had said "writing". */
	db->read = event_new(db->base, PQsocket(db->pg), EV_WRITE, on_connect_io, db);
	if (db->read != NULL)
		event_add(db->read, NULL);
}

static void
attempt_failed(struct db *db, const struct err *why)
{
	disconnect(db);
	db->why = *why;
	if (++db->host < db->hosts.count * (db->hosts.two_passes ? 2 : 1))
		try_host(db);
	else
		conn_lose(db, why);
}

void
hosts_ready(struct db *db)
{
	db->host = 0;
	if (db->hosts.count > 0)
		try_host(db);
	else {
		if (db->why.message[0] == '\0')
			err_set(&db->why, ERR_UNAVAILABLE, "host", "PostgreSQL: no host to connect to");
		conn_lose(db, &db->why);
	}
}

static void
begin_round(struct db *db)
{
	struct err e = { 0 };

	hosts_free(&db->hosts);
	db->resolving = 0;
	db->why = e;
	set_state(db, DB_CONNECTING, NULL);
	if (db->dying)
		return;
	after(db->timer, db->o.connect_ms);
	if (hosts_parse(db, &e))
		hosts_resolve(db);
	else
		conn_lose(db, &e);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	struct err e;
	bool resolving = db->lookup != NULL;

	(void)fd;
	(void)what;
	conn_enter(db);
	if (db->pg == NULL && !resolving)
		begin_round(db);
	else {
		err_set(&e, ERR_UNAVAILABLE, NULL, "PostgreSQL: no connection within %d ms", db->o.connect_ms);
		if (resolving) {
			hosts_stop(db);
			conn_lose(db, &e);
		} else
			attempt_failed(db, &e);
	}
	conn_leave(db);
}

/* --- from outside -------------------------------------------------------------------------------------------------- */

struct db *
db_new(struct event_base *base, struct evdns_base *dns, const struct db_options *o)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		return NULL;
	db->base = base;
	db->dns = dns;
	db->o = *o;
	db->conninfo = strdup(o->conninfo != NULL ? o->conninfo : "");
	db->application = strdup(o->application != NULL ? o->application : "fenbo");
	db->timer = evtimer_new(base, on_timer, db);
	db->watch = evtimer_new(base, on_watch, db);
	db->again = evtimer_new(base, on_again, db);
	if (db->conninfo == NULL || db->application == NULL || db->timer == NULL || db->watch == NULL || db->again == NULL) {
		free(db->conninfo);
		free(db->application);
		if (db->timer != NULL)
			event_free(db->timer);
		if (db->watch != NULL)
			event_free(db->watch);
		if (db->again != NULL)
			event_free(db->again);
		free(db);
		return NULL;
	}
	db->o.conninfo = db->conninfo;
	db->o.application = db->application;
	if (db->o.statements == NULL)
		db->o.statements = statement_table;
	if (db->o.connect_ms <= 0)
		db->o.connect_ms = 5000;
	if (db->o.silence_ms <= 0)
		db->o.silence_ms = 2000;
	if (db->o.queue_max <= 0)
		db->o.queue_max = 1024;
	db->backoff_ms = BACKOFF_MIN_MS;
	db->owed_tail = &db->owed;
	group_list_init(&db->urgent);
	group_list_init(&db->waiting);
	group_list_init(&db->sent);
	db->state = DB_CONNECTING; /* so that requests made at once wait for the first attempt */
	after(db->timer, 0);
	return db;
}

void
db_free(struct db *db)
{
	if (db == NULL || db->dying)
		return;
	if (db->depth > 0)
		db->dying = true;
	else
		destroy(db);
}

enum db_state
db_state(const struct db *db)
{
	return db->state;
}

int
db_backlog(const struct db *db)
{
	return db->backlog;
}
