/*
 * A map from text to pointer: codes to units, codes to the one copy of themselves. Keys are borrowed and must outlive
 * the map; nothing is ever taken out. A zeroed struct is an empty map.
 */
#ifndef FENBO_BASE_STRMAP_H
#define FENBO_BASE_STRMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strmap_slot;
struct strmap {
	struct strmap_slot *slot; /* owned */
	size_t slots, count;      /* slots is a power of two, or 0 */
};

void *strmap_get(const struct strmap *m, const char *key);     /* NULL if unknown */
/* False when the key is there already (nothing changes) or memory is gone. `value` is not NULL. */
bool strmap_add(struct strmap *m, const char *key, void *value);
void strmap_free(struct strmap *m);

#endif
