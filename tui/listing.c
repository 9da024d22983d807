#include "tui/listing.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 };

void listing_init(struct listing *r, size_t size, void (*drop)(void *row))
{
	*r = (struct listing){ .size = size, .drop = drop };
}

static void drop_all(const struct listing *r, void *row, size_t n)
{
	for (size_t i = 0; r->drop && i < n; i++)
		r->drop((char *)row + i * r->size);
	free(row);
}

void listing_free(struct listing *r)
{
	drop_all(r, r->row, r->n);
	drop_all(r, r->fresh, r->fresh_n);
	listing_init(r, r->size, r->drop);
}

bool listing_begin(struct listing *r)
{
	if (r->reading)
		return false;
	r->reading = true;
	r->broken = false;
	return true;
}

void *listing_add(struct listing *r)
{
	if (!r->reading || r->broken)
		return NULL;
	if (r->fresh_n == r->fresh_cap) {
		size_t cap = r->fresh_cap ? r->fresh_cap * 2 : FIRST;
		void *more = realloc(r->fresh, cap * r->size);

		if (!more) {
			r->broken = true;
			return NULL;
		}
		r->fresh = more;
		r->fresh_cap = cap;
	}
	return memset((char *)r->fresh + r->fresh_n++ * r->size, 0, r->size);
}

bool listing_end(struct listing *r, bool whole)
{
	whole = whole && r->reading && !r->broken;
	if (whole) {
		drop_all(r, r->row, r->n);
		r->row = r->fresh;
		r->n = r->fresh_n;
		r->cap = r->fresh_cap;
		r->age++;
	} else {
		drop_all(r, r->fresh, r->fresh_n);
	}
	r->fresh = NULL;
	r->fresh_n = r->fresh_cap = 0;
	r->reading = false;
	return whole;
}

void *listing_at(const struct listing *r, size_t i)
{
	return i < r->n ? (char *)r->row + i * r->size : NULL;
}
