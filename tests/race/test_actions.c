/*
 * Every race that matters between two people: one holds his transaction open, the other is made to wait for it, and then is either
 * told who was first or goes on from what the first one left. Nothing is decided twice, nothing is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/race.h"

static struct person anna, ben, sue, ute;

/* `first` acts and keeps its transaction open; `second` acts and waits; `first` commits. */
static struct answer one_of_two(struct person *first, const char *a1, int64_t n1, const char *args1,
    struct person *second, const char *a2, int64_t n2, const char *args2)
{
	int version = n2 ? case_version(n2) : 0;

	run(first, "BEGIN");
	assert_done(act(first, a1, n1, 0, args1));
	act_send(second, a2, n2, version, args2);
	wait_blocked(second);
	run(first, "COMMIT");
	return act_answer(second);
}

static const char *to_unit(int64_t no, const char *unit)
{
	static char args[128];
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT rec FROM fenbo.queue WHERE no = %lld", (long long)no);
	snprintf(args, sizeof(args), "{\"recommendation\": %ld, \"unit\": \"%s\"}", owner_number(sql), unit);
	return args;
}

static const char *into(int64_t no)
{
	static char args[2][64];
	static int turn;

	turn = !turn;
	snprintf(args[turn], sizeof(args[turn]), "{\"into\": \"%013lld\"}", (long long)no);
	return args[turn];
}

static void test_claim_claim(void **state)
{
	int64_t no = case_make("claim-claim");

	(void)state;
	assert_refused(one_of_two(&anna, "claim", no, NULL, &ben, "claim", no, NULL), "stale", "anna");
}

/* Whoever waited for somebody who gave up gets the case. */
static void test_claim_rolled_back(void **state)
{
	int64_t no = case_make("claim-back");

	(void)state;
	run(&anna, "BEGIN");
	assert_done(act(&anna, "claim", no, 0, NULL));
	act_send(&ben, "claim", no, 1, NULL);
	wait_blocked(&ben);
	run(&anna, "ROLLBACK");
	assert_done(act_answer(&ben));
}

static void test_confirm_claim(void **state)
{
	int64_t one = case_make("confirm-claim"), two = case_make("claim-confirm");

	(void)state;
	assert_refused(one_of_two(&anna, "confirm", one, to_unit(one, "BA-ZJ"), &ben, "claim", one, NULL), "stale", "anna");
	assert_refused(one_of_two(&ben, "claim", two, NULL, &anna, "confirm", two, to_unit(two, "BA-ZJ")), "stale", "ben");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.outbox o JOIN t.name n USING (no) WHERE n.name = 'claim-confirm'"), 0);
}

static void test_next_next(void **state)
{
	struct answer a, b;

	(void)state;
	case_make("next-1");
	case_make("next-2");
	run(&anna, "BEGIN");
	a = act(&anna, "next", 0, 0, NULL);
	b = act(&ben, "next", 0, 0, NULL); /* does not wait */
	assert_done(a);
	assert_done(b);
	assert_int_not_equal(a.id, b.id);
	run(&anna, "ROLLBACK");
	assert_int_equal(act(&sue, "next", 0, 0, NULL).id, a.id);
}

/* Somebody asleep in his transaction does not stop the line: one more than there are places in it all get a case. */
static void test_next_sleeper(void **state)
{
	struct person crowd[49];

	(void)state;
	case_make("sleeper");
	run(&anna, "BEGIN");
	assert_done(act(&anna, "next", 0, 0, NULL));
	for (int i = 0; i < 49; i++) {
		char name[32];

		snprintf(name, sizeof(name), "crowd-%d", i);
		case_make(name);
		crowd[i] = person_open("ben");
		act_send(&crowd[i], "next", 0, 0, NULL);
	}
	for (int i = 0; i < 49; i++) {
		assert_done(act_answer(&crowd[i]));
		person_close(&crowd[i]);
	}
	run(&anna, "ROLLBACK");
}

static void test_opposite_merges(void **state)
{
	int64_t x = case_make("x"), y = case_make("y");
	struct answer a = one_of_two(&anna, "merge", x, into(y), &ben, "merge", y, into(x));

	(void)state;
	assert_refused(a, "stale", "anna");
	assert_refused(act(&ben, "merge", y, 0, into(x)), "conflict", "anna");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.appeal a JOIN t.name n USING (no) WHERE n.name IN ('x', 'y') AND primary_no IS NOT NULL"), 1);
}

