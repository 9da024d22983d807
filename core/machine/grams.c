#include "core/machine/grams.h"

#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

/* Said at the start of most tickets, and nothing of the matter. Longest first where one begins another. */
static const char *const openings[] = {
	"市民来电反映", "市民来电咨询", "市民来电投诉", "市民来电建议", "市民来电求助", "市民来电表示", "市民来电", "市民反映", "市民咨询", "市民投诉",
	"市民网上反映", "市民称", "来电人反映", "来电人称", "来电人咨询", "来电人", "来电反映", "来电咨询", "来电投诉", "来电", "网民反映", "群众反映",
	"投诉人反映", "投诉人称", "诉求人反映", "诉求人称", "尊敬的领导", "尊敬的市长", "尊敬的", "各位领导", "领导您好", "领导你好", "您好", "你好",
	"请问一下", "请问", "我想咨询", "我想反映", "我要投诉", "我要反映", "我要咨询", "现反映", "反映", "咨询", "投诉",
};
static const char *const closings[] = {
	"请相关部门尽快核实处理", "请相关部门核实处理", "请相关部门尽快处理", "请相关部门处理", "希望相关部门尽快处理", "希望相关部门处理", "望相关部门处理",
	"请有关部门处理", "希望有关部门处理", "请尽快处理", "请核实处理", "希望尽快解决", "望尽快解决", "请回复", "望回复", "谢谢", "感谢", "谢谢领导",
};

enum { SEEN = 1024 };

bool
grams_is_text(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
	if (cp < 0xc0)
		return false;
	return !((cp >= 0x2000 && cp <= 0x2bff) || (cp >= 0x3000 && cp <= 0x3004) || (cp >= 0x3008 && cp <= 0x3020) ||
	    (cp >= 0xfe10 && cp <= 0xfe6f) || (cp >= 0xff00 && cp <= 0xff0f) || (cp >= 0xff1a && cp <= 0xff20) ||
	    cp == 0xfffd);
}

static const char *
skip_openings(const char *p, const char *end)
{
	for (int rounds = 0; rounds < 4; rounds++) {
		const char *was = p;
		uint32_t cp;

		for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
			size_t n = strlen(openings[i]);

			if ((size_t)(end - p) > n && memcmp(p, openings[i], n) == 0) {
				p += n;
				break;
			}
		}
		while (p < end) {
			size_t n = utf8_decode(p, (size_t)(end - p), &cp);

			if (grams_is_text(fold_point(cp)))
				break;
			p += n;
		}
		if (p == was)
			break;
	}
	return p;
}

static const char *
drop_closings(const char *p, const char *end)
{
	for (int rounds = 0; rounds < 3; rounds++) {
		const char *was = end;

		for (;;) { /* a full stop, blanks */
			const char *q = end;
			uint32_t cp;

			while (q > p && ((unsigned char)*--q & 0xc0) == 0x80)
				;
			if (q == end)
				break;
			utf8_decode(q, (size_t)(end - q), &cp);
			if (grams_is_text(fold_point(cp)))
				break;
			end = q;
		}
		for (size_t i = 0; i < sizeof closings / sizeof *closings; i++) {
			size_t n = strlen(closings[i]);

			if ((size_t)(end - p) > n && memcmp(end - n, closings[i], n) == 0) {
				end -= n;
				break;
			}
		}
		if (end == was)
			break;
	}
	return end;
}

uint32_t
grams_pair(uint32_t a, uint32_t b)
{
	uint32_t h = a * UINT32_C(0x9e3779b1) ^ (b + UINT32_C(0x7f4a7c15)) * UINT32_C(0x85ebca6b);

	h ^= h >> 15;
	h *= UINT32_C(0x2c1b3c6d);
	return h >> (32 - GRAM_BITS);
}

enum { FEW = 48 };

/* A few are put in their places one by one: counting costs 1,024 cells a pass, however few there are. */
static void
sort_few(struct grams *g)
{
	for (int i = 1; i < g->n; i++) {
		uint32_t gram = g->gram[i];
		uint8_t times = g->times[i];
		int at = i;

		for (; at > 0 && g->gram[at - 1] > gram; at--) {
			g->gram[at] = g->gram[at - 1];
			g->times[at] = g->times[at - 1];
		}
		g->gram[at] = gram;
		g->times[at] = times;
	}
}

/* Two passes of ten bits: a qsort of these sizes costs as much as all the rest. How often a gram is said rides in its upper bits. */
void
grams_sort(struct grams *g)
{
	uint32_t other[GRAMS_MAX];

	if (g->n <= FEW) {
		sort_few(g);
		return;
	}
	for (int i = 0; i < g->n; i++)
		g->gram[i] |= (uint32_t)g->times[i] << GRAM_BITS;
	for (int shift = 0; shift < GRAM_BITS; shift += 10) {
		int start[1025] = { 0 };

		for (int i = 0; i < g->n; i++)
			start[((g->gram[i] >> shift) & 1023) + 1]++;
		for (int i = 0; i < 1024; i++)
			start[i + 1] += start[i];
		for (int i = 0; i < g->n; i++)
			other[start[(g->gram[i] >> shift) & 1023]++] = g->gram[i];
		memcpy(g->gram, other, (size_t)g->n * sizeof *other);
	}
	for (int i = 0; i < g->n; i++) {
		g->times[i] = (uint8_t)(g->gram[i] >> GRAM_BITS);
		g->gram[i] &= (UINT32_C(1) << GRAM_BITS) - 1;
	}
}

