#include "tui/rows.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 };

void rows_init(struct rows *r, size_t size, void (*drop)(void *row))
{
	*r = (struct rows){ .size = size, .drop = drop };
}

static void drop_all(const struct rows *r, void *row, size_t n)
{
	for (size_t i = 0; r->drop && i < n; i++)
		r->drop((char *)row + i * r->size);
	free(row);
}

void rows_free(struct rows *r)
{
	drop_all(r, r->row, r->n);
	drop_all(r, r->fresh, r->fresh_n);
	rows_init(r, r->size, r->drop);
}

bool rows_begin(struct rows *r)
{
	if (r->reading)
		return false;
	r->reading = true;
	r->broken = false;
	return true;
}

void *rows_add(struct rows *r)
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

bool rows_end(struct rows *r, bool whole)
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

void *rows_at(const struct rows *r, size_t i)
{
	return i < r->n ? (char *)r->row + i * r->size : NULL;
}
