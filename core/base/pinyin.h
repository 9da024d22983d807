/*
 * Finding Chinese names by what people type: part of the name itself, its pinyin in full or cut short, initials, or a
 * mixture. csgl, chengshi, chengsgl and 城市gl all find 城市管理局. Every reading of a character counts (厦门 is xm,
 * 银行 is yh and yx), ü is typed v or u. Case, full-width forms and traditional characters make no difference.
 */
#ifndef FENBO_BASE_PINYIN_H
#define FENBO_BASE_PINYIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PINYIN_QUERY = 63 }; /* code points of a query; a longer one finds nothing */

/* A query made ready once for many names. A plain value. */
struct pinyin_query {
	int n;                /* -1 when it was too long */
	uint64_t cut;         /* bit i: a blank or an apostrophe stood before point i, as in xi'an */
	uint32_t point[PINYIN_QUERY];
};

void pinyin_prepare(struct pinyin_query *q, const char *query);
/* True when the query matches somewhere in the name, without gaps but for the name's own punctuation. An empty query
 * matches every name. Bounded: names cost some nanoseconds a character, whatever the query. */
bool pinyin_find(const struct pinyin_query *q, const char *name, size_t len);
/* The two in one, for a single name. */
bool pinyin_match(const char *name, size_t len, const char *query);
/* Have two folded characters a reading in common? 坳 and 凹 have, one character with itself too. */
bool pinyin_same(uint32_t a, uint32_t b);

#endif
