#include "core/base/sorted.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512 };

struct sorted_chunk {
	size_t n;    /* never 0 */
	void **item; /* room for CHUNK */
};

void
sorted_init(struct sorted *s, sorted_cmp cmp)
{
	*s = (struct sorted){ .cmp = cmp };
}

void
sorted_free(struct sorted *s)
{
	for (size_t i = 0; i < s->chunks; i++)
		free(s->chunk[i].item);
	free(s->chunk);
	sorted_init(s, s->cmp);
}

/* The chunk a key belongs to: the last one whose first thing is not above it, or the first. */
static size_t
find_chunk(const struct sorted *s, const void *key)
{
	size_t low = 0, high = s->chunks;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (s->cmp(s->chunk[mid].item[0], key) <= 0)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static size_t
find_item(const struct sorted *s, const struct sorted_chunk *c, const void *key, bool *found)
{
	size_t low = 0, high = c->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = s->cmp(c->item[mid], key);
		if (order == 0) {
			*found = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* An empty chunk at index i. */
static bool
open_chunk(struct sorted *s, size_t i)
{
	if (s->chunks == s->cap) {
		size_t cap = s->cap != 0 ? s->cap * 2 : 8;
		struct sorted_chunk *chunk = realloc(s->chunk, cap * sizeof *chunk);
		if (chunk == NULL)
			return false;
		s->chunk = chunk;
		s->cap = cap;
	}
	void **item = malloc(CHUNK * sizeof *item);
	if (item == NULL)
		return false;
	memmove(s->chunk + i + 1, s->chunk + i, (s->chunks - i) * sizeof *s->chunk);
	s->chunk[i] = (struct sorted_chunk){ .n = 0, .item = item };
	s->chunks++;
	return true;
}

/* Make room in a full chunk i for something at index `at` of it; both are set to where it goes. */
static bool
split(struct sorted *s, size_t *i, size_t *at)
{
	if (!open_chunk(s, *i + 1))
		return false;
	/* Things that come in order leave full chunks behind. */
	size_t keep = *i + 2 == s->chunks && *at == CHUNK ? CHUNK : CHUNK / 2;
	struct sorted_chunk *left = &s->chunk[*i], *right = left + 1;
	right->n = left->n - keep;
	memcpy(right->item, left->item + keep, right->n * sizeof *right->item);
	left->n = keep;
	if (*at > keep || keep == CHUNK) {
		*at -= keep;
		(*i)++;
	}
	return true;
}

bool
sorted_add(struct sorted *s, void *thing)
{
	bool found = false;

	if (s->chunks == 0 && !open_chunk(s, 0))
		return false;
	/* Much comes in order: a list read sorted, what is new of today. */
	struct sorted_chunk *last = &s->chunk[s->chunks - 1];
	if (last->n > 0 && last->n < CHUNK && s->cmp(last->item[last->n - 1], thing) < 0) {
		last->item[last->n++] = thing;
		s->count++;
		return true;
	}
	size_t i = find_chunk(s, thing), at = find_item(s, &s->chunk[i], thing, &found);
	if (found) {
		s->chunk[i].item[at] = thing;
		return true;
	}
	if (s->chunk[i].n == CHUNK && !split(s, &i, &at))
		return false;
	struct sorted_chunk *c = &s->chunk[i];
	memmove(c->item + at + 1, c->item + at, (c->n - at) * sizeof *c->item);
	c->item[at] = thing;
	c->n++;
	s->count++;
	return true;
}

bool
sorted_take(struct sorted *s, const void *key)
{
	bool found;

	if (s->count == 0)
		return false;
	size_t i = find_chunk(s, key), at = find_item(s, &s->chunk[i], key, &found);
	if (!found)
		return false;
	struct sorted_chunk *c = &s->chunk[i];
	memmove(c->item + at, c->item + at + 1, (c->n - at - 1) * sizeof *c->item);
	s->count--;
	if (--c->n == 0) {
		free(c->item);
		memmove(c, c + 1, (s->chunks - i - 1) * sizeof *c);
		s->chunks--;
	} else if (i + 1 < s->chunks && c->n + c[1].n <= CHUNK / 2) {
		/* Neighbours that together are half empty become one, so that memory follows what is in. */
		memcpy(c->item + c->n, c[1].item, c[1].n * sizeof *c->item);
		c->n += c[1].n;
		free(c[1].item);
		memmove(c + 1, c + 2, (s->chunks - i - 2) * sizeof *c);
		s->chunks--;
	}
	return true;
}

struct sorted_walk
sorted_from(const struct sorted *s, size_t row)
{
	struct sorted_walk w = { s, 0, row };

	while (w.chunk < s->chunks && w.at >= s->chunk[w.chunk].n)
		w.at -= s->chunk[w.chunk++].n;
	return w;
}

void *
sorted_next(struct sorted_walk *w)
{
	if (w->chunk >= w->s->chunks)
		return NULL;
	const struct sorted_chunk *c = &w->s->chunk[w->chunk];
	void *thing = c->item[w->at++];
	if (w->at == c->n) {
		w->chunk++;
		w->at = 0;
	}
	return thing;
}

void *
sorted_at(const struct sorted *s, size_t row)
{
	struct sorted_walk w = sorted_from(s, row);

	return sorted_next(&w);
}

size_t
sorted_row(const struct sorted *s, const void *key, bool *found)
{
	bool here = false;
	size_t row = 0;

	if (s->count > 0) {
		size_t i = find_chunk(s, key);
		row = find_item(s, &s->chunk[i], key, &here);
		for (size_t k = 0; k < i; k++)
			row += s->chunk[k].n;
	}
	if (found != NULL)
		*found = here;
	return row;
}
