/*
 * Asking fenbod what it would recommend while a form is being edited: with the person's own ticket, which PostgreSQL gives for a minute,
 * over a connection that is kept. An answer that is no longer wanted is never told.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/feed/loop.h"
#include "tui/remote_inside.h"

enum { TICKET_US = 50 * 1000000, DEADLINE_MS = 3000, ANSWER_MAX = 256 * 1024 };

static void tell(struct remote *r, const struct err *e, const char *json, size_t len)
{
	port_said_fn said = r->consult.said;

	r->consult.said = NULL;
	free(r->consult.json);
	r->consult.json = NULL;
	if (said)
		said(r->consult.who, e, json, len);
	r->events.news(r->events.ctx, true);
}

static void tell_away(struct remote *r)
{
	struct err e;

	err_set(&e, ERR_UNAVAILABLE, "", "%s", err_sentence(ERR_UNAVAILABLE));
	tell(r, &e, NULL, 0);
}

static void go_on(struct remote *r);

static void answered(void *ctx, const struct err *e, const struct client_answer *a)
{
	struct remote *r = ctx;
	struct err why;

	r->consult.call = NULL;
	if (!e && a->status == 401 && !r->consult.tried_again) { /* the minute is over, or another fenbod answers */
		r->consult.tried_again = true;
		r->consult.ticket_at = 0;
		go_on(r);
		return;
	}
	if (!e && !client_answer_ok(a, &why))
		e = &why;
	if (e)
		log_write(LOG_INFO, "no advice", "error", err_name(e->code), "message", e->message, NULL);
	tell(r, e, e ? NULL : a->body, e ? 0 : a->len);
}

static void ticket_row(void *ctx, const struct db_row *row)
{
	struct remote *r = ctx;

	snprintf(r->consult.ticket, sizeof r->consult.ticket, "%s", db_row_text(row, 0, NULL));
	r->consult.ticket_at = clock_monotonic();
}

static void ticket_done(void *ctx, const struct err *e, size_t rows)
{
	struct remote *r = ctx;

	r->consult.asking_ticket = false;
	if (!r->consult.said)
		return;
	if (e || rows == 0)
		tell_away(r);
	else
		go_on(r);
}

static void send_question(struct remote *r)
{
	struct client_request q = { .method = "POST", .path = "/v1/recommend", .bearer = r->consult.ticket, .type = "application/json",
		.body = r->consult.json, .body_len = strlen(r->consult.json), .deadline_ms = DEADLINE_MS, .answer_max = ANSWER_MAX };
	struct client_options o = { .url = r->consult_url, .ca_file = *r->conf->fenbod_ca_file ? r->conf->fenbod_ca_file : NULL,
		.connect_ms = DEADLINE_MS / 2 };
	struct err e;

	if (!r->consult.client)
		r->consult.client = client_new(r->loop->base, r->loop->dns, &o, &e);
	if (!r->consult.client)
		log_write(LOG_ERROR, "fenbod cannot be asked", "message", e.message, NULL);
	r->consult.call = r->consult.client ? client_send(r->consult.client, &q, answered, r) : NULL;
	if (!r->consult.call)
		tell_away(r);
}

static void go_on(struct remote *r)
{
	if (r->consult.ticket_at != 0 && clock_monotonic() - r->consult.ticket_at < TICKET_US) {
		send_question(r);
		return;
	}
	if (r->consult.asking_ticket)
		return;
	if (!r->logged_in || !r->db || db_state(r->db) != DB_READY) {
		tell_away(r);
		return;
	}
	r->consult.ticket_at = 0;
	r->consult.asking_ticket = true;
	db_send(r->db, SQL_FEED_TICKET, NULL, 0, ticket_row, ticket_done, r);
}

void consult_ask(void *ctx, const char *json, port_said_fn said, void *who)
{
	struct remote *r = ctx;

	if (r->consult.call)
		client_cancel(r->consult.call);
	r->consult.call = NULL;
	free(r->consult.json);
	r->consult.json = json ? strdup(json) : NULL;
	r->consult.said = r->consult.json ? said : NULL;
	r->consult.who = who;
	r->consult.tried_again = false;
	if (r->consult.json)
		go_on(r);
}

void consult_free(struct remote *r)
{
	r->consult.said = NULL;
	client_free(r->consult.client);
	r->consult.client = NULL;
	r->consult.call = NULL;
	free(r->consult.json);
	r->consult.json = NULL;
}
