#include "tui/times.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "core/feed/cursor.h"

enum { PAST_S = 24 * 3600, APART_S = 60 };

/* --- changes ------------------------------------------------------------------------------------------------------ */

static void changed(void *ctx, const struct summary *was, const struct summary *is)
{
	struct times *t = ctx;

	board_change(t->board, was, is);
	/* A snapshot does not say when things came to be so: the flow is asked for once it is whole. */
	if (is && !queue_reading(t->c->queue))
		flow_move(t->flow, t->tx, is->at ? is->at : t->c->now, was, is);
}

void times_frame(struct console *c, const char *cursor)
{
	struct cursor at;

	if (c->times)
		c->times->tx = cursor && cursor_parse(cursor, &at) ? at.tx : 0;
}

void times_late(struct console *c, const struct summary *s)
{
	if (c->times)
		flow_late(c->times->flow, c->times->tx, s->at ? s->at : c->now, s);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void flow_row(void *who, int columns, const char *const *column)
{
	struct times *t = who;
	unsigned n[FLOW_WHATS];
	enum priority p;
	struct cursor at;

	if (columns < 9)
		return;
	if (*column[0]) {
		t->upto = cursor_parse(column[0], &at) ? at.tx : 0;
		return;
	}
	for (int i = 0; i < FLOW_WHATS; i++)
		n[i] = (unsigned)strtoul(column[5 + i], NULL, 10);
	if (priority_parse(column[4], &p))
		flow_put(t->flow, atoll(column[1]), strcmp(column[2], "desk") == 0 ? FLOW_DESK : FLOW_UNIT, column[3], p, n);
}

static void flow_done(void *who, const struct err *e, size_t rows)
{
	struct times *t = who;

	(void)rows;
	t->asking = false;
	t->handle = 0;
	flow_end(t->flow, !e && t->upto != 0, t->upto);
	t->c->dirty = true;
}

static void ask_flow(struct times *t)
{
	char from[40];
	const char *args[] = { from };
	uint64_t handle;

	t->again = false;
	t->asking = true;
	t->upto = 0;
	t->asked = t->c->mono;
	clock_rfc3339((t->c->now > 0 ? t->c->now : clock_now()) - PAST_S * USEC_S, from);
	flow_begin(t->flow);
	handle = console_ask(t->c, SQL_FLOW, args, 1, flow_row, flow_done, t);
	if (t->asking)
		t->handle = handle;
}

static void shift_row(void *who, int columns, const char *const *column)
{
	struct console *c = who;
	struct times *t = c->times;
	struct board_shift *s = t && columns >= 4 && t->shifts.fresh_n < BOARD_SHIFTS ? listing_add(&t->shifts) : NULL;

	if (!s)
		return;
	clean_into(s->code, sizeof s->code, column[0]);
	clean_into(s->name, sizeof s->name, column[1]);
	s->start = atoi(column[2]);
	s->end = atoi(column[3]);
}

static void shift_done(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct times *t = c->times;

	(void)rows;
	if (!t || !listing_end(&t->shifts, !e)) /* the old ones serve; without any the grouping by shift is empty */
		return;
	board_shifts(t->board, c->queue, t->shifts.row, (int)t->shifts.n);
	c->dirty = true;
}

static void person_row(void *who, int columns, const char *const *column)
{
	struct console *c = who;
	struct times *t = c->times;
	json_t *o = columns > 0 ? json_loads(column[0], JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *account = json_string_value(json_object_get(o, "account")), *person = json_string_value(json_object_get(o, "person"));
	struct times_person *p = t && account && t->people.fresh_n < TIMES_PEOPLE ? listing_add(&t->people) : NULL;

	if (p) {
		clean_into(p->account, sizeof p->account, account);
		clean_into(p->person, sizeof p->person, person ? person : account);
		p->crew = (int)json_integer_value(json_object_get(o, "crew"));
	}
	json_decref(o);
}

static void people_done(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)rows;
	if (c->times && listing_end(&c->times->people, !e))
		c->dirty = true;
}

const struct times_person *times_person(const struct times *t, const char *account)
{
	const struct times_person *p;

	for (size_t i = 0; (p = listing_at(&t->people, i)); i++)
		if (strcmp(p->account, account) == 0)
			return p;
	return NULL;
}

void times_reread(struct console *c)
{
	if (c->times) {
		c->times->again = true;
		c->times->asked_shifts = false; /* the policy may be another one by now */
	}
}

void times_work(struct console *c)
{
	struct times *t = c->times;

	if (!t || c->db != LINK_UP || c->loading || t->asking)
		return;
	if (board_failed(t->board)) { /* memory was short: made anew when there is some */
		struct board *b = board_new(c->queue);

		if (b) {
			board_free(t->board);
			t->board = b;
			board_shifts(b, c->queue, t->shifts.row, (int)t->shifts.n);
		}
	}
	if (t->again || ((flow_failed(t->flow) || !flow_known(t->flow)) && c->mono - t->asked > APART_S * USEC_S))
		ask_flow(t);
	if (!t->asked_shifts && !t->shifts.reading && !t->people.reading) { /* not while the answer before is on its way */
		t->asked_shifts = true;
		listing_begin(&t->shifts);
		console_ask(c, SQL_SHIFT_HOURS, NULL, 0, shift_row, shift_done, c);
		if (c->who.role != ROLE_UNIT && listing_begin(&t->people))
			console_ask(c, SQL_SHIFT_ON, (const char *[]){ NULL }, 1, person_row, people_done, c);
	}
}

/* --- beginning and end -------------------------------------------------------------------------------------------- */

struct times *times_need(struct console *c)
{
	struct times *t;

	if (c->times)
		return c->times;
	t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->c = c;
	listing_init(&t->shifts, sizeof(struct board_shift), NULL);
	listing_init(&t->people, sizeof(struct times_person), NULL);
	t->board = board_new(c->queue);
	t->flow = flow_new();
	if (!t->board || !t->flow) {
		times_free(t);
		return NULL;
	}
	queue_watch(c->queue, changed, t);
	t->again = true;
	c->times = t;
	times_work(c);
	return t;
}

void times_free(struct times *t)
{
	if (!t)
		return;
	if (t->c->times == t)
		queue_watch(t->c->queue, NULL, NULL);
	if (t->asking && t->handle)
		t->c->port->forget(t->c->port_ctx, t->handle);
	board_free(t->board);
	flow_free(t->flow);
	listing_free(&t->shifts);
	listing_free(&t->people);
	free(t);
}
