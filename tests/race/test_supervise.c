/*
 * Supervisors and units at one case at once: a ruling while somebody else rules or the unit takes its return back, a case taken away while the
 * unit sends it back, an instruction answered while it is settled, a letter while it is answered, one list edited by two. One holds his
 * transaction open, the other is made to wait and is then told who was first; nothing is done twice and nothing is left standing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/race.h"

#define BA_CG "{\"unit\": \"BA-CG\", \"text\": \"record\"}"
#define BA_ZJ "{\"unit\": \"BA-ZJ\", \"text\": \"record\"}"

static struct person anna, sue, sid, ute, uli;

static int64_t sent(const char *name)
{
	int64_t no = case_make(name);

	assert_done(act(&anna, "override", no, 0, "{\"reason\": \"other_unit\", \"unit\": \"BA-ZJ\"}"));
	return no;
}

static int64_t disputed(const char *name)
{
	int64_t no = sent(name);

	assert_done(act(&ute, "return", no, 0, "{\"reason\": \"not_ours\"}"));
	assert_done(act(&anna, "override", no, 0, "{\"reason\": \"other_unit\", \"unit\": \"BA-CG\"}"));
	assert_done(act(&uli, "return", no, 0, "{\"reason\": \"not_ours\"}"));
	return no;
}

static long count(const char *what, int64_t no)
{
	char sql[300];

	snprintf(sql, sizeof sql, what, (long long)no);
	return owner_number(sql);
}

static void test_two_rulings(void **state)
{
	int64_t no = disputed("two-rulings");

	(void)state;
	assert_refused(one_after_other(&sue, "rule", BA_CG, &sid, "rule", BA_ZJ, no), "stale", "sue");
	assert_int_equal(count("SELECT count(*) FROM fenbo.event WHERE no = %lld AND action = 'rule'", no), 1);
	assert_int_equal(count("SELECT count(*) FROM fenbo.clock WHERE no = %lld AND kind = 'rule' AND stopped_at IS NOT NULL", no), 1);
}

/* The unit takes its return back while a supervisor rules on it: either way round there is one answer. */
static void test_ruling_undo(void **state)
{
	int64_t no = disputed("ruling-undo"), other = disputed("undo-ruling");

	(void)state;
	assert_refused(one_after_other(&sue, "rule", BA_ZJ, &uli, "undo", NULL, no), "stale", "sue");
	assert_refused(one_after_other(&uli, "undo", NULL, &sue, "rule", BA_ZJ, other), "stale", "uli");
	assert_int_equal(count("SELECT count(*) FROM fenbo.clock WHERE no = %lld AND kind = 'rule'", other), 0);
	assert_int_equal(count("SELECT count(*) FROM fenbo.queue WHERE no = %lld AND flags & 513 = 0 AND unit = 'BA-CG'", other), 1);
}

static void test_return_reassign(void **state)
{
	int64_t no = sent("return-reassign"), other = sent("reassign-return");

	(void)state;
	assert_refused(one_after_other(&ute, "return", "{\"reason\": \"not_ours\"}", &sue, "reassign", "{\"reason\": \"not theirs\", \"unit\": \"BA-CG\"}", no),
	    "stale", "ute");
	assert_refused(one_after_other(&sue, "reassign", "{\"reason\": \"not theirs\", \"unit\": \"BA-CG\"}", &ute, "return", "{\"reason\": \"not_ours\"}", other),
	    "not_found", "");
	assert_int_equal(count("SELECT count(*) FROM fenbo.queue WHERE no = %lld AND returned = 1 AND stage = 'triage'", no), 1);
	assert_int_equal(count("SELECT count(*) FROM fenbo.queue WHERE no = %lld AND returned = 0 AND unit = 'BA-CG'", other), 1);
}

