#include "core/machine/lexicon.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/blocks.h"
#include "core/machine/packing.h"

enum {
	LOGS = 4096,        /* logarithms of small numbers, kept */
	ROW_MOST = 1024,    /* a feature with more labels tells them apart no longer: it is not followed */
	COUNT_MOST = 1 << 20,
	AHEAD = 6           /* rows fetched before their turn */
};
static const float mark_share = 0.6f; /* of what stands in title or tail, beside the same words unmarked */
static const float bias_share = 0.1f; /* of a step that goes into the label's own weight */

/* A feature: the texts it stood in, and a cell for each label it stood with: {linear, margin, count, label} as lanes. */
struct row { struct block_list cells; uint32_t docs; };
struct label_row {
	lexicon_lanes base;      /* without any feature */
	float seen, square;      /* square: the sum of squares of its features, each by count and rarity */
};

struct lexicon {
	int bits, labels;
	bool narrow;
	struct row *row;
	struct blocks cells;
	size_t pairs, most_pairs;
	struct label_row *label;
	float total;
	float log[LOGS];
};

struct lexicon *
lexicon_new(int bits, int labels, size_t pairs, bool narrow)
{
	struct lexicon *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->bits = bits;
	x->labels = labels;
	x->narrow = narrow;
	x->most_pairs = pairs;
	x->cells.size = sizeof(lexicon_lanes);
	x->row = calloc((size_t)1 << bits, sizeof *x->row);
	x->label = calloc((size_t)labels, sizeof *x->label);
	if (!x->row || !x->label) {
		lexicon_free(x);
		return NULL;
	}
	for (int i = 0; i < labels; i++)
		x->label[i].base[LANE_MARGIN] = -1.0f;
	for (int i = 1; i < LOGS; i++)
		x->log[i] = approx_log((float)i);
	return x;
}

void
lexicon_free(struct lexicon *x)
{
	if (!x)
		return;
	free(x->row);
	blocks_free(&x->cells);
	free(x->label);
	free(x);
}

size_t
lexicon_bytes(const struct lexicon *x)
{
	return sizeof *x + ((size_t)1 << x->bits) * sizeof *x->row + blocks_bytes(&x->cells) +
	    (size_t)x->labels * sizeof *x->label;
}

static struct row *
row_of(const struct lexicon *x, uint32_t feature)
{
	return &x->row[feature >> (FEATURES_BITS - x->bits)];
}

static lexicon_lanes *
cells_of(const struct lexicon *x, const struct row *r)
{
	return blocks_at(&x->cells, &r->cells);
}

static lexicon_lanes *
cell_of(const struct lexicon *x, const struct row *r, int label)
{
	lexicon_lanes *c = cells_of(x, r);

	for (int i = 0; i < r->cells.n; i++)
		if (c[i][LANE_LABEL] == (float)label)
			return &c[i];
	return NULL;
}

static float
log_of(const struct lexicon *x, uint32_t n)
{
	return n < LOGS ? x->log[n] : approx_log((float)n);
}

static float
rarity_of(const struct lexicon *x, const struct row *r, float log_total)
{
	float v = log_total - log_of(x, r->docs + (r->docs < UINT32_MAX)) + 1.0f;

	return v < 1.0f ? 1.0f : v; /* lessons of weight below 1 can be fewer than texts */
}

/* --- counting ---------------------------------------------------------------------------------------------------------- */

static void
scale(float *v, int n, float square)
{
	float by = square > 0 ? 1.0f / sqrtf(square) : 0;

	for (int i = 0; i < n; i++)
		v[i] *= by;
}

bool
lexicon_read(const struct lexicon *x, const struct features *f, struct arena *a, struct lexicon_text *out)
{
	float all = 0, plain = 0, marked = 0, log_total = approx_log(x->total + 2.0f);

	out->f = f;
	out->weight = arena_alloc(a, ((size_t)f->n + 1) * sizeof *out->weight);
	out->marked = arena_alloc(a, ((size_t)f->n + 1) * sizeof *out->marked);
	out->rarity = arena_alloc(a, ((size_t)f->n + 1) * sizeof *out->rarity);
	if (!out->weight || !out->marked || !out->rarity)
		return false;
	for (int i = 0; i < f->n; i++)
		__builtin_prefetch(row_of(x, f->f[i].id));
	for (int i = 0; i < f->n; i++) {
		const struct row *r = row_of(x, f->f[i].id);
		bool is_marked = f->f[i].mark == MARK_TITLE || f->f[i].mark == MARK_TAIL;
		float v;

		out->rarity[i] = rarity_of(x, r, log_total);
		v = out->rarity[i] * (1.0f + x->log[f->f[i].times < LOGS ? f->f[i].times : LOGS - 1]);
		if (!is_marked)
			all += v * v;
		if (r->docs < 2)
			continue;
		if (!is_marked) {
			plain += v * v;
			out->weight[i] = v;
		} else
			v *= mark_share;
		out->marked[i] = v;
		marked += v * v;
	}
	out->known = all > 0 ? plain / all : 0;
	scale(out->weight, f->n, plain);
	scale(out->marked, f->n, marked);
	return true;
}

