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
static const float least_log = -9.0f, live_rate = 3.0f, softness = 0.5f; /* of the margin: 1 / 2C */

bool
voices_init(struct voices *v, int labels, const struct label_words *words, const struct attributes *attributes)
{
	bool few = labels <= FEW_LABELS;

	memset(v, 0, sizeof *v);
	v->labels = labels;
	v->words = words;
	v->attributes = attributes;
	v->has = calloc((size_t)labels, sizeof *v->has);
	if (attributes->n > 0 && !(v->shared = lexicon_new(few ? 17 : 18, attributes->n, few ? 2000000 : 4000000, true)))
		return false;
	v->lexicon = lexicon_new(few ? 18 : 19, labels, few ? 3000000 : 12000000, false);
	v->near = neighbours_new(few ? 17 : 18, few ? 16384 : 32768, few ? 2500000 : 5000000);
	v->recent = calloc((size_t)labels, sizeof *v->recent);
	v->recent_at = calloc((size_t)labels, sizeof *v->recent_at);
	return v->lexicon && v->has && v->near && v->recent && v->recent_at;
}

void
voices_label(struct voices *v, const char *name)
{
	struct label_attributes *has = &v->has[v->known++];

	has->n = attributes_of(v->attributes, name, has->a);
}

int
voices_multipliers(const struct voices *v)
{
	return v->known + (v->shared ? v->attributes->n : 0);
}

void
voices_free(struct voices *v)
{
	lexicon_free(v->shared);
	free(v->has);
	lexicon_free(v->lexicon);
	neighbours_free(v->near);
	free(v->recent);
	free(v->recent_at);
	memset(v, 0, sizeof *v);
}

size_t
voices_bytes(const struct voices *v)
{
	return lexicon_bytes(v->lexicon) + (v->shared ? lexicon_bytes(v->shared) : 0) + (size_t)v->labels * sizeof *v->has + neighbours_bytes(v->near) + (size_t)v->labels * (sizeof *v->recent + sizeof *v->recent_at);
}

