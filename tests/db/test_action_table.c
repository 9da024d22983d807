/*
 * Table fenbo.action is what core/appeal/action.h says: the same names, roles, stages and arguments, no row more and none less.
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
#include "core/appeal/action.h"
#include "core/appeal/stage.h"

static const struct { unsigned bit; const char *name; } roles[] = {
	{ ROLE_DISPATCHER, "dispatcher" }, { ROLE_SUPERVISOR, "supervisor" }, { ROLE_ADMIN, "admin" },
	{ ROLE_UNIT, "unit" }, { ROLE_CHANNEL, "channel" }, { ROLE_FEED, "feed" },
};

static void add(char *out, size_t size, const char *word)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s", n ? "," : "", word);
}

static void roles_text(unsigned set, char *out, size_t size)
{
	*out = '\0';
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (set & roles[i].bit)
			add(out, size, roles[i].name);
	}
}

static void stages_text(unsigned set, char *out, size_t size)
{
	*out = '\0';
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (set & 1u << s)
			add(out, size, stage_name((enum stage)s));
	}
}

static void args_text(unsigned set, char *out, size_t size)
{
	*out = '\0';
	for (unsigned bit = 0; bit < 32; bit++) {
		if (set & 1u << bit)
			add(out, size, arg_name((enum action_arg)(1u << bit)));
	}
}

static void check_row(PGresult *r, int row, enum action a)
{
	const struct action_info *i = &action_table[a];
	char text[256];

	assert_string_equal(PQgetvalue(r, row, 0), i->name);
	roles_text(i->roles, text, sizeof(text));
	assert_string_equal(PQgetvalue(r, row, 1), text);
	stages_text(i->stages, text, sizeof(text));
	assert_string_equal(PQgetvalue(r, row, 2), text);
	args_text(i->needs, text, sizeof(text));
	assert_string_equal(PQgetvalue(r, row, 3), text);
	args_text(i->may, text, sizeof(text));
	assert_string_equal(PQgetvalue(r, row, 4), text);
}

static void test_same(void **state)
{
	PGconn *c = PQconnectdb(getenv("FENBO_TEST_URL"));
	PGresult *r;

	(void)state;
	assert_int_equal(PQstatus(c), CONNECTION_OK);
	r = PQexec(c, "SELECT name, array_to_string(roles, ','), array_to_string(stages, ','), array_to_string(needs, ','),"
	    " array_to_string(may, ',') FROM fenbo.action");
	assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
	assert_int_equal(PQntuples(r), ACTION_COUNT);
	for (int row = 0; row < PQntuples(r); row++) {
		enum action a;

		assert_true(action_parse(PQgetvalue(r, row, 0), &a));
		check_row(r, row, a);
	}
	PQclear(r);
	PQfinish(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same) };

	if (!getenv("FENBO_TEST_URL")) {
		puts("no database: run me by tests/tools/with-cluster.sh");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
