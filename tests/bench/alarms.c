/*
 * What the budget of alarms does on a day: every arrival, dispatch and rung of a simulated day goes through the product's budget (core/appeal/budget.h) and
 * the shipped ladder of the dispatch clock, for each operator on duty. Usage: alarms NAME CASES OPERATORS.
 * Arrivals follow the times of day of pingshan.csv when it lies beside the repository, else a stated profile. Prints interruptions per operator in ten
 * minutes, with the budget and without, whose they are, and what was held back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include "conf/routing.h"
#include "core/appeal/budget.h"
#include "core/appeal/stage.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"

enum { DAY = 86400, SHIFT = 4 * 3600, WINDOW = 600, WINDOWS = DAY / WINDOW, PER_SHIFT = SHIFT / WINDOW, RUNGS = 8, OPERATORS_MAX = 2000, KINDS = 4 };
/* A dispatch takes a minute on the mean; danger to life is acknowledged 20 s after it is first heard, and sounds every 15 s until then. Shares of
 * priorities as tests/bench/sql/fill_queue.sql has them; two cases in a thousand are dangerous. */
static const double service_s = 60, heard_s = 20, urgent = 0.02, fast = 0.18, danger = 0.002;
static const int danger_again_s = 15;
static const char *const kind_name[KINDS] = { "danger", "urgent", "fast", "normal" };

struct rung { int after_s; bool sounds, supervisor; };
struct one { int at, priority; bool dangerous, done; }; /* priority: 0 urgent … 2 normal */
struct due { int at, of, rung; };                       /* rung -1: danger sounds */

struct day {
	struct rung ladder[3][RUNGS];
	int rungs[3];
	struct one *cases; int n;
	struct due *due; size_t ndue, cap;
	int operators;
	struct budget budget[OPERATORS_MAX], chief;
	unsigned short heard[OPERATORS_MAX], bare[OPERATORS_MAX], budgeted[OPERATORS_MAX]; /* in this window */
	struct samples with, without;
	int budgeted_most;
	long sounded[KINDS], wanted[KINDS], chief_sounded, chief_wanted, fired;
};

static unsigned long long state = 88172645463325252ULL;
static double uniform(void)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}

/* --- when appeals come ------------------------------------------------------------------------------------------------ */

/* Weight of each ten minutes of the day. */
static bool read_profile(double weight[WINDOWS])
{
	static const double hours[24] = { 4, 3, 2, 2, 2, 3, 6, 12, 24, 30, 30, 26, 18, 20, 26, 28, 28, 26, 22, 22, 20, 16, 12, 8 };
	const char *path = rows_data("pingshan.csv");
	struct rows r;

	for (int i = 0; i < WINDOWS; i++)
		weight[i] = hours[i / 6];
	if (!path || !rows_load(&r, path))
		return false;
	for (int i = 0; i < WINDOWS; i++)
		weight[i] = 0.5; /* no ten minutes are impossible */
	for (size_t i = 0; i < r.n; i++) {
		int h, m;
		if (sscanf(rows_get(&r, i, "CREATE_TIME"), "%*d-%*d-%*d %d:%d", &h, &m) == 2 && h >= 0 && h < 24 && m >= 0 && m < 60)
			weight[(h * 60 + m) / 10] += 1;
	}
	rows_free(&r);
	return true;
}

static int by_at(const void *a, const void *b)
{
	return ((const struct one *)a)->at - ((const struct one *)b)->at;
}

static void draw_cases(struct day *d, const double weight[WINDOWS])
{
	double sum = 0;

	for (int i = 0; i < WINDOWS; i++)
		sum += weight[i];
	for (int c = 0; c < d->n; c++) {
		double at = uniform() * sum, p = uniform();
		int w = 0;
		while (w < WINDOWS - 1 && at >= weight[w])
			at -= weight[w++];
		d->cases[c] = (struct one){ .at = w * WINDOW + (int)(uniform() * WINDOW), .priority = p < urgent ? 0 : p < urgent + fast ? 1 : 2,
			.dangerous = uniform() < danger };
		if (d->cases[c].dangerous)
			d->cases[c].priority = 0;
	}
	qsort(d->cases, (size_t)d->n, sizeof *d->cases, by_at);
}

/* --- the shipped ladder ------------------------------------------------------------------------------------------------- */

