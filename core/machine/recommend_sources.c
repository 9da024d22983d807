#include "core/machine/recommend_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Fitted on held-out appeals (tests/bench/README.md, "Recommendation"): SHARP turns an item's score into odds that add up over a
 * unit's items, FIRM the unit's sum into log-odds; UNKNOWN is what speaks for "none of these". */
static const float SHARP = 5.0f, UNKNOWN = 3.0f, FIRM = 1.5f;
/* What a voice that does not name a unit at all gives it. */
static const float UNHEARD = 1e-4f;
/* A learnt item of this probability is worth as much as a few shared words. */
static const float WHISPER = 0.005f;
static const float HALF_ALIKE = 0.5f;
/* A unit that has sent the case back stands behind every other. */
static const float RETURNED = 12;

/* Before any decision the duty list speaks alone. What was learnt is heard from the start, softly: while it knows nothing it says of all
 * units the same. */
const struct blend_voice recommend_voices[RECOMMEND_VOICES] = {
	[VOICE_DUTY] = { "duty", 1.0f }, [VOICE_UNITS] = { "units", 0.3f }, [VOICE_ITEMS] = { "items", 0.1f },
	[VOICE_SOLVED] = { "solved", 4.0f },
	[VOICE_NAMED] = { "named", 1.0f }, [VOICE_ELSEWHERE] = { "elsewhere", -2.5f }, [VOICE_NONE] = { "none", 0.0f },
};

/* --- candidates ------------------------------------------------------------------------------------------------------- */

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
lead_anywhere(const struct trial *t, const struct duty_item *item)
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

/* Asked once for each rule: the items share few of them. */
static const struct unit *
lead_of(struct trial *t, int item)
{
	int rule = t->r->rule[item];

	if (!t->asked[rule]) {
		t->led[rule] = lead_anywhere(t, duty_item_at(t->r->duty, (size_t)item));
		t->asked[rule] = true;
	}
	return t->led[rule];
}

static int
number_of(const struct trial *t, const char *code)
{
	const struct duty_item *item = duty_item(t->r->duty, code);

	return item ? item->number : -1;
}

static float
loudness(float p)
{
	return logf(p > UNHEARD ? p : UNHEARD);
}

/* --- sources that bring units in --------------------------------------------------------------------------------------- */

/* What speaks for an item, from the list's words and from what was learnt, in one coin: logarithms of odds. */
static void
item_speaks(struct trial *t, int item, float score)
{
	if (t->item_score[item] == 0 && t->nspoken < SPOKEN_MAX)
		t->spoken[t->nspoken++] = item;
	t->item_score[item] += score;
}

/* Each unit is recommended for the item that speaks loudest among those it leads here. */
static void
choose_items(struct trial *t)
{
	for (int i = 0; i < t->nspoken; i++) {
		int item = t->spoken[i];
		const struct unit *u = lead_of(t, item);
		struct candidate *c = u ? candidate_of(t, u) : NULL;

		if (c && (c->item < 0 || t->item_score[item] > t->item_score[c->item]))
			c->item = item;
	}
}

static void
source_duty(struct trial *t, float weight)
{
	struct duty_hit hit[ITEMS_MAX];
	int n = duty_match_find(t->r->match, &t->reading, t->arena, hit, ITEMS_MAX);

	(void)weight;
	for (int i = 0; i < n; i++) {
		const struct unit *u = lead_of(t, hit[i].item);
		struct candidate *c = u ? candidate_of(t, u) : NULL;

		if (!c)
			continue;
		c->mass += exp((double)(SHARP * hit[i].score));
		item_speaks(t, hit[i].item, SHARP * hit[i].score);
	}
}

/* Units that decisions on such texts went to. A label that is no unit of the list any more speaks for nobody. */
static void
source_units(struct trial *t, float weight)
{
	struct guess guess[LEARNER_GUESSES];
	int n;
	float known;

	(void)weight;
	if (!t->of_units)
		return;
	n = learner_guess(t->model->units, t->of_units, guess, LEARNER_GUESSES, &known);
	t->known = known;
	for (int i = 0; i < n; i++) {
		const struct unit *u = duty_unit(t->r->duty, learner_code(t->model->units, guess[i].label));

		if (u && u->active)
			candidate_of(t, u);
	}
}

