/*
 * Carries the outbox: while this fenbod leads it takes messages that are due, sends each as a webhook or as a short message through the
 * gateway, and reports what came back. What a message is by then is judged in SQL (db/schema/0082_outbox.sql); this finds out facts.
 * Nothing is sent that has not been committed as `sending` before; a report that the database cannot take is kept and given again.
 * Bounded: so many at once, so many to one server, a deadline and a largest answer for each.
 */
#ifndef FENBO_DAEMON_CARRIER_H
#define FENBO_DAEMON_CARRIER_H

#include <stdbool.h>
#include "conf/options.h"
#include "core/base/err.h"
#include "core/daemon/metrics.h"

struct event_base;
struct evdns_base;
struct leader;
struct pool;
struct carrier; /* opaque */

/* NULL with *e set when the receivers, the gateway or its headers cannot be used. */
struct carrier *carrier_new(struct event_base *base, struct evdns_base *dns, struct pool *pool, struct leader *leader, struct metrics *metrics,
    const struct conf *conf, struct err *e);
void carrier_free(struct carrier *c); /* what is under way is forgotten here and found again by whoever leads next */
/* Take no more; what is under way is answered and reported. */
void carrier_stop(struct carrier *c);
int carrier_under_way(const struct carrier *c);
/* SIGHUP: all or nothing; false with *e set. With `c` NULL it is only tried. */
bool carrier_configure(struct carrier *c, const struct conf *conf, struct err *e);

#endif
