/*
 * What one fenbod does for all: sweeps expired leases, fires the rungs of clocks (ladder.h), keeps house. It does so on the connection that holds
 * the advisory lock; when that connection goes, the lock goes with it, and another fenbod leads.
 */
#ifndef FENBO_DAEMON_LEADER_H
#define FENBO_DAEMON_LEADER_H

#include <stdbool.h>
#include "core/appeal/number.h"
#include "core/daemon/metrics.h"
#include "db/conn.h"

struct event_base;
struct pool;
struct think;
struct leader; /* opaque */

struct leader *leader_new(struct event_base *base, struct pool *pool, struct think *think, struct metrics *metrics, int sweep_ms,
    int maintain_ms);
void leader_attach(struct leader *l, struct db *db);
void leader_lost(struct leader *l); /* the connection is gone, and the lead with it */
void leader_free(struct leader *l);
void leader_configure(struct leader *l, int sweep_ms, int maintain_ms);
bool leader_leads(const struct leader *l);
/* The connection that holds the lock, while this fenbod leads and it is up; else NULL. */
struct db *leader_db(const struct leader *l);
void leader_metrics(const struct leader *l, struct buf *out);
/* The recommendation of this case is to be made anew (after edit, return, a split). Only who leads does it. */
void leader_renew(struct leader *l, case_no no);

#endif
