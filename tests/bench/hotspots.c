/*
 * Whether hot spots keep their word, on the appeals of real cities: how often something is said when nothing rises (their times exchanged by
 * chance, on days that the bar was not set by; and on real days on which nothing stands out to the eye), what is said of the other days,
 * and how soon a burst of so many people put among them is seen. Needs the city tables beside the repository.
 * `hotspots [-v] [CITY]`: -v lists what was found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/machine/hotspot.h"
#include "core/machine/hotspot_trial.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"

enum { STEP_S = 600, MAX_FOUND = 200, DAY_SECONDS = 86400, WARM_DAYS = 28, SET_EVERY = 14, TRIALS = 60, SHUFFLES = 4, MAX_DAYS = 200, PLAIN = 5 };

struct bars { double hot, weak; };
struct traffic { struct hotspot_case *x; size_t n; struct rows rows; bool quiet[MAX_DAYS]; struct bars bars[MAX_DAYS]; };

/* Weekends; of 2018 China's Mid-Autumn and National Days, and the Saturday and Sunday worked for them. */
static bool
day_off(void *ctx, int64_t day)
{
	(void)ctx;
	if (day == 17798 || (day >= 17805 && day <= 17811))
		return true;
	return day != 17803 && day != 17804 && (day + 3) % 7 >= 5;
}

static const struct hotspot_policy policy = { .false_a_day = 0.2, .people = 3, .day_off = day_off };

/* --- rows ----------------------------------------------------------------------------------------------------------------- */

static int64_t
local_of(const char *text)
{
	struct tm tm = { 0 };

	return strptime(text, "%Y-%m-%d %H:%M:%S", &tm) ? timegm(&tm) : 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct hotspot_case *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at ? 1 : x->no < y->no ? -1 : x->no > y->no;
}

static int
day_of(const struct traffic *t, int64_t at)
{
	return (int)(at / DAY_SECONDS - t->x[0].at / DAY_SECONDS);
}

/* Columns: time, item, class, category, community, street, district; NULL = there is none. */
static bool
load(struct traffic *t, const char *file, const char *const column[7], const char *from)
{
	const char *path = rows_data(file);

	if (!path || !rows_load(&t->rows, path))
		return false;
	t->x = calloc(t->rows.n, sizeof *t->x);
	for (size_t i = 0; i < t->rows.n; i++) {
		struct hotspot_case *x = &t->x[t->n];
		const char *when = rows_get(&t->rows, i, column[0]);

		if (strcmp(when, from) < 0 || !(x->at = local_of(when)))
			continue;
		x->no = (int64_t)i + 1;
		for (int k = 0; k < 3; k++) {
			x->matter[k] = column[1 + k] ? rows_get(&t->rows, i, column[1 + k]) : "";
			x->place[k] = column[4 + k] ? rows_get(&t->rows, i, column[4 + k]) : "";
		}
		t->n++;
	}
	qsort(t->x, t->n, sizeof *t->x, by_time);
	return t->n > 0 && day_of(t, t->x[t->n - 1].at) < MAX_DAYS;
}

/* How many share this item (and place) with case i, on its day or on all. */
static int
like(const struct traffic *t, size_t i, bool place, bool day)
{
	int n = 0;

	for (size_t k = 0; k < t->n; k++)
		n += strcmp(t->x[k].matter[0], t->x[i].matter[0]) == 0 && (!place || strcmp(t->x[k].place[0], t->x[i].place[0]) == 0) &&
		    (!day || day_of(t, t->x[k].at) == day_of(t, t->x[i].at));
	return n;
}

