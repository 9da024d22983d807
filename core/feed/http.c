#include "core/feed/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "core/base/buf.h"
#include "core/feed/pace.h"
#include "core/feed/tls.h"
#include "core/feed/url.h"

enum { HEAD_BYTES = 32 * 1024, BODY_SLACK = 256 * 1024, STALLED_S = 30 };

struct http {
	struct event_base *base;
	struct evhttp *ev;
	struct evhttp_bound_socket *bound; /* NULL once stopped */
	struct ssl_ctx_st *tls;
	struct pace *pace;
	struct http_options o;
	int port, pending, sending, streams;
	bool stopping;
};

struct http_request {
	struct http *http;
	struct evhttp_request *ev;
	struct arena arena;
	struct form query;
	bool query_done, body_done;
	char *path;
	char *peer;
	usec_t begun; /* monotonic */
};

struct http_stream {
	struct http *http;
	struct evhttp_request *ev; /* NULL while we close it ourselves */
	struct evhttp_connection *con;
	struct bufferevent *bev;
	void (*ended)(void *ctx, struct http_stream *s);
	void *ctx;
};

/* --- requests ----------------------------------------------------------------------------------------------------- */

enum http_method http_method(const struct http_request *r)
{
	switch (evhttp_request_get_command(r->ev)) {
	case EVHTTP_REQ_GET:
		return HTTP_GET;
	case EVHTTP_REQ_HEAD:
		return HTTP_HEAD;
	case EVHTTP_REQ_POST:
		return HTTP_POST;
	default:
		return HTTP_OTHER;
	}
}

const char *http_path(const struct http_request *r)
{
	return r->path;
}

const struct form *http_query(struct http_request *r, struct err *e)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r->ev);
	const char *query = uri ? evhttp_uri_get_query(uri) : NULL;

	if (!r->query_done && query && !form_parse(&r->arena, query, strlen(query), &r->query, e))
		return NULL;
	r->query_done = true;
	return &r->query;
}

const char *http_header(const struct http_request *r, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(r->ev), name);
}

const char *http_body(struct http_request *r, size_t *len)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(r->ev);
	const char *bytes;

	if (!r->body_done)
		evbuffer_add(in, "", 1);
	r->body_done = true;
	*len = evbuffer_get_length(in) - 1;
	bytes = (const char *)evbuffer_pullup(in, -1);
	if (bytes == NULL)
		*len = 0;
	return bytes ? bytes : "";
}

struct arena *http_arena(struct http_request *r)
{
	return &r->arena;
}

const char *http_peer(const struct http_request *r)
{
	return r->peer;
}

