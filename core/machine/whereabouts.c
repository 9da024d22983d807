#include "core/machine/whereabouts.h"

#include <stdint.h>

enum {
	NOUN = 4,   /* points before 旁边 that belong to it: 公交站旁边 */
	AFTER = 18  /* points from a place's name to the word that ends the whereabouts: 石井社区|井子吓村11栋|门口 */
};

/* Pairs that end whereabouts. */
static const uint32_t ends[][2] = {
	{ 0x65c1, 0x8fb9 }, /* 旁边 */ { 0x9644, 0x8fd1 }, /* 附近 */ { 0x95e8, 0x53e3 }, /* 门口 */ { 0x5bf9, 0x9762 }, /* 对面 */
	{ 0x8def, 0x53e3 }, /* 路口 */ { 0x540e, 0x95e8 }, /* 后门 */ { 0x524d, 0x95e8 }, /* 前门 */ { 0x4e00, 0x5e26 }, /* 一带 */
	{ 0x540e, 0x9762 }, /* 后面 */ { 0x524d, 0x9762 }, /* 前面 */ { 0x5468, 0x8fb9 }, /* 周边 */ { 0x5165, 0x53e3 }, /* 入口 */
	{ 0x51fa, 0x53e3 }, /* 出口 */ { 0x5317, 0x95e8 }, /* 北门 */ { 0x5357, 0x95e8 }, /* 南门 */ { 0x4e1c, 0x95e8 }, /* 东门 */
	{ 0x897f, 0x95e8 }, /* 西门 */
};

static bool
ends_here(const struct reading *r, int i)
{
	if (i + 1 >= r->n)
		return false;
	for (unsigned k = 0; k < sizeof ends / sizeof *ends; k++)
		if (r->point[i] == ends[k][0] && r->point[i + 1] == ends[k][1])
			return true;
	return false;
}

const bool *
whereabouts(const struct reading *r, int start, int end, struct arena *a)
{
	bool *aside = arena_alloc(a, (size_t)r->n + 1);
	int from = start < 0 ? 0 : start + r->text_at, to = start < 0 ? 0 : end + r->text_at;

	if (!aside)
		return NULL;
	for (int i = from; i < to && i < r->n; i++)
		aside[i] = true;
	for (int i = 0; i < r->n; i++) {
		int begin = i, limit;

		if (!ends_here(r, i))
			continue;
		limit = to > from && i >= to && i - to <= AFTER ? to : i - NOUN;
		while (begin > 0 && begin > limit && r->point[begin - 1])
			begin--;
		for (int k = begin; k < i + 2; k++)
			aside[k] = true;
	}
	return aside;
}
