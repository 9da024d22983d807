/*
 * eval: how well the learner does on a table whose truth is known: trained on one file and asked of another, or in file order, each row
 * guessed before it is learnt. No database, no daemon.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/value.h"
#include "core/base/strmap.h"
#include "core/ctl/columns.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"
#include "core/machine/evaluate.h"

enum { GUESSES = 3 };

/* A label of either file; `number` counts through both, `learnt` is the learner's (-1 = only in the test file). */
struct named { int number, learnt; long rows; const char *code; };
struct row { const char *title, *text; size_t len; struct named *label; };

struct trial {
	struct columns train, test;
	struct row *taught, *asked; size_t ntaught, nasked;
	struct strmap by_code;
	struct named **learnt;   /* by the learner's number */
	int labels;
	struct learner *l;
	struct evaluate e;
	struct arena arena, question;
	double train_s, guess_s;
	long guesses;
	long min_rows;
	long unlabelled;         /* rows of either file left out */
};

static bool
no_memory(struct err *e)
{
	return err_set(e, ERR_INTERNAL, "", "out of memory");
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static struct named *
named(struct trial *t, const char *code)
{
	struct named *l = strmap_get(&t->by_code, code);

	if (l)
		return l;
	if (!(l = arena_alloc(&t->arena, sizeof *l)))
		return NULL;
	*l = (struct named){ .number = (int)t->by_code.count, .learnt = -1, .code = code };
	return strmap_add(&t->by_code, code, l) ? l : NULL;
}

static bool
read_row(struct trial *t, const char **cell, const int *text, int texts, int label, struct row *r)
{
	const char *said = columns_text(cell, text, texts, &t->arena);
	size_t len;

	r->title = columns_clean(columns_title(cell, text, texts), CLEAN_LINE, &t->arena, &len);
	r->text = said ? columns_clean(said, CLEAN_TEXT, &t->arena, &r->len) : NULL;
	r->label = named(t, cell[label]);
	return r->title && r->text && r->label;
}

static bool
is_blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

/* A row without a label teaches nothing and asks nothing: it is left out and counted. */
static struct row *
read_rows(struct trial *t, struct columns *c, const char *path, const struct ctl_args *a, size_t *n, struct err *e)
{
	int text[COLUMNS_TEXTS], texts, label;
	struct row *r;

	if (!columns_load(c, path, e) || (texts = columns_list(c, ctl_opt(a, "text"), text, COLUMNS_TEXTS, e)) < 0 ||
	    (label = columns_find(c, ctl_opt(a, "label"), e)) < 0)
		return NULL;
	if (!(r = calloc(c->rows + 1, sizeof *r))) {
		no_memory(e);
		return NULL;
	}
	*n = 0;
	for (size_t i = 0; i < c->rows; i++) {
		if (is_blank(c->row[i][label]))
			t->unlabelled++;
		else if (!read_row(t, c->row[i], text, texts, label, &r[(*n)++])) {
			free(r);
			no_memory(e);
			return NULL;
		}
	}
	return r;
}

static struct lesson
lesson_of(const struct row *r, size_t i)
{
	return (struct lesson){ .what = { .text = r->text, .len = r->len, .title = r->title }, .label = r->label->learnt,
	    .no = (case_no)i + 1, .weight = 1 };
}

/* --- learning and asking ------------------------------------------------------------------------------------------------ */

/* The row's label in the learner, made when it is new. */
static bool
meet(struct trial *t, struct named *l, struct err *e)
{
	if (l->learnt >= 0)
		return true;
	if (t->labels == LEARNER_LABELS)
		return err_set(e, ERR_TOO_LARGE, "label", "more than %d labels", LEARNER_LABELS);
	if ((l->learnt = learner_label(t->l, l->code, NULL)) < 0)
		return no_memory(e);
	t->learnt[l->learnt] = l;
	t->labels++;
	return true;
}

static bool
ask(struct trial *t, const struct row *r, struct err *e)
{
	struct learner_text q = { .text = r->text, .len = r->len, .title = r->title };
	struct guess guess[GUESSES];
	usec_t start = clock_monotonic();
	struct learner_reading *reading;
	int n;

	arena_reset(&t->question);
	if (!(reading = learner_read(t->l, &q, &t->question)))
		return no_memory(e);
	n = learner_guess(t->l, reading, guess, GUESSES, NULL);
	t->guess_s += (double)(clock_monotonic() - start) / 1e6;
	t->guesses++;
	if (r->label->rows < t->min_rows)
		return true;
	for (int i = 0; i < n; i++)
		guess[i].label = t->learnt[guess[i].label]->number;
	return evaluate_add(&t->e, r->label->number, guess, n) || no_memory(e);
}

static bool
train(struct trial *t, struct err *e)
{
	struct lesson *all = calloc(t->ntaught + 1, sizeof *all);
	usec_t start;
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < t->ntaught; i++) {
		if (!meet(t, t->taught[i].label, e)) {
			free(all);
			return false;
		}
		t->taught[i].label->rows++;
		all[i] = lesson_of(&t->taught[i], i);
	}
	start = clock_monotonic();
	ok = ok && learner_train(t->l, all, t->ntaught, NULL, NULL);
	t->train_s = (double)(clock_monotonic() - start) / 1e6;
	free(all);
	return ok || no_memory(e);
}

