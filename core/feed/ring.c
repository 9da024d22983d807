#include "core/feed/ring.h"

#include <stdlib.h>
#include <string.h>

struct ring {
	size_t cap, max_bytes, bytes;
	uint64_t begin, end, total; /* positions; bytes ever added */
	struct cursor floor;        /* everything after this cursor is kept */
	struct ring_frame frame[];
};

struct ring *ring_new(size_t frames, size_t bytes)
{
	struct ring *r = calloc(1, sizeof *r + frames * sizeof r->frame[0]);

	if (r) {
		r->cap = frames;
		r->max_bytes = bytes;
	}
	return r;
}

static void drop_oldest(struct ring *r)
{
	struct ring_frame *f = &r->frame[r->begin % r->cap];

	r->floor.tx = f->cursor.tx;
	r->floor.id = f->cursor.id;
	r->bytes -= f->len;
	free((char *)f->bytes);
	f->bytes = NULL;
	r->begin++;
}

void ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	while (r->begin < r->end)
		drop_oldest(r);
	free(r);
}

void ring_start(struct ring *r, const struct cursor *after)
{
	while (r->begin < r->end)
		drop_oldest(r);
	r->floor = *after;
}

bool ring_add(struct ring *r, const struct cursor *at, const char *bytes, size_t len, const char *tags, size_t tags_len)
{
	char *copy = malloc(len + tags_len);
	struct ring_frame *f;

	if (copy == NULL)
		return false;
	memcpy(copy, bytes, len);
	memcpy(copy + len, tags, tags_len);
	while (r->begin < r->end && (r->end - r->begin >= r->cap || r->bytes + len > r->max_bytes))
		drop_oldest(r);
	f = &r->frame[r->end++ % r->cap];
	*f = (struct ring_frame){ .bytes = copy, .len = (uint32_t)len, .tags = copy + len };
	f->cursor.tx = at->tx;
	f->cursor.id = at->id;
	r->bytes += len;
	f->end_bytes = r->total += len;
	return true;
}

uint64_t ring_begin(const struct ring *r)
{
	return r->begin;
}

uint64_t ring_end(const struct ring *r)
{
	return r->end;
}

const struct ring_frame *ring_at(const struct ring *r, uint64_t position)
{
	return position >= r->begin && position < r->end ? &r->frame[position % r->cap] : NULL;
}

uint64_t ring_behind(const struct ring *r, uint64_t position)
{
	const struct ring_frame *f = ring_at(r, position);

	return f ? r->total - f->end_bytes + f->len : 0;
}

enum ring_found ring_find(const struct ring *r, const struct cursor *after, uint64_t *position)
{
	uint64_t lo = r->begin, hi = r->end;

	if (!cursor_same_epoch(&r->floor, after))
		return RING_OTHER;
	if (cursor_compare(after, &r->floor) < 0)
		return RING_OLD;
	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (cursor_compare(&r->frame[mid % r->cap].cursor, after) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*position = lo;
	return RING_FOUND;
}
