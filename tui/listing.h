/*
 * A list read from PostgreSQL row by row that takes the place of the old one when it is whole: until then, and when the reading breaks off, the
 * old one serves. What units, duty items and bursts have in common.
 */
#ifndef FENBO_TUI_LISTING_H
#define FENBO_TUI_LISTING_H

#include <stdbool.h>
#include <stddef.h>

struct listing {
	void *row;                /* n of them, `size` bytes each; owned */
	size_t n, cap, size;
	void (*drop)(void *row);  /* frees what one row owns; NULL = it owns nothing */
	unsigned age;             /* grows whenever the list is another one: rows looked up before are no longer there */
	void *fresh;              /* what is being read */
	size_t fresh_n, fresh_cap;
	bool reading, broken;     /* broken: memory was gone, the new list will not be taken */
};

void listing_init(struct listing *r, size_t size, void (*drop)(void *row));
void listing_free(struct listing *r);
/* Begin to read anew; false when that is under way already. */
bool listing_begin(struct listing *r);
/* The next row of the new list, zeroed; NULL when memory is gone (listing_end then keeps the old list) or nothing is being read. */
void *listing_add(struct listing *r);
/* The list is whole, or it is not and the old one stays. True when it is another one now. */
bool listing_end(struct listing *r, bool whole);
/* NULL beyond the end. */
void *listing_at(const struct listing *r, size_t i);

#endif
