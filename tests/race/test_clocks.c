/*
 * A clock runs out in the very moment in which somebody pauses it or gets more time: whoever comes first, the case was late, it is told once, and the
 * clock is the same in the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/race.h"

static struct person anna, sue, ute, leader;

static long number(const char *format, int64_t no, const char *kind)
{
	char sql[600];

	snprintf(sql, sizeof sql, format, (long long)no, kind, kind);
	return owner_number(sql);
}

/* With the housing bureau, which has asked for two days more; and the clock of this kind has run out a second ago and nobody knows. */
static int64_t just_late(const char *name, const char *kind)
{
	int64_t no = case_make(name);

	assert_done(act(&anna, "override", no, 0, "{\"reason\": \"other_unit\", \"unit\": \"BA-ZJ\", \"item\": \"gas\"}"));
	assert_done(act(&ute, "extend", no, 0, "{\"reason\": \"weather\", \"days\": 2}"));
	owner_do("SELECT t.wait(k.due_at + interval '2 seconds' - fenbo.now_()) FROM fenbo.clock k WHERE k.no = %lld AND k.kind = '%s'", (long long)no, kind);
	return no;
}

/* Late, by the due time of then, and told once: by the sweep's event, or in that of whoever found it. */
static void assert_late_once(int64_t no, const char *kind)
{
	assert_int_equal(number("SELECT count(*) FROM fenbo.clock k JOIN fenbo.queue q USING (no) WHERE k.no = %lld AND k.kind = '%s'"
				" AND k.breached_at IS NOT NULL AND q.flags & 32768 <> 0", no, kind), 1);
	assert_int_equal(number("SELECT count(*) FROM fenbo.event e WHERE e.no = %lld AND (e.action = 'breach' AND e.args ->> 'clock' = '%s'"
				" OR e.args #> '{clocks,%s,late}' = 'true')", no, kind), 1);
}

/* `who` acts while the leader sweeps; `sweep_first` says which of them holds the row. */
static void meet(struct person *who, const char *action, const char *args, int64_t no, bool sweep_first)
{
	run(&leader, "SELECT fenbo.lead()");
	if (sweep_first) {
		run(&leader, "BEGIN");
		run(&leader, "SELECT fenbo.ladder(1000)");
		act_send(who, action, no, case_version(no), args);
		wait_blocked(who);
		run(&leader, "COMMIT");
		assert_done(act_answer(who));
	} else {
		run(who, "BEGIN");
		assert_done(act(who, action, no, 0, args));
		run(&leader, "SELECT fenbo.ladder(1000)");    /* steps over the row */
		run(who, "COMMIT");
	}
	run(&leader, "SELECT fenbo.ladder(1000)");
}

static void test_pause(void **state)
{
	static const char *const names[] = { "pause-late", "late-pause" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		int64_t no = just_late(names[i], "contact");

		meet(&ute, "pause", "{\"reason\": \"weather\"}", no, i == 1);
		assert_late_once(no, "contact");
		assert_int_equal(number("SELECT count(*) FROM fenbo.clock k WHERE k.no = %lld AND k.kind = '%s' AND k.breached_at = k.due_at"
					" AND k.paused_since > k.due_at", no, "contact"), 1);
		assert_done(act(&ute, "resume", no, 0, NULL));
		run(&leader, "SELECT fenbo.ladder(1000)");
		assert_late_once(no, "contact");
	}
}

/* Asked for in time: whoever comes first, the supervisor or the sweep that finds it late, it was not. */
static void test_extension(void **state)
{
	static const char *const names[] = { "extend-late", "late-extend" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		int64_t no = just_late(names[i], "handle");

		meet(&sue, "approve", "{\"decision\": \"yes\"}", no, i == 1);
		assert_int_equal(number("SELECT count(*) FROM fenbo.clock k WHERE k.no = %lld AND k.kind = '%s' AND k.breached_at IS NULL"
					" AND k.extended_s = 2 * fenbo._day_s() AND k.due_at > fenbo.now_()"
					" AND fenbo._working_between(k.started_at, k.due_at) = k.limit_s + k.extended_s", no, "handle"), 1);
	}
}

/* Taken from a unit that has just let the time for a contact run out: it did, though the next one has its whole time. */
static void test_reassign(void **state)
{
	int64_t no = just_late("reassign-late", "contact");

	(void)state;
	meet(&sue, "reassign", "{\"unit\": \"BA-CG\", \"reason\": \"x\"}", no, false);
	assert_int_equal(number("SELECT count(*) FROM fenbo.event e WHERE e.no = %lld AND (e.action = 'breach' AND e.args ->> 'clock' = '%s'"
				" OR e.args #> '{clocks,%s,late}' = 'true')", no, "contact"), 1);
	assert_int_equal(number("SELECT count(*) FROM fenbo.clock k JOIN fenbo.queue q USING (no) WHERE k.no = %lld AND k.kind = '%s' AND k.breached_at IS NULL"
				" AND q.flags & 32768 <> 0", no, "contact"), 1);
}

/* Stopped a moment late, before any sweep: late all the same. In time is in time, whenever the sweep comes. */
static void test_stop(void **state)
{
	int64_t no = just_late("stop-late", "contact"), in_time = case_make("stop-in-time");

	(void)state;
	assert_done(act(&ute, "contact", no, 0, "{\"text\": \"spoken with\"}"));
	assert_late_once(no, "contact");
	assert_done(act(&anna, "override", in_time, 0, "{\"reason\": \"other_unit\", \"unit\": \"BA-ZJ\"}"));
	owner_do("SELECT t.wait(k.due_at - fenbo.now_() - interval '1 minute') FROM fenbo.clock k WHERE k.no = %lld AND k.kind = 'contact'", (long long)in_time);
	assert_done(act(&ute, "contact", in_time, 0, "{\"text\": \"spoken with\"}"));
	owner_do("SELECT t.wait('1 hour')");
	run(&leader, "SELECT fenbo.ladder(1000)");
	assert_int_equal(number("SELECT count(*) FROM fenbo.clock k WHERE k.no = %lld AND k.kind = '%s' AND k.breached_at IS NULL", in_time, "contact"), 1);
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
		cmocka_unit_test(test_pause), cmocka_unit_test(test_extension), cmocka_unit_test(test_stop), cmocka_unit_test(test_reassign), cmocka_unit_test(test_chains),
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