/* Which grams are there already: the gram's low bits say where to look for its index + 1. */
struct seen { uint16_t cell[SEEN]; };

static void
take(struct grams *g, struct seen *seen, uint32_t gram)
{
	uint32_t slot = gram & (SEEN - 1);

	while (seen->cell[slot] && g->gram[seen->cell[slot] - 1] != gram)
		slot = (slot + 1) & (SEEN - 1);
	if (seen->cell[slot]) {
		uint8_t *times = &g->times[seen->cell[slot] - 1];

		*times = (uint8_t)(*times + (*times < GRAM_TIMES));
		return;
	}
	g->times[g->n] = 1;
	g->gram[g->n++] = gram;
	seen->cell[slot] = (uint16_t)g->n;
}

static void
take_text(struct grams *g, struct seen *seen, const char *text, size_t len)
{
	const char *p = skip_openings(text, text + len), *end = drop_closings(p, text + len);
	uint32_t last = 0, cp;

	for (int points = 0; p < end && points < GRAMS_POINTS && g->n < GRAMS_MAX; points++) {
		p += utf8_decode(p, (size_t)(end - p), &cp);
		cp = fold_point(cp);
		if (!grams_is_text(cp)) {
			last = 0;
			continue;
		}
		g->hash = (g->hash ^ cp) * UINT64_C(0x9e3779b97f4a7c15);
		g->hash ^= g->hash >> 31;
		if (last != 0)
			take(g, seen, grams_pair(last, cp));
		last = cp;
	}
}

void
grams_of_case(struct grams *g, const char *title, size_t title_len, const char *text, size_t len)
{
	struct seen seen = { { 0 } };

	g->n = 0;
	g->hash = UINT64_C(0x243f6a8885a308d3);
	take_text(g, &seen, title, title_len);
	g->hash += UINT64_C(0x9e3779b97f4a7c15);
	take_text(g, &seen, text, len);
	grams_sort(g);
}

void
grams_of(struct grams *g, const char *text, size_t len)
{
	grams_of_case(g, "", 0, text, len);
}

/* --- names of places ------------------------------------------------------------------------------------------------- */

/* What a name of a place, a road or an estate ends with. Wide areas (a district, a town, a street office) are no such name: too much lies
 * in them. The longer forms first. */
static const uint32_t endings[][2] = {
	{ 0x5c0f, 0x533a }, { 0x82b1, 0x56ed }, { 0x5bb6, 0x56ed }, { 0x5927, 0x53a6 }, { 0x5e7f, 0x573a }, { 0x5927, 0x9053 }, { 0x516c, 0x5bd3 },
	{ 0x5e02, 0x573a }, { 0x5b66, 0x6821 }, { 0x533b, 0x9662 }, { 0x9152, 0x5e97 }, { 0x516c, 0x53f8 }, { 0x5de5, 0x5730 },
	{ 0x96c6, 0x56e2 }, { 0x82d1, 0 }, { 0x57ce, 0 }, { 0x8def, 0 }, { 0x8857, 0 }, { 0x5df7, 0 }, { 0x6751, 0 }, { 0x56ed, 0 }, { 0x5e9c, 0 },
	{ 0x6e7e, 0 }, { 0x90e1, 0 }, { 0x5ead, 0 }, { 0x5382, 0 },
};
/* Words that stand before a name and are no part of it: at, in, of, from, to, and, we; nor is what follows 面 (behind), 间 (school time), 这, 段, 条 (this
 * piece of road), 没 (no), 装, 修 (put up, mend), 过 (cross),
 * 炸 (roar through), 说, 归 (says it is the affair of), 了 a name. */
static const uint32_t before_names[] = { 0x5728, 0x7684, 0x4e8e, 0x4ece, 0x5230, 0x548c, 0x4e0e, 0x662f, 0x4f4d, 0x5176, 0x4eec, 0x533a, 0x9547,
	0x5e02, 0x7701, 0x9762, 0x95f4, 0x8fd9, 0x6bb5, 0x6761, 0x6ca1, 0x88c5, 0x4fee, 0x8fc7, 0x70b8, 0x8bf4, 0x5f52, 0x4e86 };

static int
ending_at(const uint32_t *run, int n, int at)
{
	if (run[at] == 0x5e9c && run[at - 1] == 0x653f) /* the government lives nowhere */
		return 0;
	if (at + 1 < n && ((run[at] == 0x8857 && run[at + 1] == 0x9053) || (run[at] == 0x57ce && run[at + 1] == 0x7ba1))) /* a street office, 城管 */
		return 0;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (run[at] == endings[i][0] && (endings[i][1] == 0 || (at + 1 < n && run[at + 1] == endings[i][1])))
			return endings[i][1] ? 2 : 1;
	return 0;
}

