#include "core/machine/hotspot_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/hotspot_inside.h"

enum {
	WARM_DAYS = 21, LEAST_DAYS = 28,
	STEP_S = 600,        /* between two looks */
	ROUNDS = 10,         /* shuffles, … */
	ENOUGH = 1000000,    /* … fewer where there are more cases than this in all of them */
	QUIET_LEAST = 10,    /* days; fewer say nothing */
	SIGNALS_LEAST = 20, TAIL = 40, FOUND = 200
};
/* A look goes so far below the signals of the untried bar, to see enough of them. */
static const double BELOW = 1;
/* Of the stated rate this share is aimed at: what comes is never quite like the past that was tried. */
static const double AIM = 0.65;
/* Whatever the rate: what chance makes in one place in three hundred is nothing to ring for. */
static const double HOT_LEAST = 2.5, WEAK_LEAST = 1.5;

/* A hot spot of the shuffled past, while it is told of, and how surprising it got. */
struct episode { const char *matter, *place; int matter_level, place_level; int64_t until; double most; bool counts; };

/* How surprising those got that have ended, and the days that were looked at. */
struct tally { double *most, days; int n, cap; };

struct hotspot_trial {
	struct hotspots *h;
	struct hotspot_policy policy;
	struct hotspot_case *x;
	size_t n, next;
	int round, rounds;   /* the first is the past as it was, of which only the quiet days count */
	int first_day, ndays;
	bool *quiet;
	int64_t now, start, end;
	uint64_t seed;
	struct tally quiet_days, shuffled;
	struct episode *open; int nopen, cap_open;
	struct hotspot found[FOUND];
	bool failed;
};

