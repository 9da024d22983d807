/*
 * An arena: many small allocations that are freed together. Blocks are never moved, so pointers stay good until
 * arena_free or arena_reset. Returns NULL only when memory is gone.
 */
#ifndef FENBO_BASE_ARENA_H
#define FENBO_BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks;
	size_t used_bytes; /* handed out since the last reset */
};

void *arena_alloc(struct arena *a, size_t bytes); /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *text, size_t bytes);
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
