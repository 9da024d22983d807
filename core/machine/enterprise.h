/*
 * Enterprises: the names of a list found in a text, in full or as people shorten them: without the place in front (深圳市…), without
 * the legal form behind (有限公司, 股份有限公司, 集团…) or a bracket ((集团), （深圳）). A short form that several names share gives all of
 * them, never a guess. Made for a million names: each form is one entry of 8 bytes in buckets by hash, so that a text costs a look-up
 * for each of its points and each length that some name has there, and memory is about 100 bytes a name with the names themselves.
 */
#ifndef FENBO_MACHINE_ENTERPRISE_H
#define FENBO_MACHINE_ENTERPRISE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/machine/points.h"

struct enterprises; /* opaque; immutable after enterprises_done, then thread-safe */
struct enterprises *enterprises_new(void);
void enterprises_free(struct enterprises *e);
/* Copies. tags: separated by '|' or NULL. Names of fewer than 4 code points or more than 60 are passed over. False when memory is gone. */
bool enterprises_add(struct enterprises *e, const char *name, const char *tags);
bool enterprises_done(struct enterprises *e);
size_t enterprises_count(const struct enterprises *e);
size_t enterprises_bytes(const struct enterprises *e);

enum { ENTERPRISE_HITS = 4, ENTERPRISE_CANDIDATES = 5 };
struct enterprise_hit {
	struct span at;
	bool full;               /* the registered name stands there */
	int names;               /* how many names it may be; 1 = it is this one */
	int name[ENTERPRISE_CANDIDATES]; /* the first of them, for enterprises_name */
};
/* Up to ENTERPRISE_HITS places in the first 4,096 points of the text, in their order, longest first where they overlap; the same name only once. */
int enterprises_find(const struct enterprises *e, const struct points *p, struct enterprise_hit *out);
const char *enterprises_name(const struct enterprises *e, int name);
const char *enterprises_tags(const struct enterprises *e, int name); /* "a|b", "" = none */

#endif
