/*
 * The time board against a reference that looks at every case each time: ten thousand steps of random histories, every count,
 * row and prediction of every group compared. And the present pace, by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/appeal/board.h"
#include "core/appeal/due.h"

#define T0 (INT64_C(1795340000) * USEC_S)
#define MIN_US (60 * USEC_S)

enum { CASES = 240, STEPS = 10000, LIST = 64 };

static const char *const desks[] = { "centre", "d1", "d2" }, *const units[] = { "u1", "u2", "u3", "u4" }, *const people[] = { "", "", "lin", "wang" },
    *const clocks[] = { "dispatch", "contact", "handle", "rule", "rate", "" };
static const struct board_shift shifts[] = {
	{ "1", "一班", 480, 720 }, { "2", "二班", 720, 960 }, { "3", "三班", 960, 1200 }, { "4", "四班", 1200, 1440 }, { "5", "夜班", 0, 480 }
};
static struct summary now_is[CASES]; /* version 0: not there */
static uint32_t seed;

static unsigned
roll(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static struct summary
invent(int i, int version, usec_t now)
{
	struct summary s = { .no = 2611220000000 + i, .version = version, .stage = (enum stage)roll(STAGE_RESOLVED + 1), .priority = (enum priority)roll(PRIORITY_COUNT),
		.received_at = T0 - roll(86400) * USEC_S, .clock = clocks[roll(6)], .desk = desks[roll(3)], .unit = "", .item = "", .owner = people[roll(4)],
		.channel = "hotline", .title = roll(4) ? "噪音" : "停水", .place = "", .top_unit = "", .flags = roll(20) ? 0 : FLAG_DANGER };

	s.rank_at = s.received_at;
	if (s.stage != STAGE_TRIAGE)
		s.unit = units[roll(4)];
	if (*s.clock)
		s.due_at = now + ((int64_t)roll(7200) - 2400) * USEC_S + (roll(3) ? 0 : (int64_t)roll(1000000));
	return s;
}

/* --- the reference ----------------------------------------------------------------------------------------------- */

static const char *
shift_by_hand(usec_t t)
{
	int hour, minute;

	clock_local(t, NULL, NULL, NULL, &hour, &minute, NULL);
	return hour >= 20 ? "4" : hour >= 16 ? "3" : hour >= 12 ? "2" : hour >= 8 ? "1" : "5";
}

static bool
belongs(const struct summary *s, enum board_by by, const char *code)
{
	bool waits = s->stage == STAGE_TRIAGE;

	switch (by) {
	case BOARD_ALL:      return true;
	case BOARD_DANGER:   return waits && s->flags & FLAG_DANGER;
	case BOARD_DESK:     return waits && strcmp(s->desk, code) == 0;
	case BOARD_UNIT:     return (s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING) && strcmp(s->unit, code) == 0;
	case BOARD_PERSON:   return *s->owner && strcmp(s->owner, code) == 0;
	case BOARD_SHIFT:    return waits && strcmp(shift_by_hand(s->received_at), code) == 0;
	case BOARD_PRIORITY: return strcmp(priority_name(s->priority), code) == 0;
	case BOARD_CLOCK:    return *s->clock && strcmp(s->clock, code) == 0;
	default:             return false;
	}
}

static int64_t
pressing(const struct summary *s)
{
	return *s->clock && strcmp(s->clock, "rate") != 0 ? s->due_at : INT64_MAX;
}

static int
by_due(const void *a, const void *b)
{
	const struct summary *x = *(const struct summary *const *)a, *y = *(const struct summary *const *)b;
	int64_t p = pressing(x), q = pressing(y);

	return p != q ? (p > q) - (p < q) : (x->no > y->no) - (x->no < y->no);
}

static int
by_order(const void *a, const void *b)
{
	const struct summary *x = *(const struct summary *const *)a, *y = *(const struct summary *const *)b;

	if (x->priority != y->priority)
		return (int)x->priority - (int)y->priority;
	return x->rank_at != y->rank_at ? (x->rank_at > y->rank_at) - (x->rank_at < y->rank_at) : (x->no > y->no) - (x->no < y->no);
}

static size_t
gather(enum board_by by, const char *code, const struct summary **out)
{
	size_t n = 0;

	for (int i = 0; i < CASES; i++)
		if (now_is[i].version > 0 && belongs(&now_is[i], by, code))
			out[n++] = &now_is[i];
	qsort(out, n, sizeof(*out), by_due);
	return n;
}

static size_t
predict_by_hand(enum board_by by, const char *code, const struct flow_pace *pace, double per_min, usec_t now, case_no *list)
{
	const struct summary *mine[CASES], *order[CASES];
	size_t n = gather(by, code, mine), late = 0;

	memcpy(order, mine, n * sizeof(*mine));
	qsort(order, n, sizeof(*order), by == BOARD_DESK ? by_order : by_due);
	for (size_t i = 0; i < n; i++) {
		size_t place = 0;
		double rate = per_min;

		if (pressing(mine[i]) <= now || pressing(mine[i]) > now + 30 * MIN_US)
			continue;
		while (order[place++] != mine[i])
			;
		for (int p = 0; by == BOARD_DESK && p < (int)mine[i]->priority; p++)
			rate -= pace->ahead[p];
		if (!(rate > 0) || (double)place / rate * 60 > (double)(mine[i]->due_at - now) / USEC_S)
			list[late++] = mine[i]->no;
	}
	return late;
}

/* --- comparing --------------------------------------------------------------------------------------------------- */

static void
compare_group(struct board *b, const struct board_group *g, enum board_by by, usec_t now)
{
	const struct summary *mine[CASES];
	const char *code = board_code(g);
	size_t n = gather(by, code, mine), late = 0, in[4] = { 0 };
	struct board_counts c;
	case_no rows[CASES], list[CASES], want[CASES];
	bool found;

	board_count(g, now, &c);
	for (size_t i = 0; i < n; i++) {
		static const int minutes[] = { 5, 15, 30, 60 };

		late += pressing(mine[i]) <= now;
		for (int k = 0; k < 4; k++)
			in[k] += pressing(mine[i]) > now && pressing(mine[i]) <= now + minutes[k] * MIN_US;
	}
	assert_int_equal(c.open, n);
	assert_int_equal(c.late, late);
	assert_int_equal(c.in5, in[0]);
	assert_int_equal(c.in15, in[1]);
	assert_int_equal(c.in30, in[2]);
	assert_int_equal(c.in60, in[3]);
	assert_int_equal(c.first, n > 0 && pressing(mine[0]) != INT64_MAX ? pressing(mine[0]) : 0);
	assert_int_equal(c.next, late < n && pressing(mine[late]) != INT64_MAX ? pressing(mine[late]) : 0);
	assert_int_equal(board_rows(g, 0, rows, CASES), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i], mine[i]->no);
		assert_int_equal(board_row(b, g, rows[i], &found), i);
		assert_true(found);
	}
	if (by != BOARD_DESK && by != BOARD_UNIT)
		return;
	struct flow_pace pace = { .per_min = roll(80) / 10., .ahead = { roll(20) / 20., roll(20) / 20., 1 } };
	size_t predicted = board_predict(b, g, &pace, pace.per_min, now, list, CASES), wanted = predict_by_hand(by, code, &pace, pace.per_min, now, want);
	assert_int_equal(predicted, wanted);
	assert_memory_equal(list, want, predicted * sizeof *list);
	assert_int_equal(board_predict(b, g, &pace, pace.per_min, now, NULL, 0), predicted);
}

