/*
 * How soon a burst is seen in real background traffic, and how often something is said when nothing happened: on the rows as they are, and
 * with their times shuffled, where every hot spot is a false one. Needs the city tables beside the repository.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/machine/hotspot.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"

enum { STEP_S = 600, MAX_FOUND = 200, DAY_SECONDS = 86400, WARM_DAYS = 28, TRIALS = 60 };

struct traffic { struct hotspot_case *x; size_t n; struct rows rows; };

static const struct hotspot_policy policy = { .false_a_day = 0.2, .people = 3 };

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
		if (column[4] && strcmp(column[4], "address") == 0) { /* its last five characters are the post code */
			size_t len = strlen(x->place[0]);

			x->place[0] = len >= 5 ? x->place[0] + len - 5 : "";
		}
		t->n++;
	}
	qsort(t->x, t->n, sizeof *t->x, by_time);
	return t->n > 0;
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

/* What was being said, and until when: a hot spot that goes on is one. */
struct said { char key[200]; int64_t until; };

static bool
is_new(struct said *said, int *n, const struct hotspot *s, int64_t now)
{
	char key[200];
	int free_ = -1;

	snprintf(key, sizeof key, "%d %s @ %d %s", s->matter_level, s->matter, s->place_level, s->place);
	for (int i = 0; i < *n; i++) {
		if (strcmp(said[i].key, key) == 0 && said[i].until >= now - DAY_SECONDS) {
			said[i].until = now;
			return false;
		}
		if (said[i].until < now - DAY_SECONDS)
			free_ = i;
	}
	if (free_ < 0)
		free_ = (*n)++;
	snprintf(said[free_].key, sizeof said[free_].key, "%s", key);
	said[free_].until = now;
	return true;
}

/* All of it from beginning to end: how many hot spots and signals begin a day once there is a past. */
static void
replay(const char *name, const struct traffic *t, int warm, bool show)
{
	struct hotspots *h = hotspots_new(&policy);
	static struct hotspot out[MAX_FOUND];
	static struct said said[2][4096];
	int nsaid[2] = { 0, 0 }, begun[2] = { 0, 0 }, finds = 0;
	int64_t start = t->x[0].at + (int64_t)warm * DAY_SECONDS, now = t->x[0].at;
	double spent = 0, from;
	char line[100];

	for (size_t i = 0; i < t->n; i++) {
		for (; now < t->x[i].at; now += STEP_S) {
			int n;

			if (now < start)
				continue;
			from = bench_cpu_us();
			n = hotspots_find(h, now, out, MAX_FOUND);
			spent += bench_cpu_us() - from;
			finds++;
			for (int k = 0; k < n; k++)
				if (is_new(said[out[k].weak], &nsaid[out[k].weak], &out[k], now)) {
					begun[out[k].weak]++;
					if (show && !out[k].weak)
						fprintf(stderr, "  day %d: %s @ %s levels %d %d, %d s: %d people, %.2f expected, %.1f\n", (int)((now - t->x[0].at) / DAY_SECONDS),
						    out[k].matter, out[k].place, out[k].matter_level, out[k].place_level, out[k].window_s, out[k].people, out[k].expected, out[k].surprise);
				}
		}
		hotspots_add(h, &t->x[i]);
	}
	double days = (double)(now - start) / DAY_SECONDS;

	snprintf(line, sizeof line, "hotspots_%s_a_day", name);
	bench_put(line, begun[0] / days);
	snprintf(line, sizeof line, "hotspots_%s_weak_a_day", name);
	bench_put(line, begun[1] / days);
	snprintf(line, sizeof line, "hotspots_%s_find_us", name);
	bench_put(line, finds ? spent / finds : 0);
	hotspots_free(h);
}

