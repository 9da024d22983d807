/*
 * The inside of the hot-spot index, shared by the files that keep it (hotspot.c, hotspot_past.c), weigh what it holds (hotspot_find.c) and try it
 * (hotspot_trial.c). Nobody else includes it.
 */
#ifndef FENBO_MACHINE_HOTSPOT_INSIDE_H
#define FENBO_MACHINE_HOTSPOT_INSIDE_H

#include "core/base/strmap.h"
#include "core/machine/hotspot.h"

enum {
	HOTSPOT_WEAK_TIMES = 10, /* so many signals for a hot spot */
	DAY_S = 86400,
	RECENT_DAYS = 9,  /* whose cases are kept one by one: a week's window, and the days it begins and ends in */
	PAST_DAYS = 120   /* whose counts are kept */
};

struct day { int day; uint16_t n; };               /* people */
struct recent { int64_t at, no, before; uint64_t person; }; /* `before`: when the same person was last counted here; INT64_MIN = never */

/* One matter at one place, each at one level. */
struct cell {
	uint64_t key;
	int matter, place;         /* names; 0 = the whole */
	uint8_t mlevel, plevel;
	bool listed, look, hot;    /* in `live`; something came in since it was weighed; it said something when it was */
	int64_t told;              /* when it was last told */
	struct day *day; int ndays, cap_days;          /* oldest first, days without any left out */
	struct recent *recent; int nrecent, cap_recent; /* oldest first */
};

/* How appeals of one level come in clumps, fading sums over the windows that are over. Where few are expected: pairs beyond chance, over
 * people; where many are: variance beyond that, over the square of what was expected. */
struct clumps { double pairs, people, above, square; };

struct hotspots {
	struct hotspot_policy policy;
	struct strmap names; char **name; int nnames, cap_names;
	struct cell **slot; size_t slots, ncells;
	struct cell **live; int nlive, cap_live;       /* cells with recent cases */
	struct hotspot_past *past;
	double bar_hot, bar_weak;                      /* by trial; 0 = none yet */
	int first_day, today;
	double hours_today[24], hour[2][24], kind_days[2]; /* cases by hour, of working days and days off, fading; how many such days */
	struct clumps clumps[HOTSPOT_MATTERS][HOTSPOT_PLACES][HOTSPOT_WINDOWS];
	double uneven[HOTSPOT_MATTERS][HOTSPOT_PLACES]; /* variance of a cell's share over the square of what its matter and place let expect */
	size_t bytes;
};

static inline int
hotspot_day(int64_t at)
{
	return (int)(at >= 0 ? at / DAY_S : -((-at + DAY_S - 1) / DAY_S));
}

static inline int
hotspot_hour(int64_t at)
{
	return (int)((at - (int64_t)hotspot_day(at) * DAY_S) / 3600);
}

struct cell *hotspots_at(const struct hotspots *h, int matter, int mlevel, int place, int plevel);
const char *hotspots_name(const struct hotspots *h, int id);
int hotspots_name_id(struct hotspots *h, const char *code); /* of a code that was counted; 0 = the whole, or none */
/* The cases taken with hotspots_put, in no order; the texts are the index's. The caller's to free. */
struct hotspot_case *hotspots_cases(const struct hotspots *h, size_t *n);
/* Of `ndays` days from this one: on which nothing stood out to anybody who went through their list: no item of a community, and none of
 * the city, came more than five times above three times its mean, and the city had at most half more cases than on the middle day. The
 * caller's to free. */
bool *hotspots_quiet(const struct hotspots *h, int first_day, int ndays);
void hotspots_past_free(struct hotspots *h);
size_t hotspots_past_bytes(const struct hotspots *h);
/* The bars that follow from counting what there is to look at, before a trial has said better. */
void hotspots_untried(const struct hotspots *h, int64_t now, double *hot, double *weak);
bool hotspots_day_off(const struct hotspots *h, int day);
/* What the day that is over says about how clumpy each level is; what was known fades by `fade`. */
void hotspots_learn_clumps(struct hotspots *h, int day, double fade);

#endif
