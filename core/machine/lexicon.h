/*
 * What is known of each feature: in how many texts it stood, and for each label it stood with, how often and how much it speaks for
 * that label. One walk over the rows of a text gives two voices: a linear softmax (weights learnt by steps that grow smaller for
 * features seen often) and naive Bayes (from the counts). Only pairs that occurred together are kept, so that 5,000 labels
 * cost what their texts cost. Bounded: when the pairs are too many, those seen once are forgotten.
 */
#ifndef FENBO_MACHINE_LEXICON_H
#define FENBO_MACHINE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"
#include "core/machine/features.h"

struct lexicon; /* opaque */

/* 2^bits buckets, room for that many labels, at most `cells` pairs. NULL when memory is gone. */
struct lexicon *lexicon_new(int bits, int labels, size_t cells);
void lexicon_free(struct lexicon *x);
size_t lexicon_bytes(const struct lexicon *x);

/* One more text of that label: counts it. False when memory is gone. */
bool lexicon_see(struct lexicon *x, const struct features *f, int label, float weight);
float lexicon_seen(const struct lexicon *x, int label); /* texts of the label, by weight */
float lexicon_total(const struct lexicon *x);
/* TF-IDF of the features, made to length 1; 0 for those seen in fewer than two texts. w[0..f->n). Returns how much of the text is known, 0–1. */
float lexicon_weigh(const struct lexicon *x, const struct features *f, float *w);
/* z[l] += what the features say for l. bayes may be NULL. */
void lexicon_score(const struct lexicon *x, const struct features *f, const float *w, float *z, float *bayes);
/* One step towards `label`: p are the probabilities that z gave. */
void lexicon_step(struct lexicon *x, const struct features *f, const float *w, const float *p, int label, float rate);
/* The weight of one feature for a label, 0 when they never met. */
float lexicon_weight(const struct lexicon *x, uint32_t feature, int label);
/* How much one feature of weight 1 speaks for the label against the others, each of them by its share q[]. */
float lexicon_contrast(const struct lexicon *x, uint32_t feature, int label, const float *q);
float lexicon_bias(const struct lexicon *x, int label);
float lexicon_rarity(const struct lexicon *x, uint32_t feature); /* inverse document frequency, at least 1 */
uint32_t lexicon_docs(const struct lexicon *x, uint32_t feature); /* texts it stood in */

void lexicon_save(const struct lexicon *x, struct buf *out);
/* Into a fresh one of the same shape; labels must be below `known`. False when the bytes are none. */
struct unpack;
bool lexicon_load(struct lexicon *x, struct unpack *u, int known);

#endif