static void test_instruction(void **state)
{
	int64_t no = sent("comply-settle"), other = sent("settle-comply");

	(void)state;
	assert_done(act(&sue, "instruct", no, 0, "{\"text\": \"by tomorrow\"}"));
	assert_done(act(&sue, "instruct", other, 0, "{\"text\": \"by tomorrow\"}"));
	assert_refused(one_after_other(&ute, "comply", "{\"text\": \"done\"}", &sue, "settle", "{\"text\": \"enough\"}", no), "stale", "ute");
	assert_done(act(&sue, "settle", no, 0, NULL));
	assert_refused(one_after_other(&sue, "settle", "{\"text\": \"enough\"}", &ute, "comply", "{\"text\": \"done\"}", other), "stale", "sue");
	assert_refused(act(&ute, "comply", other, 0, "{\"text\": \"done\"}"), "impossible", "");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.instruction WHERE settled_at IS NULL"), 0);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue WHERE flags & 16384 <> 0"), 0);
}

/* The sweep that calls for overdue instructions waits for nobody: whoever answers holds the case, and would wait for the instruction. */
static void test_overdue(void **state)
{
	int64_t no = sent("overdue");

	(void)state;
	assert_done(act(&sue, "instruct", no, 0, "{\"text\": \"today\"}"));
	owner_do("UPDATE fenbo.instruction SET until = fenbo.now_() - interval '1 minute' WHERE no = %lld", (long long)no);
	run(&ute, "BEGIN");
	assert_done(act(&ute, "note", no, 0, "{\"text\": \"n\"}"));
	owner_do("SET lock_timeout = '2s'");
	assert_int_equal(owner_number("SELECT fenbo._instructions_due(fenbo.now_(), 10)"), 0);
	assert_done(act(&ute, "comply", no, case_version(no) + 1, "{\"text\": \"done\"}"));
	run(&ute, "COMMIT");
	assert_int_equal(owner_number("SELECT fenbo._instructions_due(fenbo.now_(), 10)"), 0);
	owner_do("RESET lock_timeout");
	assert_int_equal(count("SELECT count(*) FROM fenbo.alarm WHERE no = %lld AND kind = 'instruction'", no), 0);
	assert_done(act(&sue, "settle", no, 0, NULL));
}

/* A letter is written while the unit reports: it is about what the supervisor saw, and that has moved on. */
static void test_letter(void **state)
{
	int64_t no = sent("progress-remind"), other = sent("remind-progress");

	(void)state;
	assert_refused(one_after_other(&ute, "progress", "{\"text\": \"on our way\"}", &sue, "remind", NULL, no), "stale", "ute");
	assert_refused(one_after_other(&sue, "remind", NULL, &ute, "progress", "{\"text\": \"on our way\"}", other), "stale", "sue");
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.reminder WHERE ended_version IS NULL"), 1);
	assert_done(act(&ute, "progress", other, 0, "{\"text\": \"on our way\"}"));
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.reminder WHERE ended_version IS NULL"), 0);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue WHERE flags & 262144 <> 0"), 0);
}

/* Looks at a topic, at once, and sees that version. */
static void look(struct person *p, long topic, const char *version)
{
	char sql[100];
	PGresult *r;

	snprintf(sql, sizeof sql, "SELECT fenbo.topic_show(%ld) ->> 'version'", topic);
	r = PQexec(p->conn, sql);
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->conn));
	assert_string_equal(PQgetvalue(r, 0, 0), version);
	PQclear(r);
}

/* A topic gets another rule while somebody opens it: who looks waits for nobody, and what fits the old rule is not put back. */
static void test_topic(void **state)
{
	int64_t no = sent("of-a-topic");
	long topic;
	char sql[300];

	(void)state;
	run(&sue, "SELECT fenbo.topic_put(NULL, NULL, '{\"title\": \"gas\", \"place\": \"440306\"}')");
	topic = owner_number("SELECT max(id) FROM fenbo.topic");
	assert_int_equal(count("SELECT count(*) FROM fenbo.topic_case WHERE no = %lld", no), 1);
	run(&sue, "BEGIN");
	snprintf(sql, sizeof sql, "SELECT fenbo.topic_put(%ld, 1, '{\"place\": \"440305\"}')", topic);
	run(&sue, sql);
	look(&sid, topic, "1");
	run(&sue, "COMMIT");
	look(&sid, topic, "2");
	assert_int_equal(count("SELECT count(*) FROM fenbo.topic_case WHERE no = %lld", no), 0);
	/* Two look at once, and neither gathers what the other does. */
	run(&sue, "BEGIN");
	look(&sue, topic, "2");
	look(&sid, topic, "2");
	run(&sue, "COMMIT");
}

