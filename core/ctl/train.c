/*
 * train: a new base out of what people have decided, or out of an old system's export. The model is made here, measured by
 * cross-validation, and kept in the database; it is in force when somebody says so.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/value.h"
#include "core/base/clean.h"
#include "core/base/strmap.h"
#include "core/base/utf8.h"
#include "core/ctl/centre.h"
#include "core/ctl/columns.h"
#include "core/ctl/lessons.h"
#include "core/ctl/print.h"
#include "core/ctl/whole.h"
#include "core/machine/evaluate.h"

enum { FOLDS = 5, UNKNOWN_SHOWN = 20, GROUP_CHARS = 60 };

/* --- codes of the routing in force ----------------------------------------------------------------------------------------- */

struct label { const char *code, *name; bool twice; };
struct labels { struct strmap by_code, by_name, by_short; struct arena arena; };

static void
name_it(struct labels *l, struct strmap *m, const json_t *text, const struct label *label)
{
	const char *name = json_string_value(text);
	struct label *known = name && *name ? strmap_get(m, name) : NULL, *own;

	if (name == NULL || *name == '\0')
		return;
	if (known) {
		known->twice = known->twice || strcmp(known->code, label->code) != 0;
		return;
	}
	own = arena_alloc(&l->arena, sizeof *own);
	*own = *label;
	strmap_add(m, arena_strdup(&l->arena, name), own);
}

static void
label_row(void *ctx, const struct db_row *r)
{
	struct labels *l = ctx;
	size_t len;
	const char *text = db_row_text(r, 0, &len), *code;
	json_t *o = json_loadb(text, len, 0, NULL);
	struct label *own = arena_alloc(&l->arena, sizeof *own);

	if ((code = json_string_value(json_object_get(o, "code"))) != NULL) {
		own->code = arena_strdup(&l->arena, code);
		own->name = arena_strdup(&l->arena, json_string_value(json_object_get(o, "name")));
		strmap_add(&l->by_code, own->code, own);
		name_it(l, &l->by_name, json_object_get(o, "name"), own);
		name_it(l, &l->by_short, json_object_get(o, "short"), own);
	}
	json_decref(o);
}

/* By code, else by name, else by short name, where that means one only. */
static const struct label *
label_find(const struct labels *l, const char *text)
{
	const struct label *found = strmap_get(&l->by_code, text);

	if (found == NULL && (found = strmap_get(&l->by_name, text)) == NULL)
		found = strmap_get(&l->by_short, text);
	return found && !found->twice ? found : NULL;
}

static void
labels_free(struct labels *l)
{
	strmap_free(&l->by_code);
	strmap_free(&l->by_name);
	strmap_free(&l->by_short);
	arena_free(&l->arena);
}

/* --- an old system's export ------------------------------------------------------------------------------------------------- */

struct unknown { const char *text; size_t rows; };

struct training {
	struct ctl *ctl;
	struct labels units, items;
	struct columns file;
	struct lessons log;
	struct model_lesson *row; size_t rows;
	struct strmap unknown; struct unknown *list[UNKNOWN_SHOWN]; size_t unknown_rows, item_unknown_rows;
	int64_t seq;             /* of the log, that is in it */
	struct centre centre;
	struct blend voices;     /* how much each source counts */
	struct arena arena;
};

static void
unknown_unit(struct training *t, const char *text)
{
	struct unknown *u = strmap_get(&t->unknown, text);

	t->unknown_rows++;
	if (u == NULL) {
		u = arena_alloc(&t->arena, sizeof *u);
		u->text = text;
		if (t->unknown.count < UNKNOWN_SHOWN)
			t->list[t->unknown.count] = u;
		strmap_add(&t->unknown, text, u);
	}
	u->rows++;
}

static void
file_row(struct training *t, const char **cell, const int *text, int texts, int unit, int item)
{
	struct model_lesson *l = &t->row[t->rows];
	const struct label *u, *i = NULL;
	size_t len;
	const char *said = columns_clean(cell[unit], CLEAN_LINE, &t->arena, &len);

	if ((u = label_find(&t->units, said)) == NULL) {
		unknown_unit(t, said);
		return;
	}
	if (item >= 0 && cell[item][0] != '\0' &&
	    (i = label_find(&t->items, columns_clean(cell[item], CLEAN_LINE, &t->arena, &len))) == NULL)
		t->item_unknown_rows++;
	*l = (struct model_lesson){ .unit = u->code, .unit_name = u->name, .item = i ? i->code : "", .item_name = i ? i->name : "", .weight = 1 };
	l->what.title = columns_clean(columns_title(cell, text, texts), CLEAN_LINE, &t->arena, &len);
	l->what.text = columns_clean(columns_text(cell, text, texts, &t->arena), CLEAN_TEXT, &t->arena, &l->what.len);
	l->what.place = l->what.channel = l->what.type = "";
	t->rows++;
}

