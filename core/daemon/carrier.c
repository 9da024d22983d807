#include "core/daemon/carrier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include <jansson.h>
#include "core/base/clean.h"
#include "core/base/log.h"
#include "core/daemon/carrier_out.h"
#include "core/daemon/leader.h"
#include "core/daemon/pool.h"
#include "core/feed/loop.h"

enum { ANSWER_MAX = 64 << 10, SAID_MAX = 400, CLIENTS = 64, ORPHANS_S = 30, REPORT_S = 1, REPORTS = 6, REFUSED_S = 60 };

static const char *const results[SEND_RESULTS] = { "sent", "waiting", "parked", "dead", "unaddressed" };

/* One receiver's server, and the connections kept to it. */
struct server {
	char base[300];
	struct client *client; /* NULL = free place */
	int calls;             /* under way */
	bool old;              /* made before the configuration changed */
};

/* A message in our hands: from when it was taken until its report is in the database. */
struct errand {
	struct carrier *carrier;
	struct errand *next;
	int64_t id;
	int tries;
	char target[64];
	char goes[300];        /* the server as SQL names it, where bounds are kept */
	char *key;             /* the letter's texts, one block; owned */
	struct out_letter letter;
	struct server *server;
	struct client_call *call;
	const char *fate;      /* what to report; NULL = not known yet */
	int status, wait_s, refusals;
	bool once, sms, reporting;
	usec_t report_at;      /* monotonic */
	char said[SAID_MAX];
};

struct carrier {
	struct event_base *base;
	struct evdns_base *dns;
	struct pool *pool;
	struct leader *leader;
	struct metrics *metrics;
	struct event *turn;
	struct out_conf *conf;
	int most, each, poll_ms;
	struct server server[CLIENTS];
	struct errand *errands; /* in our hands */
	struct errand *fresh;   /* rows of the statement under way */
	int count, taken, asked;
	bool busy, stopping;
	usec_t orphans_at;      /* monotonic; when they were last looked for, 0 = not since we began to lead */
};

/* --- servers -------------------------------------------------------------------------------------------------------- */

static void server_drop(struct server *s)
{
	client_free(s->client);
	*s = (struct server){ 0 };
}

static struct server *server_for(struct carrier *c, const char *base, struct err *e)
{
	struct server *place = NULL;

	for (int i = 0; i < CLIENTS; i++) {
		struct server *s = &c->server[i];

		if (s->client && !s->old && !strcmp(s->base, base))
			return s;
		if (s->client == NULL ? place == NULL || place->client : place == NULL && s->calls == 0)
			place = s;
	}
	if (place == NULL) {
		err_set(e, ERR_TOO_MANY, "", "too many receivers are spoken with at once");
		return NULL;
	}
	if (place->client)
		server_drop(place);
	place->client = client_new(c->base, c->dns, &(struct client_options){ .url = base,
	    .ca_file = c->conf->ca_file[0] ? c->conf->ca_file : NULL, .connect_ms = c->conf->deadline_ms }, e);
	if (place->client == NULL)
		return NULL;
	snprintf(place->base, sizeof place->base, "%s", base);
	return place;
}

/* --- errands -------------------------------------------------------------------------------------------------------- */

static void errand_free(struct errand *d)
{
	free(d->key);
	free(d);
}

static void errand_end(struct errand *d)
{
	struct carrier *c = d->carrier;

	for (struct errand **p = &c->errands; *p; p = &(*p)->next) {
		if (*p == d) {
			*p = d->next;
			break;
		}
	}
	c->count--;
	errand_free(d);
}

static void on_reported(void *ctx, const struct db_row *r)
{
	struct errand *d = ctx;
	const char *now = db_row_text(r, 0, NULL);

	for (int i = 0; i < SEND_RESULTS; i++)
		if (!strcmp(now, results[i]))
			d->carrier->metrics->sends[i]++;
	if (!strcmp(now, "parked") || !strcmp(now, "dead"))
		log_write(LOG_WARN, "a message did not arrive", "target", d->target, "kind", d->letter.kind, "state", now, "fate", d->fate,
		    NULL); /* what the receiver said may hold a citizen's number: fenboctl outbox show has it */
}

