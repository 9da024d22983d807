#include "core/machine/recommend_inside.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/arena.h"
#include "core/base/clean.h"
#include "core/base/strmap.h"
#include "core/base/utf8.h"
#include "core/machine/grams.h"
#include "core/machine/whereabouts.h"

/* A second and third choice is worth a key even when the first is nearly sure; below this nothing spoke for it. */
static const float LEAST_P = 1e-5f;
/* After so many lessons a text of whose words so little was ever seen is unlike anything known. */
static const struct { uint64_t lessons; float known; } novel = { 500, 0.25f };

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

/* Items with the same lead rule share a number, so that a rule is resolved once for an appeal. */
static int *
number_rules(const struct duty_list *duty, int *rules)
{
	int *rule = calloc(duty_items(duty) + 1, sizeof *rule);
	struct strmap seen = { 0 };
	bool ok = rule != NULL;

	*rules = 0;
	for (size_t i = 0; ok && i < duty_items(duty); i++) {
		const char *lead = duty_item_at(duty, i)->lead;
		int *first = strmap_get(&seen, lead);

		rule[i] = first ? *first : (*rules)++;
		ok = first || strmap_add(&seen, lead, &rule[i]);
	}
	strmap_free(&seen);
	if (ok)
		return rule;
	free(rule);
	return NULL;
}

struct recommender *
recommender_new(const struct duty_list *duty, const struct gazetteer *places)
{
	struct recommender *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->duty = duty;
	r->places = places;
	r->policy = (struct recommend_policy){ .duty = 1, .history = 1, .place = 1, .returned = 1, .novel_p = 0.12f };
	r->match = duty_match_new(duty);
	r->units = unit_names(duty);
	r->joints = automaton_new();
	find_home(r);
	r->rule = number_rules(duty, &r->rules);
	snprintf(r->model, sizeof r->model, "duty-%d", duty_revision(duty));
	if (!r->match || !r->units || !r->joints || !recommend_joints(r->joints) || !r->rule) {
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
	automaton_free(r->joints);
	free(r->rule);
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
	place_seek(t->r->places, &(struct place_query){ .address = t->q->address, .corrected = t->q->corrected, .text = t->q->text,
	    .text_len = t->q->text ? t->q->text_len : 0, .hint = channel, .located = t->q->located, .lat = t->q->lat, .lng = t->q->lng },
	    &t->place);
	t->nareas = place_ancestors(t->r->places, t->place.code ? t->place.code : channel, t->area, AREAS_MAX);
	level = t->nareas > 0 ? place_level(t->r->places, t->area[0]) : NULL;
	if (!level || strcmp(level, "city") == 0) {
		memcpy(t->area, t->r->home, sizeof t->area);
		t->nareas = t->r->nhome;
	}
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

/* Some word of the text speaks for the unit, or the citizen picked its item. A place alone, or a shape of words that no word of
 * can be shown, is no reason to believe that the matter is known. */
static bool
is_spoken_for(const struct recommend_unit *u)
{
	if (u->worded)
		return true;
	for (int i = 0; i < u->reasons; i++)
		if (u->reason[i].kind == REASON_WORD || u->reason[i].kind == REASON_PICKED)
			return true;
	return false;
}

static bool
stands_before(const struct candidate *a, const struct candidate *b)
{
	return a->returned != b->returned ? b->returned : a->z > b->z;
}

static void
decide(struct trial *t, struct recommendation *out)
{
	float top = t->none;
	double sum;
	int order[RECOMMEND_UNITS], n = 0;

	for (int i = 0; i < t->ncandidates; i++) {
		int at;

		if (t->candidate[i].z > top)
			top = t->candidate[i].z;
		if (n == RECOMMEND_UNITS && !stands_before(&t->candidate[i], &t->candidate[order[n - 1]]))
			continue;
		at = n < RECOMMEND_UNITS ? n++ : n - 1;
		for (; at > 0 && stands_before(&t->candidate[i], &t->candidate[order[at - 1]]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	sum = exp((double)(t->none - top));
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
		recommend_explain(t, c, u);
		if (u->p >= t->r->policy.novel_p && is_spoken_for(u))
			out->novel = false;
	}
	if (t->known >= 0 && t->known < novel.known && learner_steps(t->model->units) >= novel.lessons)
		out->novel = true;
}

static bool
hear(struct trial *t)
{
	static const struct recommend_model nothing;

	if (!t->model)
		t->model = &nothing;
	t->known = -1;
	t->place.start = t->place.end = -1;
	t->led = arena_alloc(t->arena, ((size_t)t->r->rules + 1) * sizeof *t->led);
	t->asked = arena_alloc(t->arena, (size_t)t->r->rules + 1);
	t->item_score = arena_alloc(t->arena, (duty_items(t->r->duty) + 1) * sizeof *t->item_score);
	if (!t->led || !t->asked || !t->item_score)
		return false;
	find_place(t);
	if (!read_appeal(t))
		return false;
	recommend_score(t);
	return true;
}

void
recommend(const struct recommender *r, const struct recommend_model *model, const struct recommend_query *q, struct arena *a,
    struct recommendation *out)
{
	struct trial t = { .r = r, .model = model, .q = q, .arena = a };
	bool heard = hear(&t);
	char *name = model && model->name[0] ? arena_strdup(a, model->name) : NULL;

	memset(out, 0, sizeof *out);
	out->model = name ? name : r->model;
	out->novel = true;
	out->place = t.place;
	if (heard)
		decide(&t, out);
}

bool
recommend_hear(const struct recommender *r, const struct recommend_model *model, const struct recommend_query *q, const char *unit,
    struct arena *a, struct recommend_heard *out)
{
	struct trial *t = arena_alloc(a, sizeof *t);

	if (!t)
		return false;
	*t = (struct trial){ .r = r, .model = model, .q = q, .arena = a };
	if (!hear(t))
		return false;
	*out = (struct recommend_heard){ .n = t->heard + 1, .said = t->said };
	while (out->right < t->heard && strcmp(t->candidate[out->right].unit->code, unit) != 0)
		out->right++;
	return true;
}

void
recommend_teach(struct blend *voices, const struct recommend_heard *heard, float weight)
{
	float p[CANDIDATES_MAX + 1];

	blend_p(voices, heard->said[0], heard->n, p);
	blend_learn(voices, heard->said[0], heard->n, p, heard->right, weight);
	for (int k = VOICE_DUTY; k <= VOICE_SOLVED; k++) /* it may fall silent, but nobody is believed to mean the opposite of what he says */
		if (voices->weight[k] < 0)
			voices->weight[k] = 0;
}
