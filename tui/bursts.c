#include "tui/bursts.h"

#include <stdlib.h>
#include <string.h>

#include "tui/console.h"
#include "tui/listing.h"

enum { APART_US = 3000000 };

struct burst { int64_t id; int people; };
struct burst_list {
	struct listing rows;     /* by id */
	bool stale;
	usec_t asked;         /* monotonic */
};

struct burst_list *bursts_new(void)
{
	struct burst_list *l = calloc(1, sizeof *l);

	if (l)
		listing_init(&l->rows, sizeof(struct burst), NULL);
	return l;
}

void bursts_free(struct burst_list *l)
{
	if (!l)
		return;
	listing_free(&l->rows);
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
	struct burst *r = columns >= 2 ? listing_add(&((struct console *)who)->bursts->rows) : NULL;

	if (r)
		*r = (struct burst){ atoll(column[0]), atoi(column[1]) };
}

static void bursts_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct listing *r = &c->bursts->rows;

	(void)rows;
	if (!listing_end(r, !e))
		return;
	if (r->n > 0)
		qsort(r->row, r->n, r->size, by_id);
	c->dirty = true;
}

void bursts_work(struct console *c)
{
	struct burst_list *l = c->bursts;

	if (!l->stale || c->loading || c->db != LINK_UP || c->who.role == ROLE_UNIT || (l->asked != 0 && c->mono - l->asked < APART_US))
		return;
	if (!listing_begin(&l->rows))
		return;
	l->stale = false;
	l->asked = c->mono;
	console_ask(c, SQL_BURSTS, NULL, 0, burst_row, bursts_read, c);
}

int bursts_people(const struct burst_list *l, int64_t id)
{
	struct burst key = { .id = id };
	const struct burst *r = l->rows.n > 0 ? bsearch(&key, l->rows.row, l->rows.n, sizeof key, by_id) : NULL;

	return r ? r->people : 0;
}
