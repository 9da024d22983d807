/*
 * A text as the set of its character bigrams: the form in which repeats are looked for. Formulas that every ticket begins
 * or ends with are left out; punctuation breaks a bigram; at most GRAMS_MAX different ones of the first GRAMS_POINTS code points
 * are taken, so that a text of any size costs the same.
 */
#ifndef FENBO_MACHINE_GRAMS_H
#define FENBO_MACHINE_GRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GRAMS_MAX = 360, GRAMS_POINTS = 640, GRAM_BITS = 20 };

struct grams {
	uint32_t gram[GRAMS_MAX]; /* hashes of GRAM_BITS bits, ascending, each once */
	int n;
	uint64_t hash;            /* of the whole sequence: equal texts have equal hashes */
};

/* Letters, digits and CJK (folded): what words are made of. Everything else breaks them. */
bool grams_is_text(uint32_t cp);
void grams_of(struct grams *g, const char *text, size_t len);
/* Pack as differences of 7-bit bytes: about two bytes a gram. out has room for 3 * g->n; returns the bytes written. */
size_t grams_pack(const struct grams *g, unsigned char *out);
/* The grams of a question with their weights, laid out for asking "is this one of them" some thousand times. */
struct gram_set { uint32_t gram[1024]; float weight[1024]; /* gram + 1, 0 = empty */ };
void gram_set_make(struct gram_set *set, const struct grams *g, const float *weight);
/* How many of the n packed grams at *p are in the set; *weight gets the sum of theirs. *p moves behind them. */
int gram_set_common(const struct gram_set *set, const unsigned char **p, int n, float *weight);
/* The next packed gram after `last`; *p moves on. */
uint32_t grams_next(const unsigned char **p, uint32_t last);

#endif