static bool
in_file_order(struct trial *t, struct err *e)
{
	for (size_t i = 0; i < t->ntaught; i++) {
		struct row *r = &t->taught[i];
		struct lesson one;
		usec_t start;

		if (!ask(t, r, e) || !meet(t, r->label, e))
			return false;
		one = lesson_of(r, i);
		start = clock_monotonic();
		if (!learner_learn(t->l, &one))
			return no_memory(e);
		t->train_s += (double)(clock_monotonic() - start) / 1e6;
		r->label->rows++;
	}
	return true;
}

/* --- answering ----------------------------------------------------------------------------------------------------------- */

static double
rounded(double v, double to)
{
	return round(v * to) / to;
}

static int
answer(struct ctl *ctl, struct trial *t)
{
	json_t *o = json_pack("{s:I, s:I, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "rows", (json_int_t)t->e.rows,
	    "unlabelled", (json_int_t)t->unlabelled, "labels", t->labels,
	    "top1", rounded(evaluate_top1(&t->e), 1e4), "top3", rounded(evaluate_top3(&t->e), 1e4),
	    "macro_f1", rounded(evaluate_macro_f1(&t->e), 1e4), "ece", rounded(evaluate_ece(&t->e), 1e4),
	    "train_s", rounded(t->train_s, 1e3), "rows_per_s", t->guess_s > 0 ? round((double)t->guesses / t->guess_s) : 0.0,
	    "model_bytes", (json_int_t)learner_bytes(t->l));

	print_row(ctl, NULL, o);
	json_decref(o);
	for (int i = 0; i < EVALUATE_BINS; i++)
		if (t->e.bin[i].rows > 0)
			print_said(ctl, "said %.1f-%.1f: %6ld rows, on average %.3f, right %.3f", i / 10.0, (i + 1) / 10.0, t->e.bin[i].rows,
			    t->e.bin[i].said / (double)t->e.bin[i].rows, (double)t->e.bin[i].right / (double)t->e.bin[i].rows);
	return EXIT_DONE;
}

static int
run(struct ctl *ctl, struct trial *t, const struct ctl_args *a, bool prequential)
{
	struct err e = { 0 };
	size_t most;
	bool ok;

	if (!(t->taught = read_rows(t, &t->train, ctl_opt(a, "train"), a, &t->ntaught, &e)))
		return ctl_fail(&e);
	most = t->by_code.count;
	if (!prequential && !(t->asked = read_rows(t, &t->test, ctl_opt(a, "test"), a, &t->nasked, &e)))
		return ctl_fail(&e);
	t->l = learner_new(most < LEARNER_LABELS ? (int)most : LEARNER_LABELS);
	t->learnt = calloc(LEARNER_LABELS, sizeof *t->learnt);
	ok = (t->l && t->learnt) || no_memory(&e);
	ok = ok && (prequential ? in_file_order(t, &e) : train(t, &e));
	for (size_t i = 0; ok && i < t->nasked; i++)
		ok = ask(t, &t->asked[i], &e);
	return ok ? answer(ctl, t) : ctl_fail(&e);
}

static int
eval(struct ctl *ctl, const struct ctl_args *a)
{
	bool prequential = ctl_opt(a, "prequential") != NULL;
	struct trial t = { 0 };
	int64_t n = 0;
	int status;

	if (!ctl_opt(a, "train") || !ctl_opt(a, "text") || !ctl_opt(a, "label"))
		return ctl_usage("eval wants --train, --text and --label");
	if (prequential == (ctl_opt(a, "test") != NULL))
		return ctl_usage("eval wants either --test or --prequential");
	if (ctl_opt(a, "min-rows") && (!value_int(ctl_opt(a, "min-rows"), &n) || n < 0))
		return ctl_usage("--min-rows: a number is expected");
	t.min_rows = n;
	status = run(ctl, &t, a, prequential);
	learner_free(t.l);
	evaluate_free(&t.e);
	strmap_free(&t.by_code);
	free(t.learnt);
	free(t.taught);
	free(t.asked);
	arena_free(&t.arena);
	arena_free(&t.question);
	columns_free(&t.train);
	columns_free(&t.test);
	return status;
}

static const struct ctl_option eval_options[] = {
	{ "train", "FILE", "CSV to learn from", WORDS_FILE },
	{ "test", "FILE", "CSV to guess", WORDS_FILE },
	{ "text", "COLUMN,…", "what the appeals say; of several columns the first is the title", WORDS_NONE },
	{ "label", "COLUMN", "the unit or duty item that was right", WORDS_NONE },
	{ "min-rows", "N", "count only rows whose label has so many rows to learn from", WORDS_NONE },
	{ "prequential", NULL, "no --test: guess each row of --train before learning it, from nothing", WORDS_NONE },
	{ NULL, NULL, NULL, WORDS_NONE }
};

const struct command eval_commands[] = {
	{ "eval", "", "how often the learner is right, and whether its probabilities mean what they say", eval_options, 0, 0, WORDS_NONE, eval },
	{ 0 }
};
