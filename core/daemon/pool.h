/*
 * fenbod's connections for intake and queries. A statement goes to the connection with the least to do; intake keeps
 * account of its own batches on each.
 */
#ifndef FENBO_DAEMON_POOL_H
#define FENBO_DAEMON_POOL_H

#include "db/conn.h"

struct pool; /* opaque */
struct pool *pool_new(struct event_base *base, struct evdns_base *dns, const struct db_options *o, int size);
void pool_free(struct pool *p);
int pool_size(const struct pool *p);
int pool_ready(const struct pool *p);        /* how many are connected */
struct db *pool_at(struct pool *p, int i);
/* The ready connection with the least to do, NULL when none is. */
struct db *pool_pick(struct pool *p);
/* Send on it; without a ready connection done is called at once with ERR_UNAVAILABLE. */
void pool_send(struct pool *p, enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done,
    void *ctx);

#endif