/* A burst of `people` about one matter at one place within `spread` seconds, in the middle of the real traffic. */
static void
inject(const char *name, const struct traffic *t, int warm, int people, int spread)
{
	struct samples delay = { 0 };
	int seen = 0, weak = 0, asked = 0;
	char line[120];
	static struct hotspot out[MAX_FOUND];

	srandom(7);
	for (int trial = 0; trial < TRIALS; trial++) {
		struct hotspots *h = hotspots_new(&policy);
		const struct hotspot_case *like = &t->x[(size_t)random() % t->n];
		int64_t first = t->x[0].at + (int64_t)warm * DAY_SECONDS, last = t->x[t->n - 1].at - DAY_SECONDS;
		int64_t begin = first + random() % (last - first), at[64], now, found = 0, hint = 0;
		size_t i = 0;
		int put = 0;

		for (int k = 0; k < people; k++)
			at[k] = begin + (k ? random() % spread : 0);
		for (int k = 1; k < people; k++)
			for (int j = k; j > 0 && at[j] < at[j - 1]; j--) {
				int64_t x = at[j];
				at[j] = at[j - 1];
				at[j - 1] = x;
			}
		for (; i < t->n && t->x[i].at < begin; i++)
			hotspots_add(h, &t->x[i]);
		for (now = begin; now < begin + spread + 6 * 3600 && !found; now += STEP_S) {
			for (; i < t->n && t->x[i].at <= now; i++)
				hotspots_add(h, &t->x[i]);
			for (; put < people && at[put] <= now; put++) {
				struct hotspot_case x = *like;

				x.at = at[put];
				x.no = 1000000 + put;
				hotspots_add(h, &x);
			}
			int n = hotspots_find(h, now, out, MAX_FOUND);

			for (int k = 0; k < n && !found; k++) {
				int mine = 0;

				for (int j = 0; j < out[k].nnos; j++)
					mine += out[k].no[j] >= 1000000;
				if (mine * 2 >= out[k].nnos && mine >= 2) {
					if (!hint)
						hint = now;
					if (!out[k].weak)
						found = now;
				}
			}
		}
		asked++;
		seen += found > 0;
		weak += hint > 0;
		if (found)
			samples_add(&delay, (double)(found - begin) / 60);
		hotspots_free(h);
	}
	snprintf(line, sizeof line, "hotspots_%s_burst_%d_in_%dh", name, people, spread / 3600);
	printf("%s seen=%.2f signal=%.2f delay_min_median=%.0f delay_min_p90=%.0f\n", line, (double)seen / asked, (double)weak / asked,
	    delay.n ? samples_at(&delay, 0.5) : -1, delay.n ? samples_at(&delay, 0.9) : -1);
	samples_free(&delay);
}

static void
measure(const char *name, const char *file, const char *const column[7], const char *from, int warm, bool show)
{
	struct traffic t = { 0 };
	char line[100];

	if (!load(&t, file, column, from))
		return;
	snprintf(line, sizeof line, "%s_real", name);
	replay(line, &t, warm, show);
	for (int people = 3; people <= 20; people = people * 3 / 2 + 1) {
		inject(name, &t, warm, people, 2 * 3600);
		inject(name, &t, warm, people, DAY_SECONDS);
	}
	for (unsigned seed = 1; seed <= 4; seed++) {
		shuffle(&t, seed);
		snprintf(line, sizeof line, "%s_shuffled%u", name, seed);
		replay(line, &t, warm, show && seed == 1);
	}
	free(t.x);
	rows_free(&t.rows);
}

int
main(int argc, char **argv)
{
	bool show = argc > 1 && strcmp(argv[1], "-v") == 0;

	measure("pingshan", "pingshan.csv", (const char *const[]){ "CREATE_TIME", "SUB_TYPE_NAME", "MAIN_TYPE_NAME", "EVENT_TYPE_NAME", "COMMUNITY_NAME", "STREET_NAME",
	    "DISTRICT_NAME" }, "2018-07", WARM_DAYS, show);
	return 0;
}
