#include "core/machine/features.h"

#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/grams.h"
#include "core/machine/learner.h"

enum { LONGEST = 2, SLOTS = 8192, GAP = 1 /* stands for everything between words */ };

/* Salts: the same characters in another field are another feature. */
enum field { FIELD_TEXT, FIELD_TITLE, FIELD_PLACE, FIELD_CHANNEL, FIELD_TYPE, FIELD_TAIL };
static const uint8_t mark_of[] = { MARK_NONE, MARK_TITLE, MARK_CODE, MARK_CODE, MARK_CODE, MARK_TAIL };

struct reader {
	struct features *out;
	uint16_t slot[SLOTS]; /* number of the feature + 1 */
};

static uint32_t
hash_of(enum field field, const uint32_t *p, int n)
{
	uint64_t h = (uint64_t)field * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0x243f6a8885a308d3);

	for (int i = 0; i < n; i++) {
		h = (h ^ p[i]) * UINT64_C(0xd6e8feb86659fd93);
		h ^= h >> 32;
	}
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> (64 - FEATURES_BITS));
}

/* at < 0: not in the text. */
static void
add(struct reader *r, enum field field, uint32_t id, int points, int at)
{
	struct features *x = r->out;
	uint32_t s = id & (SLOTS - 1);

	while (r->slot[s] && x->f[r->slot[s] - 1].id != id)
		s = (s + 1) & (SLOTS - 1);
	if (!r->slot[s]) {
		if (x->n == FEATURES_MAX)
			return;
		x->f[x->n] = (struct feature){ .id = id, .points = (uint8_t)points, .mark = mark_of[field] };
		r->slot[s] = (uint16_t)++x->n;
	}
	x->f[r->slot[s] - 1].times++;
	if (at >= 0)
		x->spot[x->nspots++] = (struct feature_spot){ (uint16_t)at, (uint16_t)(r->slot[s] - 1) };
}

/* Fold, and make one GAP of whatever is no part of a word. Returns the points read; at[i] is where point[i] stands. */
static int
fold(const char *s, size_t len, int most, uint32_t *point, uint16_t *at, int *read)
{
	int n = 0, i = 0;

	for (size_t k = 0; k < len && i < most; i++) {
		uint32_t cp;

		k += utf8_decode(s + k, len - k, &cp);
		cp = fold_point(cp);
		if (!grams_is_text(cp)) {
			if (n > 0 && point[n - 1] == GAP)
				continue;
			cp = GAP;
		}
		at[n] = (uint16_t)i;
		point[n++] = cp;
	}
	*read = i;
	return n;
}

static void
add_grams(struct reader *r, enum field field, const uint32_t *point, const uint16_t *at, int n, int least)
{
	for (int i = 0; i < n; i++)
		for (int k = least; k <= LONGEST && i + k <= n; k++) {
			if (k == 1 && point[i] == GAP)
				continue;
			add(r, field, hash_of(field, point + i, k), k, at ? at[i] : -1);
		}
}

static void
add_code(struct reader *r, enum field field, const char *code)
{
	uint32_t point[32];
	int n = 0;

	for (; code && code[n] && n < 32; n++)
		point[n] = (unsigned char)code[n];
	if (n > 0)
		add(r, field, hash_of(field, point, n), 0, -1);
}

struct features *
features_of(const struct learner_text *t, struct arena *a)
{
	struct reader r = { .slot = { 0 } };
	uint32_t point[FEATURES_POINTS];
	uint16_t at[FEATURES_POINTS];
	size_t title = t->title ? strlen(t->title) : 0;
	int n, read, tail, most = (t->len < FEATURES_POINTS ? (int)t->len : FEATURES_POINTS) * 2;

	if (!(r.out = arena_alloc(a, sizeof *r.out)))
		return NULL;
	r.out->spot = arena_alloc(a, ((size_t)most + 1) * sizeof *r.out->spot);
	most += (title < FEATURES_TITLE ? (int)title : FEATURES_TITLE) * 3 + FEATURES_TAIL;
	most += 3;
	r.out->f = arena_alloc(a, (size_t)(most < FEATURES_MAX ? most : FEATURES_MAX) * sizeof *r.out->f);
	if (!r.out->spot || !r.out->f)
		return NULL;
	n = fold(t->title, title, FEATURES_TITLE, point, at, &read);
	add_grams(&r, FIELD_TEXT, point, NULL, n, 1);
	add_grams(&r, FIELD_TITLE, point, NULL, n, 2);
	n = fold(t->text, t->len, FEATURES_POINTS, point, at, &r.out->points);
	add_grams(&r, FIELD_TEXT, point, at, n, 1);
	tail = n < FEATURES_TAIL ? n : FEATURES_TAIL;
	add_grams(&r, FIELD_TAIL, point + n - tail, NULL, tail, 2);
	add_code(&r, FIELD_PLACE, t->place);
	add_code(&r, FIELD_CHANNEL, t->channel);
	add_code(&r, FIELD_TYPE, t->type);
	return r.out;
}