static int
read_file(struct training *t, const struct ctl_args *a)
{
	int text[COLUMNS_TEXTS], texts, unit, item = -1, status;
	struct sync *db = ctl_db(t->ctl, &status);
	struct err e;

	if (db == NULL)
		return status;
	if (!columns_load(&t->file, ctl_opt(a, "from"), &e) || (texts = columns_list(&t->file, ctl_opt(a, "text"), text, COLUMNS_TEXTS, &e)) < 0 ||
	    (unit = columns_find(&t->file, ctl_opt(a, "unit"), &e)) < 0 ||
	    (ctl_opt(a, "item") && (item = columns_find(&t->file, ctl_opt(a, "item"), &e)) < 0))
		return ctl_fail(&e);
	if (!sync_run(db, SQL_ROUTING_UNITS, NULL, 0, label_row, &t->units, &e) ||
	    !sync_run(db, SQL_ROUTING_ITEMS, NULL, 0, label_row, &t->items, &e))
		return ctl_fail_database(&e);
	if ((t->row = calloc(t->file.rows + 1, sizeof *t->row)) == NULL)
		abort();
	for (size_t i = 0; i < t->file.rows; i++)
		file_row(t, t->file.row[i], text, texts, unit, item);
	return EXIT_DONE;
}

/* --- decided cases ----------------------------------------------------------------------------------------------------------- */

static int
read_log(struct training *t, const struct ctl_args *a)
{
	const char *since = ctl_opt(a, "since");
	int status, year, month, day;
	usec_t from = 0;

	if (ctl_db(t->ctl, &status) == NULL)
		return status;
	if (since && !clock_parse(since, strlen(since), &from) && (sscanf(since, "%4d-%2d-%2d", &year, &month, &day) != 3 ||
	        !clock_is_date(year, month, day) || !clock_make(year, month, day, 0, 0, 0, &from)))
		return ctl_usage("--since: a date such as 2026-01-31 is expected");
	if (!lessons_load(t->ctl, &t->log, 0, &status))
		return status;
	t->seq = t->log.last;
	if ((t->row = calloc(t->log.n + 1, sizeof *t->row)) == NULL)
		abort();
	for (size_t i = 0; i < t->log.n; i++)
		if (t->log.at[i].at >= from)
			t->row[t->rows++] = t->log.at[i].lesson;
	return EXIT_DONE;
}

/* --- how good it is ---------------------------------------------------------------------------------------------------------- */

/* Near copies go into one fold: those whose first letters, without digits and signs, are the same. */
static unsigned
group_of(const struct model_lesson *l)
{
	struct buf folded = { 0 };
	uint64_t h = UINT64_C(1469598103934665603);
	int letters = 0;

	fold_text(&folded, l->what.text, l->what.len);
	for (size_t at = 0; at < folded.len && letters < GROUP_CHARS;) {
		uint32_t cp = 0;
		size_t used = utf8_decode(folded.data + at, folded.len - at, &cp);

		at += used > 0 ? used : 1;
		if (cp >= 'a' && (cp <= 'z' || cp >= 0x3400) && !(cp >= 0xff00)) {
			h = (h ^ cp) * UINT64_C(1099511628211);
			letters++;
		}
	}
	buf_free(&folded);
	return (unsigned)(h >> 33);
}

/* One kind of label, measured: by the learner alone, or by the whole recommender with the duty list. */
struct measure { struct learner *all; struct evaluate e; size_t rows; };

static bool
measure_open(struct measure *x, const struct training *t, bool items)
{
	x->all = learner_new(items ? MODEL_ITEMS : MODEL_UNITS);
	for (size_t i = 0; x->all && i < t->rows; i++) {
		const char *code = items ? t->row[i].item : t->row[i].unit;

		if (*code) {
			x->rows++;
			learner_label(x->all, code, NULL);
		}
	}
	return x->all != NULL;
}

