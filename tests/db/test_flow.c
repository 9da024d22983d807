/*
 * Arrivals and departures, counted twice: by fenbo.flow out of the log, partly rolled up and partly on the spot, and by core/appeal/flow.c out of
 * the frames of the feed, while people press anything at some cases and the clock goes on. Both must come to the same, for every desk and
 * unit, priority and five minutes; also for a console that asked half-way and followed from there.
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

#include "core/appeal/flow.h"
#include "core/appeal/queue.h"
#include "core/feed/cursor.h"

enum { ROUNDS = 8, PRESSED = 60, FRAMES = 1000 };

static PGconn *db;

static PGresult *
ask(const char *text)
{
	PGresult *r = PQexec(db, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(db));
	return r;
}

static void
sql(const char *text)
{
	PQclear(ask(text));
}

static void
value(const char *text, char *out, size_t size)
{
	PGresult *r = ask(text);

	snprintf(out, size, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
}

/* A console: the queue it holds, and the flow it counts. */
struct console { struct queue *queue; struct flow *flow; char cursor[64]; uint64_t tx; };

static void
changed(void *ctx, const struct summary *was, const struct summary *is)
{
	struct console *c = ctx;

	assert_non_null(is);
	flow_move(c->flow, c->tx, is->at, was, is);
}

static void
console_new(struct console *c, const char *cursor)
{
	*c = (struct console){ .queue = queue_new(), .flow = flow_new() };
	snprintf(c->cursor, sizeof c->cursor, "%s", cursor);
	queue_watch(c->queue, changed, c);
}

static void
console_free(struct console *c)
{
	queue_free(c->queue);
	flow_free(c->flow);
}

static void
follow(struct console *c)
{
	char text[160];
	int n;

	do {
		snprintf(text, sizeof text, "SELECT cursor, action, data FROM fenbo.feed_read('%s', %d) WHERE no <> 0", c->cursor, FRAMES);
		PGresult *r = ask(text);

		n = PQntuples(r);
		for (int i = 0; i < n; i++) {
			struct summary s;
			struct summary_hold *hold = NULL;
			struct cursor at;
			struct err e;

			if (!summary_decode(PQgetvalue(r, i, 2), strlen(PQgetvalue(r, i, 2)), &s, &hold, &e))
				fail_msg("%s: %s", e.message, PQgetvalue(r, i, 2));
			assert_true(cursor_parse(PQgetvalue(r, i, 0), &at));
			c->tx = at.tx;
			queue_apply(c->queue, &s);
			if (strcmp(PQgetvalue(r, i, 1), "breach") == 0)
				flow_late(c->flow, c->tx, s.at, &s);
			summary_release(hold);
			snprintf(c->cursor, sizeof c->cursor, "%s", PQgetvalue(r, i, 0));
		}
		PQclear(r);
	} while (n == FRAMES);
}

static void
take_reading(struct flow *f)
{
	PGresult *r = ask("SELECT * FROM fenbo.flow(fenbo.now_() - interval '1 day')");
	struct cursor at;

	assert_true(PQntuples(r) > 0 && cursor_parse(PQgetvalue(r, 0, 0), &at));
	flow_begin(f);
	for (int i = 1; i < PQntuples(r); i++) {
		unsigned n[FLOW_WHATS];
		enum priority p;

		for (int w = 0; w < FLOW_WHATS; w++)
			n[w] = (unsigned)atoi(PQgetvalue(r, i, 5 + w));
		assert_true(priority_parse(PQgetvalue(r, i, 4), &p));
		flow_put(f, atoll(PQgetvalue(r, i, 1)), strcmp(PQgetvalue(r, i, 2), "desk") == 0 ? FLOW_DESK : FLOW_UNIT, PQgetvalue(r, i, 3), p, n);
	}
	PQclear(r);
	flow_end(f, true, at.tx);
	assert_true(flow_known(f) && !flow_failed(f));
}

/* `all` (may be NULL): how many there were of each. */
static void
compare(const struct flow *a, const struct flow *b, const char *whose, unsigned all[FLOW_WHATS])
{
	PGresult *codes = ask("SELECT code FROM fenbo.unit UNION SELECT 'centre'");
	char text[32];
	usec_t now;

	value("SELECT (extract(epoch FROM fenbo.now_()) * 1000000)::bigint", text, sizeof text);
	now = atoll(text);
	for (int c = 0; c <= PQntuples(codes); c++)
		for (int side = 0; side < FLOW_SIDES; side++)
			for (int p = 0; p < PRIORITY_COUNT; p++)
				for (int w = 0; w < FLOW_WHATS; w++) {
					const char *code = c < PQntuples(codes) ? PQgetvalue(codes, c, 0) : NULL;
					unsigned x[FLOW_SLOTS], y[FLOW_SLOTS];

					flow_series(a, (enum flow_side)side, code, p, (enum flow_what)w, now, FLOW_SLOTS, x);
					flow_series(b, (enum flow_side)side, code, p, (enum flow_what)w, now, FLOW_SLOTS, y);
					for (int i = 0; i < FLOW_SLOTS; i++) {
						if (x[i] != y[i])
							fail_msg("%s: %s of %s %s, %s, %d slots ago: %u by the log, %u by the frames", whose,
							    ((const char *[]){ "came", "went", "eased", "late" })[w], side == FLOW_DESK ? "desk" : "unit",
							    code ? code : "(all)", priority_name((enum priority)p), FLOW_SLOTS - 1 - i, x[i], y[i]);
						if (code == NULL && all != NULL)
							all[w] += x[i];
					}
				}
	PQclear(codes);
}

