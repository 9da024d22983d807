#include "tui/accuracy.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/i18n.h"

enum ask { ASK_ALL, ASK_DAYS, ASK_FLAGS, ASK_ROWS, ASK_BINS };

static const struct { const char *wire, *heading; } table[ACCURACY_COUNT] = {
#define X(id, wire, heading) [ACCURACY_##id] = { wire, heading },
	ACCURACY_TABLE(X)
#undef X
};

const char *accuracy_wire(enum accuracy_by by)
{
	return table[by].wire;
}

const char *accuracy_heading(enum accuracy_by by)
{
	return table[by].heading;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void text(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s = json_string_value(json_object_get(o, key));

	clean_into(out, size, s ? s : "");
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static void read_row(const json_t *o, struct accuracy_row *r)
{
	*r = (struct accuracy_row){ .decided = (long)number(o, "decided"), .returned = (long)number(o, "returned"),
		.share1 = number(o, "share1"), .share3 = number(o, "share3"), .said = number(o, "said_p"), .off = number(o, "ece") };
	text(o, "key", r->key, sizeof r->key);
	text(o, "name", r->name, sizeof r->name);
}

static void read_flag(const json_t *o, struct accuracy_flag *f)
{
	*f = (struct accuracy_flag){ .decided = (long)number(o, "decided"), .before = (long)number(o, "decided_before"),
		.share = number(o, "share1"), .share_before = number(o, "share1_before") };
	text(o, "by", f->by, sizeof f->by);
	text(o, "key", f->key, sizeof f->key);
	text(o, "name", f->name, sizeof f->name);
}

static struct accuracy_row *new_row(struct accuracy *a)
{
	if (a->n == a->cap && a->cap < ACCURACY_ROWS) {
		int cap = a->cap ? a->cap * 2 : 64;
		struct accuracy_row *more = realloc(a->row, (size_t)cap * sizeof *more);

		if (!more)
			return NULL;
		a->row = more;
		a->cap = cap;
	}
	return a->n < a->cap ? &a->row[a->n++] : NULL;
}

static void take(struct accuracy *a, enum ask what, const json_t *o)
{
	struct accuracy_row *r;

	switch (what) {
	case ASK_ALL:
		read_row(o, &a->all);
		break;
	case ASK_DAYS:
		if (a->ndays == ACCURACY_DAYS) { /* the last ones count */
			memmove(a->day, a->day + 1, (ACCURACY_DAYS - 1) * sizeof a->day[0]);
			a->ndays--;
		}
		read_row(o, &a->day[a->ndays++]);
		break;
	case ASK_FLAGS:
		if (a->nflags < ACCURACY_FLAGS)
			read_flag(o, &a->flag[a->nflags++]);
		break;
	case ASK_ROWS:
		if ((r = new_row(a)))
			read_row(o, r);
		break;
	case ASK_BINS:
		if (a->nbins < ACCURACY_BINS)
			a->bin[a->nbins++] = (struct accuracy_bin){ number(o, "low"), number(o, "high"), number(o, "said_p"), number(o, "right1"),
				(long)number(o, "decided") };
		break;
	}
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void told(void *who, int columns, const char *const *column)
{
	struct accuracy_ask *q = who;
	json_t *o = columns > 0 ? json_loads(column[0], JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (json_is_object(o))
		take(q->a, (enum ask)(q - q->a->ask), o);
	json_decref(o);
}

static void told_all(void *who, const struct err *e, size_t rows)
{
	struct accuracy_ask *q = who;

	(void)rows;
	q->on = false;
	if (e)
		snprintf(q->a->error, sizeof q->a->error, "%s", _(err_sentence(e->code)));
	q->a->c->dirty = true;
}

static void forget(struct accuracy *a, enum ask what)
{
	struct accuracy_ask *q = &a->ask[what];

	if (q->on)
		a->c->port->forget(a->c->port_ctx, q->handle);
	q->on = false;
}

static void put(struct accuracy *a, enum ask what, enum statement s, const char *const *args, int nargs)
{
	struct accuracy_ask *q = &a->ask[what];
	uint64_t handle;

	forget(a, what);
	q->a = a;
	q->on = true;
	handle = console_ask(a->c, s, args, nargs, told, told_all, q);
	if (q->on)
		q->handle = handle;
}

static void days_ago(const struct console *c, int days, char out[40])
{
	clock_rfc3339((c->now > 0 ? c->now : clock_now()) - days * INT64_C(86400) * USEC_S, out);
}

static void ask_rows(struct accuracy *a)
{
	const char *args[] = { a->from, NULL, table[a->by].wire };

	a->n = 0;
	if (a->by != ACCURACY_BIN)
		put(a, ASK_ROWS, SQL_ACCURACY, args, 3);
	a->nbins = 0;
	put(a, ASK_BINS, SQL_RELIABILITY, args, 2);
}

void accuracy_ask_all(struct accuracy *a)
{
	const char *args[] = { a->from, NULL, "all" }, *until[] = { NULL };
	char two_weeks[40];

	if (a->c->db != LINK_UP)
		return;
	a->error[0] = '\0';
	days_ago(a->c, a->days, a->from);
	a->all = (struct accuracy_row){ 0 };
	put(a, ASK_ALL, SQL_ACCURACY, args, 3);
	days_ago(a->c, ACCURACY_DAYS - 1, two_weeks);
	a->ndays = 0;
	put(a, ASK_DAYS, SQL_ACCURACY, (const char *[]){ two_weeks, NULL, "day" }, 3);
	a->nflags = 0;
	put(a, ASK_FLAGS, SQL_ACCURACY_FLAGS, until, 1);
	ask_rows(a);
}

void accuracy_look(struct accuracy *a, enum accuracy_by by, int days)
{
	bool same = days == a->days;

	a->by = by;
	a->days = days;
	if (!same)
		accuracy_ask_all(a);
	else if (a->c->db == LINK_UP)
		ask_rows(a);
}

bool accuracy_asking(const struct accuracy *a)
{
	for (size_t i = 0; i < sizeof a->ask / sizeof a->ask[0]; i++)
		if (a->ask[i].on)
			return true;
	return false;
}

void accuracy_init(struct accuracy *a, struct console *c, int days)
{
	*a = (struct accuracy){ .c = c, .days = days };
}

void accuracy_free(struct accuracy *a)
{
	for (int i = 0; i <= ASK_BINS; i++)
		forget(a, (enum ask)i);
	free(a->row);
}

const struct accuracy_flag *accuracy_flagged(const struct accuracy *a, enum accuracy_by by, const char *key)
{
	for (int i = 0; i < a->nflags; i++)
		if (strcmp(a->flag[i].by, table[by].wire) == 0 && strcmp(a->flag[i].key, key) == 0)
			return &a->flag[i];
	return NULL;
}
