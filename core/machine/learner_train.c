/*
 * Learning many lessons at once, thoroughly. The voices learn on some folds and speak of the one kept aside; from what they said there the
 * blend learns how far each can be believed; then the voices learn everything. Near copies are kept in one fold, or a voice that only
 * remembers would be believed too much.
 */
#include <stdlib.h>
#include <string.h>
#include "core/machine/blocks.h"
#include "core/machine/learner_inside.h"

enum { FOLDS = 4, EPOCHS = 8, BANDS = 8, BAND_HASHES = 4, NOBODY = -1 };
static const float first_rate = 4.0f, cooling = 0.8f;

struct course {
	struct learner *l;
	const struct lesson *what; size_t n;
	struct features **f;
	uint32_t *order;
	uint8_t *fold;
	struct attributes attributes;
	struct arena texts;                      /* the features */
	struct arena said_room;
	struct hearing *heard;                   /* of each lesson while it was kept aside: what the choice needs of it */
	struct blend_case *said; /* what was said of each lesson while it was kept aside */
	const volatile bool *stop;
};

static uint32_t
mix(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static void
shuffle(uint32_t *v, size_t n, uint64_t seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = mix(&seed) % i;
		uint32_t was = v[i - 1];

		v[i - 1] = v[j];
		v[j] = was;
	}
}

static bool
stopped(const struct course *c)
{
	return c->stop && *c->stop;
}

/* --- folds ------------------------------------------------------------------------------------------------------------- */

