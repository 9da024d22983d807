/*
 * How right the learner is, beside what people take off the shelf. Usage: learn [cv | order]; both when nothing is said.
 *
 * cv: each of the four sets by five-fold cross-validation, folds that part no two near copies (dup_group). Every row counts, a label that was
 * not in training is a miss; "common" is only the rows whose label had ten rows or more to learn from. In the same run on the same folds, where they are
 * installed: liblinear's own tools and fastText, and the difference row by row: 10,000 draws of the rows with replacement give
 * its 95 % interval. The two Haikou sets have the same rows, so they are drawn together.
 * order: the Haikou file in its own order from an empty learner, each row guessed, then learnt.
 *
 * FENBO_FOLDS=1 only the first fold. FENBO_SETS="dalian jiamusi" only these. FENBO_PEERS="" without the peers (default "liblinear fasttext").
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/evaluate.h"
#include "tests/tools/bench.h"
#include "tests/tools/corpus.h"
#include "tests/tools/peers.h"

enum { COMMON = 10, DRAWS = 10000, SETS = 4 };
enum who { OURS, LIBLINEAR, FASTTEXT, WHO };
static const char *const who_name[WHO] = { "fenbo", "liblinear", "fasttext" };

static const struct corpus_kind kinds[SETS] = {
	{ "haikou", "haikou12345_tickets.csv", NULL, "content", "unit_raw" },
	{ "nohint", "haikou12345_tickets.csv", NULL, "content_nohint", "unit_raw" },
	{ "jiamusi", "jiamusi.csv", "title", "content", "unit" },
	{ "dalian", "dalian.csv", "title", "content", "unit" },
};

/* What each said of each row of a set. */
struct said { signed char top1, top3; };
struct trial {
	const char *name;
	struct corpus c;
	struct said *said[WHO];          /* NULL = did not run */
	bool *asked, *common;            /* by row */
	struct evaluate e[WHO];
	double train_s[WHO], rows_per_s[WHO];
	int folds;
	struct samples us;               /* one question of ours */
};

static void
put(const char *set, const char *who, const char *what, double value)
{
	char name[120];

	snprintf(name, sizeof name, "learn_%s%s%s_%s", set, *who ? "_" : "", who, what);
	bench_put(name, value);
}

static bool
named_in(const char *variable, const char *otherwise, const char *name)
{
	const char *list = getenv(variable), *at;

	list = list ? list : otherwise;
	if (!list)
		return true;
	at = strstr(list, name);
	return at && (at == list || at[-1] == ' ') && (at[strlen(name)] == '\0' || at[strlen(name)] == ' ');
}

/* --- one fold --------------------------------------------------------------------------------------------------------------- */

static void
count(struct trial *t, enum who who, size_t i, const struct guess *guess, int n)
{
	int truth = t->c.row[i].label;

	t->said[who][i] = (struct said){ n > 0 && guess[0].label == truth, false };
	for (int k = 0; k < n && k < 3; k++)
		t->said[who][i].top3 |= guess[k].label == truth;
	if (!evaluate_add(&t->e[who], truth, guess, n))
		bench_die("memory is gone");
}

static void
ours(struct trial *t, int fold)
{
	int *at = calloc((size_t)t->c.labels, sizeof *at), *back = calloc((size_t)t->c.labels, sizeof *back);
	double cpu;
	struct learner *l = corpus_train(&t->c, fold, at, &cpu);
	struct arena a = { 0 };

	for (int k = 0; k < t->c.labels; k++)
		if (at[k] >= 0)
			back[at[k]] = k;
	t->train_s[OURS] += cpu;
	for (size_t i = 0; i < t->c.n; i++) {
		struct learner_text q = corpus_text(&t->c.row[i]);
		struct guess guess[3];
		double begun = bench_cpu_us();
		int n;

		if (t->c.row[i].fold != fold)
			continue;
		arena_reset(&a);
		n = learner_guess(l, learner_read(l, &q, &a), guess, 3, NULL);
		samples_add(&t->us, bench_cpu_us() - begun);
		for (int k = 0; k < n; k++)
			guess[k].label = back[guess[k].label];
		count(t, OURS, i, guess, n);
	}
	arena_free(&a);
	learner_free(l);
	free(at);
	free(back);
}

