/*
 * Who may be called: the file [outbox] receivers of fenbo.ini. Addresses of units and channels are data that people import; this file is
 * the machine's administrator's, and what no line of it covers is never called. One receiver a line, blanks between:
 *
 *     https://zjj.example.gov.cn/fenbo/   idempotent   the-secret-that-signs
 *     http://10.0.0.7:8080/hook           once         another-secret
 *
 * A URL is covered by a line of the same scheme, host and port whose path is its own, or a folder above it. `idempotent`: the receiver
 * acts once for each Idempotency-Key, so a message of unknown fate is sent again; `once`: it is parked for a person. Of several lines
 * the one with the longest path holds. # begins a comment line.
 */
#ifndef FENBO_FEED_RECEIVERS_H
#define FENBO_FEED_RECEIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"
#include "core/feed/url.h"

struct receiver {
	struct url url;
	bool idempotent;
	char secret[256];
};
struct receivers {
	struct receiver *list; /* owned */
	size_t count;
};

/* The text of such a file; false with *e (the field is "line N") and nothing in *out. */
bool receivers_parse(const char *text, size_t len, struct receivers *out, struct err *e);
/* The same from a file, which nobody but its owner and group may read; "" = nobody may be called. */
bool receivers_load(const char *path, struct receivers *out, struct err *e);
void receivers_free(struct receivers *r);

/* The receiver that covers this URL; NULL = it must not be called. On success the URL's server and the path with its query are in
 * *base ("https://host:port") and *path, both to be freed by nobody: they live in the caller's buffers. */
struct receiver_target {
	char base[300];
	char path[1200];
};
const struct receiver *receivers_find(const struct receivers *r, const char *url, struct receiver_target *t);
/* An absolute http(s) URL taken apart into server and path; false when it is none, or holds what no address should: a user, blanks, controls,
 * "..", a point or slash in disguise (%2e, %2f, %5c), a fragment. */
bool receiver_split(const char *url, struct url *u, struct receiver_target *t);

#endif
