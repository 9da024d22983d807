#include "core/machine/recommend_inside.h"

#include <stdio.h>
#include <string.h>
#include "core/base/utf8.h"

enum { WORDS_SHOWN = 3, WORD_POINTS = 12, ITEM_POINTS = 60, CASES_SHOWN = 2 };
/* Below this a run of words says too little to be shown; a solved case less like this one is no example. */
static const float LEAST_WORDS = 0.8f, LEAST_LIKENESS = 0.35f, QUIET = 0.15f;

static struct recommend_reason *
add_reason(struct recommend_unit *u, enum reason_kind kind, int start, int end, const char *text)
{
	if (u->reasons == RECOMMEND_REASONS || !text)
		return NULL;
	u->reason[u->reasons] = (struct recommend_reason){ .kind = kind, .start = start, .end = end, .text = text };
	return &u->reason[u->reasons++];
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

/* What each point said for the candidate: to the duty list, and to what was learnt, each as loud as it was in the decision. */
static float *
weigh_points(struct trial *t, const struct candidate *c)
{
	float *weight = arena_alloc(t->arena, ((size_t)t->reading.n + 1) * sizeof *weight);
	float duty = t->voice[VOICE_DUTY], learnt = t->of_units ? t->voice[VOICE_UNITS] : 0;
	int label = t->of_units ? learner_find(t->model->units, c->unit->code) : -1;
	float peak = 0;

	if (!weight)
		return NULL;
	if (c->item >= 0 && t->reading.gram) /* no grams were read when the duty list is empty */
		duty_match_explain(t->r->match, &t->reading, c->item, weight);
	if (label >= 0) {
		const float *learnt_weight;
		int n = learner_explain(t->model->units, t->of_units, label, &learnt_weight);

		for (int i = 0; i < t->reading.n; i++)
			weight[i] *= duty / (duty + learnt);
		for (int i = 0; i < n && t->reading.text_at + i < t->reading.n; i++)
			weight[t->reading.text_at + i] += learnt_weight[i] * learnt / (duty + learnt);
	}
	for (int i = 0; i < t->reading.n; i++)
		peak = weight[i] > peak ? weight[i] : peak;
	/* A mark between words is no word, where it happened is a reason of its own, and what says little among what says much only joins
	 * words that do not belong together. */
	for (int i = 0; i < t->reading.n; i++)
		if (!t->reading.point[i] || (t->reading.aside && t->reading.aside[i]) || weight[i] < QUIET * peak)
			weight[i] = 0;
	return weight;
}

/* The words that spoke for the unit: the heaviest runs of points, in the order of their weight. */
static void
word_reasons(struct trial *t, const struct candidate *c, struct recommend_unit *u)
{
	float *weight = weigh_points(t, c);

	for (int shown = 0; weight && shown < WORDS_SHOWN; shown++) {
		float best = LEAST_WORDS, sum = 0;
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

/* Solved cases like this one that went to the unit. */
static void
case_reasons(struct trial *t, const struct candidate *c, struct recommend_unit *u)
{
	struct learner_near near[LEARNER_NEAR];
	int label = t->of_units ? learner_find(t->model->units, c->unit->code) : -1;
	int n = label >= 0 ? learner_nearest(t->model->units, t->of_units, near, LEARNER_NEAR) : 0;

	for (int i = 0, shown = 0; i < n && shown < CASES_SHOWN; i++) {
		struct recommend_reason *r;
		char *no;

		if (near[i].label != label || near[i].no == 0 || near[i].likeness < LEAST_LIKENESS || !(no = arena_alloc(t->arena, 20)))
			continue;
		number_show(near[i].no, no);
		if ((r = add_reason(u, REASON_CASE, -1, -1, no))) {
			r->likeness = near[i].likeness;
			shown++;
		}
	}
}

void
recommend_explain(struct trial *t, const struct candidate *c, struct recommend_unit *u)
{
	if (c->returned)
		add_reason(u, REASON_RETURNED, -1, -1, c->unit->name);
	if (c->picked)
		add_reason(u, REASON_PICKED, -1, -1, u->item ? u->item->name : "");
	word_reasons(t, c, u);
	if (c->named_at >= 0)
		add_words(t, u, c->named_at, c->named_end);
	if (u->item && !c->picked)
		item_reason(t, u->item, u);
	case_reasons(t, c, u);
	if (c->placed && t->place.name)
		add_reason(u, REASON_PLACE, t->place.in_address ? -1 : t->place.start, t->place.in_address ? -1 : t->place.end,
		    t->place.name);
}
