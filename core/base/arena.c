#include "core/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	alignas(max_align_t) char data[];
};

enum { BLOCK_BYTES = 16 << 10, ALIGN = alignof(max_align_t) };

static struct arena_block *
block_new(size_t bytes)
{
	struct arena_block *b;

	if (bytes > SIZE_MAX - sizeof *b || (b = malloc(sizeof *b + bytes)) == NULL)
		return NULL;
	b->next = NULL;
	b->cap = bytes;
	b->used = 0;
	return b;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_block *b = a->blocks;

	if (bytes > SIZE_MAX - ALIGN)
		return NULL;
	bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (b == NULL || b->cap - b->used < bytes) {
		struct arena_block *fresh = block_new(bytes > BLOCK_BYTES / 4 ? bytes : BLOCK_BYTES);
		if (fresh == NULL)
			return NULL;
		if (b != NULL && fresh->cap < BLOCK_BYTES) {
			/* A block made for one large piece goes behind the one that still has room. */
			fresh->next = b->next;
			b->next = fresh;
		} else {
			fresh->next = b;
			a->blocks = fresh;
		}
		b = fresh;
	}
	void *p = b->data + b->used;
	b->used += bytes;
	a->used_bytes += bytes;
	return memset(p, 0, bytes);
}

char *
arena_strndup(struct arena *a, const char *text, size_t bytes)
{
	char *p;

	if (text == NULL || bytes == SIZE_MAX || (p = arena_alloc(a, bytes + 1)) == NULL)
		return NULL;
	memcpy(p, text, bytes);
	return p;
}

char *
arena_strdup(struct arena *a, const char *text)
{
	return text != NULL ? arena_strndup(a, text, strlen(text)) : NULL;
}

void
arena_free(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ 0 };
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->blocks;

	if (keep == NULL)
		return;
	/* One block of the usual size stays, so that an arena used in a loop settles without malloc. */
	a->blocks = keep->next;
	if (keep->cap > BLOCK_BYTES) {
		free(keep);
		keep = NULL;
	}
	arena_free(a);
	if (keep != NULL) {
		keep->next = NULL;
		keep->used = 0;
		a->blocks = keep;
	}
}
