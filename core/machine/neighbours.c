#include "core/machine/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/blocks.h"
#include "core/machine/packing.h"

enum { TIMES_BITS = 10 };

/* A case: its features are kept[first .. first + n) of the ring, wrapped. */
struct kept { int64_t no; uint64_t first; uint16_t n, label; float norm; };

struct neighbours {
	int bits, cases;
	struct kept *kept; uint64_t oldest, next; /* by number; slot = number mod cases */
	uint32_t *ring; size_t most; uint64_t filled; /* a feature: id << TIMES_BITS | times */
	struct block_list *list; /* of a bucket: slots, oldest first */
	struct blocks postings;
};

struct neighbours *
neighbours_new(int bits, int cases, size_t most)
{
	struct neighbours *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->bits = bits;
	x->cases = cases < (1 << (BLOCKS_CLASSES - 1)) ? cases : (1 << (BLOCKS_CLASSES - 1)) - 1; /* a list can name them all */
	x->most = most;
	x->postings.size = sizeof(uint32_t);
	x->kept = calloc((size_t)x->cases, sizeof *x->kept);
	x->ring = calloc(most, sizeof *x->ring);
	x->list = calloc((size_t)1 << bits, sizeof *x->list);
	if (!x->kept || !x->ring || !x->list) {
		neighbours_free(x);
		return NULL;
	}
	return x;
}

void
neighbours_free(struct neighbours *x)
{
	if (!x)
		return;
	free(x->kept);
	free(x->ring);
	free(x->list);
	blocks_free(&x->postings);
	free(x);
}

size_t
neighbours_bytes(const struct neighbours *x)
{
	return sizeof *x + (size_t)x->cases * sizeof *x->kept + x->most * sizeof *x->ring +
	    ((size_t)1 << x->bits) * sizeof *x->list + blocks_bytes(&x->postings);
}

int
neighbours_count(const struct neighbours *x)
{
	return (int)(x->next - x->oldest);
}

static struct block_list *
list_of(const struct neighbours *x, uint32_t id)
{
	return &x->list[id >> (FEATURES_BITS - x->bits)];
}

static bool
is_followed(const struct feature *f)
{
	return f->points == 2;
}

static struct feature
unpack(uint32_t v)
{
	return (struct feature){ .id = v >> (TIMES_BITS + 2), .times = (uint16_t)(v & ((1u << TIMES_BITS) - 1)),
	    .points = (uint16_t)(v >> TIMES_BITS & 3) };
}

static void
drop_oldest(struct neighbours *x)
{
	uint32_t slot = (uint32_t)(x->oldest % (uint64_t)x->cases);
	const struct kept *k = &x->kept[slot];

	for (int i = 0; i < k->n; i++) {
		struct feature f = unpack(x->ring[(k->first + (uint64_t)i) % x->most]);
		struct block_list *l = list_of(x, f.id);
		uint32_t *v = blocks_at(&x->postings, l);

		if (!is_followed(&f))
			continue;
		for (int j = 0; j < l->n; j++)
			if (v[j] == slot) {
				memmove(v + j, v + j + 1, (size_t)(l->n - j - 1) * sizeof *v);
				if (--l->n == 0)
					blocks_release(&x->postings, l);
				break;
			}
	}
	x->oldest++;
}

/* The case in this slot has the feature. A list names a case once. False when memory is gone. */
static bool
follow(struct neighbours *x, uint32_t packed, uint32_t slot)
{
	struct feature f = unpack(packed);
	struct block_list *l = list_of(x, f.id);
	uint32_t *v = blocks_at(&x->postings, l);

	if (!is_followed(&f) || (l->n > 0 && v[l->n - 1] == slot))
		return true;
	if (!(v = blocks_push(&x->postings, l)))
		return false;
	*v = slot;
	return true;
}

