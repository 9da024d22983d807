#include "core/daemon/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/log.h"
#include "core/daemon/api.h"
#include "core/feed/tls.h"

enum { STOP_S = 20, STOP_CHECK_MS = 20, GAUGE_MS = 5000 };

/* --- configuration -------------------------------------------------------------------------------------------------- */

static struct http_options http_options(struct daemon *d)
{
	return (struct http_options){ .address = d->conf.listen_address, .port = d->conf.listen_port,
		.cert = d->conf.listen_tls_cert, .key = d->conf.listen_tls_key, .body_bytes = (size_t)d->conf.intake_body,
		.idle_s = (int)(d->conf.listen_idle / 1000), .request_ms = (int)d->conf.listen_request,
		.request_rate = (int)d->conf.listen_rate, .under_way = d->conf.listen_connections, .handle = api_handle,
		.answered = api_answered, .ctx = d };
}

static enum log_level log_level_of(const char *word)
{
	static const char *const words[] = { "debug", "info", "warn", "error" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(word, words[i]))
			return (enum log_level)i;
	return LOG_INFO;
}

static void log_errors(const struct err_list *errs)
{
	char text[400];

	for (size_t i = 0; i < errs->count; i++) {
		err_item_show(&errs->items[i], text, sizeof text);
		log_write(LOG_ERROR, "configuration", "problem", text, NULL);
	}
}

/* All or nothing: the certificate is tried before anything is taken over. */
static bool reload(struct daemon *d, struct err_list *errs)
{
	struct conf trial;
	struct ssl_ctx_st *tls = NULL;
	struct http_options o;
	struct err e;
	bool ok;

	if (!conf_load(d->conf.path[0] ? d->conf.path : NULL, &trial, errs))
		return false;
	ok = trial.listen_tls_cert[0] == '\0' || (tls = tls_server(trial.listen_tls_cert, trial.listen_tls_key, &e)) != NULL;
	tls_free(tls);
	ok = ok && carrier_configure(NULL, &trial, &e);
	conf_free(&trial);
	if (!ok)
		return err_list_add(errs, e.code, "", 0, 0, e.field, "%s", e.message);
	if (!conf_reload(&d->conf, errs))
		return false;
	o = http_options(d);
	if (!http_reload(d->http, &o, &e))
		log_write(LOG_ERROR, "the certificate could not be taken over", "message", e.message, NULL);
	log_open(d->conf.log_file[0] ? d->conf.log_file : NULL, log_level_of(d->conf.log_level));
	hub_configure(d->hub, (size_t)d->conf.feed_buffer, (int)d->conf.feed_keepalive, d->conf.feed_readers);
	feedlog_configure(d->feedlog, (int)d->conf.feed_poll);
	intake_configure(d->intake, d->conf.workers_batch, d->conf.intake_backlog);
	if (!carrier_configure(d->carrier, &d->conf, &e))
		log_write(LOG_ERROR, "the receivers could not be taken over", "message", e.message, NULL);
	leader_configure(d->leader, (int)d->conf.leader_sweep, (int)d->conf.leader_maintain);
	hot_configure(d->hot, (int)d->conf.leader_hotspots);
	tutor_configure(d->tutor, d->conf.learning_lessons, (int)d->conf.learning_every);
	return true;
}

static void on_hup(evutil_socket_t fd, short what, void *ctx)
{
	struct daemon *d = ctx;
	struct err_list errs = { 0 };

	(void)fd, (void)what;
	if (reload(d, &errs)) {
		rules_load(d->routing);
		log_write(LOG_INFO, "configuration loaded again", NULL);
	} else {
		log_errors(&errs);
		log_write(LOG_ERROR, "configuration not loaded: the old one stays", NULL);
	}
	err_list_free(&errs);
}

/* --- stopping ------------------------------------------------------------------------------------------------------- */

static void on_stop_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct daemon *d = ctx;

	(void)fd, (void)what;
	if ((http_pending(d->http) == 0 && intake_waiting(d->intake) == 0 && carrier_under_way(d->carrier) == 0) || clock_monotonic() > d->stop_by)
		event_base_loopbreak(d->loop.base);
	else
		loop_after(d->stop_timer, STOP_CHECK_MS);
}

