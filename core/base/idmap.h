/*
 * A map from a number to the thing that bears it: the first member of everything stored is its int64_t id, so that a
 * slot is one pointer. A zeroed struct is an empty map; it owns its slots, never the things.
 */
#ifndef FENBO_BASE_IDMAP_H
#define FENBO_BASE_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap {
	void **slot;         /* owned */
	size_t slots, count; /* slots is a power of two, or 0 */
};

void *idmap_get(const struct idmap *m, int64_t id);   /* NULL if unknown */
/* Put a thing in, in place of the one with the same id if there is one. False when memory is gone. */
bool idmap_put(struct idmap *m, void *thing);
void *idmap_take(struct idmap *m, int64_t id);        /* take it out; NULL if unknown */
void idmap_free(struct idmap *m);

#endif
