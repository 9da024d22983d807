/*
 * model: the bases there are, which one is in force, what one is worth beside another, and whether what fenbod knows is what the log of
 * lessons gives.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/value.h"
#include "core/base/strmap.h"
#include "core/ctl/lessons.h"
#include "core/ctl/print.h"
#include "core/ctl/whole.h"
#include "core/machine/evaluate.h"

enum { DAYS = 7 };

static bool
number_of(const char *word, int *out)
{
	int64_t n;

	if (!value_int(word, &n) || n < 0 || n > INT32_MAX)
		return false;
	*out = (int)n;
	return true;
}

/* --- list, use, export --------------------------------------------------------------------------------------------------- */

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "number", "model", 8, true }, { "kind", "kind", 10, false }, { "in_force", "used", 4, false }, { "base", "base", 5, true },
		{ "seq", "lesson", 9, true }, { "made_at", "made", 19, false }, { "bytes", "bytes", 11, true }, { "figures.units.rows", "rows", 7, true },
		{ "figures.whole.top1", "first", 6, true }, { "figures.whole.top3", "three", 6, true },
		{ "figures.whole.ece", "ece", 6, true }, { "figures.units.top1", "unit", 6, true },
		{ "figures.items.top1", "item", 6, true }, { "note", "note", 0, false }, { .key = NULL }
	};

	(void)a;
	return ctl_list(ctl, SQL_MODEL_LIST, NULL, 0, columns);
}

static int
use(struct ctl *ctl, const struct ctl_args *a)
{
	int n, status;
	char *was;
	json_t *o;

	if (!number_of(a->word[0], &n))
		return ctl_usage("model use: a base's number is expected; model list shows them");
	if ((was = ctl_value(ctl, SQL_MODEL_USE, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, &status)) == NULL)
		return status;
	o = json_pack("{s:i, s:i}", "model", n, "was", atoi(was));
	if (ctl->json)
		print_row(ctl, NULL, o);
	print_said(ctl, "base %d is in force; it was %s", n, was);
	json_decref(o);
	free(was);
	return EXIT_DONE;
}

static int
export(struct ctl *ctl, const struct ctl_args *a)
{
	struct buf bytes = { 0 };
	int n, status;
	struct err e;
	FILE *f;
	bool ok;

	if (!number_of(a->word[0], &n) || n == 0)
		return ctl_usage("model export: a model's number is expected; model list shows them");
	if (!stored_bytes(ctl, n, &bytes, &status)) {
		buf_free(&bytes);
		return status;
	}
	f = fopen(a->word[1], "w");
	ok = f && fwrite(bytes.data, 1, bytes.len, f) == bytes.len;
	ok = (f == NULL || fclose(f) == 0) && ok;
	buf_free(&bytes);
	if (ok)
		return EXIT_DONE;
	err_set(&e, ERR_INTERNAL, "file", "%s: %m", a->word[1]);
	return ctl_fail(&e);
}

/* --- compare ------------------------------------------------------------------------------------------------------------- */

/* Fewer decisions than this that no model was made of are no test. */
enum { ENOUGH = 30 };

static struct learner *
all_labels(const struct lessons *l, bool items)
{
	struct learner *all = learner_new(items ? MODEL_ITEMS : MODEL_UNITS);

	for (size_t i = 0; all && i < l->n; i++)
		if (*(items ? l->at[i].lesson.item : l->at[i].lesson.unit))
			learner_label(all, items ? l->at[i].lesson.item : l->at[i].lesson.unit, NULL);
	return all;
}

static json_t *
share_of(const struct evaluate *e)
{
	if (e->rows == 0)
		return json_null();
	return json_pack("{s:I, s:o, s:o, s:o}", "rows", (json_int_t)e->rows, "top1", print_share(evaluate_top1(e)), "top3",
	    print_share(evaluate_top3(e)), "ece", print_share(evaluate_ece(e)));
}

/* What is asked of two models: the decisions of the past days that neither has learnt from, or all of them when those are too few. */
struct test {
	const struct lessons *log;
	struct learner *units, *items;   /* labels alone: one number for one code */
	struct centre centre;
	usec_t from;
	int64_t after;
	size_t unknown, rows;            /* decisions neither has learnt from; asked of */
};