/* The same text once more goes where it went: one decision must be enough for that, whatever the others say. */
static void
source_solved(struct trial *t, float weight)
{
	struct learner_near near[LEARNER_NEAR];
	int n;

	(void)weight;
	if (!t->of_units)
		return;
	n = learner_nearest(t->model->units, t->of_units, near, LEARNER_NEAR);
	for (int i = 0; i < n; i++) {
		const struct unit *u = duty_unit(t->r->duty, learner_code(t->model->units, near[i].label));
		struct candidate *c = u && u->active && near[i].likeness > HALF_ALIKE ? candidate_of(t, u) : NULL;

		if (c)
			c->solved = fmaxf(c->solved, (near[i].likeness - HALF_ALIKE) / (1 - HALF_ALIKE));
	}
}

/* Items that decisions on such texts named; their units follow from the rules and the place. */
static void
source_items(struct trial *t, float weight)
{
	struct guess guess[LEARNER_GUESSES];
	int n;

	(void)weight;
	if (!t->of_items)
		return;
	n = learner_guess(t->model->items, t->of_items, guess, LEARNER_GUESSES, NULL);
	for (int i = 0; i < n; i++) {
		int item = number_of(t, learner_code(t->model->items, guess[i].label));
		const struct unit *u = item >= 0 ? lead_of(t, item) : NULL;
		struct candidate *c = u ? candidate_of(t, u) : NULL;

		if (!c)
			continue;
		c->by_item += guess[i].p;
		item_speaks(t, item, logf(1 + guess[i].p / WHISPER));
	}
}

/* --- their voices joined ----------------------------------------------------------------------------------------------- */

/* The logarithm of each candidate's share by the duty list; "none of these" comes last. */
static void
duty_shares(struct trial *t, float *share)
{
	int n = t->ncandidates;
	float top = UNKNOWN;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		share[i] = t->candidate[i].mass > 0 ? FIRM * logf((float)t->candidate[i].mass) : UNKNOWN - 6;
		if (share[i] > top)
			top = share[i];
	}
	share[n] = UNKNOWN;
	for (int i = 0; i <= n; i++)
		sum += exp((double)(share[i] - top));
	for (int i = 0; i <= n; i++)
		share[i] -= top + (float)log(sum);
}

/* What each voice says of each candidate, and of "none of these", side by side. */
static void
gather(struct trial *t)
{
	float share[CANDIDATES_MAX + 1], by_units = 0, by_items = 0, *none = t->said[t->ncandidates];

	duty_shares(t, share);
	for (int i = 0; i < t->ncandidates; i++) {
		struct candidate *c = &t->candidate[i];
		float by_unit = t->of_units ? learner_p(t->model->units, t->of_units, learner_find(t->model->units, c->unit->code)) : 0;

		by_units += by_unit;
		by_items += c->by_item;
		t->said[i][VOICE_DUTY] = share[i];
		t->said[i][VOICE_UNITS] = t->of_units ? loudness(by_unit) : 0;
		t->said[i][VOICE_ITEMS] = t->of_items ? loudness(c->by_item) : 0;
		t->said[i][VOICE_SOLVED] = c->solved;
		t->said[i][VOICE_NAMED] = c->named_at >= 0;
		t->said[i][VOICE_ELSEWHERE] = c->elsewhere;
		t->said[i][VOICE_NONE] = 0;
	}
	memset(none, 0, sizeof t->said[0]);
	none[VOICE_DUTY] = share[t->ncandidates];
	none[VOICE_UNITS] = t->of_units ? loudness(1 - by_units) : 0;
	none[VOICE_ITEMS] = t->of_items ? loudness(1 - by_items) : 0;
	none[VOICE_NONE] = 1;
}

/* A product of experts: the weighted sum of what the voices say. */
static void
join(struct trial *t, float weight)
{
	const struct recommend_policy *p = &t->r->policy;
	const float loud[RECOMMEND_VOICES] = { [VOICE_DUTY] = p->duty, [VOICE_UNITS] = p->history, [VOICE_ITEMS] = p->history,
		[VOICE_SOLVED] = p->history, [VOICE_NAMED] = 1, [VOICE_ELSEWHERE] = p->place, [VOICE_NONE] = 1 };

	(void)weight;
	choose_items(t);
	gather(t);
	t->heard = t->ncandidates;
	for (int i = 0; i <= t->ncandidates; i++) {
		float z = 0;

		for (int k = 0; k < RECOMMEND_VOICES; k++)
			z += t->voice[k] * loud[k] * t->said[i][k];
		if (i < t->ncandidates)
			t->candidate[i].z = z;
		else
			t->none = z;
	}
}

