#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/appeal/due.h"
#include "core/appeal/queue.h"

#define T(s) (INT64_C(1795340000) * USEC_S + (s) * USEC_S)

static struct queue *q;

static int
begin(void **state)
{
	(void)state;
	q = queue_new();
	return q != NULL ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	queue_free(q);
	queue_free(NULL);
	return 0;
}

/* A case of so-and-so many seconds after the epoch of this test. */
static struct summary
a_case(case_no no, int version, int rank_s)
{
	return (struct summary){
		.no = no, .version = version, .stage = STAGE_TRIAGE, .priority = PRIORITY_NORMAL, .rank_at = T(rank_s),
		.received_at = T(rank_s), .clock = "dispatch", .desk = "centre", .unit = "", .item = "", .owner = "",
		.channel = "hotline", .title = "噪音", .place = "航城", .top_unit = ""
	};
}

static enum queue_change
put(case_no no, int version, int rank_s)
{
	struct summary s = a_case(no, version, rank_s);

	return queue_apply(q, &s);
}

static void
expect(const struct queue_view *v, const char *want)
{
	char got[512] = "";
	size_t n = queue_view_count(v), at = 0;
	const struct summary *row[64];

	assert_int_equal(queue_view_rows(v, 0, row, 64), n);
	for (size_t i = 0; i < n; i++) {
		bool found;
		assert_ptr_equal(queue_view_at(v, i), row[i]);
		assert_int_equal(queue_view_row(v, row[i]->no, &found), i);
		assert_true(found);
		at += (size_t)snprintf(got + at, sizeof got - at, "%s%lld", i > 0 ? " " : "", (long long)row[i]->no);
	}
	assert_null(queue_view_at(v, n));
	assert_string_equal(got, want);
}

static void
urgency_then_rank_then_number(void **state)
{
	struct queue_view *v = queue_view_new(q, VIEW_ALL);
	struct summary s;

	(void)state;
	put(5, 1, 100);
	put(3, 1, 100);
	put(4, 1, 50);
	s = a_case(9, 1, 500);
	s.priority = PRIORITY_URGENT;
	assert_int_equal(queue_apply(q, &s), QUEUE_ADDED);
	expect(v, "9 4 3 5");
	s.version = 2;
	s.priority = PRIORITY_FAST;
	assert_int_equal(queue_apply(q, &s), QUEUE_CHANGED);
	assert_int_equal(put(3, 2, 200), QUEUE_CHANGED);
	expect(v, "9 4 5 3");
	queue_view_free(v);
}

static void
what_is_kept_is_a_copy(void **state)
{
	char title[] = "小区门口燃气味很大", owner[] = "zhang";
	struct summary s = a_case(1, 1, 1);

	(void)state;
	s.title = title;
	s.owner = owner;
	queue_apply(q, &s);
	memset(title, 'x', 6);
	memset(owner, 'x', 3);
	assert_string_equal(queue_find(q, 1)->title, "小区门口燃气味很大");
	assert_string_equal(queue_find(q, 1)->owner, "zhang");
	/* Its own row may be given back, changed. */
	s = *queue_find(q, 1);
	s.version++;
	assert_int_equal(queue_apply(q, &s), QUEUE_CHANGED);
	assert_string_equal(queue_find(q, 1)->title, "小区门口燃气味很大");
	assert_null(queue_find(q, 2));
}

static void
only_higher_versions_count(void **state)
{
	struct summary s;

	(void)state;
	assert_int_equal(put(1, 5, 1), QUEUE_ADDED);
	assert_int_equal(put(1, 5, 2), QUEUE_OLD);
	assert_int_equal(put(1, 4, 2), QUEUE_OLD);
	assert_true(queue_find(q, 1)->rank_at == T(1));
	s = a_case(1, 7, 1);
	s.stage = STAGE_CLOSED;
	assert_int_equal(queue_apply(q, &s), QUEUE_REMOVED);
	assert_int_equal(queue_apply(q, &s), QUEUE_OLD);
	assert_int_equal(put(1, 6, 1), QUEUE_OLD);
	assert_int_equal(put(1, 7, 1), QUEUE_OLD);
	assert_int_equal(queue_count(q), 0);
	/* A case may be heard of first by its end. */
	s = a_case(2, 3, 1);
	s.stage = STAGE_MERGED;
	assert_int_equal(queue_apply(q, &s), QUEUE_OLD);
	assert_int_equal(put(2, 2, 1), QUEUE_OLD);
	/* Opened again. */
	assert_int_equal(put(1, 8, 1), QUEUE_ADDED);
	assert_int_equal(put(2, 4, 1), QUEUE_ADDED);
	assert_int_equal(queue_count(q), 2);
}

