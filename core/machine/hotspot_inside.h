/*
 * The inside of the hot-spot index, shared by the file that keeps it (hotspot.c) and the one that weighs what it holds (hotspot_find.c).
 * Nobody else includes it.
 */
#ifndef FENBO_MACHINE_HOTSPOT_INSIDE_H
#define FENBO_MACHINE_HOTSPOT_INSIDE_H

#include "core/base/strmap.h"
#include "core/machine/hotspot.h"

enum {
	DAY_S = 86400,
	RECENT_DAYS = 9,  /* whose cases are kept one by one: a week's window, and the days it begins and ends in */
	PAST_DAYS = 120   /* whose counts are kept */
};

struct day { int day; uint16_t n; };               /* people */
struct recent { int64_t at, no; uint64_t person; };

/* One matter at one place, each at one level. */
struct cell {
	uint64_t key;
	int matter, place;         /* names; 0 = the whole */
	uint8_t mlevel, plevel;
	bool listed, look, hot;    /* in `live`; something came in since it was weighed; it said something when it was */
	struct day *day; int ndays, cap_days;          /* oldest first, days without any left out */
	struct recent *recent; int nrecent, cap_recent; /* oldest first */
};

struct hotspots {
	struct hotspot_policy policy;
	struct strmap names; char **name; int nnames, cap_names;
	struct cell **slot; size_t slots, ncells;
	struct cell **live; int nlive, cap_live;       /* cells with recent cases */
	int first_day, today;
	double hours_today[24], hour[2][24], kind_days[2]; /* cases by hour, of working days and days off, fading; how many such days */
	struct { double above, square; } clumps[HOTSPOT_MATTERS][HOTSPOT_PLACES]; /* variance beyond chance, over the square of what was expected */
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
bool hotspots_day_off(const struct hotspots *h, int day);
/* What the day that is over says about how clumpy each level is; what was known fades by `fade`. */
void hotspots_learn_clumps(struct hotspots *h, int day, double fade);

#endif