static void reported(void *ctx, const struct err *e, size_t rows)
{
	struct errand *d = ctx;
	struct carrier *c = d->carrier;

	(void)rows;
	d->reporting = false;
	if (e && (e->code == ERR_UNAVAILABLE || e->code == ERR_TOO_MANY)) {
		d->report_at = clock_monotonic() + REPORT_S * USEC_S;
		return;
	}
	/* A mistake of ours, or a constraint. What is known is not given up: found again as an orphan, a message that arrived would be of unknown
	 * fate. It costs only itself and its place. */
	if (e) {
		if (++d->refusals == REPORTS)
			log_write(LOG_ERROR, "what became of a message cannot be kept", "error", err_name(e->code), "message", e->message, NULL);
		d->report_at = clock_monotonic() + (d->refusals < REPORTS ? REPORT_S * USEC_S << (d->refusals - 1) : REFUSED_S * USEC_S);
		return;
	}
	errand_end(d);
	loop_after(c->turn, 0);
}

static void report(struct errand *d)
{
	char id[24], tries[16], status[16], wait[16];

	snprintf(id, sizeof id, "%lld", (long long)d->id);
	snprintf(tries, sizeof tries, "%d", d->tries);
	snprintf(status, sizeof status, "%d", d->status);
	snprintf(wait, sizeof wait, "%d", d->wait_s);
	d->reporting = true;
	pool_send(d->carrier->pool, SQL_OUTBOX_DONE, (struct db_param[]){ DB_TEXT(id), DB_TEXT(tries), DB_TEXT(d->fate),
	    DB_TEXT(d->status ? status : NULL), DB_TEXT(d->said), DB_TEXT(wait), DB_TEXT(d->once ? "t" : "f") }, 7, on_reported, reported, d);
}

static void found_out(struct errand *d, const char *fate, const char *said)
{
	d->fate = fate;
	clean_into(d->said, sizeof d->said, said);
	out_hide(d->letter.address, d->said);
	report(d);
}

static void on_answer(void *ctx, const struct err *e, const struct client_answer *a)
{
	struct errand *d = ctx;
	struct carrier *c = d->carrier;
	const char *accepted = c->conf->gateway_accepted;

	d->call = NULL;
	if (--d->server->calls == 0 && d->server->old)
		server_drop(d->server); /* the client allows it from here */
	d->server = NULL;
	if (e) {
		found_out(d, !strcmp(e->field, "connect") ? "unsent" : "unknown", e->message);
		return;
	}
	d->status = a->status;
	d->wait_s = a->retry_after_s;
	/* Many gateways answer 200 to everything and say in the body whether they took it. */
	if (d->sms && a->status / 100 == 2 && *accepted && !strstr(a->body, accepted))
		found_out(d, out_later(c->conf, a->body) ? "busy" : "refused", a->body);
	else
		found_out(d, "answered", a->body);
}

