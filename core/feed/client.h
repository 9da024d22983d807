/*
 * An HTTP/1.1 client on somebody's loop: names by evdns, TLS when the URL says https (the server's name and chain are
 * verified), connections kept alive and reused, a deadline for every call. Used by the console for what it asks of
 * fenbod, and by call.h for fenboctl.
 */
#ifndef FENBO_FEED_CLIENT_H
#define FENBO_FEED_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

struct event_base;
struct evdns_base;
struct client;      /* opaque: one server */
struct client_call; /* opaque: one call under way */

struct client_options {
	const char *url;     /* http://host[:port][/prefix] or https://…; copied */
	const char *ca_file; /* PEM file to trust; NULL = the system's */
	int connect_ms;      /* until connected; default 2000 */
};

/* NULL with *e set when the URL or the CA file is no good. Nothing is sent yet. */
struct client *client_new(struct event_base *base, struct evdns_base *dns, const struct client_options *o, struct err *e);
void client_free(struct client *c); /* calls under way are forgotten: their done is not called */

struct client_request {
	const char *method;          /* "GET" (default) or "POST" */
	const char *path;            /* "/v1/appeals?…", after the URL's prefix */
	const char *bearer;          /* key or ticket; NULL = none. Never logged */
	const char *type;            /* Content-Type of the body; NULL = none */
	const char *accept;          /* Accept; NULL = none */
	const char *idempotency_key; /* NULL = none */
	const char *const *headers;  /* further ones, "Name: value", ended by NULL; NULL = none */
	bool once;                   /* never sent again by itself, and over a fresh connection */
	const void *body;            /* copied */
	size_t body_len;
	int deadline_ms;             /* for the whole call; default 30000 */
	size_t answer_max;           /* bytes of body taken; default 64 MiB */
	bool cut;                    /* a longer body is cut there and is an answer all the same, not ERR_TOO_LARGE */
};
struct client_answer {
	int status;
	int retry_after_s;           /* 0 when not said */
	const char *type;            /* Content-Type, "" when none */
	const char *body;            /* NUL-terminated beyond len; borrowed for the call of done */
	size_t len;
};

/* `done` is called exactly once, later from the loop: e is NULL and a is the answer, whatever its status, or e says why
 * there is none (ERR_UNAVAILABLE: the request may or may not have been carried out, or, with the field "connect", no byte of it was
 * sent; ERR_TOO_LARGE). */
typedef void (*client_done_fn)(void *ctx, const struct err *e, const struct client_answer *a);
struct client_call *client_send(struct client *c, const struct client_request *r, client_done_fn done, void *ctx);
/* Forget a call: done is not called any more. Only before done was called. */
void client_cancel(struct client_call *call);

/* Turn an answer with an error status and fenbod's JSON body into *e. Returns false, like err_set; true when the status is 2xx. */
bool client_answer_ok(const struct client_answer *a, struct err *e);

#endif