static bool
stands_before(uint32_t cp)
{
	for (size_t i = 0; i < sizeof before_names / sizeof *before_names; i++)
		if (cp == before_names[i])
			return true;
	return false;
}

/* One run of letters without punctuation: the pairs of what stands before each ending, at most NAME_BEFORE points back. */
static void
take_names(struct grams *g, struct seen *seen, const uint32_t *run, int n)
{
	enum { NAME_BEFORE = 4 };
	int from = 0;

	for (int at = 1; at < n; at++) {
		int len = ending_at(run, n, at), start = at;

		if (len == 0)
			continue;
		while (start > from && at - start < NAME_BEFORE && !stands_before(run[start - 1]))
			start--;
		if (at - start >= 2)
			for (int i = start; i + 1 < at + len && g->n < NAMED_MAX; i++)
				take(g, seen, grams_pair(run[i], run[i + 1]));
		from = at + len;
		at = from - 1;
	}
}

void
grams_named(struct grams *g, const char *text, size_t len)
{
	uint32_t run[GRAMS_POINTS], cp;
	struct seen seen = { { 0 } };
	const char *p = text, *end = text + len;
	int n = 0;

	g->n = 0;
	g->hash = 0;
	for (int points = 0; p < end && points < GRAMS_POINTS; points++) {
		p += utf8_decode(p, (size_t)(end - p), &cp);
		cp = fold_point(cp);
		if (grams_is_text(cp)) {
			run[n++] = cp;
			continue;
		}
		take_names(g, &seen, run, n);
		n = 0;
	}
	take_names(g, &seen, run, n);
	grams_sort(g);
}

void
grams_merge(struct grams *g, const struct grams *more, int most)
{
	int had = g->n;

	for (int i = 0, at = 0; i < more->n && g->n < most; i++) {
		while (at < had && g->gram[at] < more->gram[i])
			at++;
		if (at < had && g->gram[at] == more->gram[i])
			continue;
		g->times[g->n] = more->times[i];
		g->gram[g->n++] = more->gram[i];
	}
	grams_sort(g);
}

void
grams_skip(const unsigned char **p, int n)
{
	for (; n > 0; n--) {
		while (**p & 0x80)
			(*p)++;
		(*p)++;
	}
}

void
grams_unpack(const unsigned char **p, int n, int times, struct grams *g)
{
	uint32_t gram = 0;

	for (int i = 0; i < n && g->n < GRAMS_MAX; i++) {
		gram = grams_next(p, gram);
		g->times[g->n] = (uint8_t)times;
		g->gram[g->n++] = gram;
	}
}

size_t
grams_pack(const struct grams *g, int times, unsigned char *out, int *n)
{
	unsigned char *p = out;
	uint32_t last = 0;

	*n = 0;
	for (int i = 0; i < g->n; i++) {
		uint32_t d = g->gram[i] - last;

		if (times != 0 && g->times[i] != times)
			continue;
		last = g->gram[i];
		for (; d >= 0x80; d >>= 7)
			*p++ = (unsigned char)(d | 0x80);
		*p++ = (unsigned char)d;
		++*n;
	}
	return (size_t)(p - out);
}

uint32_t
grams_next(const unsigned char **p, uint32_t last)
{
	uint32_t d = 0;
	int shift = 0;

	while (**p & 0x80) {
		d |= (uint32_t)(*(*p)++ & 0x7f) << shift;
		shift += 7;
	}
	return last + (d | (uint32_t)*(*p)++ << shift);
}

void
gram_set_make(struct gram_set *set, const struct grams *g, const float *weight)
{
	memset(set->gram, 0, sizeof set->gram);
	for (int i = 0; i < g->n; i++) {
		uint32_t slot = g->gram[i] & 1023;

		while (set->gram[slot])
			slot = (slot + 1) & 1023;
		set->gram[slot] = g->gram[i] + 1;
		set->weight[slot] = weight[i];
	}
}

bool
gram_set_has(const struct gram_set *set, uint32_t gram)
{
	uint32_t slot = gram & 1023;

	while (set->gram[slot] && set->gram[slot] != gram + 1)
		slot = (slot + 1) & 1023;
	return set->gram[slot] != 0;
}

float
gram_set_weight(const struct gram_set *set, uint32_t gram)
{
	uint32_t slot = gram & 1023;

	while (set->gram[slot] && set->gram[slot] != gram + 1)
		slot = (slot + 1) & 1023;
	return set->gram[slot] ? set->weight[slot] : 0;
}

int
gram_set_common(const struct gram_set *set, const unsigned char **p, int n, float *weight)
{
	uint32_t gram = 0;
	int common = 0;
	float sum = 0;

	for (int i = 0; i < n; i++) {
		uint32_t slot;

		gram = grams_next(p, gram);
		for (slot = gram & 1023; set->gram[slot]; slot = (slot + 1) & 1023)
			if (set->gram[slot] == gram + 1) {
				common++;
				sum += set->weight[slot];
				break;
			}
	}
	*weight = sum;
	return common;
}
