#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/hotspot_inside.h"

enum { HOUR_S = 3600, FOUND_MAX = 4096, WEAK_TIMES = 10, PAST_LEAST = 10 /* days without which nothing can be said to rise */ };
static const int window_s[HOTSPOT_WINDOWS] = { HOUR_S, 4 * HOUR_S, DAY_S, 7 * DAY_S };
/* The past of a window ends so many days before today, so that what is rising is not its own past. */
static const int guard_days[HOTSPOT_WINDOWS] = { 1, 1, 2, 8 };
/* Days of past that the guess from matter and place weighs as much as; cases that a matter never seen is taken to have had. */
static const double LEAN_DAYS = 7, UNSEEN = 0.5;
/* How clumpy a level is taken to be before its own days have said it, and the least and most it is taken to be. */
static const double CLUMPS = 0.3, CLUMPS_LEAST = 0.05, CLUMPS_MOST = 4, CLUMPS_TRUST = 20;
/* Tests of one case: its cells by the windows, less that they say nearly the same. Found by trial on shuffled time: tests/bench/README.md. */
static const double TESTS_A_CASE = 120;
/* A wider matter or place must be clearer by so much for each level to be told instead. */
static const double NARROW = 0.3;

/* What is the same for every cell at one moment. */
struct moment {
	const struct hotspots *h;
	int64_t now;
	double fade[PAST_DAYS + 1];
	double exposed[HOTSPOT_WINDOWS];   /* days of past, fading, as a day like the average counts */
	double share[HOTSPOT_WINDOWS];     /* of such a day, in the window that ends now */
	double kind[2];                    /* what a working day, a day off holds of an average day */
	double season;                     /* this week against what was expected */
	double least, weak;                /* surprise of a hot spot, of a signal */
	struct { double expected; int people; } city[HOTSPOT_WINDOWS];
};

/* --- what is to be expected ------------------------------------------------------------------------------------------------ */

static double
kind_share(const struct hotspots *h, int kind)
{
	double all = 0, mine = 0, days = h->kind_days[0] + h->kind_days[1];

	for (int i = 0; i < 24; i++) {
		all += h->hour[0][i] + h->hour[1][i];
		mine += h->hour[kind][i];
	}
	if (all <= 0 || days <= 0)
		return 1;
	return (mine / all * days + 3) / (h->kind_days[kind] + 3);
}

/* The hour's share of its day; what was seen little of leans on an even day. */
static double
hour_share(const struct hotspots *h, int kind, int hour)
{
	double sum = 0;

	for (int i = 0; i < 24; i++)
		sum += h->hour[kind][i];
	return (h->hour[kind][hour] + 2) / (sum + 48);
}

/* Of an average day: what [from, to) holds. */
static double
span_share(const struct moment *m, int64_t from, int64_t to)
{
	double sum = 0;

	for (int64_t at = from; at < to;) {
		int64_t end = (at / HOUR_S + 1) * HOUR_S;
		int kind = hotspots_day_off(m->h, hotspot_day(at));

		if (end > to)
			end = to;
		sum += m->kind[kind] * hour_share(m->h, kind, hotspot_hour(at)) * (double)(end - at) / HOUR_S;
		at = end;
	}
	return sum;
}

/* People an average day, over the past that a window may look at. */
static double
past_of(const struct moment *m, const struct cell *c, int w)
{
	double sum = 0, mean = 0;

	for (int i = 0; c && i < c->ndays; i++)
		mean += c->day[i].n;
	mean /= m->h->today - m->h->first_day + 1;
	for (int i = 0; c && i < c->ndays; i++) {
		int ago = m->h->today - c->day[i].day;
		double n = c->day[i].n, most = 4 + 3 * mean; /* an old hot spot is no reason to overlook the next */

		if (ago >= guard_days[w] && ago <= PAST_DAYS)
			sum += m->fade[ago] * (n < most ? n : most);
	}
	return sum;
}

/* What a cell is expected to hold, and how little that is known: the variance of the expectation over its square. */
struct expected { double people, doubt; };

