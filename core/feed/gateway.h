/*
 * The request that a gateway for short messages wants, out of patterns with {phone}, {text} and {key}: each value is escaped for where it
 * stands, so that a message cannot become anything but its own text. In a JSON pattern braces of JSON stand as they are.
 */
#ifndef FENBO_FEED_GATEWAY_H
#define FENBO_FEED_GATEWAY_H

#include <stdbool.h>
#include "core/base/buf.h"

enum gateway_form {
	GATEWAY_QUERY, /* percent escapes: a URL's query, a form */
	GATEWAY_JSON,  /* the inside of a JSON string */
	GATEWAY_PLAIN  /* a header's value: {key} alone is filled in */
};

struct gateway_message {
	const char *phone, *text, *key;
};

/* Append the filled pattern. */
void gateway_fill(struct buf *out, const char *pattern, enum gateway_form form, const struct gateway_message *m);
/* Does the pattern name the telephone and the text? What does not would send everybody the same, or nobody anything. */
bool gateway_names(const char *pattern, const char *name);

#endif
