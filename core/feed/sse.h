/*
 * Server-Sent Events as bytes: the encoder fenbod's stream is made with, and a decoder that takes the stream in pieces of
 * any size. Both know the standard's rules (CR, LF and CRLF, comments, several data lines, a leading BOM, retry).
 */
#ifndef FENBO_FEED_SSE_H
#define FENBO_FEED_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/buf.h"

struct sse_event {
	const char *id;    /* last event id in force, "" when none was ever given */
	const char *event; /* "message" when the stream did not say */
	const char *data;  /* lines joined by \n, NUL-terminated */
	size_t data_len;
};

/* Append one event. id and event may be NULL; a line break in them is not allowed and makes the event be refused (false). */
bool sse_encode(struct buf *out, const char *id, const char *event, const char *data, size_t len);
void sse_encode_comment(struct buf *out, const char *text);

enum { SSE_LINE_MAX = 1 << 20 }; /* bytes of one line or one event's data; more fails the stream */

struct sse_decoder {
	/* Called for each event; false stops the decoding. Texts are borrowed for the call. */
	bool (*event)(void *ctx, const struct sse_event *ev);
	void *ctx;
	int retry_ms;      /* last `retry:` seen, -1 when none */
	struct buf line, data, name, id, next_id;
	bool after_cr, begun, stopped, has_data;
	unsigned char bom; /* bytes of a leading byte order mark seen so far */
};

void sse_decoder_init(struct sse_decoder *d, bool (*event)(void *ctx, const struct sse_event *ev), void *ctx);
/* False when a line is over the bound or the callback stopped it; nothing more is taken then. */
bool sse_decode(struct sse_decoder *d, const char *bytes, size_t len);
void sse_decoder_reset(struct sse_decoder *d); /* for a new connection: keeps the last id, drops a half event */
void sse_decoder_free(struct sse_decoder *d);

#endif
