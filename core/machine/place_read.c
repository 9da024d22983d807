/* Which names stand in a text: all that the automaton finds, less those that are part of longer names, of ordinary words, of the names of
 * roads and houses, and of other cities' addresses. */
#include "core/machine/place_inside.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

struct name { int start, end, pattern; bool guessed; };

struct reader {
	const struct gazetteer *g;
	struct place_reading *r;
	const int *scope;
	struct name name[NAMES_MAX];
	int n;
};

static bool
is_word(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
}

static bool
is_han(uint32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0x20000 && cp <= 0x3ffff);
}

static void
decode(struct place_reading *r, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && r->n < POINTS_MAX) {
		uint32_t cp;

		at += utf8_decode(text + at, len - at, &cp);
		r->point[r->n++] = fold_point(cp);
	}
	memset(&r->point[r->n], 0, 8 * sizeof r->point[0]);
}

static void
find_all(struct reader *x)
{
	const struct gazetteer *g = x->g;
	struct place_reading *r = x->r;
	int state = 0;

	for (int i = 0; i < r->n; i++) {
		struct automaton_hit hit;
		int walk = -1;

		state = automaton_step(g->words, state, r->point[i]);
		while (state != 0 && automaton_hits(g->words, state, &walk, &hit)) {
			if (hit.id < g->npatterns) {
				if (x->n < NAMES_MAX)
					x->name[x->n++] = (struct name){ i + 1 - hit.points, i + 1, hit.id, false };
			} else if (r->nwords < WORDS_MAX)
				r->word[r->nwords++] = (struct word_hit){ i + 1 - hit.points, i + 1, g->kinds[hit.id - g->npatterns] };
		}
		if (x->n == NAMES_MAX && r->nwords == WORDS_MAX)
			return;
	}
}

static int
by_position(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return x->guessed - y->guessed;
}

/* Is the word a slip of the eye, because another one ends where the name begins (早上|岗厦, not 上岗), or begins where it ends (岗厦|门口, not 厦门)? */
static bool
is_cut(const struct place_reading *r, const struct name *c, const struct word_hit *w)
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
static bool
runs_on(const struct place_reading *r, const struct name *c)
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
is_part(const struct place_reading *r, const struct name *c)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == WORD_PLAIN && r->word[i].start < c->end && r->word[i].end > c->start &&
		    (r->word[i].start < c->start || r->word[i].end > c->end))
			return true;
	return false;
}

static bool
in_a_word(const struct place_reading *r, const struct name *c)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == WORD_PLAIN && r->word[i].start < c->start && r->word[i].end > c->start && !is_cut(r, c, &r->word[i]))
			return true;
	return runs_on(r, c);
}