static void
the_departed_are_forgotten_in_their_order(void **state)
{
	struct summary s = a_case(0, 2, 1);

	(void)state;
	s.stage = STAGE_CLOSED;
	for (case_no no = 1; no <= QUEUE_GONE + 10; no++) {
		s.no = no;
		queue_apply(q, &s);
	}
	assert_int_equal(put(11, 1, 1), QUEUE_OLD);
	assert_int_equal(put(QUEUE_GONE + 10, 1, 1), QUEUE_OLD);
	assert_int_equal(put(10, 1, 1), QUEUE_ADDED);
}

static void
views_are_what_their_table_says(void **state)
{
	static const struct queue_who who = { "zhang", "centre" };
	struct queue_view *v[VIEW_COUNT];
	struct summary s;

	(void)state;
	queue_set_who(q, who);
	queue_tick(q, T(0));
	for (int k = 0; k < VIEW_COUNT; k++) {
		enum view_kind back;
		v[k] = queue_view_new(q, k);
		assert_true(view_parse(view_name(k), &back) && (int)back == k && *view_label(k) != '\0');
	}
	assert_false(view_parse("nothing", &(enum view_kind){ 0 }));
	put(1, 1, 1);
	s = a_case(2, 1, 2);
	s.desk = "street";
	s.returned = 2;
	queue_apply(q, &s);
	s = a_case(3, 1, 3);
	s.owner = "zhang";
	s.flags = FLAG_DISPUTED | FLAG_ESCALATED;
	queue_apply(q, &s);
	s = a_case(4, 1, 4);
	s.owner = "zhang2";
	s.flags = FLAG_SUPERVISED;
	s.stage = STAGE_DISPATCHED;
	s.returned = 1;
	s.due_at = T(0);
	queue_apply(q, &s);
	s = a_case(5, 1, 5);
	s.stage = STAGE_HANDLING;
	s.chased = 1;
	s.due_at = T(0) + 1;
	queue_apply(q, &s);
	s = a_case(6, 1, 6);
	s.stage = STAGE_RESOLVED;
	s.burst = 7;
	s.flags = FLAG_ASKED | FLAG_SPECIAL | FLAG_ENTERPRISE | FLAG_INSTRUCTED;
	queue_apply(q, &s);
	s = a_case(7, 1, 7);
	s.stage = STAGE_HANDLING;
	s.flags = FLAG_POOR | FLAG_RELAPSE | FLAG_DELEGATE | FLAG_REMINDED | FLAG_PAUSED;
	queue_apply(q, &s);
	expect(v[VIEW_TRIAGE], "1 3");
	expect(v[VIEW_MINE], "3");
	expect(v[VIEW_RETURNED], "2");
	expect(v[VIEW_DISPUTED], "3");
	expect(v[VIEW_OVERDUE], "4");
	expect(v[VIEW_SUPERVISED], "4");
	expect(v[VIEW_CHASED], "5");
	expect(v[VIEW_ESCALATED], "3");
	expect(v[VIEW_OUT], "4 5 7");
	expect(v[VIEW_ALL], "1 2 3 4 5 6 7");
	expect(v[VIEW_SIGN], "4");
	expect(v[VIEW_HAND], "5");
	expect(v[VIEW_HELD], "7");
	expect(v[VIEW_RATING], "6");
	for (int k = VIEW_TABS; k < VIEW_SIGN; k++)
		expect(v[k], k == VIEW_ASKED || k == VIEW_SPECIAL || k == VIEW_ENTERPRISE || k == VIEW_INSTRUCTED || k == VIEW_GROUP ? "6" : "7");
	queue_set_who(q, (struct queue_who){ "zhang2", "street" });
	expect(v[VIEW_TRIAGE], "2");
	expect(v[VIEW_MINE], "4");
	queue_set_who(q, (struct queue_who){ NULL, NULL });
	expect(v[VIEW_TRIAGE], "1 2 3");
	expect(v[VIEW_MINE], "");
	for (int k = 0; k < VIEW_COUNT; k++)
		queue_view_free(v[k]);
}

