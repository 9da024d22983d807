#include "tui/promises.h"

#include <stdlib.h>
#include <string.h>

#include "tui/console.h"
#include "tui/desk.h"
#include "tui/listing.h"

enum { APART_US = 3000000 };

struct promise { case_no no; usec_t until; };
struct promise_list {
	struct listing rows; /* by number, then time */
	bool stale;
	usec_t asked;        /* monotonic */
};

struct promise_list *promises_new(void)
{
	struct promise_list *l = calloc(1, sizeof *l);

	if (l) {
		listing_init(&l->rows, sizeof(struct promise), NULL);
		l->stale = true;
	}
	return l;
}

void promises_free(struct promise_list *l)
{
	if (!l)
		return;
	listing_free(&l->rows);
	free(l);
}

void promises_touch(struct promise_list *l)
{
	l->stale = true;
}

static int by_no(const void *a, const void *b)
{
	const struct promise *x = a, *y = b;

	return x->no != y->no ? (x->no < y->no ? -1 : 1) : x->until < y->until ? -1 : x->until > y->until;
}

static void promise_row(void *who, int columns, const char *const *column)
{
	struct promise *r = columns >= 2 ? listing_add(&((struct console *)who)->promises->rows) : NULL;

	if (!r)
		return;
	r->no = atoll(column[0]);
	if (!clock_parse(column[1], strlen(column[1]), &r->until))
		r->until = 0;
}

static void promises_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct listing *r = &c->promises->rows;

	(void)rows;
	if (!listing_end(r, !e))
		return;
	if (r->n > 0)
		qsort(r->row, r->n, r->size, by_no);
	c->dirty = true;
}

void promises_work(struct console *c)
{
	struct promise_list *l = c->promises;
	const char *most[] = { "1000" };

	if (!l->stale || !desk_is(c) || c->loading || c->db != LINK_UP || (l->asked != 0 && c->mono - l->asked < APART_US))
		return;
	if (!listing_begin(&l->rows))
		return;
	l->stale = false;
	l->asked = c->mono;
	console_ask(c, SQL_PROMISES, most, 1, promise_row, promises_read, c);
}

usec_t promises_until(const struct promise_list *l, case_no no)
{
	size_t lo = 0, hi = l->rows.n;

	while (lo < hi) { /* the first of the case: its earliest */
		size_t mid = (lo + hi) / 2;

		if (((const struct promise *)listing_at(&l->rows, mid))->no < no)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->rows.n && ((const struct promise *)listing_at(&l->rows, lo))->no == no ?
	    ((const struct promise *)listing_at(&l->rows, lo))->until : 0;
}
