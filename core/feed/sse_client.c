#include "core/feed/sse_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include "core/feed/answer.h"
#include "core/feed/dial.h"
#include "core/feed/loop.h"
#include "core/feed/tls.h"

enum { SILENCE_MS = 20000, CONNECT_MS = 2000, RETRY_MIN_MS = 200, RETRY_MAX_MS = 2000 };

/* What the one timer is running for. */
enum waiting { FOR_NOTHING, FOR_RETRY, FOR_TOKEN, FOR_HEAD, FOR_WORD };

struct sse_client {
	struct event_base *base;
	struct evdns_base *dns;
	struct ssl_ctx_st *tls;
	struct url url;
	char host[300];
	struct sse_options o;
	enum sse_state state;
	enum waiting waiting;
	struct event *timer;
	struct bufferevent *bev;
	struct answer answer;
	struct sse_decoder decoder;
	struct buf last_id;
	int retry_ms;
	bool halted; /* told of 410, waits for sse_client_resume */
	/* A callback may free the client or ask for a new start: that is done when the outermost of our functions leaves. */
	int depth;
	bool dead, again;
};

static void attempt(struct sse_client *c);

static void set_state(struct sse_client *c, enum sse_state s, const struct err *why)
{
	if (c->state == s && why == NULL)
		return;
	c->state = s;
	if (c->o.state)
		c->o.state(c->o.ctx, s, why);
}

static void wait_for(struct sse_client *c, enum waiting w, int ms)
{
	c->waiting = w;
	if (w == FOR_NOTHING)
		evtimer_del(c->timer);
	else
		loop_after(c->timer, ms);
}

static void hang_up(struct sse_client *c)
{
	if (c->bev)
		bufferevent_free(c->bev);
	c->bev = NULL;
	answer_free(&c->answer);
	answer_init(&c->answer, NULL, NULL);
	sse_decoder_reset(&c->decoder);
}

/* The connection is no good any more. Waits a while, longer each time, and tries again. */
static void lost(struct sse_client *c, enum err_code code, const char *why)
{
	struct err e;

	err_set(&e, code, "", "%s: %s", c->host, why);
	hang_up(c);
	wait_for(c, FOR_RETRY, c->retry_ms);
	c->retry_ms = c->retry_ms * 2 < c->o.retry_max_ms ? c->retry_ms * 2 : c->o.retry_max_ms;
	set_state(c, SSE_DOWN, &e);
}

static void destroy(struct sse_client *c)
{
	hang_up(c);
	event_free(c->timer);
	tls_free(c->tls);
	sse_decoder_free(&c->decoder);
	answer_free(&c->answer);
	buf_free(&c->last_id);
	free(c);
}

static void enter(struct sse_client *c)
{
	c->depth++;
}

static void leave(struct sse_client *c)
{
	if (--c->depth > 0)
		return;
	if (c->dead) {
		destroy(c);
	} else if (c->again) {
		c->again = false;
		hang_up(c);
		attempt(c);
	}
}

static void refused(struct sse_client *c)
{
	struct err e;

	switch (c->answer.status) {
	case 410:
		hang_up(c);
		wait_for(c, FOR_NOTHING, 0);
		c->halted = true;
		err_set(&e, ERR_GONE, "", "%s: %s", c->host, err_sentence(ERR_GONE));
		set_state(c, SSE_DOWN, &e);
		if (c->o.gone && !c->dead)
			c->o.gone(c->o.ctx);
		return;
	case 400:
		lost(c, ERR_INVALID, "the cursor is none of this stream");
		return;
	case 401:
		lost(c, ERR_UNKNOWN_KEY, "the stream was refused");
		return;
	case 403:
		lost(c, ERR_FORBIDDEN, "the stream was refused");
		return;
	case 429:
		lost(c, ERR_TOO_MANY, "too many requests");
		return;
	default:
		lost(c, ERR_UNAVAILABLE, "the server did not open the stream");
	}
}