static void read_ladders(struct day *d)
{
	static const char *const names[3] = { "urgent", "fast", "normal" };
	struct routing_doc doc;
	struct err_list errs = { 0 };

	if (!routing_load("conf/routing.ini", &doc, &errs))
		bench_die("conf/routing.ini: %s", errs.items[0].err.message);
	const json_t *clock = json_object_get(json_object_get(doc.policy, "clocks"), "dispatch");
	for (int p = 0; p < 3; p++) {
		const json_t *own = json_object_get(json_object_get(clock, "priorities"), names[p]), *r;
		double limit = (double)json_integer_value(json_object_get(json_object_get(json_object_get(doc.policy, "priorities"), names[p]), "dispatch_s"));
		size_t i;
		json_array_foreach(own ? own : json_object_get(clock, "rungs"), i, r) {
			const char *who = json_string_value(json_object_get(r, "tell"));
			const json_t *share = json_object_get(r, "share");
			double at = share ? limit * json_real_value(share) : limit + (double)json_integer_value(json_object_get(r, "at_s"));
			if (at > 0 && d->rungs[p] < RUNGS && (strcmp(who, "owner") == 0 || strcmp(who, "dispatchers") == 0 || strcmp(who, "supervisor") == 0))
				d->ladder[p][d->rungs[p]++] = (struct rung){ (int)at, strcmp(json_string_value(json_object_get(r, "do")), "notice") != 0,
					strcmp(who, "supervisor") == 0 };
		}
	}
	routing_free(&doc);
}

/* --- what sounds ---------------------------------------------------------------------------------------------------------- */

static usec_t mono(int at)
{
	return (usec_t)(at + 1) * USEC_S;
}

/* Everybody at the desk is told; danger asks no budget. */
static void tell(struct day *d, int at, int kind)
{
	for (int o = 0; o < d->operators; o++) {
		d->bare[o]++;
		d->wanted[kind]++;
		if (kind == 0 || budget_take(&d->budget[o], WINDOW * USEC_S, mono(at))) {
			d->heard[o]++;
			d->budgeted[o] += kind != 0;
			d->sounded[kind]++;
		}
	}
}

static void tell_chief(struct day *d, int at)
{
	d->chief_wanted++;
	d->chief_sounded += budget_take(&d->chief, WINDOW * USEC_S, mono(at));
}

static void window_ends(struct day *d, int at)
{
	for (int o = 0; o < d->operators; o++) {
		samples_add(&d->with, d->heard[o]);
		samples_add(&d->without, d->bare[o]);
		if (d->budgeted[o] > d->budgeted_most)
			d->budgeted_most = d->budgeted[o];
		d->heard[o] = d->bare[o] = d->budgeted[o] = 0;
	}
	if ((at + 1) % SHIFT == 0) { /* other people */
		memset(d->budget, 0, sizeof d->budget);
		d->chief = (struct budget){ 0 };
	}
}

/* --- the day --------------------------------------------------------------------------------------------------------------- */

static void plan(struct day *d, int at, int of, int rung)
{
	if (at >= DAY)
		return;
	if (d->ndue == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 1024;
		d->due = realloc(d->due, d->cap * sizeof *d->due);
		if (!d->due)
			abort();
	}
	d->due[d->ndue++] = (struct due){ at, of, rung };
}

static int by_due(const void *a, const void *b)
{
	return ((const struct due *)a)->at - ((const struct due *)b)->at;
}

/* Rungs and repeated alarms are known when a case comes; whether they still hold is asked at their time. */
static void plan_all(struct day *d)
{
	for (int c = 0; c < d->n; c++) {
		const struct one *o = &d->cases[c];
		for (int i = 0; i < d->rungs[o->priority]; i++)
			plan(d, o->at + d->ladder[o->priority][i].after_s, c, i);
		if (o->dangerous) {
			int until = o->at + (int)(-log(1 - uniform()) * heard_s);
			for (int at = o->at; at <= until; at += danger_again_s)
				plan(d, at, c, -1);
		}
	}
	qsort(d->due, d->ndue, sizeof *d->due, by_due);
}

