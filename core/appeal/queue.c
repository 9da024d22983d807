#include "core/appeal/queue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/appeal/due.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/idmap.h"
#include "core/base/sorted.h"
#include "core/base/strmap.h"

/*
 * One open case. Codes point into the queue's one copy of each, title and place stand behind the record, so a case is one
 * allocation of some 250 bytes. The summary comes first: lists compare records as summaries, and the map finds the
 * number at the front.
 */
struct rec {
	struct summary s;
	uint32_t seen;  /* snapshot in which it was last named */
	uint16_t views; /* 1 << enum view_kind */
	char text[];
};

/* A case that left, and where it stood. Its number comes first, for the map; 0 = free. */
struct gone {
	case_no no;
	usec_t rank_at;
	int version;
	enum priority priority;
};

struct queue_view {
	struct queue *q;
	struct queue_view *next;
	enum view_kind kind;
	queue_match match;    /* NULL: the view is its kind's list */
	void *ctx;
	struct sorted rows;   /* matches, when there is a filter */
	struct summary upto;  /* last case the filter looked at, as a key */
	bool begun, done;
	struct buf folded;
};

struct queue {
	struct arena codes;
	struct strmap code;
	struct idmap open, gone;
	struct gone *ring;    /* QUEUE_GONE, oldest at ring_next */
	size_t ring_next;
	struct sorted kind[VIEW_COUNT];
	struct sorted due;    /* what has a clock, by due_at */
	struct queue_view *views;
	const char *account, *desk; /* among the codes; "" = not set */
	usec_t now;
	uint32_t snapshot;
	bool failed;
};

/* --- order ------------------------------------------------------------------------------------------------------- */

static int
cmp_order(const void *a, const void *b)
{
	const struct summary *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	if (x->rank_at != y->rank_at)
		return x->rank_at < y->rank_at ? -1 : 1;
	return (x->no > y->no) - (x->no < y->no);
}

static int
cmp_due(const void *a, const void *b)
{
	const struct summary *x = a, *y = b;

	if (x->due_at != y->due_at)
		return x->due_at < y->due_at ? -1 : 1;
	return (x->no > y->no) - (x->no < y->no);
}

/* --- records ----------------------------------------------------------------------------------------------------- */

/* The one copy of a code, so that codes compare by pointer. NULL when memory is gone. Codes are few (units, items,
 * accounts), so none is ever dropped. */
static const char *
intern(struct queue *q, const char *code)
{
	if (code == NULL || *code == '\0')
		return "";
	char *known = strmap_get(&q->code, code);
	if (known != NULL)
		return known;
	known = arena_strdup(&q->codes, code);
	return known != NULL && strmap_add(&q->code, known, known) ? known : NULL;
}

static struct rec *
rec_new(struct queue *q, const struct summary *s)
{
	size_t title = strlen(s->title) + 1, place = strlen(s->place) + 1;
	struct rec *r = malloc(sizeof *r + title + place);

	if (r == NULL)
		return NULL;
	r->s = *s;
	r->s.title = memcpy(r->text, s->title, title);
	r->s.place = memcpy(r->text + title, s->place, place);
	const char **codes[] = { &r->s.clock, &r->s.desk, &r->s.unit, &r->s.item, &r->s.owner, &r->s.channel, &r->s.top_unit };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if ((*codes[i] = intern(q, *codes[i])) == NULL) {
			free(r);
			return NULL;
		}
	return r;
}

/* The views of a case: the conditions of VIEW_TABLE. */
static uint16_t
views_of(const struct queue *q, const struct summary *s)
{
	const bool in[VIEW_COUNT] = {
		[VIEW_TRIAGE] = s->stage == STAGE_TRIAGE && (*q->desk == '\0' || s->desk == q->desk),
		[VIEW_MINE] = *s->owner != '\0' && s->owner == q->account,
		[VIEW_RETURNED] = s->stage == STAGE_TRIAGE && s->returned > 0,
		[VIEW_DISPUTED] = (s->flags & FLAG_DISPUTED) != 0,
		[VIEW_OVERDUE] = s->due_at != 0 && s->due_at <= q->now,
		[VIEW_SUPERVISED] = (s->flags & FLAG_SUPERVISED) != 0,
		[VIEW_CHASED] = s->chased > 0,
		[VIEW_ESCALATED] = (s->flags & FLAG_ESCALATED) != 0,
		[VIEW_OUT] = s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING,
		[VIEW_ALL] = true
	};
	uint16_t bits = 0;

	for (int k = 0; k < VIEW_COUNT; k++)
		bits |= (uint16_t)(in[k] << k);
	return bits;
}

