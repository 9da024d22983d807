#include "tui/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/i18n.h"
#include "tui/units.h"

enum { OF_ONE = 64 };

void tally_free(struct tally *t)
{
	for (int by = 0; by < BOARD_BY_COUNT; by++)
		free(t->line[by]);
	*t = (struct tally){ 0 };
}

const struct tally_line *tally_find(const struct tally *t, enum board_by by, const char *code)
{
	for (int i = 0; i < t->n[by]; i++)
		if (strcmp(t->line[by][i].code, code) == 0)
			return &t->line[by][i];
	return NULL;
}

static const char *shift_name(const struct times *ts, const char *code)
{
	const struct board_shift *s;

	for (size_t i = 0; (s = listing_at(&ts->shifts, i)); i++)
		if (strcmp(s->code, code) == 0)
			return s->name;
	return code;
}

/* As the roster has them, with their crew; the account where it does not. */
static void name_person(const struct console *c, const char *code, char *out, size_t size)
{
	const struct times_person *p = times_person(c->times, code);

	if (strcmp(code, c->who.account) == 0)
		snprintf(out, size, "@%s", _("me"));
	else if (p && p->crew > 0)
		snprintf(out, size, _("%s crew %d"), p->person, p->crew);
	else
		snprintf(out, size, "@%s", p ? p->person : code);
}

static void name_of(const struct console *c, enum board_by by, const char *code, char *out, size_t size)
{
	enum priority p;

	if (by == BOARD_SHIFT)
		snprintf(out, size, "%s", shift_name(c->times, code));
	else if (by == BOARD_PRIORITY)
		snprintf(out, size, "%s", priority_parse(code, &p) ? _(priority_label(p)) : code);
	else if (by == BOARD_CLOCK)
		snprintf(out, size, "%s", _(code));
	else if (by == BOARD_PERSON)
		name_person(c, code, out, size);
	else
		snprintf(out, size, "%s", strcmp(code, "centre") == 0 ? _("the centre") : units_short(c->units, code));
}

/* Worst first: late, then to be late, then next to be due. */
static int worst_first(const void *a, const void *b)
{
	const struct tally_line *x = a, *y = b;

	if (x->n.late != y->n.late)
		return x->n.late > y->n.late ? -1 : 1;
	if (x->guess.n != y->guess.n)
		return x->guess.n > y->guess.n ? -1 : 1;
	if (x->n.in60 != y->n.in60)
		return x->n.in60 > y->n.in60 ? -1 : 1;
	if (x->n.next != y->n.next)
		return !y->n.next || (x->n.next && x->n.next < y->n.next) ? -1 : 1;
	return strcmp(x->code, y->code);
}

static void by_code(struct tally *t, const struct times *ts, enum board_by by)
{
	/* Shifts and priorities have an order of their own. */
	for (int i = 1; i < t->n[by]; i++)
		for (int k = i; k > 0; k--) {
			struct tally_line *a = &t->line[by][k - 1], *b = &t->line[by][k], swap;
			int x = 0, y = 0;

			if (by == BOARD_SHIFT) {
				const struct board_shift *shift;

				for (int s = 0; (shift = listing_at(&ts->shifts, (size_t)s)); s++) {
					x = strcmp(shift->code, a->code) == 0 ? s : x;
					y = strcmp(shift->code, b->code) == 0 ? s : y;
				}
			} else {
				enum priority p = PRIORITY_URGENT, q = PRIORITY_URGENT;

				priority_parse(a->code, &p);
				priority_parse(b->code, &q);
				x = (int)p;
				y = (int)q;
			}
			if (x <= y)
				break;
			swap = *a;
			*a = *b;
			*b = swap;
		}
}

/* --- predictions -------------------------------------------------------------------------------------------------- */

static void keep_predicted(struct tally *t, const struct console *c, const case_no *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct summary *s = queue_find(c->queue, list[i]);
		int at = t->npredicted;

		if (!s)
			continue;
		while (at > 0 && (t->predicted[at - 1].due > s->due_at || (t->predicted[at - 1].due == s->due_at && t->predicted[at - 1].no > s->no)))
			at--;
		if (at == TALLY_PREDICTED)
			return; /* the rest of this list is due later still */
		if (t->npredicted < TALLY_PREDICTED)
			t->npredicted++;
		memmove(&t->predicted[at + 1], &t->predicted[at], (size_t)(t->npredicted - 1 - at) * sizeof t->predicted[0]);
		t->predicted[at].no = s->no;
		t->predicted[at].due = s->due_at;
	}
}

