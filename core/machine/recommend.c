#include "core/machine/recommend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/arena.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/automaton.h"
#include "core/machine/duty_match.h"
#include "core/machine/grams.h"
#include "core/machine/whereabouts.h"

enum {
	POINTS_MAX = 3072,  /* of title and text that are read: a dispatcher would not read more either */
	TITLE_MAX = 120,
	ITEMS_MAX = 48,     /* best duty items taken into account */
	CANDIDATES_MAX = 64,
	AREAS_MAX = 8,
	WORDS_SHOWN = 3, WORD_POINTS = 12, ITEM_POINTS = 60
};

/* Fitted on held-out appeals (tests/bench/README.md, "Recommendation"): SHARP turns an item's score into odds that add up over a
 * unit's items, FIRM the unit's sum into log-odds; UNKNOWN is what speaks for "none of these". */
static const float SHARP = 5.0f, UNKNOWN = 3.0f, FIRM = 1.5f;
/* A second and third choice is worth a key even when the first is nearly sure; below this nothing spoke for it. */
static const float LEAST_P = 1e-5f;

struct recommender {
	const struct duty_list *duty;
	const struct gazetteer *places;
	struct recommend_policy policy;
	struct duty_match *match;
	struct automaton *units;   /* names and short names */
	const char *home[AREAS_MAX]; int nhome; /* the district whose units the list knows best, and what lies above it */
	char model[32];
};

/* One unit in the running. Sources add to z, the log of what speaks for it. */
struct candidate {
	const struct unit *unit;
	float z;
	double mass;               /* of its duty items, before the logarithm */
	int item;                  /* best duty item, -1 = none */
	float item_score;
	int named_at, named_end;   /* points of the reading where the text names it, -1 = nowhere */
	bool picked, returned, placed;
};

struct trial {
	const struct recommender *r;
	const struct recommend_query *q;
	struct arena *arena;
	struct reading reading;
	struct place_match place;
	const char *area[AREAS_MAX]; int nareas;
	struct candidate candidate[CANDIDATES_MAX]; int ncandidates;
	float best;                /* score of the best duty item */
};

const char *
reason_name(enum reason_kind k)
{
	static const char *const names[] = { "word", "item", "place", "picked", "case", "returned" };

	return names[k];
}

/* --- building --------------------------------------------------------------------------------------------------------- */

static struct automaton *
unit_names(const struct duty_list *duty)
{
	struct automaton *a = automaton_new();
	bool ok = a != NULL;

	for (size_t i = 0; ok && i < duty_units(duty); i++) {
		const struct unit *u = duty_unit_at(duty, i);

		if (!u->active)
			continue;
		if (utf8_count(u->name, strlen(u->name)) >= 3)
			ok = automaton_add(a, u->name, strlen(u->name), (int)i);
		if (ok && strcmp(u->shrt, u->name) != 0 && utf8_count(u->shrt, strlen(u->shrt)) >= 3)
			ok = automaton_add(a, u->shrt, strlen(u->shrt), (int)i);
	}
	if (ok && automaton_done(a))
		return a;
	automaton_free(a);
	return NULL;
}

/* How many different units the items have when they happen in these areas. */
static int
units_at(const struct duty_list *duty, const char *const *area, int n)
{
	const struct unit *seen[256];
	int count = 0;

	for (size_t i = 0; i < duty_items(duty) && count < 256; i++) {
		const struct unit *u = duty_lead(duty, duty_item_at(duty, i), area, n);
		int k = 0;

		while (k < count && seen[k] != u)
			k++;
		if (u && k == count)
			seen[count++] = u;
	}
	return count;
}

/* Where an appeal that names no place is taken to have happened: the centre's own district. A rule function@level needs a place,
 * and no unit at all would help nobody. */
