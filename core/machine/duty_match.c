#include "core/machine/duty_match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/grams.h"
#include "core/machine/stop_words.h"

enum { VISITS = 60000, FIELD_POINTS = 600 };

struct posting { int item; float weight; };

/* A gram of the duty list: its postings are posting[first .. first + count), ordered by item. */
struct gram { uint32_t first, count; float weight; /* inverse document frequency, by length */ };

struct duty_match {
	uint64_t *key; int32_t *id; size_t slots; /* gram → number */
	struct gram *gram; int ngrams, cap_grams;
	struct posting *posting; size_t npostings;
	int items;
};

/* --- grams ---------------------------------------------------------------------------------------------------------- */

static uint64_t
key_of(const uint32_t *p, int n)
{
	uint64_t k = 0;

	for (int i = 0; i < n; i++)
		k = k << 21 | (p[i] & 0x1fffff);
	return k;
}

static size_t
slot_of(const struct duty_match *m, uint64_t key)
{
	uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (h ^ h >> 29) & (m->slots - 1);

	while (m->id[i] >= 0 && m->key[i] != key)
		i = (i + 1) & (m->slots - 1);
	return i;
}

static bool
rehash(struct duty_match *m)
{
	struct duty_match bigger = { .slots = m->slots ? m->slots * 2 : 4096 };

	bigger.key = malloc(bigger.slots * sizeof *bigger.key);
	bigger.id = malloc(bigger.slots * sizeof *bigger.id);
	if (!bigger.key || !bigger.id) {
		free(bigger.key);
		free(bigger.id);
		return false;
	}
	memset(bigger.id, 0xff, bigger.slots * sizeof *bigger.id);
	for (size_t i = 0; i < m->slots; i++)
		if (m->id[i] >= 0) {
			size_t at = slot_of(&bigger, m->key[i]);

			bigger.key[at] = m->key[i];
			bigger.id[at] = m->id[i];
		}
	free(m->key);
	free(m->id);
	m->key = bigger.key;
	m->id = bigger.id;
	m->slots = bigger.slots;
	return true;
}

static int
gram_make(struct duty_match *m, uint64_t key)
{
	size_t at;

	if ((size_t)m->ngrams * 2 >= m->slots && !rehash(m))
		return -1;
	at = slot_of(m, key);
	if (m->id[at] >= 0)
		return m->id[at];
	if (m->ngrams == m->cap_grams) {
		int cap = m->cap_grams ? m->cap_grams * 2 : 4096;
		struct gram *more = realloc(m->gram, (size_t)cap * sizeof *more);

		if (!more)
			return -1;
		m->gram = more;
		m->cap_grams = cap;
	}
	m->gram[m->ngrams] = (struct gram){ 0 };
	m->key[at] = key;
	return m->id[at] = m->ngrams++;
}

static bool
is_latin(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
}

/* Does the gram [i, i + k) tear a word of letters apart? It may stand for its beginning, three letters of it, and for nothing less: LED is
 * no part of "sleep". */
static bool
tears(const uint32_t *point, int i, int k, int n)
{
	if (i > 0 && is_latin(point[i]) && is_latin(point[i - 1]))
		return true;
	if (i + k < n && is_latin(point[i + k - 1]) && is_latin(point[i + k]))
		return k < 3 || !is_latin(point[i]) || !is_latin(point[i + 1]);
	return false;
}

/* --- building: item by item, gram weights summed over the fields ---------------------------------------------------------- */

struct part { int gram, item; float weight; };
struct parts { struct part *v; size_t n, cap; };

static bool
add_field(struct duty_match *m, struct parts *parts, int item, const char *text, float weight)
{
	uint32_t point[FIELD_POINTS];
	size_t len = text ? strlen(text) : 0;
	int n = 0;

	for (size_t at = 0; at < len && n < FIELD_POINTS; n++) {
		at += utf8_decode(text + at, len - at, &point[n]);
		point[n] = fold_point(point[n]);
		if (!grams_is_text(point[n]))
			point[n] = 0;
	}
	for (int i = 0; i < n; i++)
		for (int k = 1; k <= 3 && i + k <= n && point[i + k - 1]; k++) {
			int g;

			if (tears(point, i, k, n))
				continue;
			g = gram_make(m, key_of(point + i, k));
			if (parts->n == parts->cap) {
				size_t cap = parts->cap ? parts->cap * 2 : 8192;
				struct part *more = realloc(parts->v, cap * sizeof *more);

				if (!more)
					return false;
				parts->v = more;
				parts->cap = cap;
			}
			if (g < 0)
				return false;
			parts->v[parts->n++] = (struct part){ g, item, weight };
		}
	return true;
}

static bool
add_item(struct duty_match *m, struct parts *parts, int i, const struct duty_item *item)
{
	bool ok = add_field(m, parts, i, item->name, 3.0f) && add_field(m, parts, i, item->class_, 1.5f) &&
	    add_field(m, parts, i, item->category, 0.6f) && add_field(m, parts, i, item->definition, 1.0f);

	for (int k = 0; ok && k < item->nkeywords; k++)
		ok = add_field(m, parts, i, item->keywords[k], 3.0f);
	return ok;
}

