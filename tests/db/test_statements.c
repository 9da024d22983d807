/*
 * Every statement of db/sql is prepared on a migrated server: a name that is misspelt, a function that changed, a parameter that
 * was forgotten show here and not on an operator's screen. The header comment must say the statement's name, parameters and result, and the number of parameters must be true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include "db/statement.h"

static PGconn *pg;

static int
highest_parameter(const char *text)
{
	int highest = 0;

	for (; (text = strchr(text, '$')) != NULL; text++) {
		int n = atoi(text + 1);

		highest = n > highest ? n : highest;
	}
	return highest;
}

static void
test_prepare(void **state)
{
	int bad = 0;

	(void)state;
	for (int i = 0; i < SQL_COUNT; i++) {
		PGresult *r = PQprepare(pg, statement_table[i].name, statement_table[i].text, 0, NULL);

		if (PQresultStatus(r) != PGRES_COMMAND_OK) {
			print_error("%s: %s", statement_table[i].name, PQerrorMessage(pg));
			bad++;
		}
		PQclear(r);
	}
	assert_int_equal(bad, 0);
}

static void
test_headers(void **state)
{
	char first[128];
	int bad = 0;

	(void)state;
	for (int i = 0; i < SQL_COUNT; i++) {
		const struct statement_info *s = &statement_table[i];

		snprintf(first, sizeof first, "-- name: %s\n", s->name);
		if (strncmp(s->text, first, strlen(first)) != 0 || strstr(s->text, "\n-- params: ") == NULL ||
		    strstr(s->text, "\n-- result: ") == NULL) {
			print_error("%s: the header comment must give name, params and result\n", s->name);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
test_parameters(void **state)
{
	int bad = 0;

	(void)state;
	for (int i = 0; i < SQL_COUNT; i++) {
		const struct statement_info *s = &statement_table[i];
		const char *params = strstr(s->text, "\n-- params: "), *result = strstr(s->text, "\n-- result: ");
		PGresult *r = PQdescribePrepared(pg, s->name);
		int wants = PQresultStatus(r) == PGRES_COMMAND_OK ? PQnparams(r) : -1, says = 0;

		if (params != NULL && result != NULL) {
			char *line = strndup(params, (size_t)(result > params ? result - params : 0));

			says = highest_parameter(line);
			free(line);
		}
		if (wants != says) {
			print_error("%s: takes %d parameters, its header names %d\n", s->name, wants, says);
			bad++;
		}
		PQclear(r);
	}
	assert_int_equal(bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prepare),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_parameters),
	};
	int failed;

	if (getenv("FENBO_TEST_URL") == NULL) {
		puts("needs a server: run by tests/tools/with-cluster.sh");
		return 77;
	}
	pg = PQconnectdb(getenv("FENBO_TEST_URL"));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	PQfinish(pg);
	return failed;
}