/* Both at once, over and over, and three in a circle: never more than all but one are merged, and every chain has its end. */
static void test_circles(void **state)
{
	struct person *who[3] = { &anna, &ben, &sue };

	(void)state;
	for (int round = 0; round < 40; round++) {
		int n = 2 + round % 2, won = 0, version[3];
		int64_t no[3];
		char name[32];

		for (int i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "circle-%d-%d", round, i);
			no[i] = case_make(name);
			version[i] = case_version(no[i]);
		}
		for (int i = 0; i < n; i++)
			act_send(who[i], "merge", no[i], version[i], into(no[(i + 1) % n]));
		for (int i = 0; i < n; i++) {
			struct answer a = act_answer(who[i]);

			won += a.ok;
			if (!a.ok && strcmp(a.error, "stale") != 0 && strcmp(a.error, "conflict") != 0)
				fail_msg("%s %s", a.error, a.message);
			if (!a.ok && !*a.by)
				fail_msg("not told who: %s", a.message);
		}
		assert_in_range(won, 1, n - 1);
	}
	assert_int_equal(owner_number("SELECT count(*) FROM t.name n JOIN fenbo.appeal a USING (no) WHERE n.name LIKE 'circle%' AND"
	    " a.stage = 'merged' AND NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.no = (SELECT c[cardinality(c)] FROM fenbo._chain(a.no) c))"), 0);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue q WHERE q.repeats <> (WITH RECURSIVE f(no) AS (SELECT a.no FROM fenbo.appeal a"
	    " WHERE a.primary_no = q.no UNION SELECT a.no FROM fenbo.appeal a JOIN f ON a.primary_no = f.no) SELECT count(*) FROM f)"), 0);
}

static void test_unmerge_close(void **state)
{
	int64_t m = case_make("um-1"), p = case_make("up-1"), m2 = case_make("um-2"), p2 = case_make("up-2");

	(void)state;
	assert_done(act(&anna, "merge", m, 0, into(p)));
	assert_refused(one_of_two(&ben, "answer", p, "{\"text\": \"done\"}", &anna, "unmerge", m, NULL), "impossible", "ben");
	assert_done(act(&anna, "merge", m2, 0, into(p2)));
	assert_refused(one_of_two(&anna, "unmerge", m2, NULL, &ben, "answer", p2, "{\"text\": \"done\"}"), "stale", "anna");
}

static void test_undo_act(void **state)
{
	int64_t one = case_make("undo-1"), two = case_make("undo-2");

	(void)state;
	assert_done(act(&anna, "confirm", one, 0, to_unit(one, "BA-ZJ")));
	assert_refused(one_of_two(&anna, "undo", one, NULL, &ute, "accept", one, NULL), "not_found", "");
	assert_done(act(&anna, "confirm", two, 0, to_unit(two, "BA-ZJ")));
	act_send(&ute, "accept", two, 0, NULL);
	assert_done(act_answer(&ute));
	assert_done(act(&ute, "undo", two, 0, NULL));
	run(&ute, "BEGIN");
	assert_done(act(&ute, "accept", two, 0, NULL));
	act_send(&anna, "undo", 0, 0, NULL);             /* my last action, whatever its version */
	wait_blocked(&anna);
	run(&ute, "COMMIT");
	assert_refused(act_answer(&anna), "conflict", "ute");
}

/* The message leaves while an undo waits for it, and the other way round. */
static void test_undo_outbox(void **state)
{
	int64_t no = case_make("outbox-1"), two = case_make("outbox-2");
	struct person sender = person_open("anna");
	const char *take = "UPDATE fenbo.outbox SET state = 'sent', sent_at = fenbo.now_() WHERE no = t.no('outbox-2') AND state = 'waiting'";

	(void)state;
	run(&sender, "RESET SESSION AUTHORIZATION");
	assert_done(act(&anna, "confirm", no, 0, to_unit(no, "BA-ZJ")));
	run(&sender, "BEGIN");
	run(&sender, "UPDATE fenbo.outbox SET state = 'sent', sent_at = fenbo.now_() WHERE no = t.no('outbox-1')");
	act_send(&anna, "undo", no, 0, NULL);
	wait_blocked(&anna);
	run(&sender, "COMMIT");
	assert_refused(act_answer(&anna), "conflict", "anna");

	assert_done(act(&anna, "confirm", two, 0, to_unit(two, "BA-ZJ")));
	run(&anna, "BEGIN");
	assert_done(act(&anna, "undo", two, 0, NULL));
	assert_true(PQsendQuery(sender.conn, take));
	wait_blocked(&sender);
	run(&anna, "COMMIT");
	while (1) {
		PGresult *r = PQgetResult(sender.conn);

		if (!r)
			break;
		assert_string_equal(PQcmdTuples(r), "0"); /* called back in time: nothing is sent */
		PQclear(r);
	}
	person_close(&sender);
}