static void
time_makes_cases_late(void **state)
{
	size_t counts[VIEW_COUNT], soon;
	struct queue_view *v = queue_view_new(q, VIEW_OVERDUE);

	(void)state;
	for (int i = 1; i <= 4; i++) {
		struct summary s = a_case(i, 1, 10 - i);
		s.due_at = i == 4 ? 0 : T(i * 1000);
		queue_apply(q, &s);
	}
	queue_counts(q, T(999), counts, &soon);
	assert_int_equal(counts[VIEW_OVERDUE], 0);
	assert_int_equal(counts[VIEW_ALL], 4);
	assert_int_equal(soon, 2); /* 1000 and 2000, not 3000 */
	queue_counts(q, T(1000), counts, &soon);
	expect(v, "1");
	assert_int_equal(soon, 1);
	queue_counts(q, T(1200), counts, &soon);
	assert_int_equal(soon, 2); /* 2000 and 3000, half an hour to the second */
	queue_counts(q, T(9999), counts, NULL);
	expect(v, "3 2 1");
	/* The server's clock was put back. */
	queue_tick(q, T(2500));
	expect(v, "2 1");
	struct summary s = a_case(1, 2, 9);
	s.due_at = T(2501);
	queue_apply(q, &s);
	expect(v, "2");
	queue_view_free(v);
}

static void
a_snapshot_replaces_what_it_does_not_name(void **state)
{
	struct queue_view *v = queue_view_new(q, VIEW_ALL);
	struct summary s;

	(void)state;
	for (int i = 1; i <= 6; i++)
		put(i, 5, i);
	queue_snapshot_begin(q);
	put(1, 5, 1);                 /* as it was */
	put(2, 6, 2);                 /* changed while we were away */
	put(7, 1, 0);                 /* new */
	put(3, 7, 3);                 /* a frame meanwhile … */
	put(3, 6, 9);                 /* … is newer than the snapshot's row */
	s = a_case(4, 6, 4);
	s.stage = STAGE_CLOSED;
	queue_apply(q, &s);           /* closed meanwhile … */
	put(4, 5, 4);                 /* … though the snapshot still has it */
	put(8, 1, 8);                 /* new meanwhile */
	expect(v, "7 1 2 3 5 6 8");   /* nothing flickers before the end */
	queue_snapshot_end(q);
	expect(v, "7 1 2 3 8");
	assert_int_equal(queue_find(q, 3)->version, 7);
	assert_false(queue_failed(q));
	/* What went out of sight may come back as it was; what is older may not. */
	assert_int_equal(put(5, 4, 5), QUEUE_OLD);
	assert_int_equal(put(5, 5, 5), QUEUE_ADDED);
	/* One that breaks off is begun again. */
	queue_snapshot_begin(q);
	put(1, 5, 1);
	queue_snapshot_begin(q);
	put(2, 6, 2);
	queue_snapshot_end(q);
	expect(v, "2");
	queue_snapshot_begin(q);
	queue_snapshot_end(q);
	expect(v, "");
	queue_view_free(v);
}

static void
a_cursor_knows_where_its_case_stood(void **state)
{
	struct queue_view *v = queue_view_new(q, VIEW_CHASED);
	struct summary s;
	bool found = true;

	(void)state;
	for (int i = 1; i <= 5; i++) {
		s = a_case(i, 1, i);
		s.chased = 1;
		queue_apply(q, &s);
	}
	s = a_case(3, 2, 3);
	queue_apply(q, &s);
	assert_int_equal(queue_view_row(v, 3, &found), 2);
	assert_false(found);
	s = a_case(4, 2, 1);
	s.stage = STAGE_CLOSED;
	queue_apply(q, &s);
	assert_int_equal(queue_view_row(v, 4, &found), 2);
	assert_false(found);
	assert_int_equal(queue_view_row(v, 77, &found), 0);
	assert_false(found);
	queue_view_free(v);
}