static void
compare(struct board *b, struct queue *q, usec_t now)
{
	size_t counts[VIEW_COUNT], soon, members[BOARD_BY_COUNT] = { 0 };
	struct board_counts all;

	for (int by = 0; by < BOARD_BY_COUNT; by++)
		for (size_t i = 0; i < board_groups(b, (enum board_by)by); i++) {
			compare_group(b, board_group_at(b, (enum board_by)by, i), (enum board_by)by, now);
			members[by] += board_size(board_group_at(b, (enum board_by)by, i));
		}
	assert_int_equal(members[BOARD_PRIORITY], members[BOARD_ALL]); /* nobody is in two groups, or forgotten */
	queue_counts(q, now, counts, &soon);
	board_count(board_find(b, BOARD_ALL, ""), now, &all);
	assert_int_equal(all.open, counts[VIEW_ALL]);
	assert_int_equal(all.late, counts[VIEW_OVERDUE]); /* the line at the top says the same */
	assert_int_equal(all.in30, soon);
	board_count(board_find(b, BOARD_DESK, "centre"), now, &all);
	assert_int_equal(all.open, counts[VIEW_TRIAGE]);
	assert_false(board_failed(b));
}

static void
step(struct queue *q, int version, usec_t now)
{
	int i = (int)roll(CASES);
	struct summary s = invent(i, version, now);
	unsigned what = roll(10);

	if (now_is[i].version > 0 && what < 4) { /* only some of it changes, as in life */
		struct summary was = now_is[i];

		was.version = version;
		if (what == 0) {
			was.owner = s.owner;
		} else if (what == 1) {
			was.due_at = *was.clock ? now + (int64_t)roll(3600) * USEC_S : 0;
		} else if (what == 2) {
			was.stage = STAGE_HANDLING;
			was.unit = units[roll(4)];
		} else {
			was.title = s.title;
		}
		s = was;
	} else if (now_is[i].version > 0 && what == 4) {
		s.stage = roll(2) ? STAGE_CLOSED : STAGE_MERGED;
	}
	queue_apply(q, &s);
	now_is[i] = s;
	if (s.stage == STAGE_CLOSED || s.stage == STAGE_MERGED)
		now_is[i].version = 0;
}

