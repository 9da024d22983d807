/*
 * The routing revision in force, in memory: units, duty items, places, and the recommender built from them. Read in one
 * snapshot, built on a thread, and swapped in whole; a reload is asked for by the stream's `route` events, and by a timer in
 * case one was missed.
 */
#ifndef FENBO_DAEMON_RULES_H
#define FENBO_DAEMON_RULES_H

#include <jansson.h>
#include "core/appeal/duty.h"
#include "core/machine/fields.h"
#include "core/machine/place.h"
#include "core/machine/recommend.h"

struct bounds;
struct event_base;
struct firms;
struct pool;
struct worker;
struct rules; /* opaque */

/* One revision as the machine uses it. It does not change, so a thread may read it for as long as somebody holds it. */
struct ruling {
	int revision, uses;
	struct duty_list *duty;
	struct gazetteer *places;
	struct bounds *bounds; /* where they end */
	struct recommender *recommender;
	struct fields *fields;
	struct firms *firms;
	const struct enterprises *enterprises; /* the list of firms; NULL when there is none */
	json_t *key_tags;  /* tags that make an enterprise a key one; none = every one on the list is */
	float repeat_show;   /* lowest score of a repeat worth storing, … */
	float repeat_strong; /* … and of one that is taken for the same */
	float priority_p;  /* probability from which the recommended item sets the priority */
};

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
/* Does one of the tags ("a|b") make an enterprise a key one? */
bool ruling_is_key(const struct ruling *g, const char *tags);

#endif