static uint64_t
draw(uint64_t *seed)
{
	uint64_t x = *seed += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static int
by_time(const void *a, const void *b)
{
	const struct hotspot_case *x = a, *y = b;

	return x->at != y->at ? (x->at < y->at ? -1 : 1) : (x->no > y->no) - (x->no < y->no);
}

/* The next shuffle from its beginning. */
static bool
begin(struct hotspot_trial *t)
{
	hotspots_free(t->h);
	if (!(t->h = hotspots_new(&t->policy)))
		return false;
	for (size_t i = t->n - 1; i > 0 && t->round > 0; i--) {
		size_t k = draw(&t->seed) % (i + 1);
		int64_t at = t->x[i].at;

		t->x[i].at = t->x[k].at;
		t->x[k].at = at;
	}
	qsort(t->x, t->n, sizeof *t->x, by_time);
	t->now = t->x[0].at;
	t->end = t->x[t->n - 1].at;
	t->start = t->now + (int64_t)WARM_DAYS * DAY_S;
	t->next = 0;
	return true;
}

struct hotspot_trial *
hotspot_trial_new(const struct hotspots *h, uint64_t seed)
{
	struct hotspot_trial *t = calloc(1, sizeof *t);

	if (t && (t->x = hotspots_cases(h, &t->n)) && t->n > 1) {
		int64_t first = INT64_MAX, last = INT64_MIN;

		for (size_t i = 0; i < t->n; i++) {
			first = t->x[i].at < first ? t->x[i].at : first;
			last = t->x[i].at > last ? t->x[i].at : last;
		}
		t->policy = h->policy;
		t->seed = seed;
		t->rounds = 1 + (t->n * ROUNDS <= ENOUGH ? ROUNDS : t->n * 2 <= ENOUGH ? (int)(ENOUGH / t->n) : 1);
		t->first_day = hotspot_day(first);
		t->ndays = hotspot_day(last) - t->first_day + 1;
		if (last - first >= (int64_t)LEAST_DAYS * DAY_S && (t->quiet = hotspots_quiet(h, t->first_day, t->ndays)) && begin(t))
			return t;
	}
	hotspot_trial_free(t);
	return NULL;
}

void
hotspot_trial_free(struct hotspot_trial *t)
{
	if (!t)
		return;
	hotspots_free(t->h);
	free(t->x);
	free(t->quiet_days.most);
	free(t->shuffled.most);
	free(t->quiet);
	free(t->open);
	free(t);
}

static bool
end_episodes(struct hotspot_trial *t, int64_t before)
{
	struct tally *y = t->round ? &t->shuffled : &t->quiet_days;

	for (int i = 0; i < t->nopen;) {
		if (t->open[i].until >= before) {
			i++;
			continue;
		}
		if (y->n == y->cap) {
			int cap = y->cap ? 2 * y->cap : 256;
			double *more = realloc(y->most, (size_t)cap * sizeof *more);

			if (!more)
				return false;
			y->most = more;
			y->cap = cap;
		}
		if (t->open[i].counts)
			y->most[y->n++] = t->open[i].most;
		t->open[i] = t->open[--t->nopen];
	}
	return true;
}

static bool
is_quiet(const struct hotspot_trial *t)
{
	int day = hotspot_day(t->now) - t->first_day;

	return day >= 0 && day < t->ndays && t->quiet[day];
}

static bool
note(struct hotspot_trial *t, const struct hotspot *f)
{
	struct episode *e = NULL;

	for (int i = 0; i < t->nopen && !e; i++)
		if (t->open[i].matter == f->matter && t->open[i].place == f->place && t->open[i].matter_level == f->matter_level &&
		    t->open[i].place_level == f->place_level)
			e = &t->open[i];
	if (!e) {
		if (t->nopen == t->cap_open) {
			int cap = t->cap_open ? 2 * t->cap_open : 256;
			struct episode *more = realloc(t->open, (size_t)cap * sizeof *more);

			if (!more)
				return false;
			t->open = more;
			t->cap_open = cap;
		}
		e = &t->open[t->nopen++];
		*e = (struct episode){ f->matter, f->place, f->matter_level, f->place_level, t->now, f->surprise,
			t->round > 0 || is_quiet(t) };
	}
	e->until = t->now;
	e->most = f->surprise > e->most ? f->surprise : e->most;
	return true;
}

/* One look; the city as a whole is left out: exchanging times leaves its numbers as they are. */
static bool
look(struct hotspot_trial *t)
{
	int n = hotspots_find(t->h, t->now, t->found, FOUND);

	for (int i = 0; i < n; i++)
		if (t->found[i].matter_level + t->found[i].place_level < HOTSPOT_MATTERS + HOTSPOT_PLACES - 2 && !note(t, &t->found[i]))
			return false;
	return end_episodes(t, t->now - DAY_S);
}

bool
hotspot_trial_step(struct hotspot_trial *t)
{
	int64_t until = t->now + DAY_S;
	double hot, weak;

	hotspots_untried(t->h, t->now, &hot, &weak);
	hotspots_bars(t->h, weak - BELOW, weak - BELOW);
	for (; t->now < until && t->now < t->end && !t->failed; t->now += STEP_S) {
		for (; t->next < t->n && t->x[t->next].at <= t->now; t->next++)
			t->failed |= !hotspots_add(t->h, &t->x[t->next]);
		if (t->now >= t->start)
			t->failed |= !look(t);
	}
	if (t->failed)
		return false;
	if (t->now < t->end)
		return true;
	for (int64_t day = t->start; t->round == 0 && day < t->end; day += DAY_S)
		t->quiet_days.days += t->quiet[hotspot_day(day) - t->first_day];
	if (t->round > 0)
		t->shuffled.days += (double)(t->end - t->start) / DAY_S;
	t->failed = !end_episodes(t, INT64_MAX);
	return ++t->round < t->rounds && !t->failed && begin(t);
}

static int
falling(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* Where so many are left that there is one of them every `1 / rate` days; `tail` of them are looked at. Surprise is a logarithm, so they grow
 * fewer by the same factor for every step. How fast follows from how far the middle one of those lies above the last; that has far less
 * scatter than to count the few that are as rare as wanted, and does not mind the one great event that an eye has overlooked. */
static double
bar(const struct tally *y, double rate, int tail)
{
	tail = tail < y->n ? tail : y->n;
	return y->most[tail - 1] + (y->most[tail / 2] - y->most[tail - 1]) / log(2) * log(tail / y->days / rate);
}

/* Those that are quiet may be few, and so may what they say be: a bar is raised by them, never lowered. */
bool
hotspot_trial_bars(struct hotspot_trial *t, double *hot, double *weak)
{
	struct tally *of[] = { &t->shuffled, &t->quiet_days };
	double rate = AIM * t->policy.false_a_day;

	*hot = *weak = 0;
	for (int i = 0; i < 2 && !t->failed; i++) {
		double wanted = rate * of[i]->days, signals = HOTSPOT_WEAK_TIMES * wanted, w, h;
		int tail = 2 * wanted > TAIL ? (int)(2 * wanted) : TAIL;

		if (of[i]->n < SIGNALS_LEAST || signals < SIGNALS_LEAST || of[i]->days < QUIET_LEAST)
			continue;
		qsort(of[i]->most, (size_t)of[i]->n, sizeof *of[i]->most, falling);
		w = bar(of[i], HOTSPOT_WEAK_TIMES * rate, (int)signals);
		h = bar(of[i], rate, tail < signals ? tail : (int)signals);
		*weak = w > *weak ? w : *weak;
		*hot = h > *hot ? h : *hot;
	}
	*weak = *weak > 0 && *weak < WEAK_LEAST ? WEAK_LEAST : *weak;
	*hot = *hot > 0 && *hot < HOT_LEAST ? HOT_LEAST : *hot > *weak ? *hot : *weak;
	return *hot > 0;
}
