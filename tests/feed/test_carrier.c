/* The carrier against a PostgreSQL that is played here: what it asks for, with which bounds, and what it does when an answer is an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/daemon/carrier.h"
#include "core/daemon/leader.h"
#include "core/daemon/pool.h"
#include "db/result.h"

/* --- the other side ------------------------------------------------------------------------------------------------- */

enum { CALLS_MAX = 64, PARAMS_MAX = 8, COLUMNS = 11 };
static struct call { enum statement s; char param[PARAMS_MAX][300]; db_row_fn row; db_done_fn done; void *ctx; bool answered; } calls[CALLS_MAX];
static int ncalls;

static uint64_t note(enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done, void *ctx)
{
	struct call *q = &calls[ncalls++];

	assert_true(ncalls < CALLS_MAX);
	*q = (struct call){ .s = s, .row = row, .done = done, .ctx = ctx };
	for (int i = 0; i < nparams; i++)
		snprintf(q->param[i], sizeof q->param[i], "%s", params[i].text ? params[i].text : "-");
	return 1;
}

uint64_t db_send(struct db *db, enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done, void *ctx)
{
	(void)db;
	return note(s, params, nparams, row, done, ctx);
}

void pool_send(struct pool *p, enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done, void *ctx)
{
	(void)p;
	note(s, params, nparams, row, done, ctx);
}

struct db *leader_db(const struct leader *l)
{
	return (struct db *)l; /* always there */
}

/* --- a carrier ------------------------------------------------------------------------------------------------------ */

struct site {
	struct event_base *base;
	struct evdns_base *dns;
	struct evconnlistener *door; /* a gateway that takes connections and says nothing */
	struct carrier *carrier;
	struct metrics metrics;
	char url[80];
};

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int len, void *ctx)
{
	(void)l, (void)fd, (void)from, (void)len, (void)ctx;
}

static void begin(struct site *s)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof any;
	struct conf conf = { .outbox_receivers = "", .outbox_ca_file = "", .outbox_parallel = 4, .outbox_each = 2, .outbox_deadline = 60000, .outbox_poll = 100,
		.sms_url = s->url, .sms_method = "POST", .sms_type = "form", .sms_body = "{phone}{text}", .sms_headers = "", .sms_accepted = "", .sms_again = "",
		.sms_parts = 1 };
	struct err e;

	*s = (struct site){ .base = event_base_new() };
	ncalls = 0;
	s->dns = evdns_base_new(s->base, 0);
	s->door = evconnlistener_new_bind(s->base, on_accept, s, LEV_OPT_CLOSE_ON_FREE, 8, (struct sockaddr *)&any, sizeof any);
	assert_int_equal(getsockname(evconnlistener_get_fd(s->door), (struct sockaddr *)&any, &len), 0);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/send", ntohs(any.sin_port));
	s->carrier = carrier_new(s->base, s->dns, NULL, (struct leader *)s, &s->metrics, &conf, &e);
	assert_non_null(s->carrier);
}

static void end(struct site *s)
{
	carrier_free(s->carrier);
	evconnlistener_free(s->door);
	evdns_base_free(s->dns, 0);
	event_base_free(s->base);
}

/* Messages to this address; or, without a server, one row of one word. */
static void answer(struct call *q, int rows, const char *address, const char *server)
{
	PGresult *r = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc columns[COLUMNS] = { { .name = (char *)"c" } };

	q->answered = true;
	PQsetResultAttrs(r, COLUMNS, columns);
	for (int i = 0; i < rows; i++) {
		char id[8];
		const char *value[COLUMNS] = { server ? id : address, "key", "1", "0", "citizen", "result", address, "words", "{}", "{}", server };

		snprintf(id, sizeof id, "%d", i + 1);
		for (int k = 0; k < COLUMNS; k++)
			PQsetvalue(r, i, k, (char *)value[k], value[k] ? (int)strlen(value[k]) : -1);
		q->row(q->ctx, &(struct db_row){ r, i });
	}
	q->done(q->ctx, NULL, (size_t)rows);
	PQclear(r);
}

