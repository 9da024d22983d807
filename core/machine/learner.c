#include "core/machine/learner.h"

#include <stdlib.h>
#include <string.h>
#include "core/machine/learner_inside.h"

struct learner *
learner_new(int labels)
{
	return learner_with(labels, &(struct attributes){ 0 });
}

struct learner *
learner_with(int labels, const struct attributes *attributes)
{
	struct learner *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->attributes = *attributes;
	l->most = labels < 2 ? 2 : labels > LEARNER_LABELS ? LEARNER_LABELS : labels;
	l->label = calloc((size_t)l->most, sizeof *l->label);
	l->words = label_words_new(l->most);
	blend_init(&l->blend, voices_start, VOICE_COUNT);
	if (!l->label || !l->words || !voices_init(&l->voices, l->most, l->words, &l->attributes)) {
		l->attributes = (struct attributes){ 0 };
		learner_free(l);
		return NULL;
	}
	return l;
}

void
learner_free(struct learner *l)
{
	if (!l)
		return;
	for (int i = 0; i < l->labels; i++) {
		free(l->label[i]->code);
		free(l->label[i]->words);
		free(l->label[i]);
	}
	free(l->label);
	strmap_free(&l->by_code);
	label_words_free(l->words);
	voices_free(&l->voices);
	trees_free(&l->trees);
	attributes_free(&l->attributes);
	arena_free(&l->scratch);
	free(l);
}

int
learner_find(const struct learner *l, const char *code)
{
	const struct label *b = strmap_get(&l->by_code, code);

	return b ? b->number : -1;
}

int
learner_label(struct learner *l, const char *code, const char *words)
{
	int at = learner_find(l, code);
	struct label *b;

	if (at >= 0)
		return at;
	if (l->labels == l->most || !(b = calloc(1, sizeof *b)))
		return -1;
	b->code = strdup(code);
	b->words = strdup(words && words[0] ? words : code);
	b->number = l->labels;
	if (b->code && b->words && strmap_add(&l->by_code, b->code, b)) {
		l->label[l->labels] = b; /* the map has it: it must stay, whatever becomes of its words */
		l->labels++;
		voices_label(&l->voices, b->words);
		return label_words_add(l->words, b->words) ? b->number : -1;
	}
	free(b->code);
	free(b->words);
	free(b);
	return -1;
}

const char *
learner_code(const struct learner *l, int label)
{
	return label >= 0 && label < l->labels ? l->label[label]->code : "";
}

int
learner_labels(const struct learner *l)
{
	return l->labels;
}

uint64_t
learner_steps(const struct learner *l)
{
	return l->steps;
}

size_t
learner_bytes(const struct learner *l)
{
	size_t bytes = sizeof *l + (size_t)l->most * sizeof *l->label + l->by_code.slots * 24;

	for (int i = 0; i < l->labels; i++)
		bytes += sizeof **l->label + strlen(l->label[i]->code) + strlen(l->label[i]->words) + 50;
	return bytes + label_words_bytes(l->words) + (size_t)l->trees.n * sizeof *l->trees.tree + voices_bytes(&l->voices);
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

static struct learner_reading *
hear(const struct learner *l, struct features *f, struct arena *a)
{
	struct learner_reading *r = arena_alloc(a, sizeof *r);

	if (!r || !f || !voices_hear(&l->voices, f, a, &r->heard))
		return NULL;
	r->weight = arena_alloc(a, ((size_t)f->points + 1) * sizeof *r->weight);
	r->each = arena_alloc(a, ((size_t)f->n + 1) * sizeof *r->each);
	if (!r->weight || !r->each)
		return NULL;
	choice_make(&r->choice, &r->heard, &l->blend, &l->trees);
	return r;
}

struct learner_reading *
learner_read(const struct learner *l, const struct learner_text *t, struct arena *a)
{
	return hear(l, features_of(t, a), a);
}

struct learner_reading *
learner_read_again(const struct learner *l, const struct learner_reading *of, struct arena *a)
{
	return hear(l, of->heard.f, a);
}

int
learner_guess(const struct learner *l, struct learner_reading *r, struct guess *out, int max, float *known)
{
	int n = 0;

	if (known)
		*known = r->heard.text.known;
	if (l->steps == 0)
		return 0;
	if (max > LEARNER_GUESSES)
		max = LEARNER_GUESSES;
	for (int i = 1; i < r->choice.n; i++) {
		int at;

		if (n == max && (n == 0 || r->choice.p[i] <= out[n - 1].p))
			continue;
		at = n < max ? n++ : n - 1;
		for (; at > 0 && out[at - 1].p < r->choice.p[i]; at--)
			out[at] = out[at - 1];
		out[at] = (struct guess){ r->choice.label[i], r->choice.p[i] };
	}
	return n;
}

float
learner_p(const struct learner *l, const struct learner_reading *r, int label)
{
	int i = choice_find(&r->choice, label);

	(void)l;
	return i != CHOICE_OTHERS ? r->choice.p[i] : 0;
}

int
learner_explain(const struct learner *l, struct learner_reading *r, int label, const float **weight)
{
	const struct features *f = r->heard.f;
	float *each;

	*weight = r->weight;
	if (label < 0 || label >= l->labels)
		return 0;
	each = r->each;
	memset(r->weight, 0, ((size_t)f->points + 1) * sizeof *r->weight);
	for (int i = 0; i < f->n; i++) {
		float w = r->heard.text.weight[i];

		each[i] = w > 0 ? w * lexicon_contrast(l->voices.lexicon, f->f[i].id, label, r->heard.linear) : 0;
		each[i] /= ((float)f->f[i].times * (float)(f->f[i].points ? f->f[i].points : 1));
	}
	for (int s = 0; s < f->nspots; s++)
		for (int k = 0; k < f->f[f->spot[s].feature].points && f->spot[s].at + k < f->points; k++)
			r->weight[f->spot[s].at + k] += each[f->spot[s].feature];
	return f->points;
}

int
learner_nearest(const struct learner *l, struct learner_reading *r, struct learner_near *out, int max)
{
	int n = 0;

	(void)l;
	for (; n < r->heard.nnear && n < max; n++)
		out[n] = (struct learner_near){ r->heard.near[n].no, r->heard.near[n].label, r->heard.near[n].likeness };
	return n;
}

/* --- learning ---------------------------------------------------------------------------------------------------------- */

bool
learner_learn(struct learner *l, const struct lesson *what)
{
	struct learner_reading *r;
	float *p;

	if (what->label < 0 || what->label >= l->labels)
		return false;
	arena_reset(&l->scratch);
	r = learner_read(l, &what->what, &l->scratch);
	if (!r)
		return false;
	if (!(p = arena_alloc(&l->scratch, (CANDIDATES + 1) * sizeof *p)))
		return false;
	blend_p(&l->blend, r->heard.said, r->heard.candidates + 1, p);
	blend_learn(&l->blend, r->heard.said, r->heard.candidates + 1, p, voices_candidate(&r->heard, what->label), what->weight);
	l->steps++;
	return voices_learn(&l->voices, r->heard.f, what->label, what->no, what->weight, &l->scratch);
}
