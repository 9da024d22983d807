/*
 * Two at once where shifts change: two supervisors send one handover, two acknowledge one item, two approve swaps that together would put somebody on twice;
 * cases move to the next shift while somebody decides one of them, while somebody asks for the next, while they are dealt out. Nothing is
 * done twice, and at the end every case is free or held by somebody who is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/race.h"

static struct person anna, ben, sue, sam;

static void clock_at(const char *when)
{
	owner_do("INSERT INTO fenbo.setting (name, value) SELECT 'test_clock_offset', (timestamptz '%s' - statement_timestamp())::text "
	    "ON CONFLICT (name) DO UPDATE SET value = excluded.value", when);
	owner_do("UPDATE fenbo.session SET alive_until = fenbo.now_() + interval '45 s' WHERE ended_at IS NULL");
	owner_do("UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '45 s' WHERE session IS NOT NULL");
}

static void ask(struct person *p, const char *sql)
{
	assert_int_equal(PQsendQuery(p->conn, sql), 1);
}

/* The first column of the first row, or the error's first words; lives until the next call. */
static const char *got(struct person *p)
{
	static char text[300];
	PGresult *r;

	text[0] = '\0';
	while ((r = PQgetResult(p->conn))) {
		if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) > 0)
			snprintf(text, sizeof text, "%s", PQgetvalue(r, 0, 0));
		else if (PQresultStatus(r) == PGRES_FATAL_ERROR)
			snprintf(text, sizeof text, "%s", PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
		PQclear(r);
	}
	return text;
}

static long handover(void)
{
	return owner_number("SELECT max(id) FROM fenbo.handover");
}

static void begin_here(void)
{
	owner_do("DO $$ BEGIN CREATE ROLE sam LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
	owner_do("GRANT fenbo_supervisor TO sam");
	owner_do("INSERT INTO fenbo.account (name, role, person, created_by) VALUES ('sam', 'supervisor', '萨姆', 'test')");
	owner_do("UPDATE fenbo.account SET crew = CASE WHEN name IN ('anna', 'sue') THEN 1 ELSE 2 END WHERE name IN ('anna', 'ben', 'sue', 'sam')");
	owner_do("UPDATE fenbo.routing_revision SET policy = policy || '{\"shifts\": [{\"code\": \"1\", \"name\": \"早班\", \"start\": 0, \"end\": 720}, "
	    "{\"code\": \"2\", \"name\": \"晚班\", \"start\": 720, \"end\": 1440}], \"handover\": {\"draft_s\": 1200, \"send_after_s\": 600, \"acknowledge_s\": 900, "
	    "\"free_leases\": true, \"grace_s\": 60, \"most\": 40}}'");
	owner_do("INSERT INTO fenbo.setting VALUES ('test_clock', 'on') ON CONFLICT (name) DO UPDATE SET value = 'on'");
	clock_at("2026-11-24 11:45:00+08");
	owner_do("SELECT fenbo._shifts_spread(1)");
	anna = person_open("anna");
	ben = person_open("ben");
	sue = person_open("sue");
	sam = person_open("sam");
}

/* --- one handover, two supervisors ----------------------------------------------------------------------------------- */

static void sent_once(void **state)
{
	char sql[120];

	(void)state;
	for (int i = 0; i < 6; i++) {
		char name[16];

		snprintf(name, sizeof name, "held-%d", i);
		assert_true(act(&anna, "claim", case_make(name), 0, NULL).ok);
	}
	owner_do("SELECT fenbo._handover_work()");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.handover_item"), 7); /* one says how many are open in all */
	snprintf(sql, sizeof sql, "SELECT fenbo.handover_send(%ld, 1)", handover());
	run(&sue, "BEGIN");
	ask(&sue, sql);
	assert_string_equal(got(&sue), "2");
	ask(&sam, sql);
	wait_blocked(&sam);
	run(&sue, "COMMIT");
	assert_string_equal(got(&sam), "the handover has changed since: send by 苏");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.handover_change WHERE what = 'send'"), 1);
}

static void acknowledged_once(void **state)
{
	char sql[160];

	(void)state;
	snprintf(sql, sizeof sql, "SELECT ok || coalesce(message || by_, '') FROM fenbo.handover_ack(%ld, '{1,2}', false)", handover());
	run(&sam, "BEGIN");
	ask(&sam, sql);
	assert_string_equal(got(&sam), "true");
	owner_do("UPDATE fenbo.account SET crew = 2 WHERE name = 'sue'"); /* so that she may */
	ask(&sue, sql);
	wait_blocked(&sue);
	run(&sam, "COMMIT");
	assert_string_equal(got(&sue), "falsethe item is acknowledged萨姆");
	owner_do("UPDATE fenbo.account SET crew = 1 WHERE name = 'sue'");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.handover_item WHERE state = 'acknowledged' AND ended_by = 'sam'"), 2);
}

/* --- cases that move -------------------------------------------------------------------------------------------------- */

/* She is deciding one while the others go: hers is left to her, and goes with the next look if she gives up. */
static void a_decision_under_way_is_left(void **state)
{
	int64_t no = case_named("held-3");

	(void)state;
	clock_at("2026-11-24 12:01:30+08");
	run(&anna, "BEGIN");
	assert_true(act(&anna, "note", no, 0, "{\"text\": \"还在打电话\"}").ok);
	owner_do("SELECT fenbo._handover_work()");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue WHERE owner = 'anna'"), 1);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.handover WHERE leases_at IS NULL"), 1);
	run(&anna, "ROLLBACK");
	owner_do("SELECT fenbo._handover_work()");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue WHERE owner = 'anna'"), 0);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.handover WHERE leases_at IS NULL"), 0);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.event WHERE action = 'handover' AND no > 0"), 6);
}

