/*
 * Escalation: fires the rungs of the clocks when their time comes (db/schema/0080_ladder.sql decides which), on the connection that holds
 * the lead. It sleeps until the next rung, but never longer than a second, because a clock may be set meanwhile.
 */
#ifndef FENBO_DAEMON_LADDER_H
#define FENBO_DAEMON_LADDER_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "db/conn.h"

struct event_base;
struct ladder; /* opaque */

/* `failed` is told of every call that came to nothing. */
struct ladder *ladder_new(struct event_base *base, void (*failed)(void *ctx, const struct err *e), void *ctx);
void ladder_free(struct ladder *l);
/* The connection that holds the lead; NULL when there is none any more. */
void ladder_lead(struct ladder *l, struct db *db);
void ladder_metrics(const struct ladder *l, struct buf *out);

#endif