static void test_split_close(void **state)
{
	int64_t one = case_make("split-1"), two = case_make("split-2");
	const char *parts = "{\"parts\": [\"one\", \"two\"]}", *text = "{\"text\": \"done\"}";

	(void)state;
	assert_refused(one_of_two(&anna, "split", one, parts, &ben, "answer", one, text), "stale", "anna");
	assert_refused(act(&ben, "answer", one, 0, text), "impossible", "");
	assert_refused(one_of_two(&ben, "answer", two, text, &anna, "split", two, parts), "stale", "ben");
}

/* Two parts end at once, and the parent with them: the count is right and the parent is never closed too early. */
static void test_parts(void **state)
{
	int64_t parent = case_make("parts"), part[2];
	const char *text = "{\"text\": \"done\"}";

	(void)state;
	assert_done(act(&anna, "split", parent, 0, "{\"parts\": [\"one\", \"two\"]}"));
	part[0] = owner_number("SELECT min(no) FROM fenbo.queue WHERE parent_no = t.no('parts')");
	part[1] = owner_number("SELECT max(no) FROM fenbo.queue WHERE parent_no = t.no('parts')");
	assert_done(one_of_two(&anna, "answer", part[0], text, &ben, "answer", part[1], text));
	assert_int_equal(owner_number("SELECT parts_open FROM fenbo.queue WHERE no = t.no('parts')"), 0);
	assert_done(act(&ben, "undo", part[1], 0, NULL));
	assert_refused(one_of_two(&ben, "answer", part[1], text, &anna, "answer", parent, text), "stale", "ben");
	assert_done(act(&anna, "answer", parent, 0, text));
}

/* The same cases in bulk, in opposite orders, many times: somebody is refused, nobody is a victim of a deadlock. */
static void test_bulk_orders(void **state)
{
	int64_t no[4];
	char sql[2][512];

	(void)state;
	for (int i = 0; i < 4; i++) {
		char name[32];

		snprintf(name, sizeof(name), "bulk-%d", i);
		no[i] = case_make(name);
	}
	for (int i = 0; i < 2; i++)
		snprintf(sql[i], sizeof(sql[i]), "SELECT error FROM fenbo.act('note', '{%lld,%lld,%lld,%lld}', ARRAY(SELECT q.version FROM unnest("
		    "'{%lld,%lld,%lld,%lld}'::bigint[]) WITH ORDINALITY u(no, nth) JOIN fenbo.queue_list q USING (no) ORDER BY nth), '{\"text\": \"n\"}')",
		    (long long)no[i ? 3 : 0], (long long)no[i ? 2 : 1], (long long)no[i ? 1 : 2], (long long)no[i ? 0 : 3],
		    (long long)no[i ? 3 : 0], (long long)no[i ? 2 : 1], (long long)no[i ? 1 : 2], (long long)no[i ? 0 : 3]);
	for (int round = 0; round < 100; round++) {
		struct person *who[2] = { &anna, &ben };

		for (int i = 0; i < 2; i++)
			assert_true(PQsendQuery(who[i]->conn, sql[i]));
		for (int i = 0; i < 2; i++) {
			PGresult *r;

			while ((r = PQgetResult(who[i]->conn))) {
				if (PQresultStatus(r) != PGRES_TUPLES_OK)
					fail_msg("%s", PQerrorMessage(who[i]->conn));
				for (int k = 0; k < PQntuples(r); k++)
					if (!PQgetisnull(r, k, 0))
						assert_string_equal(PQgetvalue(r, k, 0), "stale");
				PQclear(r);
			}
		}
	}
}

/*
 * Two in bulk, and one of them comes back into the queue while we wait for the other: then it is not held yet, and to lock it now would be out
 * of the order that everybody keeps. So the waiting one lets go and begins again, and whoever goes from the lower to the higher gets through.
 */
