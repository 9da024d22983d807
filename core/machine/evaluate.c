#include "core/machine/evaluate.h"

#include <stdlib.h>
#include <string.h>

enum { GUESSES = 3 };

static struct evaluate_label *
label_of(struct evaluate *e, int label)
{
	if (label >= e->labels) {
		int cap = label + label / 2 + 64;
		struct evaluate_label *more = realloc(e->label, (size_t)cap * sizeof *more);

		if (!more)
			return NULL;
		memset(more + e->labels, 0, (size_t)(cap - e->labels) * sizeof *more);
		e->label = more;
		e->labels = cap;
	}
	return &e->label[label];
}

bool
evaluate_add(struct evaluate *e, int truth, const struct guess *guess, int n)
{
	float p = n > 0 ? guess[0].p : 0;
	int at = (int)(p * EVALUATE_BINS);
	struct evaluate_bin *bin = &e->bin[at < 0 ? 0 : at >= EVALUATE_BINS ? EVALUATE_BINS - 1 : at];
	bool right = n > 0 && guess[0].label == truth;

	if (!label_of(e, truth) || (n > 0 && !label_of(e, guess[0].label)))
		return false;
	e->rows++;
	e->top1 += right;
	for (int i = 0; i < n && i < 3; i++)
		e->top3 += guess[i].label == truth;
	bin->rows++;
	bin->right += right;
	bin->said += (double)p;
	e->label[truth].was++;
	if (n > 0)
		e->label[guess[0].label].said++;
	e->label[truth].right += right;
	return true;
}

bool
evaluate_ask(struct evaluate *e, const struct learner *l, const struct learner_text *what, const struct learner *all, const char *code,
    struct arena *a)
{
	struct guess guess[GUESSES];
	struct learner_reading *r;
	int n;

	if (*code == '\0')
		return true;
	arena_reset(a);
	if ((r = learner_read(l, what, a)) == NULL)
		return false;
	n = learner_guess(l, r, guess, GUESSES, NULL);
	for (int i = 0; i < n; i++) {
		int label = learner_find(all, learner_code(l, guess[i].label));

		guess[i].label = label >= 0 ? label : learner_labels(all) + guess[i].label;
	}
	return evaluate_add(e, learner_find(all, code), guess, n);
}

void
evaluate_free(struct evaluate *e)
{
	free(e->label);
	*e = (struct evaluate){ 0 };
}

static double
share(double n, long of)
{
	return of > 0 ? n / (double)of : 0;
}

double
evaluate_top1(const struct evaluate *e)
{
	return share((double)e->top1, e->rows);
}

double
evaluate_top3(const struct evaluate *e)
{
	return share((double)e->top3, e->rows);
}

double
evaluate_macro_f1(const struct evaluate *e)
{
	double sum = 0;
	long n = 0;

	for (int i = 0; i < e->labels; i++) {
		const struct evaluate_label *l = &e->label[i];

		if (l->was + l->said == 0)
			continue;
		n++;
		sum += 2.0 * (double)l->right / (double)(l->was + l->said);
	}
	return share(sum, n);
}

double
evaluate_ece(const struct evaluate *e)
{
	double sum = 0;

	for (int i = 0; i < EVALUATE_BINS; i++) {
		double d = e->bin[i].said - (double)e->bin[i].right;

		sum += d < 0 ? -d : d;
	}
	return share(sum, e->rows);
}
