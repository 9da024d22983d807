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
/* Common grams of g and n packed ones; *weight (may be NULL) gets the sum of w[] over those of g that are common. */
int grams_common(const struct grams *g, const float *w, const unsigned char *packed, int n, float *weight);
/* Call for each packed gram in turn: returns the next one after `last` and advances *p. */
uint32_t grams_next(const unsigned char **p, uint32_t last);

#endif
