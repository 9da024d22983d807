#include "core/feed/client.h"

#include <stdlib.h>
#include <string.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <jansson.h>
#include "core/base/clock.h"
#include "core/feed/answer.h"
#include "core/feed/dial.h"
#include "core/feed/loop.h"
#include "core/base/buf.h"
#include "core/feed/tls.h"

enum { IDLE_MAX = 4, IDLE_S = 15, CONNECT_MS = 2000, DEADLINE_MS = 30000, ANSWER_BYTES = 64 << 20 };

/* A connection kept open for the next call. */
struct idle {
	struct client *client;
	struct bufferevent *bev; /* NULL = free place */
};

struct client {
	struct event_base *base;
	struct evdns_base *dns;
	struct ssl_ctx_st *tls;
	struct url url;
	char host[300];
	int connect_ms;
	struct idle idle[IDLE_MAX];
	struct client_call *calls; /* under way */
};

struct client_call {
	struct client *client;
	struct client_call *next, **prev;
	struct bufferevent *bev;
	struct event *timer;
	struct buf request, body;
	struct answer answer;
	usec_t until; /* monotonic */
	bool connected, reused, repeatable, once, cut, full;
	struct err why;
	client_done_fn done;
	void *ctx;
};

struct client *client_new(struct event_base *base, struct evdns_base *dns, const struct client_options *o, struct err *e)
{
	struct client *c = calloc(1, sizeof *c);

	if (c == NULL) {
		err_set(e, ERR_INTERNAL, "", "out of memory");
		return NULL;
	}
	c->base = base;
	c->dns = dns;
	c->connect_ms = o->connect_ms > 0 ? o->connect_ms : CONNECT_MS;
	if (!url_parse(o->url, &c->url, e) || (c->url.tls && (c->tls = tls_client(o->ca_file, e)) == NULL)) {
		free(c);
		return NULL;
	}
	url_authority(&c->url, c->host, sizeof c->host);
	for (int i = 0; i < IDLE_MAX; i++)
		c->idle[i].client = c;
	return c;
}

static void call_free(struct client_call *call)
{
	*call->prev = call->next;
	if (call->next)
		call->next->prev = call->prev;
	if (call->bev)
		bufferevent_free(call->bev);
	if (call->timer)
		event_free(call->timer);
	answer_free(&call->answer);
	if (call->request.data)
		explicit_bzero(call->request.data, call->request.cap); /* keys stand in its head */
	buf_free(&call->request);
	buf_free(&call->body);
	free(call);
}

void client_free(struct client *c)
{
	if (c == NULL)
		return;
	while (c->calls)
		call_free(c->calls);
	for (int i = 0; i < IDLE_MAX; i++)
		if (c->idle[i].bev)
			bufferevent_free(c->idle[i].bev);
	tls_free(c->tls);
	free(c);
}

void client_cancel(struct client_call *call)
{
	call_free(call);
}

/* --- idle connections --------------------------------------------------------------------------------------------- */

/* Whatever happens on an idle connection, nothing was asked: it is of no use any more. */
static void idle_read(struct bufferevent *bev, void *ctx)
{
	struct idle *i = ctx;

	i->bev = NULL;
	bufferevent_free(bev);
}

static void idle_event(struct bufferevent *bev, short what, void *ctx)
{
	(void)what;
	idle_read(bev, ctx);
}

static void keep(struct client *c, struct bufferevent *bev)
{
	struct timeval tv = { .tv_sec = IDLE_S };

	for (int i = 0; i < IDLE_MAX; i++) {
		if (c->idle[i].bev == NULL) {
			c->idle[i].bev = bev;
			bufferevent_setcb(bev, idle_read, NULL, idle_event, &c->idle[i]);
			bufferevent_set_timeouts(bev, &tv, NULL);
			bufferevent_enable(bev, EV_READ);
			return;
		}
	}
	bufferevent_free(bev);
}

static struct bufferevent *take_idle(struct client *c)
{
	for (int i = 0; i < IDLE_MAX; i++) {
		struct bufferevent *bev = c->idle[i].bev;

		if (bev) {
			c->idle[i].bev = NULL;
			bufferevent_set_timeouts(bev, NULL, NULL);
			return bev;
		}
	}
	return NULL;
}

/* --- one call ----------------------------------------------------------------------------------------------------- */

