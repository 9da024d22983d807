/* Names that stand together are one place told: 宝安区航城街道的钟屋. What the narrowest of them may mean here, given the wider ones, the rest of the
 * text, the address and the channel; and what part the place plays in the sentence. */
#include "core/machine/place_inside.h"

#include <string.h>

enum { BEFORE = 14, BEHIND = 10 }; /* points around a group in which a word speaks of it */

/* --- groups ---------------------------------------------------------------------------------------------------------- */

static bool
inside(const struct gazetteer *g, const struct mention *narrow, const struct mention *wide)
{
	const struct pattern *n = &g->patterns[narrow->pattern], *w = &g->patterns[wide->pattern];

	for (int i = 0; i < n->nsense; i++)
		for (int k = 0; k < w->nsense; k++)
			if (place_within(&g->entries[n->sense[i].entry], w->sense[k].entry))
				return true;
	return false;
}

static enum level
widest(const struct gazetteer *g, const struct mention *m)
{
	enum level level = LEVEL_LANDMARK;

	for (int i = 0; i < g->patterns[m->pattern].nsense; i++)
		if (g->entries[g->patterns[m->pattern].sense[i].entry].level < level)
			level = g->entries[g->patterns[m->pattern].sense[i].entry].level;
	return level;
}

/* In one district? */
static bool
neighbours(const struct gazetteer *g, const struct mention *a, const struct mention *b)
{
	const struct pattern *p = &g->patterns[a->pattern], *q = &g->patterns[b->pattern];

	for (int i = 0; i < p->nsense; i++)
		for (int k = 0; k < q->nsense; k++) {
			const struct entry *x = &g->entries[p->sense[i].entry], *y = &g->entries[q->sense[k].entry];

			for (int c = 0; c < x->nchain; c++)
				if (g->entries[x->chain[c]].level == LEVEL_DISTRICT && place_within(y, x->chain[c]))
					return true;
		}
	return false;
}

/* The next name goes on with the address when it lies inside what was named, or stands right behind it and is narrower: an old membership,
 * or a slip. So do two streets without a word between them: 布吉坂田 is 坂田, which was of 布吉 once; and two districts, 宝安龙华. */
static bool
goes_on(const struct gazetteer *g, const struct place_reading *r, int first, int next)
{
	const struct mention *m = &r->mention[next], *last = &r->mention[next - 1];
	int gap = m->start - last->end;

	if (m->pattern < 0 || last->pattern < 0 || gap < 0 || gap > 2)
		return false;
	for (int i = last->end; i < m->start; i++)
		if (!strchr(" ,-/(\"", (int)(r->point[i] < 128 ? r->point[i] : 1)) && r->point[i] != 0x7684 && r->point[i] != 0x3000 && r->point[i] != 0xb7)
			return false;
	if (gap > 0 && widest(g, m) < widest(g, last))
		return false;
	for (int i = first; i < next; i++)
		if (inside(g, m, &r->mention[i]))
			return true;
	if (gap == 1 && r->point[last->end] == ',' && widest(g, m) > widest(g, last) && neighbours(g, m, last))
		return true; /* 光明的公明，薯田埔社区 */
	for (int i = last->end; i < m->start; i++) /* blanks only, from here on */
		gap -= r->point[i] == ' ' || r->point[i] == 0x3000;
	if (gap == 0 && widest(g, m) == widest(g, last) && (widest(g, m) == LEVEL_STREET ||
	    (widest(g, m) == LEVEL_DISTRICT && g->patterns[m->pattern].best <= SPELT_STEM)))
		return true;
	return (gap == 0 || (gap == 1 && r->point[m->start - 1] == 0x7684)) && widest(g, m) > widest(g, last);
}

static void
make_groups(struct place_hunt *h, bool in_address)
{
	const struct place_reading *r = in_address ? &h->address : &h->text;

	for (int i = 0; i < r->nmentions && h->ngroups < GROUPS_MAX; ) {
		struct group *q = &h->group[h->ngroups++];
		int last = i;

		while (last + 1 < r->nmentions && r->mention[i].pattern >= 0 && goes_on(h->g, r, i, last + 1))
			last++;
		memset(q, 0, sizeof *q);
		q->first = i;
		q->last = last;
		q->in_address = in_address;
		q->outside = r->mention[i].pattern < 0;
		q->role = 1;
		i = last + 1;
	}
}

