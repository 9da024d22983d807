/* Hot spots: what rises against its own past is told, once, where it says most; what is as always is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/hotspot.h"

enum { DAY = 86400, HOUR = 3600, FOUND = 20 };
static const int64_t start = (int64_t)20000 * DAY; /* a Wednesday in the spring of 2024 */

static const char *const item[] = { "noise", "litter", "gas", "lamp" }, *const class_[] = { "nuisance", "nuisance", "utility", "utility" };
static const char *const community[] = { "c1", "c2", "c3", "c4", "c5", "c6" }, *const street[] = { "s1", "s1", "s1", "s2", "s2", "s2" };

static struct hotspot_case one(int64_t no, int64_t at, int i, int c)
{
	return (struct hotspot_case){ .no = no, .at = at, .matter = { item[i], class_[i], "all of it" }, .place = { community[c], street[c], "d" } };
}

/* `days` days of forty cases by day and none by night, without rhyme or reason. */
static struct hotspots *town(const struct hotspot_policy *p, int days, int64_t *no, int64_t *now)
{
	struct hotspots *h = hotspots_new(p);

	assert_non_null(h);
	srandom(11);
	for (int d = 0; d < days; d++)
		for (int i = 0; i < 40; i++) {
			struct hotspot_case x = one(++*no, start + (int64_t)d * DAY + 8 * HOUR + (int64_t)i * 12 * HOUR / 40, (int)(random() % 4), (int)(random() % 6));

			assert_true(hotspots_add(h, &x));
		}
	*now = start + (int64_t)days * DAY + 12 * HOUR;
	return h;
}

static const struct hotspot_policy policy = { .false_a_day = 0.2, .people = 3 };

static void a_burst_is_told_once(void **state)
{
	int64_t no = 0, now;
	struct hotspots *h = town(&policy, 40, &no, &now);
	struct hotspot out[FOUND];

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct hotspot_case x = one(++no, now + i * 60, 2, 4);

		assert_true(hotspots_add(h, &x));
	}
	now += 600;
	assert_int_equal(hotspots_find(h, now, out, FOUND), 1);
	assert_string_equal(out[0].matter, "gas");
	assert_string_equal(out[0].place, "c5");
	assert_int_equal(out[0].matter_level + out[0].place_level, 0);
	assert_int_equal(out[0].people, 8);
	assert_int_equal(out[0].nnos, 8);
	assert_true(out[0].no[0] == no && out[0].expected < 2 && !out[0].weak);
	assert_int_equal(out[0].day[HOTSPOT_DAYS - 1], 8);
	/* still there a moment later, gone two weeks later */
	assert_int_equal(hotspots_find(h, now + 60, out, FOUND), 1);
	for (int d = 0; d < 14; d++)
		for (int i = 0; i < 40; i++) {
			struct hotspot_case x = one(++no, start + (int64_t)(41 + d) * DAY + 8 * HOUR + (int64_t)i * 12 * HOUR / 40, (int)(random() % 4), (int)(random() % 6));

			hotspots_add(h, &x);
		}
	now = start + (int64_t)54 * DAY + 21 * HOUR;
	for (int i = 0, n = hotspots_find(h, now, out, FOUND); i < n; i++)
		assert_true(strcmp(out[i].matter, "gas") != 0 || strcmp(out[i].place, "c5") != 0);
	hotspots_free(h);
}

static void one_person_is_one(void **state)
{
	int64_t no = 0, now;
	struct hotspots *h = town(&policy, 40, &no, &now);
	struct hotspot out[FOUND];
	int people;
	double expected;

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct hotspot_case x = one(++no, now + i * 60, 2, 4);

		x.person = 77;
		assert_true(hotspots_add(h, &x));
	}
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 0);
	assert_true(hotspots_cell(h, now + 600, "gas", 0, "c5", 0, 0, &people, &expected));
	assert_int_equal(people, 1);
	assert_true(expected > 0 && expected < 1);
	assert_false(hotspots_cell(h, now, "nothing", 0, "c5", 0, 0, &people, &expected));
	hotspots_free(h);
}

