/*
 * Follows one event stream for as long as the program lives: connects, resumes after the last id seen, notices silence and
 * loss, and comes back with back-off. A killed daemon is noticed at once (reset), a vanished machine within 2 s (TCP keep-alive
 * and TCP_USER_TIMEOUT), a hung one after `silence_ms` without even a comment.
 */
#ifndef FENBO_FEED_SSE_CLIENT_H
#define FENBO_FEED_SSE_CLIENT_H

#include <stdbool.h>
#include "core/base/err.h"
#include "core/feed/sse.h"

struct event_base;
struct evdns_base;
struct sse_client; /* opaque */

enum sse_state { SSE_DOWN, SSE_CONNECTING, SSE_OPEN };

struct sse_options {
	const char *url;     /* of the stream, e.g. http://127.0.0.1:8311/v1/feed; copied */
	const char *ca_file; /* PEM to trust; NULL = the system's */
	const char *after;   /* cursor to resume after; NULL or "" = from now on */
	bool wait;           /* do not connect until sse_client_resume is called */
	int silence_ms;      /* default 20000 */
	int connect_ms;      /* from the attempt to the answer's head; default 2000 */
	int retry_min_ms;    /* first wait after a loss; default 200, doubled each time */
	int retry_max_ms;    /* default 2000 */
	/* Asked before every attempt. Answer with sse_client_token, at once or later (a ticket from the database takes a
	 * while); no answer, no attempt. May be NULL: no token. */
	void (*token)(void *ctx, struct sse_client *c);
	/* Every change of state; `why` only with SSE_DOWN (ERR_UNAVAILABLE, ERR_UNKNOWN_KEY, ERR_FORBIDDEN, ERR_GONE …). */
	void (*state)(void *ctx, enum sse_state s, const struct err *why);
	/* Each event, in order. Borrowed for the call. The client remembers the id only after this returns. */
	void (*event)(void *ctx, const struct sse_event *ev);
	/* 410: the cursor is older than what is kept. Nothing happens any more until sse_client_resume: take a snapshot, then
	 * resume from its cursor. */
	void (*gone)(void *ctx);
	void *ctx;
};

struct sse_client *sse_client_new(struct event_base *base, struct evdns_base *dns, const struct sse_options *o, struct err *e);
void sse_client_free(struct sse_client *c); /* no callback after this */
void sse_client_token(struct sse_client *c, const char *bearer); /* NULL or "": none to be had now, ask again after a while */
/* (Re)connect now, after this cursor; NULL keeps the last id seen. */
void sse_client_resume(struct sse_client *c, const char *after);
enum sse_state sse_client_state(const struct sse_client *c);
const char *sse_client_last_id(const struct sse_client *c); /* borrowed */

#endif