/* --- what a name means here --------------------------------------------------------------------------------------------- */

/* How much a group that is told elsewhere says for this place: the more, the narrower what it names of what the place lies in. */
static float
speaks_for(const struct place_hunt *h, const struct group *q, const struct entry *e)
{
	static const float by_level[PLACE_LEVELS] = { 0.1f, 0.7f, 0.9f, 1.0f, 1.0f };
	const struct place_reading *r = place_of_group(h, q);
	float most = 0;

	for (int i = q->first; i <= q->last && !q->outside; i++) {
		const struct pattern *p = &h->g->patterns[r->mention[i].pattern];

		for (int k = 0; k < p->nsense; k++)
			if (place_within(e, p->sense[k].entry) && by_level[h->g->entries[p->sense[k].entry].level] > most)
				most = by_level[h->g->entries[p->sense[k].entry].level];
	}
	return most;
}

/* A stem that a place shares with the wider place around it means the wider one, unless that, or a place between the two, stands right before
 * it. */
static bool
shadowed(const struct place_hunt *h, const struct group *q, const struct pattern *p, int entry)
{
	const struct place_reading *r = place_of_group(h, q);

	for (int k = 0; k < p->nsense; k++) {
		int wide = p->sense[k].entry;
		bool named = false;

		if (wide == entry || !place_within(&h->g->entries[entry], wide))
			continue;
		for (int i = q->first; i < q->last && !named; i++) {
			const struct pattern *before = &h->g->patterns[r->mention[i].pattern];

			for (int s = 0; s < before->nsense; s++)
				named |= before->sense[s].entry != entry && place_within(&h->g->entries[before->sense[s].entry], wide) &&
				    place_within(&h->g->entries[entry], before->sense[s].entry);
		}
		if (!named)
			return true;
	}
	return false;
}

static float
weight_of(const struct place_hunt *h, const struct group *q, const struct pattern *p, const struct sense *s)
{
	static const float stem[PLACE_LEVELS] = { 0.06f, 0.18f, 0.12f, 0.06f, 0.06f };
	const struct entry *e = &h->g->entries[s->entry];
	const struct place_reading *r = place_of_group(h, q);
	float w = s->how <= SPELT_STEM ? stem[e->level] : s->how == SPELT_EXACT && e->level == LEVEL_LANDMARK ? 0.34f : 0.24f;
	float text = 0, address = 0;

	(void)p;
	for (int i = q->first; i < q->last; i++) {
		const struct pattern *before = &h->g->patterns[r->mention[i].pattern];
		bool agrees = false;

		for (int k = 0; k < before->nsense; k++)
			agrees |= before->sense[k].entry != s->entry && place_within(e, before->sense[k].entry);
		w += agrees ? 2.0f : -0.5f;
	}
	for (int i = 0; i < h->ngroups; i++) {
		const struct group *other = &h->group[i];
		float says = other == q ? 0 : speaks_for(h, other, e) * (other->role >= 0.4f ? 1.0f : 0.5f);

		if (other->in_address == q->in_address)
			text = says > text ? says : text;
		else if (says * 0.8f > address)
			address = says * 0.8f;
	}
	return w + text + address;
}

static void
means(struct place_hunt *h, struct group *q)
{
	const struct place_reading *r = place_of_group(h, q);
	const struct pattern *p = &h->g->patterns[r->mention[q->last].pattern];
	float weight[SENSES_MAX], best = -1e9f;
	int n = p->nsense < SENSES_MAX ? p->nsense : SENSES_MAX;
	bool chosen = false;

	q->how = p->best;
	for (int i = 0; i < n; i++) {
		weight[i] = p->sense[i].how <= SPELT_STEM && shadowed(h, q, p, p->sense[i].entry) ? -1e9f : weight_of(h, q, p, &p->sense[i]);
		if (weight[i] > best)
			best = weight[i];
	}
	/* The channel's place chooses among those that are near one another. */
	for (int i = 0; i < n && h->hint >= 0; i++)
		chosen |= weight[i] > best - 0.15f && place_within(&h->g->entries[p->sense[i].entry], h->hint);
	for (int i = 0; i < n; i++) {
		int e = p->sense[i].entry;

		if (weight[i] <= best - (chosen ? 0.15f : 0.05f))
			continue;
		if (chosen && !place_within(&h->g->entries[e], h->hint)) {
			q->by_channel = true;
			if (q->nother < MEANT_MAX)
				q->other[q->nother++] = e;
		} else if (q->nmeant < MEANT_MAX)
			q->meant[q->nmeant++] = e;
	}
}

