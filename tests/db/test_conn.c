/*
 * db/conn.h on a real server: rows, errors, transactions, and everything that can happen to a connection. The statements are the
 * test's own, put in the place of real ones.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <libpq-fe.h>
#include "core/base/clock.h"
#include "db/conn.h"

enum { S_SERIES, S_FAIL, S_RAISE, S_SLEEP, S_INSERT, S_COUNT, S_LEVEL, S_PID, S_TYPES, S_BROKEN, S_TESTS };
static const char *const texts[S_TESTS] = {
	[S_SERIES] = "SELECT n, repeat('x', 20) FROM generate_series(1, $1::int) n",
	[S_FAIL] = "SELECT 1 / $1::int",
	[S_RAISE] = "SELECT conn_test.raise($1)",
	[S_SLEEP] = "SELECT pg_sleep($1::float8)",
	[S_INSERT] = "INSERT INTO conn_test.t VALUES ($1::int)",
	[S_COUNT] = "SELECT count(*) FROM conn_test.t",
	[S_LEVEL] = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')",
	[S_PID] = "SELECT pg_backend_pid()",
	[S_TYPES] = "SELECT true, NULL::text, -12.5e3::float8, timestamptz '2026-11-22 17:42:08.123+08', $1::bytea, $2::text, 1e-7::float8",
	[S_BROKEN] = "SELECT no_such_column",
};
static struct statement_info statements[SQL_COUNT];
static enum statement slot[S_TESTS]; /* the db_* statements keep their places */

struct fixture {
	struct event_base *base;
	struct evdns_base *dns;
	struct db *db;
	int readies, ups, downs;
	struct err why;
};
struct answer { int calls; bool failed; struct err e; size_t rows; long sum; char text[64]; };

static PGconn *owner;

static void
sql(const char *text)
{
	PGresult *r = PQexec(owner, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(owner));
	PQclear(r);
}

static void
on_state(void *ctx, enum db_state s, const struct err *why)
{
	struct fixture *f = ctx;

	if (s == DB_READY)
		f->ups++;
	if (s == DB_DOWN) {
		f->downs++;
		f->why = *why;
	}
}

static void
on_ready(void *ctx, struct db *db)
{
	struct fixture *f = ctx;

	(void)db;
	f->readies++;
}

static void
on_row(void *ctx, const struct db_row *r)
{
	struct answer *a = ctx;

	a->sum += (long)db_row_int(r, 0);
	snprintf(a->text, sizeof a->text, "%s", db_row_text(r, 0, NULL));
	if (db_row_columns(r) > 1 && a->text[0] != '\0') {
		size_t used = strlen(a->text);

		snprintf(a->text + used, sizeof a->text - used, " %.20s", db_row_text(r, 1, NULL));
	}
}

static void
on_done(void *ctx, const struct err *e, size_t rows)
{
	struct answer *a = ctx;

	a->calls++;
	a->failed = e != NULL;
	if (e != NULL)
		a->e = *e;
	a->rows = rows;
}

/* Turn the loop until *value reaches n; the deadline is only there to end a failing test. */
static void
wait_for(struct fixture *f, const int *value, int n)
{
	usec_t end = clock_monotonic() + 20 * USEC_S;
	struct timeval tick = { 0, 20000 };

	while (*value < n) {
		if (clock_monotonic() > end)
			fail_msg("nothing happened within 20 s (last: %s)", f->why.message);
		event_base_loopexit(f->base, &tick);
		event_base_loop(f->base, EVLOOP_ONCE);
	}
}

static uint64_t
send1(struct fixture *f, int s, const char *param, struct answer *a)
{
	struct db_param p[] = { DB_TEXT(param) };

	memset(a, 0, sizeof *a);
	return db_send(f->db, slot[s], p, param != NULL, on_row, on_done, a);
}

static void
ask(struct fixture *f, int s, const char *param, struct answer *a)
{
	send1(f, s, param, a);
	wait_for(f, &a->calls, 1);
}

static struct db_options
options(struct fixture *f)
{
	return (struct db_options){ .conninfo = getenv("FENBO_TEST_URL"), .application = "test_conn", .silence_ms = 5000,
		.statements = statements, .state = on_state, .ready = on_ready, .ctx = f };
}

