/*
 * What the parts of the recommender share: recommend.c builds it and decides, recommend_sources.c scores the units,
 * recommend_reasons.c says why. Nobody else includes this.
 */
#ifndef FENBO_MACHINE_RECOMMEND_INSIDE_H
#define FENBO_MACHINE_RECOMMEND_INSIDE_H

#include "core/base/arena.h"
#include "core/machine/automaton.h"
#include "core/machine/duty_match.h"
#include "core/machine/recommend.h"

enum {
	POINTS_MAX = 3072,  /* of title and text that are read: a dispatcher would not read more either */
	TITLE_MAX = 120,
	ITEMS_MAX = 48,     /* best duty items taken into account */
	SPOKEN_MAX = 64,    /* items that list or lessons name */
	CANDIDATES_MAX = 96,
	AREAS_MAX = 8
};

struct recommender {
	const struct duty_list *duty;
	const struct gazetteer *places;
	struct recommend_policy policy;
	struct duty_match *match;
	struct automaton *units;   /* names and short names */
	struct automaton *joints;  /* words that no reason goes across */
	const char *home[AREAS_MAX]; int nhome; /* the district whose units the list knows best, and what lies above it */
	int *rule, rules;          /* the number of each item's lead rule; items with the same rule have the same unit at a place */
	char model[32];
};

/* One unit in the running. Sources add to z, the log of what speaks for it. */
struct candidate {
	const struct unit *unit;
	float z;
	double mass;               /* of its duty items, before the logarithm */
	float solved;              /* how alike the most alike solved case of this unit is, from 0 at half alike to 1 */
	float by_item;             /* what the learner of items gives its items, a probability */
	int item;                  /* best duty item, -1 = none */
	int named_at, named_end;   /* points of the reading where the text names it, -1 = nowhere */
	bool picked, returned, placed, elsewhere;
};

struct trial {
	const struct recommender *r;
	const struct recommend_model *model; /* never NULL */
	const struct recommend_query *q;
	struct arena *arena;
	struct reading reading;
	struct learner_reading *of_units, *of_items; /* NULL = nothing learnt */
	struct place_match place;
	const char *area[AREAS_MAX]; int nareas;
	struct candidate candidate[CANDIDATES_MAX]; int ncandidates;
	const struct unit **led;   /* unit of each lead rule here, as far as asked … */
	bool *asked;               /* … */
	float *item_score;         /* what speaks for each item of the list */
	int spoken[SPOKEN_MAX], nspoken; /* those for which something does */
	float voice[RECOMMEND_VOICES]; /* how much each counts */
	float said[CANDIDATES_MAX + 1][RECOMMEND_VOICES]; /* of each candidate; the one after the last is "none of these" */
	int heard;                 /* candidates that the voices spoke of: a unit the citizen picked may come after them */
	const bool *cut;           /* points that no word shown goes across; NULL until asked for */
	float none;                /* z of "none of these" */
	float known;               /* how much of the text the learners have seen before, 0–1; -1 = nothing was learnt */
};

/* Every source in its turn: fills the candidates. */
void recommend_score(struct trial *t);
/* Adds the words that join others, which no reason goes across, and closes it. False when memory is gone. */
bool recommend_joints(struct automaton *a);
/* The reasons of a candidate, into its place in the answer. u->item is set. */
void recommend_explain(struct trial *t, const struct candidate *c, struct recommend_unit *u);

#endif