/* --- the part it plays -------------------------------------------------------------------------------------------------- */

static bool
ends_clause(uint32_t cp)
{
	return cp == ',' || cp == ';' || cp == '!' || cp == '?' || cp == ':' || cp == '\n' || cp == 0x3002 || cp == 0;
}

struct around { int from, start, end, to; }; /* the group stands in [start, end) of the clause [from, to) */

static struct around
clause_of(const struct place_hunt *h, int index)
{
	const struct group *q = &h->group[index];
	const struct place_reading *r = place_of_group(h, q);
	struct around a = { .start = r->mention[q->first].start, .end = r->mention[q->last].end };
	int least = q->first > 0 ? r->mention[q->first - 1].end : 0;
	int most = q->last + 1 < r->nmentions ? r->mention[q->last + 1].start : r->n;

	a.from = a.start;
	while (a.from > least && a.start - a.from < BEFORE && !ends_clause(r->point[a.from - 1]))
		a.from--;
	a.to = a.end;
	while (a.to < most && a.to - a.end < BEHIND && !ends_clause(r->point[a.to]))
		a.to++;
	return a;
}

static bool
says_before(const struct place_reading *r, const struct around *a, enum word_kind kind)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == kind && r->word[i].start >= a->from && r->word[i].end <= a->start)
			return true;
	return false;
}

/* Within `within` points behind the group. */
static bool
says_behind(const struct place_reading *r, const struct around *a, enum word_kind kind, int within)
{
	for (int i = 0; i < r->nwords; i++)
		if (r->word[i].kind == kind && r->word[i].start >= a->end && r->word[i].start <= a->end + within && r->word[i].start < a->to)
			return true;
	return false;
}

static bool
has_point(const struct place_reading *r, int from, int to, uint32_t cp)
{
	for (int i = from; i < to; i++)
		if (r->point[i] == cp)
			return true;
	return false;
}

/* 水务局, 安全生产监督管理局: some bureau behind the name, without a stop between. */
static bool
is_office(const struct place_reading *r, const struct around *a)
{
	for (int i = a->end; i < a->to && i < a->end + 9; i++)
		if (r->point[i] == 0x5c40)
			return i > a->end;
	return false;
}

/* 从龙岗坐车到…: where somebody set out from is not where it happened, even when where he went cannot be told. */
static bool
is_left(const struct place_reading *r, const struct around *a)
{
	enum { NEAR = 3, FROM = 0x4ece };
	static const uint32_t rides[] = { 0x5750, 0x4e58, 0x642d, 0x9a91 /* 坐乘搭骑 */ }, to[] = { 0x5230, 0x53bb, 0x5f80, 0x81f3, 0x56de /* 到去往至回 */ };
	int ride = -1;

	if (a->start == 0 || r->point[a->start - 1] != FROM)
		return false;
	for (int i = a->end; i < a->to && i < a->end + NEAR && ride < 0; i++) {
		for (size_t k = 0; k < sizeof rides / sizeof *rides; k++)
			ride = r->point[i] == rides[k] ? i : ride;
		if ((r->point[i] == 0x6253 || r->point[i] == 0x5f00) && r->point[i + 1] == 0x8f66) /* 打车, 开车 */
			ride = i;
		if (r->point[i] == 0x51fa && r->point[i + 1] == 0x53d1) /* 出发 */
			ride = i;
	}
	for (size_t k = 0; ride >= 0 && k < sizeof to / sizeof *to; k++)
		if (has_point(r, ride + 1, a->to, to[k]))
			return true;
	return false;
}

