/*
 * Repeats: the cases that tell of the same matter as this one, out of the open cases and the recent past, by text, place, time, duty item and
 * person. An index in memory, bounded in work and size: a text is found by some forty of its bigrams (the rarest, and the rarest of those said
 * twice, of names and of the title), at most 5,000 postings are visited, the best 96 texts compared exactly by TF-IDF cosine, identical texts
 * kept once; at most 1 KiB a case. Candidates are shown, a person decides.
 *
 * Not thread-safe, not even two questions at a time: its owner guards it (core/daemon/memory).
 */
#ifndef FENBO_MACHINE_REPEATS_H
#define FENBO_MACHINE_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/appeal/number.h"
#include "core/base/clock.h"
#include "core/machine/place.h"

struct repeats; /* opaque */

struct repeat_case {
	case_no no;
	usec_t at;            /* received */
	const char *text;     /* cleaned; formulas such as 市民来电反映： are stripped here */
	size_t text_len;
	const char *title;    /* NULL or "" = none; one made of the beginning of the text counts as none */
	const char *place;    /* place code, NULL or "" = unknown */
	const char *item;     /* duty item code decided on or recommended first, NULL or "" = none */
	uint64_t person;      /* any stable hash of the caller, 0 = unknown */
	bool open;            /* false: closed, kept for relapse … */
	bool merged;          /* … or merged: what became of it is its primary's affair */
};

enum { REPEATS_ITEM = 24 };
struct repeat_hit {
	case_no no;
	float score;          /* 0–1, comparable between queries; ≥ 0.5 is worth a line on the screen */
	float odds;           /* the same as log odds: what the order goes by */
	float overlap;        /* share of the words, 0–1 */
	float matter;         /* likeness of the texts without the names of places in them, 0–1: what is told, not where */
	bool copy;            /* half the words or more, or one text contained in the other */
	bool near;            /* not the same place, but inside it, around it or beside it */
	bool within;          /* the same place or one inside the other, and that is a community or narrower */
	bool same_place, same_item, same_person, open, merged;
	bool placed;          /* one of them has a place */
	bool same_name;       /* they speak of one estate, road or house */
	usec_t at;
	uint64_t person;
	char item[REPEATS_ITEM]; /* its duty item, "" = none or a longer code */
	char reason[192];     /* Chinese sentence for people: 同一地点 · 40 分钟前 · 82 % 的字句相同 */
};

struct repeats *repeats_new(void);      /* NULL when memory is gone */
void repeats_free(struct repeats *r);
/* Copies what it needs. A number already known is replaced. False when memory is gone (the index stays usable). */
bool repeats_add(struct repeats *r, const struct repeat_case *c);
/* What changed about a case: place, item (NULL = unchanged, "" = none now), whether it is open, or merged. False when it is unknown. */
bool repeats_update(struct repeats *r, case_no no, const char *place, const char *item, bool open, bool merged);
bool repeats_remove(struct repeats *r, case_no no);
bool repeats_known(const struct repeats *r, case_no no);
/* Forget closed cases received before `before`, at most `at_most` looked at in this call (so that a loop turn stays short);
 * returns how many went. */
size_t repeats_expire(struct repeats *r, usec_t before, size_t at_most);
size_t repeats_count(const struct repeats *r);
size_t repeats_bytes(const struct repeats *r);

/* The best candidates for a case not (or already) in the index, best first; the case itself is never among them. `places` may
 * be NULL: then only equal codes are the same place. `least` is the lowest score given, usually 0.5. Returns how many (≤ max). */
int repeats_find(struct repeats *r, const struct repeat_case *c, const struct gazetteer *places, float least,
    struct repeat_hit *out, int max);
/* The same in two steps. To ask is to read the text, which needs no index and no guard; the case and the places are borrowed until the answer, one
 * answer to each question. NULL when memory is gone; free() it. */
struct question; /* opaque */
struct question *repeats_ask(const struct repeat_case *c, const struct gazetteer *places);
int repeats_answer(struct repeats *r, struct question *q, float least, struct repeat_hit *out, int max);
/* The same for a case of the index, from what the index holds of it: who is like it now? -1 when it is unknown. */
int repeats_find_known(struct repeats *r, case_no no, const struct gazetteer *places, float least, struct repeat_hit *out, int max);
/* What the index knows of a case: when it was received, its caller, whether it is open. False when it is unknown. */
bool repeats_about(const struct repeats *r, case_no no, struct repeat_case *out);

#endif
