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
	AHEAD = 6           /* rows fetched before their turn */
};
static const float mark_share = 0.6f; /* of what stands in title or tail, beside the same words unmarked */
static const float bias_share = 0.1f; /* of a step that goes into the label's own weight */

/* A feature with a label: a guess waits for memory more than for arithmetic, so the label's number stands in the last eight bits of the two
 * weights, where it changes them by less than 2^-15 of themselves. */
typedef uint32_t cell __attribute__((vector_size(8), aligned(8)));
static const cell label_bits = { 0xff, 0xff };
static const float nearly_nothing = 1e-20f; /* a new weight: 0 with a label in it would be a denormal number, which is slow */

/* A feature: the texts it stood in, and a cell for each label it stood with. A row is full when its cells are those of labels 0, 1, 2 … in
 * order: nobody need look at their numbers then, which is a fifth of the work. A feature that most labels have gets the cells of all. */
enum { ROW_FULL = 2 /* of cells.has */, FULL_LEAST = 8 };
struct row { struct block_list cells; uint32_t docs; };
struct label_row { lexicon_lanes base /* without any feature */; float seen; };

struct lexicon {
	int bits, labels;
	int known;               /* labels below this have been met */
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
	x->cells.size = sizeof(cell);
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

static int
label_of(const cell *c)
{
	return (int)(((*c)[0] & 0xff) | ((*c)[1] & 0xff) << 8);
}

static cell
cell_made(lexicon_lanes weights, int label)
{
	return ((cell)weights & ~label_bits) | (cell){ (uint32_t)label & 0xff, (uint32_t)label >> 8 };
}

static cell *
cells_of(const struct lexicon *x, const struct row *r)
{
	return blocks_at(&x->cells, &r->cells);
}

static cell *
cell_of(const struct lexicon *x, const struct row *r, int label)
{
	cell *c = cells_of(x, r);

	if (r->cells.has & ROW_FULL)
		return label < r->cells.n ? &c[label] : NULL;
	for (int i = 0; i < r->cells.n; i++)
		if (label_of(&c[i]) == label)
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

static bool
push(struct lexicon *x, struct row *r, cell made)
{
	bool full = (r->cells.n == 0 || (r->cells.has & ROW_FULL)) && label_of(&made) == r->cells.n;
	cell *c = blocks_push(&x->cells, &r->cells);

	if (!c)
		return false;
	*c = made;
	r->cells.has = (uint8_t)(full ? r->cells.has | ROW_FULL : r->cells.has & ~ROW_FULL);
	x->pairs++;
	return true;
}

/* Make it full: the cells it has, and new ones between them. */
static bool
fill(struct lexicon *x, struct row *r)
{
	struct row all = { .docs = r->docs };

	for (int l = 0; l < x->known; l++) {
		const cell *c = cell_of(x, r, l);

		if (!push(x, &all, c ? *c : cell_made((lexicon_lanes){ nearly_nothing, nearly_nothing }, l)))
			return false;
	}
	x->pairs -= r->cells.n;
	blocks_release(&x->cells, &r->cells);
	*r = all;
	return true;
}

bool
lexicon_meet(struct lexicon *x, const struct lexicon *docs, const struct features *f, int label, float weight, uint32_t least)
{
	if (label >= x->known)
		x->known = label + 1;
	for (int i = 0; i < f->n; i++) {
		struct row *r = row_of(x, f->f[i].id);

		if (row_of(docs, f->f[i].id)->docs < least || is_left_out(x, &f->f[i]) || cell_of(x, r, label))
			continue;
		if (x->pairs >= x->most_pairs || r->cells.n > ROW_MOST)
			continue;
		/* A full one stays full where that costs little. */
		while ((r->cells.has & ROW_FULL) && r->cells.n >= FULL_LEAST && r->cells.n < label && label < ROW_MOST &&
		    label - r->cells.n < r->cells.n)
			if (!push(x, r, cell_made((lexicon_lanes){ nearly_nothing, nearly_nothing }, r->cells.n)))
				return false;
		if (!push(x, r, cell_made((lexicon_lanes){ nearly_nothing, nearly_nothing }, label)))
			return false;
		if (!(r->cells.has & ROW_FULL) && r->cells.n >= FULL_LEAST && r->cells.n * 2 >= x->known && x->known <= ROW_MOST &&
		    !fill(x, r))
			return false;
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

/* Two cells of a full row at once. */
typedef float two_lanes __attribute__((vector_size(16), aligned(8), may_alias));
typedef uint32_t two_cells __attribute__((vector_size(16), aligned(8), may_alias));

static void
add_row(lexicon_lanes *restrict score, const cell *c, int n, bool full, lexicon_lanes w)
{
	two_lanes both = { w[0], w[1], w[0], w[1] };
	int k = 0;

	for (; full && k + 1 < n; k += 2)
		*(two_lanes *)&score[k] += both * *(const two_lanes *)&c[k];
	for (; k < n; k++)
		score[label_of(&c[k])] += w * (lexicon_lanes)c[k];
}

static void
step_row(cell *restrict c, const lexicon_lanes *push, int n, bool full, lexicon_lanes w)
{
	const two_cells bits = { 0xff, 0xff, 0xff, 0xff };
	two_lanes both = { w[0], w[1], w[0], w[1] };
	int k = 0;

	for (; full && k + 1 < n; k += 2) {
		two_cells was = *(two_cells *)&c[k];
		two_lanes now = (two_lanes)was + both * *(const two_lanes *)&push[k];

		*(two_cells *)&c[k] = ((two_cells)now & ~bits) | (was & bits);
	}
	for (; k < n; k++)
		c[k] = ((cell)((lexicon_lanes)c[k] + w * push[label_of(&c[k])]) & ~label_bits) | (c[k] & label_bits);
}

void
lexicon_score(const struct lexicon *x, const struct lexicon_text *t, lexicon_lanes *score, int labels)
{
	for (int i = 0; i < labels; i++)
		score[i] = x->label[i].base;
	for (int i = 0; i < t->f->n; i++) {
		const struct row *r = row_of(x, t->f->f[i].id);
		const cell *c = cells_of(x, r);
		lexicon_lanes w = { t->weight[i], t->marked[i] };

		fetch(x, t->f, i + AHEAD);
		if (t->marked[i] == 0 || is_left_out(x, &t->f->f[i]) || r->cells.n > ROW_MOST)
			continue;
		add_row(score, c, r->cells.n, r->cells.has & ROW_FULL, w);
	}
}

void
lexicon_step(struct lexicon *x, const struct lexicon_text *t, const lexicon_lanes *push, int labels)
{
	for (int i = 0; i < labels; i++)
		x->label[i].base += (lexicon_lanes){ bias_share, 1.0f } * push[i];
	for (int i = 0; i < t->f->n; i++) {
		const struct row *r = row_of(x, t->f->f[i].id);
		cell *c = cells_of(x, r);
		lexicon_lanes w = { t->weight[i], t->marked[i] };

		fetch(x, t->f, i + AHEAD);
		if (t->marked[i] == 0 || is_left_out(x, &t->f->f[i]) || r->cells.n > ROW_MOST)
			continue;
		step_row(c, push, r->cells.n, r->cells.has & ROW_FULL, w);
	}
}

float
lexicon_contrast(const struct lexicon *x, uint32_t feature, int label, const float *q)
{
	const struct row *r = row_of(x, feature);
	const cell *c = cells_of(x, r);
	float own = 0, others = 0, rest = 1.0f - q[label];

	if (r->docs < 2 || r->cells.n > ROW_MOST)
		return 0;
	for (int k = 0; k < r->cells.n; k++)
		if (label_of(&c[k]) == label)
			own = ((lexicon_lanes)c[k])[LANE_LINEAR];
		else
			others += q[label_of(&c[k])] * ((lexicon_lanes)c[k])[LANE_LINEAR];
	return own - (rest > 1e-6f ? others / rest : 0);
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

void
lexicon_save(const struct lexicon *x, struct buf *out)
{
	uint32_t last = 0, rows = (uint32_t)1 << x->bits;
	int known = x->known;

	pack_var(out, (uint64_t)x->bits);
	pack_var(out, (uint64_t)known);
	pack_f32(out, x->total);
	for (int i = 0; i < known; i++) {
		pack_f32(out, x->label[i].seen);
		pack_f32(out, x->label[i].base[LANE_LINEAR]);
		pack_f32(out, x->label[i].base[LANE_MARGIN]);
	}
	for (uint32_t i = 0; i < rows; i++) {
		const struct row *r = &x->row[i];
		const cell *c = cells_of(x, r);

		if (r->docs == 0 && r->cells.n == 0)
			continue;
		pack_var(out, i - last + 1);
		last = i;
		pack_var(out, r->docs);
		pack_var(out, r->cells.n);
		for (int k = 0; k < r->cells.n; k++) {
			pack_u32(out, c[k][0]);
			pack_u32(out, c[k][1]);
		}
	}
	pack_var(out, 0);
}

/* A number that is finite, with a label in it. */
static uint32_t
unpack_bits(struct unpack *u)
{
	uint32_t bits = unpack_u32(u);

	u->failed |= (bits & 0x7f800000) == 0x7f800000;
	return bits;
}

static bool
load_row(struct lexicon *x, struct unpack *u, struct row *r, int known)
{
	int n;

	r->docs = (uint32_t)unpack_var(u, UINT32_MAX);
	n = (int)unpack_var(u, (uint64_t)known);
	if (u->failed || n > ROW_MOST + 1 || x->pairs + (size_t)n > x->most_pairs + ROW_MOST || (size_t)n > unpack_left(u) / 8)
		return false;
	for (int k = 0; k < n; k++) {
		uint32_t linear = unpack_bits(u), margin = unpack_bits(u);
		cell c = { linear, margin };

		if (label_of(&c) >= known || !push(x, r, c))
			return false;
	}
	return !u->failed;
}

bool
lexicon_load(struct lexicon *x, struct unpack *u, int known)
{
	uint64_t rows = (uint64_t)1 << x->bits, at = 0, step;

	if (unpack_var(u, 32) != (uint64_t)x->bits)
		return false;
	known = x->known = (int)unpack_var(u, (uint64_t)known);
	x->total = unpack_f32(u);
	for (int i = 0; i < known; i++) {
		x->label[i].seen = unpack_f32(u);
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
