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

static uint32_t
hash_pair(uint32_t a, uint32_t b)
{
	uint32_t h = a * UINT32_C(0x9e3779b1) ^ (b + UINT32_C(0x7f4a7c15)) * UINT32_C(0x85ebca6b);

	h ^= h >> 15;
	h *= UINT32_C(0x2c1b3c6d);
	return h >> (32 - GRAM_BITS);
}

/* Two passes of ten bits: a qsort of these sizes costs as much as all the rest. */
static void
sort(uint32_t *v, int n)
{
	uint32_t other[GRAMS_MAX];

	for (int shift = 0; shift < GRAM_BITS; shift += 10) {
		int start[1025] = { 0 };

		for (int i = 0; i < n; i++)
			start[((v[i] >> shift) & 1023) + 1]++;
		for (int i = 0; i < 1024; i++)
			start[i + 1] += start[i];
		for (int i = 0; i < n; i++)
			other[start[(v[i] >> shift) & 1023]++] = v[i];
		memcpy(v, other, (size_t)n * sizeof *v);
	}
}

void
grams_of(struct grams *g, const char *text, size_t len)
{
	enum { SLOTS = 1024 };
	uint32_t seen[SLOTS] = { 0 }, last = 0, cp;
	const char *p = skip_openings(text, text + len);
	const char *end = drop_closings(p, text + len);

	g->n = 0;
	g->hash = UINT64_C(0x243f6a8885a308d3);
	for (int points = 0; p < end && points < GRAMS_POINTS && g->n < GRAMS_MAX; points++) {
		uint32_t gram, slot;

		p += utf8_decode(p, (size_t)(end - p), &cp);
		cp = fold_point(cp);
		if (!grams_is_text(cp)) {
			last = 0;
			continue;
		}
		g->hash = (g->hash ^ cp) * UINT64_C(0x9e3779b97f4a7c15);
		g->hash ^= g->hash >> 31;
		gram = hash_pair(last, cp);
		if (last != 0) {
			for (slot = gram & (SLOTS - 1); seen[slot] && seen[slot] != gram + 1; slot = (slot + 1) & (SLOTS - 1))
				;
			if (!seen[slot]) {
				seen[slot] = gram + 1;
				g->gram[g->n++] = gram;
			}
		}
		last = cp;
	}
	sort(g->gram, g->n);
}

size_t
grams_pack(const struct grams *g, unsigned char *out)
{
	unsigned char *p = out;
	uint32_t last = 0;

	for (int i = 0; i < g->n; i++) {
		uint32_t d = g->gram[i] - last;

		last = g->gram[i];
		for (; d >= 0x80; d >>= 7)
			*p++ = (unsigned char)(d | 0x80);
		*p++ = (unsigned char)d;
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
