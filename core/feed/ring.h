/*
 * The recent past of the event stream in memory: encoded frames in order, bounded in number and bytes, the oldest going
 * first. Each has a position that only grows, so a reader is one number.
 *
 * A frame carries tags, a list of NUL-terminated words ended by an empty one ("unit:ZJJ", "desk:centre", "channel:app"):
 * whoever has one of them in scope may see the frame.
 */
#ifndef FENBO_FEED_RING_H
#define FENBO_FEED_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/feed/cursor.h"

struct ring_frame {
	struct cursor cursor;  /* epoch left empty: it is the ring's */
	const char *bytes;     /* encoded */
	uint32_t len;
	const char *tags;
	uint64_t end_bytes;    /* bytes of the stream up to and with this frame, since the start */
};

struct ring; /* opaque */
struct ring *ring_new(size_t frames, size_t bytes); /* bounds; NULL when memory is gone */
void ring_free(struct ring *r);
/* Begin anew after this cursor; everything kept is dropped, positions go on. */
void ring_start(struct ring *r, const struct cursor *after);
/* Append. Copies. tags_len counts the ending empty word. False when memory is gone. */
bool ring_add(struct ring *r, const struct cursor *at, const char *bytes, size_t len, const char *tags, size_t tags_len);
uint64_t ring_begin(const struct ring *r); /* position of the oldest frame kept */
uint64_t ring_end(const struct ring *r);   /* position of the next frame to come */
const struct ring_frame *ring_at(const struct ring *r, uint64_t position); /* NULL when not kept */
/* Bytes of frames from this position on. */
uint64_t ring_behind(const struct ring *r, uint64_t position);
/* The position right after this cursor. RING_OLD: before what is kept; RING_OTHER: another epoch. */
enum ring_found { RING_FOUND, RING_OLD, RING_OTHER };
enum ring_found ring_find(const struct ring *r, const struct cursor *after, uint64_t *position);

#endif
