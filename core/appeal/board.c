#include "core/appeal/board.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/idmap.h"
#include "core/base/sorted.h"
#include "core/base/strmap.h"

enum { PAGE = 512, HOURS = 4096 };

/* What the board knows of a case. Its number comes first, for the map. */
struct cell {
	case_no no;
	usec_t due;                              /* INT64_MAX: no clock presses */
	usec_t rank_at;
	enum priority priority;
	uint32_t reached;                        /* the prediction that found it is reached in time */
	struct board_group *in[BOARD_BY_COUNT];  /* NULL: it is in none of these */
};

struct board_group {
	enum board_by by;
	const char *code;
	struct sorted due;   /* its cells by due time */
	struct sorted order; /* a desk's, in the order of the queue */
};

struct board {
	struct arena arena;                  /* groups and codes */
	struct strmap code[BOARD_BY_COUNT];
	struct board_group **group[BOARD_BY_COUNT];
	size_t groups[BOARD_BY_COUNT], cap[BOARD_BY_COUNT];
	struct idmap cells;
	struct board_shift shift[BOARD_SHIFTS];
	int shifts;
	struct { int64_t minute; const char *code; } hour[HOURS]; /* of which shift a minute is, as it was last worked out */
	uint32_t predictions;
	bool failed;
};

static const char *const labels[BOARD_BY_COUNT] = {
#define X(id, label, whose) label,
	BOARD_TABLE(X)
#undef X
};

const char *
board_label(enum board_by by)
{
	return labels[by];
}

static int
cmp_due(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return (x->no > y->no) - (x->no < y->no);
}

static int
cmp_order(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	if (x->rank_at != y->rank_at)
		return x->rank_at < y->rank_at ? -1 : 1;
	return (x->no > y->no) - (x->no < y->no);
}

/* --- groups ------------------------------------------------------------------------------------------------------ */

static struct board_group *
group_of(struct board *b, enum board_by by, const char *code)
{
	struct board_group *g = strmap_get(&b->code[by], code);

	if (g != NULL)
		return g;
	if (b->groups[by] == b->cap[by]) {
		size_t cap = b->cap[by] != 0 ? b->cap[by] * 2 : 16;
		struct board_group **more = realloc(b->group[by], cap * sizeof(*more));

		if (more == NULL)
			return NULL;
		b->group[by] = more;
		b->cap[by] = cap;
	}
	g = arena_alloc(&b->arena, sizeof *g);
	char *own = arena_strdup(&b->arena, code);
	if (g == NULL || own == NULL || !strmap_add(&b->code[by], own, g))
		return NULL;
	g->by = by;
	g->code = own;
	sorted_init(&g->due, cmp_due);
	sorted_init(&g->order, cmp_order);
	return b->group[by][b->groups[by]++] = g;
}

static const char *
work_out_shift(const struct board *b, usec_t t)
{
	int hour = 0, minute = 0;

	clock_local(t, NULL, NULL, NULL, &hour, &minute, NULL);
	minute += hour * 60;
	for (int i = 0; i < b->shifts; i++) {
		int start = b->shift[i].start, end = b->shift[i].end;

		if (end <= start)
			end += 24 * 60;
		if ((minute >= start && minute < end) || (minute + 24 * 60 >= start && minute + 24 * 60 < end))
			return b->shift[i].code;
	}
	return NULL;
}

/* The shift in whose hours something came in; NULL where the policy names none. A zone's hour is dear, and cases of one minute are many. */
static const char *
shift_of(struct board *b, usec_t t)
{
	int64_t minute = t / (60 * USEC_S);
	size_t i = (size_t)minute % HOURS;

	if (b->shifts > 0 && b->hour[i].minute != minute) {
		b->hour[i].minute = minute;
		b->hour[i].code = work_out_shift(b, t);
	}
	return b->shifts > 0 ? b->hour[i].code : NULL;
}

/* The code of the group of that kind a case is in; NULL = in none. */
static const char *
code_of(struct board *b, const struct summary *s, enum board_by by)
{
	bool waits = s->stage == STAGE_TRIAGE, out = s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING;

	switch (by) {
	case BOARD_ALL:      return "";
	case BOARD_DANGER:   return waits && s->flags & FLAG_DANGER ? "" : NULL;
	case BOARD_DESK:     return waits ? s->desk : NULL;
	case BOARD_UNIT:     return out ? s->unit : NULL;
	case BOARD_PERSON:   return *s->owner != '\0' ? s->owner : NULL;
	case BOARD_SHIFT:    return waits ? shift_of(b, s->received_at) : NULL;
	case BOARD_PRIORITY: return priority_name(s->priority);
	case BOARD_CLOCK:    return *s->clock != '\0' ? s->clock : NULL;
	default:             return NULL;
	}
}

/* --- cells ------------------------------------------------------------------------------------------------------- */

static void
leave(struct cell *c, int by)
{
	struct board_group *g = c->in[by];

	if (g == NULL)
		return;
	sorted_take(&g->due, c);
	if (by == BOARD_DESK)
		sorted_take(&g->order, c);
	c->in[by] = NULL;
}

