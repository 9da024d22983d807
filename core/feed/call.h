/*
 * A blocking face on client.h and sse_client.h, for fenboctl: it turns a loop of its own until the answer is there or the
 * deadline has passed. Not for programs that have a loop.
 */
#ifndef FENBO_FEED_CALL_H
#define FENBO_FEED_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"
#include "core/feed/client.h"
#include "core/feed/sse.h"

struct call; /* opaque: a server and the connection kept to it */

struct call *call_open(const char *url, const char *ca_file, struct err *e); /* NULL with *e set; does not connect yet */
void call_close(struct call *c);

struct call_answer {
	int status, retry_after_s;
	char *body;  /* owned, NUL-terminated; call_answer_free */
	size_t len;
};
/* False with ERR_UNAVAILABLE (not reached, or no answer by the deadline); true when there is an answer, whatever its status. */
bool call_send(struct call *c, const struct client_request *r, struct call_answer *out, struct err *e);
void call_answer_free(struct call_answer *a);
/* True for a 2xx status, else *e is filled from fenbod's JSON error. */
bool call_answer_ok(const struct call_answer *a, struct err *e);

/* Follow the stream at `path` after a cursor (NULL = from now on) until `event` returns false, SIGINT, or an error that waiting
 * cannot mend (401, 403, 410); lost connections are resumed. `idle_ms` > 0 ends it well after so long without an event. */
bool call_follow(struct call *c, const char *path, const char *bearer, const char *after, int idle_ms,
    bool (*event)(void *ctx, const struct sse_event *ev), void *ctx, struct err *e);

#endif
