/*
 * Counts the event log into the facts and roll-ups that reports are read from (db/schema/0092_rollups.sql), while this fenbod leads: on the
 * connection that holds the lock, a bite at a time, so that sweeps are never kept waiting long. Reports add what has not been counted yet
 * themselves: if nobody counts, they grow slower, not wrong.
 */
#ifndef FENBO_DAEMON_ROLLER_H
#define FENBO_DAEMON_ROLLER_H

#include "core/base/buf.h"

struct event_base;
struct leader;
struct roller; /* opaque */

struct roller *roller_new(struct event_base *base, const struct leader *leader);
void roller_free(struct roller *r); /* after the connections have ended */
void roller_metrics(const struct roller *r, struct buf *out); /* append */

#endif
