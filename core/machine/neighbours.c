#include "core/machine/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/blocks.h"
#include "core/machine/packing.h"

/* A case: its followed features are kept[first .. first + n) of the ring, wrapped. */
struct kept { int64_t no; uint64_t first; uint16_t n, label; };

struct neighbours {
	int bits, cases;
	struct kept *kept; uint64_t oldest, next; /* by number; slot = number mod cases */
	float *inverse;          /* of each slot: 1 / the norm of its followed features */
	int room;                /* of kept and inverse, until it is `cases` */
	uint32_t *ring; size_t most, ring_room; uint64_t filled; /* the id of a followed feature */
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
	x->list = calloc((size_t)1 << bits, sizeof *x->list);
	if (!x->list) {
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
	free(x->inverse);
	free(x->ring);
	free(x->list);
	blocks_free(&x->postings);
	free(x);
}

size_t
neighbours_bytes(const struct neighbours *x)
{
	return sizeof *x + (size_t)x->room * (sizeof *x->kept + sizeof *x->inverse) + x->ring_room * sizeof *x->ring +
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
	return f->points == 2 && f->mark != MARK_TAIL;
}

static void
drop_oldest(struct neighbours *x)
{
	uint32_t slot = (uint32_t)(x->oldest % (uint64_t)x->cases);
	const struct kept *k = &x->kept[slot];

	for (int i = 0; i < k->n; i++) {
		struct block_list *l = list_of(x, x->ring[(k->first + (uint64_t)i) % x->most]);
		uint32_t *v = blocks_at(&x->postings, l);

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
follow(struct neighbours *x, uint32_t feature, uint32_t slot)
{
	struct block_list *l = list_of(x, feature);
	uint32_t *v = blocks_at(&x->postings, l);

	if (l->n > 0 && v[l->n - 1] == slot)
		return true;
	if (!(v = blocks_push(&x->postings, l)))
		return false;
	*v = slot;
	return true;
}

/* Room for one more case with n features, which the ring may still have to grow for: until it is full nothing wraps. */
static bool
make_room(struct neighbours *x, int n)
{
	if (x->room < x->cases && x->next == (uint64_t)x->room) {
		int room = x->room * 2 + 256 < x->cases ? x->room * 2 + 256 : x->cases;
		struct kept *more = realloc(x->kept, (size_t)room * sizeof *more);
		float *inverse;

		if (!more)
			return false;
		x->kept = more;
		if (!(inverse = realloc(x->inverse, (size_t)room * sizeof *inverse)))
			return false;
		memset(more + x->room, 0, (size_t)(room - x->room) * sizeof *more);
		memset(inverse + x->room, 0, (size_t)(room - x->room) * sizeof *inverse);
		x->inverse = inverse;
		x->room = room;
	}
	if (x->ring_room < x->most && x->filled + (uint64_t)n > x->ring_room) {
		size_t room = x->ring_room + x->ring_room / 2 + FEATURES_MAX * 8;
		uint32_t *more;

		room = room < x->most ? room : x->most;
		if (!(more = realloc(x->ring, room * sizeof *more)))
			return false;
		x->ring = more;
		x->ring_room = room;
	}
	return true;
}

bool
neighbours_add(struct neighbours *x, const struct lexicon_text *t, int label, int64_t no)
{
	const struct features *f = t->f;
	float norm = 0;
	uint32_t slot;
	struct kept *k;

	if ((size_t)f->n > x->most)
		return true;
	while (x->next > x->oldest && (x->next - x->oldest == (uint64_t)x->cases ||
	    x->filled + (uint64_t)f->n - x->kept[x->oldest % (uint64_t)x->cases].first > x->most))
		drop_oldest(x);
	if (!make_room(x, f->n))
		return false;
	slot = (uint32_t)(x->next % (uint64_t)x->cases);
	k = &x->kept[slot];
	*k = (struct kept){ .no = no, .first = x->filled, .label = (uint16_t)label };
	x->next++;
	for (int i = 0; i < f->n; i++) {
		if (!is_followed(&f->f[i]))
			continue;
		x->ring[x->filled++ % x->most] = f->f[i].id;
		k->n++;
		norm += t->rarity[i] * t->rarity[i];
		if (!follow(x, f->f[i].id, slot))
			return false;
	}
	x->inverse[slot] = 1.0f / (sqrtf(norm) + 0.2f);
	return true;
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

/* What is being gathered: for each slot a score, and which slots have one. */
struct tally { float *score; uint32_t *slot; int n; float norm; };

/* Adds what the followed features say, rarest first, until the visits are used up. */
static void
gather(const struct neighbours *x, const struct lexicon_text *t, struct tally *y)
{
	const struct features *f = t->f;
	float norm = 0;
	int visits = 0;

	for (int from = 0, to = 8; from < 1 << BLOCKS_CLASSES && visits < NEIGHBOURS_VISITS; from = to, to *= 8)
		for (int i = 0; i < f->n; i++) {
			const struct block_list *l = list_of(x, f->f[i].id);
			const uint32_t *v = blocks_at(&x->postings, l);
			float add = t->rarity[i] * t->rarity[i];

			if (!is_followed(&f->f[i]) || l->n < from || l->n >= to)
				continue;
			norm += add;
			if (visits + l->n > NEIGHBOURS_VISITS)
				continue;
			visits += l->n;
			for (int k = 0; k < l->n; k++) {
				y->slot[y->n] = v[k];
				y->n += y->score[v[k]] == 0;
				y->score[v[k]] += add;
			}
		}
	y->norm = sqrtf(norm);
}

/* Newer first where they are as like. */
static bool
is_nearer(const struct neighbours *x, const struct neighbour *a, const struct neighbour *b)
{
	uint32_t oldest = (uint32_t)(x->oldest % (uint64_t)x->cases), cases = (uint32_t)x->cases;

	if (a->likeness != b->likeness)
		return a->likeness > b->likeness;
	return ((uint32_t)a->slot + cases - oldest) % cases > ((uint32_t)b->slot + cases - oldest) % cases;
}

int
neighbours_find(const struct neighbours *x, const struct lexicon_text *t, struct arena *a, struct neighbour *out, int max)
{
	struct tally y = { .score = arena_alloc(a, (size_t)x->room * sizeof(float)) };
	float by;
	int n = 0;

	y.slot = arena_alloc(a, (NEIGHBOURS_VISITS + 1) * sizeof *y.slot);
	if (!y.score || !y.slot || x->next == x->oldest)
		return 0;
	gather(x, t, &y);
	by = 1.0f / (y.norm + 0.2f);
	if (max > NEIGHBOURS_MAX)
		max = NEIGHBOURS_MAX;
	for (int i = 0; i < y.n; i++) {
		float like = y.score[y.slot[i]] * x->inverse[y.slot[i]] * by;
		struct neighbour one;
		int at;

		if (n == max && like < out[n - 1].likeness)
			continue;
		one = (struct neighbour){ .slot = (int)y.slot[i], .likeness = like < 1 ? like : 1 };
		if (n == max && !is_nearer(x, &one, &out[n - 1]))
			continue;
		at = n < max ? n++ : n - 1;
		for (; at > 0 && is_nearer(x, &one, &out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = one;
	}
	for (int i = 0; i < n; i++) {
		out[i].label = x->kept[out[i].slot].label;
		out[i].no = x->kept[out[i].slot].no;
	}
	return n;
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
		pack_f32(out, x->inverse[i % (uint64_t)x->cases]);
		pack_var(out, k->n);
		for (int j = 0; j < k->n; j++)
			pack_var(out, x->ring[(k->first + (uint64_t)j) % x->most]);
	}
}

bool
neighbours_load(struct neighbours *x, struct unpack *u, int known)
{
	uint64_t cases = unpack_var(u, (uint64_t)x->cases);

	for (uint64_t i = 0; i < cases && !u->failed; i++) {
		struct kept *k;

		if (!make_room(x, FEATURES_MAX))
			return false;
		k = &x->kept[i];
		k->no = (int64_t)unpack_var(u, INT64_MAX);
		k->label = (uint16_t)unpack_var(u, known > 0 ? (uint64_t)known - 1 : 0);
		x->inverse[i] = unpack_f32(u);
		k->n = (uint16_t)unpack_var(u, FEATURES_MAX);
		k->first = x->filled;
		if (u->failed || known == 0 || !(x->inverse[i] >= 0) || x->filled + k->n > x->most || unpack_left(u) < k->n)
			return false;
		x->next++;
		for (int j = 0; j < k->n; j++) {
			x->ring[x->filled++] = (uint32_t)unpack_var(u, (1u << FEATURES_BITS) - 1);
			if (u->failed || !follow(x, x->ring[x->filled - 1], (uint32_t)i))
				return false;
		}
	}
	return !u->failed;
}