static void
list_add(struct queue *q, struct sorted *list, struct rec *r)
{
	if (!sorted_add(list, r))
		q->failed = true;
}

/* --- filtered views ---------------------------------------------------------------------------------------------- */

static bool
is_in(const struct rec *r, enum view_kind kind)
{
	return r != NULL && (r->views >> kind & 1) != 0;
}

static bool
matches(struct queue_view *v, const struct rec *r)
{
	struct summary s = r->s;

	buf_reset(&v->folded);
	fold_text(&v->folded, s.title, strlen(s.title));
	size_t place = v->folded.len + 1;
	buf_putc(&v->folded, '\0');
	fold_text(&v->folded, s.place, strlen(s.place));
	if (v->folded.failed)
		return false;
	s.title = buf_text(&v->folded);
	s.place = s.title + place;
	return v->match(v->ctx, &s);
}

/* Take a change into a filtered view. `old` is how it stood, `now` how it stands; either may be NULL, both may be one. */
static void
view_change(struct queue_view *v, const struct rec *old, struct rec *now)
{
	if (v->match == NULL)
		return;
	/* What the filter has not reached yet it will meet by itself. */
	bool reached = now != NULL && (v->done || (v->begun && cmp_order(now, &v->upto) <= 0));
	bool in = reached && is_in(now, v->kind) && matches(v, now);
	if (old != NULL && (!in || cmp_order(old, now) != 0))
		sorted_take(&v->rows, old);
	if (in)
		list_add(v->q, &v->rows, now);
}

static void
view_restart(struct queue_view *v)
{
	sorted_free(&v->rows);
	v->begun = v->done = false;
}

/* --- changes ----------------------------------------------------------------------------------------------------- */

/* Put `now` where `old` stood, in every list. Either may be NULL. `old` is freed. */
static void
replace(struct queue *q, struct rec *old, struct rec *now)
{
	bool moved = old == NULL || now == NULL || cmp_order(old, now) != 0;

	for (int k = 0; k < VIEW_COUNT; k++) {
		if (is_in(old, k) && (moved || !is_in(now, k)))
			sorted_take(&q->kind[k], old);
		if (is_in(now, k))
			list_add(q, &q->kind[k], now);
	}
	if (old != NULL && old->s.due_at != 0 && (now == NULL || cmp_due(old, now) != 0))
		sorted_take(&q->due, old);
	if (now != NULL && now->s.due_at != 0)
		list_add(q, &q->due, now);
	for (struct queue_view *v = q->views; v != NULL; v = v->next)
		view_change(v, old, now);
	if (now != NULL)
		q->failed |= !idmap_put(&q->open, now);
	else
		idmap_take(&q->open, old->s.no);
	free(old);
}

static void
forget_gone(struct queue *q, case_no no)
{
	struct gone *g = idmap_take(&q->gone, no);

	if (g != NULL)
		g->no = 0;
}

/* Remember that a case left at `version`, standing where `at` says. */
static void
bury(struct queue *q, const struct summary *at, int version)
{
	forget_gone(q, at->no);
	struct gone *g = &q->ring[q->ring_next];
	q->ring_next = (q->ring_next + 1) % QUEUE_GONE;
	if (g->no != 0)
		idmap_take(&q->gone, g->no);
	*g = (struct gone){ at->no, at->rank_at, version, at->priority };
	if (!idmap_put(&q->gone, g)) {
		g->no = 0;
		q->failed = true;
	}
}

enum queue_change
queue_apply(struct queue *q, const struct summary *s)
{
	struct rec *old = idmap_get(&q->open, s->no);
	const struct gone *left = old == NULL ? idmap_get(&q->gone, s->no) : NULL;

	if (old != NULL)
		old->seen = q->snapshot;
	if ((old != NULL && s->version <= old->s.version) || (left != NULL && s->version <= left->version))
		return QUEUE_OLD;
	if (s->stage == STAGE_CLOSED || s->stage == STAGE_MERGED) {
		bury(q, old != NULL ? &old->s : s, s->version);
		if (old == NULL)
			return QUEUE_OLD;
		replace(q, old, NULL);
		return QUEUE_REMOVED;
	}
	struct rec *now = rec_new(q, s);
	if (now == NULL) {
		q->failed = true;
		return QUEUE_OLD;
	}
	now->seen = q->snapshot;
	now->views = views_of(q, &now->s);
	forget_gone(q, s->no);
	replace(q, old, now);
	return old != NULL ? QUEUE_CHANGED : QUEUE_ADDED;
}