static void finish(struct client_call *call, const struct err *e)
{
	client_done_fn done = call->done;
	void *ctx = call->ctx;
	struct client_answer a = { .status = call->answer.status, .retry_after_s = call->answer.retry_after_s,
		.type = call->answer.type, .body = buf_text(&call->body), .len = call->body.len };

	/* Answered before the request was whole: what is left of it would be read out of memory that is gone. */
	if (e == NULL && call->answer.keep_alive && !call->full && evbuffer_get_length(bufferevent_get_input(call->bev)) == 0 &&
	    evbuffer_get_length(bufferevent_get_output(call->bev)) == 0) {
		keep(call->client, call->bev);
		call->bev = NULL;
	}
	/* `done` may start calls or free the client: the call leaves the list first, its memory goes last. */
	*call->prev = call->next;
	if (call->next)
		call->next->prev = call->prev;
	call->next = NULL;
	call->prev = &call->next;
	evtimer_del(call->timer);
	done(ctx, e, e ? NULL : &a);
	call_free(call);
}

/* May a byte of the request have left? That we were not told yet of a connection proves nothing: after a stall of the loop the timer
 * may come first, and the socket has been written to meanwhile. */
static bool sent(const struct client_call *call)
{
	return call->connected || (call->bev && evbuffer_get_length(bufferevent_get_output(call->bev)) < call->request.len);
}

static void fail(struct client_call *call, enum err_code code, const char *why)
{
	struct err e;

	err_set(&e, code, sent(call) ? "" : "connect", "%s: %s", call->client->host, why);
	finish(call, &e);
}

static bool start(struct client_call *call, bool fresh);

static void on_read(struct bufferevent *bev, void *ctx)
{
	struct client_call *call = ctx;
	struct evbuffer *in = bufferevent_get_input(bev);

	while (evbuffer_get_length(in) > 0 && call->answer.state < ANSWER_DONE) {
		size_t n = evbuffer_get_contiguous_space(in);

		if (!answer_take(&call->answer, (char *)evbuffer_pullup(in, (ev_ssize_t)n), n)) {
			if (call->full)
				finish(call, NULL);
			else if (call->body.failed)
				fail(call, ERR_TOO_LARGE, "the answer is larger than what is taken");
			else
				fail(call, ERR_UNAVAILABLE, "not an HTTP answer");
			return;
		}
		evbuffer_drain(in, n);
	}
	if (call->answer.state == ANSWER_DONE)
		finish(call, NULL);
}

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
	struct client_call *call = ctx;
	char why[200];

	if (what & BEV_EVENT_CONNECTED) {
		call->connected = true;
		dial_connected(bev);
		loop_after(call->timer, (int)((call->until - clock_monotonic()) / 1000) + 1);
		return;
	}
	if ((what & BEV_EVENT_EOF) && answer_end(&call->answer)) {
		finish(call, NULL);
		return;
	}
	dial_why(bev, what, why, sizeof why);
	/* An idle connection may have been closed just as it was taken: what can be asked twice is asked again, once. */
	if (call->reused && call->repeatable && call->answer.state == ANSWER_STATUS && call->answer.line.len == 0) {
		bufferevent_free(call->bev);
		call->bev = NULL;
		if (start(call, true))
			return;
	}
	fail(call, ERR_UNAVAILABLE, why);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct client_call *call = ctx;

	(void)fd, (void)what;
	if (call->why.code != ERR_OK) {
		struct err e = call->why;

		finish(call, &e);
	} else {
		fail(call, ERR_UNAVAILABLE, sent(call) ? "no answer in time" : "no connection in time");
	}
}

static bool take_body(void *ctx, const char *bytes, size_t len)
{
	struct client_call *call = ctx;

	if (call->cut && len > call->body.limit - call->body.len) {
		buf_add(&call->body, bytes, call->body.limit - call->body.len);
		call->full = true;
		return false;
	}
	buf_add(&call->body, bytes, len);
	return !call->body.failed;
}

static void set_callbacks(struct bufferevent *bev, void *ctx)
{
	bufferevent_setcb(bev, on_read, NULL, on_event, ctx);
}