/* Some are gone without a word, some have changed, some came. */
static void
snapshot(struct queue *q, int version, usec_t now)
{
	queue_snapshot_begin(q);
	for (int i = 0; i < CASES; i++) {
		unsigned what = roll(12);

		if (what == 0)
			now_is[i].version = 0;
		if (now_is[i].version == 0 && what != 1)
			continue;
		if (what == 1 || what == 2)
			now_is[i] = invent(i, version, now);
		queue_apply(q, &now_is[i]);
	}
	queue_snapshot_end(q);
}

static void
random_histories(void **state)
{
	struct queue *q = queue_new();
	struct board *b;
	usec_t now = T0;

	(void)state;
	assert_true(clock_zone("Asia/Shanghai"));
	seed = 20261122;
	memset(now_is, 0, sizeof now_is);
	queue_set_who(q, (struct queue_who){ "lin", "centre" });
	for (int i = 0; i < 60; i++)
		step(q, i + 1, now);
	b = board_new(q);
	board_shifts(b, q, shifts, 5);
	queue_watch(q, board_change, b);
	for (int i = 0; i < STEPS; i++) {
		now += roll(30) * USEC_S + roll(1000000);
		if (roll(200) == 0)
			now -= 600 * USEC_S; /* the server's clock was put back */
		if (roll(500) == 0)
			snapshot(q, 100 + i, now);
		else
			step(q, 100 + i, now);
		if (i % 20 == 0 || i > STEPS - 100)
			compare(b, q, now);
	}
	queue_watch(q, NULL, NULL);
	board_free(b);
	/* One made anew is the same. */
	b = board_new(q);
	board_shifts(b, q, shifts, 5);
	compare(b, q, now);
	board_free(b);
	queue_free(q);
	board_free(NULL);
}

/* --- flow -------------------------------------------------------------------------------------------------------- */

static struct summary
at_desk(enum priority p)
{
	return (struct summary){ .no = 2611220000001, .version = 1, .stage = STAGE_TRIAGE, .priority = p, .clock = "dispatch", .desk = "centre", .unit = "" };
}

static unsigned
total(const struct flow *f, enum flow_side side, const char *code, int p, enum flow_what what, usec_t now)
{
	unsigned n[FLOW_SLOTS], all = 0;

	flow_series(f, side, code, p, what, now, FLOW_SLOTS, n);
	for (int i = 0; i < FLOW_SLOTS; i++)
		all += n[i];
	return all;
}

