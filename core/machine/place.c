#include "core/machine/place.h"

#include <math.h>
#include <string.h>
#include "core/machine/place_inside.h"

/* --- weighing ---------------------------------------------------------------------------------------------------------- */

/* Is what the wider group names around what the narrower one means? Then it is no other place. */
static bool
around(const struct place_hunt *h, const struct group *wide, const struct group *narrow)
{
	if (wide->outside || narrow->outside)
		return false;
	for (int i = 0; i < wide->nmeant; i++)
		for (int k = 0; k < narrow->nmeant; k++)
			if (place_within(&h->g->entries[narrow->meant[k]], wide->meant[i]))
				return true;
	return false;
}

static bool
same(const struct group *a, const struct group *b)
{
	return a->nmeant == b->nmeant && memcmp(a->meant, b->meant, (size_t)a->nmeant * sizeof a->meant[0]) == 0;
}

/* Is the group's place told once more, or a wider place around it? */
static bool
is_supported(const struct place_hunt *h, int i)
{
	const struct group *q = &h->group[i];

	for (int k = 0; k < h->ngroups; k++)
		if (k != i && (same(q, &h->group[k]) || (around(h, &h->group[k], q) && !around(h, q, &h->group[k]))))
			return true;
	return false;
}

/* How much a group says: a narrow place says more than a wide one, two statements more than one, a name more than a bare stem for which
 * nothing else speaks, and the text more than the address, unless a person has corrected that. */
static void
weigh(struct place_hunt *h)
{
	static const float narrow[PLACE_LEVELS] = { 0.4f, 0.8f, 0.9f, 1.0f, 1.0f };
	float more[GROUPS_MAX] = { 0 };

	for (int i = 0; i < h->ngroups; i++) {
		struct group *q = &h->group[i];

		q->score = q->role;
		if (q->outside || q->nmeant == 0)
			continue;
		more[i] = (is_supported(h, i) ? 0.2f : 0) + 0.05f * (float)(q->last - q->first);
		q->score *= narrow[h->g->entries[q->meant[0]].level] * (q->how <= SPELT_STEM && more[i] == 0 ? 0.85f : 1);
	}
	for (int i = 0; i + 1 < h->ngroups; i++) /* A and B */
		if (h->group[i].paired)
			h->group[i].score = h->group[i + 1].score = fmaxf(h->group[i].score, h->group[i + 1].score);
	for (int i = 0; i < h->ngroups; i++) {
		struct group *q = &h->group[i];

		q->score += more[i] * q->role;
		if (h->corrected)
			q->score *= q->in_address ? 1.5f : 0.4f;
		else if (q->in_address)
			q->score *= h->wrong_address ? 0.3f : 0.6f;
	}
}

/* The group that says most; of equals the first. */
static int
strongest(const struct place_hunt *h)
{
	int best = -1;

	for (int i = 0; i < h->ngroups; i++)
		if ((h->group[i].outside || h->group[i].nmeant > 0) && h->group[i].role > 0 && (best < 0 || h->group[i].score > h->group[best].score + 1e-4f))
			best = i;
	return best;
}

/* A group inside the strongest, or one that the strongest lies in and that says more narrowly what it says: 宝安区 told, 宝安的钟屋 mentioned. */
static int
narrower(const struct place_hunt *h, int best)
{
	for (int again = 1; again; ) {
		again = 0;
		for (int i = 0; i < h->ngroups; i++) {
			const struct group *q = &h->group[i];

			if (i != best && !q->outside && q->nmeant > 0 && q->role >= 0.4f && !same(q, &h->group[best]) &&
			    around(h, &h->group[best], q) && !around(h, q, &h->group[best])) {
				best = i;
				again = 1;
			}
		}
	}
	return best;
}

/* --- answering ----------------------------------------------------------------------------------------------------------- */

static int
common_ancestor(const struct gazetteer *g, int a, int b)
{
	for (int i = 0; i < g->entries[a].nchain; i++)
		if (place_within(&g->entries[b], g->entries[a].chain[i]))
			return g->entries[a].chain[i];
	return -1;
}

static enum place_in
in_of(const struct group *q)
{
	return q->in_address ? PLACE_IN_ADDRESS : PLACE_IN_TEXT;
}

