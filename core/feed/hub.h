/*
 * The hub of the event stream: frames come in once, in the order of the log, and go out to every reader whose scope has a
 * part in them. A frame is encoded once; what goes to several readers of one scope is one block of memory shared by all.
 * Each flush is at most one write for each reader. A reader who falls too far behind is cut, and resumes with its cursor.
 */
#ifndef FENBO_FEED_HUB_H
#define FENBO_FEED_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "core/feed/ring.h"

struct event_base;
struct http_request;
struct hub;       /* opaque */
struct hub_scope; /* opaque: what a reader may see; owned by the hub */

struct hub_options {
	size_t ring_frames, ring_bytes; /* the past kept in memory; defaults 65,536 and 32 MiB */
	size_t behind_bytes;            /* a reader this far behind is cut; default 4 MiB */
	int keepalive_ms;               /* a comment after so much silence; default 15,000 */
	int readers;                    /* one more is answered 503 */
	/* A reader wants what is older than the ring: answer with hub_older_frame for each frame after the cursor (a page of
	 * them), then hub_older_done. At most two are asked for at a time. */
	void (*older)(void *ctx, uint64_t reader, const char *after);
	void *ctx;
};
struct hub *hub_new(struct event_base *base, const struct hub_options *o); /* NULL when memory is gone */
void hub_free(struct hub *h);  /* ends every stream */
void hub_configure(struct hub *h, size_t behind_bytes, int keepalive_ms, int readers);

/* Begin, or begin anew, after this cursor. Readers of another epoch are ended: they come back and are told 410. */
void hub_start(struct hub *h, const char *cursor);
bool hub_started(const struct hub *h);
/* One frame of the log, in order. data is the JSON object; tags as in ring.h. */
void hub_add(struct hub *h, const char *cursor, const char *event, const char *data, size_t len, const char *tags,
    size_t tags_len);
void hub_flush(struct hub *h); /* write to whoever waits */

/* The whole stream, or what carries one of these tags. Equal scopes share their writes. NULL when memory is gone. */
struct hub_scope *hub_scope(struct hub *h, bool whole, const char *const *tags, int ntags);

/* Take a request on as a reader: it is answered by the stream, or refused. `after` NULL = from now on. `beat_ms` shortens the
 * silence after which this reader gets a comment, for one that must soon notice when we hang; 0 = as the others. */
void hub_join(struct hub *h, struct http_request *r, const struct hub_scope *scope, const char *after, int beat_ms);
void hub_older_frame(struct hub *h, uint64_t reader, const char *cursor, const char *event, const char *data, size_t len,
    const char *tags);
void hub_older_done(struct hub *h, uint64_t reader, size_t frames, const struct err *e);
void hub_end_all(struct hub *h);

struct hub_counts { int readers, catching_up; uint64_t frames, writes, bytes, cut; size_t waiting_bytes; };
void hub_counts(const struct hub *h, struct hub_counts *out);

#endif