static bool
says_at(const struct place_reading *r, int at, enum word_kind kind)
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
static bool
follows(const struct reader *x, const struct name *c)
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
beside_street(const struct reader *x, const struct name *c)
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
leads(const struct reader *x, const struct name *c)
{
	const struct pattern *p = &x->g->patterns[c->pattern];

	for (const struct name *k = c + 1; k < x->name + x->n && k->start <= c->end + 1; k++) {
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
is_entered(const struct reader *x, const struct name *c)
{
	static const uint32_t in[] = { 0x5728, 0x4f4f, 0x5230, 0x53bb }, here[][2] = { { 0x8fd9, 0x8fb9 }, { 0x90a3, 0x8fb9 }, { 0x7247, 0x533a }, { 0x8f96, 0x533a },
		{ 0x90a3, 0x4e2a }, { 0x8fd9, 0x4e2a } }; /* 这边 那边 片区 辖区 那个 这个 */
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];
	bool wide = false;

	for (int i = 0; i < p->nsense; i++)
		wide |= x->g->entries[p->sense[i].entry].level <= LEVEL_STREET;
	if (r->point[c->end] == 0x7ad9 && /* 红山|站B口, 四号线|红山|站 */
	    (is_word(r->point[c->end + 1]) || (c->start > 0 && (r->point[c->start - 1] == 0x7ebf || r->point[c->start - 1] == 0x94c1))))
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
is_local(const struct reader *x, const struct name *c)
{
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];
	uint32_t before = c->start > 0 ? r->point[c->start - 1] : 0;

	if (is_han(before) && before != 0x5728 && before != 0x4f4f && before != 0x5230)
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

	if (start == 0 || !is_han(r->point[start - 1]))
		return true;
	for (size_t i = 0; i < sizeof little / sizeof *little; i++)
		if (r->point[start - 1] == little[i])
			return true;
	return false;
}

/* 径贝路口 is at 径贝, road or not; 宝安路口 is anywhere. */
static bool
is_crossing(const struct reader *x, const struct name *c)
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
is_part_of_it(const struct reader *x, const struct name *c)
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

static bool
stands(const struct reader *x, const struct name *c)
{
	const struct place_reading *r = x->r;
	const struct pattern *p = &x->g->patterns[c->pattern];
	uint32_t last = r->point[c->end - 1], next = r->point[c->end];

	if (p->latin && ((c->start > 0 && is_word(r->point[c->start - 1])) || is_word(next)))
		return false;
	if (last == 0x793e && next == 0x4f1a) /* 社|会 */
		return false;
	if (last == 0x8857 && p->best == SPELT_SPOKEN && is_han(next)) /* 梅沙街 is cut short only where nothing follows; else it is some street */
		return false;
	if (last == 0x533a && (next == 0x57df || next == 0x95f4 || next == 0x522b || next == 0x5206)) /* 区|域 间 别 分 */
		return false;
	if (p->best > SPELT_STEM && c->end - c->start <= 3 && is_part(r, c) && !follows(x, c)) /* 前海|人寿, 科|技大|学, 高新园|区 */
		return false;
	if (p->best > SPELT_STEM)
		return !p->generic || ((stands_free(r, c->start) || follows(x, c)) && !runs_on(r, c));
	if (leads(x, c))
		return true;
	if ((place_is_road(&r->point[c->end]) && !is_crossing(x, c)) || runs_on(r, c) || next == 0x53bf || next == 0x9547 || next == 0x4e61) /* 县 镇 乡: another one */
		return false;
	if (follows(x, c))
		return true;
	if (is_part_of_it(x, c))
		return false;
	for (int i = c->start - 1; i >= 0 && i >= c->start - 2; i--) /* 叫黄贝, 叫李新安: a person */
		if (r->point[i] == 0x53eb)
			return false;
	return (p->best == SPELT_STEM || is_entered(x, c) || beside_street(x, c) || is_local(x, c)) && !in_a_word(r, c) && !says_at(r, c->end, WORD_TAIL) && (!p->generic || stands_free(r, c->start));
}

/* A city that is not ours takes the names right behind it along: 海口|龙华区城西镇 is nothing here. */
static void
put_city(struct place_reading *r, const struct word_hit *w)
{
	uint32_t next = r->point[w->end];
	int end = w->end + (next == 0x5e02 || next == 0x7701); /* 市 省 */

	if (place_is_road(&r->point[w->end]) || says_at(r, w->end, WORD_TAIL) || says_at(r, w->end, WORD_HOUSE) || r->nmentions == MENTIONS_MAX)
		return; /* 北京大学深圳医院, 上海银行 */
	if (r->nmentions > 0 && r->mention[r->nmentions - 1].end > w->start)
		return;
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == WORD_PLAIN && r->word[i].start < w->start && r->word[i].end > w->start)
			return; /* 今天|水贝 */
	r->mention[r->nmentions++] = (struct mention){ w->start, end, -1, false };
}

/* 上海|松江|新桥镇: what stands a few letters behind a city is in it, but for a word between that says otherwise. */
static bool
goes_along(const struct place_reading *r, int from, int to)
{
	static const uint32_t apart[] = { 0x7684, 0x548c, 0x4e0e, 0x8ddf, 0x5230, 0x6765, 0x53bb, 0x5728, 0x4f4f, 0x53ca, 0x5f80, 0x81f3, 0x56de, 0x4eba };

	if (to - from > 3)
		return false;
	for (int i = from; i < to; i++) {
		if (!is_han(r->point[i]))
			return false;
		for (size_t k = 0; k < sizeof apart / sizeof *apart; k++) /* 的和与跟到来去在住及往至回人 */
			if (r->point[i] == apart[k])
				return false;
	}
	return true;
}

static int
by_start(const void *a, const void *b)
{
	const struct word_hit *x = a, *y = b;

	return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->end > y->end ? -1 : x->end < y->end;
}

static void
choose(struct reader *x)
{
	struct place_reading *r = x->r;
	int w = 0, road = 0; /* names that end before it are part of a road's name */

	for (int i = 0; i < x->n && r->nmentions < MENTIONS_MAX; i++) {
		const struct name *c = &x->name[i];
		struct mention *last;

		for (; w < r->nwords && r->word[w].start <= c->start; w++)
			if (r->word[w].kind == WORD_OUTSIDE)
				put_city(r, &r->word[w]);
		last = r->nmentions ? &r->mention[r->nmentions - 1] : NULL;
		if (r->nmentions == MENTIONS_MAX || (last && c->end <= last->end) || c->end < road)
			continue;
		if (last && last->pattern < 0 && goes_along(r, last->end, c->start)) {
			last->end = c->end; /* of that city */
			continue;
		}
		if (last && c->start < last->end) {
			if (x->g->patterns[last->pattern].best > SPELT_STEM || x->g->patterns[c->pattern].best <= SPELT_STEM)
				continue;
			r->nmentions--;
		}
		if (x->g->patterns[c->pattern].best <= SPELT_STEM && place_is_road(&r->point[c->end]) && c->end > road)
			road = c->end;
		if (stands(x, c))
			r->mention[r->nmentions++] = (struct mention){ c->start, c->end, c->pattern, c->guessed };
		else if (last && r->nmentions > 0 && &r->mention[r->nmentions] == last)
			r->nmentions++; /* what it would have replaced stays */
	}
	for (; w < r->nwords; w++)
		if (r->word[w].kind == WORD_OUTSIDE)
			put_city(r, &r->word[w]);
}

