#include "core/machine/lexicon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/blocks.h"
#include "core/machine/packing.h"

enum { COUNT_ONE = 4 /* counts are kept in quarters */ };

/* A feature with one label. */
struct cell { uint16_t label, count; float weight; };
/* A feature: the texts it stood in, and its cells. */
struct row { struct block_list cells; uint32_t docs; };

struct lexicon {
	int bits, labels;
	int known;               /* labels below this have been seen */
	struct row *row;
	struct blocks cells;
	size_t pairs, most_pairs;
	float *seen, *bias;
	float total;
};

static const float bayes_smooth = 0.3f;

struct lexicon *
lexicon_new(int bits, int labels, size_t cells)
{
	struct lexicon *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->bits = bits;
	x->labels = labels;
	x->most_pairs = cells;
	x->cells.size = sizeof(struct cell);
	x->row = calloc((size_t)1 << bits, sizeof *x->row);
	x->seen = calloc((size_t)labels, sizeof *x->seen);
	x->bias = calloc((size_t)labels, sizeof *x->bias);
	if (!x->row || !x->seen || !x->bias) {
		lexicon_free(x);
		return NULL;
	}
	return x;
}

void
lexicon_free(struct lexicon *x)
{
	if (!x)
		return;
	free(x->row);
	blocks_free(&x->cells);
	free(x->seen);
	free(x->bias);
	free(x);
}

size_t
lexicon_bytes(const struct lexicon *x)
{
	return sizeof *x + ((size_t)1 << x->bits) * sizeof *x->row + blocks_bytes(&x->cells) +
	    (size_t)x->labels * 2 * sizeof(float);
}

static struct row *
row_of(const struct lexicon *x, uint32_t feature)
{
	return &x->row[feature >> (FEATURES_BITS - x->bits)];
}

static struct cell *
cell_of(const struct lexicon *x, const struct row *r, int label)
{
	struct cell *c = blocks_at(&x->cells, &r->cells);

	for (int i = 0; i < r->cells.n; i++)
		if (c[i].label == label)
			return &c[i];
	return NULL;
}

/* --- counting ---------------------------------------------------------------------------------------------------------- */

bool
lexicon_see(struct lexicon *x, const struct features *f, int label, float weight)
{
	int add = (int)(weight * COUNT_ONE + 0.5f);

	for (int i = 0; i < f->n; i++) {
		struct row *r = row_of(x, f->f[i].id);
		struct cell *c = cell_of(x, r, label);

		if (r->docs < UINT32_MAX)
			r->docs++;
		if (!c && x->pairs >= x->most_pairs)
			continue;
		if (!c) {
			if (!(c = blocks_push(&x->cells, &r->cells)))
				return false;
			*c = (struct cell){ .label = (uint16_t)label };
			x->pairs++;
		}
		c->count = (uint16_t)(c->count + add > 65535 ? 65535 : c->count + add);
	}
	x->seen[label] += weight;
	if (label >= x->known)
		x->known = label + 1;
	x->total += weight;
	return true;
}

float
lexicon_seen(const struct lexicon *x, int label)
{
	return x->seen[label];
}

float
lexicon_total(const struct lexicon *x)
{
	return x->total;
}

float
lexicon_weigh(const struct lexicon *x, const struct features *f, float *w)
{
	float all = 0, known = 0, log_total = approx_log(x->total + 2.0f), scale;

	for (int i = 0; i < f->n; i++)
		__builtin_prefetch(row_of(x, f->f[i].id));
	for (int i = 0; i < f->n; i++) {
		const struct row *r = row_of(x, f->f[i].id);
		float idf = log_total - approx_log((float)r->docs + 1.0f) + 1.0f;
		float v = idf * (f->f[i].times == 1 ? 1.0f : 1.0f + approx_log(f->f[i].times));

		w[i] = 0;
		if (idf < 1.0f) /* more texts than lessons by weight: weights under 1 */
			v = v / idf;
		all += v * v;
		if (r->docs < 2)
			continue;
		known += v * v;
		w[i] = v;
	}
	if (known <= 0)
		return 0;
	scale = 1.0f / sqrtf(known);
	for (int i = 0; i < f->n; i++)
		w[i] *= scale;
	return known / all;
}

/* --- voices ------------------------------------------------------------------------------------------------------------ */

static void
add_linear(const struct lexicon *x, const struct features *f, const float *w, float *z)
{
	for (int i = 0; i < f->n; i++) {
		const struct row *r = row_of(x, f->f[i].id);
		const struct cell *c = blocks_at(&x->cells, &r->cells);

		if (i + 6 < f->n)
			__builtin_prefetch(blocks_at(&x->cells, &row_of(x, f->f[i + 6].id)->cells));
		if (w[i] == 0)
			continue;
		for (int k = 0; k < r->cells.n; k++)
			z[c[k].label] += w[i] * c[k].weight;
	}
}

static void
add_both(const struct lexicon *x, const struct features *f, const float *w, float *z, float *bayes)
{
	for (int i = 0; i < f->n; i++) {
		const struct row *r = row_of(x, f->f[i].id);
		const struct cell *c = blocks_at(&x->cells, &r->cells);
		float rate;

		if (i + 6 < f->n)
			__builtin_prefetch(blocks_at(&x->cells, &row_of(x, f->f[i + 6].id)->cells));
		if (w[i] == 0)
			continue;
		rate = x->total / (bayes_smooth * (float)r->docs * COUNT_ONE);
		for (int k = 0; k < r->cells.n; k++) {
			z[c[k].label] += w[i] * c[k].weight;
			bayes[c[k].label] += w[i] * approx_log(1.0f + (float)c[k].count * rate);
		}
	}
}

