/*
 * dedup eval: how well repeats are found on a table whose truth is known, by pairs (a case and the one it names) or by groups (the cases of
 * one incident). No database: the machine's own index and scorer, asked as fenbod asks them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/base/strmap.h"
#include "core/ctl/columns.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"
#include "core/machine/crowds.h"
#include "core/machine/repeats.h"

enum { FIRST = 10, ASKED = 64, ID_DIGITS = 8, KIND_MAX = 16 };

struct row { const char *id, *group, *title, *text; int number; };
struct pair { int query, target; const char *kind; };
struct tally { const char *kind; long queries, at1, at3, at10, joined1, joined3, joined10; double share1, share3, share10; };

struct trial {
	struct row *row; size_t rows;
	struct strmap by_id;
	struct pair *pair; size_t pairs, outside; /* outside: one of the two is not in the data */
	bool grouped, hide;
	struct repeats *index;
	struct tally all, kind[KIND_MAX]; int kinds;
	double us;     /* spent asking, per query */
	long asked;
	struct arena arena;
};

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The numbers of other cases hidden: every run of digits (hyphens within) as long as an id, so that a text is found by what it says. */
static const char *
hidden(struct trial *t, const char *text, size_t digits)
{
	char *out = arena_strdup(&t->arena, text), *to = out;

	for (const char *p = text; *p;) {
		const char *end = p;
		size_t n = 0;

		while (is_digit(*end) || (n > 0 && *end == '-' && is_digit(end[1])))
			n += is_digit(*end++);
		if (n >= ID_DIGITS && n + 1 >= digits && n <= digits + 1) {
			p = end;
		} else if (end > p) {
			memcpy(to, p, (size_t)(end - p));
			to += end - p;
			p = end;
		} else
			*to++ = *p++;
	}
	*to = '\0';
	return out;
}

static bool
read_cases(struct trial *t, const struct columns *c, int id, int group, const int *text, int texts, struct err *e)
{
	if (!(t->row = calloc(c->rows ? c->rows : 1, sizeof *t->row)))
		abort();
	for (size_t i = 0; i < c->rows; i++) {
		const char **cell = c->row[i];
		struct row *r = &t->row[t->rows];
		size_t digits = strlen(cell[id]);

		*r = (struct row){ .id = cell[id], .group = group >= 0 ? cell[group] : "", .number = (int)i };
		r->title = columns_title(cell, text, texts);
		if ((r->text = columns_text(cell, text, texts, &t->arena)) == NULL)
			abort();
		if (t->hide) {
			r->title = hidden(t, r->title, digits);
			r->text = hidden(t, r->text, digits);
		}
		if (!strmap_add(&t->by_id, r->id, r))
			return err_set(e, ERR_INVALID, "id", "row %zu: %s is there twice", i + 2, r->id);
		t->rows++;
	}
	return true;
}