/* --- sources that weigh them ------------------------------------------------------------------------------------------- */

/* A unit named in the text: often the one meant, sometimes the one complained about. */
static void
source_named(struct trial *t, float weight)
{
	int state = 0;

	(void)weight;
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
	(void)weight;
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
		c->elsewhere = n >= 0;
	}
}

static void
source_picked(struct trial *t, float weight)
{
	int item = t->q->picked_item && t->q->picked_item[0] ? number_of(t, t->q->picked_item) : -1;
	const struct unit *u = item >= 0 ? lead_of(t, item) : NULL;
	int before = t->ncandidates;
	struct candidate *c = u ? candidate_of(t, u) : NULL;

	if (!c)
		return;
	if (t->ncandidates > before)
		c->z = t->none;
	c->item = item;
	c->picked = true;
	c->z = fmaxf(c->z, t->none) + 4.0f * weight;
}

/* However much speaks for a unit that has sent the case back, it stands behind the best of the others. */
static void
source_returned(struct trial *t, float weight)
{
	float best = -INFINITY;

	for (int i = 0; i < t->ncandidates; i++) {
		bool back = false;

		for (int k = 0; k < t->q->returned; k++)
			back |= strcmp(t->candidate[i].unit->code, t->q->returned_by[k]) == 0;
		if (!back)
			best = fmaxf(best, t->candidate[i].z);
	}
	for (int k = 0; k < t->q->returned; k++)
		for (int i = 0; i < t->ncandidates; i++)
			if (strcmp(t->candidate[i].unit->code, t->q->returned_by[k]) == 0) {
				t->candidate[i].returned = true;
				t->candidate[i].z = (best > -INFINITY ? fminf(t->candidate[i].z, best) : t->candidate[i].z) - RETURNED * weight;
			}
}

static float always(const struct recommend_policy *p) { (void)p; return 1; }
static float duty_weight(const struct recommend_policy *p) { return p->duty; }
static float history_weight(const struct recommend_policy *p) { return p->history; }
static float place_weight(const struct recommend_policy *p) { return p->place; }
static float returned_weight(const struct recommend_policy *p) { return p->returned; }

/* What a recommendation is made of, in order: those that bring units in, those that say something of them, all of that joined, and what
 * nobody can outvote. */
static const struct source {
	const char *name;
	void (*score)(struct trial *t, float weight);
	float (*weight)(const struct recommend_policy *p);
} sources[] = {
	{ "duty",     source_duty,     duty_weight },
	{ "units",    source_units,    history_weight },
	{ "items",    source_items,    history_weight },
	{ "solved",   source_solved,   history_weight },
	{ "named",    source_named,    always },
	{ "place",    source_place,    place_weight },
	{ "join",     join,            always },
	{ "picked",   source_picked,   always },
	{ "returned", source_returned, returned_weight },
};

/* The learners read the text once, and only if they know something. */
static void
listen(struct trial *t)
{
	const struct learner *units = t->model->units, *items = t->model->items;
	struct learner_text what = { .text = t->q->text ? t->q->text : "", .len = t->q->text ? t->q->text_len : 0, .title = t->q->title,
		.place = t->place.code, .channel = t->q->channel, .type = t->q->type };
	uint64_t lessons = units ? learner_steps(units) : 0;

	for (int k = 0; k < RECOMMEND_VOICES; k++)
		t->voice[k] = t->model->voices ? t->model->voices->weight[k] : recommend_voices[k].start;
	if (t->r->policy.history <= 0)
		return;
	if (lessons > 0)
		t->of_units = learner_read(units, &what, t->arena);
	if (items && learner_steps(items) > 0)
		t->of_items = t->of_units ? learner_read_again(items, t->of_units, t->arena) : learner_read(items, &what, t->arena);
}

void
recommend_score(struct trial *t)
{
	listen(t);
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		float weight = sources[i].weight(&t->r->policy);

		if (weight > 0)
			sources[i].score(t, weight);
	}
}