static void on_stop(evutil_socket_t fd, short what, void *ctx)
{
	struct daemon *d = ctx;

	(void)fd, (void)what;
	if (d->stopping)
		return;
	log_write(LOG_INFO, "stopping", NULL);
	d->stopping = true;
	d->stop_by = clock_monotonic() + STOP_S * USEC_S;
	http_stop(d->http);
	carrier_stop(d->carrier);
	hub_end_all(d->hub);
	loop_after(d->stop_timer, STOP_CHECK_MS);
}

/* --- events of the log ---------------------------------------------------------------------------------------------- */

/* After these the machine has more to go on, or less. */
static bool wants_renewal(const char *action, const struct summary *s)
{
	if (s->stage != STAGE_TRIAGE || !strcmp(action, "recommend"))
		return false;
	return !strcmp(action, "edit") || (!strcmp(action, "create") && *s->top_unit == '\0');
}

static void renew(void *ctx, case_no no)
{
	struct daemon *d = ctx;

	leader_renew(d->leader, no);
}

static void on_event(void *ctx, const char *action, case_no no, const char *data, size_t len)
{
	struct daemon *d = ctx;
	struct summary s;
	struct summary_hold *hold;
	struct err e;

	tutor_event(d->tutor, action);
	if (no == 0) {
		if (!strcmp(action, "route") || !strcmp(action, "boundaries"))
			rules_load(d->routing);
		return;
	}
	if (!strcmp(action, "create") && memory_knows(d->memory, no))
		return; /* taken in here: remembered already, with its whole text */
	if (!summary_decode(data, len, &s, &hold, &e)) {
		log_write(LOG_WARN, "a frame of the log cannot be read", "action", action, "message", e.message, NULL);
		return;
	}
	memory_frame(d->memory, no, &s, !strcmp(action, "edit") || !strcmp(action, "recommend"));
	if (!strcmp(action, "burst_out") || !strcmp(action, "burst_close"))
		gather_out(d->gather, no);
	if (wants_renewal(action, &s))
		leader_renew(d->leader, no);
	else if (!strcmp(action, "return") && s.stage == STAGE_TRIAGE && leader_leads(d->leader))
		tutor_then(d->tutor, renew, d, no); /* at once it would rest on the dispatch that was wrong */
	summary_release(hold);
}

static void on_older(void *ctx, uint64_t reader, const char *after)
{
	struct daemon *d = ctx;

	feedlog_older(d->feedlog, reader, after);
}

/* --- gauges --------------------------------------------------------------------------------------------------------- */

static void on_depths(void *ctx, const struct db_row *r)
{
	struct metrics *m = ctx;

	m->triage = db_row_int(r, 0);
	m->open = db_row_int(r, 1);
	m->quarantined = db_row_int(r, 2);
	m->outgoing = db_row_int(r, 3);
}

static void on_outbox(void *ctx, const struct db_row *r)
{
	struct metrics *m = ctx;

	for (int i = 0; i < OUTBOX_STATES; i++)
		m->outbox[i] = db_row_int(r, i);
}

static void on_lag(void *ctx, const struct db_row *r)
{
	struct metrics *m = ctx;

	m->feed_held_s = db_row_real(r, 0);
	m->feed_waiting = db_row_int(r, 1);
}

static void ignore_done(void *ctx, const struct err *e, size_t rows)
{
	(void)ctx, (void)e, (void)rows;
}

static void on_gauges(evutil_socket_t fd, short what, void *ctx)
{
	struct daemon *d = ctx;

	(void)fd, (void)what;
	if (pool_ready(d->pool) > 0) {
		pool_send(d->pool, SQL_DEPTHS, NULL, 0, on_depths, ignore_done, &d->metrics);
		pool_send(d->pool, SQL_OUTBOX_DEPTHS, NULL, 0, on_outbox, ignore_done, &d->metrics);
		pool_send(d->pool, SQL_FEED_LAG, NULL, 0, on_lag, ignore_done, &d->metrics);
	}
	loop_after(d->gauge_timer, GAUGE_MS);
}