/* Two edit one list: the second saw another version and is refused, whatever he wanted. */
static void test_list(void **state)
{
	int64_t no = sent("on-the-list"), other = sent("on-it-too");
	char sql[400];

	(void)state;
	run(&sue, "SELECT fenbo.leaders_draft()");
	run(&sue, "BEGIN");
	snprintf(sql, sizeof sql, "SELECT fenbo.leaders_edit((fenbo.leaders_show() ->> 'day')::date, 1, 'add', %lld)", (long long)no);
	run(&sue, sql);
	owner_do("CREATE FUNCTION t.add_second(n bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM fenbo.leaders_edit("
	    "(fenbo.leaders_show() ->> 'day')::date, 1, 'add', n); RETURN 'added'; EXCEPTION WHEN SQLSTATE 'FB000' THEN RETURN SQLERRM; END $$");
	owner_do("GRANT EXECUTE ON FUNCTION t.add_second(bigint) TO PUBLIC");
	snprintf(sql, sizeof sql, "SELECT t.add_second(%lld)", (long long)other);
	run(&sue, "COMMIT");
	run(&sid, sql);
	owner_do("SELECT t.is(count(*)::text, '1', 'one of two was added') FROM fenbo.leaders_item WHERE no IN (%lld, %lld) AND by IS NOT NULL", (long long)no,
	    (long long)other);
}

/* An alarm of no case is told again by somebody who has written to the record of the house just as it is acknowledged. */
static void test_alarm_of_none(void **state)
{
	char sql[200];

	(void)state;
	owner_do("SELECT fenbo._alarm(0, 'outbox', 'notice', 'supervisor', NULL, NULL, 'outbox_dead', '{}')");
	owner_do("BEGIN");
	owner_do("SELECT fenbo._event0('test', '{}', '{}')");
	snprintf(sql, sizeof sql, "SELECT fenbo.alarm_ack(ARRAY[%ld])", owner_number("SELECT max(id) FROM fenbo.alarm WHERE no = 0"));
	assert_true(PQsendQuery(sue.conn, sql));
	wait_blocked(&sue);
	owner_do("SET LOCAL lock_timeout = '2s'");
	owner_do("SELECT fenbo._alarm(0, 'outbox', 'notice', 'supervisor', NULL, NULL, 'outbox_dead', '{}')");
	owner_do("COMMIT");
	for (PGresult *r; (r = PQgetResult(sue.conn)); PQclear(r)) {
		if (PQresultStatus(r) != PGRES_TUPLES_OK)
			fail_msg("%s", PQerrorMessage(sue.conn));
		assert_string_equal(PQgetvalue(r, 0, 0), "1");
	}
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
	sue = person_open("sue");
	ute = person_open("ute");
	uli = person_open("uli");
	owner_do("CREATE ROLE sid LOGIN IN ROLE fenbo_supervisor");
	owner_do("INSERT INTO fenbo.account (name, role, person, created_by) VALUES ('sid', 'supervisor', '席', 'test')");
	sid = person_open("sid");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_rulings), cmocka_unit_test(test_ruling_undo), cmocka_unit_test(test_return_reassign),
		cmocka_unit_test(test_instruction), cmocka_unit_test(test_overdue), cmocka_unit_test(test_letter), cmocka_unit_test(test_list), cmocka_unit_test(test_topic), cmocka_unit_test(test_alarm_of_none), cmocka_unit_test(test_chains),
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