bool
neighbours_add(struct neighbours *x, const struct lexicon *lex, const struct features *f, int label, int64_t no)
{
	float norm = 0;
	uint32_t slot;
	struct kept *k;

	if ((size_t)f->n > x->most)
		return true;
	while (x->next > x->oldest && (x->next - x->oldest == (uint64_t)x->cases ||
	    x->filled + (uint64_t)f->n - x->kept[x->oldest % (uint64_t)x->cases].first > x->most))
		drop_oldest(x);
	slot = (uint32_t)(x->next % (uint64_t)x->cases);
	k = &x->kept[slot];
	*k = (struct kept){ .no = no, .first = x->filled, .n = (uint16_t)f->n, .label = (uint16_t)label };
	x->next++;
	for (int i = 0; i < f->n; i++, x->filled++) {
		uint16_t times = f->f[i].times < 1u << TIMES_BITS ? f->f[i].times : (1u << TIMES_BITS) - 1;

		x->ring[x->filled % x->most] = f->f[i].id << (TIMES_BITS + 2) | (uint32_t)f->f[i].points << TIMES_BITS | times;
		if (!follow(x, x->ring[x->filled % x->most], slot))
			return false;
		if (is_followed(&f->f[i])) {
			float idf = lexicon_rarity(lex, f->f[i].id);

			norm += idf * idf;
		}
	}
	k->norm = sqrtf(norm);
	return true;
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

/* Adds what the followed features say, rarest first, until the visits are used up. Returns the norm of the text. */
static float
gather(const struct neighbours *x, const struct lexicon *lex, const struct features *f, float *score)
{
	float norm = 0;
	int visits = 0;

	for (int from = 0, to = 4; from < 1 << BLOCKS_CLASSES; from = to, to *= 4)
		for (int i = 0; i < f->n; i++) {
			const struct block_list *l = list_of(x, f->f[i].id);
			const uint32_t *v = blocks_at(&x->postings, l);
			float idf, add;

			if (!is_followed(&f->f[i]) || l->n < from || l->n >= to)
				continue;
			idf = lexicon_rarity(lex, f->f[i].id);
			norm += idf * idf;
			if (visits + l->n > NEIGHBOURS_VISITS)
				continue;
			visits += l->n;
			add = idf * idf;
			for (int k = 0; k < l->n; k++)
				score[v[k]] += add;
		}
	return sqrtf(norm);
}

int
neighbours_find(const struct neighbours *x, const struct lexicon *lex, const struct features *f, struct arena *a,
    struct neighbour *out, int max)
{
	float *score = arena_alloc(a, (size_t)x->cases * sizeof *score), norm;
	int n = 0;

	if (!score || x->next == x->oldest)
		return 0;
	norm = gather(x, lex, f, score);
	if (max > NEIGHBOURS_MAX)
		max = NEIGHBOURS_MAX;
	for (uint64_t i = x->next; i-- > x->oldest;) {
		int slot = (int)(i % (uint64_t)x->cases), at;
		const struct kept *k = &x->kept[slot];
		float like;

		if (score[slot] <= 0)
			continue;
		like = score[slot] / (norm * k->norm + 1.0f);
		if (n == max && like <= out[n - 1].likeness)
			continue;
		at = n < max ? n++ : n - 1;
		for (; at > 0 && out[at - 1].likeness < like; at--)
			out[at] = out[at - 1];
		out[at] = (struct neighbour){ .slot = slot, .label = k->label, .no = k->no, .likeness = like < 1 ? like : 1 };
	}
	return n;
}

int
neighbours_recall(const struct neighbours *x, int age, struct features *f)
{
	const struct kept *k = &x->kept[(x->next - 1 - (uint64_t)age) % (uint64_t)x->cases];

	f->n = k->n;
	for (int i = 0; i < k->n; i++)
		f->f[i] = unpack(x->ring[(k->first + (uint64_t)i) % x->most]);
	return k->label;
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

void
neighbours_save(const struct neighbours *x, struct buf *out)
{
	pack_var(out, x->next - x->oldest);
	for (uint64_t i = x->oldest; i < x->next; i++) {
		const struct kept *k = &x->kept[i % (uint64_t)x->cases];

		pack_var(out, (uint64_t)k->no);
		pack_var(out, k->label);
		pack_f32(out, k->norm);
		pack_var(out, k->n);
		for (int j = 0; j < k->n; j++)
			pack_u32(out, x->ring[(k->first + (uint64_t)j) % x->most]);
	}
}

bool
neighbours_load(struct neighbours *x, struct unpack *u, int known)
{
	uint64_t cases = unpack_var(u, (uint64_t)x->cases);

	for (uint64_t i = 0; i < cases && !u->failed; i++) {
		struct kept *k = &x->kept[i];

		k->no = (int64_t)unpack_var(u, INT64_MAX);
		k->label = (uint16_t)unpack_var(u, known > 0 ? (uint64_t)known - 1 : 0);
		k->norm = unpack_f32(u);
		k->n = (uint16_t)unpack_var(u, FEATURES_MAX);
		k->first = x->filled;
		if (u->failed || known == 0 || k->norm < 0 || x->filled + k->n > x->most || unpack_left(u) / 4 < k->n)
			return false;
		x->next++;
		for (int j = 0; j < k->n; j++) {
			x->ring[x->filled++] = unpack_u32(u);
			if (!follow(x, x->ring[x->filled - 1], (uint32_t)i))
				return false;
		}
	}
	return !u->failed;
}