void
queue_snapshot_begin(struct queue *q)
{
	q->snapshot++;
	q->failed = false;
}

void
queue_snapshot_end(struct queue *q)
{
	struct sorted_walk w = sorted_from(&q->kind[VIEW_ALL], 0);
	struct rec **stale = malloc((q->open.count + 1) * sizeof(*stale)), *r;
	size_t n = 0;

	if (stale == NULL) {
		q->failed = true;
		return;
	}
	while ((r = sorted_next(&w)) != NULL)
		if (r->seen != q->snapshot)
			stale[n++] = r;
	for (size_t i = 0; i < n; i++) {
		/* It left one's sight, perhaps without a new version: the same version may bring it back. */
		bury(q, &stale[i]->s, stale[i]->s.version - 1);
		replace(q, stale[i], NULL);
	}
	free(stale);
}

/* --- the queue --------------------------------------------------------------------------------------------------- */

struct queue *
queue_new(void)
{
	struct queue *q = calloc(1, sizeof *q);

	if (q == NULL || (q->ring = calloc(QUEUE_GONE, sizeof *q->ring)) == NULL) {
		free(q);
		return NULL;
	}
	for (int k = 0; k < VIEW_COUNT; k++)
		sorted_init(&q->kind[k], cmp_order);
	sorted_init(&q->due, cmp_due);
	q->account = q->desk = "";
	return q;
}

void
queue_free(struct queue *q)
{
	struct sorted_walk w;
	void *r;

	if (q == NULL)
		return;
	w = sorted_from(&q->kind[VIEW_ALL], 0);
	while ((r = sorted_next(&w)) != NULL)
		free(r);
	for (int k = 0; k < VIEW_COUNT; k++)
		sorted_free(&q->kind[k]);
	sorted_free(&q->due);
	idmap_free(&q->open);
	idmap_free(&q->gone);
	strmap_free(&q->code);
	arena_free(&q->codes);
	free(q->ring);
	free(q);
}

bool
queue_failed(const struct queue *q)
{
	return q->failed;
}

const struct summary *
queue_find(const struct queue *q, case_no no)
{
	const struct rec *r = idmap_get(&q->open, no);

	return r != NULL ? &r->s : NULL;
}

size_t
queue_count(const struct queue *q)
{
	return q->open.count;
}

void
queue_set_who(struct queue *q, struct queue_who who)
{
	struct sorted_walk w = sorted_from(&q->kind[VIEW_ALL], 0);
	const char *account = intern(q, who.account), *desk = intern(q, who.desk);
	struct rec *r;

	if (account == NULL || desk == NULL) {
		q->failed = true;
		return;
	}
	q->account = account;
	q->desk = desk;
	sorted_free(&q->kind[VIEW_TRIAGE]);
	sorted_free(&q->kind[VIEW_MINE]);
	while ((r = sorted_next(&w)) != NULL) {
		r->views = views_of(q, &r->s);
		if (is_in(r, VIEW_TRIAGE))
			list_add(q, &q->kind[VIEW_TRIAGE], r);
		if (is_in(r, VIEW_MINE))
			list_add(q, &q->kind[VIEW_MINE], r);
	}
	for (struct queue_view *v = q->views; v != NULL; v = v->next)
		if (v->kind == VIEW_TRIAGE || v->kind == VIEW_MINE)
			view_restart(v);
}

/* The row after everything due by t. */
static size_t
due_by(const struct queue *q, usec_t t)
{
	const struct summary key = { .due_at = t, .no = INT64_MAX };

	return sorted_row(&q->due, &key, NULL);
}