void
place_candidate(const struct gazetteer *g, struct place_match *out, int entry, float score, enum place_in in)
{
	for (int i = 0; i < out->candidates; i++)
		if (strcmp(out->candidate[i], g->entries[entry].code) == 0)
			return;
	if (out->candidates == PLACE_CANDIDATES)
		return;
	out->candidate[out->candidates] = g->entries[entry].code;
	out->candidate_score[out->candidates] = score;
	out->candidate_in[out->candidates++] = in;
}

void
place_is(const struct gazetteer *g, struct place_match *out, int entry, enum place_in in)
{
	const struct entry *e = &g->entries[entry];

	out->code = e->code;
	out->name = e->name;
	out->level = place_level_names[e->level];
	out->in = in;
	memset(out->chain, 0, sizeof out->chain);
	for (int k = 0; k < e->nchain; k++) {
		const struct entry *up = &g->entries[e->chain[k]];

		if (!out->chain[up->level])
			out->chain[up->level] = up->code;
	}
}

static void
span(const struct place_hunt *h, const struct group *q, struct place_match *out)
{
	const struct place_reading *r = place_of_group(h, q);

	out->start = r->mention[q->first].start;
	out->end = r->mention[q->last].end;
	out->in_address = q->in_address;
}

static void
decide(struct place_hunt *h, struct place_match *out)
{
	const float near = 0.12f;
	int best = strongest(h), entry;
	float top;

	if (best < 0 || h->group[best].outside)
		return;
	top = h->group[best].score;
	best = narrower(h, best);
	entry = h->group[best].meant[0];
	span(h, &h->group[best], out);
	for (int i = 0; i < h->ngroups; i++) {
		const struct group *q = &h->group[i];

		if (i != best && (q->outside || q->nmeant == 0 || q->score < top - near || around(h, q, &h->group[best]) ||
		    around(h, &h->group[best], q)))
			continue;
		for (int k = 0; k < q->nmeant; k++) {
			place_candidate(h->g, out, q->meant[k], 1, in_of(q));
			if (entry >= 0)
				entry = common_ancestor(h->g, entry, q->meant[k]);
		}
	}
	out->ambiguous = out->candidates > 1;
	if (!out->ambiguous) {
		out->candidates = 0;
		for (int k = 0; k < h->group[best].nother; k++)
			place_candidate(h->g, out, h->group[best].other[k], 0.8f, in_of(&h->group[best]));
	}
	if (entry >= 0)
		place_is(h->g, out, entry, in_of(&h->group[best]));
}

/* Nothing was said of where: the place of a street's or community's own channel is what might be meant. */
static void
offer_channel(const struct gazetteer *g, int hint, struct place_match *out)
{
	if (!out->code && out->candidates == 0 && hint >= 0 && g->entries[hint].level >= LEVEL_STREET)
		place_candidate(g, out, hint, 0.3f, PLACE_IN_CHANNEL);
}

void
place_seek(const struct gazetteer *g, const struct place_query *q, struct place_match *out)
{
	struct place_hunt h;
	bool abroad = false;
	int scope[2] = { -1, -1 };

	memset(out, 0, sizeof *out);
	out->start = out->end = -1;
	if (!g || g->nentries == 0)
		return;
	h.g = g;
	h.wrong_address = false;
	h.corrected = q->corrected;
	h.hint = q->hint && q->hint[0] ? place_index(g, q->hint) : -1;
	scope[0] = h.hint;
	place_read(g, q->address ? q->address : "", q->address ? strlen(q->address) : 0, scope, &h.address);
	for (int i = 0; i < h.address.nmentions; i++) /* the last, and narrowest, place that the address names */
		if (h.address.mention[i].pattern >= 0)
			scope[1] = g->patterns[h.address.mention[i].pattern].sense[0].entry;
	place_read(g, q->text ? q->text : "", q->text ? q->text_len : 0, scope, &h.text);
	if (h.text.nmentions + h.address.nmentions > 0) {
		place_group(&h);
		weigh(&h);
		decide(&h, out);
		for (int i = 0; i < h.ngroups; i++)
			abroad |= h.group[i].outside && !out->code;
	}
	place_locate(g, q, abroad, out);
	offer_channel(g, h.hint, out);
}

void
place_find(const struct gazetteer *g, const char *address, const char *text, size_t text_len, const char *hint,
    struct place_match *out)
{
	place_seek(g, &(struct place_query){ .address = address, .text = text, .text_len = text_len, .hint = hint }, out);
}

const char *
place_in_name(enum place_in in)
{
	static const char *const names[] = { "", "text", "address", "coordinates", "channel" };

	return names[in];
}
