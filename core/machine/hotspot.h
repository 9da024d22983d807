/*
 * Hot spots and weak signals: which matters rise, at which places, against their own past. Each case counts in a cell for every level of its
 * matter (duty item, class, category, anything) by every level of its place (community, street, district, the whole city). What a cell should
 * hold now is estimated from its own last weeks, leaning on the matter and the place as a whole while it has seen little, and spread over the hours
 * as the city's appeals are on such a day (a working day or a day off), times how busy the city is this week and just now: a season or a
 * storm lifts every expectation, and shows as a hot spot of the whole city alone. What is there is held against that by how unlikely so
 * many people would be by chance, in windows of an hour, four hours, a day and a week. By chance means as the cells of that level are on quiet days:
 * neighbours call together, days differ (a negative binomial whose clumps are learnt from the days that are over), and what was seen little of is
 * known little. The bar follows from the false alarms a day that policy allows: hotspot_trial.h.
 *
 * One thread. Times are local seconds: seconds since 1970-01-01 00:00 of the centre's own clock, so that hours and days are those of its people.
 */
#ifndef FENBO_MACHINE_HOTSPOT_H
#define FENBO_MACHINE_HOTSPOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HOTSPOT_MATTERS = 4,   /* item, class, category, anything */
	HOTSPOT_PLACES = 4,    /* community, street, district, anywhere */
	HOTSPOT_WINDOWS = 4,
	HOTSPOT_CASES = 20,    /* newest cases named as evidence */
	HOTSPOT_DAYS = 28      /* days of the past told with it */
};

struct hotspot_policy {
	double false_a_day;    /* false alarms accepted a day in the whole city; weak signals are ten times as many */
	int people;            /* fewer than this are never a hot spot (3) */
	double half_life_days; /* how fast the past counts less (28) */
	bool (*day_off)(void *ctx, int64_t day); /* of the day since 1970-01-01: weekend or holiday; NULL = Saturdays and Sundays */
	void *ctx;
};

/* A case as it came in. Codes are copied; NULL or "" where a level is not known. The last level of each is the whole and needs no code. */
struct hotspot_case {
	int64_t no, at;
	uint64_t person;       /* hash of the caller; 0 = unknown, counts as somebody of his own. One person counts once in a window. */
	const char *matter[HOTSPOT_MATTERS - 1], *place[HOTSPOT_PLACES - 1];
};

/* Codes live as long as the index. `matter_level` 0 = item … 3 = anything, `place_level` 0 = community … 3 = anywhere; the code of the whole is "". */
struct hotspot {
	const char *matter, *place;
	int matter_level, place_level;
	int window_s;
	int64_t since;         /* local time of the first case of the window */
	int cases, people;     /* in the window */
	double expected;       /* people */
	double surprise;       /* −log10 of the probability of so many by chance */
	bool weak;             /* a signal, not yet a hot spot */
	int64_t no[HOTSPOT_CASES]; int nnos;        /* newest first */
	uint16_t day[HOTSPOT_DAYS];                 /* people a day, today last */
};

struct hotspots; /* opaque */

struct hotspots *hotspots_new(const struct hotspot_policy *p); /* NULL when memory is gone */
void hotspots_free(struct hotspots *h);
/* What is accepted and how few people are nobody's hot spot may change at any time. */
void hotspots_policy(struct hotspots *h, const struct hotspot_policy *p);
/* How surprising (hotspot.surprise) a hot spot and a signal must be, as a trial has found (hotspot_trial.h). Before it, or with 0, they follow
 * from the number of tests there are to make of so many cases a day, which keeps the rate only about. */
void hotspots_bars(struct hotspots *h, double hot, double weak);
/* A case as it is known now: counted if its number is new, moved if its item, place or time is another than before, else nothing is done.
 * In any order, but a case older than the newest day known counts as the past only. False when memory is gone. */
bool hotspots_put(struct hotspots *h, const struct hotspot_case *c);
/* A case that was none: an invalid one, one withdrawn. */
void hotspots_take(struct hotspots *h, int64_t no);
size_t hotspots_count(const struct hotspots *h); /* cases put */
/* As hotspots_put and hotspots_take for who remembers himself what he added: nothing is kept by number, and no trial can be made of it. */
bool hotspots_add(struct hotspots *h, const struct hotspot_case *c);
void hotspots_drop(struct hotspots *h, const struct hotspot_case *c);
/* What is hot at this local time, most surprising first; of cells that hold the same cases only the one that says it best. Returns how many. Costs
 * by what came in during the last week. */
int hotspots_find(struct hotspots *h, int64_t now, struct hotspot *out, int max);
/* People now and expected of one cell in one of the windows (0 = an hour … 3 = a week). False when nothing ever fell into it. */
bool hotspots_cell(struct hotspots *h, int64_t now, const char *matter, int matter_level, const char *place, int place_level, int window,
    int *people, double *expected);
/* A heat table: the cells of these two levels that hold anybody in the window, most people first. Returns how many. */
struct hotspot_heat { const char *matter, *place; int people; double expected; };
int hotspots_heat(struct hotspots *h, int64_t now, int matter_level, int place_level, int window, struct hotspot_heat *out, int max);
size_t hotspots_bytes(const struct hotspots *h);

#endif