/* p[l] of the linear lane; what is 12 below the best is 0. */
static void
softmax(const struct voices *v, const lexicon_lanes *score, float *p)
{
	float best = -1e30f, sum = 0, scale;

	for (int i = 0; i < v->known; i++)
		if (score[i][LANE_LINEAR] > best && lexicon_seen(v->lexicon, i) > 0)
			best = score[i][LANE_LINEAR];
	for (int i = 0; i < v->known; i++) {
		float z = score[i][LANE_LINEAR] - best;

		p[i] = z > -12.0f && lexicon_seen(v->lexicon, i) > 0 ? approx_exp(z) : 0;
		sum += p[i];
	}
	scale = sum > 0 ? 1.0f / sum : 0;
	for (int i = 0; i < v->known; i++)
		p[i] *= scale;
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
	float *share, *vote, *vote6, *nearest;
	uint8_t *taken;
	lexicon_lanes *shared; /* by attribute; NULL = there are none */
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

/* What the label's attributes say: on average, and the one that says least. */
static void
say_shared(const struct ear *e, int label, float *s)
{
	const struct label_attributes *has = &e->v->has[label];
	float sum = 0, weights = 0, least = 2.0f;

	s[VOICE_SHARED] = s[VOICE_LEAST] = -1.0f;
	if (!e->shared || has->n == 0)
		return;
	for (int i = 0; i < has->n; i++) {
		float m = e->shared[has->a[i].number][LANE_MARGIN];

		sum += has->a[i].weight * m;
		weights += has->a[i].weight;
		least = m < least ? m : least;
	}
	s[VOICE_SHARED] = sum / weights;
	s[VOICE_LEAST] = least;
}

static void
say(const struct ear *e, float votes, float votes6)
{
	const struct voices *v = e->v;
	float total = lexicon_total(v->lexicon), every = (float)v->known;

	for (int i = 0; i < e->h->candidates; i++) {
		int l = e->h->label[i];
		float *s = e->h->said + i * VOICE_COUNT;
		float seen = lexicon_seen(v->lexicon, l);

		s[VOICE_LINEAR] = log_of(e->h->linear[l]);
		s[VOICE_LIKELY] = approx_log(e->h->linear[l] + 0.02f);
		s[VOICE_MARGIN] = seen > 0 ? e->h->score[l][LANE_MARGIN] : -2.0f;
		s[VOICE_FIT] = approx_log((seen > 0 && e->h->score[l][LANE_MARGIN] > -1.0f ? e->h->score[l][LANE_MARGIN] + 1.0f : 0) + 0.05f);
		say_shared(e, l, s);
		s[VOICE_NEAR] = approx_log((e->vote[l] + 0.02f * votes + 1e-4f) / (votes + 1e-4f));
		s[VOICE_CLOSE] = approx_log((e->vote6[l] + 0.02f * votes6 + 1e-6f) / (votes6 + 1e-6f) );
		s[VOICE_NEAREST] = e->nearest[l];
		s[VOICE_RARE] = 1.0f / (1.0f + seen);
		s[VOICE_NEW] = seen == 0;
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
	float votes = 0, votes6 = 0;

	memset(h, 0, sizeof *h);
	h->f = f;
	h->score = arena_alloc(a, n * sizeof *h->score);
	h->linear = arena_alloc(a, n * sizeof(float));
	e.share = arena_alloc(a, (size_t)v->labels * sizeof(float));
	e.vote = arena_alloc(a, n * sizeof(float));
	e.vote6 = arena_alloc(a, n * sizeof(float));
	e.nearest = arena_alloc(a, n * sizeof(float));
	e.taken = arena_alloc(a, n);
	h->said = arena_alloc(a, (CANDIDATES + 1) * VOICE_COUNT * sizeof *h->said);
	if (!h->score || !h->linear || !e.share || !e.vote || !e.vote6 || !e.nearest || !e.taken || !h->said)
		return false;
	if (!lexicon_read(v->lexicon, f, a, &h->text))
		return false;
	lexicon_score(v->lexicon, &h->text, h->score, v->known);
	softmax(v, h->score, h->linear);
	if (v->shared) {
		if (!(e.shared = arena_alloc(a, (size_t)v->attributes->n * sizeof *e.shared)))
			return false;
		lexicon_score(v->shared, &h->text, e.shared, v->attributes->n);
	}
	h->nnear = neighbours_find(v->near, &h->text, a, h->near, VOICES_NEAR);
	for (int i = 0; i < h->nnear; i++) {
		float like = h->near[i].likeness;

		votes += like * like;
		e.vote[h->near[i].label] += like * like;
		like = like * like * like;
		votes6 += like * like;
		e.vote6[h->near[i].label] += like * like;
		like = h->near[i].likeness;
		if (like > e.nearest[h->near[i].label])
			e.nearest[h->near[i].label] = like;
	}
	hits = label_words_find(v->words, f, e.share, hit, 16);
	take_best(&e, h->linear, 24, 1e-5f);
	for (int i = 0; i < h->nnear; i++)
		take(&e, h->near[i].label);
	for (int i = 0; i < hits; i++)
		if (e.share[hit[i]] > 0.3f)
			take(&e, hit[i]);
	say(&e, votes, votes6);
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

void
voices_count(struct voices *v, const struct features *f, int label, float weight)
{
	v->recent[label] = recent_of(v, label) + weight;
	v->recent_at[label] = v->lessons++;
	lexicon_count(v->lexicon, f, weight);
}

bool
voices_meet(struct voices *v, const struct features *f, int label, float weight, uint32_t least)
{
	for (int i = 0; v->shared && i < v->has[label].n; i++)
		if (!lexicon_meet(v->shared, v->lexicon, f, v->has[label].a[i].number, weight, 2))
			return false;
	return lexicon_meet(v->lexicon, v->lexicon, f, label, weight, least);
}

/* A step of the dual of a squared-hinge margin: where the label's own multiplier of this text goes, from `was`. */
static float
multiplier(float margin, float y, float was)
{
	float now = was + (1.0f - y * margin - was * softness) / (2.0f + softness);

	return now > 0 ? now : 0;
}

/* The same step for what labels share. */
static bool
step_shared(struct voices *v, const struct lexicon_text *t, int label, float *held, struct arena *scratch)
{
	int n = v->attributes->n;
	lexicon_lanes *score = arena_alloc(scratch, (size_t)n * sizeof *score);
	uint8_t *is = arena_alloc(scratch, (size_t)n);

	if (!score || !is)
		return false;
	lexicon_score(v->shared, t, score, n);
	for (int i = 0; i < v->has[label].n; i++)
		is[v->has[label].a[i].number] = 1;
	for (int i = 0; i < n; i++) {
		float y = is[i] ? 1.0f : -1.0f, was = held ? held[i] : 0, now = multiplier(score[i][LANE_MARGIN], y, was);

		if (held)
			held[i] = now;
		score[i] = (lexicon_lanes){ 0, y * (now - was) };
	}
	lexicon_step(v->shared, t, score, n);
	return true;
}

bool
voices_step(struct voices *v, const struct features *f, int label, float rate, float *held, struct arena *scratch)
{
	size_t n = (size_t)v->known + 1;
	lexicon_lanes *score = arena_alloc(scratch, n * sizeof *score);
	float *p = arena_alloc(scratch, n * sizeof *p);
	struct lexicon_text t;

	if (!score || !p || !lexicon_read(v->lexicon, f, scratch, &t))
		return false;
	lexicon_score(v->lexicon, &t, score, v->known);
	softmax(v, score, p);
	for (int i = 0; i < v->known; i++) {
		float y = i == label ? 1.0f : -1.0f, was = held ? held[i] : 0;
		float now = multiplier(score[i][LANE_MARGIN], y, was);

		if (held)
			held[i] = now;
		score[i] = (lexicon_lanes){ rate * ((i == label ? 1.0f : 0) - p[i]), y * (now - was) };
	}
	lexicon_step(v->lexicon, &t, score, v->known);
	return !v->shared || step_shared(v, &t, label, held ? held + v->known : NULL, scratch);
}

bool
voices_keep(struct voices *v, const struct features *f, int label, int64_t no, struct arena *scratch)
{
	struct lexicon_text t;

	return lexicon_read(v->lexicon, f, scratch, &t) && neighbours_add(v->near, &t, label, no);
}

bool
voices_learn(struct voices *v, const struct features *f, int label, int64_t no, float weight, struct arena *scratch)
{
	voices_count(v, f, label, weight);
	return voices_meet(v, f, label, weight, 1) && voices_step(v, f, label, live_rate * weight, NULL, scratch) &&
	    voices_keep(v, f, label, no, scratch);
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
	if (v->shared)
		lexicon_save(v->shared, out);
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
	return !u->failed && lexicon_load(v->lexicon, u, v->known) &&
	    (!v->shared || lexicon_load(v->shared, u, v->attributes->n)) && neighbours_load(v->near, u, v->known);
}