static void request_free(struct http_request *r)
{
	struct arena a = r->arena; /* the request lies in its own arena */

	r->http->pending--;
	arena_free(&a);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

void http_set(struct http_request *r, const char *name, const char *value)
{
	evhttp_remove_header(evhttp_request_get_output_headers(r->ev), name);
	evhttp_add_header(evhttp_request_get_output_headers(r->ev), name, value);
}

static int socket_of(struct evhttp_connection *con)
{
	return con ? (int)bufferevent_getfd(evhttp_connection_get_bufferevent(con)) : -1;
}

static void sent(struct evhttp_request *ev, void *ctx)
{
	struct http *h = ctx;

	(void)ev;
	h->sending--;
}

void http_answer(struct http_request *r, int status, const char *type, const char *body, size_t len)
{
	struct evbuffer *out = evhttp_request_get_output_buffer(r->ev);
	struct http *h = r->http;
	struct evhttp_connection *con;
	char length[24];

	if (type)
		http_set(r, "Content-Type", type);
	if (h->stopping)
		http_set(r, "Connection", "close");
	if (http_method(r) == HTTP_HEAD) {
		snprintf(length, sizeof length, "%zu", len);
		http_set(r, "Content-Length", length);
	} else {
		evbuffer_add(out, body, len);
	}
	if (h->o.answered)
		h->o.answered(h->o.ctx, r, status, clock_monotonic() - r->begun);
	if (h->stopping && evhttp_request_get_connection(r->ev)) { /* whoever stops us waits until it is out */
		h->sending++;
		evhttp_request_set_on_complete_cb(r->ev, sent, h);
	}
	if ((con = evhttp_request_get_connection(r->ev)) != NULL)
		pace_answered(h->pace, socket_of(con),
		    evbuffer_get_length(bufferevent_get_input(evhttp_connection_get_bufferevent(con))) > 0);
	evhttp_send_reply(r->ev, status, NULL, NULL);
	request_free(r);
}

void http_fail(struct http_request *r, const struct err *e)
{
	json_t *j = json_pack("{s:s, s:s}", "error", err_name(e->code), "message",
	    e->message[0] ? e->message : err_sentence(e->code));
	char *text;

	if (e->field[0])
		json_object_set_new(j, "field", json_string(e->field));
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	if (text == NULL)
		text = strdup("{\"error\":\"internal\",\"message\":\"\"}");
	if ((e->code == ERR_UNAVAILABLE || e->code == ERR_TOO_MANY) &&
	    !evhttp_find_header(evhttp_request_get_output_headers(r->ev), "Retry-After"))
		http_set(r, "Retry-After", "1");
	http_answer(r, err_http(e->code), "application/json; charset=utf-8", text, text ? strlen(text) : 0);
	free(text);
}

/* --- streams ------------------------------------------------------------------------------------------------------ */

static void stream_closed(struct evhttp_connection *con, void *ctx)
{
	struct http_stream *s = ctx;

	(void)con;
	s->http->streams--;
	s->ended(s->ctx, s);
	/* When the other end went first, evhttp has let go of the request and leaves it to us. */
	if (s->ev)
		evhttp_request_free(s->ev);
	free(s);
}

struct http_stream *http_stream_begin(struct http_request *r, const char *type,
    void (*ended)(void *ctx, struct http_stream *s), void *ctx)
{
	struct http_stream *s;
	struct timeval stalled = { .tv_sec = STALLED_S };

	if (r->ev->major < 1 || (r->ev->major == 1 && r->ev->minor < 1) || http_method(r) != HTTP_GET) {
		struct err e;

		err_set(&e, ERR_INVALID, "", "a stream needs GET and HTTP/1.1");
		http_fail(r, &e);
		return NULL;
	}
	if ((s = calloc(1, sizeof *s)) == NULL)
		abort();
	*s = (struct http_stream){ .http = r->http, .ev = r->ev, .ended = ended, .ctx = ctx,
		.con = evhttp_request_get_connection(r->ev) };
	s->bev = evhttp_connection_get_bufferevent(s->con);
	http_set(r, "Content-Type", type);
	http_set(r, "Cache-Control", "no-store");
	http_set(r, "X-Accel-Buffering", "no");
	evhttp_send_reply_start(r->ev, 200, NULL);
	evhttp_connection_set_closecb(s->con, stream_closed, s);
	/* Nothing more is read from a listener but its end; a full socket that takes nothing for so long is as good as gone. */
	bufferevent_setwatermark(s->bev, EV_READ, 0, 1024);
	bufferevent_set_timeouts(s->bev, NULL, &stalled);
	r->http->streams++;
	if (r->http->o.answered)
		r->http->o.answered(r->http->o.ctx, r, 200, clock_monotonic() - r->begun);
	request_free(r);
	return s;
}

void http_chunk(struct buf *out, const char *bytes, size_t len)
{
	buf_printf(out, "%zx\r\n", len);
	buf_add(out, bytes, len);
	buf_puts(out, "\r\n");
}

void http_stream_send(struct http_stream *s, const char *bytes, size_t len,
    void (*release)(const void *bytes, size_t len, void *arg), void *arg)
{
	if (evbuffer_add_reference(bufferevent_get_output(s->bev), bytes, len, release, arg) != 0 && release)
		release(bytes, len, arg);
}

size_t http_stream_waiting(const struct http_stream *s)
{
	return evbuffer_get_length(bufferevent_get_output(s->bev));
}

void http_stream_end(struct http_stream *s)
{
	s->ev = NULL; /* freed with the connection */
	evhttp_connection_free(s->con);
}

/* --- the server --------------------------------------------------------------------------------------------------- */

static void handle(struct evhttp_request *ev, void *ctx)
{
	struct http *h = ctx;
	struct arena arena = { 0 };
	struct http_request *r = arena_alloc(&arena, sizeof *r);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(ev);
	const char *raw = uri ? evhttp_uri_get_path(uri) : NULL;
	struct buf path = { 0 };
	struct err e;
	char *peer = NULL;
	ev_uint16_t port;
	bool ok;

	if (r == NULL)
		abort();
	r->http = h;
	r->ev = ev;
	r->begun = clock_monotonic();
	r->arena = arena;
	h->pending++;
	pace_whole(h->pace, socket_of(evhttp_request_get_connection(ev)));
	evhttp_connection_get_peer(evhttp_request_get_connection(ev), &peer, &port);
	r->peer = arena_strdup(&r->arena, peer ? peer : "");
	ok = raw && *raw == '/' && url_unescape(&path, raw, strlen(raw), false);
	r->path = arena_strdup(&r->arena, ok ? buf_text(&path) : "/");
	buf_free(&path);
	if (!ok) {
		err_set(&e, ERR_INVALID, "", "the path is malformed");
		http_fail(r, &e);
	} else if (evbuffer_get_length(evhttp_request_get_input_buffer(ev)) > h->o.body_bytes) {
		err_set(&e, ERR_TOO_LARGE, "", "a body has at most %zu bytes", h->o.body_bytes);
		http_set(r, "Connection", "close");
		http_fail(r, &e);
	} else if (h->pending + h->streams > h->o.under_way) {
		err_set(&e, ERR_UNAVAILABLE, "", "too many requests are under way");
		http_fail(r, &e);
	} else {
		h->o.handle(h->o.ctx, r);
	}
}

static struct bufferevent *new_connection(struct event_base *base, void *ctx)
{
	struct http *h = ctx;
	struct ssl_st *ssl = h->tls ? tls_accept(h->tls) : NULL;
	struct bufferevent *bev;

	if (h->tls && ssl == NULL)
		return NULL;
	if (h->tls == NULL)
		bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	else
		bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (bev && h->tls)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	if (bev)
		pace_watch(h->pace, bev, h->tls != NULL);
	return bev;
}

static void set_bounds(struct http *h, const struct http_options *o)
{
	h->o = *o;
	h->o.address = h->o.cert = h->o.key = NULL; /* not borrowed */
	if (h->o.head_bytes == 0)
		h->o.head_bytes = HEAD_BYTES;
	evhttp_set_max_headers_size(h->ev, (ev_ssize_t)h->o.head_bytes);
	/* More than allowed is read, so that most of what is too large gets an answer in our own form; beyond that evhttp says 413 itself. */
	evhttp_set_max_body_size(h->ev, (ev_ssize_t)(h->o.body_bytes + h->o.body_bytes / 4 + BODY_SLACK));
	evhttp_set_timeout(h->ev, o->idle_s > 0 ? o->idle_s : 60);
	pace_configure(h->pace, o->request_ms, o->request_rate);
}

static bool read_port(struct http *h)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof a;
	int fd = evhttp_bound_socket_get_fd(h->bound), one = 1;

	if (getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return false;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* inherited by what it accepts */
	h->port = ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&a)->sin6_port :
	    ((struct sockaddr_in *)(void *)&a)->sin_port);
	return true;
}