static struct expected
rate_of(const struct moment *m, const struct cell *c, int matter, int mlevel, int place, int plevel, int w)
{
	const int whole_m = HOTSPOT_MATTERS - 1, whole_p = HOTSPOT_PLACES - 1;
	double seen = past_of(m, c, w), all, of_matter, of_place;

	if (mlevel == whole_m || plevel == whole_p)
		return (struct expected){ (seen + UNSEEN) / (m->exposed[w] + 1), 1 / (seen + UNSEEN) };
	all = past_of(m, hotspots_at(m->h, 0, whole_m, 0, whole_p), w) + UNSEEN;
	of_matter = past_of(m, hotspots_at(m->h, matter, mlevel, 0, whole_p), w) + UNSEEN;
	of_place = past_of(m, hotspots_at(m->h, 0, whole_m, place, plevel), w) + UNSEEN;
	return (struct expected){ (seen + LEAN_DAYS * of_matter / (m->exposed[w] + 1) * of_place / all) / (m->exposed[w] + LEAN_DAYS),
		1 / of_matter + 1 / of_place };
}

/* People in the window; where its cases begin in c->recent. */
static int
people_in(const struct cell *c, int64_t from, int *first)
{
	int i = c->nrecent, n = 0;

	while (i > 0 && c->recent[i - 1].at > from)
		i--;
	*first = i;
	for (int k = i; k < c->nrecent; k++) {
		bool known = false;

		for (int j = i; c->recent[k].person && j < k && k - j < 200 && !known; j++)
			known = c->recent[j].person == c->recent[k].person;
		n += !known;
	}
	return n;
}

static struct expected
expected_in(const struct moment *m, const struct cell *c, int matter, int mlevel, int place, int plevel, int w, int people)
{
	struct expected e = rate_of(m, c, matter, mlevel, place, plevel, w);

	e.people *= m->share[w];

	if (mlevel == HOTSPOT_MATTERS - 1 && plevel == HOTSPOT_PLACES - 1)
		return e;
	if (w < HOTSPOT_WINDOWS - 1)
		e.people *= m->season;
	/* A storm over the city, less what this cell itself makes of it. */
	if (m->city[w].people - people > m->city[w].expected)
		e.people *= (m->city[w].people - people + 5) / (m->city[w].expected + 5);
	return e;
}

/* --- how unlikely ------------------------------------------------------------------------------------------------------------ */

/* −log10 of the probability of n or more, of a negative binomial with this mean and variance mean + clumps · mean². */
static double
surprise(int n, double mean, double clumps)
{
	double size = 1 / clumps, odds = clumps * mean / (1 + clumps * mean), logp = -size * log1p(clumps * mean), sum = 0, term = 1;

	if (n <= mean)
		return 0;
	for (int k = 0; k < n; k++)
		logp += log((k + size) / (k + 1) * odds);
	for (int k = n; k < n + 2000 && term > 1e-12; k++) {
		sum += term;
		term *= (k + size) / (k + 1) * odds;
	}
	return -(logp + log(sum)) / log(10);
}

static double
clumps_of(const struct hotspots *h, int mlevel, int plevel)
{
	double above = h->clumps[mlevel][plevel].above, square = h->clumps[mlevel][plevel].square;
	double k = (above + CLUMPS * CLUMPS_TRUST) / (square + CLUMPS_TRUST);

	return k < CLUMPS_LEAST ? CLUMPS_LEAST : k > CLUMPS_MOST ? CLUMPS_MOST : k;
}

