/*
 * Recommendation on the first day: a duty list alone, no past. Usage: recommend [DATA-CSV TEXT-COLUMN].
 *
 * Two measurements. (1) The shipped duty list against the sample generator's appeals, whose true item is known. (2) When the
 * city's tickets are beside the repository: a duty list made of the category names of one half of Haikou's tickets, each item led by
 * the unit that most often had it, against the texts of the other half; halves by dup_group. Names only: no keyword and no
 * definition, so it is the harder case. Prints top-1, top-3, calibration error and time a text.
 */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/strmap.h"
#include "core/machine/recommend.h"
#include "conf/routing.h"
#include "conf/sample.h"
#include "tests/tools/policy.h"
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
		recommend(rec, NULL, &q, &a, &out);
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

/* --- the list and what decisions teach, together ------------------------------------------------------------------------ */

/* The bands of lessons that are told apart: fewer than these were learnt when the question was asked. */
static const long bands[] = { 100, 1000, 10000, LONG_MAX };
enum { BANDS = sizeof bands / sizeof *bands };

struct growth {
	const struct recommender *rec;
	struct recommend_model model;
	struct learner *units, *items;
	struct blend voices;
	struct score band[BANDS];
	long items_right[BANDS];
	long lessons;
	struct arena a;
};

static void
growth_open(struct growth *g, const struct recommender *rec, size_t units, size_t items)
{
	*g = (struct growth){ .rec = rec, .units = learner_new((int)units), .items = learner_new((int)items) };
	blend_init(&g->voices, recommend_voices, RECOMMEND_VOICES);
	g->model = (struct recommend_model){ .units = g->units, .items = g->items, .voices = &g->voices, .name = "city-0" };
}

/* Asked first, then told what was decided. */
static void
grow(struct growth *g, const struct recommend_query *q, const struct unit *unit, const struct duty_item *item)
{
	struct recommendation out;
	struct recommend_heard heard;
	struct lesson lesson = { .what = { .text = q->text, .len = q->text_len, .title = q->title }, .no = g->lessons + 1, .weight = 1 };
	usec_t start = clock_monotonic();
	int band = 0;

	recommend(g->rec, &g->model, q, &g->a, &out);
	start = clock_monotonic() - start;
	while (g->lessons >= bands[band])
		band++;
	count(&g->band[band], &out, unit->code, start);
	g->items_right[band] += item && out.units > 0 && out.unit[0].item == item;
	lesson.what.place = out.place.code;
	if (recommend_hear(g->rec, &g->model, q, unit->code, &g->a, &heard))
		recommend_teach(&g->voices, &heard, 1);
	lesson.label = learner_label(g->units, unit->code, unit->name);
	learner_learn(g->units, &lesson);
	if (item) {
		lesson.label = learner_label(g->items, item->code, item->name);
		learner_learn(g->items, &lesson);
	}
	g->lessons++;
	arena_reset(&g->a);
}

static void
growth_close(struct growth *g, const char *what)
{
	char name[240];
	long from = 0;

	for (int i = 0; i < BANDS; from = bands[i++]) {
		if (g->band[i].n == 0)
			continue;
		snprintf(name, sizeof name, "%s, after %ld lessons (best item right %.3f)", what, from,
		    (double)g->items_right[i] / (double)g->band[i].n);
		show(name, &g->band[i]);
	}
	printf("%s, voices:", what);
	for (int k = 0; k < RECOMMEND_VOICES; k++)
		printf(" %s=%.2f", recommend_voices[k].name, (double)g->voices.weight[k]);
	putchar('\n');
	learner_free(g->units);
	learner_free(g->items);
	arena_free(&g->a);
}

