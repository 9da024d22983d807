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

enum { GRAMS_MAX = 360, GRAMS_POINTS = 320, GRAM_BITS = 20, NAMED_MAX = 40, GRAM_TIMES = 3 };

struct grams {
	uint32_t gram[GRAMS_MAX]; /* hashes of GRAM_BITS bits, ascending, each once */
	uint8_t times[GRAMS_MAX]; /* how often it is said: 1, 2, GRAM_TIMES or more */
	int n;
	uint64_t hash;            /* of the whole sequence: equal texts have equal hashes */
};

/* Letters, digits and CJK (folded): what words are made of. Everything else breaks them. */
bool grams_is_text(uint32_t cp);
void grams_of(struct grams *g, const char *text, size_t len);
/* Of a title and a text together, each without its formulas. */
void grams_of_case(struct grams *g, const char *title, size_t title_len, const char *text, size_t len);
/* Only those of names of estates, roads, houses and firms: the few letters before 小区, 路, 大厦 … At most NAMED_MAX. */
void grams_named(struct grams *g, const char *text, size_t len);
/* The gram of two folded code points. */
uint32_t grams_pair(uint32_t a, uint32_t b);
/* What of `more` is not there yet is added, as long as there are fewer than `most`. */
void grams_merge(struct grams *g, const struct grams *more, int most);
void grams_sort(struct grams *g);
/* Pack those said so many times (0 = all) as differences of 7-bit bytes: about two bytes a gram. out has room for 3 * g->n; returns the bytes
 * written, *n gets how many grams. */
size_t grams_pack(const struct grams *g, int times, unsigned char *out, int *n);
/* The grams of a question with their weights, laid out for asking "is this one of them" some thousand times. */
struct gram_set { uint32_t gram[1024]; float weight[1024]; /* gram + 1, 0 = empty */ };
void gram_set_make(struct gram_set *set, const struct grams *g, const float *weight);
/* How many of the n packed grams at *p are in the set; *weight gets the sum of theirs. *p moves behind them. */
int gram_set_common(const struct gram_set *set, const unsigned char **p, int n, float *weight);
bool gram_set_has(const struct gram_set *set, uint32_t gram);
float gram_set_weight(const struct gram_set *set, uint32_t gram); /* 0 when it is not one of them */
/* The next packed gram after `last`; *p moves on. */
uint32_t grams_next(const unsigned char **p, uint32_t last);
/* Append the n packed grams at *p, each said so many times; not sorted afterwards. *p moves on. */
void grams_unpack(const unsigned char **p, int n, int times, struct grams *g);
void grams_skip(const unsigned char **p, int n);

#endif
