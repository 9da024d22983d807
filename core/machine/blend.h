/*
 * A small conditional logit: some voices say something of each candidate, and the candidates' probabilities are a softmax of the
 * weighted sums. The weights belong to the voices, not to the candidates, so a few hundred decisions settle them; each decision is
 * first predicted, then learnt from, which is what makes the probabilities mean what they say. Starts from weights that are
 * sensible before any decision.
 */
#ifndef FENBO_MACHINE_BLEND_H
#define FENBO_MACHINE_BLEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"

enum { BLEND_VOICES = 24 };

/* A voice by name, with the weight it starts with. */
struct blend_voice { const char *name; float start; };

struct blend {
	int voices;
	float weight[BLEND_VOICES];
	float slope[BLEND_VOICES]; /* of the steps taken: each voice's grow smaller by what it has seen */
	uint64_t steps;
};

void blend_init(struct blend *b, const struct blend_voice *voice, int voices);
/* score[i] for n candidates, of said[i * voices + k]: the weighted sums themselves. */
void blend_score(const struct blend *b, const float *said, int n, float *score);
/* p[i] for n candidates, of said[i * voices + k]: what voice k says of candidate i. */
void blend_p(const struct blend *b, const float *said, int n, float *p);
/* One decision: candidate `right` it was, after p was predicted. rate 1 is ordinary. */
void blend_learn(struct blend *b, const float *said, int n, const float *p, int right, float rate);
/* Many decisions at once, each kept as it was predicted: the weights that fit them best, found in a few rounds of Newton's method, with a
 * weak pull towards those it starts with. False when memory is gone. */
struct blend_case { const float *said; int n, right; float weight; };
bool blend_fit(struct blend *b, const struct blend_case *c, size_t n);

void blend_save(const struct blend *b, struct buf *out);
/* Into a blend of the same voices. False when the bytes are not one. */
struct unpack;
bool blend_load(struct blend *b, struct unpack *u);

#endif