void
lexicon_count(struct lexicon *x, const struct features *f, float weight)
{
	for (int i = 0; i < f->n; i++) {
		struct row *r = row_of(x, f->f[i].id);

		r->docs += r->docs < UINT32_MAX;
	}
	x->total += weight;
}

/* A narrow one leaves out single characters and what is marked. */
static bool
is_left_out(const struct lexicon *x, const struct feature *f)
{
	return x->narrow && (f->points != 2 || f->mark != MARK_NONE);
}

bool
lexicon_meet(struct lexicon *x, const struct lexicon *docs, const struct features *f, int label, float weight, uint32_t least)
{
	float log_total = approx_log(docs->total + 2.0f);

	for (int i = 0; i < f->n; i++) {
		const struct row *counted = row_of(docs, f->f[i].id);
		struct row *r = row_of(x, f->f[i].id);
		lexicon_lanes *c;
		float rarity, was, now;

		if (counted->docs < least || is_left_out(x, &f->f[i]))
			continue;
		c = cell_of(x, r, label);
		if (!c && (x->pairs >= x->most_pairs || r->cells.n > ROW_MOST))
			continue;
		if (!c) {
			if (!(c = blocks_push(&x->cells, &r->cells)))
				return false;
			*c = (lexicon_lanes){ 0, 0, 0, (float)label };
			x->pairs++;
		}
		was = (*c)[LANE_CENTRE];
		now = was + weight < COUNT_MOST ? was + weight : COUNT_MOST;
		(*c)[LANE_CENTRE] = now;
		rarity = rarity_of(docs, counted, log_total);
		if (f->f[i].mark == MARK_NONE || f->f[i].mark == MARK_CODE)
			x->label[label].square += (now * now - was * was) * rarity * rarity;
	}
	x->label[label].seen += weight;
	return true;
}

float
lexicon_seen(const struct lexicon *x, int label)
{
	return x->label[label].seen;
}

float
lexicon_total(const struct lexicon *x)
{
	return x->total;
}

/* --- speaking and stepping ------------------------------------------------------------------------------------------------ */

static void
fetch(const struct lexicon *x, const struct features *f, int i)
{
	if (i < f->n)
		__builtin_prefetch(cells_of(x, row_of(x, f->f[i].id)));
}

void
lexicon_score(const struct lexicon *x, const struct lexicon_text *t, lexicon_lanes *score, int labels)
{
	for (int i = 0; i < labels; i++)
		score[i] = x->label[i].base;
	for (int i = 0; i < t->f->n; i++) {
		const struct row *r = row_of(x, t->f->f[i].id);
		const lexicon_lanes *c = cells_of(x, r);
		lexicon_lanes w = { t->weight[i], t->marked[i], t->weight[i] * t->rarity[i], 0 };

		fetch(x, t->f, i + AHEAD);
		if (t->marked[i] == 0 || is_left_out(x, &t->f->f[i]) || r->cells.n > ROW_MOST)
			continue;
		for (int k = 0; k < r->cells.n; k++)
			score[(int)c[k][LANE_LABEL]] += w * c[k];
	}
}

void
lexicon_step(struct lexicon *x, const struct lexicon_text *t, const lexicon_lanes *push, int labels)
{
	for (int i = 0; i < labels; i++)
		x->label[i].base += (lexicon_lanes){ bias_share, 1.0f, 0, 0 } * push[i];
	for (int i = 0; i < t->f->n; i++) {
		const struct row *r = row_of(x, t->f->f[i].id);
		lexicon_lanes *c = cells_of(x, r);
		lexicon_lanes w = { t->weight[i], t->marked[i], 0, 0 };

		fetch(x, t->f, i + AHEAD);
		if (t->marked[i] == 0 || is_left_out(x, &t->f->f[i]) || r->cells.n > ROW_MOST)
			continue;
		for (int k = 0; k < r->cells.n; k++)
			c[k] += w * push[(int)c[k][LANE_LABEL]];
	}
}

