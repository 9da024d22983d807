#include "core/machine/blocks.h"

#include <stdlib.h>
#include <string.h>

static bool
block_new(struct blocks *b, int class, uint32_t *first)
{
	size_t n = (size_t)1 << class;

	if (b->nspare[class] > 0) {
		*first = b->spare[class];
		memcpy(&b->spare[class], b->base + (size_t)*first * b->size, sizeof b->spare[class]);
		b->nspare[class]--;
		return true;
	}
	if (b->used + n > b->cap) {
		size_t cap = b->cap + b->cap / 8 + 65536;
		char *more = realloc(b->base, cap * b->size);

		if (!more)
			return false;
		b->base = more;
		b->cap = cap;
	}
	*first = (uint32_t)b->used;
	b->used += n;
	return true;
}

static void
block_drop(struct blocks *b, int class, uint32_t first)
{
	memcpy(b->base + (size_t)first * b->size, &b->spare[class], sizeof b->spare[class]);
	b->spare[class] = first;
	b->nspare[class]++;
}

void *
blocks_push(struct blocks *b, struct block_list *l)
{
	uint32_t first;

	if (!l->has) {
		if (!block_new(b, 0, &l->first))
			return NULL;
		l->has = 1;
		l->class = 0;
	} else if (l->n == 1u << l->class) {
		if (l->class + 1 == BLOCKS_CLASSES || !block_new(b, l->class + 1, &first))
			return NULL;
		memcpy(b->base + (size_t)first * b->size, blocks_at(b, l), l->n * b->size);
		block_drop(b, l->class, l->first);
		l->first = first;
		l->class++;
	}
	return b->base + ((size_t)l->first + l->n++) * b->size;
}

void
blocks_release(struct blocks *b, struct block_list *l)
{
	if (l->has)
		block_drop(b, l->class, l->first);
	*l = (struct block_list){ 0 };
}

size_t
blocks_bytes(const struct blocks *b)
{
	return b->cap * b->size;
}

void
blocks_free(struct blocks *b)
{
	free(b->base);
	*b = (struct blocks){ .size = b->size };
}