static bool
is_asked(const struct test *t, const struct decided *d)
{
	return d->at >= t->from && d->seq > t->after;
}

/* A learner that knows nothing says nothing: that is no share of 0. */
static json_t *
alone(const struct learner *l, const struct evaluate *e)
{
	return learner_steps(l) > 0 ? share_of(e) : json_null();
}

/* A model as it was made. `known`: of how many of the decisions asked it was made itself, and so they are no test. */
static bool
compare_one(const struct test *t, int number, const struct model *m, json_t **out)
{
	struct evaluate units = { 0 }, items = { 0 }, whole = { 0 };
	struct blend voices;
	struct arena a = { 0 };
	long known = 0;
	bool ok = true;

	blend_init(&voices, recommend_voices, RECOMMEND_VOICES);
	for (size_t i = 0; ok && i < t->log->n; i++) {
		const struct decided *d = &t->log->at[i];

		if (!is_asked(t, d))
			continue;
		known += d->seq <= m->seq;
		ok = evaluate_ask(&units, m->units, &d->lesson.what, t->units, d->lesson.unit, &a) &&
		    evaluate_ask(&items, m->items, &d->lesson.what, t->items, d->lesson.item, &a) &&
		    (*d->lesson.unit == '\0' || whole_ask(&t->centre, &voices, m, &d->lesson, t->units, &a, &whole));
	}
	*out = ok ? json_pack("{s:i, s:I, s:I, s:o, s:o, s:o}", "model", number, "rows", (json_int_t)t->rows, "known", (json_int_t)known,
	    "whole", share_of(&whole), "units", alone(m->units, &units), "items", alone(m->items, &items)) : NULL;
	evaluate_free(&units);
	evaluate_free(&items);
	evaluate_free(&whole);
	arena_free(&a);
	return ok;
}

static void
say_asked(struct ctl *ctl, const struct test *t, int days)
{
	if (t->after > 0 || t->unknown == t->rows)
		print_said(ctl, "%zu decisions of the past %d days, of none of which a model was made; first and three: the whole recommender, unit and item: "
		    "the learner alone", t->rows, days);
	else
		print_said(ctl, "only %zu of %zu decisions are known to neither model, so all are asked: those known are no test of a model",
		    t->unknown, t->rows);
}

static int
compare_both(struct ctl *ctl, struct test *t, const int number[2], struct model *const m[2], int days)
{
	static const struct column columns[] = {
		{ "model", "model", 8, true }, { "rows", "rows", 7, true }, { "known", "known", 7, true },
		{ "whole.top1", "first", 6, true }, { "whole.top3", "three", 6, true }, { "whole.ece", "ece", 6, true },
		{ "units.top1", "unit", 6, true }, { "units.top3", "unit 3", 6, true },
		{ "items.top1", "item", 6, true }, { "items.top3", "item 3", 6, true }, { .key = NULL }
	};
	struct err e;

	t->after = m[0]->seq > m[1]->seq ? m[0]->seq : m[1]->seq;
	for (size_t i = 0; i < t->log->n; i++)
		t->unknown += is_asked(t, &t->log->at[i]);
	if (t->unknown < ENOUGH)
		t->after = 0;
	for (size_t i = 0; i < t->log->n; i++)
		t->rows += is_asked(t, &t->log->at[i]);
	for (int i = 0; i < 2; i++) {
		json_t *o = NULL;

		if (!compare_one(t, number[i], m[i], &o)) {
			err_set(&e, ERR_INTERNAL, NULL, "out of memory");
			return ctl_fail(&e);
		}
		print_row(ctl, columns, o);
		json_decref(o);
	}
	say_asked(ctl, t, days);
	return EXIT_DONE;
}