/* All of it lies in one street, about one class, but in no one community and of no one item. */
static void told_where_it_says_most(void **state)
{
	int64_t no = 0, now;
	struct hotspots *h = town(&policy, 40, &no, &now);
	struct hotspot out[FOUND];

	(void)state;
	for (int i = 0; i < 12; i++) {
		struct hotspot_case x = one(++no, now + i * 60, 2 + i % 2, 3 + i % 3);

		assert_true(hotspots_add(h, &x));
	}
	assert_true(hotspots_find(h, now + 900, out, FOUND) >= 1);
	assert_string_equal(out[0].matter, "utility");
	assert_int_equal(out[0].matter_level, 1);
	assert_string_equal(out[0].place, "s2");
	assert_int_equal(out[0].place_level, 1);
	hotspots_free(h);
}

/* Twice of everything everywhere is a storm: the city, not its corners. */
static void a_storm_is_the_citys(void **state)
{
	int64_t no = 0, now;
	struct hotspots *h = town(&policy, 40, &no, &now);
	struct hotspot out[FOUND];
	int n;

	(void)state;
	for (int i = 0; i < 120; i++) {
		struct hotspot_case x = one(++no, now + i * 20, i % 4, i / 4 % 6);

		assert_true(hotspots_add(h, &x));
	}
	n = hotspots_find(h, now + HOUR, out, FOUND);
	assert_true(n >= 1);
	assert_int_equal(out[0].matter_level, HOTSPOT_MATTERS - 1);
	assert_string_equal(out[0].matter, "");
	for (int i = 1; i < n; i++)
		assert_true(out[i].place_level > 0 || out[i].matter_level > 0);
	hotspots_free(h);
}

static void what_is_dropped_is_gone(void **state)
{
	int64_t no = 0, now, first;
	struct hotspots *h = town(&policy, 40, &no, &now);
	struct hotspot out[FOUND];
	struct hotspot_heat heat[64];

	(void)state;
	first = no + 1;
	for (int i = 0; i < 8; i++) {
		struct hotspot_case x = one(++no, now + i * 60, 2, 4);

		assert_true(hotspots_add(h, &x));
	}
	assert_int_equal(hotspots_heat(h, now + 600, 0, 0, 0, heat, 64), 1);
	assert_int_equal(heat[0].people, 8);
	assert_string_equal(heat[0].place, "c5");
	for (int i = 0; i < 8; i++) {
		struct hotspot_case x = one(first + i, now + i * 60, 2, 4);

		hotspots_drop(h, &x);
	}
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 0);
	assert_int_equal(hotspots_heat(h, now + 600, 0, 0, 0, heat, 64), 0);
	hotspots_free(h);
}

/* A case is where it is now known to belong, whatever was guessed when it came in, and nowhere once it was none. */
static void a_case_moves_with_what_is_known(void **state)
{
	struct hotspots *h = town(&policy, 40, &(int64_t){ 0 }, &(int64_t){ 0 });
	int64_t now = start + 40 * (int64_t)DAY + 12 * HOUR, first = 100000;
	struct hotspot out[FOUND];
	double expected;
	int people;

	(void)state;
	for (int i = 0; i < 8; i++) { /* guessed as litter somewhere else */
		struct hotspot_case x = one(first + i, now + i * 60, 1, 0);

		x.person = (uint64_t)(i / 2 + 1); /* four people, each twice */
		assert_true(hotspots_put(h, &x) && hotspots_put(h, &x));
	}
	assert_int_equal(hotspots_count(h), 8);
	assert_true(hotspots_cell(h, now + 600, "litter", 0, "c1", 0, 0, &people, &expected));
	assert_int_equal(people, 4);
	assert_true(hotspots_cell(h, now + 600, "litter", 0, "c1", 0, 3, &people, &expected));
	for (int i = 0; i < 8; i++) { /* gas, by eight people, says who reads them */
		struct hotspot_case x = one(first + i, now + i * 60, 2, 4);

		assert_true(hotspots_put(h, &x));
	}
	assert_int_equal(hotspots_count(h), 8);
	assert_true(hotspots_cell(h, now + 600, "litter", 0, "c1", 0, 0, &people, &expected));
	assert_int_equal(people, 0);
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 1);
	assert_string_equal(out[0].matter, "gas");
	assert_int_equal(out[0].people, 8);
	for (int i = 0; i < 8; i++) /* pranks, all of them */
		hotspots_take(h, first + i);
	hotspots_take(h, first);
	hotspots_take(h, 424242); /* never came */
	assert_int_equal(hotspots_count(h), 0);
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 0);
	hotspots_free(h);
}