/* The loop turns until this is asked for, next of all but for reports; while a report is waited for there is nothing to take. */
static struct call *asks(struct site *s, enum statement wanted, int after)
{
	usec_t until = clock_monotonic() + 10 * USEC_S;

	while (clock_monotonic() < until) {
		for (int i = after; i < ncalls; i++) {
			if (calls[i].s == wanted)
				return &calls[i];
			if (wanted == SQL_OUTBOX_DONE && !calls[i].answered)
				answer(&calls[i], 0, NULL, NULL);
			else if (calls[i].s != SQL_OUTBOX_DONE && wanted != SQL_OUTBOX_DONE)
				fail_msg("%s instead of %s", statement_table[calls[i].s].name, statement_table[wanted].name);
		}
		event_base_loop(s->base, EVLOOP_ONCE);
	}
	fail_msg("%s is not asked", statement_table[wanted].name);
	return NULL;
}

static int index_of(const struct call *q)
{
	return (int)(q - calls);
}

static void refuse(struct call *q, enum err_code code)
{
	struct err e;

	q->answered = true;
	err_set(&e, code, "", "no");
	q->done(q->ctx, &e, 0);
}

/* --- tests ---------------------------------------------------------------------------------------------------------- */

/* What is under way counts by server, whoever it is for. */
static void bounds_are_of_servers(void **state)
{
	struct site s;
	struct call *q;

	(void)state;
	begin(&s);
	q = asks(&s, SQL_OUTBOX_ORPHANS, 0);
	answer(q, 0, NULL, NULL);
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(q) + 1);
	assert_string_equal(q->param[0], "4");
	assert_string_equal(q->param[1], "2");
	assert_string_equal(q->param[2], "{}");
	answer(q, 2, "13800000001", "sms");
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(q) + 1);
	assert_string_equal(q->param[0], "2");
	assert_string_equal(q->param[2], "{\"sms\":2}");
	answer(q, 0, NULL, NULL);
	end(&s);
}

/* Orphans that cannot be asked for are not in the way of what can be sent. */
static void orphans_do_not_stop_the_rest(void **state)
{
	struct site s;
	struct call *q;

	(void)state;
	begin(&s);
	q = asks(&s, SQL_OUTBOX_ORPHANS, 0);
	refuse(q, ERR_INTERNAL);
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(q) + 1);
	refuse(q, ERR_CONFLICT); /* somebody else leads: what we may have taken is looked for first */
	q = asks(&s, SQL_OUTBOX_ORPHANS, index_of(q) + 1);
	answer(q, 0, NULL, NULL);
	end(&s);
}

/* A report that the database refuses, for whatever reason, is given again as it was, but not at every turn, and holds no place at a server. */
static void given_again_after(enum err_code why)
{
	struct site s;
	struct call *q, *report;
	usec_t first;

	begin(&s);
	q = asks(&s, SQL_OUTBOX_ORPHANS, 0);
	answer(q, 0, NULL, NULL);
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(q) + 1);
	answer(q, 1, "https://nobody.example/", "https://nobody.example");
	report = asks(&s, SQL_OUTBOX_DONE, 0);
	assert_string_equal(report->param[2], "refused");
	refuse(report, why);
	first = clock_monotonic();
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(q) + 1);
	assert_string_equal(q->param[2], "{}");
	answer(q, 0, NULL, NULL);
	report = asks(&s, SQL_OUTBOX_DONE, index_of(report) + 1);
	assert_true(clock_monotonic() - first >= USEC_S * 9 / 10);
	assert_string_equal(report->param[2], "refused");
	answer(report, 1, "sent", NULL);
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(report) + 1);
	assert_string_equal(q->param[0], "3");
	answer(q, 0, NULL, NULL);
	q = asks(&s, SQL_OUTBOX_TAKE, index_of(q) + 1);
	assert_string_equal(q->param[0], "4"); /* it is out of our hands */
	end(&s);
}

static void a_report_is_given_again(void **state)
{
	(void)state;
	given_again_after(ERR_INTERNAL);
	given_again_after(ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_of_servers), cmocka_unit_test(orphans_do_not_stop_the_rest), cmocka_unit_test(a_report_is_given_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