static void
peer(struct trial *t, enum who who, int fold)
{
	struct peer_row *train = calloc(t->c.n + 1, sizeof *train), *test = calloc(t->c.n + 1, sizeof *test);
	struct peer_answer answer = { .top = calloc(t->c.n + 1, sizeof *answer.top) };
	size_t n = 0, m = 0;
	bool ok;

	for (size_t i = 0; i < t->c.n; i++) {
		const struct corpus_row *r = &t->c.row[i];
		struct peer_row row = { r->raw_title, r->raw_text, r->label };

		if (r->fold == fold)
			test[m++] = row;
		else
			train[n++] = row;
	}
	ok = who == LIBLINEAR ? peer_svm(train, n, test, m, fold == 0, &answer) : peer_fasttext(train, n, test, m, &answer);
	if (!ok) {
		free(t->said[who]);
		t->said[who] = NULL;
	}
	t->train_s[who] += answer.train_s;
	if (answer.rows_per_s > 0)
		t->rows_per_s[who] = answer.rows_per_s;
	if (ok && who == LIBLINEAR && fold == 0)
		printf("%s: %zu features; liblinear-predict agrees with the weights as we read them on %.4f of the answers\n", t->name, answer.features,
		    answer.agreed);
	m = 0;
	for (size_t i = 0; ok && i < t->c.n; i++)
		if (t->c.row[i].fold == fold) {
			struct guess guess[PEER_TOP];

			for (int k = 0; k < PEER_TOP; k++)
				guess[k] = (struct guess){ answer.top[m][k], 0 };
			count(t, who, i, guess, PEER_TOP);
			m++;
		}
	free(answer.top);
	free(train);
	free(test);
}

static void
mark_common(struct trial *t, int fold)
{
	long *rows = calloc((size_t)t->c.labels + 1, sizeof *rows);

	for (size_t i = 0; i < t->c.n; i++)
		rows[t->c.row[i].label] += t->c.row[i].fold != fold;
	for (size_t i = 0; i < t->c.n; i++)
		if (t->c.row[i].fold == fold) {
			t->asked[i] = true;
			t->common[i] = rows[t->c.row[i].label] >= COMMON;
		}
	free(rows);
}

/* --- one set ---------------------------------------------------------------------------------------------------------------- */

static double
share(const struct trial *t, enum who who, bool common, bool top3)
{
	long n = 0, right = 0;

	for (size_t i = 0; i < t->c.n; i++)
		if (t->asked[i] && (!common || t->common[i])) {
			n++;
			right += top3 ? t->said[who][i].top3 : t->said[who][i].top1;
		}
	return n ? (double)right / (double)n : 0;
}

static void
bins(const char *name, const struct evaluate *e)
{
	printf("%s, said and was:", name);
	for (int i = 0; i < EVALUATE_BINS; i++)
		if (e->bin[i].rows)
			printf("  %ld: %.3f %.3f", e->bin[i].rows, e->bin[i].said / (double)e->bin[i].rows, (double)e->bin[i].right / (double)e->bin[i].rows);
	printf("\n");
}

static void
tell(struct trial *t)
{
	double spent = 0;

	for (size_t i = 0; i < t->us.n; i++)
		spent += t->us.v[i];
	for (enum who w = 0; w < WHO; w++) {
		if (!t->said[w])
			continue;
		put(t->name, who_name[w], "top1", share(t, w, false, false));
		put(t->name, who_name[w], "top3", share(t, w, false, true));
		put(t->name, who_name[w], "common_top1", share(t, w, true, false));
		put(t->name, who_name[w], "common_top3", share(t, w, true, true));
		put(t->name, who_name[w], "macro_f1", evaluate_macro_f1(&t->e[w]));
		put(t->name, who_name[w], "train_s", t->train_s[w] / t->folds);
		put(t->name, who_name[w], "per_s", w == OURS ? (double)t->us.n / spent * 1e6 : t->rows_per_s[w]);
	}
	put(t->name, "fenbo", "ece", evaluate_ece(&t->e[OURS]));
	put(t->name, "fenbo", "us_median", samples_at(&t->us, 0.5));
	put(t->name, "fenbo", "us_p99", samples_at(&t->us, 0.99));
	put(t->name, "fenbo", "us_worst", samples_at(&t->us, 1));
	bins(t->name, &t->e[OURS]);
}

