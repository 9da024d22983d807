#include "core/machine/voices.h"

#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/packing.h"

const struct blend_voice voices_start[VOICE_COUNT] = {
#define X(id, name, start) [VOICE_##id] = { name, start },
	VOICES(X)
#undef X
};

enum { RECENT_LESSONS = 300, FEW_LABELS = 256 };
static const float least_log = -9.0f, live_rate = 3.0f;

bool
voices_init(struct voices *v, int labels, const struct label_words *words)
{
	bool few = labels <= FEW_LABELS;

	memset(v, 0, sizeof *v);
	v->labels = labels;
	v->words = words;
	v->lexicon = lexicon_new(few ? 18 : 19, labels, few ? 3000000 : 12000000);
	v->near = neighbours_new(few ? 17 : 18, few ? 16384 : 32768, few ? 5000000 : 10000000);
	v->recent = calloc((size_t)labels, sizeof *v->recent);
	v->recent_at = calloc((size_t)labels, sizeof *v->recent_at);
	return v->lexicon && v->near && v->recent && v->recent_at;
}

void
voices_free(struct voices *v)
{
	lexicon_free(v->lexicon);
	neighbours_free(v->near);
	free(v->recent);
	free(v->recent_at);
	memset(v, 0, sizeof *v);
}

size_t
voices_bytes(const struct voices *v)
{
	return lexicon_bytes(v->lexicon) + neighbours_bytes(v->near) + (size_t)v->labels * (sizeof *v->recent + sizeof *v->recent_at);
}

/* z becomes probabilities; what is 16 below the best is 0. */
static void
softmax(const struct voices *v, float *z)
{
	float best = -1e30f, sum = 0;

	for (int i = 0; i < v->known; i++)
		if (lexicon_seen(v->lexicon, i) > 0 && z[i] > best)
			best = z[i];
	for (int i = 0; i < v->known; i++) {
		z[i] = lexicon_seen(v->lexicon, i) > 0 && z[i] > best - 16.0f ? approx_exp(z[i] - best) : 0;
		sum += z[i];
	}
	for (int i = 0; sum > 0 && i < v->known; i++)
		z[i] /= sum;
}

static float
log_of(float p)
{
	return p > 1.3e-4f ? approx_log(p) : least_log;
}

static float
recent_of(const struct voices *v, int label)
{
	if (v->recent[label] <= 0)
		return 0;
	return v->recent[label] * approx_exp(-(float)(v->lessons - v->recent_at[label]) / RECENT_LESSONS);
}

struct ear {
	const struct voices *v;
	struct hearing *h;
	float *bayes, *share, *vote, *nearest;
	uint8_t *taken;
};

static void
take(struct ear *e, int label)
{
	if (e->taken[label] || e->h->candidates == CANDIDATES)
		return;
	e->taken[label] = 1;
	e->h->label[e->h->candidates++] = label;
}

/* The best `max` of what score says, by insertion; ties go to the lower label. */
static void
take_best(struct ear *e, const float *score, int max, float least)
{
	int best[CANDIDATES], n = 0;

	for (int i = 0; i < e->v->known; i++) {
		int at;

		if (!(score[i] > least) || (n == max && score[i] <= score[best[n - 1]]))
			continue;
		at = n < max ? n++ : n - 1;
		for (; at > 0 && score[best[at - 1]] < score[i]; at--)
			best[at] = best[at - 1];
		best[at] = i;
	}
	for (int i = 0; i < n; i++)
		take(e, best[i]);
}

static void
say(const struct ear *e, float best_bayes, float votes)
{
	const struct voices *v = e->v;
	float total = lexicon_total(v->lexicon), every = (float)v->known;

	for (int i = 0; i < e->h->candidates; i++) {
		int l = e->h->label[i];
		float *s = e->h->said + i * VOICE_COUNT;
		float seen = lexicon_seen(v->lexicon, l);

		s[VOICE_LINEAR] = log_of(e->h->linear[l]);
		s[VOICE_BAYES] = seen > 0 && e->bayes[l] - best_bayes > least_log ? e->bayes[l] - best_bayes : least_log;
		s[VOICE_NEAR] = log_of((e->vote[l] + 0.02f) / (votes + 0.5f));
		s[VOICE_NEAREST] = e->nearest[l];
		s[VOICE_PRIOR] = approx_log((seen + 0.5f) / (total + 0.5f * every));
		s[VOICE_RECENT] = approx_log((recent_of(v, l) + 0.5f) / (RECENT_LESSONS * 0.5f));
		s[VOICE_WORDS] = e->share[l];
		s[VOICE_NAMED] = e->share[l] > 0.99f ? 1.0f : 0;
	}
	e->h->label[e->h->candidates] = -1;
	e->h->said[e->h->candidates * VOICE_COUNT + VOICE_OTHER] = 1.0f;
}

