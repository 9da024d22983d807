/*
 * The choice among candidates: the blend's sums, then the trees over what the voices said and how the candidates stand to each other.
 * At most TREES_WIDTH candidates are left, the first of them "none of these"; their probabilities sum to 1.
 */
#ifndef FENBO_MACHINE_CHOICE_H
#define FENBO_MACHINE_CHOICE_H

#include "core/machine/blend.h"
#include "core/machine/trees.h"
#include "core/machine/voices.h"

enum { CHOICE_OTHERS = 0, CHOICE_EXTRA = 9, CHOICE_FEATURES = VOICE_COUNT + CHOICE_EXTRA };

struct choice {
	int n;
	int label[TREES_WIDTH];          /* -1 = none of these */
	int heard[TREES_WIDTH];          /* its number in the hearing */
	float score[TREES_WIDTH], p[TREES_WIDTH];
	trees_features x;
};

/* With trees NULL or empty the blend decides alone. */
void choice_make(struct choice *c, const struct hearing *h, const struct blend *b, const struct trees *t);
int choice_find(const struct choice *c, int label); /* CHOICE_OTHERS where it is not among them */

#endif