struct http *http_new(struct event_base *base, const struct http_options *o, struct err *e)
{
	struct http *h = calloc(1, sizeof *h);

	if (h == NULL || (h->pace = pace_new(base)) == NULL || (h->ev = evhttp_new(base)) == NULL) {
		if (h)
			pace_free(h->pace);
		free(h);
		err_set(e, ERR_INTERNAL, "", "out of memory");
		return NULL;
	}
	h->base = base;
	set_bounds(h, o);
	evhttp_set_allowed_methods(h->ev, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
	    EVHTTP_REQ_PATCH | EVHTTP_REQ_OPTIONS);
	evhttp_set_flags(h->ev, EVHTTP_SERVER_LINGERING_CLOSE);
	evhttp_set_default_content_type(h->ev, NULL);
	evhttp_set_gencb(h->ev, handle, h);
	evhttp_set_bevcb(h->ev, new_connection, h);
	if (o->cert && *o->cert && (h->tls = tls_server(o->cert, o->key, e)) == NULL) {
		http_free(h);
		return NULL;
	}
	h->bound = evhttp_bind_socket_with_handle(h->ev, o->address, (ev_uint16_t)o->port);
	if (h->bound == NULL || !read_port(h)) {
		err_set(e, ERR_UNAVAILABLE, "listen", "cannot listen on %s port %d: %s", o->address, o->port,
		    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
		http_free(h);
		return NULL;
	}
	return h;
}

bool http_reload(struct http *h, const struct http_options *o, struct err *e)
{
	struct ssl_ctx_st *tls = NULL;

	if (o->cert && *o->cert && (tls = tls_server(o->cert, o->key, e)) == NULL)
		return false;
	tls_free(h->tls); /* connections hold their own count */
	h->tls = tls;
	set_bounds(h, o);
	return true;
}

int http_port(const struct http *h)
{
	return h->port;
}

int http_streams(const struct http *h)
{
	return h->streams;
}

int http_pending(const struct http *h)
{
	return h->pending + h->sending;
}

void http_stop(struct http *h)
{
	if (h->bound)
		evhttp_del_accept_socket(h->ev, h->bound);
	h->bound = NULL;
	h->stopping = true;
}

void http_free(struct http *h)
{
	if (h == NULL)
		return;
	evhttp_free(h->ev);
	pace_free(h->pace);
	tls_free(h->tls);
	free(h);
}