static size_t looked_at;

static bool
title_has(void *ctx, const struct summary *s)
{
	looked_at++;
	return strstr(s->title, ctx) != NULL || strstr(s->place, ctx) != NULL;
}

static void
a_filter_goes_in_slices_and_sees_folded_texts(void **state)
{
	struct queue_view *v = queue_view_new(q, VIEW_ALL);
	struct summary s;

	(void)state;
	for (int i = 1; i <= 20; i++) {
		s = a_case(i, 1, i);
		s.title = i % 3 == 0 ? "ＧＡＳ 味" : i % 3 == 1 ? "夜間噪音" : "";
		s.place = i == 20 ? "東莞GAS站" : "";
		queue_apply(q, &s);
	}
	looked_at = 0;
	queue_view_filter(v, title_has, "gas");
	expect(v, "");
	assert_true(queue_view_work(v, 4));
	assert_int_equal(looked_at, 4);
	expect(v, "3");
	while (queue_view_work(v, 5))
		;
	assert_int_equal(looked_at, 20);
	expect(v, "3 6 9 12 15 18 20");
	assert_false(queue_view_work(v, 5));
	assert_int_equal(looked_at, 20);
	queue_view_filter(v, title_has, "东莞");
	while (queue_view_work(v, 1))
		;
	expect(v, "20");
	queue_view_filter(v, NULL, NULL);
	assert_int_equal(queue_view_count(v), 20);
	assert_false(queue_view_work(v, 1));
	queue_view_free(v);
}

/* --- everything at once, against a list that is sorted anew each time -------------------------------------------- */

enum { CASES = 40, STEPS = 20000 };

static struct model {
	struct summary s;
	bool open, named;
	int gone; /* version at which it left, 0 = never */
} model[CASES];
static usec_t model_now;
static const char *model_account = "", *model_desk = "";
static uint32_t dice = 7;

static int
roll(int below)
{
	dice = dice * 1664525 + 1013904223;
	return (int)((dice >> 16) % (uint32_t)below);
}

static bool
model_in(const struct model *m, enum view_kind kind)
{
	const struct summary *s = &m->s;

	if (!m->open)
		return false;
	switch (kind) {
	case VIEW_TRIAGE: return s->stage == STAGE_TRIAGE && (*model_desk == '\0' || strcmp(s->desk, model_desk) == 0);
	case VIEW_MINE: return *model_account != '\0' && strcmp(s->owner, model_account) == 0;
	case VIEW_RETURNED: return s->stage == STAGE_TRIAGE && s->returned > 0;
	case VIEW_DISPUTED: return s->flags & FLAG_DISPUTED;
	case VIEW_OVERDUE: return s->due_at != 0 && s->due_at <= model_now;
	case VIEW_SUPERVISED: return s->flags & FLAG_SUPERVISED;
	case VIEW_CHASED: return s->chased > 0;
	case VIEW_ESCALATED: return s->flags & FLAG_ESCALATED;
	case VIEW_OUT: return s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING;
	case VIEW_ASKED: return s->flags & FLAG_ASKED;
	case VIEW_POOR: return s->flags & FLAG_POOR;
	case VIEW_SPECIAL: return s->flags & FLAG_SPECIAL;
	case VIEW_RELAPSE: return s->flags & FLAG_RELAPSE;
	case VIEW_ENTERPRISE: return s->flags & FLAG_ENTERPRISE;
	case VIEW_DELEGATE: return s->flags & FLAG_DELEGATE;
	case VIEW_INSTRUCTED: return s->flags & FLAG_INSTRUCTED;
	case VIEW_REMINDED: return s->flags & FLAG_REMINDED;
	case VIEW_GROUP: return s->burst != 0;
	case VIEW_SIGN: return s->stage == STAGE_DISPATCHED && !(s->flags & FLAG_PAUSED);
	case VIEW_HAND: return s->stage == STAGE_HANDLING && !(s->flags & FLAG_PAUSED);
	case VIEW_HELD: return s->flags & FLAG_PAUSED;
	case VIEW_RATING: return s->stage == STAGE_RESOLVED;
	default: return true;
	}
}

