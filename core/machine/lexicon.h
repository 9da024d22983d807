/*
 * What is known of each feature: in how many texts it stood, and for each label it stood with, how often and how much it speaks for
 * that label. One walk over the rows of a text gives two voices: a softmax and a margin, from weights learnt by steps. Only pairs that occurred together are kept, so that 5,000 labels cost
 * what their texts cost. Bounded: when the pairs are too many, no new ones are made, and features that nearly every label has are not followed.
 */
#ifndef FENBO_MACHINE_LEXICON_H
#define FENBO_MACHINE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/machine/features.h"

struct lexicon; /* opaque */

/* Two numbers that are added and multiplied together: of the softmax, of the margin. */
typedef float lexicon_lanes __attribute__((vector_size(8), aligned(8)));
enum lexicon_lane { LANE_LINEAR, LANE_MARGIN };

/* A text as the lexicon weighs it; arrays are the arena's, one number for each feature. */
struct lexicon_text {
	const struct features *f;
	float *weight;           /* TF-IDF without those marked, made to length 1; 0 for a feature seen in fewer than two texts */
	float *marked;           /* the same with them: what the margin weighs */
	float *rarity;           /* inverse document frequency, at least 1 */
	float known;             /* how much of the text was seen before, 0–1 */
};

/* 2^bits buckets, room for that many labels, at most `pairs` of feature and label; `narrow`: only unmarked pairs of characters are
 * followed. NULL when memory is gone. */
struct lexicon *lexicon_new(int bits, int labels, size_t pairs, bool narrow);
void lexicon_free(struct lexicon *x);
size_t lexicon_bytes(const struct lexicon *x);

/* False when memory is gone. */
bool lexicon_read(const struct lexicon *x, const struct features *f, struct arena *a, struct lexicon_text *out);
/* One more text. */
void lexicon_count(struct lexicon *x, const struct features *f, float weight);
/* Its features meet the label (a text may have several, in a lexicon of what labels share): those that stood in `least` texts by what
 * `docs` has counted. False when memory is gone. */
bool lexicon_meet(struct lexicon *x, const struct lexicon *docs, const struct features *f, int label, float weight, uint32_t least);
float lexicon_seen(const struct lexicon *x, int label); /* texts of the label, by weight */
float lexicon_total(const struct lexicon *x);
/* score[l] for the first `labels` labels: what the features say for each. */
void lexicon_score(const struct lexicon *x, const struct lexicon_text *t, lexicon_lanes *score, int labels);
/* One step: push[l] is how far each lane of the label is to go, per weight of a feature. */
void lexicon_step(struct lexicon *x, const struct lexicon_text *t, const lexicon_lanes *push, int labels);
/* How much one feature of weight 1 speaks, linearly, for the label against the others, each of them by its share q[]. */
float lexicon_contrast(const struct lexicon *x, uint32_t feature, int label, const float *q);

void lexicon_save(const struct lexicon *x, struct buf *out);
/* Into a fresh one of the same shape; labels must be below `known`. False when the bytes are none. */
struct unpack;
bool lexicon_load(struct lexicon *x, struct unpack *u, int known);

#endif