/* A city's file in its own order, from the category names of its other half. */
static void
tickets_grow(const char *text_column, const char *unit_column)
{
	const char *path = rows_data("haikou12345_tickets.csv");
	struct rows r;
	struct arena names = { 0 };
	struct duty_list *d;
	struct recommender *rec;
	struct growth g;
	char what[160];

	if (!path || !rows_load(&r, path))
		return;
	d = taxonomy(&r, unit_column, &names);
	rec = recommender_new(d, NULL);
	growth_open(&g, rec, duty_units(d), duty_items(d));
	for (size_t i = 0; i < r.n; i++) {
		struct recommend_query q = { .text = rows_get(&r, i, text_column) };
		const struct unit *unit = duty_unit(d, rows_get(&r, i, unit_column));
		char key[1024];

		if (atol(rows_get(&r, i, "dup_group")) % 2 == 0 || !unit) /* a unit that the list does not have cannot be recommended */
			continue;
		snprintf(key, sizeof key, "%s/%s/%s/%s", rows_get(&r, i, "cat1"), rows_get(&r, i, "cat2"), rows_get(&r, i, "cat3"),
		    rows_get(&r, i, "cat4"));
		q.text_len = strlen(q.text);
		grow(&g, &q, unit, duty_item(d, key));
	}
	snprintf(what, sizeof what, "haikou %s -> %s, list and lessons", text_column, unit_column);
	growth_close(&g, what);
	recommender_free(rec);
	duty_list_free(d);
	arena_free(&names);
	rows_free(&r);
}

/* --- the shipped duty list ---------------------------------------------------------------------------------------------- */

/* The unit of the item the appeal was written about, where the place module found it to be: this measures the words, not the
 * place. */
static void
shipped(long n, bool grows)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	struct arena names = { 0 }, a = { 0 };
	struct sample_options o = { .seed = 7, .hostile_per_mille = -1, .repeat_per_mille = -1 };
	struct sample_appeal ap = { 0 };
	struct duty_list *d;
	struct gazetteer *g;
	struct recommender *rec;
	struct sample *gen;
	struct score s = { 0 };
	long items = 0, items3 = 0;
	struct growth growth;
	char what[160];

	if (!routing_load("conf", &doc, &errs) || !(gen = sample_new(&doc, &o))) {
		fprintf(stderr, "SKIPPED: conf/ cannot be loaded\n");
		return;
	}
	d = policy_duty(&doc, &names);
	g = policy_places(&doc, &names);
	rec = recommender_new(d, g);
	if (grows)
		growth_open(&growth, rec, duty_units(d), duty_items(d));
	for (long told = 0; told < n; ) {
		const char *area[8];
		struct recommend_query q = { 0 };
		struct recommendation out;
		struct place_match place;
		const struct unit *truth;
		const struct duty_item *item;
		usec_t start;

		sample_next(gen, &ap);
		if (!ap.item || !(item = duty_item(d, ap.item)))
			continue;
		q = (struct recommend_query){ .text = buf_text(&ap.text), .text_len = ap.text.len, .title = ap.title, .address = ap.address };
		place_find(g, q.address, q.text, q.text_len, NULL, &place);
		truth = duty_lead(d, item, area, place_ancestors(g, place.code, area, 8));
		if (!truth)
			continue;
		told++;
		if (grows) {
			grow(&growth, &q, truth, item);
			continue;
		}
		start = clock_monotonic();
		recommend(rec, NULL, &q, &a, &out);
		count(&s, &out, truth->code, clock_monotonic() - start);
		items += out.units > 0 && out.unit[0].item == item;
		for (int i = 0; i < out.units; i++)
			items3 += out.unit[i].item == item;
		if (getenv("FENBO_WRONG") && (out.units == 0 || out.unit[0].unit != truth) && s.n % 10 == 0)
			printf("  %.160s | %s %s | %s %s %.2f\n", buf_text(&ap.text), item->name, truth->name,
			    out.units ? out.unit[0].unit->name : "-", out.units && out.unit[0].item ? out.unit[0].item->name : "-",
			    out.units ? (double)out.unit[0].p : 0);
		arena_reset(&a);
	}
	if (grows) {
		growth_close(&growth, "sample appeals, list and lessons");
	} else {
		snprintf(what, sizeof what, "sample appeals (%zu items, %zu units; best item right %.3f, among three %.3f)", duty_items(d),
		    duty_units(d), (double)items / (double)s.n, (double)items3 / (double)s.n);
		show(what, &s);
	}
	recommender_free(rec);
	gazetteer_free(g);
	duty_list_free(d);
	sample_appeal_free(&ap);
	sample_free(gen);
	routing_free(&doc);
	arena_free(&a);
	arena_free(&names);
}

int
main(void)
{
	shipped(5000, false);
	shipped(8000, true);
	tickets("content", "unit");
	tickets("content_nohint", "unit");
	tickets_grow("content", "unit");
	tickets_grow("content_nohint", "unit");
	return 0;
}