static bool on_event_of_stream(void *ctx, const struct sse_event *ev)
{
	struct sse_client *c = ctx;

	if (c->o.event)
		c->o.event(c->o.ctx, ev);
	if (c->dead || c->again)
		return false;
	buf_reset(&c->last_id);
	buf_puts(&c->last_id, ev->id);
	return true;
}

static bool on_body(void *ctx, const char *bytes, size_t len)
{
	struct sse_client *c = ctx;

	if (c->answer.status != 200)
		return true;
	if (c->state != SSE_OPEN) {
		c->retry_ms = c->o.retry_min_ms;
		set_state(c, SSE_OPEN, NULL);
	}
	return !c->dead && !c->again && sse_decode(&c->decoder, bytes, len);
}

static void take(struct sse_client *c, const char *bytes, size_t len)
{
	bool ok = answer_take(&c->answer, bytes, len);

	if (c->dead || c->again)
		return;
	if (!ok)
		lost(c, ERR_UNAVAILABLE, "the stream is malformed");
	else if (answer_head_done(&c->answer) && c->answer.status != 200)
		refused(c);
	else if (c->answer.state == ANSWER_DONE)
		lost(c, ERR_UNAVAILABLE, "the stream ended");
	else if (answer_head_done(&c->answer)) {
		wait_for(c, FOR_WORD, c->o.silence_ms);
		if (c->state != SSE_OPEN) {
			c->retry_ms = c->o.retry_min_ms;
			set_state(c, SSE_OPEN, NULL);
		}
	}
}

static void on_read(struct bufferevent *bev, void *ctx)
{
	struct sse_client *c = ctx;
	struct evbuffer *in = bufferevent_get_input(bev);

	enter(c);
	while (c->bev == bev && !c->dead && !c->again && evbuffer_get_length(in) > 0) {
		char bytes[16384]; /* copied out: losing the connection frees the bufferevent */
		int n = evbuffer_remove(in, bytes, sizeof bytes);

		if (n <= 0)
			break;
		take(c, bytes, (size_t)n);
	}
	leave(c);
}

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
	struct sse_client *c = ctx;
	char why[200];

	enter(c);
	if (what & BEV_EVENT_CONNECTED) {
		dial_connected(bev);
	} else {
		dial_why(bev, what, why, sizeof why);
		lost(c, ERR_UNAVAILABLE, why);
	}
	leave(c);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct sse_client *c = ctx;

	(void)fd, (void)what;
	enter(c);
	switch (c->waiting) {
	case FOR_RETRY:
	case FOR_TOKEN: /* the token never came: ask again */
		attempt(c);
		break;
	case FOR_HEAD:
		lost(c, ERR_UNAVAILABLE, "no answer in time");
		break;
	case FOR_WORD:
		lost(c, ERR_UNAVAILABLE, "silent for too long");
		break;
	case FOR_NOTHING:
		break;
	}
	leave(c);
}

/* --- an attempt --------------------------------------------------------------------------------------------------- */

static void set_callbacks(struct bufferevent *bev, void *ctx)
{
	bufferevent_setcb(bev, on_read, NULL, on_event, ctx);
}

static void dial(struct sse_client *c, const char *bearer)
{
	struct buf b = { 0 };
	char beat[24] = "";

	hang_up(c);
	answer_init(&c->answer, on_body, c);
	wait_for(c, FOR_HEAD, c->o.connect_ms);
	if ((c->bev = dial_open(c->base, c->dns, c->tls, &c->url, set_callbacks, c)) == NULL) {
		lost(c, ERR_UNAVAILABLE, "no connection can be made");
		return;
	}
	/* Who wants to notice silence sooner than others asks to hear something sooner. */
	if (c->o.silence_ms < SILENCE_MS)
		snprintf(beat, sizeof beat, "?beat=%d", c->o.silence_ms < 2000 ? 1 : c->o.silence_ms / 2000);
	buf_printf(&b, "GET %s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: fenbo\r\nAccept: text/event-stream\r\n",
	    c->url.prefix, beat, c->host);
	if (bearer && *bearer)
		buf_printf(&b, "Authorization: Bearer %s\r\n", bearer);
	if (c->last_id.len)
		buf_printf(&b, "Last-Event-ID: %s\r\n", buf_text(&c->last_id));
	buf_puts(&b, "\r\n");
	bufferevent_write(c->bev, b.data, b.len);
	buf_free(&b);
}