static void
a_case_comes_and_goes(void **state)
{
	struct flow *f = flow_new();
	struct summary desk = at_desk(PRIORITY_FAST), unit = desk, contacted, back, closed, other = desk;

	(void)state;
	unit.stage = STAGE_DISPATCHED;
	unit.unit = "u1";
	unit.clock = "contact";
	contacted = unit;
	contacted.stage = STAGE_HANDLING;
	contacted.clock = "handle";
	back = desk;
	closed = back;
	closed.stage = STAGE_CLOSED;
	other.desk = "d1";
	flow_move(f, 0, T0, NULL, &desk);
	flow_move(f, 0, T0 + MIN_US, &desk, &desk); /* a claim, a note */
	flow_move(f, 0, T0 + MIN_US, &desk, &unit);
	flow_move(f, 0, T0 + 2 * MIN_US, &unit, &contacted);
	flow_late(f, 0, T0 + 3 * MIN_US, &contacted);
	flow_move(f, 0, T0 + 4 * MIN_US, &contacted, &back);
	flow_move(f, 0, T0 + 5 * MIN_US, &back, &other);
	flow_move(f, 0, T0 + 6 * MIN_US, &other, &closed);
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0 + 6 * MIN_US), 2);
	assert_int_equal(total(f, FLOW_DESK, "centre", PRIORITY_FAST, FLOW_WENT, T0 + 6 * MIN_US), 2);
	assert_int_equal(total(f, FLOW_DESK, "centre", PRIORITY_NORMAL, FLOW_WENT, T0 + 6 * MIN_US), 0);
	assert_int_equal(total(f, FLOW_DESK, NULL, FLOW_ANY, FLOW_WENT, T0 + 6 * MIN_US), 3);
	assert_int_equal(total(f, FLOW_UNIT, "u1", FLOW_ANY, FLOW_CAME, T0 + 6 * MIN_US), 1);
	assert_int_equal(total(f, FLOW_UNIT, "u1", FLOW_ANY, FLOW_EASED, T0 + 6 * MIN_US), 1);
	assert_int_equal(total(f, FLOW_UNIT, "u1", FLOW_ANY, FLOW_LATE, T0 + 6 * MIN_US), 1);
	assert_int_equal(total(f, FLOW_UNIT, "u1", FLOW_ANY, FLOW_WENT, T0 + 6 * MIN_US), 1);
	flow_free(f);
	flow_free(NULL);
}

/* Slots are of five minutes, a day of them is kept, and what is older than that counts no more. */
static void
a_day_of_slots(void **state)
{
	struct flow *f = flow_new();
	struct summary s = at_desk(PRIORITY_NORMAL);
	unsigned n[4];
	usec_t later;

	(void)state;
	for (int i = 0; i < 3; i++)
		flow_move(f, 0, T0 + i * 5 * MIN_US, NULL, &s);
	flow_series(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0 + 10 * MIN_US, 4, n);
	assert_memory_equal(n, ((unsigned[]){ 0, 1, 1, 1 }), sizeof n);
	flow_series(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0 + 15 * MIN_US, 4, n);
	assert_memory_equal(n, ((unsigned[]){ 1, 1, 1, 0 }), sizeof n);
	later = T0 + (int64_t)FLOW_SLOTS * FLOW_SLOT_S * USEC_S;
	flow_move(f, 0, later, NULL, &s);
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, later), 3); /* the first has gone */
	flow_move(f, 0, T0, NULL, &s); /* too old to matter */
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, later), 3);
	later += INT64_C(90) * 86400 * USEC_S;
	flow_move(f, 0, later, NULL, &s);
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, later), 1);
	flow_free(f);
}

/* What a reading has is not counted again, what it cannot have is; a reading that breaks off changes nothing. */
static void
readings(void **state)
{
	struct flow *f = flow_new();
	struct summary s = at_desk(PRIORITY_NORMAL);
	int64_t slot = T0 / USEC_S / FLOW_SLOT_S;
	const unsigned ten[FLOW_WHATS] = { 10, 7, 0, 1 };

	(void)state;
	assert_false(flow_known(f));
	flow_move(f, 90, T0, NULL, &s); /* before: the reading will have it */
	flow_begin(f);
	flow_move(f, 95, T0, NULL, &s); /* the reading has it */
	flow_move(f, 100, T0, NULL, &s); /* it has not */
	flow_move(f, 0, T0, NULL, &s);
	flow_put(f, slot, FLOW_DESK, "centre", PRIORITY_NORMAL, ten);
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0), 4); /* until it is whole, what was seen */
	flow_end(f, true, 100);
	assert_true(flow_known(f));
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0), 11);
	assert_int_equal(total(f, FLOW_DESK, NULL, FLOW_ANY, FLOW_WENT, T0), 7);
	flow_move(f, 99, T0, NULL, &s); /* its frame comes only now */
	flow_move(f, 101, T0, NULL, &s);
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0), 12);
	flow_begin(f);
	flow_put(f, slot, FLOW_DESK, "centre", PRIORITY_NORMAL, ten);
	flow_move(f, 102, T0, NULL, &s);
	flow_end(f, false, 0);
	assert_int_equal(total(f, FLOW_DESK, "centre", FLOW_ANY, FLOW_CAME, T0), 13);
	flow_begin(f);
	for (int i = 0; i < 70000; i++)
		flow_move(f, 200, T0, NULL, &s);
	flow_end(f, true, 150);
	assert_true(flow_failed(f)); /* too much to keep: read again */
	flow_free(f);
}

