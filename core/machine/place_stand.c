/* Whether a name that was found stands: it is no part of an ordinary word, of the name of a road or an office, of another place's name, and a
 * word that is ordinary itself stands where an address would. */
#include "core/machine/place_inside.h"

/* Is the word a slip of the eye, because another one ends where the name begins (早上|岗厦, not 上岗), or begins where it ends (岗厦|门口, not 厦门)? */
static bool
is_cut(const struct place_reading *r, const struct place_name *c, const struct word_hit *w)
{
	for (int i = 0; i < r->nwords; i++) {
		const struct word_hit *other = &r->word[i];

		if (w->start < c->start && w->end < c->end && other->end == c->start && other->start < w->start)
			return true;
		if (w->end > c->end && w->start > c->start && other->start == c->end && other->end > w->end)
			return true;
	}
	return false;
}

/* Does an ordinary word, or the name of an office, reach from within the name beyond its end? From before it? */
bool
place_runs_on(const struct place_reading *r, const struct place_name *c)
{
	for (int i = 0; i < r->nwords; i++) {
		const struct word_hit *w = &r->word[i];

		if ((w->kind == WORD_PLAIN || w->kind == WORD_UNIT) && w->start >= c->start && w->start < c->end && w->end > c->end && !is_cut(r, c, w))
			return true;
	}
	return false;
}

/* A full name gives way to a longer ordinary word alone, not to an office that is called after it. */
static bool
is_part(const struct place_reading *r, const struct place_name *c)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == WORD_PLAIN && r->word[i].start < c->end && r->word[i].end > c->start &&
		    (r->word[i].start < c->start || r->word[i].end > c->end))
			return true;
	return false;
}

static bool
in_a_word(const struct place_reading *r, const struct place_name *c)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == WORD_PLAIN && r->word[i].start < c->start && r->word[i].end > c->start && !is_cut(r, c, &r->word[i]))
			return true;
	return place_runs_on(r, c);
}

bool
place_says_at(const struct place_reading *r, int at, enum word_kind kind)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == kind && r->word[i].start == at)
			return true;
	return false;
}

/* Points that join the parts of an address without ending it. */
static bool
is_joint(uint32_t cp)
{
	return cp == ' ' || cp == 0x7684 /* 的 */ || cp == 0xb7 || cp == '-' || cp == '/' || cp == ',' || cp == '(' || cp == 0x3000;
}

static bool
joined(const struct place_reading *r, int from, int to)
{
	if (to < from || to - from > 2)
		return false;
	for (int i = from; i < to; i++)
		if (!is_joint(r->point[i]))
			return false;
	return true;
}

/* Has the name a sense inside a place that the mention before it names, and stands it right behind? */
bool
place_follows(const struct place_reader *x, const struct place_name *c)
{
	const struct place_reading *r = x->r;
	const struct mention *m = r->nmentions ? &r->mention[r->nmentions - 1] : NULL;
	const struct pattern *p = &x->g->patterns[c->pattern], *before;

	if (!m || m->pattern < 0 || !joined(r, m->end, c->start))
		return false;
	before = &x->g->patterns[m->pattern];
	for (int i = 0; i < p->nsense; i++)
		for (int k = 0; k < before->nsense; k++)
			if ((p->sense[i].entry != before->sense[k].entry || (p != before && before->nsense > 1)) &&
			    place_within(&x->g->entries[p->sense[i].entry], before->sense[k].entry))
				return true;
	return false;
}

/* Stands the word right behind a street of the same district? Then it is an address, of old: 横岗|大康, which is of 园山 now. */
static bool
beside_street(const struct place_reader *x, const struct place_name *c)
{
	const struct place_reading *r = x->r;
	const struct mention *m = r->nmentions ? &r->mention[r->nmentions - 1] : NULL;
	const struct pattern *p = &x->g->patterns[c->pattern], *q;

	if (!m || m->pattern < 0 || m->end != c->start)
		return false;
	q = &x->g->patterns[m->pattern];
	for (int i = 0; i < p->nsense; i++)
		for (int k = 0; k < q->nsense; k++) {
			const struct entry *e = &x->g->entries[p->sense[i].entry], *s = &x->g->entries[q->sense[k].entry];

			if (e->level == LEVEL_COMMUNITY && s->level == LEVEL_STREET && s->parent >= 0 && place_within(e, s->parent))
				return true;
		}
	return false;
}

