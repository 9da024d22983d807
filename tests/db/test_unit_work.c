/*
 * The unit's side of a case (db/schema/0046, 0084, 0085). Two SQL files hold the assertions: every rule and refusal, what each role and unit may touch, undo
 * of each; then a walk at random in which everything must always fit together. At the end every clock of it is computed anew from the log alone.
 *   UNIT_WALK='-v seed=0.1 -v steps=2500'   another walk, a longer one
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/clock_log.h"

/* Runs a file of assertions: the first that fails ends it, and is on standard error. How many there were, from its last line. */
static int passed(const char *file, const char *options)
{
	char command[400], line[400];
	int n = 0, status;
	FILE *out;

	snprintf(command, sizeof command, "psql -XqAt -v ON_ERROR_STOP=1 %s -d \"$FENBO_TEST_URL\" -f tests/db/%s.sql", options, file);
	out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof line, out))
		if (strstr(line, " passed\n"))
			n = atoi(line);
	status = pclose(out);
	if (status != 0)
		fail_msg("tests/db/%s.sql ended with %d", file, status);
	return n;
}

static void rules(void **state)
{
	(void)state;
	passed("actions_fixture", "");
	assert_true(passed("unit_work", "") > 300);
}

static void walk(void **state)
{
	const char *options = getenv("UNIT_WALK");

	(void)state;
	assert_true(passed("unit_walk", options ? options : "") > 100);
}

static void clocks_from_the_log(void **state)
{
	PGconn *owner = PQconnectdb(getenv("FENBO_TEST_URL"));
	struct clock_log log;

	(void)state;
	assert_int_equal(PQstatus(owner), CONNECTION_OK);
	if (!clock_log_check(owner, true, &log) || log.differences > 0)
		fail_msg("%ld differences: %s", log.differences, log.first);
	printf("%ld cases, %ld events, %ld clocks\n", log.cases, log.events, log.clocks);
	assert_true(log.cases > 12 && log.clocks > 30);
	PQfinish(owner);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rules), cmocka_unit_test(walk), cmocka_unit_test(clocks_from_the_log) };

	if (!getenv("FENBO_TEST_URL")) {
		puts("no database: run me by tests/tools/with-cluster.sh");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