void
lexicon_score(const struct lexicon *x, const struct features *f, const float *w, float *z, float *bayes)
{
	float sum = 0;

	for (int i = 0; i < x->known; i++)
		z[i] += x->bias[i];
	if (!bayes) {
		add_linear(x, f, w, z);
		return;
	}
	for (int i = 0; i < f->n; i++)
		sum += w[i];
	for (int i = 0; i < x->known; i++)
		if (x->seen[i] > 0)
			bayes[i] -= sum * approx_log(x->seen[i] + bayes_smooth);
	add_both(x, f, w, z, bayes);
}

void
lexicon_step(struct lexicon *x, const struct features *f, const float *w, const float *p, int label, float rate)
{
	for (int i = 0; i < f->n; i++) {
		struct row *r = row_of(x, f->f[i].id);
		struct cell *c = blocks_at(&x->cells, &r->cells);
		float push = rate * w[i];

		if (push == 0)
			continue;
		for (int k = 0; k < r->cells.n; k++)
			c[k].weight -= push * p[c[k].label];
		for (int k = 0; k < r->cells.n; k++)
			if (c[k].label == label) {
				c[k].weight += push;
				break;
			}
	}
	for (int i = 0; i < x->known; i++)
		x->bias[i] -= 0.02f * rate * p[i];
	x->bias[label] += 0.02f * rate;
}

float
lexicon_weight(const struct lexicon *x, uint32_t feature, int label)
{
	const struct row *r = row_of(x, feature);
	const struct cell *c = r->docs >= 2 ? cell_of(x, r, label) : NULL;

	return c ? c->weight : 0;
}

float
lexicon_contrast(const struct lexicon *x, uint32_t feature, int label, const float *q)
{
	const struct row *r = row_of(x, feature);
	const struct cell *c = blocks_at(&x->cells, &r->cells);
	float own = 0, others = 0, rest = 1.0f - q[label];

	for (int k = 0; k < r->cells.n; k++)
		if (c[k].label == label)
			own = c[k].weight;
		else
			others += q[c[k].label] * c[k].weight;
	return own - (rest > 1e-6f ? others / rest : 0);
}

float
lexicon_bias(const struct lexicon *x, int label)
{
	return x->bias[label];
}

uint32_t
lexicon_docs(const struct lexicon *x, uint32_t feature)
{
	return row_of(x, feature)->docs;
}

float
lexicon_rarity(const struct lexicon *x, uint32_t feature)
{
	float idf = approx_log((x->total + 2.0f) / ((float)row_of(x, feature)->docs + 1.0f)) + 1.0f;

	return idf < 1.0f ? 1.0f : idf;
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

void
lexicon_save(const struct lexicon *x, struct buf *out)
{
	uint32_t last = 0, rows = (uint32_t)1 << x->bits;

	pack_var(out, (uint64_t)x->bits);
	pack_var(out, (uint64_t)x->known);
	pack_f32(out, x->total);
	for (int i = 0; i < x->known; i++) {
		pack_f32(out, x->seen[i]);
		pack_f32(out, x->bias[i]);
	}
	for (uint32_t i = 0; i < rows; i++) {
		const struct row *r = &x->row[i];
		const struct cell *c = blocks_at(&x->cells, &r->cells);

		if (r->docs == 0)
			continue;
		pack_var(out, i - last + 1);
		last = i;
		pack_var(out, r->docs);
		pack_var(out, r->cells.n);
		for (int k = 0; k < r->cells.n; k++) {
			pack_var(out, c[k].label);
			pack_var(out, c[k].count);
			pack_f32(out, c[k].weight);
		}
	}
	pack_var(out, 0);
}

static bool
load_row(struct lexicon *x, struct unpack *u, struct row *r)
{
	int n;

	r->docs = (uint32_t)unpack_var(u, UINT32_MAX);
	n = (int)unpack_var(u, (uint64_t)x->known);
	x->pairs += (size_t)n;
	if (u->failed || r->docs == 0 || x->pairs > x->most_pairs || (size_t)n > unpack_left(u) / 6)
		return false;
	for (int k = 0; k < n; k++) {
		struct cell *c = blocks_push(&x->cells, &r->cells);

		if (!c)
			return false;
		c->label = (uint16_t)unpack_var(u, (uint64_t)x->known - 1);
		c->count = (uint16_t)unpack_var(u, UINT16_MAX);
		c->weight = unpack_f32(u);
	}
	return !u->failed;
}

bool
lexicon_load(struct lexicon *x, struct unpack *u, int known)
{
	uint64_t rows = (uint64_t)1 << x->bits, at = 0, step;

	if (unpack_var(u, 32) != (uint64_t)x->bits)
		return false;
	x->known = (int)unpack_var(u, (uint64_t)known);
	x->total = unpack_f32(u);
	for (int i = 0; i < x->known; i++) {
		x->seen[i] = unpack_f32(u);
		x->bias[i] = unpack_f32(u);
		u->failed |= x->seen[i] < 0;
	}
	if (u->failed || x->total < 0)
		return false;
	for (bool first = true; (step = unpack_var(u, rows)) > 0; first = false) {
		at += step - 1;
		if (u->failed || at >= rows || (step == 1 && !first) || !load_row(x, u, &x->row[at]))
			return false;
	}
	return !u->failed;
}
