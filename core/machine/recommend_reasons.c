#include "core/machine/recommend_inside.h"

#include <stdio.h>
#include <string.h>
#include "core/base/utf8.h"

enum { WORDS_SHOWN = 3, WORD_POINTS = 8, SHORT = 2, ITEM_POINTS = 60, CASES_SHOWN = 2, NAME_POINTS = 32 };
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

/* --- words as people read them --------------------------------------------------------------------------------------------- */

/* Characters that are little words of their own, or join words: a reason neither begins nor ends with one, nor goes on across it. */
static const char little[] = "的了吗呢吧啊呀把很太也都我你您他她它们这那哪在是和与或但因从到要像";
/* What any appeal says, in words that a run may hold by chance. */
static const char *const joints[] = { "旁边", "一直", "已经", "没有", "什么", "怎么", "为什么", "邻居", "居民", "市民", "附近", "门口", "里面", "外面", "上面", "下面",
	"刚才", "现在", "今天", "昨天", "晚上", "每天", "经常", "非常", "希望", "尽快", "处理", "投诉", "反映", "咨询", "问题", "有人", "有一", "一个", "一只", "一条", "一些",
	"几个", "因为", "所以", "而且", "还有", "不知道", NULL };

bool
recommend_joints(struct automaton *a)
{
	uint32_t cp;

	for (size_t i = 0, n; i < sizeof little - 1; i += n) {
		n = utf8_decode(little + i, sizeof little - 1 - i, &cp);
		if (!automaton_add(a, little + i, n, 0))
			return false;
	}
	for (const char *const *word = joints; *word; word++)
		if (!automaton_add(a, *word, strlen(*word), 0))
			return false;
	return automaton_done(a);
}

/* Wherever these points stand, they are cut. */
static void
cut_name(const struct reading *r, const uint32_t *name, int points, bool *cut)
{
	for (int i = 0; i + points <= r->n; i++)
		if (r->point[i] == name[0] && memcmp(r->point + i, name, (size_t)points * sizeof *name) == 0)
			memset(cut + i, true, (size_t)points);
}

/* Names of the place and what it lies in are said of where, wherever the place was read; 竹坑社区 and 竹坑 alike. */
static void
cut_places(const struct trial *t, bool *cut)
{
	const char *chain[AREAS_MAX];
	int n = t->place.code ? place_ancestors(t->r->places, t->place.code, chain, AREAS_MAX) : 0;

	for (int k = 0; k < n; k++) {
		const char *name = place_name(t->r->places, chain[k]);
		size_t len = strlen(name);
		uint32_t point[NAME_POINTS];
		int points = 0;

		for (size_t i = 0; i < len && points < NAME_POINTS; points++)
			i += utf8_decode(name + i, len - i, &point[points]);
		if (points > 0)
			cut_name(&t->reading, point, points, cut);
		if (points >= 3)
			cut_name(&t->reading, point, points - (points >= 4 ? 2 : 1), cut);
	}
}

/* For each point whether no reason goes across it; found once for an appeal. NULL when memory is gone. */
static const bool *
find_cuts(struct trial *t)
{
	const struct reading *r = &t->reading;
	bool *cut = t->cut ? NULL : arena_alloc(t->arena, (size_t)r->n + 1);
	int state = 0;

	if (!cut)
		return t->cut;
	for (int i = 0; i < r->n; i++) {
		struct automaton_hit hit;

		cut[i] |= !r->point[i] || (r->aside && r->aside[i]);
		state = automaton_step(t->r->joints, state, r->point[i]);
		for (int at = -1; automaton_hits(t->r->joints, state, &at, &hit);)
			memset(cut + i + 1 - hit.points, true, (size_t)hit.points);
	}
	cut_places(t, cut);
	return t->cut = cut;
}

/* A run that leaves one or two points to the next cut is the whole of it: what is left over would be half a word, and so would the run. Points
 * of a run already shown have a weight below 0. */
static void
to_bounds(const struct reading *r, const bool *cut, const float *weight, int *from, int *to)
{
	int start = *from, end = *to;

	while (start > 0 && !cut[start - 1] && weight[start - 1] >= 0 && *from - start <= SHORT)
		start--;
	while (end < r->n && !cut[end] && weight[end] >= 0 && end - *to <= SHORT)
		end++;
	if (*from - start <= SHORT)
		*from = start;
	if (end - *to <= SHORT)
		*to = end;
}

/* The heaviest run of points; false when none says enough. */
static bool
heaviest(const struct trial *t, const float *weight, int *from, int *to)
{
	float best = LEAST_WORDS, sum = 0;
	int start = 0;

	*from = -1;
	for (int i = 0; i <= t->reading.n; i++) {
		if (i < t->reading.n && weight[i] > 0 && i - start < WORD_POINTS) {
			sum += weight[i];
			continue;
		}
		if (sum > best && i - start >= 2) {
			best = sum;
			*from = start;
			*to = i;
		}
		sum = i < t->reading.n && weight[i] > 0 ? weight[i] : 0;
		start = sum > 0 ? i : i + 1;
	}
	return *from >= 0;
}

/* The words that spoke for the unit: the heaviest runs of points, in the order of their weight. */
static void
word_reasons(struct trial *t, const struct candidate *c, struct recommend_unit *u)
{
	float *weight = weigh_points(t, c);
	const bool *cut = weight ? find_cuts(t) : NULL;
	int from, to;

	u->worded = weight && heaviest(t, weight, &from, &to);
	for (int i = 0; cut && i < t->reading.n; i++)
		if (cut[i])
			weight[i] = 0;
	for (int shown = 0; cut && shown < WORDS_SHOWN && heaviest(t, weight, &from, &to); shown++) {
		to_bounds(&t->reading, cut, weight, &from, &to);
		add_words(t, u, from, to);
		for (int i = from; i < to; i++)
			weight[i] = -1;
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
