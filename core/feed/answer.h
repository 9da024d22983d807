/*
 * The answer of an HTTP/1.1 server, taken in pieces of any size: status line, the headers we care for, and a body by
 * length, by chunks, or until the connection ends. Both the client and the stream follower stand on it.
 */
#ifndef FENBO_FEED_ANSWER_H
#define FENBO_FEED_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"
#include "core/base/err.h"

enum answer_state {
	ANSWER_STATUS, ANSWER_HEADERS, ANSWER_LENGTH, ANSWER_CHUNK_SIZE, ANSWER_CHUNK, ANSWER_CHUNK_END, ANSWER_TRAILERS,
	ANSWER_UNTIL_CLOSE, ANSWER_DONE, ANSWER_BAD
};

struct answer {
	enum answer_state state;
	int status, retry_after_s;
	bool keep_alive, chunked, has_length;
	char type[96];
	uint64_t left;      /* bytes to come in this chunk or body */
	int headers;        /* lines seen; bounded */
	struct buf line;
	/* Called for each piece of the body; false stops everything. */
	bool (*body)(void *ctx, const char *bytes, size_t len);
	void *ctx;
};

void answer_init(struct answer *a, bool (*body)(void *ctx, const char *bytes, size_t len), void *ctx);
void answer_free(struct answer *a);
/* Takes bytes; false when the answer is malformed or the body callback stopped it (state ANSWER_BAD). What follows a whole
 * answer is not taken: nothing is sent ahead, so nothing may follow. */
bool answer_take(struct answer *a, const char *bytes, size_t len);
/* The connection has ended. True when that is a right end of the answer. */
bool answer_end(struct answer *a);
bool answer_head_done(const struct answer *a);

#endif
