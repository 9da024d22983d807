/*
 * A label's own words in a text: the share of a label's name that a text contains, by bigrams and trigrams that few labels have.
 * It needs no lessons, so it speaks for the labels of the long tail and for those added today.
 */
#ifndef FENBO_MACHINE_LABEL_WORDS_H
#define FENBO_MACHINE_LABEL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/machine/features.h"

struct label_words; /* opaque */

struct label_words *label_words_new(int labels); /* NULL when memory is gone */
void label_words_free(struct label_words *x);
size_t label_words_bytes(const struct label_words *x);
/* Once for each label, in the order of their numbers from 0. */
bool label_words_add(struct label_words *x, const char *words);
/* share[l] = 0–1 for every label; hit gets those above 0, at most max. Returns how many. */
int label_words_find(const struct label_words *x, const struct features *f, float *share, int *hit, int max);

#endif
