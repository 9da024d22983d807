/*
 * The routing revision in force, in memory. Read in one snapshot, built on a thread (ruling.h), and swapped in whole; a reload is
 * asked for by the stream's `route` events, and by a timer in case one was missed.
 */
#ifndef FENBO_DAEMON_RULES_H
#define FENBO_DAEMON_RULES_H

#include "core/daemon/ruling.h"

struct event_base;
struct pool;
struct worker;
struct rules; /* opaque */

struct rules *rules_new(struct event_base *base, struct pool *pool, struct worker *worker);
void rules_free(struct rules *r);
void rules_load(struct rules *r); /* again, as soon as may be */

/* All NULL until the first revision is loaded; borrowed until the loop's next turn. */
const struct duty_list *rules_duty(const struct rules *r);
const struct gazetteer *rules_places(const struct rules *r);
const struct recommender *rules_recommender(const struct rules *r);
int rules_revision(const struct rules *r);   /* -1 until loaded */
/* The revision in force, to keep beyond this turn; both on the loop. NULL until the first is loaded. */
struct ruling *rules_hold(struct rules *r);
void rules_release(struct ruling *g);

#endif