float
lexicon_centre(const struct lexicon *x, int label, lexicon_lanes score)
{
	return x->label[label].square > 0 ? score[LANE_CENTRE] / sqrtf(x->label[label].square) : 0;
}

float
lexicon_contrast(const struct lexicon *x, uint32_t feature, int label, const float *q)
{
	const struct row *r = row_of(x, feature);
	const lexicon_lanes *c = cells_of(x, r);
	float own = 0, others = 0, rest = 1.0f - q[label];

	if (r->docs < 2 || r->cells.n > ROW_MOST)
		return 0;
	for (int k = 0; k < r->cells.n; k++)
		if (c[k][LANE_LABEL] == (float)label)
			own = c[k][LANE_LINEAR];
		else
			others += q[(int)c[k][LANE_LABEL]] * c[k][LANE_LINEAR];
	return own - (rest > 1e-6f ? others / rest : 0);
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

void
lexicon_save(const struct lexicon *x, struct buf *out)
{
	uint32_t last = 0, rows = (uint32_t)1 << x->bits;
	int known = x->labels;

	while (known > 0 && x->label[known - 1].seen == 0)
		known--;
	pack_var(out, (uint64_t)x->bits);
	pack_var(out, (uint64_t)known);
	pack_f32(out, x->total);
	for (int i = 0; i < known; i++) {
		pack_f32(out, x->label[i].seen);
		pack_f32(out, x->label[i].square);
		pack_f32(out, x->label[i].base[LANE_LINEAR]);
		pack_f32(out, x->label[i].base[LANE_MARGIN]);
	}
	for (uint32_t i = 0; i < rows; i++) {
		const struct row *r = &x->row[i];
		const lexicon_lanes *c = cells_of(x, r);

		if (r->docs == 0 && r->cells.n == 0)
			continue;
		pack_var(out, i - last + 1);
		last = i;
		pack_var(out, r->docs);
		pack_var(out, r->cells.n);
		for (int k = 0; k < r->cells.n; k++) {
			pack_var(out, (uint64_t)c[k][LANE_LABEL]);
			pack_f32(out, c[k][LANE_LINEAR]);
			pack_f32(out, c[k][LANE_MARGIN]);
			pack_f32(out, c[k][LANE_CENTRE]);
		}
	}
	pack_var(out, 0);
}

static bool
load_row(struct lexicon *x, struct unpack *u, struct row *r, int known)
{
	int n;

	r->docs = (uint32_t)unpack_var(u, UINT32_MAX);
	n = (int)unpack_var(u, (uint64_t)known);
	x->pairs += (size_t)n;
	if (u->failed || n > ROW_MOST + 1 || x->pairs > x->most_pairs || (size_t)n > unpack_left(u) / 13)
		return false;
	for (int k = 0; k < n; k++) {
		lexicon_lanes *c = blocks_push(&x->cells, &r->cells);

		if (!c)
			return false;
		(*c)[LANE_LABEL] = (float)unpack_var(u, (uint64_t)known - 1);
		(*c)[LANE_LINEAR] = unpack_f32(u);
		(*c)[LANE_MARGIN] = unpack_f32(u);
		(*c)[LANE_CENTRE] = unpack_f32(u);
	}
	return !u->failed;
}

bool
lexicon_load(struct lexicon *x, struct unpack *u, int known)
{
	uint64_t rows = (uint64_t)1 << x->bits, at = 0, step;

	if (unpack_var(u, 32) != (uint64_t)x->bits)
		return false;
	known = (int)unpack_var(u, (uint64_t)known);
	x->total = unpack_f32(u);
	for (int i = 0; i < known; i++) {
		x->label[i].seen = unpack_f32(u);
		x->label[i].square = unpack_f32(u);
		x->label[i].base[LANE_LINEAR] = unpack_f32(u);
		x->label[i].base[LANE_MARGIN] = unpack_f32(u);
		u->failed |= x->label[i].seen < 0;
	}
	if (u->failed || x->total < 0)
		return false;
	for (bool first = true; (step = unpack_var(u, rows)) > 0; first = false) {
		at += step - 1;
		if (u->failed || at >= rows || (step == 1 && !first) || !load_row(x, u, &x->row[at], known))
			return false;
	}
	return !u->failed;
}