static void
play(struct place_hunt *h, int index)
{
	enum { LIVES = 0x4f4f, AT = 0x5728, FROM = 0x4ece, PERSON = 0x4eba, GOES = 0x53bb, TO = 0x5230 };
	struct group *q = &h->group[index];
	const struct place_reading *r = place_of_group(h, q);
	struct around a = clause_of(h, index);
	bool at = has_point(r, a.from, a.start, AT) || (q->outside && (has_point(r, a.from, a.start, GOES) || has_point(r, a.from, a.start, TO)));

	if (q->in_address)
		return;
	if (says_before(r, &a, WORD_LIVES) || says_behind(r, &a, WORD_LIVES, 3) || has_point(r, a.from, a.start, LIVES) ||
	    (r->point[a.end] == LIVES && r->point[a.end + 1] != 0x9662 /* 住院 */) || (r->point[a.end] == PERSON && ends_clause(r->point[a.end + 1])))
		q->role = 0.45f;
	else if (says_behind(r, &a, WORD_UNIT, 3) || is_office(r, &a))
		q->role = 0.5f;
	else if (says_behind(r, &a, WORD_HOUSE, 0) && r->mention[q->last].pattern >= 0 && h->g->patterns[r->mention[q->last].pattern].best <= SPELT_STEM)
		q->role = 0.8f;
	if (q->outside && !at) /* where somebody comes from, or goes to */
		q->role = 0.3f;
	if (at && !q->outside && q->role == 1)
		q->role = 1.15f;
	if ((at && says_behind(r, &a, WORD_BESIDE, 0)) || says_behind(r, &a, WORD_PASSIVE, 1))
		q->role += 0.3f;
	if (says_before(r, &a, WORD_NOW))
		q->role += 0.2f;
	if (says_before(r, &a, WORD_HAPPENS))
		q->role += 0.5f;
	else if (says_before(r, &a, WORD_ABOUT))
		q->role += 0.25f;
	if (has_point(r, a.from, a.start, FROM) && says_behind(r, &a, WORD_LEAVES, 4))
		q->role *= 0.4f;
	else if (says_behind(r, &a, WORD_LEAVES, 0) && r->nmentions > q->last + 1)
		q->role *= 0.6f;
	if (says_before(r, &a, WORD_SAID))
		q->role *= 0.4f;
	if (says_before(r, &a, WORD_NOT) || says_behind(r, &a, WORD_NOT, 6))
		q->role *= 0.3f;
	if (is_left(r, &a))
		q->role = 0;
}

/* A and B, A to B, from A towards B: both play the part that one of them plays. */
static void
pair(struct place_hunt *h)
{
	static const uint32_t joint[] = { 0x548c, 0x4e0e, 0x8ddf, 0x53ca, 0x3001, 0x5230, 0x81f3, 0x6216, '/', '~', 0x2014 },
		towards[] = { 0x5230, 0x5f80, 0x53bb, 0x81f3, 0x5411, 0x901a, 0x548c, 0x4e0e }; /* 到往去至向通和与 */

	for (int i = 0; i + 1 < h->ngroups; i++) {
		struct group *a = &h->group[i], *b = a + 1;
		const struct place_reading *r = place_of_group(h, a);
		int end = r->mention[a->last].end;

		if (a->in_address != b->in_address || a->outside || b->outside)
			continue;
		if (r->mention[b->first].start - end <= 4) {
			struct around x = clause_of(h, i + 1);

			for (size_t k = 0; k < sizeof towards / sizeof *towards; k++)
				a->paired |= x.start - x.from == r->mention[b->first].start - end && has_point(r, end, x.start, towards[k]) &&
				    says_behind(r, &x, WORD_LINE, 1);
		}
		for (size_t k = 0; k < sizeof joint / sizeof *joint && r->mention[b->first].start == end + 1; k++)
			a->paired |= r->point[end] == joint[k];
		if (a->paired)
			a->role = b->role = a->role > b->role ? a->role : b->role;
	}
}

void
place_group(struct place_hunt *h)
{
	h->ngroups = 0;
	make_groups(h, false);
	make_groups(h, true);
	for (int i = 0; i < h->text.nwords; i++)
		h->wrong_address |= h->text.word[i].kind == WORD_WRONG;
	for (int i = 0; i < h->ngroups; i++)
		play(h, i);
	pair(h);
	for (int i = 0; i < h->ngroups; i++)
		if (!h->group[i].outside)
			means(h, &h->group[i]);
}
