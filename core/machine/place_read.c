/* Which names stand in a text: all that the automaton finds, less those that are part of longer names, of ordinary words, of the names of
 * roads and houses, and of other cities' addresses. */
#include "core/machine/place_inside.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

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
find_all(struct place_reader *x)
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
					x->name[x->n++] = (struct place_name){ i + 1 - hit.points, i + 1, hit.id, false };
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
	const struct place_name *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return x->guessed - y->guessed;
}

/* A city that is not ours takes the names right behind it along: 海口|龙华区城西镇 is nothing here. */
static void
put_city(struct place_reading *r, const struct word_hit *w)
{
	uint32_t next = r->point[w->end];
	int end = w->end + (next == 0x5e02 || next == 0x7701); /* 市 省 */

	if (place_is_road(&r->point[w->end]) || place_says_at(r, w->end, WORD_TAIL) || place_says_at(r, w->end, WORD_HOUSE) || r->nmentions == MENTIONS_MAX)
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
		if (!place_is_han(r->point[i]))
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
choose(struct place_reader *x)
{
	struct place_reading *r = x->r;
	int w = 0, road = 0; /* names that end before it are part of a road's name */

	for (int i = 0; i < x->n && r->nmentions < MENTIONS_MAX; i++) {
		const struct place_name *c = &x->name[i];
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
		if (place_stands(x, c))
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
slips_alone(const struct place_reader *x, int pattern)
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
try_slip(struct place_reader *x, int start, int end, enum slip how)
{
	struct place_reading *r = x->r;
	struct place_name c = { start, end, -1, true };
	int before, kept;
	bool good;

	if (start < 0 || end > r->n || r->nmentions == MENTIONS_MAX || !is_free(r, start, end, &before))
		return false;
	c.pattern = place_slip(x->g, &r->point[start], end - start);
	if (c.pattern < 0 || place_runs_on(r, &c) || place_is_road(&r->point[end]))
		return false;
	kept = r->nmentions;
	r->nmentions = before + 1; /* place_follows() looks at the last one */
	good = how == SLIP_FOLLOWS ? place_follows(x, &c) : how == SLIP_ENDED || slips_alone(x, c.pattern);
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
find_lone_slips(struct place_reader *x)
{
	enum { TRIES = 100, LOOK = 300 }; /* places; points of the text */
	struct place_reading *r = x->r;
	int tries = 0;

	for (int i = 0; i < r->nmentions; i++)
		if (r->mention[i].pattern >= 0 && x->g->entries[x->g->patterns[r->mention[i].pattern].sense[0].entry].level >= LEVEL_COMMUNITY)
			return;
	for (int i = 0; i + 1 < r->n && i < LOOK && tries < TRIES; i++) {
		bool begins, ends, done = false;

		if (!place_is_han(r->point[i]) || !place_may_slip(x->g, r->point[i], r->point[i + 1], &begins, &ends))
			continue;
		tries++;
		for (int k = 6; k >= 3 && !done; k--)
			done = (begins && try_slip(x, i, i + k, SLIP_ALONE)) || (ends && try_slip(x, i + 2 - k, i + 2, SLIP_ALONE));
	}
}

static void
find_slips(struct place_reader *x)
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
	struct place_reader x;

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
