/*
 * What the log says of the clocks is all there is to know: people press anything at a score of cases while time passes, sweeps come and go and
 * revisions change hours, holidays and limits; afterwards every clock computed from the events alone is the one that stands there.
 *   CLOCK_PRESSES=n  how often something is pressed (120)      CLOCK_SEED=n,n,…  repeat: one after another in the same database
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "tests/tools/clock_log.h"
#include "tests/tools/race.h"

static void lives(long seed, const char *which)
{
	const char *presses = getenv("CLOCK_PRESSES");
	struct clock_log log;

	owner_do("SELECT setseed(%ld / 1000000.0), t.make(VARIADIC ARRAY(SELECT 'life%ld-' || i FROM generate_series(1, 20) i))", seed % 1000000, seed);
	owner_do("CALL t.lives(%d)", presses ? atoi(presses) : 120);
	printf("CLOCK_SEED=%s, at %ld: %ld of %ld presses did something\n", which, seed, owner_number("SELECT count(*) FROM t.pressed WHERE what !~ ' '"),
	    owner_number("SELECT count(*) FROM t.pressed"));
	if (!clock_log_check(race_owner(), true, &log) || log.differences > 0)
		fail_msg("CLOCK_SEED=%s, at %ld: %ld differences\n%s", which, seed, log.differences, log.first);
	printf("%ld cases, %ld events, %ld clocks agree\n", log.cases, log.events, log.clocks);
	assert_true(log.clocks >= log.cases);
}

static void clocks_agree(void **state)
{
	const char *given = getenv("CLOCK_SEED"), *seeds = given ? given : "355457,7"; /* soak_clock_log.sh draws others */
	char *rest;

	(void)state;
	for (const char *p = seeds; *p; p = *rest ? rest + 1 : rest)
		lives(strtol(p, &rest, 10), seeds);
	owner_do("SELECT t.chains()");
}

/* A second too late, a rung too many, a limit that no policy gives: it is seen. The recount makes its calendars inside the transaction, which takes a slow
 * machine longer than a server lets a transaction stand still. */
static void what_is_wrong_is_seen(void **state)
{
	static const char *const wrong[] = { "due_at = due_at + interval '1 second'", "rung = rung + 1", "limit_s = limit_s + 60", "paused_s = paused_s + 1",
		"breached_at = due_at - interval '1 hour'" };
	struct clock_log log;
	int64_t no = case_make("wrong");

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		owner_do("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; UPDATE fenbo.clock SET %s WHERE no = %lld", wrong[i], (long long)no);
		if (!clock_log_check(race_owner(), true, &log))
			fail_msg("%s", log.first);
		assert_true(log.differences > 0);
		owner_do("ROLLBACK");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(clocks_agree), cmocka_unit_test(what_is_wrong_is_seen) };
	int failed;

	if (!race_start()) {
		puts("no database: run me by tests/tools/with-cluster.sh");
		return 77;
	}
	if (system("psql -XqAt -v ON_ERROR_STOP=1 -d \"$FENBO_TEST_URL\" -f tests/race/storm.sql -f tests/db/clock_storm.sql >/dev/null") != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	race_stop();
	return failed;
}