static void
find_home(struct recommender *r)
{
	int best = 0;

	for (size_t i = 0; r->places && i < duty_units(r->duty); i++) {
		const char *code = duty_unit_at(r->duty, i)->area, *up[AREAS_MAX];
		const char *level = code && code[0] ? place_level(r->places, code) : NULL;
		int n, units;

		if (!level || strcmp(level, "district") != 0 || (r->nhome > 0 && strcmp(r->home[0], code) == 0))
			continue;
		n = place_ancestors(r->places, code, up, AREAS_MAX);
		units = units_at(r->duty, up, n);
		if (units > best) {
			best = units;
			memcpy(r->home, up, sizeof up);
			r->nhome = n;
		}
	}
}

struct recommender *
recommender_new(const struct duty_list *duty, const struct gazetteer *places)
{
	struct recommender *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->duty = duty;
	r->places = places;
	r->policy = (struct recommend_policy){ .duty = 1, .place = 1, .returned = 1, .novel_p = 0.12f };
	r->match = duty_match_new(duty);
	r->units = unit_names(duty);
	find_home(r);
	snprintf(r->model, sizeof r->model, "duty-%d", duty_revision(duty));
	if (!r->match || !r->units) {
		recommender_free(r);
		return NULL;
	}
	return r;
}

void
recommender_free(struct recommender *r)
{
	if (!r)
		return;
	duty_match_free(r->match);
	automaton_free(r->units);
	free(r);
}

