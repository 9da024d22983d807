#include "tests/tools/race.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static PGconn *owner;

bool race_start(void)
{
	if (!getenv("FENBO_TEST_URL"))
		return false;
	if (system("psql -XqAt -v ON_ERROR_STOP=1 -d \"$FENBO_TEST_URL\" -f tests/db/actions_fixture.sql >/dev/null") != 0)
		return false;
	owner = PQconnectdb(getenv("FENBO_TEST_URL"));
	return PQstatus(owner) == CONNECTION_OK;
}

void race_stop(void)
{
	PQfinish(owner);
}

PGconn *race_owner(void)
{
	return owner;
}

static PGresult *query(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);

	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	return r;
}

void run(struct person *p, const char *sql)
{
	PQclear(query(p->conn, sql));
}

struct person person_open(const char *account)
{
	struct person p = { .conn = PQconnectdb(getenv("FENBO_TEST_URL")) };
	char sql[128];

	assert_int_equal(PQstatus(p.conn), CONNECTION_OK);
	snprintf(sql, sizeof(sql), "SET SESSION AUTHORIZATION %s", account);
	run(&p, sql);
	run(&p, "SELECT session FROM fenbo.login('race')");
	p.pid = PQbackendPID(p.conn);
	return p;
}

void person_close(struct person *p)
{
	PQfinish(p->conn);
	p->conn = NULL;
}

long owner_number(const char *sql)
{
	PGresult *r = query(owner, sql);
	long n;

	assert_true(PQntuples(r) > 0);
	n = strtol(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	return n;
}

void owner_do(const char *format, ...)
{
	char sql[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sql, sizeof(sql), format, ap);
	va_end(ap);
	PQclear(query(owner, sql));
}

int64_t case_named(const char *name)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT coalesce(t.no('%s'), 0)", name);
	return owner_number(sql);
}

int64_t case_make(const char *name)
{
	owner_do("SELECT t.make('%s')", name);
	return case_named(name);
}

int case_version(int64_t no)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT (fenbo._peek(%lld)).version", (long long)no);
	return (int)owner_number(sql);
}

void act_send(struct person *p, const char *action, int64_t no, int version, const char *args)
{
	char sql[1024];

	if (no && !version)
		version = case_version(no);
	snprintf(sql, sizeof(sql), "SELECT id, ok, error, by, stage, message FROM fenbo.act('%s', '{%.0lld}', %s%.0d%s, '%s')", action,
	    (long long)no, no ? "'{" : "NULL", version, no ? "}'" : "", args ? args : "{}");
	if (!PQsendQuery(p->conn, sql))
		fail_msg("%s", PQerrorMessage(p->conn));
}

static void copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

struct answer act_answer(struct person *p)
{
	struct answer a = { 0 };
	PGresult *r = PQgetResult(p->conn);

	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->conn));
	if (PQntuples(r) > 0) {
		a.id = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
		a.ok = *PQgetvalue(r, 0, 1) == 't';
		copy(a.error, sizeof(a.error), PQgetvalue(r, 0, 2));
		copy(a.by, sizeof(a.by), PQgetvalue(r, 0, 3));
		copy(a.stage, sizeof(a.stage), PQgetvalue(r, 0, 4));
		copy(a.message, sizeof(a.message), PQgetvalue(r, 0, 5));
	}
	PQclear(r);
	assert_null(PQgetResult(p->conn));
	return a;
}

struct answer act(struct person *p, const char *action, int64_t no, int version, const char *args)
{
	act_send(p, action, no, version, args);
	return act_answer(p);
}

void wait_blocked(const struct person *p)
{
	struct timespec pause = { .tv_nsec = 2000000 };
	time_t until = time(NULL) + 20;
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT cardinality(pg_blocking_pids(%d))", p->pid);
	while (owner_number(sql) == 0) {
		if (time(NULL) > until)
			fail_msg("nobody waits");
		nanosleep(&pause, NULL);                     /* between two looks at the server, not in place of one */
	}
}

void assert_done(struct answer a)
{
	if (!a.ok)
		fail_msg("refused: %s %s", a.error, a.message);
}

void assert_refused(struct answer a, const char *error, const char *by)
{
	if (a.ok || strcmp(a.error, error) != 0 || strcmp(a.by, by) != 0)
		fail_msg("expected %s by %s, got ok=%d %s by %s: %s", error, by, a.ok, a.error, a.by, a.message);
}

struct answer one_after_other(struct person *first, const char *a1, const char *args1, struct person *second, const char *a2,
    const char *args2, int64_t no)
{
	int version = case_version(no);

	run(first, "BEGIN");
	assert_done(act(first, a1, no, version, args1));
	act_send(second, a2, no, version, args2);
	wait_blocked(second);
	run(first, "COMMIT");
	return act_answer(second);
}