/* --- connections ---------------------------------------------------------------------------------------------------- */

enum { SAID_WORK, SAID_LOG, SAID_LEAD, SAY_AGAIN_S = 60 };

/* Every attempt to come back fails for the same reason: once a minute is enough, the disk may be what is full. */
static void say_state(struct daemon *d, int which, enum db_state s, const struct err *why)
{
	static const char *const what[] = { "work", "log", "lead" };
	const char *text = why ? why->message : "";
	usec_t now = clock_monotonic();

	if (s == DB_READY) {
		log_write(LOG_INFO, "database connection ready", "connection", what[which], NULL);
		d->said[which].at = 0;
	}
	if (s != DB_DOWN || (d->said[which].at && now - d->said[which].at < SAY_AGAIN_S * USEC_S &&
	    strncmp(d->said[which].why, text, sizeof d->said[which].why - 1) == 0))
		return;
	log_write(LOG_WARN, "database connection lost", "connection", what[which], "why", text, NULL);
	snprintf(d->said[which].why, sizeof d->said[which].why, "%.159s", text);
	d->said[which].at = now;
}

static void pool_state(void *ctx, enum db_state s, const struct err *why)
{
	struct daemon *d = ctx;

	say_state(d, SAID_WORK, s, why);
	/* What stands in a recommender may have changed while nobody could tell us. */
	if (s == DB_READY && d->routing)
		rules_load(d->routing);
}

static void feed_state(void *ctx, enum db_state s, const struct err *why)
{
	say_state(ctx, SAID_LOG, s, why);
}

static void on_account(void *ctx, const struct db_row *r)
{
	struct daemon *d = ctx;

	if (!d->account_said && !db_row_bool(r, 1))
		log_write(LOG_WARN, "connected as somebody who is not fenbo_feed: some events of the log are not told to that account, so what an "
		    "administrator chooses is taken over late", "account", db_row_text(r, 0, NULL), NULL);
	d->account_said = true;
}

static void lead_state(void *ctx, enum db_state s, const struct err *why)
{
	struct daemon *d = ctx;

	say_state(d, SAID_LEAD, s, why);
	if (s == DB_READY && d->lead_db && !d->account_said)
		db_send(d->lead_db, SQL_ACCOUNT, NULL, 0, on_account, ignore_done, d);
	if (s != DB_READY && d->leader)
		leader_lost(d->leader);
}