static bool
try_set(struct trial *t, const struct corpus_kind *kind)
{
	*t = (struct trial){ .name = kind->name, .folds = (int)bench_number("FENBO_FOLDS", CORPUS_FOLDS) };
	if (!corpus_load(&t->c, kind))
		return false;
	for (enum who w = 0; w < WHO; w++) {
		char tool[40];

		snprintf(tool, sizeof tool, "%s%s", who_name[w], w == LIBLINEAR ? "-train" : "");
		if (w != OURS && !named_in("FENBO_PEERS", "liblinear fasttext", who_name[w]))
			continue;
		if (w == OURS || peers_have(tool))
			t->said[w] = calloc(t->c.n + 1, sizeof *t->said[w]);
		else
			fprintf(stderr, "SKIPPED: %s is not installed\n", tool);
	}
	t->asked = calloc(t->c.n + 1, sizeof *t->asked);
	t->common = calloc(t->c.n + 1, sizeof *t->common);
	for (int fold = 0; fold < t->folds; fold++) {
		mark_common(t, fold);
		ours(t, fold);
		for (enum who w = OURS + 1; w < WHO; w++)
			if (t->said[w])
				peer(t, w, fold);
	}
	tell(t);
	return true;
}

static void
drop_set(struct trial *t)
{
	for (enum who w = 0; w < WHO; w++) {
		free(t->said[w]);
		evaluate_free(&t->e[w]);
	}
	free(t->asked);
	free(t->common);
	samples_free(&t->us);
	corpus_free(&t->c);
}

/* --- ours beside a peer's, row by row ------------------------------------------------------------------------------------- */

