#include "core/appeal/flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/strmap.h"

enum { PENDING_MAX = 65536, HALF_HOUR = 6, HOUR = 12, ENOUGH = 10, FEW = 5, BURST = 3, LEAST = 5, CODE_BYTES = 80 };
static const double confidence = 1.2816; /* of a normal: 80 % lie between */

/* The counts of one desk or unit and priority. Slots lie in rings; `head` is the newest that is in use. */
struct series {
	int64_t head;
	uint16_t n[FLOW_WHATS][FLOW_SLOTS];
};

/* All series of one reading: of everything on a side under the code "", of one code under it. */
struct table {
	struct arena arena;
	struct strmap side[FLOW_SIDES][PRIORITY_COUNT];
};

struct pending { uint64_t tx; int64_t slot; enum flow_side side; enum priority p; enum flow_what what; char code[CODE_BYTES]; };

struct flow {
	struct table now, fresh;
	struct pending *pending; /* counted since a reading began; owned */
	size_t npending, cap;
	uint64_t upto;
	bool reading, known, failed;
};

static int64_t
slot_of(usec_t at)
{
	return at / (FLOW_SLOT_S * USEC_S);
}

/* --- counting ---------------------------------------------------------------------------------------------------- */

static void
table_free(struct table *t)
{
	for (int s = 0; s < FLOW_SIDES; s++)
		for (int p = 0; p < PRIORITY_COUNT; p++)
			strmap_free(&t->side[s][p]);
	arena_free(&t->arena);
	*t = (struct table){ 0 };
}

static bool
add(struct table *t, enum flow_side side, const char *code, enum priority p, enum flow_what what, int64_t slot, unsigned n)
{
	struct series *s = strmap_get(&t->side[side][p], code);

	if (n == 0)
		return true;
	if (s == NULL) {
		char *key = arena_strdup(&t->arena, code);
		s = arena_alloc(&t->arena, sizeof *s);
		if (key == NULL || s == NULL || !strmap_add(&t->side[side][p], key, s))
			return false;
		s->head = slot;
	}
	if (slot <= s->head - FLOW_SLOTS)
		return true;
	for (; s->head < slot && slot - s->head < FLOW_SLOTS; s->head++)
		for (int w = 0; w < FLOW_WHATS; w++)
			s->n[w][(s->head + 1) % FLOW_SLOTS] = 0;
	if (s->head < slot) {
		memset(s->n, 0, sizeof s->n);
		s->head = slot;
	}
	uint16_t *at = &s->n[what][slot % FLOW_SLOTS];
	*at = (uint16_t)(*at + n < UINT16_MAX ? *at + n : UINT16_MAX);
	return true;
}

static bool
add_both(struct table *t, const struct pending *e, unsigned n)
{
	return add(t, e->side, e->code, e->p, e->what, e->slot, n) && add(t, e->side, "", e->p, e->what, e->slot, n);
}

static void
keep(struct flow *f, const struct pending *e)
{
	if (f->npending == f->cap) {
		size_t cap = f->cap != 0 ? f->cap * 2 : 256;
		struct pending *more = cap <= PENDING_MAX ? realloc(f->pending, cap * sizeof *more) : NULL;

		if (more == NULL) {
			f->failed = true;
			return;
		}
		f->pending = more;
		f->cap = cap;
	}
	f->pending[f->npending++] = *e;
}

static void
count(struct flow *f, uint64_t tx, usec_t at, enum flow_side side, const char *code, enum priority p, enum flow_what what)
{
	struct pending e = { .tx = tx, .slot = slot_of(at), .side = side, .p = p, .what = what };

	if (tx != 0 && tx < f->upto)
		return; /* the reading had it */
	snprintf(e.code, sizeof e.code, "%s", code);
	if (!add_both(&f->now, &e, 1))
		f->failed = true;
	if (f->reading)
		keep(f, &e);
}

/* --- what a change means ----------------------------------------------------------------------------------------- */

/* Where a case stands; NULL = nowhere that counts. */
static const char *
place(const struct summary *s, enum flow_side *side)
{
	if (s == NULL)
		return NULL;
	*side = s->stage == STAGE_TRIAGE ? FLOW_DESK : FLOW_UNIT;
	if (s->stage == STAGE_TRIAGE)
		return s->desk;
	return s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING ? s->unit : NULL;
}

void
flow_move(struct flow *f, uint64_t tx, usec_t at, const struct summary *was, const struct summary *is)
{
	enum flow_side from_side = FLOW_DESK, to_side = FLOW_DESK;
	const char *from = place(was, &from_side), *to = place(is, &to_side);

	if (from != NULL && to != NULL && from_side == to_side && strcmp(from, to) == 0) {
		if (to_side == FLOW_UNIT && strcmp(was->clock, "contact") == 0 && *is->clock != '\0' && strcmp(is->clock, "contact") != 0)
			count(f, tx, at, to_side, to, is->priority, FLOW_EASED);
		return;
	}
	if (from != NULL)
		count(f, tx, at, from_side, from, was->priority, FLOW_WENT);
	if (to != NULL)
		count(f, tx, at, to_side, to, is->priority, FLOW_CAME);
}

void
flow_late(struct flow *f, uint64_t tx, usec_t at, const struct summary *s)
{
	enum flow_side side = FLOW_DESK;
	const char *code = place(s, &side);

	if (code != NULL)
		count(f, tx, at, side, code, s->priority, FLOW_LATE);
}