static void policy_holds_from_now_on(void **state)
{
	int64_t no = 0, now;
	struct hotspots *h = town(&policy, 40, &no, &now);
	struct hotspot_policy many = policy;
	struct hotspot out[FOUND];

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct hotspot_case x = one(++no, now + i * 60, 2, 4);

		assert_true(hotspots_add(h, &x));
	}
	many.people = 9;
	hotspots_policy(h, &many);
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 0);
	many.people = 8;
	hotspots_policy(h, &many);
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 1);
	hotspots_bars(h, out[0].surprise + 0.1, out[0].surprise - 0.1); /* as a trial may say */
	assert_int_equal(hotspots_find(h, now + 600, out, FOUND), 1);
	assert_true(out[0].weak);
	hotspots_free(h);
}

/* Where neighbours call together on every quiet day, five of them are nobody's hot spot; where nobody does, they are. */
static void neighbours_who_call_together(void **state)
{
	(void)state;
	for (int together = 1; together <= 4; together += 3) {
		struct hotspots *h = hotspots_new(&policy);
		struct hotspot out[FOUND];
		int64_t no = 0, now = start + 60 * (int64_t)DAY + 12 * HOUR;
		bool hot = false;

		srandom(3);
		for (int d = 0; d < 60; d++)
			for (int i = 0; i < 24 / together; i++) {
				int64_t at = start + (int64_t)d * DAY + 8 * HOUR + random() % (12 * HOUR);
				int k = (int)(random() % 4), c = (int)(random() % 6);

				for (int j = 0; j < together; j++) {
					struct hotspot_case x = one(++no, at + j * 60, k, c);

					hotspots_add(h, &x);
				}
			}
		for (int j = 0; j < 5; j++) {
			struct hotspot_case x = one(++no, now + j * 60, 2, 4);

			hotspots_add(h, &x);
		}
		for (int i = 0, n = hotspots_find(h, now + 600, out, FOUND); i < n; i++)
			hot |= !out[i].weak;
		assert_int_equal(hot, together == 1);
		hotspots_free(h);
	}
}

/* Mostly nothing happens in a town where nothing happens: ninety days, looked at every hour. */
static void false_alarms_are_few(void **state)
{
	struct hotspots *h = hotspots_new(&policy);
	struct hotspot out[FOUND];
	int told = 0;
	int64_t no = 0;

	(void)state;
	srandom(5);
	for (int d = 0; d < 120; d++)
		for (int hour = 0; hour < 24; hour++) {
			for (int i = random() % 5; hour > 7 && hour < 20 && i > 0; i--) {
				struct hotspot_case x = one(++no, start + (int64_t)d * DAY + (int64_t)hour * HOUR + random() % HOUR, (int)(random() % 4), (int)(random() % 6));

				hotspots_add(h, &x);
			}
			for (int i = 0, n = d < 30 ? 0 : hotspots_find(h, start + (int64_t)d * DAY + (int64_t)(hour + 1) * HOUR, out, FOUND); i < n; i++)
				told += !out[i].weak && out[i].since > start + (int64_t)d * DAY + (int64_t)(hour - 1) * HOUR;
		}
	assert_true(told <= 90 / 5);
	hotspots_free(h);
}

static void nonsense_is_survived(void **state)
{
	struct hotspots *h = hotspots_new(&(struct hotspot_policy){ 0 });
	struct hotspot out[2];
	struct hotspot_case x = { .no = 1, .at = -5, .matter = { NULL, "", NULL }, .place = { NULL } };

	(void)state;
	assert_int_equal(hotspots_find(h, 0, out, 2), 0);
	assert_true(hotspots_add(h, &x));
	x.at = INT32_MAX;
	assert_true(hotspots_add(h, &x));
	hotspots_drop(h, &x);
	x.no = 9;
	hotspots_drop(h, &x); /* never came */
	assert_int_equal(hotspots_find(h, INT32_MAX, out, 0), 0);
	assert_true(hotspots_bytes(h) > 0);
	hotspots_free(h);
	hotspots_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_burst_is_told_once), cmocka_unit_test(one_person_is_one),
		cmocka_unit_test(told_where_it_says_most), cmocka_unit_test(a_storm_is_the_citys), cmocka_unit_test(what_is_dropped_is_gone),
		cmocka_unit_test(a_case_moves_with_what_is_known), cmocka_unit_test(policy_holds_from_now_on),
		cmocka_unit_test(neighbours_who_call_together), cmocka_unit_test(false_alarms_are_few), cmocka_unit_test(nonsense_is_survived) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