void
recommender_policy(struct recommender *r, const struct recommend_policy *policy)
{
	r->policy = *policy;
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static int
read_points(uint32_t *point, int max, const char *s, size_t len)
{
	int n = 0;

	for (size_t at = 0; at < len && n < max; n++) {
		at += utf8_decode(s + at, len - at, &point[n]);
		point[n] = fold_point(point[n]);
		if (!grams_is_text(point[n]))
			point[n] = 0;
	}
	return n;
}

/* A title made from the text's beginning says nothing twice. */
static bool
read_appeal(struct trial *t)
{
	const struct recommend_query *q = t->q;
	size_t title = q->title ? strlen(q->title) : 0;
	uint32_t *point = arena_alloc(t->arena, (POINTS_MAX + TITLE_MAX + 1) * sizeof *point);
	int n = 0;

	if (!point)
		return false;
	if (title > 0 && !(title <= q->text_len && memcmp(q->title, q->text, title) == 0)) {
		n = read_points(point, TITLE_MAX, q->title, title);
		point[n++] = 0;
	}
	t->reading = (struct reading){ .point = point, .text_at = n };
	t->reading.n = n + read_points(point + n, POINTS_MAX, q->text ? q->text : "", q->text ? q->text_len : 0);
	t->reading.aside = whereabouts(&t->reading, t->place.in_address ? -1 : t->place.start, t->place.end, t->arena);
	return true;
}

static void
find_place(struct trial *t)
{
	const char *channel = t->q->channel_place, *level;

	if (!t->r->places)
		return;
	place_seek(t->r->places, &(struct place_query){ .address = t->q->address, .text = t->q->text,
	    .text_len = t->q->text ? t->q->text_len : 0, .hint = channel, .located = t->q->located, .lat = t->q->lat, .lng = t->q->lng },
	    &t->place);
	t->nareas = place_ancestors(t->r->places, t->place.code ? t->place.code : channel, t->area, AREAS_MAX);
	level = t->nareas > 0 ? place_level(t->r->places, t->area[0]) : NULL;
	if (!level || strcmp(level, "city") == 0) {
		memcpy(t->area, t->r->home, sizeof t->area);
		t->nareas = t->r->nhome;
	}
}

/* --- sources ---------------------------------------------------------------------------------------------------------- */

static struct candidate *
candidate_of(struct trial *t, const struct unit *unit)
{
	struct candidate *c;

	for (int i = 0; i < t->ncandidates; i++)
		if (t->candidate[i].unit == unit)
			return &t->candidate[i];
	if (t->ncandidates == CANDIDATES_MAX)
		return NULL;
	c = &t->candidate[t->ncandidates++];
	*c = (struct candidate){ .unit = unit, .item = -1, .named_at = -1 };
	return c;
}

/* The unit that leads an item here. Where the place is not known finely enough for its rule, the same function higher up
 * (the district's bureau for the street's office) is the honest answer. */
static const struct unit *
lead_of(const struct trial *t, const struct duty_item *item)
{
	static const char *const wider[] = { "street", "district", "city", "bureau" };
	const struct unit *u = duty_lead(t->r->duty, item, t->area, t->nareas);
	const char *at = item->lead ? strchr(item->lead, '@') : NULL;

	for (int i = 0; !u && at && i < 4; i++) {
		struct duty_item other = *item;
		char lead[96];

		if ((size_t)(at - item->lead) + 10 >= sizeof lead)
			break;
		snprintf(lead, sizeof lead, "%.*s@%s", (int)(at - item->lead), item->lead, wider[i]);
		other.lead = lead;
		u = duty_lead(t->r->duty, &other, t->area, t->nareas);
	}
	return u && u->active ? u : NULL;
}

static void
source_duty(struct trial *t, float weight)
{
	struct duty_hit hit[ITEMS_MAX];
	int n = duty_match_find(t->r->match, &t->reading, t->arena, hit, ITEMS_MAX);

	t->best = n > 0 ? hit[0].score : 0;
	for (int i = 0; i < n; i++) {
		const struct unit *u = lead_of(t, duty_item_at(t->r->duty, (size_t)hit[i].item));
		struct candidate *c = u ? candidate_of(t, u) : NULL;

		if (!c)
			continue;
		c->mass += exp((double)(SHARP * weight * hit[i].score));
		if (c->item < 0) {
			c->item = hit[i].item;
			c->item_score = hit[i].score;
		}
	}
	for (int i = 0; i < t->ncandidates; i++)
		t->candidate[i].z = FIRM * (float)log(t->candidate[i].mass + 1e-9);
}

/* A unit named in the text: often the one meant, sometimes the one complained about. */
static void
source_named(struct trial *t, float weight)
{
	int state = 0;

	for (int i = 0; i < t->reading.n; i++) {
		struct automaton_hit hit;
		struct candidate *c;
		int walk = -1;

		state = automaton_step(t->r->units, state, t->reading.point[i]);
		if (state == 0 || !automaton_hits(t->r->units, state, &walk, &hit))
			continue;
		c = candidate_of(t, duty_unit_at(t->r->duty, (size_t)hit.id));
		if (!c || c->named_at >= 0)
			continue;
		if (c->item < 0)
			c->z = UNKNOWN - 0.5f;
		c->z += 1.0f * weight;
		c->named_at = i + 1 - hit.points;
		c->named_end = i + 1;
	}
}

static bool
in_areas(const struct trial *t, const char *area)
{
	for (int i = 0; i < t->nareas; i++)
		if (strcmp(t->area[i], area) == 0)
			return true;
	return false;
}

/* A unit that answers for another area is not the one; a unit of just this street or community is a little more likely. */
static void
source_place(struct trial *t, float weight)
{
	if (!t->place.code)
		return;
	for (int i = 0; i < t->ncandidates; i++) {
		struct candidate *c = &t->candidate[i];
		const char *above[AREAS_MAX];
		int n;

		if (!c->unit->area || !c->unit->area[0])
			continue;
		if (in_areas(t, c->unit->area)) {
			c->placed = true;
			continue;
		}
		n = place_ancestors(t->r->places, c->unit->area, above, AREAS_MAX);
		for (int k = 0; k < n; k++)
			if (strcmp(above[k], t->place.code) == 0)
				n = -1; /* inside what is known of the place: not contradicted */
		if (n >= 0)
			c->z -= 2.5f * weight;
	}
}

static void
source_picked(struct trial *t, float weight)
{
	const struct duty_item *item = t->q->picked_item && t->q->picked_item[0] ?
	    duty_item(t->r->duty, t->q->picked_item) : NULL;
	const struct unit *u = item ? lead_of(t, item) : NULL;
	struct candidate *c = u ? candidate_of(t, u) : NULL;

	if (!c)
		return;
	for (size_t i = 0; i < duty_items(t->r->duty); i++)
		if (duty_item_at(t->r->duty, i) == item)
			c->item = (int)i;
	c->picked = true;
	c->z = fmaxf(c->z, UNKNOWN) + 4.0f * weight;
}

static void
source_returned(struct trial *t, float weight)
{
	for (int k = 0; k < t->q->returned; k++)
		for (int i = 0; i < t->ncandidates; i++)
			if (strcmp(t->candidate[i].unit->code, t->q->returned_by[k]) == 0) {
				t->candidate[i].returned = true;
				t->candidate[i].z -= 4.0f * weight;
			}
}

static float one(const struct recommend_policy *p) { (void)p; return 1; }
static float duty_weight(const struct recommend_policy *p) { return p->duty; }
static float place_weight(const struct recommend_policy *p) { return p->place; }
static float returned_weight(const struct recommend_policy *p) { return p->returned; }

/* What a recommendation is made of, in order: those that bring units in, then those that weigh them. A learned model is one
 * more row. */
static const struct source {
	const char *name;
	void (*score)(struct trial *t, float weight);
	float (*weight)(const struct recommend_policy *p);
} sources[] = {
	{ "duty",     source_duty,     duty_weight },
	{ "named",    source_named,    one },
	{ "picked",   source_picked,   one },
	{ "place",    source_place,    place_weight },
	{ "returned", source_returned, returned_weight },
};

/* --- reasons ----------------------------------------------------------------------------------------------------------- */

static void
add_reason(struct recommend_unit *u, enum reason_kind kind, int start, int end, const char *text)
{
	if (u->reasons < RECOMMEND_REASONS && text)
		u->reason[u->reasons++] = (struct recommend_reason){ kind, start, end, text };
}

/* Points [start, end) of the reading as a reason: a copy of the words, and their place in the text if they stand there. */
static void
add_words(const struct trial *t, struct recommend_unit *u, int start, int end)
{
	bool in_text = start >= t->reading.text_at;
	const char *s = in_text ? t->q->text : t->q->title;
	size_t len = in_text ? t->q->text_len : strlen(t->q->title);
	int base = in_text ? t->reading.text_at : 0;
	size_t from = utf8_offset(s, len, (size_t)(start - base));
	size_t to = from + utf8_offset(s + from, len - from, (size_t)(end - start));

	add_reason(u, REASON_WORD, in_text ? start - base : -1, in_text ? end - base : -1,
	    arena_strndup(t->arena, s + from, to - from));
}

/* The words that spoke for the item: the heaviest runs of points, in the order of their weight. */
static void
word_reasons(struct trial *t, const struct candidate *c, struct recommend_unit *u)
{
	float *weight = arena_alloc(t->arena, ((size_t)t->reading.n + 1) * sizeof *weight);

	if (!weight)
		return;
	duty_match_explain(t->r->match, &t->reading, c->item, weight);
	for (int shown = 0; shown < WORDS_SHOWN; shown++) {
		float best = 0.8f, sum = 0;
		int from = -1, to = -1, start = 0;

		for (int i = 0; i <= t->reading.n; i++) {
			if (i < t->reading.n && weight[i] > 0 && i - start < WORD_POINTS) {
				sum += weight[i];
				continue;
			}
			if (sum > best && i - start >= 2) {
				best = sum;
				from = start;
				to = i;
			}
			sum = i < t->reading.n && weight[i] > 0 ? weight[i] : 0;
			start = sum > 0 ? i : i + 1;
		}
		if (from < 0)
			break;
		add_words(t, u, from, to);
		memset(weight + from, 0, (size_t)(to - from) * sizeof *weight);
	}
}

static void
item_reason(struct trial *t, const struct duty_item *item, struct recommend_unit *u)
{
	const char *definition = item->definition ? item->definition : "";
	size_t name = strlen(item->name), clip = utf8_offset(definition, strlen(definition), ITEM_POINTS);
	char *text = arena_alloc(t->arena, name + clip + 8);

	if (!text)
		return;
	memcpy(text, item->name, name);
	if (clip > 0) {
		memcpy(text + name, "：", 3);
		memcpy(text + name + 3, definition, clip);
	}
	add_reason(u, REASON_ITEM, -1, -1, text);
}

static void
explain(struct trial *t, const struct candidate *c, struct recommend_unit *u)
{
	if (c->returned)
		add_reason(u, REASON_RETURNED, -1, -1, c->unit->name);
	if (c->picked)
		add_reason(u, REASON_PICKED, -1, -1, u->item ? u->item->name : "");
	if (c->item >= 0 && t->reading.gram) /* no grams were read when the duty list is empty */
		word_reasons(t, c, u);
	if (c->named_at >= 0)
		add_words(t, u, c->named_at, c->named_end);
	if (u->item && !c->picked)
		item_reason(t, u->item, u);
	if (c->placed && t->place.name)
		add_reason(u, REASON_PLACE, t->place.in_address ? -1 : t->place.start, t->place.in_address ? -1 : t->place.end,
		    t->place.name);
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

/* Some word of the text speaks for the unit, or the citizen picked its item. A place alone, or a shape of words that no word of
 * can be shown, is no reason to believe that the matter is known. */
static bool
is_spoken_for(const struct recommend_unit *u)
{
	for (int i = 0; i < u->reasons; i++)
		if (u->reason[i].kind == REASON_WORD || u->reason[i].kind == REASON_PICKED)
			return true;
	return false;
}

static void
decide(struct trial *t, struct recommendation *out)
{
	float top = UNKNOWN;
	double sum;
	int order[RECOMMEND_UNITS], n = 0;

	for (int i = 0; i < t->ncandidates; i++) {
		int at;

		if (t->candidate[i].z > top)
			top = t->candidate[i].z;
		if (n == RECOMMEND_UNITS && t->candidate[i].z <= t->candidate[order[n - 1]].z)
			continue;
		at = n < RECOMMEND_UNITS ? n++ : n - 1;
		for (; at > 0 && t->candidate[order[at - 1]].z < t->candidate[i].z; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	sum = exp((double)(UNKNOWN - top));
	for (int i = 0; i < t->ncandidates; i++)
		sum += exp((double)(t->candidate[i].z - top));
	out->novel = true;
	for (int i = 0; i < n; i++) {
		const struct candidate *c = &t->candidate[order[i]];
		struct recommend_unit *u = &out->unit[out->units];

		u->p = (float)(exp((double)(c->z - top)) / sum);
		if (u->p < LEAST_P)
			break;
		out->units++;
		u->unit = c->unit;
		u->item = c->item >= 0 ? duty_item_at(t->r->duty, (size_t)c->item) : NULL;
		explain(t, c, u);
		if (u->p >= t->r->policy.novel_p && is_spoken_for(u))
			out->novel = false;
	}
}

void
recommend(const struct recommender *r, const struct recommend_query *q, struct arena *a, struct recommendation *out)
{
	struct trial t = { .r = r, .q = q, .arena = a };

	memset(out, 0, sizeof *out);
	out->model = r->model;
	out->novel = true;
	out->place.start = out->place.end = -1;
	find_place(&t);
	if (r->places)
		out->place = t.place;
	if (!read_appeal(&t))
		return;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		float weight = sources[i].weight(&r->policy);

		if (weight > 0)
			sources[i].score(&t, weight);
	}
	decide(&t, out);
}