static int
by_gram(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->gram != y->gram)
		return x->gram < y->gram ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static int
points_of(uint64_t key)
{
	return key >> 42 ? 3 : key >> 21 ? 2 : 1;
}

/* Rare grams weigh more; single characters little, because most of them are everywhere in a longer text. */
static void
weigh(struct duty_match *m)
{
	static const float by_points[] = { 0, 0.15f, 1.0f, 1.2f };

	for (size_t s = 0; s < m->slots; s++)
		if (m->id[s] >= 0) {
			struct gram *g = &m->gram[m->id[s]];

			g->weight = by_points[points_of(m->key[s])] *
			    logf(1 + ((float)m->items - (float)g->count + 0.5f) / ((float)g->count + 0.5f));
		}
}

/* What stands in a stop word, its single characters apart, weighs nothing. */
static void
stop(struct duty_match *m)
{
	for (const char *const *word = stop_words; *word; word++) {
		uint32_t point[8];
		size_t len = strlen(*word);
		int n = 0;

		for (size_t at = 0; at < len && n < 8; n++)
			at += utf8_decode(*word + at, len - at, &point[n]);
		for (int i = 0; i < n; i++)
			for (int k = 2; k <= 3 && i + k <= n; k++) {
				int g = m->id[slot_of(m, key_of(point + i, k))];

				if (g >= 0)
					m->gram[g].weight = 0;
			}
	}
}

/* Sums become BM25's saturated weights, in a list for each gram. */
static bool
fill(struct duty_match *m, struct parts *parts, float *length)
{
	float average = 0;

	qsort(parts->v, parts->n, sizeof *parts->v, by_gram);
	m->posting = malloc((parts->n + 1) * sizeof *m->posting);
	if (!m->posting)
		return false;
	for (size_t i = 0; i < parts->n; i++)
		length[parts->v[i].item] += parts->v[i].weight;
	for (int i = 0; i < m->items; i++)
		average += length[i] / (float)m->items;
	for (size_t i = 0; i < parts->n; ) {
		struct part sum = parts->v[i];
		struct gram *g = &m->gram[sum.gram];

		for (i++; i < parts->n && parts->v[i].gram == sum.gram && parts->v[i].item == sum.item; i++)
			sum.weight += parts->v[i].weight;
		if (g->count++ == 0)
			g->first = (uint32_t)m->npostings;
		m->posting[m->npostings++] = (struct posting){ sum.item,
		    sum.weight / (sum.weight + 1.5f * (0.6f + 0.4f * length[sum.item] / average)) };
	}
	return true;
}

struct duty_match *
duty_match_new(const struct duty_list *duty)
{
	struct duty_match *m = calloc(1, sizeof *m);
	struct parts parts = { 0 };
	float *length;
	bool ok;

	if (!m)
		return NULL;
	m->items = (int)duty_items(duty);
	length = calloc((size_t)m->items + 1, sizeof *length);
	ok = length && rehash(m);
	for (int i = 0; ok && i < m->items; i++)
		ok = add_item(m, &parts, i, duty_item_at(duty, (size_t)i));
	ok = ok && (parts.n == 0 || fill(m, &parts, length));
	free(parts.v);
	free(length);
	if (!ok) {
		duty_match_free(m);
		return NULL;
	}
	weigh(m);
	stop(m);
	return m;
}

void
duty_match_free(struct duty_match *m)
{
	if (!m)
		return;
	free(m->key);
	free(m->id);
	free(m->gram);
	free(m->posting);
	free(m);
}

/* --- matching --------------------------------------------------------------------------------------------------------- */

/* Grams with letters in them, one by one. */
static void
read_latin(const struct duty_match *m, struct reading *r, int i)
{
	for (int k = 1; k <= 3 && i + k <= r->n && r->point[i + k - 1]; k++)
		if (!tears(r->point, i, k, r->n))
			r->gram[i][k - 1] = m->id[slot_of(m, key_of(r->point + i, k))];
}