static void
measure_free(struct measure *x)
{
	evaluate_free(&x->e);
	learner_free(x->all);
}

enum { UNITS, ITEMS, WHOLE, MEASURES };

/* One fold is asked of a model that was taught the others. */
static bool
fold(struct training *t, const unsigned *group, unsigned f, unsigned folds, struct measure *x)
{
	struct model *m = model_new();
	struct model_lesson *taught = calloc(t->rows + 1, sizeof *taught);
	struct arena arena = { 0 };
	size_t n = 0;
	bool ok = m && taught;

	for (size_t i = 0; ok && i < t->rows; i++)
		if (group[i] % folds != f)
			taught[n++] = t->row[i];
	ok = ok && model_train(m, taught, n, NULL);
	for (size_t i = 0; ok && i < t->rows; i++)
		if (group[i] % folds == f)
			ok = evaluate_ask(&x[UNITS].e, m->units, &t->row[i].what, x[UNITS].all, t->row[i].unit, &arena) &&
			    evaluate_ask(&x[ITEMS].e, m->items, &t->row[i].what, x[ITEMS].all, t->row[i].item, &arena) &&
			    whole_ask(&t->centre, &t->voices, m, &t->row[i], x[WHOLE].all, &arena, &x[WHOLE].e);
	arena_free(&arena);
	free(taught);
	model_free(m);
	return ok;
}

static double
rounded(double v)
{
	return round(v * 1e4) / 1e4;
}

/* {"rows","labels","top1","top3","macro_f1","ece"}; null when there is nothing to be measured. */
static json_t *
measured(const struct measure *x)
{
	json_t *o;

	if (x->rows == 0)
		return json_null();
	o = json_pack("{s:I, s:i}", "rows", (json_int_t)x->rows, "labels", learner_labels(x->all));
	if (x->e.rows > 0)
		json_object_update_new(o, json_pack("{s:f, s:f, s:f, s:f}", "top1", rounded(evaluate_top1(&x->e)), "top3", rounded(evaluate_top3(&x->e)),
		    "macro_f1", rounded(evaluate_macro_f1(&x->e)), "ece", rounded(evaluate_ece(&x->e))));
	return o;
}

/* Also how much each source counts, in t->voices, learnt from what was kept aside. */
static json_t *
figures_of(struct training *t, int folds)
{
	unsigned *group = calloc(t->rows + 1, sizeof *group);
	struct measure x[MEASURES] = { 0 };
	json_t *o;
	bool ok = group != NULL;

	blend_init(&t->voices, recommend_voices, RECOMMEND_VOICES);
	for (int i = 0; i < MEASURES; i++)
		ok = measure_open(&x[i], t, i == ITEMS) && ok;
	for (size_t i = 0; ok && i < t->rows; i++)
		group[i] = group_of(&t->row[i]);
	for (int f = 0; ok && f < folds; f++)
		ok = fold(t, group, (unsigned)f, (unsigned)folds, x);
	o = ok ? json_pack("{s:i, s:o, s:o, s:o}", "folds", folds, "units", measured(&x[UNITS]), "items", measured(&x[ITEMS]), "whole",
	    measured(&x[WHOLE])) : NULL;
	for (int i = 0; i < MEASURES; i++)
		measure_free(&x[i]);
	free(group);
	return o;
}

/* --- the command -------------------------------------------------------------------------------------------------------------- */

static void
say_unknown(const struct training *t)
{
	if (t->unknown_rows > 0)
		fprintf(stderr, "fenboctl: %zu rows name %zu units that the routing does not have; they teach nothing\n", t->unknown_rows,
		    t->unknown.count);
	for (size_t i = 0; i < t->unknown.count && i < UNKNOWN_SHOWN; i++) {
		struct buf b = { 0 };

		clean_text(&b, t->list[i]->text, strlen(t->list[i]->text), CLEAN_LINE);
		fprintf(stderr, "  %6zu  %s\n", t->list[i]->rows, b.len ? buf_text(&b) : "(empty)");
		buf_free(&b);
	}
	if (t->unknown.count > UNKNOWN_SHOWN)
		fprintf(stderr, "  and %zu more\n", t->unknown.count - UNKNOWN_SHOWN);
	if (t->item_unknown_rows > 0)
		fprintf(stderr, "fenboctl: %zu rows name duty items that the routing does not have; they teach their unit only\n", t->item_unknown_rows);
}

