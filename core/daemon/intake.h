/*
 * The batcher: appeals that are ready, from any number of requests and keys, go to PostgreSQL in transactions of at most
 * 1,000. One alone goes at once; what comes while the connections are busy goes together. A row is answered only when its
 * transaction has committed, or will not.
 */
#ifndef FENBO_DAEMON_INTAKE_H
#define FENBO_DAEMON_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/number.h"
#include "core/base/err.h"
#include "core/daemon/metrics.h"

struct event_base;
struct pool;
struct intake; /* opaque */

/* What became of a row. INTAKE_refused: the key (unauthorized, forbidden) or the row itself, never to be taken as it is. */
struct intake_result {
	enum intake_status status;
	case_no no;          /* created, duplicate */
	const char *field, *error, *message; /* borrowed; "" when there is none */
};
typedef void (*intake_done_fn)(void *ctx, int index, const struct intake_result *r);

struct intake *intake_new(struct event_base *base, struct pool *pool, struct metrics *metrics, int batch, int backlog);
void intake_free(struct intake *in); /* rows that wait are answered `retry` */
void intake_configure(struct intake *in, int batch, int backlog);

/* One row: JSON object without its line number; json is malloc'ed and taken over. hash: sha256 of the key, hex. `done` is called
 * later, exactly once. */
void intake_put(struct intake *in, const char *hash, char *json, size_t len, int index, intake_done_fn done, void *ctx);
/* True when no more should be put: the backlog has reached its bound. */
bool intake_full(const struct intake *in);
int intake_waiting(const struct intake *in);  /* rows not answered yet */

#endif