static int
by_order(const void *a, const void *b)
{
	const struct summary *x = *(const struct summary *const *)a, *y = *(const struct summary *const *)b;

	if (x->priority != y->priority)
		return (int)x->priority - (int)y->priority;
	if (x->rank_at != y->rank_at)
		return x->rank_at < y->rank_at ? -1 : 1;
	return x->no < y->no ? -1 : 1;
}

static void
check_view(const struct queue_view *v, enum view_kind kind, const char *filter)
{
	const struct summary *want[CASES], *got[CASES + 1];
	size_t n = 0;

	for (int i = 0; i < CASES; i++)
		if (model_in(&model[i], kind) && (filter == NULL || strstr(model[i].s.title, filter) != NULL))
			want[n++] = &model[i].s;
	qsort(want, n, sizeof *want, by_order);
	if (queue_view_count(v) != n || queue_view_rows(v, 0, got, CASES + 1) != n)
		fail_msg("view %s: %zu rows, not %zu", view_name(kind), queue_view_count(v), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(got[i]->no, want[i]->no);
		assert_int_equal(got[i]->version, want[i]->version);
		assert_string_equal(got[i]->title, want[i]->title);
		assert_string_equal(got[i]->owner, want[i]->owner);
	}
}

static struct summary
random_case(int i, int version)
{
	static const char *const titles[] = { "燃气味", "噪音", "燃气泄漏", "路面塌陷" };
	static const char *const people[] = { "", "", "zhang", "li" };
	struct summary s = a_case(i + 1, version, roll(6));

	s.stage = (enum stage)(roll(8) < 5 ? STAGE_TRIAGE : roll(STAGE_COUNT));
	s.priority = (enum priority)roll(PRIORITY_COUNT);
	s.due_at = roll(3) == 0 ? 0 : T(roll(100));
	s.flags = (unsigned)roll(512) | (roll(2) ? 1u << (10 + roll(9)) : 0);
	s.flags &= ~(unsigned)FLAG_PAUSED; /* a paused case is never late: test_due.c */
	s.burst = roll(4) == 0;
	s.returned = roll(3) == 0;
	s.chased = roll(3) == 0;
	s.owner = people[roll(4)];
	s.desk = roll(2) ? "centre" : "street";
	s.title = titles[roll(4)];
	return s;
}

static void
model_apply(const struct summary *s)
{
	struct model *m = &model[s->no - 1];
	bool old = (m->open && s->version <= m->s.version) || (!m->open && s->version <= m->gone);
	bool leaves = s->stage == STAGE_CLOSED || s->stage == STAGE_MERGED;
	enum queue_change want = m->open ? QUEUE_CHANGED : QUEUE_ADDED;

	if (old || (leaves && !m->open))
		want = QUEUE_OLD;
	else if (leaves)
		want = QUEUE_REMOVED;
	assert_int_equal(queue_apply(q, s), want);
	m->named = true;
	if (old)
		return;
	m->s = *s;
	m->open = !leaves;
	m->gone = leaves ? s->version : 0;
}

static void
model_snapshot(void)
{
	for (int i = 0; i < CASES; i++)
		model[i].named = false;
	queue_snapshot_begin(q);
	for (int n = 0; n < CASES; n++) {
		int i = roll(CASES);
		struct summary s = model[i].open ? model[i].s : random_case(i, roll(4) + 1);
		model_apply(&s);
	}
	queue_snapshot_end(q);
	for (int i = 0; i < CASES; i++)
		if (model[i].open && !model[i].named) {
			model[i].open = false;
			model[i].gone = model[i].s.version - 1;
		}
}

