#include "tui/typed.h"

#include <stdio.h>
#include <string.h>

void typed_show_time(usec_t t, char out[40])
{
	int year, month, day, hour, minute, second;

	out[0] = '\0';
	if (t == 0)
		return;
	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	snprintf(out, 40, "%04d-%02d-%02d %02d:%02d", year, month, day, hour, minute);
}

bool typed_time(const char *s, usec_t now, usec_t *out)
{
	int year, month, day, hour = 0, minute = 0, a, b, d, n = 0;

	clock_local(now, &year, &month, &day, NULL, NULL, NULL);
	if (sscanf(s, "%4d-%2d-%2d%n", &a, &b, &d, &n) == 3) {
		year = a;
		month = b;
		day = d;
	} else if (sscanf(s, "%2d-%2d %n", &a, &b, &n) == 2) {
		month = a;
		day = b;
	} else {
		n = 0;
	}
	if (n == 0 && !*s)
		return false;
	s += n;
	n = 0;
	if (*s && (sscanf(s, " %2d:%2d%n", &hour, &minute, &n) != 2 || s[n] != '\0'))
		return false;
	return clock_is_date(year, month, day) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
	    clock_make(year, month, day, hour, minute, 0, out);
}

void typed_show_list(const char *const *item, int n, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (int i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? " " : "", item[i]);
}

json_t *typed_list(const char *s)
{
	static const char *const between[] = { " ", ",", "，", "、", "　" };
	json_t *list = json_array();
	const char *word = s;

	for (;;) {
		size_t skip = 0;

		for (size_t i = 0; i < sizeof between / sizeof between[0]; i++)
			if (strncmp(s, between[i], strlen(between[i])) == 0)
				skip = strlen(between[i]);
		if (skip == 0 && *s) {
			s++;
			continue;
		}
		if (s > word)
			json_array_append_new(list, json_stringn(word, (size_t)(s - word)));
		if (!*s)
			return list;
		word = s += skip;
	}
}
