/*
 * A body of lines, each one JSON object (application/x-ndjson).
 */
#ifndef FENBO_FEED_NDJSON_H
#define FENBO_FEED_NDJSON_H

#include <stdbool.h>
#include <stddef.h>

/* The next line of a body at *at: without its end, blank ones skipped and counted. False at the end. */
struct ndjson_line { const char *bytes; size_t len; int number; /* 1-based line of the body */ };
bool ndjson_next(const char *body, size_t len, size_t *at, int *number, struct ndjson_line *out);

#endif
