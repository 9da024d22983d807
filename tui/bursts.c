#include "tui/bursts.h"

#include <stdlib.h>
#include <string.h>

#include "tui/console.h"

enum { APART_US = 3000000, BURSTS_MAX = 2000 };

struct burst { int64_t id; int people; };
struct burst_list {
	struct burst *row;    /* by id */
	int n, cap;
	bool stale, asking;
	usec_t asked;         /* monotonic */
	struct burst_list *coming;
};

struct burst_list *bursts_new(void)
{
	return calloc(1, sizeof(struct burst_list));
}

void bursts_free(struct burst_list *l)
{
	if (!l)
		return;
	bursts_free(l->coming);
	free(l->row);
	free(l);
}

void bursts_touch(struct burst_list *l, int64_t id)
{
	l->stale = l->stale || id != 0;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct burst *)a)->id, y = ((const struct burst *)b)->id;

	return x < y ? -1 : x > y;
}

static void burst_row(void *who, int columns, const char *const *column)
{
	struct burst_list *l = ((struct console *)who)->bursts->coming;

	if (columns < 2 || !l || l->n == BURSTS_MAX)
		return;
	if (l->n == l->cap) {
		int cap = l->cap ? l->cap * 2 : 64;
		struct burst *more = realloc(l->row, (size_t)cap * sizeof *more);

		if (!more)
			return;
		l->row = more;
		l->cap = cap;
	}
	l->row[l->n++] = (struct burst){ atoll(column[0]), atoi(column[1]) };
}

static void bursts_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct burst_list *l = c->bursts, *coming = l->coming;

	(void)rows;
	l->asking = false;
	l->coming = NULL;
	if (!e && coming) {
		free(l->row);
		l->row = coming->row;
		l->n = coming->n;
		l->cap = coming->cap;
		coming->row = NULL;
		if (l->n > 0)
			qsort(l->row, (size_t)l->n, sizeof *l->row, by_id);
		c->dirty = true;
	}
	bursts_free(coming);
}

void bursts_work(struct console *c)
{
	struct burst_list *l = c->bursts;

	if (!l->stale || l->asking || c->loading || c->db != LINK_UP || c->who.role == ROLE_UNIT || (l->asked != 0 && c->mono - l->asked < APART_US))
		return;
	l->coming = bursts_new();
	if (!l->coming)
		return;
	l->stale = false;
	l->asking = true;
	l->asked = c->mono;
	console_ask(c, SQL_BURSTS, NULL, 0, burst_row, bursts_read, c);
}

int bursts_people(const struct burst_list *l, int64_t id)
{
	struct burst key = { .id = id };
	const struct burst *r = l->n > 0 ? bsearch(&key, l->row, (size_t)l->n, sizeof *l->row, by_id) : NULL;

	return r ? r->people : 0;
}
