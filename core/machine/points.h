/*
 * A text as those who read fields out of it see it: its first code points, folded (full-width to plain, lower case, traditional
 * to simplified), so that an offset here is an offset in the text. With it what every reader needs: the words of a list that
 * stand in it, numbers in either script, where a clause ends.
 */
#ifndef FENBO_MACHINE_POINTS_H
#define FENBO_MACHINE_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/machine/automaton.h"

enum { POINTS_MAX = 16384 }; /* what lies beyond is not read: no text costs more than that */
struct points {
	int n;
	uint32_t point[POINTS_MAX];
};
struct span { int start, end; }; /* code points, [start, end) */

void points_read(struct points *p, const char *text, size_t len);
uint32_t points_at(const struct points *p, int i); /* 0 outside */

bool points_is_han(uint32_t cp);
bool points_is_latin(uint32_t cp); /* a–z */
bool points_is_digit(uint32_t cp); /* 0–9 */
bool points_is_stop(uint32_t cp);  /* ends a clause; 0 does, too */
/* The digit that 0–9, 〇零一二两三…九 stands for; -1 for anything else. */
int points_digit(uint32_t cp);
/* A number below 10,000 at `at`: 17, 十七, 二十, 一百零五, or digit by digit 二〇二六. Returns the points it takes, 0 = none there; not a
 * piece of a longer run of digits. */
int points_number(const struct points *p, int at, int *value);
/* Does the word, itself in folded form, stand at `at`? Returns its length, else 0. */
int points_word(const struct points *p, int at, const char *word);
/* The first of the words, NULL-terminated and longest first, that stands at `at`, or that ends there. Returns its length, else 0. */
int points_one_of(const struct points *p, int at, const char *const *words);
int points_one_before(const struct points *p, int at, const char *const *words);

/* The words of a list in a text, in order of their ends. */
struct words_hit { int start, end, id; };
int points_scan(const struct points *p, const struct automaton *words, struct words_hit *out, int max);
/* An automaton over n words that stand `stride` bytes apart; a word's number is its index. NULL when memory is gone. */
struct automaton *words_new(const char *const *first, size_t n, size_t stride);

#endif