static void predict(struct tally *t, const struct console *c, const struct board_group *g, struct tally_line *l, usec_t now)
{
	struct times *ts = c->times;
	enum flow_side side = l->by == BOARD_DESK ? FLOW_DESK : FLOW_UNIT;
	case_no list[OF_ONE];

	flow_pace(ts->flow, side, l->code, now, &l->pace);
	flow_series(ts->flow, side, l->code, FLOW_ANY, FLOW_WENT, now, TALLY_SPARK, l->went);
	l->guess.thin = l->pace.thin || !flow_known(ts->flow);
	if (l->n.in30 == 0)
		return;
	l->guess.n = board_predict(ts->board, g, &l->pace, l->pace.per_min, now, list, OF_ONE);
	l->guess.low = board_predict(ts->board, g, &l->pace, l->pace.high, now, NULL, 0);
	l->guess.high = board_predict(ts->board, g, &l->pace, l->pace.low, now, NULL, 0);
	keep_predicted(t, c, list, l->guess.n < OF_ONE ? l->guess.n : OF_ONE);
	t->guess.n += l->guess.n;
	t->guess.low += l->guess.low;
	t->guess.high += l->guess.high;
	t->guess_thin += l->guess.thin ? l->guess.n : 0;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void make_lines(struct tally *t, const struct console *c, enum board_by by, usec_t now)
{
	const struct board *b = c->times->board;
	size_t groups = board_groups(b, by);

	t->n[by] = 0;
	if ((int)groups > t->cap[by]) {
		struct tally_line *more = realloc(t->line[by], groups * sizeof *more);

		if (!more)
			return;
		t->line[by] = more;
		t->cap[by] = (int)groups;
	}
	for (size_t i = 0; i < groups; i++) {
		const struct board_group *g = board_group_at(b, by, i);
		struct tally_line *l = &t->line[by][t->n[by]];

		if (board_size(g) == 0)
			continue;
		*l = (struct tally_line){ .by = by };
		snprintf(l->code, sizeof l->code, "%s", board_code(g));
		board_count(g, now, &l->n);
		name_of(c, by, l->code, l->name, sizeof l->name);
		if (by == BOARD_DESK || by == BOARD_UNIT)
			predict(t, c, g, l, now);
		t->n[by]++;
	}
	if (by == BOARD_SHIFT || by == BOARD_PRIORITY)
		by_code(t, c->times, by);
	else if (t->n[by] > 1)
		qsort(t->line[by], (size_t)t->n[by], sizeof *t->line[by], worst_first);
}

static void make_danger(struct tally *t, const struct console *c)
{
	const struct board_group *g = board_find(c->times->board, BOARD_DANGER, "");
	case_no no[OF_ONE];
	size_t n;

	t->danger = g ? board_size(g) : 0;
	t->danger_since = 0;
	n = t->danger > 0 ? board_rows(g, 0, no, OF_ONE) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct summary *s = queue_find(c->queue, no[i]);

		if (s && (t->danger_since == 0 || s->received_at < t->danger_since))
			t->danger_since = s->received_at;
	}
}

static unsigned half_hour(const struct console *c, enum flow_what what, usec_t now)
{
	unsigned n[7], all = 0;

	flow_series(c->times->flow, c->who.role == ROLE_UNIT ? FLOW_UNIT : FLOW_DESK, NULL, FLOW_ANY, what, now, 7, n);
	for (int i = 0; i < 7; i++)
		all += n[i];
	return all;
}

bool tally_make(struct tally *t, const struct console *c, usec_t now)
{
	struct times *ts = c->times;

	if (!ts || (t->at != 0 && t->at / USEC_S == now / USEC_S && now >= t->at))
		return false;
	t->at = now;
	t->npredicted = 0;
	t->guess = (struct tally_guess){ 0 };
	t->guess_thin = 0;
	board_count(board_find(ts->board, BOARD_ALL, ""), now, &t->all);
	t->of_unit = c->who.role == ROLE_UNIT;
	t->triage = c->counts[t->of_unit ? VIEW_OUT : VIEW_TRIAGE];
	make_danger(t, c);
	for (int by = BOARD_DESK; by < BOARD_BY_COUNT; by++)
		make_lines(t, c, (enum board_by)by, now);
	t->guess.thin = !flow_known(ts->flow) || t->guess_thin * 3 > t->guess.n;
	t->came30 = half_hour(c, FLOW_CAME, now);
	t->went30 = half_hour(c, FLOW_WENT, now);
	return true;
}