/* What is just becoming free is nobody's yet: next passes it over, and gets it when it is. Who held it is told what happened. */
static void next_while_they_move(void **state)
{
	struct answer a;
	int64_t no = case_make("moving");
	int version;

	(void)state;
	owner_do("UPDATE fenbo.queue SET stage = 'resolved' WHERE no <> %lld", (long long)no); /* nothing else is free */
	assert_true(act(&anna, "claim", no, 0, NULL).ok);
	version = case_version(no);
	owner_do("UPDATE fenbo.handover SET leases_at = NULL");
	owner_do("BEGIN");
	owner_do("SELECT fenbo._handover_work()");
	act_send(&ben, "next", 0, 0, NULL);
	a = act_answer(&ben);
	assert_int_equal(a.id, 0);
	act_send(&anna, "override", no, version, "{\"unit\": \"BA-CG\", \"reason\": \"other_unit\"}");
	wait_blocked(&anna);
	owner_do("COMMIT");
	a = act_answer(&anna);
	assert_false(a.ok);
	assert_string_equal(a.error, "stale");
	assert_string_equal(a.by, "system");
	act_send(&ben, "next", 0, 0, NULL);
	a = act_answer(&ben);
	assert_true(a.ok && a.id == no);
}

/* Dealt out and asked for at the same time: each case goes to one. */
static void deal_and_next(void **state)
{
	long mark = owner_number("SELECT max(id) FROM fenbo.event");
	struct answer a;
	char sql[160];

	(void)state;
	owner_do("UPDATE fenbo.queue SET session = NULL, owner = NULL, lease_until = NULL");
	for (int i = 0; i < 4; i++) {
		char name[16];

		snprintf(name, sizeof name, "deal-%d", i);
		case_make(name);
	}
	run(&sam, "BEGIN");
	ask(&sam, "SELECT count(*) FROM fenbo.shift_deal(3, false)");
	assert_string_equal(got(&sam), "3");
	act_send(&anna, "next", 0, 0, NULL);         /* does not wait for them */
	a = act_answer(&anna);
	assert_true(a.ok);
	run(&sam, "COMMIT");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue WHERE owner = 'ben' AND stage = 'triage'"), 3);
	snprintf(sql, sizeof sql, "SELECT count(*) - count(DISTINCT no) FROM fenbo.event WHERE action IN ('assign', 'next') AND id > %ld", mark);
	assert_int_equal(owner_number(sql), 0);
}

/* --- swaps ------------------------------------------------------------------------------------------------------------ */

/* Two of the morning shift give the same evening's colleague their shift: he works it once. */
static void nobody_is_on_twice(void **state)
{
	char sql[120];

	(void)state;
	owner_do("DO $$ BEGIN CREATE ROLE carl LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
	owner_do("GRANT fenbo_dispatcher TO carl");
	owner_do("INSERT INTO fenbo.account (name, role, person, crew, created_by) VALUES ('carl', 'dispatcher', '卡尔', 1, 'test')");
	owner_do("INSERT INTO fenbo.swap (account, day, shift, other, state, asked_at, asked_by) VALUES ('anna', '2026-11-26', '1', 'ben', 'agreed', fenbo.now_(), 'anna'), "
	    "('carl', '2026-11-26', '1', 'ben', 'agreed', fenbo.now_(), 'carl')");
	run(&sue, "BEGIN");
	ask(&sue, "SELECT fenbo.shift_swap(min(id), 'approve', NULL) FROM fenbo.shift_swaps(false)");
	assert_string_equal(got(&sue), "approved");
	snprintf(sql, sizeof sql, "SELECT fenbo.shift_swap(%ld, 'approve', NULL)", owner_number("SELECT max(id) FROM fenbo.swap"));
	ask(&sam, sql);
	wait_blocked(&sam);
	run(&sue, "COMMIT");
	assert_string_equal(got(&sam), "本恩 works this shift already");
}

static void nothing_is_lost(void **state)
{
	(void)state;
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue q LEFT JOIN fenbo.session s ON s.id = q.session WHERE q.stage = 'triage' AND "
	    "((q.session IS NULL) <> (q.owner IS NULL) OR (q.session IS NOT NULL AND (s.ended_at IS NOT NULL OR s.id IS NULL)))"), 0);
	clock_at("2026-11-24 12:20:00+08");
	owner_do("SELECT fenbo._handover_work()");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.handover_item WHERE state = 'open'"), 0);
	owner_do("UPDATE fenbo.queue SET stage = 'triage' WHERE stage = 'resolved'");
	owner_do("SELECT t.chains()");
	person_close(&anna);
	person_close(&ben);
	person_close(&sue);
	person_close(&sam);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sent_once), cmocka_unit_test(acknowledged_once), cmocka_unit_test(a_decision_under_way_is_left),
		cmocka_unit_test(next_while_they_move), cmocka_unit_test(deal_and_next), cmocka_unit_test(nobody_is_on_twice), cmocka_unit_test(nothing_is_lost),
	};
	int failed;

	if (!race_start()) {
		puts("no database: run me by tests/tools/with-cluster.sh");
		return 77;
	}
	begin_here();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	race_stop();
	return failed;
}
