#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static usec_t
read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

usec_t
clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

usec_t
clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void
clock_skew_set(struct clock_skew *k, usec_t server, usec_t monotonic)
{
	k->known = true;
	k->ahead = server - monotonic;
}

usec_t
clock_skew_now(const struct clock_skew *k, usec_t monotonic)
{
	return k->known ? monotonic + k->ahead : clock_now();
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day comes last. */
static int64_t
days_from_civil(int year, int month, int day)
{
	if (month <= 2)
		year--;
	int era = year / 400, of_era = year % 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool
clock_is_date(int year, int month, int day)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year));
}

struct reader { const char *at, *end; };

/* Exactly n digits; -1 if they are not there. */
static int
digits(struct reader *r, int n)
{
	int value = 0;

	if (r->end - r->at < n)
		return -1;
	for (; n > 0; n--, r->at++) {
		if (*r->at < '0' || *r->at > '9')
			return -1;
		value = value * 10 + (*r->at - '0');
	}
	return value;
}

static bool
take(struct reader *r, const char *any)
{
	if (r->at == r->end || *r->at == '\0' || strchr(any, *r->at) == NULL)
		return false;
	r->at++;
	return true;
}

/* ".123456789": what is finer than a microsecond is dropped. */
static bool
fraction(struct reader *r, int *usec)
{
	int scale = 100000, n = 0;

	*usec = 0;
	if (!take(r, "."))
		return true;
	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, n++, scale /= 10)
		*usec += (*r->at - '0') * scale;
	return n > 0 && n <= 9;
}

/* Z, +08, +0800, +08:00, +08:05:43 (PostgreSQL shows local mean time so), as seconds east. */
static bool
offset(struct reader *r, int *east)
{
	int sign = 1, part[3] = { 0, 0, 0 };

	*east = 0;
	if (take(r, "Zz"))
		return true;
	if (take(r, "-"))
		sign = -1;
	else if (!take(r, "+"))
		return false;
	if ((part[0] = digits(r, 2)) < 0 || part[0] > 23)
		return false;
	for (int i = 1; i < 3 && r->at < r->end; i++) {
		bool colon = take(r, ":");
		if (i == 2 && !colon)
			return false;
		if ((part[i] = digits(r, 2)) < 0 || part[i] > 59)
			return false;
	}
	*east = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return true;
}

bool
clock_parse(const char *s, size_t len, usec_t *out)
{
	struct reader r = { s, s + len };
	int year, month, day, hour, minute, second, usec, east;

	if ((year = digits(&r, 4)) < 1970 || !take(&r, "-") || (month = digits(&r, 2)) < 0 || !take(&r, "-") ||
	    (day = digits(&r, 2)) < 0 || !clock_is_date(year, month, day))
		return false;
	if (!take(&r, "Tt ") || (hour = digits(&r, 2)) < 0 || hour > 23 || !take(&r, ":") ||
	    (minute = digits(&r, 2)) < 0 || minute > 59 || !take(&r, ":") || (second = digits(&r, 2)) < 0 ||
	    second > 60)
		return false;
	if (!fraction(&r, &usec) || !offset(&r, &east) || r.at != r.end)
		return false;
	/* A leap second is taken as the second after it. */
	int64_t t = days_from_civil(year, month, day) * 86400;
	t += hour * 3600 + minute * 60 + second - east;
	if (t < 0)
		return false;
	*out = t * USEC_S + usec;
	return true;
}

usec_t
clock_read(const char *s)
{
	usec_t t;

	return s != NULL && clock_parse(s, strlen(s), &t) ? t : 0;
}

static void
local(usec_t t, struct tm *tm, int *usec)
{
	int64_t rest = t % USEC_S;
	time_t seconds = (time_t)(t / USEC_S);

	if (rest < 0) {
		rest += USEC_S;
		seconds--;
	}
	*usec = (int)rest;
	if (localtime_r(&seconds, tm) == NULL)
		*tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
}

void
clock_rfc3339(usec_t t, char out[40])
{
	struct tm tm;
	int usec;
	char fine[16] = "", text[128];

	local(t, &tm, &usec);
	if (usec != 0)
		snprintf(fine, sizeof fine, ".%06d", usec);
	long east = tm.tm_gmtoff / 60;
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, fine, east < 0 ? '-' : '+', (int)(labs(east) / 60),
	    (int)(labs(east) % 60));
	snprintf(out, 40, "%.39s", text);
}

void
clock_hms(usec_t t, char out[9])
{
	int hour = 0, minute = 0, second = 0;

	clock_local(t, NULL, NULL, NULL, &hour, &minute, &second);
	snprintf(out, 9, "%02u:%02u:%02u", (unsigned)hour % 100, (unsigned)minute % 100, (unsigned)second % 100);
}

void
clock_local(usec_t t, int *year, int *month, int *day, int *hour, int *minute, int *second)
{
	struct tm tm;
	int usec;

	local(t, &tm, &usec);
	const struct { int *to, value; } parts[] = {
		{ year, tm.tm_year + 1900 }, { month, tm.tm_mon + 1 }, { day, tm.tm_mday },
		{ hour, tm.tm_hour }, { minute, tm.tm_min }, { second, tm.tm_sec }
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].to != NULL)
			*parts[i].to = parts[i].value;
}

bool
clock_make(int year, int month, int day, int hour, int minute, int second, usec_t *out)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute,
		.tm_sec = second, .tm_isdst = -1 };
	time_t t;

	if (year < 1970 || year > 9999 || (t = mktime(&tm)) < 0)
		return false;
	*out = (usec_t)t * USEC_S;
	return true;
}

bool
clock_zone(const char *iana)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	const char *dir = getenv("TZDIR");
	char path[256];

	/* libc takes an unknown zone for UTC without a word, and would read any file it is pointed at. */
	if (iana == NULL || *iana == '\0' || *iana == '/' || iana[strspn(iana, allowed)] != '\0')
		return false;
	if (strcmp(iana, "UTC") != 0) {
		if (dir == NULL || *dir == '\0')
			dir = "/usr/share/zoneinfo";
		int n = snprintf(path, sizeof path, "%s/%s", dir, iana);
		if (n < 0 || n >= (int)sizeof path || access(path, R_OK) != 0)
			return false;
	}
	snprintf(path, sizeof path, ":%s", iana);
	if (setenv("TZ", path, 1) != 0)
		return false;
	tzset();
	return true;
}