static void
join(struct board *b, struct cell *c, int by, struct board_group *g)
{
	c->in[by] = g;
	if (!sorted_add(&g->due, c) || (by == BOARD_DESK && !sorted_add(&g->order, c)))
		b->failed = true;
}

static void
drop(struct board *b, case_no no)
{
	struct cell *c = idmap_take(&b->cells, no);

	for (int by = 0; c != NULL && by < BOARD_BY_COUNT; by++)
		leave(c, by);
	free(c);
}

/* What the board is to know of a case, and the groups it belongs to. */
static struct cell
cell_of(struct board *b, const struct summary *s)
{
	struct cell c = { .no = s->no, .due = summary_due(s), .rank_at = s->rank_at, .priority = s->priority };

	if (c.due == 0)
		c.due = INT64_MAX;
	for (int by = 0; by < BOARD_BY_COUNT; by++) {
		const char *code = code_of(b, s, (enum board_by)by);

		if (code != NULL && (c.in[by] = group_of(b, (enum board_by)by, code)) == NULL)
			b->failed = true;
	}
	return c;
}

/* A cell that is in the map and in no group; NULL when memory is gone. */
static struct cell *
new_cell(struct board *b, case_no no)
{
	struct cell *c = calloc(1, sizeof *c);

	if (c != NULL)
		c->no = no;
	if (c == NULL || !idmap_put(&b->cells, c)) {
		free(c);
		b->failed = true;
		return NULL;
	}
	return c;
}

static void
put(struct board *b, const struct summary *s)
{
	struct cell *c = idmap_get(&b->cells, s->no), next = cell_of(b, s);
	bool moves;

	if (c == NULL && (c = new_cell(b, s->no)) == NULL)
		return;
	/* Out of the lists under the old key, into them under the new one; most changes touch none. */
	moves = c->due != next.due || c->rank_at != next.rank_at || c->priority != next.priority;
	for (int by = 0; by < BOARD_BY_COUNT; by++)
		if (moves || c->in[by] != next.in[by])
			leave(c, by);
	c->due = next.due;
	c->rank_at = next.rank_at;
	c->priority = next.priority;
	for (int by = 0; by < BOARD_BY_COUNT; by++)
		if (c->in[by] != next.in[by])
			join(b, c, by, next.in[by]);
}

void
board_change(void *board, const struct summary *was, const struct summary *is)
{
	if (is != NULL && is->stage != STAGE_CLOSED && is->stage != STAGE_MERGED)
		put(board, is);
	else
		drop(board, is != NULL ? is->no : was->no);
}

static int
cmp_due_of(const void *a, const void *b)
{
	return cmp_due(*(struct cell *const *)a, *(struct cell *const *)b);
}

/* Everything at once: sorted once, then each list takes what comes in its order. */
static void
put_all(struct board *b, struct queue *q)
{
	struct queue_view *all = queue_view_new(q, VIEW_ALL);
	struct cell **cell = malloc((queue_count(q) + 1) * sizeof(*cell));
	const struct summary *row[PAGE];
	size_t at = 0, cells = 0, n;

	if (all == NULL || cell == NULL)
		b->failed = true;
	while (all != NULL && cell != NULL && (n = queue_view_rows(all, at, row, PAGE)) > 0) {
		for (size_t i = 0; i < n; i++) {
			struct cell *c = new_cell(b, row[i]->no);

			if (c == NULL)
				continue;
			*c = cell_of(b, row[i]);
			cell[cells++] = c;
			if (c->in[BOARD_DESK] != NULL && !sorted_add(&c->in[BOARD_DESK]->order, c))
				b->failed = true;
		}
		at += n;
	}
	if (cells > 0)
		qsort(cell, cells, sizeof(*cell), cmp_due_of);
	for (size_t i = 0; i < cells; i++)
		for (int by = 0; by < BOARD_BY_COUNT; by++)
			if (cell[i]->in[by] != NULL && !sorted_add(&cell[i]->in[by]->due, cell[i]))
				b->failed = true;
	free(cell);
	queue_view_free(all);
}

struct board *
board_new(struct queue *q)
{
	struct board *b = calloc(1, sizeof *b);

	if (b != NULL)
		put_all(b, q);
	return b;
}

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->cells.slots; i++)
		free(b->cells.slot[i]);
	idmap_free(&b->cells);
	for (int by = 0; by < BOARD_BY_COUNT; by++) {
		for (size_t i = 0; i < b->groups[by]; i++) {
			sorted_free(&b->group[by][i]->due);
			sorted_free(&b->group[by][i]->order);
		}
		free(b->group[by]);
		strmap_free(&b->code[by]);
	}
	arena_free(&b->arena);
	free(b);
}

bool
board_failed(const struct board *b)
{
	return b->failed;
}