static void run(struct day *d)
{
	int *queue[3], head[3] = { 0 }, tail[3] = { 0 }, *free_at = calloc((size_t)d->operators, sizeof *free_at), next = 0, late = 0, waiting_most = 0;
	size_t due = 0;

	for (int p = 0; p < 3; p++)
		queue[p] = malloc((size_t)d->n * sizeof **queue);
	for (int at = 0; at < DAY; at++) {
		for (; next < d->n && d->cases[next].at == at; next++) {
			const struct one *c = &d->cases[next];
			queue[c->priority][tail[c->priority]++] = next;
			if (c->priority == 0 && !c->dangerous)
				tell(d, at, 1); /* new and urgent */
		}
		for (int o = 0; o < d->operators; o++)
			for (int p = 0; p < 3 && free_at[o] <= at; p++)
				if (head[p] < tail[p]) {
					struct one *c = &d->cases[queue[p][head[p]++]];
					free_at[o] = at + 1 + (int)(-log(1 - uniform()) * service_s);
					c->done = true; /* in hand: its rungs, if any came now, would be its owner's */
					late += at - c->at > (p == 0 ? 1800 : p == 1 ? 7200 : 28800);
					break;
				}
		int waiting = tail[0] - head[0] + tail[1] - head[1] + tail[2] - head[2];
		if (waiting > waiting_most)
			waiting_most = waiting;
		for (; due < d->ndue && d->due[due].at == at; due++) {
			const struct one *c = &d->cases[d->due[due].of];
			if (d->due[due].rung < 0) {
				tell(d, at, 0);
				continue;
			}
			if (c->done)
				continue;
			d->fired++;
			const struct rung *r = &d->ladder[c->priority][d->due[due].rung];
			if (r->sounds && r->supervisor)
				tell_chief(d, at);
			else if (r->sounds)
				tell(d, at, 1 + c->priority);
		}
		if ((at + 1) % WINDOW == 0)
			window_ends(d, at);
	}
	printf("# waiting at most %d, dispatched late %d, rungs fired %ld\n", waiting_most, late, d->fired);
	for (int p = 0; p < 3; p++)
		free(queue[p]);
	free(free_at);
}

static void say(struct day *d, const char *name)
{
	long all = 0, wanted = 0;
	double sum[2] = { 0 };

	for (size_t i = 0; i < d->with.n; i++)
		sum[0] += d->with.v[i], sum[1] += d->without.v[i];
	printf("alarms_%s_mean=%.3f\nalarms_%s_p99=%.0f\nalarms_%s_max=%.0f\n", name, sum[0] / (double)d->with.n, name, samples_at(&d->with, 0.99), name,
	    samples_at(&d->with, 1));
	printf("alarms_%s_bare_mean=%.3f\nalarms_%s_bare_p99=%.0f\nalarms_%s_bare_max=%.0f\n", name, sum[1] / (double)d->without.n, name,
	    samples_at(&d->without, 0.99), name, samples_at(&d->without, 1));
	printf("alarms_%s_budgeted_max=%d\n", name, d->budgeted_most);
	for (int k = 0; k < KINDS; k++)
		all += d->sounded[k], wanted += d->wanted[k];
	for (int k = 0; k < KINDS; k++)
		printf("alarms_%s_%s_share=%.4f\n", name, kind_name[k], all ? (double)d->sounded[k] / (double)all : 0);
	printf("alarms_%s_held_share=%.4f\nalarms_%s_chief=%ld\nalarms_%s_chief_bare=%ld\n", name, wanted ? 1 - (double)all / (double)wanted : 0, name, d->chief_sounded, name,
	    d->chief_wanted);
}

int main(int argc, char **argv)
{
	struct day *d = calloc(1, sizeof *d);
	double weight[WINDOWS];

	if (argc != 4 || !d || (d->n = atoi(argv[2])) < 1 || (d->operators = atoi(argv[3])) < 1 || d->operators > OPERATORS_MAX)
		bench_die("usage: alarms NAME CASES OPERATORS");
	d->cases = calloc((size_t)d->n, sizeof *d->cases);
	if (!d->cases)
		abort();
	read_ladders(d);
	printf("# arrivals by %s\n", read_profile(weight) ? "the times of day of pingshan.csv" : "the stated profile of hours");
	draw_cases(d, weight);
	plan_all(d);
	run(d);
	say(d, argv[1]);
	free(d->cases);
	free(d->due);
	free(d);
	return 0;
}