static void
open_with(struct fixture *f, const struct db_options *o)
{
	f->base = event_base_new();
	f->dns = evdns_base_new(f->base, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	f->db = db_new(f->base, f->dns, o);
	assert_non_null(f->db);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct db_options o = options(f);

	sql("TRUNCATE conn_test.t");
	open_with(f, &o);
	*state = f;
	return 0;
}

static int
setup_closed(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return 0;
}

static void
close_all(struct fixture *f)
{
	db_free(f->db);
	if (f->dns != NULL)
		evdns_base_free(f->dns, 0);
	if (f->base != NULL)
		event_base_free(f->base);
	memset(f, 0, sizeof *f);
}

static int
teardown(void **state)
{
	close_all(*state);
	free(*state);
	return 0;
}

static void
test_rows(void **state)
{
	struct fixture *f = *state;
	struct answer a, b;

	send1(f, S_SERIES, "10000", &a); /* sent before there is a connection */
	ask(f, S_SERIES, "3", &b);
	assert_int_equal(a.calls, 1);
	assert_false(a.failed);
	assert_int_equal(a.rows, 10000);
	assert_int_equal(a.sum, 10000L * 10001 / 2);
	assert_int_equal(b.rows, 3);
	assert_int_equal(f->readies, 1);
	assert_int_equal(db_state(f->db), DB_READY);
	assert_int_equal(db_backlog(f->db), 0);
	memset(&a, 0, sizeof a); /* rows that nobody wants are counted all the same */
	db_send(f->db, slot[S_SERIES], (struct db_param[]){ DB_TEXT("50") }, 1, NULL, on_done, &a);
	wait_for(f, &a.calls, 1);
	assert_int_equal(a.rows, 50);
}

static void
on_types(void *ctx, const struct db_row *r)
{
	int *calls = ctx;
	size_t len;

	assert_int_equal(db_row_columns(r), 7);
	assert_true(db_row_bool(r, 0));
	assert_true(db_row_null(r, 1));
	assert_string_equal(db_row_text(r, 1, &len), "");
	assert_int_equal(len, 0);
	assert_true(db_row_real(r, 2) == -12500.0);
	assert_int_equal(db_row_time(r, 3), INT64_C(1795340528123000));
	assert_string_equal(db_row_text(r, 4, &len), "\\x00ff41");
	assert_int_equal(len, 8);
	assert_string_equal(db_row_text(r, 5, NULL), "燃气 '味\"");
	assert_true(db_row_real(r, 6) > 0.99e-7 && db_row_real(r, 6) < 1.01e-7);
	*calls += 1;
}

static void
test_types(void **state)
{
	struct fixture *f = *state;
	int calls = 0;
	char text[] = "燃气 '味\"";
	struct db_param p[] = { { "\0\xff" "A", 3, true }, DB_TEXT(text) };

	db_send(f->db, slot[S_TYPES], p, 2, on_types, NULL, &calls);
	memset(text, 'z', sizeof text - 1); /* it was copied */
	wait_for(f, &calls, 1);
}

static void
test_errors_cost_only_themselves(void **state)
{
	struct fixture *f = *state;
	struct answer a, b, c, d, e;

	send1(f, S_SERIES, "5", &a);
	send1(f, S_FAIL, "0", &b);
	send1(f, S_RAISE, "{\"error\":\"stale\",\"field\":\"version\",\"by\":\"zhang\"}", &c);
	send1(f, S_BROKEN, NULL, &d);
	ask(f, S_SERIES, "7", &e);
	assert_false(a.failed);
	assert_true(b.failed && c.failed && d.failed);
	assert_int_equal(b.e.code, ERR_INVALID);
	assert_int_equal(c.e.code, ERR_STALE);
	assert_string_equal(c.e.field, "version");
	assert_string_equal(c.e.message, "moved on");
	assert_int_equal(d.e.code, ERR_INTERNAL);
	assert_int_equal(e.rows, 7);
	ask(f, S_BROKEN, NULL, &d); /* was not prepared; is tried again, and fails again by itself */
	assert_true(d.failed);
	assert_int_equal(f->downs, 0);
}

static void
test_transactions(void **state)
{
	struct fixture *f = *state;
	struct answer a, b, c, n;

	db_begin(f->db, DB_TX_WRITE);
	send1(f, S_INSERT, "1", &a);
	send1(f, S_FAIL, "0", &b);
	send1(f, S_INSERT, "2", &c);
	db_end(f->db);
	ask(f, S_COUNT, NULL, &n);
	assert_true(a.failed && b.failed && c.failed);
	assert_int_equal(a.e.code, ERR_INVALID); /* the first error speaks for all */
	assert_int_equal(n.sum, 0);

	db_begin(f->db, DB_TX_WRITE);
	send1(f, S_INSERT, "1", &a);
	send1(f, S_INSERT, "2", &b);
	db_end(f->db);
	ask(f, S_COUNT, NULL, &n);
	assert_false(a.failed || b.failed);
	assert_int_equal(n.sum, 2);
	db_begin(f->db, DB_TX_WRITE);
	db_end(f->db); /* nothing in it: nothing happens */
}

static void
test_snapshot(void **state)
{
	struct fixture *f = *state;
	struct answer a, b, c;

	db_begin(f->db, DB_TX_SNAPSHOT);
	send1(f, S_LEVEL, NULL, &a);
	send1(f, S_COUNT, NULL, &b);
	db_end(f->db);
	ask(f, S_LEVEL, NULL, &c);
	assert_string_equal(a.text, "repeatable read on");
	assert_string_equal(c.text, "read committed off"); /* ours was not left open */

	db_begin(f->db, DB_TX_SNAPSHOT);
	send1(f, S_INSERT, "1", &a);
	send1(f, S_COUNT, NULL, &b);
	db_end(f->db);
	ask(f, S_INSERT, "5", &c);
	assert_true(a.failed && b.failed);
	assert_int_equal(a.e.code, ERR_UNAVAILABLE); /* what a standby would say, too */
	assert_false(c.failed);
}

static void
test_forget(void **state)
{
	struct fixture *f = *state;
	struct answer a, b, c;
	uint64_t early = send1(f, S_INSERT, "1", &a);

	db_forget(f->db, early); /* not sent yet: it does not happen */
	ask(f, S_COUNT, NULL, &c);
	assert_int_equal(c.sum, 0);
	db_forget(f->db, send1(f, S_SERIES, "100", &b));
	ask(f, S_COUNT, NULL, &c);
	assert_int_equal(a.calls + b.calls, 0);
	assert_int_equal(db_backlog(f->db), 0);
}

static void
test_queue_bound(void **state)
{
	struct fixture *f = *state;
	struct db_options o = options(f);
	struct answer a[4];

	o.queue_max = 3;
	open_with(f, &o);
	for (int i = 0; i < 4; i++)
		assert_true((send1(f, S_PID, NULL, &a[i]) != 0) == (i < 3));
	assert_int_equal(a[3].calls, 1);
	assert_int_equal(a[3].e.code, ERR_TOO_MANY);
	wait_for(f, &a[2].calls, 1);
	assert_false(a[2].failed);
}

static void
test_backend_killed(void **state)
{
	struct fixture *f = *state;
	struct answer pid, sleeping, behind, after;
	char text[128];

	ask(f, S_PID, NULL, &pid);
	send1(f, S_SLEEP, "60", &sleeping);
	send1(f, S_INSERT, "1", &behind);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	snprintf(text, sizeof text, "SELECT pg_terminate_backend(%ld)", pid.sum);
	sql(text);
	wait_for(f, &behind.calls, 1);
	assert_int_equal(sleeping.e.code, ERR_UNAVAILABLE);
	assert_int_equal(behind.e.code, ERR_UNAVAILABLE);
	assert_int_equal(f->downs, 1);
	wait_for(f, &f->ups, 2);
	assert_int_equal(f->readies, 2);
	ask(f, S_COUNT, NULL, &after);
	assert_int_equal(after.sum, 0);

	ask(f, S_PID, NULL, &pid); /* and idle, by kill -9, which restarts the whole server */
	kill((pid_t)pid.sum, SIGKILL);
	wait_for(f, &f->downs, 2);
	wait_for(f, &f->ups, 3);
	ask(f, S_COUNT, NULL, &after);
	assert_false(after.failed);
	PQreset(owner);
	while (PQstatus(owner) != CONNECTION_OK)
		PQreset(owner);
}

static void
cluster(const char *verb)
{
	const char *script = "db/cluster/cluster.sh", *dir = getenv("FENBO_TEST_CLUSTER");
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl(script, script, verb, dir, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
test_server_away(void **state)
{
	struct fixture *f = *state;
	struct answer a;

	wait_for(f, &f->ups, 1);
	cluster("stop");
	wait_for(f, &f->downs, 1);
	if (db_state(f->db) == DB_DOWN) {
		assert_int_equal(send1(f, S_PID, NULL, &a), 0); /* refused at once, not kept for later */
		assert_int_equal(a.e.code, ERR_UNAVAILABLE);
	}
	wait_for(f, &f->downs, 3); /* it goes on trying */
	cluster("start");
	wait_for(f, &f->ups, 2);
	ask(f, S_PID, NULL, &a);
	assert_false(a.failed);
	PQreset(owner);
}

static void
test_silence(void **state)
{
	struct fixture *f = *state;
	struct db_options o = options(f);
	struct answer pid, a;
	usec_t from;

	o.silence_ms = 600;
	open_with(f, &o);
	ask(f, S_PID, NULL, &pid);
	from = clock_monotonic();
	kill((pid_t)pid.sum, SIGSTOP); /* idle: only a ping can find out */
	wait_for(f, &f->downs, 1);
	kill((pid_t)pid.sum, SIGCONT);
	assert_true(clock_monotonic() - from < 2 * USEC_S);
	wait_for(f, &f->ups, 2);

	ask(f, S_PID, NULL, &pid);
	kill((pid_t)pid.sum, SIGSTOP);
	from = clock_monotonic();
	ask(f, S_COUNT, NULL, &a);
	kill((pid_t)pid.sum, SIGCONT);
	assert_int_equal(a.e.code, ERR_UNAVAILABLE);
	assert_true(clock_monotonic() - from < 2 * USEC_S);
	wait_for(f, &f->ups, 3);
	from = clock_monotonic(); /* quiet is not silence: an idle connection lives on */
	while (clock_monotonic() - from < 2 * USEC_S) {
		struct timeval tick = { 0, 50000 };

		event_base_loopexit(f->base, &tick);
		event_base_loop(f->base, EVLOOP_ONCE);
	}
	assert_int_equal(f->downs, 2);
}

static void
test_statement_timeout(void **state)
{
	struct fixture *f = *state;
	struct db_options o = options(f);
	struct answer a;

	o.statement_ms = 100;
	open_with(f, &o);
	ask(f, S_SLEEP, "30", &a);
	assert_int_equal(a.e.code, ERR_TOO_MANY);
	assert_int_equal(f->downs, 0);
}

static void
connect_to(struct fixture *f, const char *format, ...)
{
	char text[1024];
	struct db_options o = options(f);
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	o.conninfo = text;
	o.connect_ms = 1000;
	open_with(f, &o);
}

static const char *
socket_dir(void)
{
	return PQhost(owner);
}

static void
test_several_hosts(void **state)
{
	struct fixture *f = *state;

	/* 192.0.2.1 is nobody's (RFC 5737): it is given up after its own second, and the next one is tried */
	connect_to(f, "host=/nonexistent,192.0.2.1,%s dbname=fenbo user=postgres target_session_attrs=read-write", socket_dir());
	wait_for(f, &f->ups, 1);
	assert_int_equal(f->downs, 0);
}

static void
test_names(void **state)
{
	struct fixture *f = *state;

	connect_to(f, "host=localhost port=1 dbname=fenbo user=postgres"); /* found, and nobody is there */
	wait_for(f, &f->downs, 1);
	assert_non_null(strstr(f->why.message, "refused"));
	close_all(f);
	connect_to(f, "host=no-such-host.invalid dbname=fenbo user=postgres"); /* not found, or nobody to ask */
	wait_for(f, &f->downs, 2);
	assert_int_equal(f->why.code, ERR_UNAVAILABLE);
	assert_true(strstr(f->why.message, "not found") != NULL || strstr(f->why.message, "no connection within") != NULL);
}

static void
test_session_attrs(void **state)
{
	struct fixture *f = *state;

	connect_to(f, "host=%s dbname=fenbo user=postgres target_session_attrs=standby", socket_dir());
	wait_for(f, &f->downs, 2);
	assert_int_equal(f->ups, 0);
	assert_non_null(strstr(f->why.message, "standby"));
	close_all(f);
	connect_to(f, "host=%s dbname=fenbo user=postgres target_session_attrs=prefer-standby", socket_dir());
	wait_for(f, &f->ups, 1);
}

static void
test_bad_strings(void **state)
{
	struct fixture *f = *state;

	connect_to(f, "host=%s dbname=fenbo user=conn_test_nobody password=wrong", socket_dir());
	wait_for(f, &f->downs, 1);
	assert_int_equal(f->why.code, ERR_FORBIDDEN);
	close_all(f);
	connect_to(f, "hots=nowhere");
	wait_for(f, &f->downs, 1);
	assert_int_equal(f->why.code, ERR_USAGE);
}

static void
free_in_done(void *ctx, const struct err *e, size_t rows)
{
	struct fixture *f = ctx;

	(void)e;
	(void)rows;
	if (f->db != NULL)
		db_free(f->db);
	f->db = NULL;
	f->downs = 100;
}

static void
test_free_in_callback(void **state)
{
	struct fixture *f = *state;
	struct answer a;

	wait_for(f, &f->ups, 1);
	db_send(f->db, slot[S_PID], NULL, 0, NULL, free_in_done, f);
	send1(f, S_SERIES, "100", &a);
	wait_for(f, &f->downs, 100);
	wait_for(f, &a.calls, 1);
	assert_int_equal(a.e.code, ERR_UNAVAILABLE);
}

struct ticker { struct event *event; int ticks; };

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ticker *t = arg;
	struct timeval now = { 0, 0 };

	(void)fd;
	(void)what;
	t->ticks++;
	event_add(t->event, &now);
}

static void
test_rows_leave_room_for_others(void **state)
{
	struct fixture *f = *state;
	struct answer a;
	struct ticker t = { 0 };

	wait_for(f, &f->ups, 1);
	t.event = evtimer_new(f->base, on_tick, &t);
	on_tick(-1, 0, &t);
	ask(f, S_SERIES, "20000", &a);
	event_free(t.event);
	assert_int_equal(a.rows, 20000);
	assert_in_range(t.ticks, 20000 / 256 / 2, 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_types, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors_cost_only_themselves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_transactions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_snapshot, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forget, setup, teardown),
		cmocka_unit_test_setup_teardown(test_queue_bound, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_free_in_callback, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rows_leave_room_for_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_statement_timeout, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_several_hosts, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_names, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_session_attrs, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_bad_strings, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_silence, setup_closed, teardown),
		cmocka_unit_test_setup_teardown(test_backend_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_server_away, setup, teardown),
	};

	if (getenv("FENBO_TEST_URL") == NULL) {
		puts("needs a server: run by tests/tools/with-cluster.sh");
		return 77;
	}
	memcpy(statements, statement_table, sizeof statement_table);
	for (int i = 0, at = 0; i < S_TESTS; at++)
		if (at != SQL_DB_SETUP && at != SQL_DB_SNAPSHOT && at != SQL_DB_ROLLBACK) {
			slot[i] = at;
			statements[at].text = texts[i++];
		}
	owner = PQconnectdb(getenv("FENBO_TEST_URL"));
	sql("CREATE SCHEMA conn_test; CREATE TABLE conn_test.t (n int);"
	    "CREATE FUNCTION conn_test.raise(detail text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
	    "  RAISE EXCEPTION 'moved on' USING ERRCODE = 'FB000', DETAIL = detail; END $$;"
	    "CREATE ROLE conn_test_nobody LOGIN PASSWORD 'right'");
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
