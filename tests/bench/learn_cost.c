/*
 * What the learner costs: bytes and training time with a city's units and with 5,000 labels, time of a question, of a step, and of
 * the whole recommendation with both. Processor time of one thread throughout.
 *
 * Units: Haikou's normalised units, trained on every row. 5,000 labels: its units times its four-level categories (4,359 that really occur,
 * two thirds of them once), of which those with eight rows or more are cut by a hash of the row's group until there are 5,000; learnt step by
 * step, as live. The questions are the same rows without the operator's hints. Where that file is not there: sample appeals, their duty
 * items, and those cut alike.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/routing.h"
#include "core/ctl/place_table.h"
#include "core/machine/recommend.h"
#include "tests/tools/bench.h"
#include "tests/tools/corpus.h"
#include "tests/tools/rows.h"

enum { SAMPLES = 16000, STEPS = 1000, MEGABYTE = 1 << 20 };

static const struct corpus_kind units_kind = { "units", "haikou12345_tickets.csv", NULL, "content", "unit" };
static const struct corpus_kind items_kind = { "items", "haikou12345_tickets.csv", NULL, "content", "unit_raw,cat1,cat2,cat3,cat4" };
static const struct corpus_kind asked_kind = { "asked", "haikou12345_tickets.csv", NULL, "content_nohint", "unit" };

static void
put(const char *what, const char *figure, double value)
{
	char name[100];

	snprintf(name, sizeof name, "learn_%s_%s", what, figure);
	bench_put(name, value);
}

static void
put_samples(const char *what, struct samples *us, bool rate)
{
	double spent = 0;

	for (size_t i = 0; i < us->n; i++)
		spent += us->v[i];
	if (rate)
		put(what, "per_s", (double)us->n / spent * 1e6);
	put(what, "us_median", samples_at(us, 0.5));
	put(what, "us_p99", samples_at(us, 0.99));
	put(what, "us_worst", samples_at(us, 1));
	samples_free(us);
}

static double
in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return (double)m.uordblks + (double)m.hblkhd;
}

static void
put_size(const char *what, const struct learner *l, double before)
{
	struct buf saved = { 0 };

	put(what, "labels", learner_labels(l));
	put(what, "mib", (double)learner_bytes(l) / MEGABYTE);
	put(what, "malloc_mib", (in_use() - before) / MEGABYTE);
	if (learner_save(l, &saved))
		put(what, "saved_mib", (double)saved.len / MEGABYTE);
	buf_free(&saved);
}

/* --- questions --------------------------------------------------------------------------------------------------------------- */

static double
ask(const struct learner *l, const struct learner_text *q, struct arena *a)
{
	struct guess guess[3];
	double begun = bench_cpu_us();

	arena_reset(a);
	learner_guess(l, learner_read(l, q, a), guess, 3, NULL);
	return bench_cpu_us() - begun;
}

static void
questions(const char *what, const struct learner *l, const struct corpus *asked)
{
	struct samples us = { 0 };
	struct arena a = { 0 };

	for (size_t i = 0; i < asked->n; i++) {
		struct learner_text q = corpus_text(&asked->row[i]);

		samples_add(&us, ask(l, &q, &a));
	}
	arena_free(&a);
	put_samples(what, &us, true);
}

/* A megabyte of one character, and a megabyte of everything that was asked. */
static char *
megabyte(const struct corpus *asked, bool one)
{
	struct buf b = { 0 };

	for (size_t i = 0; b.len < MEGABYTE; i = (i + 1) % asked->n)
		buf_puts(&b, one ? "水" : asked->row[i].text);
	return b.data;
}

static void
steps(const char *what, struct learner *l, const struct corpus *c, const int *at)
{
	struct samples us = { 0 };

	for (size_t i = 0; i < c->n && us.n < STEPS; i += 7) {
		struct lesson lesson = corpus_lesson(&c->row[i], i, at[c->row[i].label]);
		double begun = bench_cpu_us();

		if (!learner_learn(l, &lesson))
			bench_die("a step failed");
		samples_add(&us, bench_cpu_us() - begun);
	}
	put_samples(what, &us, false);
}

/* --- the whole recommendation ---------------------------------------------------------------------------------------------- */

