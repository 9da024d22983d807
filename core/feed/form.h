/*
 * Name=value pairs of a query or an application/x-www-form-urlencoded body, decoded, in the order given.
 */
#ifndef FENBO_FEED_FORM_H
#define FENBO_FEED_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"
#include "core/base/err.h"

struct form_pair { const char *name, *value; };
struct form {
	struct form_pair *pair; /* in the order given */
	int count;
};
enum { FORM_PAIRS_MAX = 256 };

/* Everything is copied into the arena. False with ERR_INVALID (a bad escape, too many pairs). */
bool form_parse(struct arena *a, const char *text, size_t len, struct form *out, struct err *e);
const char *form_get(const struct form *f, const char *name); /* first value, or NULL */

#endif