/* A longer gram is known only if the shorter ones in it are, which saves most look-ups; not so where words of letters must stay whole. */
static bool
read_grams(const struct duty_match *m, struct reading *r, struct arena *a)
{
	r->gram = arena_alloc(a, ((size_t)r->n + 1) * sizeof *r->gram);
	if (!r->gram)
		return false;
	for (int i = r->n - 1; i >= 0; i--) {
		int32_t *g = r->gram[i];

		g[0] = g[1] = g[2] = -1;
		if (!r->point[i])
			continue;
		if (is_latin(r->point[i]) || (i + 1 < r->n && is_latin(r->point[i + 1])) || (i + 2 < r->n && is_latin(r->point[i + 2]))) {
			read_latin(m, r, i);
			continue;
		}
		g[0] = m->id[slot_of(m, key_of(r->point + i, 1))];
		if (g[0] >= 0 && i + 1 < r->n && r->gram[i + 1][0] >= 0)
			g[1] = m->id[slot_of(m, key_of(r->point + i, 2))];
		if (g[1] >= 0 && i + 2 < r->n && r->gram[i + 1][1] >= 0)
			g[2] = m->id[slot_of(m, key_of(r->point + i, 3))];
	}
	for (int i = r->n - 1, run = 0; r->aside && i >= 0; i--) {
		run = r->aside[i] ? run + 1 : 0;
		for (int k = 0; k < run && k < 3; k++)
			r->gram[i][k] = -1;
	}
	return true;
}

struct seen { int32_t gram; int times; };

/* The different grams of the reading with how often they stand there; returns how many. */
static int
count_grams(const struct duty_match *m, const struct reading *r, struct arena *a, struct seen **out)
{
	size_t slots = 256;
	struct seen *seen = arena_alloc(a, ((size_t)r->n * 3 + 1) * sizeof *seen);
	uint16_t *slot;  /* number of the seen gram + 1; a reading has at most 3 * 3,193 */
	int kinds = 0;

	while (slots < (size_t)r->n * 6)
		slots *= 2;
	slot = arena_alloc(a, slots * sizeof *slot);
	if (!seen || !slot)
		return 0;
	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < 3; k++) {
			int32_t g = r->gram[i][k];
			size_t at = (uint32_t)g * 2654435761u >> 7 & (slots - 1);

			if (g < 0 || m->gram[g].weight <= 0)
				continue;
			while (slot[at] && seen[slot[at] - 1].gram != g)
				at = (at + 1) & (slots - 1);
			if (!slot[at]) {
				seen[kinds++] = (struct seen){ .gram = g };
				slot[at] = (uint16_t)kinds;
			}
			seen[slot[at] - 1].times++;
		}
	*out = seen;
	return kinds;
}

/* The largest number of postings a gram may have so that all together stay within VISITS. */
static uint32_t
limit_of(const struct duty_match *m, const struct seen *seen, int n)
{
	uint32_t limit = (uint32_t)m->items;

	for (;;) {
		uint64_t sum = 0;

		for (int i = 0; i < n; i++)
			if (m->gram[seen[i].gram].count <= limit)
				sum += m->gram[seen[i].gram].count;
		if (sum <= VISITS || limit <= 1)
			return limit;
		limit /= 2;
	}
}

static int
best_of(const float *score, int n, struct duty_hit *out, int max)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		int at;

		if (score[i] <= 0 || (count == max && score[i] <= out[count - 1].score))
			continue;
		at = count < max ? count++ : count - 1;
		for (; at > 0 && out[at - 1].score < score[i]; at--)
			out[at] = out[at - 1];
		out[at] = (struct duty_hit){ i, score[i] };
	}
	return count;
}

int
duty_match_find(const struct duty_match *m, struct reading *r, struct arena *a, struct duty_hit *out, int max)
{
	float *score, norm = 0;
	struct seen *seen;
	uint32_t limit;
	int kinds, n;

	if (m->items == 0 || !read_grams(m, r, a) || !(score = arena_alloc(a, (size_t)m->items * sizeof *score)))
		return 0;
	kinds = count_grams(m, r, a, &seen);
	limit = limit_of(m, seen, kinds);
	for (int i = 0; i < kinds; i++) {
		const struct gram *g = &m->gram[seen[i].gram];
		float w = g->weight * (1 + (seen[i].times > 1 ? logf((float)seen[i].times) : 0));

		norm += w * g->weight;
		if (g->count > limit)
			continue;
		for (uint32_t k = g->first; k < g->first + g->count; k++)
			score[m->posting[k].item] += w * m->posting[k].weight;
	}
	n = best_of(score, m->items, out, max);
	for (int i = 0; i < n; i++)
		out[i].score /= sqrtf(norm) + 6; /* long texts match more by chance; a lone weak word must not look sure */
	return n;
}

void
duty_match_explain(const struct duty_match *m, const struct reading *r, int item, float *weight)
{
	memset(weight, 0, (size_t)r->n * sizeof *weight);
	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < 3; k++) {
			const struct gram *g = r->gram[i][k] >= 0 ? &m->gram[r->gram[i][k]] : NULL;
			uint32_t lo, hi;

			if (!g || g->weight == 0 || k == 0)
				continue;
			for (lo = g->first, hi = g->first + g->count; lo < hi; ) {
				uint32_t mid = (lo + hi) / 2;

				if (m->posting[mid].item < item)
					lo = mid + 1;
				else
					hi = mid;
			}
			if (lo < g->first + g->count && m->posting[lo].item == item)
				for (int j = 0; j <= k; j++)
					weight[i + j] += g->weight * m->posting[lo].weight / (float)(k + 1);
		}
}
