/* The bar that a trial sets lets through as many false alarms as policy accepts, on days that it has not seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/hotspot.h"
#include "core/machine/hotspot_trial.h"

enum { DAY = 86400, HOUR = 3600, FOUND = 50, PAST = 40, DAYS = 140 };
static const int64_t start = (int64_t)20000 * DAY;
static const struct hotspot_policy policy = { .false_a_day = 0.2, .people = 3 };
static char item[20][16], community[12][16];

/* A day in a town in which some matters and places come far more often than others, and nothing ever rises. */
static void a_day(struct hotspots *h, int d, int64_t *no)
{
	for (int i = 0; i < 40; i++) {
		int k = (int)(random() % 20 * (random() % 20) / 20), c = (int)(random() % 12 * (random() % 12) / 12);
		struct hotspot_case x = { .no = ++*no, .at = start + (int64_t)d * DAY + 7 * HOUR + random() % (14 * HOUR),
			.matter = { item[k], k < 10 ? "one" : "other", "all" }, .place = { community[c], c < 6 ? "north" : "south", "d" } };

		assert_true(hotspots_put(h, &x));
	}
}

static struct hotspots *town(int days, int64_t *no)
{
	struct hotspots *h = hotspots_new(&policy);

	assert_non_null(h);
	for (int i = 0; i < 20; i++)
		snprintf(item[i], sizeof item[i], "i%d", i);
	for (int i = 0; i < 12; i++)
		snprintf(community[i], sizeof community[i], "c%d", i);
	srandom(9);
	for (int d = 0; d < days; d++)
		a_day(h, d, no);
	return h;
}

static void the_rate_is_held_on_days_to_come(void **state)
{
	int64_t no = 0;
	struct hotspots *h = town(PAST, &no);
	struct hotspot_trial *t = hotspot_trial_new(h, 1);
	struct hotspot out[FOUND];
	double hot, weak;
	int64_t told[FOUND] = { 0 };
	int steps = 0, begun = 0, signals = 0;

	(void)state;
	assert_non_null(t);
	while (hotspot_trial_step(t))
		assert_true(++steps < 2000);
	assert_true(steps > PAST);
	assert_true(hotspot_trial_bars(t, &hot, &weak));
	assert_true(hot > weak && weak > 0);
	hotspot_trial_free(t);
	hotspots_bars(h, hot, weak);
	for (int d = PAST; d < DAYS; d++) {
		int n;

		a_day(h, d, &no);
		n = hotspots_find(h, start + (int64_t)d * DAY + 22 * HOUR, out, FOUND); /* what the day has left behind */
		for (int i = 0; i < n; i++) {
			bool known = false;

			for (int k = 0; k < FOUND && !known; k++)
				known = told[k] == out[i].since;
			if (known)
				continue;
			told[(begun + signals) % FOUND] = out[i].since;
			begun += !out[i].weak;
			signals += out[i].weak;
		}
	}
	/* 20 and 200 at the most are accepted in a hundred days; three deviations more would be chance */
	assert_true(begun <= 20 + 3 * 5);
	assert_true(signals > begun && signals <= 200 + 3 * 15);
	hotspots_free(h);
}

static void too_little_past_says_nothing(void **state)
{
	int64_t no = 0;
	struct hotspots *h = town(20, &no), *empty = hotspots_new(&policy);

	(void)state;
	assert_null(hotspot_trial_new(h, 1));
	assert_null(hotspot_trial_new(empty, 1));
	hotspot_trial_free(NULL);
	hotspots_free(h);
	hotspots_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_rate_is_held_on_days_to_come), cmocka_unit_test(too_little_past_says_nothing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
