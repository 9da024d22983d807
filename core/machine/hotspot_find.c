#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/hotspot_inside.h"

enum { HOUR_S = 3600, FOUND_MAX = 4096, PAST_LEAST = 10 /* days without which nothing can be said to rise */ };
static const int window_s[HOTSPOT_WINDOWS] = { HOUR_S, 4 * HOUR_S, DAY_S, 7 * DAY_S };
/* The past of a window ends so many days before today, so that what is rising is not its own past. */
static const int guard_days[HOTSPOT_WINDOWS] = { 1, 1, 2, 8 };
/* Cases that a matter never seen is taken to have had. */
static const double UNSEEN = 0.5;
/* What is believed before a level's own days have said it, and how many people or squares that weighs: neighbours who call together (variance over
 * the mean, less one), days unlike each other (its share of the mean squared), matters that have places of their own (the same between cells). */
static const double TOGETHER = 0.1, TOGETHER_MOST = 4, UNLIKE = 0.1, UNLIKE_MOST = 4, TRUST = 30, UNEVEN = 1, UNEVEN_LEAST = 0.02, UNEVEN_MOST = 10;
/* Tests of one case: its cells by the windows, less that they say nearly the same. A guess, good until a trial has been made (hotspot_trial.h), and for
 * the whole city. */
static const double TESTS_A_CASE = 120;
/* A wider matter or place must be clearer by so much for each level to be told instead. */
static const double NARROW = 0.3;
/* What has been told stays told that way until another way says it by so much better. */
static const double STAY = 2;

/* What is the same for every cell at one moment. */
struct moment {
	const struct hotspots *h;
	int64_t now;
	double fade[PAST_DAYS + 1];
	double exposed[HOTSPOT_WINDOWS];   /* days of past, fading, as a day like the average counts */
	double share[HOTSPOT_WINDOWS];     /* of such a day, in the window that ends now */
	double kind[2];                    /* what a working day, a day off holds of an average day */
	double season;                     /* this week against what was expected */
	double least[2], weak[2];          /* surprise of a hot spot, of a signal; of the whole city, which no trial can try */
	struct { double expected; int people; } city[HOTSPOT_WINDOWS];
};

static bool
is_city(const struct cell *c)
{
	return c->mlevel == HOTSPOT_MATTERS - 1 && c->plevel == HOTSPOT_PLACES - 1;
}

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
	double seen = past_of(m, c, w), all, of_matter, of_place, shape, guess_days;

	if (mlevel == whole_m || plevel == whole_p)
		return (struct expected){ (seen + UNSEEN) / (m->exposed[w] + 1), 1 / (seen + UNSEEN) };
	all = past_of(m, hotspots_at(m->h, 0, whole_m, 0, whole_p), w) + UNSEEN;
	of_matter = past_of(m, hotspots_at(m->h, matter, mlevel, 0, whole_p), w) + UNSEEN;
	of_place = past_of(m, hotspots_at(m->h, 0, whole_m, place, plevel), w) + UNSEEN;
	shape = 1 / m->h->uneven[mlevel][plevel];
	guess_days = shape / (of_matter / (m->exposed[w] + 1) * of_place / all);
	double guessed = guess_days / (guess_days + m->exposed[w]);
	return (struct expected){ (seen + shape) / (m->exposed[w] + guess_days), 1 / (seen + shape) + guessed * guessed * (1 / of_matter + 1 / of_place) };
}

/* People in the window; where its cases begin in c->recent. */
static int
people_in(const struct cell *c, int64_t from, int *first)
{
	int i = c->nrecent, n = 0;

	for (; i > 0 && c->recent[i - 1].at > from; i--)
		n += c->recent[i - 1].before <= from;
	*first = i;
	return n;
}

