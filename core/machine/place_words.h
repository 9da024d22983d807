/*
 * The words around the names of places: ordinary words that only look like a name (重新|安排), what makes a stem another name (宝安|医院),
 * what says that somebody only lives or works there, that an office is meant, that it happened right here, and the cities of the country,
 * whose places are not ours. Data for place_read.c and place_group.c, apart so that it can be read and added to.
 */
#ifndef FENBO_MACHINE_PLACE_WORDS_H
#define FENBO_MACHINE_PLACE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum word_kind {
	WORD_PLAIN,   /* an ordinary word: a stem that it overlaps is none */
	WORD_TAIL,    /* behind a stem: an estate, a company, a product called after the place, wherever it is */
	WORD_HOUSE,   /* behind a stem: a hospital, a school, a park, which is there most likely */
	WORD_UNIT,    /* behind a place: its office is meant */
	WORD_LIVES,   /* before or behind: somebody lives, works, is registered there */
	WORD_SAID,    /* before: somebody wrote so, and somebody else may know better */
	WORD_NOW,     /* before: not where it was once */
	WORD_PASSIVE, /* behind: something was done to somebody there */
	WORD_HAPPENS, /* before: this is what it is about */
	WORD_ABOUT,   /* before: more likely what it is about than what it is not */
	WORD_BESIDE,  /* behind: something is there */
	WORD_LEAVES,  /* behind: on the way from there to the next place */
	WORD_LINE,    /* behind the second of two: what runs between them */
	WORD_NOT,     /* before or behind: this is not what it is about */
	WORD_WRONG,   /* anywhere: the address is wrong */
	WORD_OUTSIDE  /* a city of the country */
};

/* `text` is `len` bytes. A city has the first digits of its codes (4401), and `narrow` when it counts with 市 behind it alone. */
struct place_word { enum word_kind kind; const char *text; size_t len; char prefix[8]; bool narrow; };

/* Every word; stops and says false when `add` does. */
bool place_words(bool (*add)(void *ctx, const struct place_word *w), void *ctx);

#endif