static void
anything_in_any_order(void **state)
{
	struct queue_view *v[VIEW_COUNT], *filtered[VIEW_COUNT];
	size_t counts[VIEW_COUNT];

	(void)state;
	for (int k = 0; k < VIEW_COUNT; k++) {
		v[k] = queue_view_new(q, k);
		filtered[k] = queue_view_new(q, k);
		queue_view_filter(filtered[k], title_has, "燃气");
	}
	for (int step = 0; step < STEPS; step++) {
		int what = roll(100), i = roll(CASES);
		if (what < 90) {
			int version = (model[i].open ? model[i].s.version : model[i].gone) + roll(4) - 1;
			struct summary s = random_case(i, version > 0 ? version : 1);
			model_apply(&s);
		} else if (what < 95) {
			model_now = T(roll(100));
			queue_tick(q, model_now);
		} else if (what < 96)
			model_snapshot();
		else if (what < 97) {
			model_account = roll(2) ? "zhang" : "li";
			model_desk = roll(3) == 0 ? "" : roll(2) ? "centre" : "street";
			queue_set_who(q, (struct queue_who){ model_account, model_desk });
		} else
			queue_view_filter(filtered[roll(VIEW_COUNT)], title_has, "燃气");
		for (int k = 0; k < VIEW_COUNT; k++)
			if (!queue_view_work(filtered[k], (size_t)roll(4)))
				check_view(filtered[k], k, "燃气");
		queue_counts(q, model_now, counts, NULL);
		for (int k = 0; k < VIEW_COUNT; k++) {
			check_view(v[k], k, NULL);
			assert_int_equal(counts[k], queue_view_count(v[k]));
		}
	}
	assert_false(queue_failed(q));
	for (int k = 0; k < VIEW_COUNT; k++) {
		queue_view_free(filtered[k]);
		queue_view_free(v[k]);
	}
}

/* --- size -------------------------------------------------------------------------------------------------------- */

static void
a_hundred_thousand_cases_are_small_and_quick(void **state)
{
	enum { N = 100000 };
	size_t before = mallinfo2().uordblks;
	usec_t started = clock_monotonic();

	(void)state;
	for (int i = 0; i < N; i++) {
		/* scattered, so that every one is put between others */
		struct summary s = a_case((case_no)(i * INT64_C(7919) % N + 1), 1, 0);
		s.rank_at = T(s.no * INT64_C(104729) % N);
		s.due_at = s.rank_at + 28800 * USEC_S;
		s.priority = (enum priority)(s.no % 3);
		s.stage = s.no % 4 == 0 ? STAGE_HANDLING : STAGE_TRIAGE;
		s.title = "小区东门配电房旁边闻到很浓的燃气味道请尽快派人来看看谢谢";
		s.place = "航城街道钟屋社区";
		queue_apply(q, &s);
	}
	usec_t took = clock_monotonic() - started;
	size_t bytes = mallinfo2().uordblks - before;
	print_message("%d cases: %.1f MB, %.0f ns each to put in\n", N, (double)bytes / 1e6, (double)took * 1000 / N);
	assert_int_equal(queue_count(q), N);
	/* Sanitizers have an allocator of their own, which mallinfo knows nothing of. */
	if (bytes > 0)
		assert_in_range(bytes, 1, 38 * 1000 * 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(urgency_then_rank_then_number, begin, end),
		cmocka_unit_test_setup_teardown(what_is_kept_is_a_copy, begin, end),
		cmocka_unit_test_setup_teardown(only_higher_versions_count, begin, end),
		cmocka_unit_test_setup_teardown(the_departed_are_forgotten_in_their_order, begin, end),
		cmocka_unit_test_setup_teardown(views_are_what_their_table_says, begin, end),
		cmocka_unit_test_setup_teardown(time_makes_cases_late, begin, end),
		cmocka_unit_test_setup_teardown(a_snapshot_replaces_what_it_does_not_name, begin, end),
		cmocka_unit_test_setup_teardown(a_cursor_knows_where_its_case_stood, begin, end),
		cmocka_unit_test_setup_teardown(a_filter_goes_in_slices_and_sees_folded_texts, begin, end),
		cmocka_unit_test_setup_teardown(anything_in_any_order, begin, end),
		cmocka_unit_test_setup_teardown(a_hundred_thousand_cases_are_small_and_quick, begin, end),
	};
	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