static bool
read_pairs(struct trial *t, const struct columns *c, struct err *e)
{
	int kind = -1;

	if (c->columns < 2)
		return err_set(e, ERR_INVALID, "pairs", "two columns are wanted: a case and the one it repeats");
	for (int i = 2; i < c->columns; i++)
		if (!strcmp(c->head[i], "kind"))
			kind = i;
	if (!(t->pair = calloc(c->rows ? c->rows : 1, sizeof *t->pair)))
		abort();
	for (size_t i = 0; i < c->rows; i++) {
		const struct row *q = strmap_get(&t->by_id, c->row[i][0]), *of = strmap_get(&t->by_id, c->row[i][1]);

		if (!q || !of || q == of)
			t->outside++;
		else
			t->pair[t->pairs++] = (struct pair){ q->number, of->number, kind >= 0 ? c->row[i][kind] : "" };
	}
	return true;
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

static struct repeat_case
case_of(const struct trial *t, int i)
{
	const struct row *r = &t->row[i];

	/* The rows of pairs stand in the order of receipt; groups have none. */
	return (struct repeat_case){ .no = i + 1, .at = t->grouped ? USEC_S : (usec_t)(i + 1) * USEC_S, .title = r->title, .text = r->text,
		.text_len = strlen(r->text), .open = true };
}

static bool
build(struct trial *t)
{
	if (!(t->index = repeats_new()))
		return false;
	for (size_t i = 0; i < t->rows; i++) {
		struct repeat_case c = case_of(t, (int)i);

		if (!repeats_add(t->index, &c))
			return false;
	}
	return true;
}

/* Processor time of this thread: what else the machine does is not the index's doing. */
static double
cpu_us(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static int
ask(struct trial *t, int i, struct repeat_hit *hit, int max)
{
	struct repeat_case c = case_of(t, i);
	double begun = cpu_us();
	int n = repeats_find(t->index, &c, NULL, 0, hit, max);

	t->us += cpu_us() - begun;
	t->asked++;
	return n;
}

/* Do the pairs themselves say that these two are of one matter? */
static bool
paired(const struct trial *t, int a, int b)
{
	for (size_t i = 0; i < t->pairs; i++)
		if ((t->pair[i].query == a && t->pair[i].target == b) || (t->pair[i].query == b && t->pair[i].target == a))
			return true;
	return false;
}

static struct tally *
tally_of(struct trial *t, const char *kind)
{
	for (int i = 0; i < t->kinds; i++)
		if (!strcmp(t->kind[i].kind, kind))
			return &t->kind[i];
	if (t->kinds == KIND_MAX)
		return NULL;
	t->kind[t->kinds] = (struct tally){ .kind = kind };
	return &t->kind[t->kinds++];
}

static void
count_rank(struct tally *y, int rank, int joined)
{
	if (y == NULL)
		return;
	y->queries++;
	y->at1 += rank < 1;
	y->at3 += rank < 3;
	y->at10 += rank < FIRST;
	y->joined1 += joined < 1;
	y->joined3 += joined < 3;
	y->joined10 += joined < FIRST;
}

/* The place of the target among the hits, exactly (`rank`); and where it would be if a row that the pairs join with the query as well, which is
 * right where it stands, did not push it down (`joined`). */
static void
ask_pairs(struct trial *t)
{
	struct repeat_hit hit[ASKED];

	for (size_t i = 0; i < t->pairs; i++) {
		const struct pair *p = &t->pair[i];
		int n = ask(t, p->query, hit, ASKED), rank = 0, joined = 0;

		while (rank < n && hit[rank].no != p->target + 1)
			joined += !paired(t, p->query, (int)hit[rank++].no - 1);
		if (rank == n)
			rank = joined = ASKED;
		count_rank(&t->all, rank, joined);
		if (p->kind[0])
			count_rank(tally_of(t, p->kind), rank, joined);
	}
}

static void
ask_groups(struct trial *t)
{
	struct repeat_hit hit[ASKED];
	struct tally *y = &t->all;

	for (size_t i = 0; i < t->rows; i++) {
		int n, mates = -1, found[FIRST + 1] = { 0 };

		if (t->row[i].group[0] == '\0')
			continue;
		for (size_t k = 0; k < t->rows; k++)
			mates += !strcmp(t->row[k].group, t->row[i].group);
		if (mates < 1)
			continue;
		n = ask(t, (int)i, hit, ASKED);
		for (int k = 0; k < FIRST; k++)
			found[k + 1] = found[k] + (k < n && !strcmp(t->row[hit[k].no - 1].group, t->row[i].group));
		y->queries++;
		y->at1 += found[1];
		y->share1 += found[1];
		y->share3 += (double)found[3] / (mates < 3 ? mates : 3);
		y->share10 += (double)found[FIRST] / (mates < FIRST ? mates : FIRST);
	}
}

/* --- grouping --------------------------------------------------------------------------------------------------------- */

/* The incident a row belongs to: its group, or what the pairs join. 0 = no row of the trial. */
static void
true_groups(const struct trial *t, int *group)
{
	for (size_t i = 0; i < t->rows; i++) {
		group[i] = 0;
		if (t->row[i].group[0] == '\0')
			continue;
		for (size_t k = 0; k <= i && group[i] == 0; k++)
			if (!strcmp(t->row[k].group, t->row[i].group))
				group[i] = (int)k + 1;
	}
	for (size_t i = 0; i < t->pairs; i++)
		group[t->pair[i].query] = t->pair[i].query + 1, group[t->pair[i].target] = t->pair[i].target + 1;
	for (bool moved = t->pairs > 0; moved;) {
		moved = false;
		for (size_t i = 0; i < t->pairs; i++) {
			int *a = &group[t->pair[i].query], *b = &group[t->pair[i].target];

			if (*a != *b) {
				*a = *b = *a < *b ? *a : *b;
				moved = true;
			}
		}
	}
}

/* B-cubed F over the rows of the trial, gathered one after another as fenbod gathers crowds: the harmonic mean of how much of a row's
 * suggested group is right, and how much of its true one is there, each averaged over the rows. */
static double
b_cubed(struct trial *t)
{
	struct crowds *b = crowds_new();
	int *truth = calloc(t->rows + 1, sizeof *truth), *said = calloc(t->rows + 1, sizeof *said);
	struct repeat_hit hit[CROWDS_HITS];
	double precision = 0, recall = 0;
	long n = 0;

	if (!b || !truth || !said)
		abort();
	true_groups(t, truth);
	for (size_t i = 0; i < t->rows; i++) {
		struct crowd_case c = { .no = (case_no)i + 1, .at = USEC_S };

		if (truth[i])
			crowds_add(b, &c, hit, repeats_find_known(t->index, c.no, NULL, CROWDS_LEAST, hit, CROWDS_HITS));
		n += truth[i] != 0;
	}
	for (size_t i = 0; i < t->rows; i++)
		said[i] = truth[i] ? crowds_group(b, (case_no)i + 1) : 0;
	for (size_t i = 0; i < t->rows; i++) {
		long together = 0, right = 0, all = 0;

		for (size_t k = 0; truth[i] && k < t->rows; k++) {
			together += said[k] == said[i];
			all += truth[k] == truth[i];
			right += said[k] == said[i] && truth[k] == truth[i];
		}
		if (truth[i]) {
			precision += (double)right / (double)together;
			recall += (double)right / (double)all;
		}
	}
	crowds_free(b);
	free(truth);
	free(said);
	return n && precision + recall > 0 ? 2 * precision * recall / (precision + recall) / (double)n : 0;
}

/* --- the answer ------------------------------------------------------------------------------------------------------- */

static json_t *
share(double n, long of)
{
	return print_share(of ? n / (double)of : 0);
}

static json_t *
tally_json(const struct trial *t, const struct tally *y)
{
	json_t *o = json_object();

	if (y->kind)
		json_object_set_new(o, "kind", json_string(y->kind));
	json_object_set_new(o, "queries", json_integer(y->queries));
	json_object_set_new(o, "recall1", share(t->grouped ? y->share1 : (double)y->at1, y->queries));
	json_object_set_new(o, "recall3", share(t->grouped ? y->share3 : (double)y->at3, y->queries));
	json_object_set_new(o, "recall10", share(t->grouped ? y->share10 : (double)y->at10, y->queries));
	if (!t->grouped) {
		json_object_set_new(o, "found1", json_integer(y->at1));
		json_object_set_new(o, "found3", json_integer(y->at3));
		json_object_set_new(o, "found10", json_integer(y->at10));
		json_object_set_new(o, "joined1", json_integer(y->joined1));
		json_object_set_new(o, "joined3", json_integer(y->joined3));
		json_object_set_new(o, "joined10", json_integer(y->joined10));
	}
	return o;
}

static const struct column kind_columns[] = {
	{ "kind", "KIND", 12, false }, { "queries", "QUERIES", 7, true }, { "recall1", "RECALL@1", 8, true }, { "recall3", "RECALL@3", 8, true },
	{ "recall10", "RECALL@10", 9, true }, { "found1", "FOUND@1", 7, true }, { "joined1", "JOINED@1", 8, true }, { "joined3", "JOINED@3", 8, true },
	{ NULL, NULL, 0, false }
};

static int
answer(struct ctl *ctl, struct trial *t)
{
	json_t *o = tally_json(t, &t->all), *kinds = json_array(), *kind;
	size_t i;

	for (int k = 0; k < t->kinds; k++)
		json_array_append_new(kinds, tally_json(t, &t->kind[k]));
	json_object_set_new(o, "b3_f", print_share(b_cubed(t)));
	json_object_set_new(o, "us_per_query", json_integer(t->asked ? lround(t->us / (double)t->asked) : 0));
	if (!t->grouped)
		json_object_set_new(o, "outside", json_integer((json_int_t)t->outside));
	if (ctl->json && !t->grouped)
		json_object_set(o, "kinds", kinds);
	print_row(ctl, NULL, o);
	if (!ctl->json)
		json_array_foreach(kinds, i, kind)
			print_row(ctl, kind_columns, kind);
	json_decref(kinds);
	json_decref(o);
	return EXIT_DONE;
}

static int
run_trial(struct ctl *ctl, struct trial *t, const struct ctl_args *a, struct columns *cases, struct columns *pairs)
{
	const char *group_name = ctl_opt(a, "group");
	int id, group = -1, text[COLUMNS_TEXTS], texts;
	struct err e;

	if (!columns_load(cases, ctl_opt(a, "cases"), &e) || (id = columns_find(cases, ctl_opt(a, "id"), &e)) < 0 ||
	    (texts = columns_list(cases, ctl_opt(a, "text"), text, COLUMNS_TEXTS, &e)) < 0 ||
	    (group_name && (group = columns_find(cases, group_name, &e)) < 0) || !read_cases(t, cases, id, group, text, texts, &e))
		return ctl_fail(&e);
	if (!t->grouped && (!columns_load(pairs, ctl_opt(a, "pairs"), &e) || !read_pairs(t, pairs, &e)))
		return ctl_fail(&e);
	if (!build(t)) {
		err_set(&e, ERR_INTERNAL, "", "out of memory");
		return ctl_fail(&e);
	}
	if (t->grouped)
		ask_groups(t);
	else
		ask_pairs(t);
	return answer(ctl, t);
}

static int
dedup_eval(struct ctl *ctl, const struct ctl_args *a)
{
	struct trial t = { .grouped = ctl_opt(a, "group") != NULL, .hide = ctl_opt(a, "hide-numbers") != NULL };
	struct columns cases = { 0 }, pairs = { 0 };
	int status;

	if (!ctl_opt(a, "cases") || !ctl_opt(a, "id") || !ctl_opt(a, "text"))
		return ctl_usage("dedup eval wants --cases, --id and --text");
	if (!ctl_opt(a, "pairs") == !ctl_opt(a, "group"))
		return ctl_usage("dedup eval wants either --pairs or --group");
	status = run_trial(ctl, &t, a, &cases, &pairs);
	repeats_free(t.index);
	strmap_free(&t.by_id);
	free(t.row);
	free(t.pair);
	arena_free(&t.arena);
	columns_free(&cases);
	columns_free(&pairs);
	return status;
}

static const struct ctl_option eval_options[] = {
	{ "cases", "FILE", "CSV of cases", WORDS_FILE },
	{ "id", "COLUMN", "their number", WORDS_NONE },
	{ "text", "COLUMN,…", "their text; of several the first is the title", WORDS_NONE },
	{ "pairs", "FILE", "CSV: a case, the one it repeats, and perhaps a column kind", WORDS_FILE },
	{ "group", "COLUMN", "which incident a case belongs to; empty = none known", WORDS_NONE },
	{ "hide-numbers", NULL, "take numbers of cases out of the texts", WORDS_NONE },
	{ NULL, NULL, NULL, WORDS_NONE }
};

const struct command dedup_commands[] = {
	{ "dedup eval", "", "how well repeats are found where the truth is known", eval_options, 0, 0, WORDS_NONE, dedup_eval },
	{ 0 }
};
