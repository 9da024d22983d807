#include "core/machine/trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/packing.h"

enum { BINS = 32, LEAVES = 1 << TREES_DEPTH, SAMPLE = 20000 };
static const float shrink = 0.10f, calm = 8.0f, least_p = 3e-4f;

void
trees_free(struct trees *t)
{
	free(t->tree);
	*t = (struct trees){ 0 };
}

typedef float four __attribute__((vector_size(16)));
typedef int32_t four_bits __attribute__((vector_size(16)));
enum { FOURS = TREES_WIDTH / 4 };

void
trees_add(const struct trees *t, const trees_features x, int n, float *score)
{
	for (int k = 0; k < t->n; k++) {
		const struct tree *one = &t->tree[k];
		four_bits at[FOURS] = { { 0 } };
		int32_t leaf[TREES_WIDTH];

		for (int d = 0; d < TREES_DEPTH; d++) {
			const four *v = (const four *)x[one->feature[d]];
			four edge = { one->edge[d], one->edge[d], one->edge[d], one->edge[d] };
			four_bits bit = { 1 << d, 1 << d, 1 << d, 1 << d };

#pragma GCC unroll 4
			for (int i = 0; i < FOURS; i++)
				at[i] |= (v[i] > edge) & bit;
		}
		memcpy(leaf, at, sizeof leaf);
		for (int i = 0; i < n; i++)
			score[i] += one->leaf[leaf[i]];
	}
}

/* --- fitting ------------------------------------------------------------------------------------------------------------ */

struct sums { double g, h; };

/* All candidates of all choices in a row, feature by feature as numbers of bins. */
struct fit {
	const struct trees_case *c; size_t n;
	int features;
	size_t rows;
	uint32_t *first;                 /* of a choice: its first row */
	uint8_t *bin[TREES_FEATURES];
	float edge[TREES_FEATURES][BINS];
	float *score, *g, *h;
	uint8_t *leaf;
	uint32_t *active; size_t nactive; /* rows that this tree looks at */
	struct sums (*sum)[TREES_FEATURES][BINS]; /* by leaf */
};

static int
by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Edges between bins of about as many rows each. */
static bool
make_edges(struct fit *f)
{
	float *v = malloc((SAMPLE + 1) * sizeof *v);
	size_t step = f->rows / SAMPLE + 1;

	for (int k = 0; v && k < f->features; k++) {
		size_t n = 0, row = 0;

		for (size_t i = 0; i < f->n; i++)
			for (int j = 0; j < f->c[i].n; j++, row++)
				if (row % step == 0 && n < SAMPLE)
					v[n++] = f->c[i].x[j * f->features + k];
		qsort(v, n, sizeof *v, by_value);
		for (int b = 0; b < BINS; b++)
			f->edge[k][b] = n > 0 ? v[n * (size_t)(b + 1) / (BINS + 1)] : 0;
	}
	free(v);
	return v != NULL;
}

static void
fill_bins(struct fit *f)
{
	for (int k = 0; k < f->features; k++) {
		size_t row = 0;

		for (size_t i = 0; i < f->n; i++)
			for (int j = 0; j < f->c[i].n; j++, row++) {
				float v = f->c[i].x[j * f->features + k];
				int b = 0;

				for (int half = BINS / 2; half > 0; half /= 2) /* the number of edges below v, at most BINS - 1 */
					if (v > f->edge[k][b + half - 1])
						b += half;
				f->bin[k][row] = (uint8_t)b;
			}
	}
}

/* Slopes of the choices that this tree looks at. */
static void
slopes(struct fit *f, int tree)
{
	f->nactive = 0;
	for (size_t i = 0; i < f->n; i++) {
		const struct trees_case *c = &f->c[i];
		uint32_t first = f->first[i], draw = ((uint32_t)i + 1) * UINT32_C(0x9e3779b1) ^ (uint32_t)(tree + 1) * UINT32_C(0x85ebca6b);
		float best = -1e30f, sum = 0, *z = f->score + first, p[64];

		draw ^= draw >> 15;
		draw *= UINT32_C(0x2c1b3c6d);
		if ((draw >> 16) % 100 >= 60)
			continue;
		for (int j = 0; j < c->n; j++)
			best = z[j] > best ? z[j] : best;
		for (int j = 0; j < c->n; j++)
			sum += p[j] = approx_exp(z[j] - best);
		for (int j = 0; j < c->n; j++) {
			p[j] /= sum;
			if (p[j] < least_p && j != c->right)
				continue;
			f->g[first + (uint32_t)j] = c->weight * ((j == c->right ? 1.0f : 0) - p[j]);
			f->h[first + (uint32_t)j] = c->weight * p[j] * (1.0f - p[j]);
			f->active[f->nactive++] = first + (uint32_t)j;
		}
	}
}