static void attempt(struct sse_client *c)
{
	set_state(c, SSE_CONNECTING, NULL);
	if (c->dead || c->again)
		return;
	if (c->o.token == NULL) {
		dial(c, NULL);
		return;
	}
	wait_for(c, FOR_TOKEN, c->o.silence_ms);
	c->o.token(c->o.ctx, c);
}

void sse_client_token(struct sse_client *c, const char *bearer)
{
	if (c->waiting != FOR_TOKEN || c->dead)
		return;
	enter(c);
	if (bearer && *bearer && strpbrk(bearer, "\r\n") == NULL)
		dial(c, bearer);
	else
		lost(c, ERR_UNKNOWN_KEY, "there is no token for the stream");
	leave(c);
}

void sse_client_resume(struct sse_client *c, const char *after)
{
	if (after && strpbrk(after, "\r\n") == NULL) {
		buf_reset(&c->last_id);
		buf_puts(&c->last_id, after);
	}
	c->halted = false;
	c->retry_ms = c->o.retry_min_ms;
	c->again = true;
	enter(c);
	leave(c);
}

struct sse_client *sse_client_new(struct event_base *base, struct evdns_base *dns, const struct sse_options *o, struct err *e)
{
	struct sse_client *c = calloc(1, sizeof *c);

	if (c == NULL || (c->timer = evtimer_new(base, on_timer, c)) == NULL) {
		free(c);
		err_set(e, ERR_INTERNAL, "", "out of memory");
		return NULL;
	}
	c->base = base;
	c->dns = dns;
	c->o = *o;
	c->o.silence_ms = o->silence_ms > 0 ? o->silence_ms : SILENCE_MS;
	c->o.connect_ms = o->connect_ms > 0 ? o->connect_ms : CONNECT_MS;
	c->o.retry_min_ms = o->retry_min_ms > 0 ? o->retry_min_ms : RETRY_MIN_MS;
	c->o.retry_max_ms = o->retry_max_ms > 0 ? o->retry_max_ms : RETRY_MAX_MS;
	c->o.url = c->o.ca_file = c->o.after = NULL; /* not borrowed beyond this call */
	c->retry_ms = c->o.retry_min_ms;
	sse_decoder_init(&c->decoder, on_event_of_stream, c);
	if (!url_parse(o->url, &c->url, e) || (c->url.tls && (c->tls = tls_client(o->ca_file, e)) == NULL)) {
		destroy(c);
		return NULL;
	}
	url_authority(&c->url, c->host, sizeof c->host);
	if (o->after)
		buf_puts(&c->last_id, o->after);
	/* The first attempt is made by the loop, so that no callback comes before the caller knows the client. */
	if (o->wait)
		c->halted = true;
	else
		wait_for(c, FOR_RETRY, 0);
	return c;
}

void sse_client_free(struct sse_client *c)
{
	if (c == NULL)
		return;
	c->dead = true;
	c->o.state = NULL;
	c->o.event = NULL;
	c->o.gone = NULL;
	c->o.token = NULL;
	if (c->depth == 0)
		destroy(c);
}

enum sse_state sse_client_state(const struct sse_client *c)
{
	return c->state;
}

const char *sse_client_last_id(const struct sse_client *c)
{
	return buf_text(&c->last_id);
}
