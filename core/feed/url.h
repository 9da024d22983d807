/*
 * Addresses: an http(s) URL taken apart, and percent escapes. Escapes that are malformed, or that would make a NUL, are
 * refused, not guessed.
 */
#ifndef FENBO_FEED_URL_H
#define FENBO_FEED_URL_H

#include <stdbool.h>
#include <stddef.h>
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

/* Append, escaping all but unreserved characters. */
void url_escape(struct buf *out, const char *text);
/* Decode %XX (and + as a blank when `plus`) into out; false on a bad escape or a NUL. */
bool url_unescape(struct buf *out, const char *text, size_t len, bool plus);

#endif