void
board_shifts(struct board *b, struct queue *q, const struct board_shift *shift, int n)
{
	const struct board_group *all = board_find(b, BOARD_ALL, "");
	struct sorted_walk w;
	struct cell *c;

	b->shifts = n < BOARD_SHIFTS ? n : BOARD_SHIFTS;
	memcpy(b->shift, shift, (size_t)b->shifts * sizeof *shift);
	memset(b->hour, 0, sizeof b->hour);
	if (all == NULL)
		return;
	w = sorted_from(&all->due, 0);
	while ((c = sorted_next(&w)) != NULL) {
		const struct summary *s = queue_find(q, c->no);
		const char *code = s != NULL ? code_of(b, s, BOARD_SHIFT) : NULL;
		struct board_group *g = code != NULL ? group_of(b, BOARD_SHIFT, code) : NULL;

		leave(c, BOARD_SHIFT);
		if (g != NULL)
			join(b, c, BOARD_SHIFT, g);
	}
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

size_t
board_groups(const struct board *b, enum board_by by)
{
	return b->groups[by];
}

const struct board_group *
board_group_at(const struct board *b, enum board_by by, size_t i)
{
	return i < b->groups[by] ? b->group[by][i] : NULL;
}

const struct board_group *
board_find(const struct board *b, enum board_by by, const char *code)
{
	return strmap_get(&b->code[by], code);
}

const char *
board_code(const struct board_group *g)
{
	return g->code;
}

size_t
board_size(const struct board_group *g)
{
	return g->due.count;
}

size_t
board_due_by(const struct board_group *g, usec_t t)
{
	const struct cell key = { .no = INT64_MAX, .due = t };

	return sorted_row(&g->due, &key, NULL);
}

static usec_t
due_at(const struct board_group *g, size_t row)
{
	const struct cell *c = sorted_at(&g->due, row);

	return c == NULL || c->due == INT64_MAX ? 0 : c->due;
}

void
board_count(const struct board_group *g, usec_t now, struct board_counts *out)
{
	const usec_t min = 60 * USEC_S;

	*out = (struct board_counts){ 0 };
	if (g == NULL)
		return;
	out->open = g->due.count;
	out->late = board_due_by(g, now);
	out->in5 = board_due_by(g, now + 5 * min) - out->late;
	out->in15 = board_due_by(g, now + 15 * min) - out->late;
	out->in30 = board_due_by(g, now + 30 * min) - out->late;
	out->in60 = board_due_by(g, now + 60 * min) - out->late;
	out->first = due_at(g, 0);
	out->next = due_at(g, out->late);
}

size_t
board_rows(const struct board_group *g, size_t row, case_no *out, size_t n)
{
	struct sorted_walk w = sorted_from(&g->due, row);
	const struct cell *c;
	size_t got = 0;

	while (got < n && (c = sorted_next(&w)) != NULL)
		out[got++] = c->no;
	return got;
}

size_t
board_row(const struct board *b, const struct board_group *g, case_no no, bool *found)
{
	const struct cell *c = idmap_get(&b->cells, no);

	*found = false;
	return c != NULL ? sorted_row(&g->due, c, found) : 0;
}

/* --- what will be late ------------------------------------------------------------------------------------------- */

/* Is what stands at this place (from 1) of the order reached before it is due? */
static bool
reached(const struct cell *c, size_t place, double per_min, usec_t now)
{
	return per_min > 0 && (double)place / per_min * 60 * USEC_S <= (double)(c->due - now);
}

/* Mark what a desk reaches in time. No more can be reached within the half hour than per_min has room for. */
static void
mark_reached(struct board *b, const struct board_group *g, const struct flow_pace *pace, double per_min, usec_t now)
{
	usec_t ahead = now + BOARD_AHEAD_S * USEC_S;
	double left[PRIORITY_COUNT], most = per_min * BOARD_AHEAD_S / 60;
	struct sorted_walk w = sorted_from(&g->order, 0);
	struct cell *c;
	size_t place = 0;

	b->predictions++;
	left[0] = per_min;
	for (int p = 1; p < PRIORITY_COUNT; p++)
		left[p] = left[p - 1] - pace->ahead[p - 1];
	while ((double)place < most && (c = sorted_next(&w)) != NULL) {
		place++;
		if (c->due > now && c->due <= ahead && reached(c, place, left[c->priority], now))
			c->reached = b->predictions;
	}
}

size_t
board_predict(struct board *b, const struct board_group *g, const struct flow_pace *pace, double per_min, usec_t now, case_no *list, size_t most)
{
	size_t late, upto, n = 0;

	if (g == NULL)
		return 0;
	late = board_due_by(g, now);
	upto = board_due_by(g, now + BOARD_AHEAD_S * USEC_S);
	if (upto == late)
		return 0;
	if (g->by == BOARD_DESK)
		mark_reached(b, g, pace, per_min, now);
	struct sorted_walk w = sorted_from(&g->due, late);
	for (size_t i = late; i < upto; i++) {
		const struct cell *c = sorted_next(&w);

		if (g->by == BOARD_DESK ? c->reached == b->predictions : reached(c, i + 1, per_min, now))
			continue;
		if (list != NULL && n < most)
			list[n] = c->no;
		n++;
	}
	return n;
}