static void open_databases(struct daemon *d)
{
	/* A long statement is not a lost connection: the server ends it before we give it up. */
	struct db_options o = { .conninfo = d->conf.database_url, .application = "fenbod", .connect_ms = (int)d->conf.database_connect,
		.silence_ms = (int)(d->conf.database_statement + d->conf.database_silence),
		.statement_ms = (int)d->conf.database_statement, .queue_max = d->conf.database_queue, .state = pool_state, .ctx = d };

	d->pool = pool_new(d->loop.base, d->loop.dns, &o, d->conf.workers_database);
	o.application = "fenbod log";
	o.state = feed_state;
	d->feed_db = db_new(d->loop.base, d->loop.dns, &o);
	o.application = "fenbod lead";
	o.state = lead_state;
	d->lead_db = db_new(d->loop.base, d->loop.dns, &o);
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

static bool open_signals(struct daemon *d)
{
	struct event_base *base = d->loop.base;

	d->on_term = evsignal_new(base, SIGTERM, on_stop, d);
	d->on_int = evsignal_new(base, SIGINT, on_stop, d);
	d->on_hup = evsignal_new(base, SIGHUP, on_hup, d);
	d->stop_timer = evtimer_new(base, on_stop_timer, d);
	d->gauge_timer = evtimer_new(base, on_gauges, d);
	if (!d->on_term || !d->on_int || !d->on_hup || !d->stop_timer || !d->gauge_timer)
		return false;
	event_add(d->on_term, NULL);
	event_add(d->on_int, NULL);
	event_add(d->on_hup, NULL);
	loop_after(d->gauge_timer, 200);
	return true;
}

bool daemon_open(struct daemon *d, struct err *e)
{
	struct http_options o;
	char port[8];

	log_open(d->conf.log_file[0] ? d->conf.log_file : NULL, log_level_of(d->conf.log_level));
	d->metrics.started = clock_now();
	if (!loop_open(&d->loop) || !open_signals(d) ||
	    (d->worker = worker_new(d->loop.base, d->conf.workers_threads)) == NULL)
		return err_set(e, ERR_INTERNAL, "", "out of memory, threads or descriptors");
	open_databases(d);
	d->auth = auth_new(d->pool);
	d->routing = rules_new(d->loop.base, d->pool, d->worker);
	d->memory = memory_new(d->loop.base, d->pool, d->worker);
	d->tutor = tutor_new(d->loop.base, d->pool, d->worker, d->routing, d->conf.learning_lessons,
	    (int)d->conf.learning_every);
	d->think = think_new(d->memory, d->routing, d->tutor, &d->metrics);
	d->intake = intake_new(d->loop.base, d->pool, &d->metrics, d->conf.workers_batch, d->conf.intake_backlog);
	d->leader = leader_new(d->loop.base, d->pool, d->think, &d->metrics, (int)d->conf.leader_sweep, (int)d->conf.leader_maintain);
	d->carrier = carrier_new(d->loop.base, d->loop.dns, d->pool, d->leader, &d->metrics, &d->conf, e);
	if (d->carrier == NULL)
		return false;
	d->gather = gather_new(d->loop.base, &(struct gather_parts){ .pool = d->pool, .worker = d->worker, .memory = d->memory,
	    .routing = d->routing, .leader = d->leader, .intake = d->intake, .metrics = &d->metrics });
	d->hot = hot_new(d->loop.base, d->pool, d->worker, d->routing, d->leader, (int)d->conf.leader_hotspots);
	d->hub = hub_new(d->loop.base, &(struct hub_options){ .behind_bytes = (size_t)d->conf.feed_buffer,
	    .keepalive_ms = (int)d->conf.feed_keepalive, .readers = d->conf.feed_readers, .older = on_older, .ctx = d });
	if (d->hub == NULL)
		return err_set(e, ERR_INTERNAL, "", "out of memory");
	d->feedlog = feedlog_new(d->loop.base, &(struct feedlog_options){ .hub = d->hub, .metrics = &d->metrics,
	    .poll_ms = (int)d->conf.feed_poll, .event = on_event, .ctx = d });
	o = http_options(d);
	if ((d->http = http_new(d->loop.base, &o, e)) == NULL)
		return false;
	leader_attach(d->leader, d->lead_db);
	d->roller = roller_new(d->loop.base, d->leader);
	tutor_attach(d->tutor, d->leader, d->lead_db);
	feedlog_attach(d->feedlog, d->feed_db);
	snprintf(port, sizeof port, "%d", http_port(d->http));
	log_write(LOG_INFO, "listening", "address", d->conf.listen_address, "port", port, NULL);
	return true;
}

void daemon_run(struct daemon *d)
{
	event_base_dispatch(d->loop.base);
}

void daemon_close(struct daemon *d)
{
	struct event **events[] = { &d->on_term, &d->on_int, &d->on_hup, &d->stop_timer, &d->gauge_timer };

	/* Requests first answer for what they wait for: connections end before what they call back. */
	worker_free(d->worker);
	hub_free(d->hub);
	d->hub = NULL;
	if (d->feed_db)
		db_free(d->feed_db);
	if (d->lead_db)
		db_free(d->lead_db);
	pool_free(d->pool);
	intake_free(d->intake);
	roller_free(d->roller);
	carrier_free(d->carrier);
	leader_free(d->leader);
	feedlog_free(d->feedlog);
	think_free(d->think);
	tutor_free(d->tutor);
	hot_free(d->hot);
	gather_free(d->gather);
	memory_free(d->memory);
	rules_free(d->routing);
	auth_free(d->auth);
	http_free(d->http);
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (*events[i])
			event_free(*events[i]);
	loop_close(&d->loop);
	conf_free(&d->conf);
}
