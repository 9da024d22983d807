#include "core/machine/attributes.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/approx.h"
#include "core/machine/packing.h"

enum { SHORTEST = 2, LONGEST = 5, POINTS = 64 };

/* A piece of a name; then of all names that have it: who they are as a sum, and how many. */
struct piece { uint64_t hash, who; int label, points, labels; };

void
attributes_free(struct attributes *x)
{
	free(x->piece);
	free(x->labels);
	*x = (struct attributes){ 0 };
}

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

/* The pieces of a name, each once; returns how many. */
static int
pieces_of(const char *name, int label, struct piece out[POINTS * LONGEST])
{
	uint32_t point[POINTS];
	size_t len = strlen(name);
	int points = 0, n = 0;

	for (size_t at = 0; at < len && points < POINTS; points++) {
		at += utf8_decode(name + at, len - at, &point[points]);
		point[points] = fold_point(point[points]);
	}
	for (int i = 0; i < points; i++) {
		uint64_t h = UINT64_C(0x243f6a8885a308d3);

		for (int k = 1; k <= LONGEST && i + k <= points; k++) {
			int j = 0;

			h = mix((h ^ point[i + k - 1]) * UINT64_C(0x9e3779b97f4a7c15));
			if (k < SHORTEST)
				continue;
			while (j < n && out[j].hash != h)
				j++;
			if (j == n)
				out[n++] = (struct piece){ .hash = h, .label = label, .points = k };
		}
	}
	return n;
}

static int
by_hash(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->label - y->label;
}

/* Those of the same labels together, the longest first. */
static int
by_who(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	if (x->points != y->points)
		return y->points - x->points;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static int
by_labels(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->labels != y->labels)
		return y->labels - x->labels;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Each piece once, with its labels; only those shared. Returns how many. */
static size_t
gather(struct piece *p, size_t n, int names)
{
	size_t kept = 0;

	qsort(p, n, sizeof *p, by_hash);
	for (size_t i = 0; i < n;) {
		struct piece one = p[i];

		for (; i < n && p[i].hash == one.hash; i++) {
			one.labels++;
			one.who += mix((uint64_t)p[i].label + 1);
		}
		if (one.labels >= 2 && one.labels * 10 < names * 9)
			p[kept++] = one;
	}
	qsort(p, kept, sizeof *p, by_who);
	n = kept;
	kept = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || p[i].who != p[i - 1].who)
			p[kept++] = p[i];
	qsort(p, kept, sizeof *p, by_labels);
	return kept;
}

bool
attributes_find(struct attributes *x, const char *const *name, int n)
{
	struct piece *p = malloc(((size_t)n + 1) * POINTS * LONGEST * sizeof *p);
	size_t found = 0;

	if (!p)
		return false;
	for (int i = 0; i < n; i++)
		found += (size_t)pieces_of(name[i], i, p + found);
	found = gather(p, found, n);
	x->n = found < ATTRIBUTES_MAX ? (int)found : ATTRIBUTES_MAX;
	x->piece = malloc(((size_t)x->n + 1) * sizeof *x->piece);
	x->labels = malloc(((size_t)x->n + 1) * sizeof *x->labels);
	for (int i = 0; x->piece && x->labels && i < x->n; i++) {
		x->piece[i] = p[i].hash;
		x->labels[i] = p[i].labels;
	}
	free(p);
	return x->piece && x->labels;
}

int
attributes_of(const struct attributes *x, const char *name, struct attribute out[ATTRIBUTES_OF_ONE])
{
	struct piece p[POINTS * LONGEST];
	int n = x->n > 0 ? pieces_of(name, 0, p) : 0, found = 0;

	for (int a = x->n - 1; a >= 0 && found < ATTRIBUTES_OF_ONE; a--) /* the rarest first */
		for (int i = 0; i < n; i++)
			if (p[i].hash == x->piece[a]) {
				out[found++] = (struct attribute){ (uint16_t)a, 1.0f / approx_log(2.0f + (float)x->labels[a]) };
				break;
			}
	return found;
}

void
attributes_save(const struct attributes *x, struct buf *out)
{
	pack_var(out, (uint64_t)x->n);
	for (int i = 0; i < x->n; i++) {
		pack_u32(out, (uint32_t)x->piece[i]);
		pack_u32(out, (uint32_t)(x->piece[i] >> 32));
		pack_var(out, (uint64_t)x->labels[i]);
	}
}

bool
attributes_load(struct attributes *x, struct unpack *u)
{
	int n = (int)unpack_var(u, ATTRIBUTES_MAX);

	x->piece = malloc(((size_t)n + 1) * sizeof *x->piece);
	x->labels = malloc(((size_t)n + 1) * sizeof *x->labels);
	if (u->failed || !x->piece || !x->labels)
		return false;
	x->n = n;
	for (int i = 0; i < n; i++) {
		x->piece[i] = unpack_u32(u);
		x->piece[i] |= (uint64_t)unpack_u32(u) << 32;
		x->labels[i] = (int)unpack_var(u, UINT16_MAX);
	}
	return !u->failed;
}