static void
twice_the_same(void **state)
{
	struct console first, later;
	struct flow *log = flow_new(), *again = flow_new();
	char cursor[64], text[120];
	unsigned n[FLOW_WHATS] = { 0 };

	(void)state;
	value("SELECT fenbo.feed_cursor()", cursor, sizeof cursor);
	console_new(&first, cursor);
	console_new(&later, cursor);
	sql("SELECT t.make('f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9', 'f10', 'f11', 'f12', 'f13', 'f14')");
	sql("SELECT fenbo.lead()");
	/* The storm seldom says it right: a contact, by hand. */
	sql("SELECT t.make('g'), t.does('sue', 'override', 'g', '{\"unit\": \"BA-ZJ\", \"reason\": \"other_unit\"}'), t.does('ute', 'accept', 'g'), "
	    "t.does('ute', 'contact', 'g', '{\"text\": \"said so\", \"outcome\": \"reached\"}')");
	sql("DELETE FROM t.name WHERE name = 'g'");
	for (int round = 1; round <= ROUNDS; round++) {
		snprintf(text, sizeof text, "UPDATE fenbo.setting SET value = '%d minutes' WHERE name = 'test_clock_offset'", round * 8);
		sql(text);
		sql("SELECT count(*) FROM fenbo.ladder(1000)");
		snprintf(text, sizeof text, "CALL t.storm(%d)", PRESSED);
		sql(text);
		snprintf(text, sizeof text, "SELECT fenbo._flow_roll(%d)", round % 3 ? 45 * round : 7);
		sql(text);
		if (round == ROUNDS / 2) {
			follow(&later); /* what it saw before it asked */
			take_reading(later.flow);
		}
	}
	/* A case that nobody touches until it is late; it comes when the storm is over, for somebody's undo would be one more touch. */
	sql("SELECT t.make('h'), t.does('sue', 'priority', 'h', '{\"priority\": \"urgent\"}')");
	snprintf(text, sizeof text, "UPDATE fenbo.setting SET value = '%d minutes' WHERE name = 'test_clock_offset'", ROUNDS * 8 + 31);
	sql(text);
	sql("SELECT count(*) FROM fenbo.ladder(1000)");
	follow(&first);
	follow(&later);
	take_reading(log);
	compare(log, first.flow, "who followed all along", n);
	printf("%u came, %u went, %u contacts, %u breaches\n", n[FLOW_CAME], n[FLOW_WENT], n[FLOW_EASED], n[FLOW_LATE]);
	assert_true(n[FLOW_CAME] > 20 && n[FLOW_WENT] > 15 && n[FLOW_EASED] > 0 && n[FLOW_LATE] > 0);
	compare(log, later.flow, "who asked half-way", NULL);
	sql("SELECT fenbo._flow_roll(100000)"); /* rolled up or not makes no difference */
	take_reading(again);
	compare(log, again, "after the roll-up", NULL);
	flow_free(log);
	flow_free(again);
	console_free(&first);
	console_free(&later);
}

/* Only what lies in one's scope; a desk that is not one's own is nobody's business here. */
static void
within_scope(void **state)
{
	char text[32];

	(void)state;
	value("SELECT count(*) FROM fenbo.flow(fenbo.now_() - interval '1 day') WHERE code = 'centre'", text, sizeof text);
	assert_true(atoi(text) > 0);
	sql("SELECT t.become('dora')");
	value("SELECT count(*) FILTER (WHERE code = 'centre') FROM fenbo.flow(fenbo.now_() - interval '1 day')", text, sizeof text);
	assert_string_equal(text, "0");
	sql("SELECT t.become('postgres')");
}

static int
begin(void **state)
{
	const char *url = getenv("FENBO_TEST_URL");
	char command[1200];

	(void)state;
	snprintf(command, sizeof command, "psql -XqAt -v ON_ERROR_STOP=1 -d \"%s\" -f tests/db/actions_fixture.sql -f tests/race/storm.sql >/dev/null", url);
	if (url == NULL || system(command) != 0)
		return -1;
	db = PQconnectdb(url);
	if (PQstatus(db) != CONNECTION_OK)
		return -1;
	sql("INSERT INTO fenbo.setting VALUES ('test_clock_offset', '0') ON CONFLICT DO NOTHING");
	sql("SELECT setseed(0.4)");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	PQfinish(db);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(twice_the_same), cmocka_unit_test(within_scope) };

	return cmocka_run_group_tests(tests, begin, end);
}
