/*
 * One routing revision as the machine uses it: units, duty items, places, policy, and the recommender built from them. It is made of rows as
 * the database gave them; who reads these, holds the revision and swaps it is rules.h.
 */
#ifndef FENBO_DAEMON_RULING_H
#define FENBO_DAEMON_RULING_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "core/appeal/duty.h"
#include "core/base/arena.h"
#include "core/machine/fields.h"
#include "core/machine/place.h"
#include "core/machine/recommend.h"

struct bounds;
struct firms;

/* It does not change once it is built, so a thread may read it for as long as somebody holds it. */
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

/* What a revision is made of; a zeroed one is empty. */
struct ruling_list { char **row; size_t count, cap; };
struct ruling_rows {
	int revision;
	char *policy;                             /* JSON, in the arena; NULL = all of it as it comes */
	struct ruling_list units, items, places;  /* JSON objects */
	struct ruling_list resolved;              /* "function\tlevel\tarea\tunit" */
	struct ruling_list areas;                 /* "code\trings", for bounds_build */
	struct arena arena;
};
void ruling_keep(struct ruling_rows *r, struct ruling_list *list, const char *text, size_t len); /* a copy; `list` is one of r's */
void ruling_rows_free(struct ruling_rows *r);

/* On a thread: fills a zeroed ruling that has its bounds, and its firms if there are any. Cuts the rows up. A row that cannot be used is told
 * to the log and left out; false when nothing can be made of them, and then only ruling_free may be called. */
bool ruling_build(struct ruling *g, struct ruling_rows *from);
/* On the loop, whatever has been built of it. */
void ruling_free(struct ruling *g);
/* Does one of the tags ("a|b") make an enterprise a key one? */
bool ruling_is_key(const struct ruling *g, const char *tags);

#endif
