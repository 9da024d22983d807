/*
 * An HTTP/1.1 server on the loop: evhttp for the protocol, this module for what fenbod needs around it: one handler for
 * everything, bounds on head and body, requests that may be answered later, and streams that stay open. A handler gets a
 * request and owes it exactly one answer (or one stream); if the other end has gone meanwhile the answer goes nowhere.
 */
#ifndef FENBO_FEED_HTTP_H
#define FENBO_FEED_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/feed/form.h"

struct event_base;
struct buf;
struct http;         /* opaque: the server */
struct http_request; /* opaque: until it is answered */
struct http_stream;  /* opaque: an answer that goes on */

struct http_options {
	const char *address; /* numeric */
	int port;            /* 0 = any free one */
	const char *cert, *key; /* PEM files; NULL or "" = plain HTTP */
	size_t head_bytes;   /* of a request's head; default 32 KiB */
	size_t body_bytes;   /* more is answered 413 */
	int idle_s;          /* a connection that sends nothing for so long is closed */
	int request_ms, request_rate; /* pace.h; 0 ms = a request may take any time to come */
	int under_way;       /* requests and streams not ended; one more is answered 503 */
	/* Called for every request, from the loop. */
	void (*handle)(void *ctx, struct http_request *r);
	/* Called for every answer, for metrics and the log: status, and microseconds since the request was whole. May be NULL. */
	void (*answered)(void *ctx, const struct http_request *r, int status, usec_t took_us);
	void *ctx;
};

struct http *http_new(struct event_base *base, const struct http_options *o, struct err *e); /* NULL with *e set */
int http_port(const struct http *h);
int http_streams(const struct http *h);
int http_pending(const struct http *h); /* requests not answered yet, and answers not sent yet */
void http_stop(struct http *h);         /* accept no more; what is under way goes on, connections close after their answer */
void http_free(struct http *h);
/* SIGHUP: new bounds and certificate; address and port stay. False with *e set, and nothing changed. */
bool http_reload(struct http *h, const struct http_options *o, struct err *e);

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };
enum http_method http_method(const struct http_request *r);
const char *http_path(const struct http_request *r);  /* decoded, begins with "/" */
const struct form *http_query(struct http_request *r, struct err *e); /* NULL with *e set when it is malformed */
const char *http_header(const struct http_request *r, const char *name); /* NULL when absent */
/* The whole body, NUL after it. Borrowed until the answer. */
const char *http_body(struct http_request *r, size_t *len);
struct arena *http_arena(struct http_request *r);     /* lives as long as the request */
const char *http_peer(const struct http_request *r);  /* address of the other end */

/* --- answers: each ends the request ------------------------------------------------------------------------------- */

/* A header of the answer to come; the values are copied. */
void http_set(struct http_request *r, const char *name, const char *value);
void http_answer(struct http_request *r, int status, const char *type, const char *body, size_t len);
/* {"error", "message", "field"?} with the code's status. */
void http_fail(struct http_request *r, const struct err *e);

/* An answer of status 200 that goes on. `ended` is called once, when the other end has gone or http_stream_end was called;
 * the stream is invalid from then on. */
struct http_stream *http_stream_begin(struct http_request *r, const char *type,
    void (*ended)(void *ctx, struct http_stream *s), void *ctx);
/* Frame bytes as one chunk, once, for any number of streams. */
void http_chunk(struct buf *out, const char *bytes, size_t len);
/* Send a framed chunk without copying: `release` is called when these bytes have been sent or the stream has ended. */
void http_stream_send(struct http_stream *s, const char *bytes, size_t len,
    void (*release)(const void *bytes, size_t len, void *arg), void *arg);
size_t http_stream_waiting(const struct http_stream *s); /* bytes not yet taken by the kernel */
void http_stream_end(struct http_stream *s);             /* at once; what is not sent is dropped */

#endif