static bool start(struct client_call *call, bool fresh)
{
	struct client *c = call->client;
	int left_ms = (int)((call->until - clock_monotonic()) / 1000) + 1;

	call->bev = fresh || call->once ? NULL : take_idle(c);
	call->reused = call->connected = call->bev != NULL;
	if (call->bev)
		set_callbacks(call->bev, call);
	else if ((call->bev = dial_open(c->base, c->dns, c->tls, &c->url, set_callbacks, call)) == NULL)
		return false;
	evbuffer_add_reference(bufferevent_get_output(call->bev), buf_text(&call->request), call->request.len, NULL, NULL);
	loop_after(call->timer, call->connected || left_ms < c->connect_ms ? left_ms : c->connect_ms);
	return true;
}

static void compose(struct buf *b, const struct client *c, const struct client_request *r)
{
	const char *method = r->method ? r->method : "GET";

	buf_printf(b, "%s %s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: fenbo\r\n", method, c->url.prefix, r->path, c->host);
	if (r->bearer && *r->bearer)
		buf_printf(b, "Authorization: Bearer %s\r\n", r->bearer);
	if (r->accept)
		buf_printf(b, "Accept: %s\r\n", r->accept);
	if (r->idempotency_key)
		buf_printf(b, "Idempotency-Key: %s\r\n", r->idempotency_key);
	if (r->type)
		buf_printf(b, "Content-Type: %s\r\n", r->type);
	for (const char *const *h = r->headers; h && *h; h++)
		buf_printf(b, "%s\r\n", *h);
	if (r->body_len > 0 || !strcmp(method, "POST"))
		buf_printf(b, "Content-Length: %zu\r\n", r->body_len);
	buf_puts(b, "\r\n");
	buf_add(b, r->body, r->body_len);
}

static bool one_line(const char *s)
{
	return s == NULL || strpbrk(s, "\r\n") == NULL;
}

static bool all_one_line(const struct client_request *r)
{
	bool ok = one_line(r->path) && one_line(r->bearer) && one_line(r->idempotency_key) && one_line(r->type);

	for (const char *const *h = r->headers; h && *h; h++)
		ok = ok && one_line(*h);
	return ok;
}

struct client_call *client_send(struct client *c, const struct client_request *r, client_done_fn done, void *ctx)
{
	struct client_call *call = calloc(1, sizeof *call);
	int deadline_ms = r->deadline_ms > 0 ? r->deadline_ms : DEADLINE_MS;

	if (call == NULL || (call->timer = evtimer_new(c->base, on_timer, call)) == NULL)
		abort(); /* memory is gone (STYLE 17) */
	call->client = c;
	call->done = done;
	call->ctx = ctx;
	call->until = clock_monotonic() + deadline_ms * INT64_C(1000);
	call->body.limit = r->answer_max ? r->answer_max : ANSWER_BYTES;
	call->cut = r->cut;
	call->once = r->once;
	call->repeatable = !r->once && (r->idempotency_key || r->method == NULL || !strcmp(r->method, "GET"));
	call->prev = &c->calls;
	if ((call->next = c->calls))
		call->next->prev = &call->next;
	c->calls = call;
	answer_init(&call->answer, take_body, call);
	compose(&call->request, c, r);
	if (!all_one_line(r))
		err_set(&call->why, ERR_INVALID, "connect", "a line break in a header");
	else if (call->request.failed)
		err_set(&call->why, ERR_TOO_LARGE, "connect", "the request is too large");
	else if (!start(call, false))
		err_set(&call->why, ERR_UNAVAILABLE, "connect", "%s: no connection can be made", c->host);
	if (call->why.code != ERR_OK)
		loop_after(call->timer, 0);
	return call;
}

bool client_answer_ok(const struct client_answer *a, struct err *e)
{
	json_t *j;
	const char *code, *message, *field;

	if (a->status >= 200 && a->status < 300)
		return true;
	j = json_loadb(a->body, a->len, 0, NULL);
	code = json_string_value(json_object_get(j, "error"));
	message = json_string_value(json_object_get(j, "message"));
	field = json_string_value(json_object_get(j, "field"));
	if (code)
		err_set(e, err_by_name(code), field, "%s", message ? message : err_sentence(err_by_name(code)));
	else
		err_set(e, a->status == 503 ? ERR_UNAVAILABLE : a->status == 401 ? ERR_UNKNOWN_KEY :
		    a->status == 413 ? ERR_TOO_LARGE : ERR_INTERNAL, "", "the server answered %d", a->status);
	json_decref(j);
	return false;
}