/* A storm over the city, less what the cell itself makes of it. */
static double
storm(double others, double expected)
{
	return others > expected ? (others + 5) / (expected + 5) : 1;
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
	e.people *= storm(m->city[w].people - people, m->city[w].expected);
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
between(double x, double least, double most)
{
	return x < least ? least : x > most ? most : x;
}

static double
together(const struct clumps *k)
{
	return between((k->pairs + TOGETHER * TRUST) / (k->people + TRUST), 0, TOGETHER_MOST);
}

/* Variance beyond chance over the square of what is expected. */
static double
clumps_of(const struct clumps *k, double expected)
{
	return together(k) / expected + between((k->above + UNLIKE * TRUST) / (k->square + TRUST), 0, UNLIKE_MOST);
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
	m->least[0] = m->least[1] = -log10(h->policy.false_a_day / (day * TESTS_A_CASE));
	m->weak[0] = m->weak[1] = m->least[1] - log10(HOTSPOT_WEAK_TIMES);
	if (h->bar_hot > 0) {
		m->least[0] = h->bar_hot;
		m->weak[0] = h->bar_weak;
	}
}

void
hotspots_untried(const struct hotspots *h, int64_t now, double *hot, double *weak)
{
	struct hotspots plain = *h;
	struct moment m;

	plain.bar_hot = 0;
	begin(&m, &plain, now);
	*hot = m.least[0];
	*weak = m.weak[0];
}

/* --- learning how clumpy ------------------------------------------------------------------------------------------------------ */

/* People by stretches of `span_s` of the 24 hours from `from`. */
static void
people_by(const struct cell *c, int64_t from, int span_s, int *n)
{
	memset(n, 0, (size_t)(DAY_S / span_s) * sizeof *n);
	for (int i = c->nrecent; i > 0 && c->recent[i - 1].at >= from; i--) {
		int at = (int)((c->recent[i - 1].at - from) / span_s);

		if (at < DAY_S / span_s)
			n[at] += c->recent[i - 1].before < from + (int64_t)at * span_s;
	}
}

/* A window that is over. A hot spot is not how things usually are, so one is not believed beyond a bound. */
static void
learn(struct clumps *k, double n, double e, double doubt)
{
	double near = together(k), most = e + 5 * sqrt(e * (1 + near)) + 3;

	n = n < most ? n : most;
	if (e < 1) {
		k->pairs += n * (n - 1) - (1 + doubt) * e * e;
		k->people += n;
	} else {
		k->above += (n - e) * (n - e) - (1 + near) * e - doubt * e * e;
		k->square += e * e;
	}
}

static void
fade(struct hotspots *h, double by)
{
	for (int i = 0; i < HOTSPOT_MATTERS * HOTSPOT_PLACES * HOTSPOT_WINDOWS; i++) {
		struct clumps *k = &h->clumps[0][0][0] + i;

		k->pairs *= by;
		k->people *= by;
		k->above *= by;
		k->square *= by;
	}
}

/* How unlike the product of their matter and place cells are: the more, the sooner a cell's own past is believed. */
static void
learn_uneven(struct hotspots *h, const struct moment *m)
{
	const int whole_m = HOTSPOT_MATTERS - 1, whole_p = HOTSPOT_PLACES - 1;
	struct { double above, square; } sum[HOTSPOT_MATTERS][HOTSPOT_PLACES] = { 0 };
	double all = past_of(m, hotspots_at(h, 0, whole_m, 0, whole_p), 0) + UNSEEN;

	for (int i = 0; i < h->nlive; i++) {
		const struct cell *c = h->live[i];
		double seen = past_of(m, c, 0), guess, chance = 0;

		if (c->mlevel == whole_m || c->plevel == whole_p)
			continue;
		guess = past_of(m, hotspots_at(h, c->matter, c->mlevel, 0, whole_p), 0) * past_of(m, hotspots_at(h, 0, whole_m, c->place, c->plevel), 0) / all;
		for (int k = 0; k < c->ndays; k++) {
			int ago = h->today - c->day[k].day;

			if (ago >= guard_days[0] && ago <= PAST_DAYS)
				chance += m->fade[ago] * m->fade[ago] * c->day[k].n;
		}
		sum[c->mlevel][c->plevel].above += seen * seen - (1 + together(&h->clumps[c->mlevel][c->plevel][2])) * chance - guess * guess;
		sum[c->mlevel][c->plevel].square += guess * guess;
	}
	for (int i = 0; i < HOTSPOT_MATTERS; i++)
		for (int k = 0; k < HOTSPOT_PLACES; k++)
			h->uneven[i][k] = between((sum[i][k].above + UNEVEN * TRUST) / (sum[i][k].square + TRUST), UNEVEN_LEAST, UNEVEN_MOST);
}

void
hotspots_learn_clumps(struct hotspots *h, int day, double faded)
{
	const struct cell *city = hotspots_at(h, 0, HOTSPOT_MATTERS - 1, 0, HOTSPOT_PLACES - 1);
	static const int spans[] = { HOUR_S, 4 * HOUR_S, DAY_S };
	int64_t from = (int64_t)day * DAY_S;
	int cities[3][24];
	double share[3][24];
	struct moment m;

	fade(h, faded);
	if (day - h->first_day < 14 || !city)
		return;
	begin(&m, h, from + DAY_S);
	learn_uneven(h, &m);
	for (int w = 0; w < 3; w++) {
		people_by(city, from, spans[w], cities[w]);
		for (int i = 0; i < DAY_S / spans[w]; i++)
			share[w][i] = span_share(&m, from + (int64_t)i * spans[w], from + (int64_t)(i + 1) * spans[w]) * m.season;
	}
	double city_rate = rate_of(&m, city, 0, HOTSPOT_MATTERS - 1, 0, HOTSPOT_PLACES - 1, 0).people;
	for (int i = 0; i < h->nlive; i++) {
		const struct cell *c = h->live[i];
		struct expected rate = rate_of(&m, c, c->matter, c->mlevel, c->place, c->plevel, 0), e;
		int first, n[24];

		for (int w = 0; w < 3; w++) {
			people_by(c, from, spans[w], n);
			for (int k = 0; k < DAY_S / spans[w]; k++)
				learn(&h->clumps[c->mlevel][c->plevel][w], n[k], rate.people * share[w][k] *
				    (c == city ? 1 : storm(cities[w][k] - n[k], city_rate * share[w][k])), rate.doubt);
		}
		int week = people_in(c, m.now - window_s[3], &first);
		e = expected_in(&m, c, c->matter, c->mlevel, c->place, c->plevel, 3, week);
		learn(&h->clumps[c->mlevel][c->plevel][3], week, e.people, e.doubt);
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
		if (e.people > m->city[w].expected / 2 && !is_city(c))
			continue; /* most of the city: it says so itself */
		clumps = clumps_of(&m->h->clumps[c->mlevel][c->plevel][w], e.people) + e.doubt;
		s = surprise(n, e.people, clumps);
		if (s > best.surprise)
			best = (struct found){ .cell = c, .window = w, .first = first, .people = n, .expected = e.people, .clumps = clumps, .surprise = s };
	}
	best.order = best.surprise - NARROW * (c->mlevel + c->plevel) + (m->now - c->told < DAY_S ? STAY : 0);
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
		    surprise(left, x->expected, x->clumps) < m->weak[1])
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
		.people = f->people, .expected = f->expected, .surprise = f->surprise, .weak = f->surprise < m->least[is_city(c)] };
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
		c->hot = f.surprise >= m.weak[is_city(c)];
		if (c->hot && n < FOUND_MAX)
			found[n++] = f;
	}
	qsort(found, (size_t)n, sizeof *found, by_order);
	told = calloc((size_t)max, sizeof *told);
	for (int i = 0; told && i < n && ntold < max; i++)
		if (says_more(&m, &found[i], told, ntold)) {
			told[ntold] = found[i];
			found[i].cell->told = now;
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