static void
begin(struct moment *m, const struct hotspots *h, int64_t now)
{
	const struct cell *city = hotspots_at(h, 0, HOTSPOT_MATTERS - 1, 0, HOTSPOT_PLACES - 1);
	double day, week;
	int first;

	*m = (struct moment){ .h = h, .now = now, .season = 1 };
	for (int i = 0; i <= PAST_DAYS; i++)
		m->fade[i] = exp2(-i / h->policy.half_life_days);
	for (int k = 0; k < 2; k++)
		m->kind[k] = kind_share(h, k);
	for (int w = 0; w < HOTSPOT_WINDOWS; w++) {
		for (int ago = guard_days[w]; ago <= PAST_DAYS && h->today - ago >= h->first_day; ago++)
			m->exposed[w] += m->fade[ago] * m->kind[hotspots_day_off(h, h->today - ago)];
		m->share[w] = span_share(m, now - window_s[w], now);
	}
	for (int w = HOTSPOT_WINDOWS - 1; city && w >= 0; w--) {
		m->city[w].people = people_in(city, now - window_s[w], &first);
		m->city[w].expected = expected_in(m, city, 0, HOTSPOT_MATTERS - 1, 0, HOTSPOT_PLACES - 1, w, 0).people;
	}
	week = m->city[HOTSPOT_WINDOWS - 1].expected;
	m->season = (m->city[HOTSPOT_WINDOWS - 1].people + 20) / (week + 20);
	m->season = m->season < 0.5 ? 0.5 : m->season > 3 ? 3 : m->season;
	day = week / 7 > 1 ? week / 7 : 1;
	m->least = -log10(h->policy.false_a_day / (day * TESTS_A_CASE));
	m->weak = m->least - log10(WEAK_TIMES);
}

/* --- learning how clumpy ------------------------------------------------------------------------------------------------------ */

void
hotspots_learn_clumps(struct hotspots *h, int day, double fade)
{
	struct moment m;

	for (int i = 0; i < HOTSPOT_MATTERS; i++)
		for (int k = 0; k < HOTSPOT_PLACES; k++) {
			h->clumps[i][k].above *= fade;
			h->clumps[i][k].square *= fade;
		}
	if (day - h->first_day < 14)
		return;
	begin(&m, h, (int64_t)(day + 1) * DAY_S);
	for (int i = 0; i < h->nlive; i++) {
		const struct cell *c = h->live[i];
		double e = rate_of(&m, c, c->matter, c->mlevel, c->place, c->plevel, 0).people * m.kind[hotspots_day_off(h, day)] * m.season;
		double n = c->ndays > 0 && c->day[c->ndays - 1].day == day ? c->day[c->ndays - 1].n : 0, most = e + 4 * sqrt(e) + 2;

		if (e < 0.05)
			continue;
		n = n < most ? n : most; /* a hot spot is not how things usually are */
		h->clumps[c->mlevel][c->plevel].above += (n - e) * (n - e) - e;
		h->clumps[c->mlevel][c->plevel].square += e * e;
	}
}

/* --- finding ------------------------------------------------------------------------------------------------------------------- */

struct found { struct cell *cell; int window, first, people; double expected, clumps, surprise, order; };

static struct found
weigh(const struct moment *m, struct cell *c)
{
	struct found best = { .cell = c, .surprise = -1 };

	for (int w = 0; w < HOTSPOT_WINDOWS; w++) {
		int first, n = people_in(c, m->now - window_s[w], &first);
		struct expected e;
		double clumps, s;

		if (n < m->h->policy.people)
			continue;
		e = expected_in(m, c, c->matter, c->mlevel, c->place, c->plevel, w, n);
		clumps = clumps_of(m->h, c->mlevel, c->plevel) + e.doubt;
		s = surprise(n, e.people, clumps);
		if (s > best.surprise)
			best = (struct found){ .cell = c, .window = w, .first = first, .people = n, .expected = e.people, .clumps = clumps, .surprise = s };
	}
	best.order = best.surprise - NARROW * (c->mlevel + c->plevel);
	return best;
}

static int
by_order(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->order > y->order || x->order < y->order)
		return x->order > y->order ? -1 : 1;
	return x->cell->key < y->cell->key ? -1 : x->cell->key > y->cell->key;
}

/* How many of the cases of x are in y. */
static int
shared(const struct found *x, const struct found *y)
{
	const struct cell *c = x->cell, *d = y->cell;
	int n = 0;

	for (int i = x->first, k = y->first; i < c->nrecent; i++) {
		while (k < d->nrecent && d->recent[k].at < c->recent[i].at)
			k++;
		for (int j = k; j < d->nrecent && d->recent[j].at == c->recent[i].at; j++)
			if (d->recent[j].no == c->recent[i].no) {
				n++;
				break;
			}
	}
	return n;
}

