/*
 * A sorted sequence of pointers that stays quick at any length: a change is a binary search and a memmove within one
 * chunk of at most 512, whatever the order things come in; the row of a thing and the thing of a row cost a walk over
 * the chunks' counts (some hundred for 100,000). It owns its chunks, never the things. The comparison must tell any
 * two things apart; a thing must not change its key while it is in.
 */
#ifndef FENBO_BASE_SORTED_H
#define FENBO_BASE_SORTED_H

#include <stdbool.h>
#include <stddef.h>

typedef int (*sorted_cmp)(const void *a, const void *b);

struct sorted_chunk;
struct sorted {
	sorted_cmp cmp;
	struct sorted_chunk *chunk; /* owned */
	size_t chunks, cap, count;
};

void sorted_init(struct sorted *s, sorted_cmp cmp); /* empty */
void sorted_free(struct sorted *s);                 /* back to empty */
/* False when memory is gone. Something that compares equal is replaced. */
bool sorted_add(struct sorted *s, void *thing);
bool sorted_take(struct sorted *s, const void *key); /* false when nothing compares equal */
void *sorted_at(const struct sorted *s, size_t row); /* NULL beyond the end */
/* Row of what compares equal, or where it would stand; *found (may be NULL) says which. */
size_t sorted_row(const struct sorted *s, const void *key, bool *found);

/* Walk rows from one on: `for (it = sorted_from(s, row); (p = sorted_next(&it)) != NULL;)`. No change while walking. */
struct sorted_walk {
	const struct sorted *s;
	size_t chunk, at;
};
struct sorted_walk sorted_from(const struct sorted *s, size_t row);
void *sorted_next(struct sorted_walk *w);

#endif