/* --- readings ---------------------------------------------------------------------------------------------------- */

struct flow *
flow_new(void)
{
	return calloc(1, sizeof(struct flow));
}

void
flow_free(struct flow *f)
{
	if (f == NULL)
		return;
	table_free(&f->now);
	table_free(&f->fresh);
	free(f->pending);
	free(f);
}

void
flow_begin(struct flow *f)
{
	table_free(&f->fresh);
	f->npending = 0;
	f->reading = true;
	f->failed = false;
}

void
flow_put(struct flow *f, int64_t slot, enum flow_side side, const char *code, enum priority p, const unsigned n[FLOW_WHATS])
{
	struct pending e = { .slot = slot, .side = side, .p = p };

	snprintf(e.code, sizeof e.code, "%s", code);
	for (int w = 0; w < FLOW_WHATS; w++) {
		e.what = (enum flow_what)w;
		if (!add_both(&f->fresh, &e, n[w]))
			f->failed = true;
	}
}

void
flow_end(struct flow *f, bool whole, uint64_t upto)
{
	if (f->reading && whole && !f->failed) {
		table_free(&f->now);
		f->now = f->fresh;
		f->fresh = (struct table){ 0 };
		f->upto = upto;
		f->known = true;
		/* Of what has no transaction nobody can say whether the reading had it; it is what this console did in that moment. */
		for (size_t i = 0; i < f->npending; i++)
			if (f->pending[i].tx >= upto && !add_both(&f->now, &f->pending[i], 1))
				f->failed = true;
	} else {
		table_free(&f->fresh);
	}
	f->npending = 0;
	f->reading = false;
}

bool
flow_known(const struct flow *f)
{
	return f->known;
}

bool
flow_failed(const struct flow *f)
{
	return f->failed;
}

/* --- figures ----------------------------------------------------------------------------------------------------- */

static unsigned
at_slot(const struct series *s, enum flow_what what, int64_t slot)
{
	return s == NULL || slot > s->head || slot <= s->head - FLOW_SLOTS ? 0 : s->n[what][slot % FLOW_SLOTS];
}

void
flow_series(const struct flow *f, enum flow_side side, const char *code, int p, enum flow_what what, usec_t now, int n, unsigned out[])
{
	int64_t first = slot_of(now) - n + 1;

	memset(out, 0, (size_t)n * sizeof *out);
	for (int k = 0; k < PRIORITY_COUNT; k++) {
		const struct series *s = p == FLOW_ANY || p == k ? strmap_get(&f->now.side[side][k], code != NULL ? code : "") : NULL;

		for (int i = 0; s != NULL && i < n; i++)
			out[i] += at_slot(s, what, first + i);
	}
}

static int
cmp_double(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* No slot for more than BURST times the median of those of the hour. */
static void
trim(double n[HOUR + 1])
{
	double sorted[HOUR + 1], most;

	memcpy(sorted, n, sizeof sorted);
	qsort(sorted, HOUR + 1, sizeof *sorted, cmp_double);
	most = sorted[HOUR / 2] * BURST;
	for (int i = 0; i <= HOUR; i++)
		if (n[i] > most && n[i] > LEAST)
			n[i] = most > LEAST ? most : LEAST;
}

/* Counts of the last HOUR whole slots and the running one, trimmed. */
static void
last_hour(const struct flow *f, enum flow_side side, const char *code, int p, const enum flow_what *what, int whats, usec_t now, double n[HOUR + 1])
{
	unsigned one[HOUR + 1];

	memset(n, 0, (HOUR + 1) * sizeof *n);
	for (int w = 0; w < whats; w++) {
		flow_series(f, side, code, p, what[w], now, HOUR + 1, one);
		for (int i = 0; i <= HOUR; i++)
			n[i] += one[i];
	}
	trim(n);
}

static double
sum(const double n[HOUR + 1], int slots)
{
	double all = 0;

	for (int i = HOUR - slots; i <= HOUR; i++)
		all += n[i];
	return all;
}

void
flow_pace(const struct flow *f, enum flow_side side, const char *code, usec_t now, struct flow_pace *out)
{
	static const enum flow_what gone[] = { FLOW_WENT, FLOW_EASED }, come[] = { FLOW_CAME };
	double n[HOUR + 1], running = (double)(now % (FLOW_SLOT_S * USEC_S)) / USEC_S / 60, seen, minutes;

	last_hour(f, side, code, FLOW_ANY, gone, side == FLOW_UNIT ? 2 : 1, now, n);
	int slots = sum(n, HALF_HOUR) >= ENOUGH ? HALF_HOUR : HOUR;
	seen = sum(n, slots);
	minutes = slots * FLOW_SLOT_S / 60 + running;
	/* What the next half hour may bring: what the pace is not known by, and chance itself. */
	double share = FLOW_AHEAD_MIN / minutes, ahead = seen * share, spread = confidence * sqrt((ahead + 1) * (1 + share));
	*out = (struct flow_pace){ .per_min = seen / minutes, .high = (ahead + spread) / FLOW_AHEAD_MIN,
		.low = ahead > spread ? (ahead - spread) / FLOW_AHEAD_MIN : 0, .seen = (unsigned)(seen + .5), .minutes = (int)minutes,
		.thin = slots == HOUR && seen < FEW };
	for (int p = 0; p < PRIORITY_COUNT; p++) {
		last_hour(f, side, code, p, come, 1, now, n);
		out->ahead[p] = sum(n, slots) / minutes;
	}
}
