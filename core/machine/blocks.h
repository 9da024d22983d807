/*
 * Many short lists that grow, in one piece of memory: blocks of 1, 2, 4 … elements of one size, with the free ones kept by size. What
 * a list holds never depends on where its block lies.
 */
#ifndef FENBO_MACHINE_BLOCKS_H
#define FENBO_MACHINE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOCKS_CLASSES = 16 };

struct blocks {
	char *base; size_t size; /* owned; bytes of an element, at least 4 */
	size_t used, cap;        /* elements */
	uint32_t spare[BLOCKS_CLASSES], nspare[BLOCKS_CLASSES];
};
/* n elements at `first`, in a block of 2^class. A zeroed list is empty and has no block. `has`: 1 when it has; its other bits are the owner's. */
struct block_list { uint32_t first; uint16_t n; uint8_t class, has; };

/* Room for one more at the end; NULL when memory is gone or it has 2^(BLOCKS_CLASSES - 1) already. */
void *blocks_push(struct blocks *b, struct block_list *l);
void blocks_release(struct blocks *b, struct block_list *l); /* the list is empty after it */
static inline void *
blocks_at(const struct blocks *b, const struct block_list *l)
{
	return b->base + (size_t)l->first * b->size;
}
size_t blocks_bytes(const struct blocks *b);
void blocks_free(struct blocks *b);

#endif