/* Stands a name right behind that lies inside this one: 东门|立新, 翠竹|新村? Two words that are ordinary alone are an address together. */
static bool
leads(const struct place_reader *x, const struct place_name *c)
{
	const struct pattern *p = &x->g->patterns[c->pattern];

	for (const struct place_name *k = c + 1; k < x->name + x->n && k->start <= c->end + 1; k++) {
		const struct pattern *q = &x->g->patterns[k->pattern];
		bool at_once = k->start == c->end, of = k->start == c->end + 1 && x->r->point[c->end] == 0x7684; /* 光明的红星 */

		if (!(at_once || of) || place_is_road(&x->r->point[k->end]))
			continue;
		for (int i = 0; i < p->nsense; i++)
			for (int s = 0; s < q->nsense; s++)
				if (q->sense[s].entry != p->sense[i].entry && place_within(&x->g->entries[q->sense[s].entry], p->sense[i].entry))
					return true;
	}
	return false;
}

/* An ordinary word that is a district's or street's name as well is that where somebody is in it: 住在光明, 莲花这边. Not a gate. */
static bool
is_entered(const struct place_reader *x, const struct place_name *c)
{
	static const uint32_t in[] = { 0x5728, 0x4f4f, 0x5230, 0x53bb }, here[][2] = { { 0x8fd9, 0x8fb9 }, { 0x90a3, 0x8fb9 }, { 0x7247, 0x533a }, { 0x8f96, 0x533a },
		{ 0x90a3, 0x4e2a }, { 0x8fd9, 0x4e2a } }; /* 这边 那边 片区 辖区 那个 这个 */
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];
	bool wide = false;

	for (int i = 0; i < p->nsense; i++)
		wide |= x->g->entries[p->sense[i].entry].level <= LEVEL_STREET;
	if (r->point[c->end] == 0x7ad9 && /* 红山|站B口, 四号线|红山|站 */
	    (place_is_word(r->point[c->end + 1]) || (c->start > 0 && (r->point[c->start - 1] == 0x7ebf || r->point[c->start - 1] == 0x94c1))))
		return true;
	if (!wide || r->point[c->end - 1] == 0x95e8) /* 门 */
		return false;
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		if (c->start > 0 && r->point[c->start - 1] == in[i])
			return true;
	for (size_t i = 0; i < sizeof here / sizeof *here; i++)
		if (r->point[c->end] == here[i][0] && r->point[c->end + 1] == here[i][1])
			return true;
	return false;
}

/* At the beginning of a clause, or after 在, and in the place the case came from: 同乐路口积水, through the desk of that street. */
static bool
is_local(const struct place_reader *x, const struct place_name *c)
{
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];
	uint32_t before = c->start > 0 ? r->point[c->start - 1] : 0;

	if (place_is_han(before) && before != 0x5728 && before != 0x4f4f && before != 0x5230)
		return false;
	for (int k = 0; k < 2; k++)
		for (int i = 0; x->scope[k] >= 0 && i < p->nsense; i++)
			if (x->g->entries[x->scope[k]].level >= LEVEL_DISTRICT && place_within(&x->g->entries[p->sense[i].entry], x->scope[k]))
				return true;
	return false;
}

/* Before a name that a hundred cities have no other name may stand: a letter, unless it is one of the little words. */
static bool
stands_free(const struct place_reading *r, int start)
{
	static const uint32_t little[] = { 0x5728, 0x5230, 0x4ece, 0x53bb, 0x5f80, 0x81f3, 0x662f, 0x548c, 0x4e0e, 0x53ca, 0x6216, 0x7684, 0x4e86, 0x6211,
		0x4ed6, 0x5979, 0x4f4d, 0x5904, 0x4e8e, 0x8bf7, 0x628a, 0x88ab, 0x5bf9, 0x5411, 0x7531, 0x7ecf, 0x79bb, 0x9760, 0x4e0a, 0x4e0b, 0x91cc, 0x5916,
		0x524d, 0x540e, 0x6765, 0x4f4f, 0x8fc7, 0x4e3a, 0x8fd9, 0x90a3, 0x8fdb, 0x51fa, 0x5c31, 0x90fd, 0x4e5f, 0x5750, 0x8d77, 0x8ddd, 0x8fd1, 0x5e02,
		0x533a, 0x9053, 0x9547, /* 逛爬进出过回坐乘接送游玩找看见等走开停骑跑租买卖吃经路 */ 0x901b, 0x722c, 0x56de, 0x4e58, 0x63a5, 0x9001, 0x6e38, 0x73a9,
		0x627e, 0x770b, 0x89c1, 0x7b49, 0x8d70, 0x5f00, 0x505c, 0x9a91, 0x8dd1, 0x79df, 0x4e70, 0x5356, 0x5403, 0x8def };

	if (start == 0 || !place_is_han(r->point[start - 1]))
		return true;
	for (size_t i = 0; i < sizeof little / sizeof *little; i++)
		if (r->point[start - 1] == little[i])
			return true;
	return false;
}

