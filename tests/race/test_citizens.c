/*
 * Races between citizens, callers, the carrier and the sweep: a result is judged once, a message leaves once or is called back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/race.h"

#define GOOD "{\"outcome\": \"reached\", \"rating\": {\"speed\": 5, \"effect\": 5, \"service\": 5, \"feedback\": 5}}"
#define BAD  "{\"outcome\": \"reached\", \"rating\": {\"speed\": 5, \"effect\": 1, \"service\": 5, \"feedback\": 5}}"

static struct person anna, ben, sue, ute, lead, other;

static const char *to_unit(int64_t no)
{
	static char args[128];
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT rec FROM fenbo.queue WHERE no = %lld", (long long)no);
	snprintf(args, sizeof args, "{\"recommendation\": %ld, \"unit\": \"BA-ZJ\"}", owner_number(sql));
	return args;
}

static long count(const char *format, int64_t no)
{
	char sql[300];

	snprintf(sql, sizeof sql, format, (long long)no);
	return owner_number(sql);
}

static int64_t resolved(const char *name)
{
	int64_t no = case_make(name);

	assert_done(act(&anna, "confirm", no, 0, to_unit(no)));
	assert_done(act(&ute, "accept", no, 0, NULL));
	assert_done(act(&ute, "resolve", no, 0, "{\"text\": \"修好了\"}"));
	return no;
}

/* One number that a leader's function answers. */
static long leads(const char *sql)
{
	PGresult *r = PQexec(lead.conn, sql);
	long n;

	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQresultErrorMessage(r));
	n = PQntuples(r) > 0 ? strtol(PQgetvalue(r, 0, 0), NULL, 10) : 0;
	PQclear(r);
	return n;
}

/* Two calls at once, both reached: one rating, the other is told. */
static void test_two_visits(void **state)
{
	int64_t no = resolved("visits");
	struct answer a;

	(void)state;
	run(&anna, "BEGIN");
	assert_done(act(&anna, "visit", no, 0, GOOD));
	act_send(&ben, "visit", no, 0, BAD);
	wait_blocked(&ben);
	run(&anna, "COMMIT");
	a = act_answer(&ben);
	assert_false(a.ok);
	assert_int_equal(count("SELECT count(*) FROM fenbo.rating WHERE no = %lld", no), 1);
	assert_int_equal(count("SELECT count(*) FROM fenbo.appeal WHERE no = %lld AND outcome = 'solved'", no), 1);
}

/* A bad rating while the supervisor closes: whoever is first is what it is. */
static void test_bad_close(void **state)
{
	int64_t one = resolved("bad-close"), two = resolved("close-bad");
	struct answer a;

	(void)state;
	run(&anna, "BEGIN");
	assert_done(act(&anna, "visit", one, 0, BAD));
	act_send(&sue, "close", one, 0, NULL);
	wait_blocked(&sue);
	run(&anna, "COMMIT");
	a = act_answer(&sue);
	assert_string_equal(a.error, "stale");
	assert_int_equal(count("SELECT count(*) FROM fenbo.queue WHERE no = %lld AND stage = 'dispatched' AND redo = 1", one), 1);

	run(&sue, "BEGIN");
	assert_done(act(&sue, "close", two, 0, NULL));
	act_send(&anna, "visit", two, 0, BAD);
	wait_blocked(&anna);
	run(&sue, "COMMIT");
	a = act_answer(&anna);
	assert_false(a.ok);
	assert_int_equal(count("SELECT count(*) FROM fenbo.rating WHERE no = %lld", two), 0);
}

/* The window ends while somebody rates: the sweep leaves it alone; and while it sweeps, a rating comes too late. */
static void test_window(void **state)
{
	int64_t one = resolved("window-1"), two = resolved("window-2");
	struct answer a;

	(void)state;
	owner_do("SELECT t.wait('8 days')");
	run(&anna, "BEGIN");
	assert_done(act(&anna, "visit", one, 0, BAD));
	run(&lead, "BEGIN");
	assert_int_equal(leads("SELECT fenbo.unrated(100)"), 1); /* the other one */
	act_send(&ben, "visit", two, 0, GOOD);
	wait_blocked(&ben);
	run(&lead, "COMMIT");
	a = act_answer(&ben);
	assert_false(a.ok);
	run(&anna, "COMMIT");
	assert_int_equal(leads("SELECT fenbo.unrated(100)"), 0);
	assert_int_equal(count("SELECT count(*) FROM fenbo.queue WHERE no = %lld AND stage = 'dispatched'", one), 1);
	assert_int_equal(count("SELECT count(*) FROM fenbo.appeal WHERE no = %lld AND outcome = 'unrated'", two), 1);
	assert_int_equal(count("SELECT count(*) FROM fenbo.rating WHERE no = %lld", two), 0);
}

