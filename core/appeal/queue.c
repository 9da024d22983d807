#include "core/appeal/queue.h"

#include <stdlib.h>
#include <string.h>

#include "core/appeal/due.h"
#include "core/appeal/queue_in.h"

/* --- order ------------------------------------------------------------------------------------------------------- */

int
queue_order(const void *a, const void *b)
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

static bool
intern_codes(struct queue *q, struct summary *s)
{
	const char **codes[] = { &s->clock, &s->desk, &s->unit, &s->item, &s->owner, &s->channel, &s->top_unit };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if ((*codes[i] = intern(q, *codes[i])) == NULL)
			return false;
	return true;
}

/* A record with the texts of a case, and nothing else yet. */
static struct rec *
rec_new(const struct summary *s)
{
	size_t title = strlen(s->title) + 1, place = strlen(s->place) + 1;
	struct rec *r = malloc(sizeof *r + title + place);

	if (r == NULL)
		return NULL;
	r->s.title = memcpy(r->text, s->title, title);
	r->s.place = memcpy(r->text + title, s->place, place);
	return r;
}

/* The views of a case: the conditions of VIEW_TABLE. */
static uint32_t
views_of(const struct queue *q, const struct summary *s)
{
	const bool in[VIEW_COUNT] = {
		[VIEW_TRIAGE] = s->stage == STAGE_TRIAGE && (*q->desk == '\0' || s->desk == q->desk),
		[VIEW_MINE] = *s->owner != '\0' && s->owner == q->account,
		[VIEW_RETURNED] = s->stage == STAGE_TRIAGE && s->returned > 0,
		[VIEW_DISPUTED] = (s->flags & FLAG_DISPUTED) != 0,
		[VIEW_OVERDUE] = summary_due(s) != 0 && s->due_at <= q->now,
		[VIEW_SUPERVISED] = (s->flags & FLAG_SUPERVISED) != 0,
		[VIEW_CHASED] = s->chased > 0,
		[VIEW_ESCALATED] = (s->flags & FLAG_ESCALATED) != 0,
		[VIEW_OUT] = s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING,
		[VIEW_ALL] = true,
		[VIEW_ASKED] = (s->flags & FLAG_ASKED) != 0,
		[VIEW_POOR] = (s->flags & FLAG_POOR) != 0,
		[VIEW_SPECIAL] = (s->flags & FLAG_SPECIAL) != 0,
		[VIEW_RELAPSE] = (s->flags & FLAG_RELAPSE) != 0,
		[VIEW_ENTERPRISE] = (s->flags & FLAG_ENTERPRISE) != 0,
		[VIEW_DELEGATE] = (s->flags & FLAG_DELEGATE) != 0,
		[VIEW_INSTRUCTED] = (s->flags & FLAG_INSTRUCTED) != 0,
		[VIEW_REMINDED] = (s->flags & FLAG_REMINDED) != 0,
		[VIEW_GROUP] = s->burst != 0,
		[VIEW_SIGN] = s->stage == STAGE_DISPATCHED && !(s->flags & FLAG_PAUSED),
		[VIEW_HAND] = s->stage == STAGE_HANDLING && !(s->flags & FLAG_PAUSED),
		[VIEW_HELD] = (s->flags & FLAG_PAUSED) != 0,
		[VIEW_RATING] = s->stage == STAGE_RESOLVED
	};
	uint32_t bits = 0;

	for (int k = 0; k < VIEW_COUNT; k++)
		bits |= (uint32_t)in[k] << k;
	return bits;
}

static void
list_add(struct queue *q, struct sorted *list, struct rec *r)
{
	if (!sorted_add(list, r))
		q->failed = true;
}

/* --- changes ----------------------------------------------------------------------------------------------------- */

/* Take a record out of the lists it is in, but for the kinds of view in `stay`; none stays when its key changes, and
 * VIEW_ALL stays otherwise. */
static void
unlist(struct queue *q, const struct rec *r, unsigned stay, bool due)
{
	for (int k = 0; k < VIEW_COUNT; k++)
		if ((r->views & ~stay) >> k & 1)
			sorted_take(&q->kind[k], r);
	if (due && summary_due(&r->s) != 0)
		sorted_take(&q->due, r);
	for (struct queue_view *v = stay == 0 ? q->views : NULL; v != NULL; v = v->next)
		queue_view_drop(v, r);
}