/* 径贝路口 is at 径贝, road or not; 宝安路口 is anywhere. */
static bool
is_crossing(const struct place_reader *x, const struct place_name *c)
{
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];

	for (int i = 0; i < p->nsense; i++)
		if (x->g->entries[p->sense[i].entry].level < LEVEL_COMMUNITY)
			return false;
	return r->point[c->end] == 0x8def && (r->point[c->end + 1] == 0x53e3 || r->point[c->end + 1] == 0x8fb9);
}

/* Right behind a community another stem is a part of it: 固戍|老围. */
static bool
is_part_of_it(const struct place_reader *x, const struct place_name *c)
{
	const struct place_reading *r = x->r;
	const struct mention *m = r->nmentions ? &r->mention[r->nmentions - 1] : NULL;

	if (!m || m->pattern < 0 || m->end != c->start)
		return false;
	for (int i = 0; i < x->g->patterns[m->pattern].nsense; i++)
		if (x->g->entries[x->g->patterns[m->pattern].sense[i].entry].level < LEVEL_COMMUNITY)
			return false;
	return true;
}

/* Stands right behind a place that it does not lie in? */
static bool
is_part_of_other(const struct place_reader *x, const struct place_name *c)
{
	const struct mention *m = x->r->nmentions ? &x->r->mention[x->r->nmentions - 1] : NULL;

	return m && m->pattern >= 0 && m->end == c->start && !place_follows(x, c) && is_part_of_it(x, c);
}

bool
place_stands(const struct place_reader *x, const struct place_name *c)
{
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];
	uint32_t last = r->point[c->end - 1], next = r->point[c->end];

	if (p->latin && ((c->start > 0 && place_is_word(r->point[c->start - 1])) || place_is_word(next)))
		return false;
	if (last == 0x793e && next == 0x4f1a) /* 社|会 */
		return false;
	if (last == 0x8857 && p->best == SPELT_SPOKEN && place_is_han(next)) /* 梅沙街 is cut short only where nothing follows; else it is some street */
		return false;
	if (last == 0x533a && (next == 0x57df || next == 0x95f4 || next == 0x522b || next == 0x5206)) /* 区|域 间 别 分 */
		return false;
	if (p->best > SPELT_STEM && c->end - c->start <= 3 && is_part(r, c) && !place_follows(x, c)) /* 前海|人寿, 科|技大|学, 高新园|区 */
		return false;
	if (p->best > SPELT_STEM && c->end - c->start == 2 && is_part_of_other(x, c)) /* 岗厦|北站 */
		return false;
	if (p->best > SPELT_STEM)
		return !p->generic || ((stands_free(r, c->start) || place_follows(x, c)) && !place_runs_on(r, c));
	if (leads(x, c))
		return true;
	if ((place_is_road(&r->point[c->end]) && !is_crossing(x, c)) || place_runs_on(r, c) || next == 0x53bf || next == 0x9547 || next == 0x4e61) /* 县 镇 乡: another one */
		return false;
	if (place_follows(x, c))
		return true;
	if (is_part_of_it(x, c))
		return false;
	for (int i = c->start - 1; i >= 0 && i >= c->start - 2; i--) /* 叫黄贝, 叫李新安: a person */
		if (r->point[i] == 0x53eb)
			return false;
	return (p->best == SPELT_STEM || is_entered(x, c) || beside_street(x, c) || is_local(x, c)) && !in_a_word(r, c) && !place_says_at(r, c->end, WORD_TAIL) && (!p->generic || stands_free(r, c->start));
}
