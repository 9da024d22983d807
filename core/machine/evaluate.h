/*
 * How good a learner's guesses are, over rows whose truth is known: right at first, right among three, macro-averaged F1 of the first
 * guess, and whether the probabilities mean what they say (expected calibration error over ten bins of the first guess's p, and the table
 * it comes from). Every row counts: one without a guess is a miss said with p = 0.
 */
#ifndef FENBO_MACHINE_EVALUATE_H
#define FENBO_MACHINE_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/machine/learner.h"

enum { EVALUATE_BINS = 10 };

struct evaluate_label { long right, said, was; };
struct evaluate_bin { long rows, right; double said; /* sum of p */ };

/* A zeroed one is empty. */
struct evaluate {
	long rows, top1, top3;
	struct evaluate_bin bin[EVALUATE_BINS];
	struct evaluate_label *label; int labels; /* owned; by the caller's numbers */
};

/* One row: its true label (≥ 0, a number of the caller's, as those of the guesses) and the guesses, best first. False when memory is gone. */
bool evaluate_add(struct evaluate *e, int truth, const struct guess *guess, int n);
/* Asks a learner of a text and adds its three best guesses beside what was right. Labels are numbered as in `all`, which must know `code`; what only
 * l knows is a guess all the same, under a number of its own. With code "" nothing was decided, and nothing is counted. *a is reset. False
 * when memory is gone. */
bool evaluate_ask(struct evaluate *e, const struct learner *l, const struct learner_text *what, const struct learner *all, const char *code,
    struct arena *a);
void evaluate_free(struct evaluate *e);

double evaluate_top1(const struct evaluate *e);
double evaluate_top3(const struct evaluate *e);
double evaluate_macro_f1(const struct evaluate *e); /* over the labels that were true or guessed first */
double evaluate_ece(const struct evaluate *e);

#endif