/* The question that tells most, given those asked already: each leaf is halved by it. */
static void
ask(struct fit *f, int depth, struct tree *t)
{
	int leaves = 1 << depth, best_k = 0, best_b = 0;
	double best = -1;

	memset(f->sum, 0, (size_t)leaves * sizeof *f->sum);
	for (int k = 0; k < f->features; k++)
		for (size_t a = 0; a < f->nactive; a++) {
			uint32_t row = f->active[a];
			struct sums *s = &f->sum[f->leaf[row]][k][f->bin[k][row]];

			s->g += (double)f->g[row];
			s->h += (double)f->h[row];
		}
	for (int k = 0; k < f->features; k++) {
		double gain[BINS] = { 0 };

		for (int l = 0; l < leaves; l++) {
			struct sums all = { 0 }, low = { 0 };

			for (int b = 0; b < BINS; b++) {
				all.g += f->sum[l][k][b].g;
				all.h += f->sum[l][k][b].h;
			}
			for (int b = 0; b + 1 < BINS; b++) {
				double g, h;

				low.g += f->sum[l][k][b].g;
				low.h += f->sum[l][k][b].h;
				g = all.g - low.g;
				h = all.h - low.h;
				gain[b] += low.g * low.g / (low.h + (double)calm) + g * g / (h + (double)calm);
			}
		}
		for (int b = 0; b + 1 < BINS; b++)
			if (gain[b] > best) {
				best = gain[b];
				best_k = k;
				best_b = b;
			}
	}
	t->feature[depth] = (uint8_t)best_k;
	t->edge[depth] = f->edge[best_k][best_b];
	for (size_t row = 0; row < f->rows; row++)
		f->leaf[row] |= (uint8_t)((f->bin[best_k][row] > best_b) << depth);
}

static void
grow(struct fit *f, int number, struct tree *t)
{
	struct sums of[LEAVES] = { 0 };

	slopes(f, number);
	memset(f->leaf, 0, f->rows);
	for (int d = 0; d < TREES_DEPTH; d++)
		ask(f, d, t);
	for (size_t a = 0; a < f->nactive; a++) {
		uint32_t row = f->active[a];

		of[f->leaf[row]].g += (double)f->g[row];
		of[f->leaf[row]].h += (double)f->h[row];
	}
	for (int l = 0; l < LEAVES; l++)
		t->leaf[l] = (float)((double)shrink * of[l].g / (of[l].h + (double)calm));
	for (size_t row = 0; row < f->rows; row++)
		f->score[row] += t->leaf[f->leaf[row]];
}

static bool
make_fit(struct fit *f)
{
	bool ok;

	f->first = malloc((f->n + 1) * sizeof *f->first);
	if (!f->first)
		return false;
	for (size_t i = 0; i < f->n; i++) {
		f->first[i] = (uint32_t)f->rows;
		f->rows += (size_t)f->c[i].n;
	}
	f->score = calloc(f->rows + 1, sizeof *f->score);
	f->g = calloc(f->rows + 1, sizeof *f->g);
	f->h = calloc(f->rows + 1, sizeof *f->h);
	f->leaf = calloc(f->rows + 1, 1);
	f->active = calloc(f->rows + 1, sizeof *f->active);
	f->sum = calloc(LEAVES, sizeof *f->sum);
	ok = f->score && f->g && f->h && f->leaf && f->active && f->sum;
	for (int k = 0; k < f->features; k++)
		ok = (f->bin[k] = calloc(f->rows + 1, 1)) && ok;
	if (!ok || !make_edges(f))
		return false;
	fill_bins(f);
	for (size_t i = 0; i < f->n; i++)
		memcpy(f->score + f->first[i], f->c[i].score, (size_t)f->c[i].n * sizeof(float));
	return true;
}

bool
trees_fit(struct trees *t, int features, const struct trees_case *c, size_t n, const volatile bool *stop)
{
	struct fit f = { .c = c, .n = n, .features = features };
	struct tree *tree = calloc(TREES_MAX, sizeof *tree);
	bool ok = tree && make_fit(&f);
	int grown = 0, most = n < 8000 ? (int)(n / 50) : TREES_MAX;

	for (; ok && grown < most && !(stop && *stop); grown++)
		grow(&f, grown, &tree[grown]);
	free(f.first);
	free(f.score);
	free(f.g);
	free(f.h);
	free(f.leaf);
	free(f.active);
	free(f.sum);
	for (int k = 0; k < features; k++)
		free(f.bin[k]);
	if (!ok) {
		free(tree);
		return false;
	}
	free(t->tree);
	*t = (struct trees){ grown, features, tree };
	return true;
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

void
trees_save(const struct trees *t, struct buf *out)
{
	pack_var(out, (uint64_t)t->n);
	for (int k = 0; k < t->n; k++) {
		for (int d = 0; d < TREES_DEPTH; d++) {
			pack_var(out, t->tree[k].feature[d]);
			pack_f32(out, t->tree[k].edge[d]);
		}
		for (int l = 0; l < LEAVES; l++)
			pack_f32(out, t->tree[k].leaf[l]);
	}
}

bool
trees_load(struct trees *t, int features, struct unpack *u)
{
	int n = (int)unpack_var(u, TREES_MAX);

	if (u->failed || !(t->tree = calloc((size_t)n + 1, sizeof *t->tree)))
		return false;
	t->n = n;
	t->features = features;
	for (int k = 0; k < n; k++) {
		for (int d = 0; d < TREES_DEPTH; d++) {
			t->tree[k].feature[d] = (uint8_t)unpack_var(u, (uint64_t)features - 1);
			t->tree[k].edge[d] = unpack_f32(u);
		}
		for (int l = 0; l < LEAVES; l++)
			t->tree[k].leaf[l] = unpack_f32(u);
	}
	return !u->failed;
}