/* The duty list that these labels are: an item is led by the unit of its first row. Names are the last parts of "unit/category/…/name#part". */
static struct duty_list *
duty_of(const struct corpus *units, const struct corpus *items)
{
	struct duty_list *d = duty_list_new(1);
	bool *made = calloc((size_t)items->labels + 1, sizeof *made);

	for (int i = 0; i < units->labels; i++)
		duty_add_unit(d, units->label[i], units->label[i], units->label[i], "", "district", "", "", false, true);
	for (size_t i = 0; i < items->n; i++) {
		const char *code = items->label[items->row[i].label];
		char part[1200], *at[5] = { "", "", "", "", "" }, *save = NULL, *p;
		struct duty_item item = { .code = code, .definition = "", .handle_days = 5, .lead = units->label[units->row[i].label] };
		int n = 0;

		if (made[items->row[i].label])
			continue;
		made[items->row[i].label] = true;
		snprintf(part, sizeof part, "%s", code);
		part[strcspn(part, "#")] = '\0';
		for (p = strtok_r(part, "/", &save); p && n < 5; p = strtok_r(NULL, "/", &save))
			at[n++] = p;
		item.name = n > 0 ? at[n - 1] : code;
		item.class_ = n > 1 ? at[n - 2] : "";
		item.category = n > 2 ? at[n - 3] : "";
		duty_add_item(d, &item);
	}
	free(made);
	if (!duty_list_done(d))
		bench_die("the duty list cannot be made");
	return d;
}

static struct gazetteer *
places(void)
{
	const char *path = rows_data("divisions_haikou.csv");
	struct routing_doc doc;
	struct err_list errs = { 0 };
	struct gazetteer *g;

	if (!path || !routing_load_part(ROUTING_PLACES, path, &doc, &errs))
		return NULL;
	g = place_table_of(&doc);
	routing_free(&doc);
	return g;
}

static double
recommended(const struct recommender *rec, const struct recommend_model *model, const char *text, size_t len, const char *title, struct arena *a)
{
	struct recommend_query q = { .text = text, .text_len = len, .title = title };
	struct recommendation out;
	double begun = bench_cpu_us();

	arena_reset(a);
	recommend(rec, model, &q, a, &out);
	return bench_cpu_us() - begun;
}

static void
recommendations(const struct learner *l, const struct learner *big, const struct duty_list *d, const struct corpus *asked)
{
	struct gazetteer *g = places();
	struct recommender *rec = recommender_new(d, g);
	struct blend voices;
	struct recommend_model model = { .units = l, .items = big, .voices = &voices, .name = "city-1" };
	struct arena a = { 0 };
	struct samples us = { 0 };

	blend_init(&voices, recommend_voices, RECOMMEND_VOICES);
	for (size_t i = 0; i < asked->n; i += 4)
		samples_add(&us, recommended(rec, &model, asked->row[i].text, asked->row[i].len, asked->row[i].title, &a));
	put_samples("recommend", &us, true);
	for (int one = 0; one < 2; one++) {
		char *text = megabyte(asked, one);
		struct learner_text q = { .text = text, .len = strlen(text) };

		put(one ? "one_character" : "megabyte", "guess_us", ask(l, &q, &a));
		put(one ? "one_character" : "megabyte", "recommend_us", recommended(rec, &model, text, q.len, "", &a));
		free(text);
	}
	recommender_free(rec);
	gazetteer_free(g);
	arena_free(&a);
}

/* --- both shapes of label ----------------------------------------------------------------------------------------------------- */

static struct learner *
learn_units(const struct corpus *c, const struct corpus *asked)
{
	int *at = calloc((size_t)c->labels + 1, sizeof *at);
	double before = in_use(), train_s;
	struct learner *l = corpus_train(c, -1, at, &train_s);

	put("units", "rows", (double)c->n);
	put("units", "train_s", train_s);
	put("units", "train_s_of_16000", train_s * SAMPLES / (double)c->n);
	put_size("units", l, before);
	questions("units", l, asked);
	steps("units_step", l, asked, at);
	free(at);
	return l;
}

static struct learner *
learn_items(const struct corpus *c, const struct corpus *asked)
{
	double before = in_use();
	struct learner *l = learner_new(c->labels);
	struct samples us = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		struct lesson lesson = corpus_lesson(&c->row[i], i, learner_label(l, c->label[c->row[i].label], NULL));
		double begun = bench_cpu_us();

		if (!learner_learn(l, &lesson))
			bench_die("a step failed");
		if (i + STEPS >= c->n)
			samples_add(&us, bench_cpu_us() - begun);
	}
	put_size("items", l, before);
	put_samples("items_step", &us, false);
	questions("items", l, asked);
	return l;
}

int
main(void)
{
	struct corpus units, items, asked;
	struct learner *l, *big;
	struct duty_list *d;

	if (!corpus_load(&units, &units_kind) || !corpus_load(&items, &items_kind) || !corpus_load(&asked, &asked_kind))
		if (!corpus_sample(&units, SAMPLES, 3) || !corpus_sample(&items, SAMPLES, 3) || !corpus_sample(&asked, SAMPLES / 4, 4))
			bench_die("conf/ cannot be loaded");
	corpus_split(&items, LEARNER_LABELS);
	d = duty_of(&units, &items);
	l = learn_units(&units, &asked);
	big = learn_items(&items, &asked);
	recommendations(l, big, d, &asked);
	learner_free(l);
	learner_free(big);
	duty_list_free(d);
	corpus_free(&units);
	corpus_free(&items);
	corpus_free(&asked);
	return 0;
}