/* splitmix64: neighbouring seeds give unlike streams, which the draws below need. */
static uint64_t
random_next(uint64_t *s)
{
	uint64_t z = *s += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* The rows of a set that were asked, as the difference ours minus the peer's: -1, 0, 1. */
struct paired { const char *name, *file; signed char *d[2]; size_t n; };

static void
pair(struct paired *p, const struct trial *t, const char *path, enum who who)
{
	*p = (struct paired){ .name = t->name, .file = path };
	for (int top = 0; top < 2; top++)
		p->d[top] = calloc(t->c.n + 1, 1);
	for (size_t i = 0; i < t->c.n; i++)
		if (t->asked[i]) {
			p->d[0][p->n] = (signed char)(t->said[OURS][i].top1 - t->said[who][i].top1);
			p->d[1][p->n++] = (signed char)(t->said[OURS][i].top3 - t->said[who][i].top3);
		}
}

static void
tell_interval(const char *set, const char *who, int top, double mean, struct samples *draw)
{
	static const char *const end[] = { "low", "high" };
	char what[60];

	snprintf(what, sizeof what, "minus_%s_top%d", who, top ? 3 : 1);
	put(set, "", what, mean);
	for (int k = 0; k < 2; k++) {
		snprintf(what, sizeof what, "minus_%s_top%d_%s", who, top ? 3 : 1, end[k]);
		put(set, "", what, samples_at(draw, k ? 0.975 : 0.025));
	}
	samples_free(draw);
}

static void
bootstrap(struct trial *t, const int *of_kind, int sets, enum who who)
{
	struct paired p[SETS];
	struct samples each[SETS][2] = { 0 }, mean[2] = { 0 };
	uint64_t seed = 20261122;
	double whole[2] = { 0 };

	for (int s = 0; s < sets; s++)
		pair(&p[s], &t[s], kinds[of_kind[s]].file, who);
	for (int draw = 0; draw < DRAWS; draw++) {
		double sum[2] = { 0 };
		uint64_t start = 0, r;

		for (int s = 0; s < sets; s++) {
			long got[2] = { 0 };

			if (s == 0 || strcmp(p[s].file, p[s - 1].file) != 0) /* the same rows of the same file */
				start = random_next(&seed);
			r = start;
			for (size_t i = 0; i < p[s].n; i++) {
				size_t at = (size_t)((random_next(&r) >> 32) * p[s].n >> 32);

				got[0] += p[s].d[0][at];
				got[1] += p[s].d[1][at];
			}
			for (int top = 0; top < 2; top++) {
				samples_add(&each[s][top], (double)got[top] / (double)p[s].n);
				sum[top] += (double)got[top] / (double)p[s].n;
			}
		}
		for (int top = 0; top < 2; top++)
			samples_add(&mean[top], sum[top] / sets);
	}
	for (int top = 0; top < 2; top++) {
		for (int s = 0; s < sets; s++) {
			double d = share(&t[s], OURS, false, top) - share(&t[s], who, false, top);

			tell_interval(p[s].name, who_name[who], top, d, &each[s][top]);
			whole[top] += d / sets;
			free(p[s].d[top]);
		}
		if (sets == SETS)
			tell_interval("mean", who_name[who], top, whole[top], &mean[top]);
		samples_free(&mean[top]);
	}
}

static void
cross_validation(void)
{
	struct trial *t = calloc(SETS, sizeof *t);
	int sets = 0, of_kind[SETS];

	bench_put("learn_folds", (double)bench_number("FENBO_FOLDS", CORPUS_FOLDS));
	for (int k = 0; k < SETS; k++)
		if (named_in("FENBO_SETS", NULL, kinds[k].name) && try_set(&t[sets], &kinds[k]))
			of_kind[sets++] = k;
	for (enum who w = OURS + 1; w < WHO; w++) {
		bool all = sets > 0;

		for (int s = 0; s < sets; s++)
			all = all && t[s].said[w];
		if (all)
			bootstrap(t, of_kind, sets, w);
	}
	for (int s = 0; s < sets; s++)
		drop_set(&t[s]);
	free(t);
}

/* --- in file order ------------------------------------------------------------------------------------------------------------ */

static void
in_order(const char *label)
{
	struct corpus_kind kind = { "order", "haikou12345_tickets.csv", NULL, "content", label };
	struct evaluate whole = { 0 }, late = { 0 };
	struct samples step = { 0 };
	struct corpus c;
	struct learner *l;
	struct arena a = { 0 };
	char set[60];

	if (!corpus_load(&c, &kind))
		return;
	l = learner_new(c.labels);
	for (size_t i = 0; i < c.n; i++) {
		const struct corpus_row *r = &c.row[i];
		struct learner_text q = corpus_text(r);
		struct guess guess[3];
		struct lesson lesson;
		double begun;
		int n;

		arena_reset(&a);
		n = learner_guess(l, learner_read(l, &q, &a), guess, 3, NULL); /* both number labels as they come, so the numbers are the same */
		evaluate_add(&whole, r->label, guess, n);
		if (i >= c.n / 2)
			evaluate_add(&late, r->label, guess, n);
		lesson = corpus_lesson(r, i, learner_label(l, c.label[r->label], NULL));
		if (lesson.label != r->label)
			bench_die("the learner numbers its labels otherwise");
		begun = bench_cpu_us();
		if (!learner_learn(l, &lesson))
			bench_die("a step failed");
		samples_add(&step, bench_cpu_us() - begun);
	}
	snprintf(set, sizeof set, "order_%s", label);
	put(set, "", "top1", evaluate_top1(&whole));
	put(set, "", "top3", evaluate_top3(&whole));
	put(set, "", "ece", evaluate_ece(&whole));
	put(set, "", "late_top1", evaluate_top1(&late));
	put(set, "", "late_top3", evaluate_top3(&late));
	put(set, "", "late_ece", evaluate_ece(&late));
	put(set, "", "step_us_median", samples_at(&step, 0.5));
	put(set, "", "step_us_p99", samples_at(&step, 0.99));
	put(set, "", "step_us_worst", samples_at(&step, 1));
	bins(set, &whole);
	samples_free(&step);
	evaluate_free(&whole);
	evaluate_free(&late);
	learner_free(l);
	arena_free(&a);
	corpus_free(&c);
}

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc < 2 || strcmp(argv[1], "cv") == 0)
		cross_validation();
	if (argc < 2 || strcmp(argv[1], "order") == 0) {
		in_order("unit");
		in_order("unit_raw");
	}
	return 0;
}