bool
voices_hear(const struct voices *v, struct features *f, struct arena *a, struct hearing *h)
{
	struct ear e = { .v = v, .h = h };
	size_t n = (size_t)v->known + 1;
	int hit[16], hits;
	float best = -1e30f, votes = 0;

	memset(h, 0, sizeof *h);
	h->f = f;
	h->w = arena_alloc(a, ((size_t)f->n + 1) * sizeof *h->w);
	h->linear = arena_alloc(a, n * sizeof(float));
	e.bayes = arena_alloc(a, n * sizeof(float));
	e.share = arena_alloc(a, (size_t)v->labels * sizeof(float));
	e.vote = arena_alloc(a, n * sizeof(float));
	e.nearest = arena_alloc(a, n * sizeof(float));
	e.taken = arena_alloc(a, n);
	h->said = arena_alloc(a, (CANDIDATES + 1) * VOICE_COUNT * sizeof *h->said);
	if (!h->w || !h->linear || !e.bayes || !e.share || !e.vote || !e.nearest || !e.taken || !h->said)
		return false;
	h->known = lexicon_weigh(v->lexicon, f, h->w);
	lexicon_score(v->lexicon, f, h->w, h->linear, e.bayes);
	softmax(v, h->linear);
	h->nnear = neighbours_find(v->near, v->lexicon, f, a, h->near, VOICES_NEAR);
	for (int i = 0; i < h->nnear; i++) {
		float like = h->near[i].likeness;

		votes += like * like;
		e.vote[h->near[i].label] += like * like;
		if (like > e.nearest[h->near[i].label])
			e.nearest[h->near[i].label] = like;
	}
	hits = label_words_find(v->words, f, e.share, hit, 16);
	for (int i = 0; i < v->known; i++)
		if (lexicon_seen(v->lexicon, i) > 0 && e.bayes[i] > best)
			best = e.bayes[i];
	take_best(&e, h->linear, 24, 1e-5f);
	for (int i = 0; i < h->nnear; i++)
		take(&e, h->near[i].label);
	for (int i = 0; i < hits; i++)
		if (e.share[hit[i]] > 0.3f)
			take(&e, hit[i]);
	say(&e, best, votes);
	return true;
}

int
voices_candidate(const struct hearing *h, int label)
{
	int i = 0;

	while (i < h->candidates && h->label[i] != label)
		i++;
	return i;
}

bool
voices_count(struct voices *v, const struct features *f, int label, float weight)
{
	v->recent[label] = recent_of(v, label) + weight;
	v->recent_at[label] = v->lessons++;
	return lexicon_see(v->lexicon, f, label, weight);
}

bool
voices_step(struct voices *v, const struct features *f, int label, float rate, struct arena *scratch)
{
	float *z = arena_alloc(scratch, ((size_t)v->known + 1) * sizeof *z);
	float *w = arena_alloc(scratch, ((size_t)f->n + 1) * sizeof *w);

	if (!z || !w)
		return false;
	lexicon_weigh(v->lexicon, f, w);
	lexicon_score(v->lexicon, f, w, z, NULL);
	softmax(v, z);
	lexicon_step(v->lexicon, f, w, z, label, rate);
	return true;
}

bool
voices_keep(struct voices *v, const struct features *f, int label, int64_t no)
{
	return neighbours_add(v->near, v->lexicon, f, label, no);
}

bool
voices_learn(struct voices *v, const struct features *f, int label, int64_t no, float weight, struct arena *scratch)
{
	return voices_count(v, f, label, weight) && voices_step(v, f, label, live_rate * weight, scratch) &&
	    voices_keep(v, f, label, no);
}

void
voices_save(const struct voices *v, struct buf *out)
{
	pack_var(out, v->lessons);
	for (int i = 0; i < v->known; i++) {
		pack_f32(out, v->recent[i]);
		pack_var(out, v->lessons - v->recent_at[i]);
	}
	lexicon_save(v->lexicon, out);
	neighbours_save(v->near, out);
}

bool
voices_load(struct voices *v, struct unpack *u)
{
	v->lessons = unpack_var(u, INT64_MAX);
	for (int i = 0; i < v->known; i++) {
		v->recent[i] = unpack_f32(u);
		v->recent_at[i] = v->lessons - unpack_var(u, v->lessons);
	}
	return !u->failed && lexicon_load(v->lexicon, u, v->known) && neighbours_load(v->near, u, v->known);
}
