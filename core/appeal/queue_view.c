#include <stdlib.h>
#include <string.h>

#include "core/appeal/queue_in.h"
#include "core/base/clean.h"

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

static void
keep(struct queue_view *v, struct rec *r)
{
	if (!sorted_add(&v->rows, r))
		v->q->failed = true;
}

void
queue_view_drop(struct queue_view *v, const struct rec *r)
{
	if (v->match != NULL)
		sorted_take(&v->rows, r);
}

void
queue_view_weigh(struct queue_view *v, struct rec *r)
{
	/* What the filter has not reached yet it will meet by itself. */
	if (v->match == NULL || (!v->done && (!v->begun || queue_order(r, &v->upto) > 0)))
		return;
	if (queue_is_in(r, v->kind) && matches(v, r))
		keep(v, r);
	else
		sorted_take(&v->rows, r);
}

void
queue_view_restart(struct queue_view *v)
{
	sorted_free(&v->rows);
	v->begun = v->done = false;
}

struct queue_view *
queue_view_new(struct queue *q, enum view_kind kind)
{
	struct queue_view *v = calloc(1, sizeof *v);

	if (v == NULL)
		return NULL;
	v->q = q;
	v->kind = kind;
	sorted_init(&v->rows, queue_order);
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
	queue_view_restart(v);
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
			keep(v, r);
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