void
queue_tick(struct queue *q, usec_t now)
{
	size_t before = due_by(q, q->now), after = due_by(q, now);
	size_t first = before < after ? before : after, n = before < after ? after - before : before - after;
	struct sorted_walk w = sorted_from(&q->due, first);

	q->now = now;
	for (; n > 0; n--) {
		struct rec *r = sorted_next(&w);
		/* The server's clock may also have been put back. */
		r->views = views_of(q, &r->s);
		if (is_in(r, VIEW_OVERDUE))
			list_add(q, &q->kind[VIEW_OVERDUE], r);
		else
			sorted_take(&q->kind[VIEW_OVERDUE], r);
		for (struct queue_view *v = q->views; v != NULL; v = v->next)
			if (v->kind == VIEW_OVERDUE)
				view_change(v, r, r);
	}
}

void
queue_counts(struct queue *q, usec_t now, size_t counts[VIEW_COUNT], size_t *soon)
{
	queue_tick(q, now);
	for (int k = 0; k < VIEW_COUNT; k++)
		counts[k] = q->kind[k].count;
	if (soon != NULL)
		*soon = due_by(q, now + DUE_SOON_S * USEC_S) - q->kind[VIEW_OVERDUE].count;
}

/* --- views ------------------------------------------------------------------------------------------------------- */

#define X(id, name, label, condition) { name, label },
static const struct { const char *name, *label; } kinds[VIEW_COUNT] = { VIEW_TABLE(X) };
#undef X

const char *
view_name(enum view_kind v)
{
	return kinds[v].name;
}

const char *
view_label(enum view_kind v)
{
	return kinds[v].label;
}

bool
view_parse(const char *name, enum view_kind *out)
{
	for (int k = 0; k < VIEW_COUNT; k++)
		if (strcmp(kinds[k].name, name) == 0) {
			*out = (enum view_kind)k;
			return true;
		}
	return false;
}

struct queue_view *
queue_view_new(struct queue *q, enum view_kind kind)
{
	struct queue_view *v = calloc(1, sizeof *v);

	if (v == NULL)
		return NULL;
	v->q = q;
	v->kind = kind;
	sorted_init(&v->rows, cmp_order);
	v->next = q->views;
	q->views = v;
	return v;
}

void
queue_view_free(struct queue_view *v)
{
	if (v == NULL)
		return;
	for (struct queue_view **at = &v->q->views; *at != NULL; at = &(*at)->next)
		if (*at == v) {
			*at = v->next;
			break;
		}
	sorted_free(&v->rows);
	buf_free(&v->folded);
	free(v);
}

void
queue_view_filter(struct queue_view *v, queue_match match, void *ctx)
{
	v->match = match;
	v->ctx = ctx;
	view_restart(v);
}

bool
queue_view_work(struct queue_view *v, size_t at_most)
{
	const struct sorted *all = &v->q->kind[v->kind];
	size_t row = 0;
	bool found = false;
	struct rec *r;

	if (v->match == NULL || v->done)
		return false;
	if (v->begun)
		row = sorted_row(all, &v->upto, &found);
	struct sorted_walk w = sorted_from(all, row + found);
	for (; at_most > 0; at_most--) {
		if ((r = sorted_next(&w)) == NULL) {
			v->done = true;
			return false;
		}
		if (matches(v, r))
			list_add(v->q, &v->rows, r);
		v->upto = (struct summary){ .priority = r->s.priority, .rank_at = r->s.rank_at, .no = r->s.no };
		v->begun = true;
	}
	return true;
}

static const struct sorted *
rows_of(const struct queue_view *v)
{
	return v->match != NULL ? &v->rows : &v->q->kind[v->kind];
}

size_t
queue_view_count(const struct queue_view *v)
{
	return rows_of(v)->count;
}

const struct summary *
queue_view_at(const struct queue_view *v, size_t row)
{
	return sorted_at(rows_of(v), row);
}

size_t
queue_view_rows(const struct queue_view *v, size_t row, const struct summary **out, size_t n)
{
	struct sorted_walk w = sorted_from(rows_of(v), row);
	size_t got = 0;

	while (got < n && (out[got] = sorted_next(&w)) != NULL)
		got++;
	return got;
}

size_t
queue_view_row(const struct queue_view *v, case_no no, bool *found)
{
	const struct summary *s = queue_find(v->q, no);
	struct summary stood;

	*found = false;
	if (s == NULL) {
		const struct gone *g = idmap_get(&v->q->gone, no);
		if (g == NULL)
			return 0;
		stood = (struct summary){ .priority = g->priority, .rank_at = g->rank_at, .no = no };
		s = &stood;
	}
	return sorted_row(rows_of(v), s, found);
}