static void test_moved_while_waiting(void **state)
{
	int64_t low = case_make("moved-low"), high = case_make("moved-high");
	const char *note = "{\"text\": \"n\"}";
	struct person third = person_open("anna");
	char sql[256];
	PGresult *r;

	(void)state;
	assert_done(act(&anna, "answer", low, 0, "{\"text\": \"done\"}"));
	run(&anna, "BEGIN");
	assert_done(act(&anna, "note", high, 0, note));
	snprintf(sql, sizeof(sql), "SELECT error FROM fenbo.act('note', '{%lld,%lld}', '{%d,%d}', '{\"text\": \"n\"}')", (long long)low, (long long)high,
	    case_version(low) + 2, case_version(high) + 2); /* what will have become of them by then */
	assert_true(PQsendQuery(ben.conn, sql));
	wait_blocked(&ben);
	assert_done(act(&third, "reopen", low, 0, "{\"reason\": \"again\"}"));
	run(&third, "BEGIN");
	assert_done(act(&third, "note", low, 0, note));
	run(&anna, "COMMIT");
	wait_blocked(&ben); /* for the lower one; it must not hold the higher */
	assert_done(act(&third, "note", high, 0, note));
	run(&third, "COMMIT");
	while ((r = PQgetResult(ben.conn))) {
		assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
		for (int i = 0; i < PQntuples(r); i++)
			if (!PQgetisnull(r, i, 0))
				fail_msg("%s", PQgetvalue(r, i, 0));
		PQclear(r);
	}
	person_close(&third);
}

/* The same HTTP request twice at the same moment: done once, answered twice. */
static void test_idempotent(void **state)
{
	struct person a = person_open("feeder"), b = person_open("feeder");
	PGresult *r;
	char sql[256];

	(void)state;
	case_make("twice");
	snprintf(sql, sizeof(sql), "SELECT version FROM fenbo.act_for(sha256('hotline-key'), '', 'chase', '{%lld}', NULL, '{}', false, 'once')",
	    (long long)case_named("twice"));
	run(&a, "BEGIN");
	run(&a, sql);
	assert_true(PQsendQuery(b.conn, sql));
	wait_blocked(&b);
	run(&a, "COMMIT");
	r = PQgetResult(b.conn);
	assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(r, 0, 0), "2");
	PQclear(r);
	assert_null(PQgetResult(b.conn));
	assert_int_equal(owner_number("SELECT chased FROM fenbo.queue WHERE no = t.no('twice')"), 1);
	person_close(&a);
	person_close(&b);
}

/* The lease runs out and is swept just as its holder decides. */
static void test_sweep_decide(void **state)
{
	int64_t no = case_make("swept");
	struct person holder = person_open("ben"), leader = person_open("feeder");

	(void)state;
	assert_done(act(&holder, "claim", no, 0, NULL));
	owner_do("SELECT t.wait('10 minutes')");
	run(&leader, "SELECT fenbo.lead()");
	run(&leader, "BEGIN");
	run(&leader, "SELECT fenbo.sweep()");
	act_send(&holder, "confirm", no, 2, to_unit(no, "BA-ZJ"));
	wait_blocked(&holder);
	run(&leader, "COMMIT");
	assert_refused(act_answer(&holder), "stale", "system");
	person_close(&holder);
	person_close(&leader);
}

static void test_chains(void **state)
{
	(void)state;
	owner_do("SELECT t.chains()");
}

static int setup(void **state)
{
	(void)state;
	anna = person_open("anna");
	ben = person_open("ben");
	sue = person_open("sue");
	ute = person_open("ute");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claim_claim), cmocka_unit_test(test_claim_rolled_back), cmocka_unit_test(test_confirm_claim),
		cmocka_unit_test(test_next_next), cmocka_unit_test(test_next_sleeper), cmocka_unit_test(test_opposite_merges),
		cmocka_unit_test(test_circles), cmocka_unit_test(test_unmerge_close), cmocka_unit_test(test_undo_act),
		cmocka_unit_test(test_undo_outbox), cmocka_unit_test(test_split_close), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_bulk_orders), cmocka_unit_test(test_moved_while_waiting), cmocka_unit_test(test_idempotent), cmocka_unit_test(test_sweep_decide),
		cmocka_unit_test(test_chains),
	};
	int failed;

	if (!race_start()) {
		puts("no database: run me by tests/tools/with-cluster.sh");
		return 77;
	}
	failed = cmocka_run_group_tests(tests, setup, NULL);
	race_stop();
	return failed;
}
