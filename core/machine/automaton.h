/*
 * An Aho–Corasick automaton over folded code points: all words of a dictionary found in one pass over a text, in time
 * that depends on the text alone. Places, keywords and danger words run on it. Add words, call automaton_done, then it is immutable
 * and thread-safe.
 */
#ifndef FENBO_MACHINE_AUTOMATON_H
#define FENBO_MACHINE_AUTOMATON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct automaton; /* opaque */

struct automaton *automaton_new(void); /* NULL when memory is gone */
void automaton_free(struct automaton *a);
/* Add a word (UTF-8, folded here) with a number ≥ 0 of the caller's. A word may have several numbers. Empty words and words of
 * more than 64 points are ignored. False when memory is gone. */
bool automaton_add(struct automaton *a, const char *word, size_t len, int id);
bool automaton_done(struct automaton *a);
size_t automaton_bytes(const struct automaton *a);

/* Step from `state` (0 at the start) by a folded code point. */
int automaton_step(const struct automaton *a, int state, uint32_t cp);
/* The longest word that ends here, or the next shorter one after `*at`; start with *at = -1. Returns false when there is
 * no more. One (length, number) pair a call. */
struct automaton_hit { int id, points; };
bool automaton_hits(const struct automaton *a, int state, int *at, struct automaton_hit *out);

#endif