/* --- slips ------------------------------------------------------------------------------------------------------------ */

/* No mention stands in [start, end), and the one before it is returned by number (-1 = none) through `before`. */
static bool
is_free(const struct place_reading *r, int start, int end, int *before)
{
	*before = -1;
	for (int i = 0; i < r->nmentions; i++) {
		if (r->mention[i].start < end && r->mention[i].end > start)
			return false;
		if (r->mention[i].end <= start)
			*before = i;
	}
	return true;
}

/* Alone, a stem of three characters or a landmark's name: 鹅公领, 世界之创. */
static bool
slips_alone(const struct reader *x, int pattern)
{
	const struct pattern *p = &x->g->patterns[pattern];

	if (p->best == SPELT_STEM)
		return true;
	for (int i = 0; i < p->nsense; i++)
		if (x->g->entries[p->sense[i].entry].level != LEVEL_LANDMARK)
			return false;
	return p->best == SPELT_EXACT;
}

enum slip { SLIP_ALONE, SLIP_ENDED, SLIP_FOLLOWS }; /* what it has to show for itself: nothing, 社区 behind it, the wider place before it */

static bool
try_slip(struct reader *x, int start, int end, enum slip how)
{
	struct place_reading *r = x->r;
	struct name c = { start, end, -1, true };
	int before, kept;
	bool good;

	if (start < 0 || end > r->n || r->nmentions == MENTIONS_MAX || !is_free(r, start, end, &before))
		return false;
	c.pattern = place_slip(x->g, &r->point[start], end - start);
	if (c.pattern < 0 || runs_on(r, &c) || place_is_road(&r->point[end]))
		return false;
	kept = r->nmentions;
	r->nmentions = before + 1; /* follows() looks at the last one */
	good = how == SLIP_FOLLOWS ? follows(x, &c) : how == SLIP_ENDED || slips_alone(x, c.pattern);
	r->nmentions = kept;
	if (!good)
		return false;
	memmove(&r->mention[before + 2], &r->mention[before + 1], (size_t)(kept - before - 1) * sizeof r->mention[0]);
	r->mention[before + 1] = (struct mention){ start, end, c.pattern, true };
	r->nmentions++;
	return true;
}

/* Before 社区 and 街道, and right behind a wider place. Few points of a text are either. */
/* Names of three characters and more may stand alone: where the text names nothing narrow, wherever two characters beside one another begin or
 * end some name. */
static void
find_lone_slips(struct reader *x)
{
	enum { TRIES = 100, LOOK = 300 }; /* places; points of the text */
	struct place_reading *r = x->r;
	int tries = 0;

	for (int i = 0; i < r->nmentions; i++)
		if (r->mention[i].pattern >= 0 && x->g->entries[x->g->patterns[r->mention[i].pattern].sense[0].entry].level >= LEVEL_COMMUNITY)
			return;
	for (int i = 0; i + 1 < r->n && i < LOOK && tries < TRIES; i++) {
		bool begins, ends, done = false;

		if (!is_han(r->point[i]) || !place_may_slip(x->g, r->point[i], r->point[i + 1], &begins, &ends))
			continue;
		tries++;
		for (int k = 6; k >= 3 && !done; k--)
			done = (begins && try_slip(x, i, i + k, SLIP_ALONE)) || (ends && try_slip(x, i + 2 - k, i + 2, SLIP_ALONE));
	}
}

static void
find_slips(struct reader *x)
{
	enum { TRIES = 64 };
	struct place_reading *r = x->r;
	int tries = 0;

	for (int i = 2; i + 1 < r->n && tries < TRIES; i++) {
		uint32_t one = r->point[i], two = r->point[i + 1];
		bool done = false;

		if (!((one == 0x793e && two == 0x533a) || (one == 0x8857 && two == 0x9053)))
			continue;
		tries++;
		for (int k = 5; k >= 2 && !done; k--) /* of the base; two points prove nothing without the wider place before them */
			done = try_slip(x, i - k, i + 2, k == 2 ? SLIP_FOLLOWS : SLIP_ENDED);
	}
	for (int i = 0; i < r->nmentions && tries < TRIES; i++) {
		const struct mention *m = &r->mention[i];
		bool done = false;

		if (m->pattern < 0 || x->g->entries[x->g->patterns[m->pattern].sense[0].entry].level > LEVEL_STREET)
			continue;
		tries++;
		for (int k = 6; k >= 2 && !done; k--)
			done = try_slip(x, m->end, m->end + k, SLIP_FOLLOWS);
	}
}

void
place_read(const struct gazetteer *g, const char *text, size_t len, const int scope[2], struct place_reading *out)
{
	struct reader x;

	x.g = g;
	x.r = out;
	x.scope = scope;
	x.n = 0;
	out->n = out->nmentions = out->nwords = 0;
	decode(out, text, len);
	find_all(&x);
	qsort(x.name, (size_t)x.n, sizeof *x.name, by_position);
	qsort(out->word, (size_t)out->nwords, sizeof *out->word, by_start);
	choose(&x);
	find_slips(&x);
	find_lone_slips(&x);
}