static void
pace(void **state)
{
	struct flow *f = flow_new();
	struct flow_pace p;
	int64_t slot = T0 / USEC_S / FLOW_SLOT_S;
	usec_t now = slot * FLOW_SLOT_S * USEC_S;
	unsigned n[FLOW_WHATS] = { 0 };

	(void)state;
	flow_pace(f, FLOW_DESK, "centre", now, &p);
	assert_true(p.thin && p.per_min == 0 && p.low == 0 && p.high > 0);
	flow_begin(f);
	for (int i = 1; i <= 12; i++) {
		n[FLOW_WENT] = i == 3 ? 200 : 20; /* two hundred merged at once */
		n[FLOW_CAME] = 10;
		flow_put(f, slot - i, FLOW_DESK, "centre", PRIORITY_FAST, n);
	}
	n[FLOW_CAME] = n[FLOW_WENT] = 0;
	n[FLOW_EASED] = 1;
	flow_put(f, slot - 8, FLOW_UNIT, "u1", PRIORITY_NORMAL, n);
	n[FLOW_WENT] = 2;
	flow_put(f, slot - 11, FLOW_UNIT, "u1", PRIORITY_NORMAL, n);
	flow_end(f, true, 1);
	flow_pace(f, FLOW_DESK, "centre", now, &p);
	assert_int_equal(p.minutes, 30);
	assert_int_equal(p.seen, 5 * 20 + 60); /* the burst counts for three ordinary slots */
	assert_true(p.per_min > 5.3 && p.per_min < 5.4 && p.low < p.per_min && p.high > p.per_min && !p.thin);
	assert_true(p.ahead[PRIORITY_FAST] > 1.99 && p.ahead[PRIORITY_FAST] < 2.01 && p.ahead[PRIORITY_URGENT] == 0);
	flow_pace(f, FLOW_UNIT, "u1", now, &p);
	assert_int_equal(p.minutes, 60);
	assert_int_equal(p.seen, 4);
	assert_true(p.thin && p.low < p.per_min && p.high > 1.9 * p.per_min);
	/* Half a slot later the minutes that have passed count, too. */
	flow_pace(f, FLOW_DESK, "centre", now + 150 * USEC_S, &p);
	assert_int_equal(p.minutes, 32);
	flow_free(f);
}

/* --- does it come true? -------------------------------------------------------------------------------------------- */

enum { DAYS = 300, WARM_S = 5400, WAITING = 4096 };

struct day { struct queue *queue; struct board *board; struct flow *flow; usec_t now; int made; };

static double
chance(void)
{
	return (roll(1000000) + 1) / 1000001.;
}

static void
told(void *ctx, const struct summary *was, const struct summary *is)
{
	struct day *d = ctx;

	board_change(d->board, was, is);
	flow_move(d->flow, 0, d->now, was, is);
}

static void
arrive(struct day *d, enum priority p, usec_t at)
{
	static const int limit_s[PRIORITY_COUNT] = { 1800, 7200, 28800 };
	struct summary s = { .no = 2611220000000 + d->made++, .version = 1, .stage = STAGE_TRIAGE, .priority = p, .received_at = at, .rank_at = at,
		.due_at = at + limit_s[p] * USEC_S, .clock = "dispatch", .desk = "centre", .unit = "", .item = "", .owner = "", .channel = "", .title = "", .place = "",
		.top_unit = "" };

	queue_apply(d->queue, &s);
}