static int
up(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* A day is quiet on which no item, in one community or in the city, comes more than five times above three times its mean, and the city has
 * at most half more cases than on the middle day. A day is judged by its list, not by anything that hot spots are found with. */
static void
find_quiet(struct traffic *t)
{
	int last = day_of(t, t->x[t->n - 1].at), in[MAX_DAYS] = { 0 }, sorted[MAX_DAYS];

	for (size_t i = 0; i < t->n; i++)
		in[day_of(t, t->x[i].at)]++;
	memcpy(sorted, in, sizeof in);
	qsort(sorted, (size_t)last + 1, sizeof *sorted, up);
	for (int d = 0; d <= last; d++)
		t->quiet[d] = in[d] * 2 <= sorted[last / 2] * 3;
	for (size_t i = 0; i < t->n; i++)
		if (like(t, i, true, true) > PLAIN + 3.0 * like(t, i, true, false) / (last + 1) ||
		    like(t, i, false, true) > PLAIN + 3.0 * like(t, i, false, false) / (last + 1))
			t->quiet[day_of(t, t->x[i].at)] = false;
}

/* The same cases at each other's times. */
static void
shuffle(struct traffic *t, unsigned seed)
{
	srandom(seed);
	for (size_t i = t->n - 1; i > 0; i--) {
		size_t k = (size_t)random() % (i + 1);
		int64_t at = t->x[i].at;

		t->x[i].at = t->x[k].at;
		t->x[k].at = at;
	}
	qsort(t->x, t->n, sizeof *t->x, by_time);
}

/* As a leader does at night, though only once in two weeks: with nothing but the days before, for the days to come. */
static void
set_bars(struct traffic *t)
{
	struct hotspots *h = hotspots_new(&policy);
	int last = day_of(t, t->x[t->n - 1].at);
	size_t i = 0;

	for (int day = 0; day <= last; day++) {
		struct hotspot_trial *trial;

		t->bars[day] = day ? t->bars[day - 1] : (struct bars){ 0 };
		if (day < WARM_DAYS || (day - WARM_DAYS) % SET_EVERY)
			continue;
		for (; i < t->n && day_of(t, t->x[i].at) < day; i++)
			hotspots_put(h, &t->x[i]);
		trial = hotspot_trial_new(h, (uint64_t)day);
		while (trial && hotspot_trial_step(trial))
			;
		if (trial)
			hotspot_trial_bars(trial, &t->bars[day].hot, &t->bars[day].weak);
		hotspot_trial_free(trial);
	}
	hotspots_free(h);
}

/* --- what is said ------------------------------------------------------------------------------------------------------------ */

/* What was being said, and until when: what goes on is one, and is told when it becomes more than a signal. */
struct said { char key[200]; int64_t until; bool hot; };

static bool
is_new(struct said *said, int *n, const struct hotspot *s, int64_t now)
{
	char key[200];
	struct said *x = NULL, *gone = NULL;
	bool news;

	snprintf(key, sizeof key, "%d %s @ %d %s", s->matter_level, s->matter, s->place_level, s->place);
	for (int i = 0; i < *n && !x; i++) {
		if (said[i].until < now - DAY_SECONDS)
			gone = &said[i];
		else if (strcmp(said[i].key, key) == 0)
			x = &said[i];
	}
	news = !x || (!s->weak && !x->hot);
	if (!x) {
		x = gone ? gone : &said[(*n)++];
		*x = (struct said){ .hot = false };
		snprintf(x->key, sizeof x->key, "%s", key);
	}
	x->until = now;
	x->hot |= !s->weak;
	return news;
}

struct told { double days, quiet_days; int hot, whole, weak, quiet, quiet_weak; double us; int looks; };

/* All of it from beginning to end: what begins from this day on. */
static void
replay(const struct traffic *t, int from_day, int step_s, bool show, struct told *told)
{
	struct hotspots *h = hotspots_new(&policy);
	static struct hotspot out[MAX_FOUND];
	static struct said said[4096];
	int nsaid = 0;
	int64_t start = (t->x[0].at / DAY_SECONDS + from_day) * DAY_SECONDS, now = t->x[0].at / DAY_SECONDS * DAY_SECONDS;

	for (size_t i = 0; i < t->n; hotspots_add(h, &t->x[i++]))
		for (; now < t->x[i].at; now += step_s) {
			double from = bench_cpu_us();
			bool quiet = t->quiet[day_of(t, now)];
			int n;

			if (now < start)
				continue;
			hotspots_bars(h, t->bars[day_of(t, now)].hot, t->bars[day_of(t, now)].weak);
			n = hotspots_find(h, now, out, MAX_FOUND);
			told->us += bench_cpu_us() - from;
			told->looks++;
			told->days += (double)step_s / DAY_SECONDS;
			told->quiet_days += quiet * (double)step_s / DAY_SECONDS;
			for (int k = 0; k < n; k++) {
				bool whole = !*out[k].matter && !*out[k].place;

				if (!is_new(said, &nsaid, &out[k], now))
					continue;
				told->whole += whole && !out[k].weak;
				told->hot += !whole && !out[k].weak;
				told->weak += out[k].weak;
				told->quiet += quiet && !out[k].weak;
				told->quiet_weak += quiet && out[k].weak;
				if (show && !out[k].weak)
					fprintf(stderr, "  day %d%s: %s @ %s levels %d %d, %d s: %d people, %.2f expected, %.1f\n", day_of(t, now), quiet ? " (quiet)" : "",
					    out[k].matter, out[k].place, out[k].matter_level, out[k].place_level, out[k].window_s, out[k].people, out[k].expected, out[k].surprise);
			}
		}
	hotspots_free(h);
}

static void
put(const char *city, const char *what, double value)
{
	char line[100];

	snprintf(line, sizeof line, "hotspots_%s_%s", city, what);
	bench_put(line, value);
}

/* --- bursts -------------------------------------------------------------------------------------------------------------------- */

/* People tell of one matter at one place at these times, in the middle of the traffic: when the first hint and the first hot spot are there;
 * 0 = never. */
static void
one_burst(const struct traffic *t, const struct hotspot_case *like, const int64_t *at, int people, int64_t until, int64_t *hint, int64_t *found)
{
	struct hotspots *h = hotspots_new(&policy);
	static struct hotspot out[MAX_FOUND];
	size_t i = 0;
	int put = 0;

	*hint = *found = 0;
	for (; i < t->n && t->x[i].at < at[0]; i++)
		hotspots_add(h, &t->x[i]);
	hotspots_bars(h, t->bars[day_of(t, at[0])].hot, t->bars[day_of(t, at[0])].weak);
	for (int64_t now = at[0]; now < until && !*found; now += STEP_S) {
		for (; i < t->n && t->x[i].at <= now; i++)
			hotspots_add(h, &t->x[i]);
		for (; put < people && at[put] <= now; put++) {
			struct hotspot_case x = *like;

			x.at = at[put];
			x.no = 1000000 + put;
			hotspots_add(h, &x);
		}
		for (int k = 0, n = hotspots_find(h, now, out, MAX_FOUND); k < n && !*found; k++) {
			int mine = 0;

			for (int j = 0; j < out[k].nnos; j++)
				mine += out[k].no[j] >= 1000000;
			if (mine * 2 < out[k].nnos || mine < 2)
				continue;
			*hint = *hint ? *hint : now;
			*found = out[k].weak ? 0 : now;
		}
	}
	hotspots_free(h);
}

static int
by_at(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Bursts of `people` within `spread` seconds, each at a moment, and of the item and place of a case, drawn at random. */
static void
inject(const char *city, const struct traffic *t, int people, int spread)
{
	struct samples delay = { 0 };
	int seen = 0, weak = 0;

	srandom(7);
	for (int trial = 0; trial < TRIALS; trial++) {
		const struct hotspot_case *like = &t->x[(size_t)random() % t->n];
		int64_t first = t->x[0].at + (int64_t)WARM_DAYS * DAY_SECONDS, last = t->x[t->n - 1].at - DAY_SECONDS, at[64], hint, found;

		at[0] = first + random() % (last - first);
		for (int k = 1; k < people; k++)
			at[k] = at[0] + random() % spread;
		qsort(at, (size_t)people, sizeof *at, by_at);
		one_burst(t, like, at, people, at[0] + spread + 6 * 3600, &hint, &found);
		seen += found > 0;
		weak += hint > 0;
		if (found)
			samples_add(&delay, (double)(found - at[0]) / 60);
	}
	printf("hotspots_%s_burst_%d_in_%dh seen=%.2f signal=%.2f delay_min_median=%.0f delay_min_p90=%.0f\n", city, people, spread / 3600,
	    (double)seen / TRIALS, (double)weak / TRIALS, delay.n ? samples_at(&delay, 0.5) : -1, delay.n ? samples_at(&delay, 0.9) : -1);
	samples_free(&delay);
}

static void
measure(const char *city, const char *file, const char *const column[7], const char *from, bool show)
{
	struct traffic t = { 0 };
	struct told real = { 0 }, mixed = { 0 };

	if (!load(&t, file, column, from)) {
		fprintf(stderr, "%s is not there\n", file);
		return;
	}
	find_quiet(&t);
	set_bars(&t);
	replay(&t, WARM_DAYS, STEP_S, show, &real);
	printf("# %s: bars of the last day %.2f and %.2f\n", city, t.bars[day_of(&t, t.x[t.n - 1].at)].hot, t.bars[day_of(&t, t.x[t.n - 1].at)].weak);
	put(city, "quiet_days", real.quiet_days);
	put(city, "quiet_a_day", real.quiet / real.quiet_days);
	put(city, "quiet_weak_a_day", real.quiet_weak / real.quiet_days);
	put(city, "days", real.days);
	put(city, "a_day", (real.hot + real.whole) / real.days);
	put(city, "weak_a_day", real.weak / real.days);
	put(city, "look_us", real.us / real.looks);
	for (int people = 3; people <= 20; people = people * 3 / 2 + 1) {
		inject(city, &t, people, 2 * 3600);
		inject(city, &t, people, DAY_SECONDS);
	}
	for (unsigned seed = 1; seed <= SHUFFLES; seed++) {
		shuffle(&t, seed);
		set_bars(&t);
		replay(&t, WARM_DAYS, STEP_S, show && seed == 1, &mixed);
	}
	put(city, "shuffled_days", mixed.days);
	put(city, "shuffled_a_day", mixed.hot / mixed.days);
	put(city, "shuffled_whole_a_day", mixed.whole / mixed.days);
	put(city, "shuffled_weak_a_day", mixed.weak / mixed.days);
	free(t.x);
	rows_free(&t.rows);
}

int
main(int argc, char **argv)
{
	bool show = argc > 1 && strcmp(argv[1], "-v") == 0;
	const char *only = argc > 1 + show ? argv[1 + show] : NULL;

	if (!only || strcmp(only, "pingshan") == 0)
		measure("pingshan", "pingshan.csv", (const char *const[]){ "CREATE_TIME", "SUB_TYPE_NAME", "MAIN_TYPE_NAME", "EVENT_TYPE_NAME", "COMMUNITY_NAME",
		    "STREET_NAME", "DISTRICT_NAME" }, "2018-09-10", show);
	if (!only || strcmp(only, "boston") == 0)
		measure("boston", "boston311.csv", (const char *const[]){ "open_date", "service_name", NULL, NULL, "neighborhood", NULL, NULL }, "2025-08-01", show);
	return 0;
}