/* Is there still something to say about x, once these have been told? */
static bool
says_more(const struct moment *m, const struct found *x, const struct found *told, int n)
{
	for (int i = 0; i < n; i++) {
		int both = shared(x, &told[i]), left = x->people - both;

		if (both == 0)
			continue;
		if (left < m->h->policy.people ||
		    surprise(left, x->expected, x->clumps) < m->weak)
			return false;
	}
	return true;
}

static void
tell(const struct moment *m, const struct found *f, struct hotspot *out)
{
	const struct cell *c = f->cell;

	*out = (struct hotspot){ .matter = hotspots_name(m->h, c->matter), .place = hotspots_name(m->h, c->place), .matter_level = c->mlevel,
		.place_level = c->plevel, .window_s = window_s[f->window], .since = c->recent[f->first].at, .cases = c->nrecent - f->first,
		.people = f->people, .expected = f->expected, .surprise = f->surprise, .weak = f->surprise < m->least };
	for (int i = c->nrecent - 1; i >= f->first && out->nnos < HOTSPOT_CASES; i--)
		out->no[out->nnos++] = c->recent[i].no;
	for (int i = 0; i < c->ndays; i++) {
		int ago = hotspot_day(m->now) - c->day[i].day;

		if (ago >= 0 && ago < HOTSPOT_DAYS)
			out->day[HOTSPOT_DAYS - 1 - ago] = c->day[i].n;
	}
}

int
hotspots_find(struct hotspots *h, int64_t now, struct hotspot *out, int max)
{
	struct found *found = malloc(FOUND_MAX * sizeof *found), *told;
	struct moment m;
	int n = 0, ntold = 0;

	if (!found || max <= 0 || h->today - h->first_day < PAST_LEAST) {
		free(found);
		return 0;
	}
	begin(&m, h, now);
	for (int i = 0; i < h->nlive; i++) {
		struct cell *c = h->live[i];
		struct found f;

		if ((!c->look && !c->hot) || c->nrecent < h->policy.people)
			continue;
		f = weigh(&m, c);
		c->look = false;
		c->hot = f.surprise >= m.weak;
		if (c->hot && n < FOUND_MAX)
			found[n++] = f;
	}
	qsort(found, (size_t)n, sizeof *found, by_order);
	told = calloc((size_t)max, sizeof *told);
	for (int i = 0; told && i < n && ntold < max; i++)
		if (says_more(&m, &found[i], told, ntold)) {
			told[ntold] = found[i];
			tell(&m, &found[i], &out[ntold++]);
		}
	free(told);
	free(found);
	return ntold;
}

bool
hotspots_cell(struct hotspots *h, int64_t now, const char *matter, int matter_level, const char *place, int place_level, int window, int *people,
    double *expected)
{
	int m = (int)(intptr_t)(matter && *matter ? strmap_get(&h->names, matter) : NULL);
	int p = (int)(intptr_t)(place && *place ? strmap_get(&h->names, place) : NULL), first;
	struct cell *c = hotspots_at(h, m, matter_level, p, place_level);
	struct moment now_;

	if (!c)
		return false;
	begin(&now_, h, now);
	*people = people_in(c, now - window_s[window], &first);
	*expected = expected_in(&now_, c, m, matter_level, p, place_level, window, *people).people;
	return true;
}

static int
by_people(const void *a, const void *b)
{
	const struct hotspot_heat *x = a, *y = b;
	int order = strcmp(x->place, y->place);

	return x->people != y->people ? (x->people > y->people ? -1 : 1) : order ? order : strcmp(x->matter, y->matter);
}

int
hotspots_heat(struct hotspots *h, int64_t now, int matter_level, int place_level, int window, struct hotspot_heat *out, int max)
{
	struct moment m;
	int n = 0, first;

	begin(&m, h, now);
	for (int i = 0; i < h->nlive && n < max; i++) {
		const struct cell *c = h->live[i];
		int people = c->mlevel == matter_level && c->plevel == place_level ? people_in(c, now - window_s[window], &first) : 0;

		if (people > 0)
			out[n++] = (struct hotspot_heat){ hotspots_name(h, c->matter), hotspots_name(h, c->place), people,
				expected_in(&m, c, c->matter, c->mlevel, c->place, c->plevel, window, people).people };
	}
	qsort(out, (size_t)n, sizeof *out, by_people);
	return n;
}