/* An undo holds the messages: the carrier passes them over, and they are never sent. */
static void test_undo_first(void **state)
{
	int64_t no = case_make("undo-first");

	(void)state;
	assert_done(act(&anna, "confirm", no, 0, to_unit(no)));
	run(&anna, "BEGIN");
	assert_done(act(&anna, "undo", no, 0, NULL));
	owner_do("SELECT t.wait('11 s')");
	assert_int_equal(leads("SELECT count(*) FROM fenbo.outbox_take(100, 100, '{}') WHERE no = t.no('undo-first')"), 0);
	run(&anna, "COMMIT");
	assert_int_equal(leads("SELECT count(*) FROM fenbo.outbox_take(100, 100, '{}') WHERE no = t.no('undo-first')"), 0);
	assert_int_equal(count("SELECT count(*) FROM fenbo.outbox WHERE no = %lld AND state = 'cancelled'", no), 2);
}

/* An undo that began in time waits for the case, and meanwhile its messages are taken: it is refused, whatever its clock said when it began. */
static void test_carrier_first(void **state)
{
	int64_t no = case_make("carrier-first");
	struct answer a;

	(void)state;
	assert_done(act(&anna, "confirm", no, 0, to_unit(no)));
	run(&other, "BEGIN");
	run(&other, "SELECT FROM fenbo.queue WHERE no = t.no('carrier-first') FOR UPDATE");
	act_send(&anna, "undo", no, 0, NULL);
	wait_blocked(&anna);
	owner_do("SELECT t.wait('11 s')");
	assert_int_equal(leads("SELECT count(*) FROM fenbo.outbox_take(100, 100, '{}') WHERE no = t.no('carrier-first')"), 2);
	run(&other, "COMMIT");
	a = act_answer(&anna);
	assert_false(a.ok);
	assert_string_equal(a.error, "conflict");
	assert_int_equal(count("SELECT count(*) FROM fenbo.queue WHERE no = %lld AND stage = 'dispatched'", no), 1);
	assert_int_equal(count("SELECT count(*) FROM fenbo.outbox WHERE no = %lld AND state = 'cancelled'", no), 0);
}

/* Two reports of one try, and a person who drops it meanwhile: the first counts, the rest changes nothing. */
static void test_reports(void **state)
{
	int64_t no = case_make("reports");
	char sql[200];

	(void)state;
	assert_done(act(&anna, "confirm", no, 0, to_unit(no)));
	owner_do("SELECT t.wait('11 s')");
	assert_int_equal(leads("SELECT count(*) FROM fenbo.outbox_take(100, 100, '{}') WHERE no = t.no('reports')"), 2);
	snprintf(sql, sizeof sql, "SELECT fenbo.outbox_done(id, tries, 'answered', 200, '', 0, true) FROM fenbo.outbox WHERE no = %lld AND target = 'unit:BA-ZJ'",
	    (long long)no);
	run(&other, "BEGIN");
	run(&other, sql);
	assert_true(PQsendQuery(lead.conn, "SELECT (fenbo.outbox_done(id, tries, 'unknown', NULL, '', 0, true) = 'sent')::int FROM fenbo.outbox "
	    "WHERE no = t.no('reports') AND target = 'unit:BA-ZJ'"));
	wait_blocked(&lead);
	run(&other, "COMMIT");
	for (PGresult *r; (r = PQgetResult(lead.conn)) != NULL; PQclear(r))
		assert_string_equal(PQgetvalue(r, 0, 0), "1");
	assert_int_equal(count("SELECT count(*) FROM fenbo.outbox WHERE no = %lld AND state = 'sent'", no), 1);
}

/* Who does not lead takes nothing. */
static void test_follower(void **state)
{
	PGresult *r = PQexec(other.conn, "SELECT count(*) FROM fenbo.outbox_take(1, 1, '{}')");

	(void)state;
	assert_int_equal(PQresultStatus(r), PGRES_FATAL_ERROR);
	assert_non_null(strstr(PQresultErrorMessage(r), "does not lead"));
	PQclear(r);
}

static int setup(void **state)
{
	struct person *all[] = { &anna, &ben, &sue, &ute };
	static const char *const names[] = { "anna", "ben", "sue", "ute" };

	(void)state;
	for (int i = 0; i < 4; i++)
		*all[i] = person_open(names[i]);
	lead = person_open("anna");
	other = person_open("anna");
	run(&lead, "RESET SESSION AUTHORIZATION");
	run(&other, "RESET SESSION AUTHORIZATION");
	run(&lead, "SELECT fenbo.lead()");
	owner_do("UPDATE fenbo.unit SET contact = 'https://zj.example/hook' WHERE code = 'BA-ZJ'");
	owner_do("UPDATE fenbo.routing_revision SET policy = policy || '{\"messages\": {\"dispatched\": {\"citizen\": \"x\"}}}'");
	return 0;
}

static void test_chains(void **state)
{
	(void)state;
	owner_do("SELECT t.chains()");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_visits), cmocka_unit_test(test_bad_close), cmocka_unit_test(test_window), cmocka_unit_test(test_undo_first),
		cmocka_unit_test(test_carrier_first), cmocka_unit_test(test_reports), cmocka_unit_test(test_follower), cmocka_unit_test(test_chains),
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
