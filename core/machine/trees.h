/*
 * Boosted trees over the candidates of a choice: what a weighted sum of voices cannot say ("the nearest case counts where the linear model
 * is unsure"). Each tree asks the same few questions of every candidate and adds a number by the answers; what it adds was fitted to
 * what was still wrong after the trees before it. The trees are symmetric, so that all candidates are asked side by side.
 */
#ifndef FENBO_MACHINE_TREES_H
#define FENBO_MACHINE_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"

enum { TREES_MAX = 160, TREES_DEPTH = 5, TREES_WIDTH = 16 /* candidates at once */, TREES_FEATURES = 48 };

struct tree {
	uint8_t feature[TREES_DEPTH];
	float edge[TREES_DEPTH];               /* is the feature above it? */
	float leaf[1 << TREES_DEPTH];
};
struct trees { int n, features; struct tree *tree; /* owned */ };

/* Features of the candidates: x[k][i] is feature k of candidate i; what is beyond the last candidate must be finite. */
typedef float trees_features[TREES_FEATURES][TREES_WIDTH] __attribute__((aligned(16)));

void trees_free(struct trees *t);
/* score[i] += what the trees say of candidate i. */
void trees_add(const struct trees *t, const trees_features x, int n, float *score);

/* A choice that was made: n candidates, their features (candidate by candidate) and the scores that the trees start from. */
struct trees_case { const float *x, *score; int n, right; float weight; };
/* Fit to many choices, anew. False when memory is gone; `stop` (may be NULL) leaves the trees there are. */
bool trees_fit(struct trees *t, int features, const struct trees_case *c, size_t n, const volatile bool *stop);

void trees_save(const struct trees *t, struct buf *out);
struct unpack;
bool trees_load(struct trees *t, int features, struct unpack *u);

#endif