static void set_out(struct errand *d)
{
	struct carrier *c = d->carrier;
	struct out_request r;
	struct buf why = { 0 };
	struct err e = { 0 };
	enum out_way way = out_request_make(c->conf, &d->letter, clock_now(), &r, &why);

	d->once = r.once;
	d->sms = r.sms;
	if (way == OUT_SEND && (d->server = server_for(c, r.base, &e)) != NULL) {
		d->server->calls++;
		r.request.answer_max = ANSWER_MAX;
		r.request.cut = true; /* the status is what matters */
		d->call = client_send(d->server->client, &r.request, on_answer, d);
	} else if (way == OUT_SEND) {
		found_out(d, "unsent", e.message);
	} else {
		found_out(d, way == OUT_REFUSED ? "refused" : "unaddressed", buf_text(&why));
	}
	out_request_free(&r);
	buf_free(&why);
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

enum { ID, KEY, TRIES, NO, TARGET, KIND, ADDRESS, TEMPLATE, FIELDS, PAYLOAD, SERVER };

static struct errand *errand_of(struct carrier *c, const struct db_row *r)
{
	static const int columns[] = { KEY, KIND, ADDRESS, TEMPLATE, FIELDS, PAYLOAD };
	struct errand *d = calloc(1, sizeof *d);
	const char **text[] = { &d->letter.key, &d->letter.kind, &d->letter.address, &d->letter.template, &d->letter.fields, &d->letter.payload };
	size_t need = 0, at = 0;

	if (d == NULL)
		abort();
	d->carrier = c;
	d->id = db_row_int(r, ID);
	d->tries = (int)db_row_int(r, TRIES);
	snprintf(d->target, sizeof d->target, "%s", db_row_text(r, TARGET, NULL));
	snprintf(d->goes, sizeof d->goes, "%s", db_row_text(r, SERVER, NULL));
	for (int i = 0; i < 6; i++)
		need += strlen(db_row_text(r, columns[i], NULL)) + 1;
	if ((d->key = malloc(need)) == NULL)
		abort();
	for (int i = 0; i < 6; i++) {
		const char *s = db_row_text(r, columns[i], NULL);

		memcpy(d->key + at, s, strlen(s) + 1);
		*text[i] = d->key + at;
		at += strlen(s) + 1;
	}
	return d;
}

static bool in_hand(const struct carrier *c, int64_t id)
{
	for (const struct errand *d = c->errands; d; d = d->next)
		if (d->id == id)
			return true;
	return false;
}

static void drop_fresh(struct carrier *c)
{
	while (c->fresh) {
		struct errand *d = c->fresh;

		c->fresh = d->next;
		errand_free(d);
	}
}

/* The next of the rows just come, in our hands now. */
static struct errand *next_fresh(struct carrier *c)
{
	struct errand *d = c->fresh;

	if (d == NULL)
		return NULL;
	c->fresh = d->next;
	d->next = c->errands;
	c->errands = d;
	c->count++;
	return d;
}

static void on_taken(void *ctx, const struct db_row *r)
{
	struct carrier *c = ctx;
	struct errand *d, **last = &c->fresh;

	c->taken++;
	if (db_row_null(r, ADDRESS)) { /* settled already: there is nobody to send it to */
		c->metrics->sends[SEND_unaddressed]++;
		return;
	}
	d = errand_of(c, r);
	while (*last)
		last = &(*last)->next;
	*last = d;
}

static void failed(struct carrier *c, const char *what, const struct err *e)
{
	bool passes = e->code == ERR_UNAVAILABLE || e->code == ERR_CONFLICT;

	if (!passes)
		log_write(LOG_WARN, "messages cannot be carried", "step", what, "error", err_name(e->code), "message", e->message, NULL);
	/* Whether it was committed nobody knows: whatever we may have taken is looked for as if somebody else had. */
	drop_fresh(c);
	c->orphans_at = passes ? 0 : clock_monotonic(); /* what cannot be done now is not in the way of all else */
}

static void take_done(void *ctx, const struct err *e, size_t rows)
{
	struct carrier *c = ctx;
	struct errand *d;

	(void)rows;
	c->busy = false;
	if (e)
		failed(c, "take", e);
	while ((d = next_fresh(c)) != NULL)
		set_out(d);
	loop_after(c->turn, !e && c->taken >= c->asked ? 0 : c->poll_ms);
}

static void on_orphan(void *ctx, const struct db_row *r)
{
	struct carrier *c = ctx;
	struct errand *d;

	if (in_hand(c, db_row_int(r, ID)))
		return;
	d = errand_of(c, r);
	d->once = out_once(c->conf, d->letter.address);
	d->next = c->fresh;
	c->fresh = d;
}

static void orphans_done(void *ctx, const struct err *e, size_t rows)
{
	struct carrier *c = ctx;
	struct errand *d;

	(void)rows;
	c->busy = false;
	if (e)
		failed(c, "orphans", e);
	else
		c->orphans_at = clock_monotonic();
	while ((d = next_fresh(c)) != NULL)
		found_out(d, "unknown", "its carrier ended before it was answered");
	loop_after(c->turn, e ? c->poll_ms : 0);
}

/* --- turns ---------------------------------------------------------------------------------------------------------- */

/* How many are on their way to which server: '{"http://10.0.0.7:8080":1,"sms":8}'. To be freed. */
static char *busy_servers(const struct carrier *c)
{
	json_t *o = json_object();
	char *text;

	for (const struct errand *d = c->errands; d; d = d->next)
		if (d->call)
			json_object_set_new(o, d->goes, json_integer(json_integer_value(json_object_get(o, d->goes)) + 1));
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (text == NULL)
		abort();
	return text;
}

static void take(struct carrier *c, struct db *db)
{
	char most[16], each[16], *busy = busy_servers(c);

	c->asked = c->most - c->count;
	c->taken = 0;
	snprintf(most, sizeof most, "%d", c->asked);
	snprintf(each, sizeof each, "%d", c->each);
	db_send(db, SQL_OUTBOX_TAKE, (struct db_param[]){ DB_TEXT(most), DB_TEXT(each), DB_TEXT(busy) }, 3, on_taken, take_done, c);
	free(busy);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct carrier *c = ctx;
	struct db *db = leader_db(c->leader);

	(void)fd, (void)what;
	for (struct errand *d = c->errands, *next; d; d = next) {
		next = d->next;
		if (d->fate && !d->reporting && clock_monotonic() >= d->report_at)
			report(d); /* without a connection it fails at once, and stays */
	}
	if (db == NULL)
		c->orphans_at = 0;
	if (db == NULL || c->busy || c->stopping || c->count >= c->most) {
		if (!evtimer_pending(c->turn, NULL))
			loop_after(c->turn, c->poll_ms);
		return;
	}
	c->busy = true;
	if (c->orphans_at == 0 || clock_monotonic() - c->orphans_at > ORPHANS_S * USEC_S)
		db_send(db, SQL_OUTBOX_ORPHANS, NULL, 0, on_orphan, orphans_done, c);
	else
		take(c, db);
}

void carrier_stop(struct carrier *c)
{
	c->stopping = true;
}

int carrier_under_way(const struct carrier *c)
{
	return c->count + c->busy;
}

/* --- the module ----------------------------------------------------------------------------------------------------- */

bool carrier_configure(struct carrier *c, const struct conf *conf, struct err *e)
{
	struct out_conf *fresh = malloc(sizeof *fresh);

	if (fresh == NULL)
		abort();
	if (!out_conf_load(fresh, conf, e)) {
		free(fresh);
		return false;
	}
	if (c == NULL) {
		out_conf_free(fresh);
		free(fresh);
		return true;
	}
	if (c->conf) {
		out_conf_free(c->conf);
		free(c->conf);
	}
	c->conf = fresh;
	c->most = conf->outbox_parallel;
	c->each = conf->outbox_each;
	c->poll_ms = (int)conf->outbox_poll;
	for (int i = 0; i < CLIENTS; i++) {
		c->server[i].old = true;
		if (c->server[i].calls == 0)
			server_drop(&c->server[i]);
	}
	return true;
}

struct carrier *carrier_new(struct event_base *base, struct evdns_base *dns, struct pool *pool, struct leader *leader, struct metrics *metrics,
    const struct conf *conf, struct err *e)
{
	struct carrier *c = calloc(1, sizeof *c);

	if (c == NULL || (c->turn = evtimer_new(base, on_turn, c)) == NULL)
		abort();
	c->base = base;
	c->dns = dns;
	c->pool = pool;
	c->leader = leader;
	c->metrics = metrics;
	if (!carrier_configure(c, conf, e)) {
		carrier_free(c);
		return NULL;
	}
	loop_after(c->turn, c->poll_ms);
	return c;
}

void carrier_free(struct carrier *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < CLIENTS; i++)
		server_drop(&c->server[i]);
	drop_fresh(c);
	while (c->errands)
		errand_end(c->errands);
	if (c->conf)
		out_conf_free(c->conf);
	free(c->conf);
	event_free(c->turn);
	free(c);
}
