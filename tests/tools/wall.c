#include "tests/tools/wall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool in_hours(const json_t *spans, int minute)
{
	size_t i;
	json_t *s;

	json_array_foreach(spans, i, s)
		if (minute >= json_integer_value(json_array_get(s, 0)) && minute < json_integer_value(json_array_get(s, 1)))
			return true;
	return false;
}

static bool on_day(const json_t *days, const json_t *exceptions, const struct tm *w)
{
	char day[32];
	const json_t *exception;

	snprintf(day, sizeof day, "%04d-%02d-%02d", w->tm_year + 1900, w->tm_mon + 1, w->tm_mday);
	exception = json_object_get(exceptions, day);
	if (exception)
		return json_is_true(exception);
	for (size_t d = 0; d < json_array_size(days); d++)
		if (json_integer_value(json_array_get(days, d)) == (w->tm_wday == 0 ? 7 : w->tm_wday))
			return true;
	return false;
}

bool wall_make(struct wall *k, const json_t *o, int64_t from, int64_t until)
{
	const json_t *days = json_object_get(o, "days"), *spans = json_object_get(o, "spans"), *exceptions = json_object_get(o, "exceptions");
	bool hours[1440], works = false;
	int year = -1, yday = -1; /* of which `works` speaks */

	memset(k, 0, sizeof *k);
	k->revision = (int)json_integer_value(json_object_get(o, "revision"));
	k->from = from / 60;
	k->minutes = (until - from) / 60;
	k->before = malloc(((size_t)k->minutes + 1) * sizeof *k->before);
	if (!k->before)
		return false;
	k->before[0] = 0;
	for (int m = 0; m < 1440; m++) {
		hours[m] = in_hours(spans, m);
		k->day_s += hours[m] ? 60 : 0;
	}
	for (int64_t i = 0; i < k->minutes; i++) {
		time_t t = (k->from + i) * 60;
		struct tm w;

		localtime_r(&t, &w);
		if (w.tm_yday != yday || w.tm_year != year) {
			works = on_day(days, exceptions, &w);
			year = w.tm_year;
			yday = w.tm_yday;
		}
		k->before[i + 1] = k->before[i] + (works && hours[w.tm_hour * 60 + w.tm_min]);
	}
	return true;
}

int64_t wall_before(const struct wall *k, int64_t t)
{
	int64_t m = t / 60 - k->from;

	if (m < 0 || m >= k->minutes)
		return 0;
	return 60 * (int64_t)k->before[m] + (k->before[m + 1] > k->before[m] ? t % 60 : 0);
}

int64_t wall_later(const struct wall *w, int64_t t, int64_t seconds)
{
	int64_t goal = wall_before(w, t) + seconds, low = 0, high = w->minutes - 1;

	while (low < high) {         /* the last minute with less than the goal before it */
		int64_t mid = (low + high + 1) / 2;

		if (60 * (int64_t)w->before[mid] < goal)
			low = mid;
		else
			high = mid - 1;
	}
	return (w->from + low) * 60 + goal - 60 * (int64_t)w->before[low];
}

void wall_free(struct wall *w)
{
	free(w->before);
	w->before = NULL;
}
