/*
 * Addresses and forms: an http(s) URL taken apart, and name=value pairs of a query or an
 * application/x-www-form-urlencoded body decoded. Percent escapes that are malformed, or that would make a NUL, are refused, not guessed.
 */
#ifndef FENBO_FEED_URL_H
#define FENBO_FEED_URL_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

struct url {
	bool tls;
	char host[256];   /* without brackets */
	int port;
	char prefix[256]; /* path without a trailing slash; "" at the root */
};
bool url_parse(const char *text, struct url *out, struct err *e);
/* "host:port" as it stands in a Host header. */
void url_authority(const struct url *u, char *out, size_t size);

struct form_pair { const char *name, *value; };
struct form {
	struct form_pair *pair; /* in the order given */
	int count;
};
enum { FORM_PAIRS_MAX = 256 };

/* Everything is copied into the arena. False with ERR_INVALID (a bad escape, too many pairs). */
bool form_parse(struct arena *a, const char *text, size_t len, struct form *out, struct err *e);
const char *form_get(const struct form *f, const char *name); /* first value, or NULL */

/* Append, escaping all but unreserved characters. */
void url_escape(struct buf *out, const char *text);
/* Decode %XX (and + as a blank when `plus`) into out; false on a bad escape or a NUL. */
bool url_unescape(struct buf *out, const char *text, size_t len, bool plus);

#endif