/* The most pressing case goes. */
static void
depart(struct day *d)
{
	struct queue_view *v = queue_view_new(d->queue, VIEW_TRIAGE);
	const struct summary *first = queue_view_at(v, 0);

	if (first != NULL) {
		struct summary s = *first;

		s.version++;
		s.stage = STAGE_CLOSED;
		queue_apply(d->queue, &s);
	}
	queue_view_free(v);
}

/* Let seconds pass: people come by chance at so many a minute, and are sent on by chance at so many. */
static void
pass(struct day *d, int seconds, const double come[PRIORITY_COUNT], double go)
{
	for (int i = 0; i < seconds; i++) {
		d->now += USEC_S;
		for (int p = 0; p < PRIORITY_COUNT; p++)
			if (chance() < come[p] / 60)
				arrive(d, (enum priority)p, d->now);
		if (chance() < go / 60)
			depart(d);
	}
}

/* Half an hour ahead at a time, on desks that are overrun by chance: the prediction is right on average, and what comes true lies within the
 * range it states about as often as it says, four times in five. */
static void
it_comes_true(void **state)
{
	double predicted = 0, happened = 0;
	int within = 0, days = 0;

	(void)state;
	seed = 7;
	for (int day = 0; day < DAYS; day++) {
		struct day d = { .queue = queue_new(), .flow = flow_new(), .now = T0 };
		double go = 1 + roll(60) / 10., come[PRIORITY_COUNT] = { go * roll(15) / 100, go * roll(35) / 100, go * roll(70) / 100 };
		struct flow_pace pace;
		case_no due[WAITING];
		usec_t until, of[WAITING];
		size_t n, low, high, late = 0, risk = 0;

		d.board = board_new(d.queue);
		queue_watch(d.queue, told, &d);
		/* More came in some morning hour than is sent on: what is left for the normal ones reaches the first of them in time yet, and
		 * the later the further they lie back. */
		double left = go - come[PRIORITY_URGENT] - come[PRIORITY_FAST], dense = left * (1.1 + roll(120) / 100.), head = roll(900),
		    due_s = WARM_S * (1 - left / dense) + head;
		for (; due_s < WARM_S + 3600; due_s += 60 / dense * (0.2 + 1.6 * chance())) {
			d.now = T0 + (int64_t)((due_s - 28800) * USEC_S);
			arrive(&d, PRIORITY_NORMAL, d.now);
		}
		d.now = T0;
		pass(&d, WARM_S, come, go);
		const struct board_group *desk = board_find(d.board, BOARD_DESK, "centre");
		flow_pace(d.flow, FLOW_DESK, "centre", d.now, &pace);
		n = board_predict(d.board, desk, &pace, pace.per_min, d.now, NULL, 0);
		low = board_predict(d.board, desk, &pace, pace.high, d.now, NULL, 0);
		high = board_predict(d.board, desk, &pace, pace.low, d.now, NULL, 0);
		size_t first = board_due_by(desk, d.now), end = board_due_by(desk, d.now + BOARD_AHEAD_S * USEC_S);
		assert_true(end - first < WAITING);
		risk = board_rows(desk, first, due, end - first);
		for (size_t i = 0; i < risk; i++)
			of[i] = queue_find(d.queue, due[i])->due_at;
		for (until = d.now + BOARD_AHEAD_S * USEC_S; d.now < until;) {
			pass(&d, 1, come, go);
			for (size_t i = 0; i < risk; i++)
				if (of[i] != 0 && of[i] <= d.now) {
					late += queue_find(d.queue, due[i]) != NULL;
					of[i] = 0;
				}
		}
		if (risk > 0) {
			predicted += (double)n;
			happened += (double)late;
			within += late >= low && late <= high;
			days++;
		}
		queue_watch(d.queue, NULL, NULL);
		board_free(d.board);
		queue_free(d.queue);
		flow_free(d.flow);
	}
	printf("%d half hours: %.0f predicted, %.0f came true, within the stated range %.0f %%\n", days, predicted, happened, 100. * within / days);
	assert_true(days > DAYS / 2 && happened > days);
	assert_true(predicted > happened * .85 && predicted < happened * 1.15);
	assert_true(within > days * .72);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories),
		cmocka_unit_test(a_case_comes_and_goes),
		cmocka_unit_test(a_day_of_slots),
		cmocka_unit_test(readings),
		cmocka_unit_test(pace),
		cmocka_unit_test(it_comes_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