static uint32_t
root_of(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

struct band { uint64_t key; uint32_t lesson; };

static int
by_key(const void *a, const void *b)
{
	const struct band *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->lesson < y->lesson ? -1 : x->lesson > y->lesson;
}

/* The least hashes of what is rare in the text: equal in near copies, however much of it is formula. 0 = nothing is rare. */
static uint64_t
band_key(const struct features *f, const uint32_t *docs, uint32_t rare, int band)
{
	uint64_t key = 0;

	for (int h = 0; h < BAND_HASHES; h++) {
		uint32_t least = UINT32_MAX;
		uint32_t salt = (uint32_t)(band * BAND_HASHES + h + 1) * UINT32_C(0x9e3779b1);

		for (int i = 0; i < f->n; i++) {
			uint32_t v = (f->f[i].id ^ salt) * UINT32_C(0x85ebca6b);

			v ^= v >> 15;
			v *= UINT32_C(0xc2b2ae35);
			if (v < least && docs[f->f[i].id] <= rare)
				least = v;
		}
		if (least == UINT32_MAX)
			return 0;
		key = (key ^ least) * UINT64_C(0x9e3779b97f4a7c15);
		key ^= key >> 32;
	}
	return key;
}

static bool
join_copies(struct course *c, uint32_t *parent)
{
	struct band *band = malloc(c->n * sizeof *band);
	uint32_t *docs = calloc((size_t)1 << FEATURES_BITS, sizeof *docs), rare = (uint32_t)(c->n / 200 + 3);
	bool ok = band && docs;

	for (size_t i = 0; ok && i < c->n; i++)
		for (int k = 0; k < c->f[i]->n; k++)
			docs[c->f[i]->f[k].id]++;
	for (int b = 0; ok && b < BANDS; b++) {
		for (size_t i = 0; i < c->n; i++)
			band[i] = (struct band){ band_key(c->f[i], docs, rare, b), (uint32_t)i };
		qsort(band, c->n, sizeof *band, by_key);
		for (size_t i = 1; i < c->n; i++)
			if (band[i].key == band[i - 1].key && band[i].key != 0)
				parent[root_of(parent, band[i].lesson)] = root_of(parent, band[i - 1].lesson);
	}
	free(docs);
	free(band);
	return ok;
}

static bool
make_folds(struct course *c, const int *group)
{
	uint32_t *parent = malloc(c->n * sizeof *parent);
	bool ok = parent != NULL;

	for (size_t i = 0; ok && i < c->n; i++)
		parent[i] = (uint32_t)i;
	if (ok && !group)
		ok = join_copies(c, parent);
	for (size_t i = 0; ok && i < c->n; i++) {
		uint32_t g = group ? (uint32_t)group[i] : root_of(parent, (uint32_t)i);

		g = (g + 1) * UINT32_C(0x9e3779b1);
		c->fold[i] = (uint8_t)((g ^ g >> 16) % FOLDS);
	}
	free(parent);
	return ok;
}

/* --- the voices --------------------------------------------------------------------------------------------------------- */

/* The multipliers of each lesson's margin, few of them above 0, from one epoch to the next. */
struct held { uint32_t label; float value; };
struct holding { struct blocks held; struct block_list *of; float *now; };

static bool
step(struct course *c, struct voices *v, struct holding *h, uint32_t i, float rate)
{
	struct block_list *l = &h->of[i];
	const struct held *was = blocks_at(&h->held, l);
	const struct lesson *w = &c->what[i];

	memset(h->now, 0, (size_t)voices_multipliers(v) * sizeof *h->now);
	for (int k = 0; k < l->n; k++)
		h->now[was[k].label] = was[k].value;
	arena_reset(&c->l->scratch);
	if (!voices_step(v, c->f[i], w->label, rate * w->weight, h->now, &c->l->scratch))
		return false;
	blocks_release(&h->held, l);
	for (int k = 0; k < voices_multipliers(v); k++)
		if (h->now[k] > 0) {
			struct held *more = blocks_push(&h->held, l);

			if (!more)
				return false;
			*more = (struct held){ (uint32_t)k, h->now[k] };
		}
	return true;
}

/* Teach fresh voices every lesson outside the fold `aside`. */
static bool
teach(struct course *c, struct voices *v, int aside)
{
	struct holding h = { .held = { .size = sizeof(struct held) } };
	size_t n = 0;
	float rate = first_rate;
	bool ok;

	h.of = calloc(c->n + 1, sizeof *h.of);
	h.now = calloc((size_t)voices_multipliers(v) + 1, sizeof *h.now);
	ok = h.of && h.now;
	for (size_t i = 0; ok && i < c->n; i++)
		if (c->fold[i] != aside) {
			c->order[n++] = (uint32_t)i;
			voices_count(v, c->f[i], c->what[i].label, c->what[i].weight);
		}
	for (size_t i = 0; ok && i < c->n; i++)
		if (c->fold[i] != aside) {
			arena_reset(&c->l->scratch);
			ok = voices_meet(v, c->f[i], c->what[i].label, c->what[i].weight, 2) && voices_keep(v, c->f[i], c->what[i].label, c->what[i].no, &c->l->scratch);
		}
	for (int e = 0; ok && e < EPOCHS; e++, rate *= cooling) {
		shuffle(c->order, n, (uint64_t)e + 1);
		for (size_t i = 0; ok && i < n; i++)
			ok = !stopped(c) && step(c, v, &h, c->order[i], rate);
	}
	blocks_free(&h.held);
	free(h.of);
	free(h.now);
	return ok;
}

/* What the voices say of the lessons of the fold that they have not heard. */
static bool
listen(struct course *c, const struct voices *v, int aside)
{
	for (size_t i = 0; i < c->n; i++) {
		struct hearing h;
		size_t bytes;
		float *said;

		if (c->fold[i] != aside)
			continue;
		arena_reset(&c->l->scratch);
		if (!voices_hear(v, c->f[i], &c->l->scratch, &h))
			return false;
		bytes = (size_t)(h.candidates + 1) * VOICE_COUNT * sizeof(float);
		c->said[i].n = h.candidates + 1;
		c->said[i].right = voices_candidate(&h, c->what[i].label);
		c->heard[i] = h;
		c->heard[i].f = c->f[i];
		c->said[i].weight = c->what[i].weight;
		if (!(said = arena_alloc(&c->said_room, bytes)))
			return false;
		c->said[i].said = c->heard[i].said = memcpy(said, h.said, bytes);
	}
	return true;
}

/* The trees on top of the blend. */
static bool
correct(struct course *c, const struct blend *b, struct trees *t)
{
	struct trees_case *one = calloc(c->n + 1, sizeof *one);
	struct arena room = { 0 };
	bool ok = one != NULL;

	for (size_t i = 0; ok && i < c->n; i++) {
		struct choice ch;
		float *x, *score;

		choice_make(&ch, &c->heard[i], b, NULL);
		x = arena_alloc(&room, (size_t)ch.n * (CHOICE_FEATURES + 1) * sizeof *x);
		if (!(ok = x != NULL))
			break;
		score = x + ch.n * CHOICE_FEATURES;
		for (int j = 0; j < ch.n; j++) {
			for (int k = 0; k < CHOICE_FEATURES; k++)
				x[j * CHOICE_FEATURES + k] = ch.x[k][j];
			score[j] = ch.score[j];
		}
		one[i] = (struct trees_case){ x, score, ch.n, choice_find(&ch, c->what[i].label), c->what[i].weight };
	}
	ok = ok && trees_fit(t, CHOICE_FEATURES, one, c->n, c->stop);
	free(one);
	arena_free(&room);
	return ok;
}

static bool
fresh(struct course *c, struct voices *v)
{
	if (!voices_init(v, c->l->most, c->l->words, &c->attributes))
		return false;
	for (int i = 0; i < c->l->labels; i++)
		voices_label(v, c->l->label[i]->words);
	return true;
}

/* What the names of labels that have lessons share. */
static bool
find_attributes(struct course *c)
{
	const char **name = calloc((size_t)c->l->labels + 1, sizeof *name);
	uint8_t *taught = calloc((size_t)c->l->labels + 1, 1);
	int n = 0;
	bool ok = name && taught;

	for (size_t i = 0; ok && i < c->n; i++)
		taught[c->what[i].label] = 1;
	for (int i = 0; ok && i < c->l->labels; i++)
		if (taught[i])
			name[n++] = c->l->label[i]->words;
	ok = ok && attributes_find(&c->attributes, name, n);
	free(name);
	free(taught);
	return ok;
}

static bool
run(struct course *c, struct voices *final, struct blend *blend, struct trees *trees)
{
	bool ok = true;

	for (int k = 0; ok && k < FOLDS; k++) {
		struct voices v;

		ok = fresh(c, &v) && teach(c, &v, k) && listen(c, &v, k);
		voices_free(&v);
	}
	ok = ok && blend_fit(blend, c->said, c->n) && correct(c, blend, trees);
	return ok && teach(c, final, NOBODY);
}

bool
learner_train(struct learner *l, const struct lesson *what, size_t n, const int *group, const volatile bool *stop)
{
	struct course c = { .l = l, .what = what, .n = n, .stop = stop };
	struct voices final;
	struct blend blend;
	struct trees trees = { 0 };
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		if (what[i].label < 0 || what[i].label >= l->labels)
			return false;
	blend_init(&blend, voices_start, VOICE_COUNT);
	c.f = calloc(n + 1, sizeof *c.f);
	c.order = calloc(n + 1, sizeof *c.order);
	c.fold = calloc(n + 1, sizeof *c.fold);
	c.said = calloc(n + 1, sizeof *c.said);
	c.heard = calloc(n + 1, sizeof *c.heard);
	memset(&final, 0, sizeof final);
	ok = c.f && c.order && c.fold && c.said && c.heard && find_attributes(&c) && fresh(&c, &final);
	for (size_t i = 0; ok && i < n; i++)
		ok = (c.f[i] = features_of(&what[i].what, &c.texts)) != NULL;
	ok = ok && make_folds(&c, group) && run(&c, &final, &blend, &trees);
	arena_free(&c.texts);
	arena_free(&c.said_room);
	free(c.f);
	free(c.order);
	free(c.fold);
	free(c.said);
	free(c.heard);
	if (ok) {
		struct voices was = l->voices;

		l->voices = final;
		l->blend = blend;
		trees_free(&l->trees);
		l->trees = trees;
		attributes_free(&l->attributes);
		l->attributes = c.attributes;
		l->voices.attributes = &l->attributes;
		l->steps = n;
		final = was;
	}
	if (!ok) {
		trees_free(&trees);
		attributes_free(&c.attributes);
	}
	voices_free(&final);
	return ok;
}
