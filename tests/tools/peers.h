/*
 * What people take off the shelf, on the same rows as the learner: liblinear's own tools on TF-IDF of character 1–3-grams, and fastText.
 * Each runs only where it is installed; its files lie in a directory of its own that is gone afterwards.
 */
#ifndef FENBO_TESTS_PEERS_H
#define FENBO_TESTS_PEERS_H

#include <stdbool.h>
#include <stddef.h>

enum { PEER_TOP = 3 };
struct peer_row { const char *title, *text; int label; };
struct peer_answer {
	int (*top)[PEER_TOP];    /* by test row; label numbers, best first, -1 = none; malloc'ed by the caller */
	double train_s;          /* processor time of the tool */
	double rows_per_s;       /* of its predictions, without loading the model; 0 = not measured */
	size_t features;         /* SVM only */
	double agreed;           /* SVM only: share of rows where the tool's own first answer is ours, 0 = not measured */
};

bool peers_have(const char *program); /* on the PATH */

/* L2-loss SVM (-s 1 -c 1 -B 1), one against the rest, on TF-IDF: sublinear, grams of at least two rows, length 1. The three best come from the
 * weights in its model file, for its own predictor tells one label only; `check` lets it predict too, and times it. False when it failed. */
bool peer_svm(const struct peer_row *train, size_t n, const struct peer_row *test, size_t m, bool check, struct peer_answer *out);
/* fastText: dim 50, 25 epochs; characters as its words, pairs of them too; the learning rate that did best of 0.1, 0.5 and 1. */
bool peer_fasttext(const struct peer_row *train, size_t n, const struct peer_row *test, size_t m, struct peer_answer *out);

#endif
