/*
 * A cursor of the event stream: EPOCH-TX-ID. Opaque to readers; fenbod compares two of the same epoch, so that a reader
 * who comes back can be served out of memory.
 */
#ifndef FENBO_FEED_CURSOR_H
#define FENBO_FEED_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct cursor {
	char epoch[64];
	uint64_t tx, id;
};

bool cursor_parse(const char *text, struct cursor *out);
/* <0, 0, >0 in the order of the log. Only for cursors of one epoch. */
int cursor_compare(const struct cursor *a, const struct cursor *b);
bool cursor_same_epoch(const struct cursor *a, const struct cursor *b);

#endif
