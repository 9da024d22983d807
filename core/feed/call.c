#include "core/feed/call.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <signal.h>
#include "core/feed/loop.h"
#include "core/feed/sse_client.h"

struct call {
	struct loop loop;
	struct client *client;
	char *url, *ca_file;
};

struct call *call_open(const char *url, const char *ca_file, struct err *e)
{
	struct call *c = calloc(1, sizeof *c);
	struct client_options o = { .url = url, .ca_file = ca_file };

	if (c == NULL || !loop_open(&c->loop) || (c->url = strdup(url)) == NULL ||
	    (c->ca_file = strdup(ca_file ? ca_file : "")) == NULL) {
		err_set(e, ERR_INTERNAL, "", "out of memory or descriptors");
		call_close(c);
		return NULL;
	}
	if ((c->client = client_new(c->loop.base, c->loop.dns, &o, e)) == NULL) {
		call_close(c);
		return NULL;
	}
	return c;
}

void call_close(struct call *c)
{
	if (c == NULL)
		return;
	client_free(c->client);
	loop_close(&c->loop);
	free(c->url);
	free(c->ca_file);
	free(c);
}

/* --- one request -------------------------------------------------------------------------------------------------- */

struct waiting {
	struct event_base *base;
	struct call_answer *out;
	struct err *e;
	bool ok;
};

static void answered(void *ctx, const struct err *e, const struct client_answer *a)
{
	struct waiting *w = ctx;

	w->ok = e == NULL;
	if (e && w->e) {
		*w->e = *e;
	} else if (a) {
		*w->out = (struct call_answer){ .status = a->status, .retry_after_s = a->retry_after_s, .len = a->len };
		if ((w->out->body = malloc(a->len + 1)) == NULL)
			abort();
		memcpy(w->out->body, a->body, a->len);
		w->out->body[a->len] = '\0';
	}
	event_base_loopbreak(w->base);
}

bool call_send(struct call *c, const struct client_request *r, struct call_answer *out, struct err *e)
{
	struct waiting w = { .base = c->loop.base, .out = out, .e = e };

	*out = (struct call_answer){ 0 };
	client_send(c->client, r, answered, &w);
	event_base_dispatch(c->loop.base);
	return w.ok;
}

void call_answer_free(struct call_answer *a)
{
	free(a->body);
	*a = (struct call_answer){ 0 };
}

bool call_answer_ok(const struct call_answer *a, struct err *e)
{
	struct client_answer b = { .status = a->status, .type = "", .body = a->body, .len = a->len };

	return client_answer_ok(&b, e);
}

/* --- the stream --------------------------------------------------------------------------------------------------- */

struct following {
	struct event_base *base;
	struct event *idle;
	int idle_ms;
	const char *bearer;
	bool (*event)(void *ctx, const struct sse_event *ev);
	void *ctx;
	struct err *e;
	bool ok, stopped;
};

static void give_token(void *ctx, struct sse_client *c)
{
	struct following *f = ctx;

	sse_client_token(c, f->bearer);
}

static void on_state(void *ctx, enum sse_state s, const struct err *why)
{
	struct following *f = ctx;

	if (s != SSE_DOWN || why == NULL ||
	    (why->code != ERR_UNKNOWN_KEY && why->code != ERR_FORBIDDEN && why->code != ERR_GONE &&
	    why->code != ERR_INVALID))
		return;
	if (f->e)
		*f->e = *why;
	f->ok = false;
	event_base_loopbreak(f->base);
}

static void on_event(void *ctx, const struct sse_event *ev)
{
	struct following *f = ctx;

	if (f->stopped) /* the rest of what came with the last one wanted */
		return;
	if (f->idle_ms > 0)
		loop_after(f->idle, f->idle_ms);
	f->stopped = !f->event(f->ctx, ev);
	if (f->stopped)
		event_base_loopbreak(f->base);
}

static void stop(evutil_socket_t fd, short what, void *ctx)
{
	struct following *f = ctx;

	(void)fd, (void)what;
	event_base_loopbreak(f->base);
}

bool call_follow(struct call *c, const char *path, const char *bearer, const char *after, int idle_ms,
    bool (*event)(void *ctx, const struct sse_event *ev), void *ctx, struct err *e)
{
	struct following f = { .base = c->loop.base, .idle_ms = idle_ms, .bearer = bearer, .event = event, .ctx = ctx, .e = e,
		.ok = true };
	struct buf url = { 0 };
	struct sse_client *s;
	struct event *interrupt = evsignal_new(f.base, SIGINT, stop, &f);
	size_t root = strlen(c->url);

	while (root > 0 && c->url[root - 1] == '/')
		root--;
	buf_add(&url, c->url, root);
	buf_puts(&url, path);
	f.idle = evtimer_new(f.base, stop, &f);
	if (f.idle == NULL || interrupt == NULL)
		abort();
	evsignal_add(interrupt, NULL);
	s = sse_client_new(f.base, c->loop.dns, &(struct sse_options){ .url = buf_text(&url),
	    .ca_file = *c->ca_file ? c->ca_file : NULL, .after = after, .token = bearer ? give_token : NULL,
	    .state = on_state, .event = on_event, .ctx = &f }, e);
	f.ok = s != NULL;
	if (s) {
		if (idle_ms > 0)
			loop_after(f.idle, idle_ms);
		event_base_dispatch(f.base);
	}
	sse_client_free(s);
	event_free(f.idle);
	event_free(interrupt);
	buf_free(&url);
	return f.ok;
}
