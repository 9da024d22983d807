/*
 * Recommendation on the first day: a duty list alone, no past. Usage: recommend [DATA-CSV TEXT-COLUMN].
 *
 * Two measurements. (1) The shipped duty list against the sample generator's appeals, whose true item is known. (2) When the
 * city's tickets are beside the repository: a duty list made of the category names of one half of Haikou's tickets, each item led by
 * the unit that most often had it, against the texts of the other half; halves by dup_group. Names only: no keyword and no
 * definition, so it is the harder case. Prints top-1, top-3, calibration error and time a text.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/strmap.h"
#include "core/machine/recommend.h"
#include "tests/tools/rows.h"

enum { BINS = 10 };
struct score {
	long n, top1, top3, answered, novel;
	double p[BINS], right[BINS];
	long in_bin[BINS];
	usec_t spent, longest;
};

static void
count(struct score *s, const struct recommendation *rec, const char *unit, usec_t spent)
{
	bool hit1 = rec->units > 0 && strcmp(rec->unit[0].unit->code, unit) == 0, hit3 = false;
	int bin;

	for (int i = 0; i < rec->units; i++)
		hit3 |= strcmp(rec->unit[i].unit->code, unit) == 0;
	s->n++;
	s->top1 += hit1;
	s->top3 += hit3;
	s->novel += rec->novel;
	s->spent += spent;
	if (spent > s->longest)
		s->longest = spent;
	if (rec->units == 0)
		return;
	s->answered++;
	bin = (int)(rec->unit[0].p * BINS);
	bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
	s->p[bin] += (double)rec->unit[0].p;
	s->right[bin] += hit1;
	s->in_bin[bin]++;
}

static void
show(const char *what, const struct score *s)
{
	double ece = 0;

	for (int i = 0; i < BINS; i++)
		ece += fabs(s->p[i] - s->right[i]) / (double)(s->answered ? s->answered : 1);
	printf("%s rows=%ld top1=%.3f top3=%.3f ece=%.3f answered=%.3f novel=%.3f us=%.1f longest_us=%lld\n", what, s->n,
	    (double)s->top1 / (double)s->n, (double)s->top3 / (double)s->n, ece, (double)s->answered / (double)s->n,
	    (double)s->novel / (double)s->n, (double)s->spent / (double)s->n, (long long)s->longest);
	if (getenv("FENBO_BINS"))
		for (int i = 0; i < BINS; i++)
			if (s->in_bin[i])
				printf("  %.1f–%.1f: %5ld said %.3f was %.3f\n", i / 10.0, (i + 1) / 10.0, s->in_bin[i],
				    s->p[i] / (double)s->in_bin[i], s->right[i] / (double)s->in_bin[i]);
}

/* --- a duty list out of the tickets' own categories ------------------------------------------------------------------- */

struct kind { char *code; const char *cat[4]; struct strmap units; const char *best; int votes; };

struct vote { int n; };

static struct duty_list *
taxonomy(const struct rows *r, const char *unit_column, struct arena *a)
{
	struct duty_list *d = duty_list_new(1);
	struct strmap kinds = { 0 }, units = { 0 };
	struct kind **all = calloc(r->n, sizeof *all);
	size_t nkinds = 0;

	for (size_t i = 0; i < r->n; i++) {
		const char *unit = rows_get(r, i, unit_column), *name;
		char key[1024];
		struct kind *k;
		struct vote *v;

		if (atol(rows_get(r, i, "dup_group")) % 2)
			continue;
		if (!strmap_get(&units, unit)) {
			strmap_add(&units, unit, arena_strdup(a, unit));
			duty_add_unit(d, unit, unit, unit, "", "district", "", "", false, true);
		}
		snprintf(key, sizeof key, "%s/%s/%s/%s", rows_get(r, i, "cat1"), rows_get(r, i, "cat2"), rows_get(r, i, "cat3"),
		    rows_get(r, i, "cat4"));
		if (!(k = strmap_get(&kinds, key))) {
			k = arena_alloc(a, sizeof *k);
			k->code = arena_strdup(a, key);
			k->cat[0] = rows_get(r, i, "cat1");
			k->cat[1] = rows_get(r, i, "cat2");
			k->cat[2] = rows_get(r, i, "cat3");
			name = rows_get(r, i, "cat4");
			k->cat[3] = strcmp(name, "其他") == 0 ? k->cat[2] : name;
			strmap_add(&kinds, k->code, k);
			all[nkinds++] = k;
		}
		if (!(v = strmap_get(&k->units, unit))) {
			v = arena_alloc(a, sizeof *v);
			strmap_add(&k->units, unit, v);
		}
		if (++v->n > k->votes) {
			k->votes = v->n;
			k->best = unit;
		}
	}
	for (size_t i = 0; i < nkinds; i++) {
		struct duty_item item = { .code = all[i]->code, .category = all[i]->cat[1], .class_ = all[i]->cat[2],
		    .name = all[i]->cat[3], .definition = "", .handle_days = 5, .lead = all[i]->best };

		duty_add_item(d, &item);
		strmap_free(&all[i]->units);
	}
	free(all);
	strmap_free(&kinds);
	strmap_free(&units);
	duty_list_done(d);
	return d;
}

static void
tickets(const char *text_column, const char *unit_column)
{
	const char *path = rows_data("haikou12345_tickets.csv");
	struct rows r;
	struct arena names = { 0 }, a = { 0 };
	struct duty_list *d;
	struct recommender *rec;
	struct score s = { 0 };
	char what[160];

	if (!path || !rows_load(&r, path))
		return;
	d = taxonomy(&r, unit_column, &names);
	rec = recommender_new(d, NULL);
	for (size_t i = 0; i < r.n; i++) {
		struct recommend_query q = { .text = rows_get(&r, i, text_column) };
		struct recommendation out;
		usec_t start;

		if (atol(rows_get(&r, i, "dup_group")) % 2 == 0)
			continue;
		q.text_len = strlen(q.text);
		start = clock_monotonic();
		recommend(rec, &q, &a, &out);
		count(&s, &out, rows_get(&r, i, unit_column), clock_monotonic() - start);
		arena_reset(&a);
	}
	snprintf(what, sizeof what, "haikou %s -> %s (%zu items, %zu units, names only)", text_column, unit_column, duty_items(d),
	    duty_units(d));
	show(what, &s);
	recommender_free(rec);
	duty_list_free(d);
	arena_free(&a);
	arena_free(&names);
	rows_free(&r);
}

int
main(void)
{
	tickets("content", "unit");
	tickets("content_nohint", "unit");
	return 0;
}
