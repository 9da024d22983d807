/*
 * 10,000 cases, a hundred people pressing `next` until nothing is left: every case is won once, nobody is ever refused, nobody waits long,
 * and each of them was given the most pressing case that was free.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <poll.h>
#include <time.h>
#include <cmocka.h>
#include "tests/tools/race.h"

enum { CASES = 10000, PEOPLE = 100 };

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void make_cases(void)
{
	owner_do("DO $$ BEGIN FOR i IN 1 .. %d LOOP PERFORM count(*) FROM fenbo.intake(sha256('hotline-key'), (SELECT jsonb_agg(jsonb_build_object("
	    "'line', l, 'external_id', i || '-' || l, 'text', 'x', 'priority', (ARRAY['urgent', 'fast', 'normal'])[1 + l %% 3],"
	    " 'received_at', fenbo.now_() - make_interval(mins => l))) FROM generate_series(1, 500) l)); END LOOP; END $$", CASES / 500);
	owner_do("ANALYZE fenbo.queue");
}

struct crowd {
	struct person person[PEOPLE];
	int64_t asked[PEOPLE];
	bool done[PEOPLE];
	int64_t won[CASES + PEOPLE], wait_us[CASES + PEOPLE];
	int wins, left;
};

static void ask(struct crowd *c, int i)
{
	c->asked[i] = now_us();
	act_send(&c->person[i], "next", 0, 0, NULL);
}

static void take(struct crowd *c, int i)
{
	struct answer a;

	if (!PQconsumeInput(c->person[i].conn))
		fail_msg("%s", PQerrorMessage(c->person[i].conn));
	if (PQisBusy(c->person[i].conn))
		return;
	a = act_answer(&c->person[i]);
	if (!a.id) {                                 /* nothing free is left */
		c->done[i] = true;
		c->left--;
		return;
	}
	assert_true(a.ok);
	assert_true(c->wins < CASES);
	c->wait_us[c->wins] = now_us() - c->asked[i];
	c->won[c->wins++] = a.id;
	ask(c, i);
}

static void claim_all(struct crowd *c)
{
	struct pollfd fds[PEOPLE];

	c->left = PEOPLE;
	for (int i = 0; i < PEOPLE; i++)
		ask(c, i);
	while (c->left > 0) {
		for (int i = 0; i < PEOPLE; i++)
			fds[i] = (struct pollfd){ .fd = c->done[i] ? -1 : PQsocket(c->person[i].conn), .events = POLLIN };
		if (poll(fds, PEOPLE, 60000) <= 0)
			fail_msg("nobody has got anything for a minute; %d claimed", c->wins);
		for (int i = 0; i < PEOPLE; i++) {
			if (!c->done[i] && fds[i].revents)
				take(c, i);
		}
	}
}

static void test_ten_thousand(void **state)
{
	static struct crowd c;
	int64_t start;

	(void)state;
	make_cases();
	for (int i = 0; i < PEOPLE; i++)
		c.person[i] = person_open(i % 2 ? "anna" : "ben");
	start = now_us();
	claim_all(&c);
	print_message("%d claims by %d people, %.0f a second\n", c.wins, PEOPLE, c.wins * 1e6 / (double)(now_us() - start));
	assert_int_equal(c.wins, CASES);
	qsort(c.won, CASES, sizeof(c.won[0]), by_number);
	for (int i = 1; i < CASES; i++)
		assert_true(c.won[i - 1] < c.won[i]);
	qsort(c.wait_us, CASES, sizeof(c.wait_us[0]), by_number);
	print_message("waited: median %.1f ms, p99 %.1f ms, longest %.1f ms\n", (double)c.wait_us[CASES / 2] / 1000,
	    (double)c.wait_us[CASES * 99 / 100] / 1000, (double)c.wait_us[CASES - 1] / 1000);
	assert_true(c.wait_us[CASES - 1] < 10000000);
	for (int i = 0; i < PEOPLE; i++)
		person_close(&c.person[i]);
}

static void test_record(void **state)
{
	(void)state;
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.queue WHERE session IS NOT NULL AND version = 2"), CASES);
	assert_int_equal(owner_number("SELECT count(DISTINCT no) FROM fenbo.event WHERE action = 'next'"), CASES);
	assert_int_equal(owner_number("SELECT count(*) FROM fenbo.event WHERE action = 'next'"), CASES);
	/* In the order of the log one is about a crowd's length away from his place in the queue; who sleeps with a claim in hand may be further, and few do. */
	assert_in_range(owner_number("SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY q.priority, q.rank_at, q.no)"
	    " - row_number() OVER (ORDER BY e.id) AS off FROM fenbo.event e JOIN fenbo.queue q USING (no) WHERE e.action = 'next') x"
	    " WHERE abs(off) > 200"), 0, CASES / 100);
	owner_do("SELECT t.chains()");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_ten_thousand), cmocka_unit_test(test_record) };
	int failed;

	if (!race_start()) {
		puts("no database: run me by tests/tools/with-cluster.sh");
		return 77;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	race_stop();
	return failed;
}
