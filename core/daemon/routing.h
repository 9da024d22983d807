/*
 * The routing revision in force, in memory: units, duty items, places, and the recommender built from them. Read in one
 * snapshot, built on a thread, and swapped in whole; a reload is asked for by the stream's `route` events, and by a timer in
 * case one was missed.
 */
#ifndef FENBO_DAEMON_ROUTING_H
#define FENBO_DAEMON_ROUTING_H

#include "core/appeal/duty.h"
#include "core/machine/place.h"
#include "core/machine/recommend.h"
#include "core/machine/urgency.h"

struct event_base;
struct pool;
struct worker;
struct routing; /* opaque */

struct routing *routing_new(struct event_base *base, struct pool *pool, struct worker *worker);
void routing_close(struct routing *r);
void routing_refresh(struct routing *r); /* again, as soon as may be */

/* All NULL until the first revision is loaded; borrowed until the loop's next turn. */
const struct duty_list *routing_duty(const struct routing *r);
const struct gazetteer *routing_places(const struct routing *r);
const struct recommender *routing_recommender(const struct routing *r);
const struct urgency *routing_urgency(const struct routing *r);
int routing_revision(const struct routing *r);   /* -1 until loaded */
float routing_priority_p(const struct routing *r);  /* probability from which the recommended item sets the priority */
float routing_repeat_show(const struct routing *r); /* lowest score of a repeat worth storing */

#endif