static int
keep(struct training *t, const struct ctl_args *a, struct model *m, json_t *figures)
{
	const char *note = ctl_opt(a, "note");
	char *text = json_dumps(figures, JSON_COMPACT), number[16];
	int status, base = stored_put(t->ctl, m, t->voices.steps > 0 ? &t->voices : NULL, text, note ? note : "", &status);
	json_t *o;

	free(text);
	if (base < 0)
		return status;
	snprintf(number, sizeof number, "%d", base);
	if (ctl_opt(a, "use") && (status = ctl_do(t->ctl, SQL_MODEL_USE, (struct db_param[]){ DB_TEXT(number) }, 1, NULL)) != EXIT_DONE)
		return status;
	o = json_pack("{s:i, s:I, s:I, s:b, s:O, s:I}", "model", base, "rows", (json_int_t)t->rows, "lesson", (json_int_t)t->seq, "in_force",
	    ctl_opt(a, "use") != NULL, "figures", figures, "unknown_rows", (json_int_t)t->unknown_rows);
	print_row(t->ctl, NULL, o);
	json_decref(o);
	return EXIT_DONE;
}

static int
make(struct training *t, const struct ctl_args *a, int folds)
{
	struct model *m = model_new();
	json_t *figures;
	usec_t begun;
	struct err e;
	int status;

	if (t->rows == 0) {
		err_set(&e, ERR_IMPOSSIBLE, NULL, "there is nothing to learn from");
		model_free(m);
		return ctl_fail(&e);
	}
	if (!centre_load(t->ctl, &t->centre, &status)) {
		model_free(m);
		return status;
	}
	figures = figures_of(t, folds);
	begun = clock_monotonic();
	if (m == NULL || figures == NULL || !model_train(m, t->row, t->rows, NULL)) {
		err_set(&e, ERR_INTERNAL, NULL, "out of memory");
		status = ctl_fail(&e);
	} else {
		m->seq = t->seq;
		json_object_set_new(figures, "train_s", json_real(rounded((double)(clock_monotonic() - begun) / 1e6)));
		json_object_set_new(figures, "from", json_string(ctl_opt(a, "from") ? "file" : "decisions"));
		status = keep(t, a, m, figures);
	}
	json_decref(figures);
	model_free(m);
	return status;
}

static int
train(struct ctl *ctl, const struct ctl_args *a)
{
	struct training t = { .ctl = ctl };
	int status, folds = FOLDS;
	struct err e;

	if (ctl_opt(a, "from") ? !ctl_opt(a, "text") || !ctl_opt(a, "unit") || ctl_opt(a, "since")
	                       : ctl_opt(a, "text") || ctl_opt(a, "unit") || ctl_opt(a, "item"))
		return ctl_usage("train wants --from with --text and --unit (and --item), or none of these and perhaps --since");
	if (!ctl_opt_int(a, "folds", 0, 20, &folds, &e))
		return ctl_fail(&e);
	if (folds == 1)
		return ctl_usage("--folds: one fold leaves nothing to learn from; 0 measures nothing");
	status = ctl_opt(a, "from") ? read_file(&t, a) : read_log(&t, a);
	if (status == EXIT_DONE) {
		say_unknown(&t);
		status = make(&t, a, folds);
	}
	free(t.row);
	centre_free(&t.centre);
	columns_free(&t.file);
	lessons_free(&t.log);
	labels_free(&t.units);
	labels_free(&t.items);
	strmap_free(&t.unknown);
	arena_free(&t.arena);
	return status;
}

static const struct ctl_option train_options[] = {
	{ "from", "FILE.csv", "an old system's export; without it, what was decided here", WORDS_FILE },
	{ "text", "COL[,COL]", "the columns of the text; of several the first is the title", WORDS_NONE },
	{ "unit", "COL", "the column of the unit: its code, name or short name", WORDS_NONE },
	{ "item", "COL", "the column of the duty item: its code or name", WORDS_NONE },
	{ "since", "DATE", "only what was decided since then", WORDS_NONE },
	{ "folds", "N", "measure by cross-validation in so many folds; 5, 0 = not at all", WORDS_NONE },
	{ "use", NULL, "put it in force at once", WORDS_NONE },
	{ "note", "TEXT", "what it is, for the list", WORDS_NONE }, { .name = NULL }
};

const struct command train_commands[] = {
	{ "train", "", "make a new base model", train_options, 0, 0, WORDS_NONE, train }, { .name = NULL }
};
