#include "core/base/pinyin.h"

#include <string.h>

#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "gen/pinyin.inc"

static bool
is_letter(uint32_t cp)
{
	return cp >= 'a' && cp <= 'z';
}

/* What stands between the parts of a name and is not typed. */
static bool
is_gap(uint32_t cp)
{
	if (cp < 0x80)
		return !is_letter(cp) && !(cp >= '0' && cp <= '9');
	return cp == 0xb7 || (cp >= 0x2000 && cp <= 0x206f) || (cp >= 0x3000 && cp <= 0x303f && cp != 0x3007);
}

void
pinyin_prepare(struct pinyin_query *q, const char *query)
{
	size_t len = strlen(query);
	uint32_t cp;

	*q = (struct pinyin_query){ 0 };
	for (size_t at = 0; at < len;) {
		at += utf8_decode(query + at, len - at, &cp);
		cp = fold_point(cp);
		if (cp == ' ' || cp == '\'' || cp == 0x2018 || cp == 0x2019) {
			q->cut |= UINT64_C(1) << q->n;
			continue;
		}
		if (q->n == PINYIN_QUERY) {
			q->n = -1;
			return;
		}
		q->point[q->n++] = cp == 0xfc ? 'v' : cp;
	}
}

/* The set of readings of a folded character; 0 = none. */
static unsigned
readings(uint32_t cp)
{
	if (cp == 0x3007) /* 〇 stands among the punctuation */
		cp = 0x96f6;
	return cp >= PINYIN_FROM && cp <= PINYIN_TO ? pinyin_of[cp - PINYIN_FROM] : 0;
}

/* Positions of the query that are reached when the character takes some of it from position p on, one bit each. */
static uint64_t
take(const struct pinyin_query *q, int p, uint32_t cp, unsigned set)
{
	uint64_t to = q->point[p] == cp ? UINT64_C(2) << p : 0;
	uint32_t first = q->point[p];
	unsigned item;

	if (!is_letter(first) || (pinyin_sets[set].initials & 1u << (first - 'a')) == 0)
		return to;
	const unsigned short *pool = &pinyin_pool[pinyin_sets[set].first];
	do {
		item = *pool++;
		const char *s = pinyin_syllable[item & (PINYIN_LAST - 1)];
		for (int i = p; i < q->n && *s != '\0'; i++, s++) {
			if (i > p && (q->cut >> i & 1) != 0)
				break;
			if (q->point[i] != (unsigned char)*s && !(q->point[i] == 'u' && *s == 'v'))
				break;
			to |= UINT64_C(2) << i;
		}
	} while ((item & PINYIN_LAST) == 0);
	return to;
}

bool
pinyin_find(const struct pinyin_query *q, const char *name, size_t len)
{
	uint64_t at_end = q->n < 0 ? 0 : UINT64_C(1) << q->n;
	/* Positions of the query that what was read so far accounts for; 0 always, so that a match begins anywhere. */
	uint64_t reached = 1;
	uint32_t cp;

	if (q->n <= 0)
		return q->n == 0;
	for (size_t at = 0; at < len;) {
		at += utf8_decode(name + at, len - at, &cp);
		cp = fold_point(cp);
		unsigned set = readings(cp);
		uint64_t next = is_gap(cp) ? reached | 1 : 1;
		for (uint64_t rest = reached; rest != 0; rest &= rest - 1)
			next |= take(q, __builtin_ctzll(rest), cp, set);
		if ((next & at_end) != 0)
			return true;
		reached = next;
	}
	return false;
}

bool
pinyin_match(const char *name, size_t len, const char *query)
{
	struct pinyin_query q;

	pinyin_prepare(&q, query);
	return pinyin_find(&q, name, len);
}

bool
pinyin_same(uint32_t a, uint32_t b)
{
	unsigned one = readings(a), two = readings(b);

	if (a == b)
		return true;
	if (!one || !two)
		return false;
	for (const unsigned short *x = &pinyin_pool[pinyin_sets[one].first];; x++) {
		for (const unsigned short *y = &pinyin_pool[pinyin_sets[two].first];; y++) {
			if ((*x & (PINYIN_LAST - 1)) == (*y & (PINYIN_LAST - 1)))
				return true;
			if (*y & PINYIN_LAST)
				break;
		}
		if (*x & PINYIN_LAST)
			return false;
	}
}
