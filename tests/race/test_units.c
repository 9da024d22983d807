/*
 * A unit at work on a case while a supervisor decides about it, and a pause that ends while somebody ends it: one holds his transaction open,
 * the other is made to wait, and then is told who was first. No clock is left standing and no request is left open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/race.h"

static struct person anna, sue, ute, leader;

/* With the housing bureau, which asks for two days more. */
static int64_t asked(const char *name)
{
	int64_t no = case_make(name);

	assert_done(act(&anna, "override", no, 0, "{\"reason\": \"other_unit\", \"unit\": \"BA-ZJ\"}"));
	assert_done(act(&ute, "extend", no, 0, "{\"reason\": \"weather\", \"days\": 2}"));
	return no;
}

static long left_open(int64_t no)
{
	char sql[200];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM fenbo.request r WHERE r.no = %lld AND r.decision IS NULL", (long long)no);
	return owner_number(sql);
}

static long count_of(int64_t no, const char *what)
{
	char sql[300];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM fenbo.clock k, fenbo.queue q WHERE k.no = %lld AND q.no = k.no AND %s", (long long)no, what);
	return owner_number(sql);
}

static void test_resolve_approve(void **state)
{
	int64_t no = asked("resolve-approve");

	(void)state;
	assert_refused(one_after_other(&ute, "resolve", "{\"text\": \"done\"}", &sue, "approve", "{\"decision\": \"yes\"}", no), "stale", "ute");
	assert_int_equal(left_open(no), 0);
	assert_int_equal(count_of(no, "k.extended_s > 0"), 0);
	assert_refused(act(&sue, "approve", no, 0, "{\"decision\": \"yes\"}"), "impossible", "ute");
}

static void test_approve_resolve(void **state)
{
	int64_t no = asked("approve-resolve");

	(void)state;
	assert_refused(one_after_other(&sue, "approve", "{\"decision\": \"yes\"}", &ute, "resolve", "{\"text\": \"done\"}", no), "stale", "sue");
	assert_int_equal(count_of(no, "k.extended_s > 0"), 1);
	assert_done(act(&ute, "resolve", no, 0, "{\"text\": \"done\"}"));
	assert_int_equal(left_open(no), 0);
}

/* The supervisor takes the case away while the unit reports, pauses and asks. */
static void test_reassign(void **state)
{
	static const char *const deeds[][2] = { { "progress", "{\"text\": \"on our way\"}" }, { "pause", "{\"reason\": \"weather\"}" },
		{ "resolve", "{\"text\": \"done\"}" } };
	char name[32];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int64_t no;

		snprintf(name, sizeof name, "reassign-%zu", i);
		no = asked(name);
		assert_refused(one_after_other(&sue, "reassign", "{\"reason\": \"not theirs\", \"unit\": \"BA-CG\"}", &ute, deeds[i][0], deeds[i][1], no),
		    "not_found", "");
		assert_int_equal(left_open(no), 0);
		assert_int_equal(count_of(no, "(q.flags & 3072 <> 0 OR k.paused_since IS NOT NULL)"), 0);
	}
}

/* Reported by the unit just before: the supervisor is told, and nothing has moved. */
static void test_progress_reassign(void **state)
{
	int64_t no = asked("progress-reassign");

	(void)state;
	assert_refused(one_after_other(&ute, "pause", "{\"reason\": \"weather\"}", &sue, "reassign", "{\"reason\": \"not theirs\", \"unit\": \"BA-CG\"}", no),
	    "stale", "ute");
	assert_done(act(&sue, "reassign", no, 0, "{\"reason\": \"not theirs\", \"unit\": \"BA-CG\"}"));
	assert_int_equal(left_open(no), 0);
	assert_int_equal(count_of(no, "(q.flags & 3072 <> 0 OR q.paused_until IS NOT NULL OR k.paused_since IS NOT NULL)"), 0);
	assert_done(act(&sue, "undo", no, 0, NULL));
	assert_int_equal(left_open(no), 1);
	assert_int_equal(count_of(no, "q.flags & 3072 = 3072 AND k.paused_since IS NOT NULL AND k.kind = 'handle'"), 1);
}

/* A pause whose time is over: the unit ends it, or the leader's sweep. Whoever is second finds it ended, once. */
static void test_pause_sweep(void **state)
{
	int64_t no = asked("pause-sweep"), other = asked("sweep-pause");
	int version;

	(void)state;
	assert_done(act(&ute, "pause", no, 0, "{\"reason\": \"weather\"}"));
	assert_done(act(&ute, "pause", other, 0, "{\"reason\": \"weather\"}"));
	owner_do("SELECT t.wait('16 days')");
	run(&leader, "SELECT fenbo.lead()");
	run(&ute, "BEGIN");
	assert_done(act(&ute, "resume", no, 0, NULL));
	run(&leader, "BEGIN");
	run(&leader, "SELECT fenbo.sweep()");                /* steps over the row that the unit holds */
	run(&ute, "COMMIT");
	version = case_version(other);
	act_send(&ute, "resume", other, version, NULL);
	wait_blocked(&ute);
	run(&leader, "COMMIT");
	assert_refused(act_answer(&ute), "stale", "system");
	run(&leader, "SELECT fenbo.sweep()");
	owner_do("SELECT t.is(count(*)::text, '2', 'each pause ended once') FROM fenbo.event e WHERE e.action = 'resume' AND e.no IN (%lld, %lld)",
	    (long long)no, (long long)other);
	assert_int_equal(count_of(no, "k.paused_since IS NULL AND upper(k.pauses) - lower(k.pauses) = interval '15 days'"), 2);
	assert_int_equal(count_of(other, "k.paused_since IS NULL AND upper(k.pauses) - lower(k.pauses) = interval '15 days'"), 2);
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
	leader = person_open("feeder");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve_approve), cmocka_unit_test(test_approve_resolve), cmocka_unit_test(test_reassign),
		cmocka_unit_test(test_progress_reassign), cmocka_unit_test(test_pause_sweep), cmocka_unit_test(test_chains),
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