/* Put a record into the lists it belongs to, but for the kinds of view in `had`, where it is already. */
static void
enlist(struct queue *q, struct rec *r, unsigned had, bool due)
{
	for (int k = 0; k < VIEW_COUNT; k++)
		if ((r->views & ~had) >> k & 1)
			list_add(q, &q->kind[k], r);
	if (due && summary_due(&r->s) != 0)
		list_add(q, &q->due, r);
	for (struct queue_view *v = q->views; v != NULL; v = v->next)
		queue_view_weigh(v, r);
}

static void
tell(const struct queue *q, const struct summary *was, const struct summary *is)
{
	if (q->watch != NULL)
		q->watch(q->watch_ctx, was, is);
}

/* `is`: how it ended, NULL when nobody said. */
static void
remove_rec(struct queue *q, struct rec *r, const struct summary *is)
{
	unlist(q, r, 0, true);
	idmap_take(&q->open, r->s.no);
	tell(q, &r->s, is);
	free(r);
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

/* Give a case its new values: `old` is how it stood, or NULL. Most changes leave texts and place in the queue as they
 * were, and so touch no list at all. */
static bool
store(struct queue *q, struct rec *old, const struct summary *s)
{
	struct summary next = *s;

	if (!intern_codes(q, &next))
		return false;
	bool same_text = old != NULL && strcmp(old->s.title, s->title) == 0 && strcmp(old->s.place, s->place) == 0;
	struct rec *r = same_text ? old : rec_new(s);
	if (r == NULL)
		return false;
	uint32_t views = views_of(q, &next), had = 0;
	bool due = r != old || summary_due(&old->s) != summary_due(&next);
	struct summary was = old != NULL ? old->s : next;
	if (r == old && queue_order(old, &next) == 0)
		had = old->views;
	if (old != NULL)
		unlist(q, old, had & views, due);
	next.title = r->s.title;
	next.place = r->s.place;
	r->s = next;
	r->seen = q->snapshot;
	r->views = views;
	bool kept = r == old || idmap_put(&q->open, r);
	if (kept) {
		enlist(q, r, had, due);
		tell(q, old != NULL ? &was : NULL, &r->s);
	}
	if (r != old)
		free(kept ? old : r);
	return kept;
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
		remove_rec(q, old, s);
		return QUEUE_REMOVED;
	}
	if (!store(q, old, s)) {
		q->failed = true;
		return QUEUE_OLD;
	}
	forget_gone(q, s->no);
	return old != NULL ? QUEUE_CHANGED : QUEUE_ADDED;
}

void
queue_snapshot_begin(struct queue *q)
{
	q->snapshot++;
	q->reading = true;
	q->failed = false;
}

void
queue_snapshot_end(struct queue *q)
{
	struct sorted_walk w = sorted_from(&q->kind[VIEW_ALL], 0);
	struct rec **stale = malloc((q->open.count + 1) * sizeof(*stale)), *r;
	size_t n = 0;

	q->reading = false;
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
		remove_rec(q, stale[i], NULL);
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
		sorted_init(&q->kind[k], queue_order);
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

void
queue_watch(struct queue *q, queue_watch_fn watch, void *ctx)
{
	q->watch = watch;
	q->watch_ctx = ctx;
}

bool
queue_reading(const struct queue *q)
{
	return q->reading;
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
	if (account == q->account && desk == q->desk)
		return;
	q->account = account;
	q->desk = desk;
	sorted_free(&q->kind[VIEW_TRIAGE]);
	sorted_free(&q->kind[VIEW_MINE]);
	while ((r = sorted_next(&w)) != NULL) {
		r->views = views_of(q, &r->s);
		if (queue_is_in(r, VIEW_TRIAGE))
			list_add(q, &q->kind[VIEW_TRIAGE], r);
		if (queue_is_in(r, VIEW_MINE))
			list_add(q, &q->kind[VIEW_MINE], r);
	}
	for (struct queue_view *v = q->views; v != NULL; v = v->next)
		if (v->kind == VIEW_TRIAGE || v->kind == VIEW_MINE)
			queue_view_restart(v);
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
		if (queue_is_in(r, VIEW_OVERDUE))
			list_add(q, &q->kind[VIEW_OVERDUE], r);
		else
			sorted_take(&q->kind[VIEW_OVERDUE], r);
		for (struct queue_view *v = q->views; v != NULL; v = v->next)
			if (v->kind == VIEW_OVERDUE)
				queue_view_weigh(v, r);
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
