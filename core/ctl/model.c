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
		{ "seq", "lesson", 9, true }, { "made_at", "made", 19, false }, { "bytes", "bytes", 11, true }, { "figures", "figures", 60, false },
		{ "note", "note", 0, false }, { .key = NULL }
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

struct score { struct evaluate units, items; long seen; };

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

/* A base as it was made, asked of every decision of the past days. `known`: how many of these it was made of, and so are no test. */
static int
compare_one(struct ctl *ctl, int number, const struct lessons *log, usec_t from, json_t **out)
{
	struct learner *units = all_labels(log, false), *items = all_labels(log, true);
	struct score s = { 0 };
	struct arena a = { 0 };
	int status = EXIT_DONE;
	struct model *m = stored_model(ctl, number, &status);
	bool ok = m && units && items;

	for (size_t i = 0; ok && i < log->n; i++) {
		const struct decided *d = &log->at[i];

		if (d->at < from)
			continue;
		s.seen += d->seq <= m->seq;
		ok = evaluate_ask(&s.units, m->units, &d->lesson.what, units, d->lesson.unit, &a) &&
		    evaluate_ask(&s.items, m->items, &d->lesson.what, items, d->lesson.item, &a);
	}
	if (ok)
		*out = json_pack("{s:i, s:o, s:o, s:I}", "model", number, "units", share_of(&s.units), "items", share_of(&s.items), "known", (json_int_t)s.seen);
	else if (status == EXIT_DONE)
		status = ctl_usage("out of memory");
	evaluate_free(&s.units);
	evaluate_free(&s.items);
	model_free(m);
	learner_free(units);
	learner_free(items);
	arena_free(&a);
	return status;
}

static int
compare(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "model", "model", 8, true }, { "known", "known", 7, true }, { "units", "units", 66, false }, { "items", "items", 0, false }, { .key = NULL }
	};
	struct lessons log = { 0 };
	int number[2], days = DAYS, status;
	struct err e;

	if (!number_of(a->word[0], &number[0]) || !number_of(a->word[1], &number[1]))
		return ctl_usage("model compare: two models' numbers are expected; model list shows them");
	if (!ctl_opt_int(a, "days", 1, 3650, &days, &e))
		return ctl_fail(&e);
	if (lessons_load(ctl, &log, 0, &status)) {
		status = EXIT_DONE;
		for (int i = 0; i < 2 && status == EXIT_DONE; i++) {
			json_t *o = NULL;

			status = compare_one(ctl, number[i], &log, clock_now() - days * 86400 * USEC_S, &o);
			if (o)
				print_row(ctl, columns, o);
			json_decref(o);
		}
	}
	lessons_free(&log);
	return status;
}

/* --- rebuild ------------------------------------------------------------------------------------------------------------- */

/* The base in force, and every lesson up to the newest checkpoint on top of it: that must be the checkpoint, byte for byte. */
static int
rebuilt(struct ctl *ctl, const struct stored *base, const struct stored *is)
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
	same = strcmp(sha, is->sha) == 0;
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
	int status;
	struct err e;

	(void)a;
	if (!stored_current(ctl, false, &base, &status) || !stored_current(ctl, true, &is, &status))
		return status;
	if (is.checkpoint)
		return rebuilt(ctl, &base, &is);
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