static int
compare(struct ctl *ctl, const struct ctl_args *a)
{
	struct lessons log = { 0 };
	struct test t = { .log = &log };
	struct model *m[2] = { NULL, NULL };
	int number[2], days = DAYS, status;
	struct err e;

	if (!number_of(a->word[0], &number[0]) || !number_of(a->word[1], &number[1]))
		return ctl_usage("model compare: two models' numbers are expected; model list shows them");
	if (!ctl_opt_int(a, "days", 1, 3650, &days, &e))
		return ctl_fail(&e);
	t.from = clock_now() - days * 86400 * USEC_S;
	if (lessons_load(ctl, &log, 0, &status) && (m[0] = stored_model(ctl, number[0], &status)) != NULL &&
	    (m[1] = stored_model(ctl, number[1], &status)) != NULL && centre_load(ctl, &t.centre, &status)) {
		t.units = all_labels(&log, false);
		t.items = all_labels(&log, true);
		if (t.units && t.items)
			status = compare_both(ctl, &t, number, m, days);
		else {
			err_set(&e, ERR_INTERNAL, NULL, "out of memory");
			status = ctl_fail(&e);
		}
	}
	learner_free(t.units);
	learner_free(t.items);
	model_free(m[0]);
	model_free(m[1]);
	centre_free(&t.centre);
	lessons_free(&log);
	return status;
}

/* --- rebuild ------------------------------------------------------------------------------------------------------------- */

/* The base in force, and every lesson up to the newest checkpoint on top of it: that must be the checkpoint, byte for byte. */
static int
rebuilt(struct ctl *ctl, const struct stored *base, const struct stored *is, const struct buf *kept)
{
	struct lessons log = { 0 };
	struct buf bytes = { .limit = (size_t)1 << 30 };
	int status = EXIT_DONE;
	struct model *m = stored_model(ctl, base->number, &status);
	char sha[65] = "";
	long taught = 0;
	struct err e;
	json_t *o;
	bool same;

	if (m == NULL || !lessons_load(ctl, &log, is->seq, &status)) {
		model_free(m);
		lessons_free(&log);
		return status;
	}
	m->taught = 0;
	for (size_t i = 0; i < log.n; i++)
		if (log.at[i].seq > base->seq) {
			if (!model_learn(m, &log.at[i].lesson))
				abort();
			taught++;
		}
	m->seq = is->seq;
	if (model_save(m, &bytes))
		stored_sha(&bytes, sha);
	same = strcmp(sha, is->sha) == 0 && bytes.len == kept->len && memcmp(bytes.data, kept->data, kept->len) == 0;
	o = json_pack("{s:i, s:i, s:I, s:I, s:s, s:b}", "base", base->number, "checkpoint", is->number, "lesson", (json_int_t)is->seq, "taught",
	    (json_int_t)taught, "sha256", sha, "same", same);
	print_row(ctl, NULL, o);
	json_decref(o);
	buf_free(&bytes);
	model_free(m);
	lessons_free(&log);
	if (same)
		return EXIT_DONE;
	err_set(&e, ERR_CONFLICT, NULL, "the lessons do not give checkpoint %d", is->number);
	return ctl_fail(&e);
}

static int
rebuild(struct ctl *ctl, const struct ctl_args *a)
{
	struct stored base, is;
	struct buf kept = { 0 };
	int status;
	struct err e;

	(void)a;
	if (!stored_current(ctl, false, &base, &status) || !stored_current(ctl, true, &is, &status))
		return status;
	if (is.checkpoint) {
		status = EXIT_DONE;
		if (stored_bytes(ctl, is.number, &kept, &status)) /* the bytes themselves, not only what the table says of them */
			status = rebuilt(ctl, &base, &is, &kept);
		buf_free(&kept);
		return status;
	}
	err_set(&e, ERR_NOT_FOUND, NULL, "base %d has no checkpoint to compare with", base.number);
	return ctl_fail(&e);
}

static const struct ctl_option compare_options[] = {
	{ "days", "N", "the decisions of the past N days; 7", WORDS_NONE }, { .name = NULL }
};

const struct command model_commands[] = {
	{ "model list", "", "bases, and the checkpoints of the one in force", NULL, 0, 0, WORDS_NONE, list },
	{ "model use", "N", "put a base in force, or back in force; 0 is the empty one", NULL, 1, 1, WORDS_NONE, use },
	{ "model compare", "A B", "two models, asked of what was decided lately", compare_options, 2, 2, WORDS_NONE, compare },
	{ "model rebuild", "", "learn every lesson again and say whether that gives the newest checkpoint, byte for byte", NULL, 0, 0, WORDS_NONE, rebuild },
	{ "model export", "N FILE", "a model's bytes, to a file", NULL, 2, 2, WORDS_FILE, export },
	{ .name = NULL }
};
