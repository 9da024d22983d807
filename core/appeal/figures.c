#include "core/appeal/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "core/base/clock.h"

const struct figure_info figure_table[FIGURE_COUNT_OF] = {
#define X(id, wire, kind, n, d, better, drill, label) [FIG_##id] = { wire, FIGURE_##kind, better, drill, label },
	FIGURE_TABLE(X)
#undef X
};

bool figure_value(const struct counts *c, enum figure f, double day_s, double *value)
{
	double n = 0, d = 0;

	switch (f) {
#define X(id, wire, kind, num, den, better, drill, label) case FIG_##id: n = (double)(num); d = (double)(den); break;
	FIGURE_TABLE(X)
#undef X
	case FIGURE_COUNT_OF: break;
	}
	if (!(d > 0) || n < 0)
		return false;
	n /= d;
	if (figure_table[f].kind == FIGURE_DAYS)
		n /= day_s > 0 ? day_s : 1;
	if (figure_table[f].kind == FIGURE_MINUTES)
		n /= 60;
	*value = n;
	return true;
}

static void show_count(double value, char out[24])
{
	char plain[24];
	int len = snprintf(plain, sizeof plain, "%.0f", fabs(value)), at = 0;

	if (value < 0)
		out[at++] = '-';
	for (int i = 0; i < len && at < 22; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = plain[i];
	}
	out[at] = '\0';
}

void figure_show_value(enum figure_kind kind, double value, char out[24])
{
	double percent = value * 100;

	switch (kind) {
	case FIGURE_COUNT:
		show_count(value, out);
		break;
	case FIGURE_SHARE:
		if (percent > 99.94 && percent < 100)
			percent = floor(percent * 100) / 100;
		snprintf(out, 24, percent > 99.9 && percent < 100 ? "%.2f%%" : percent > 0 && percent < 0.05 ? "<0.1%%" : "%.1f%%", percent >= 100 ? 100 : percent);
		break;
	case FIGURE_MINUTES:
		snprintf(out, 24, "%.1f", value);
		break;
	case FIGURE_DAYS:
	case FIGURE_SCORE:
		snprintf(out, 24, "%.2f", value);
		break;
	}
}

void figure_show(const struct counts *c, enum figure f, double day_s, char out[24])
{
	double value;

	if (figure_value(c, f, day_s, &value))
		figure_show_value(figure_table[f].kind, value, out);
	else
		strcpy(out, "–");
}

void figure_change(const struct counts *now, const struct counts *was, enum figure f, double day_s, char out[24], int *good)
{
	enum figure_kind kind = figure_table[f].kind;
	double a, b, change;

	*out = '\0';
	*good = 0;
	if (!figure_value(now, f, day_s, &a) || !figure_value(was, f, day_s, &b) || (kind == FIGURE_COUNT && b == 0))
		return;
	change = kind == FIGURE_COUNT ? (a - b) / b * 100 : kind == FIGURE_SHARE ? (a - b) * 100 : a - b;
	snprintf(out, 24, kind == FIGURE_COUNT ? "%+.1f%%" : kind == FIGURE_SHARE || kind == FIGURE_MINUTES ? "%+.1f" : "%+.2f", change);
	if (strspn(out + 1, "0.%") == strlen(out + 1))
		snprintf(out, 24, "±0");
	else
		*good = change > 0 ? figure_table[f].better : -figure_table[f].better;
}

bool counts_set(struct counts *c, const char *name, int64_t value)
{
#define X(column) if (strcmp(name, #column) == 0) { c->column = value; return true; }
	COUNT_TABLE(X)
#undef X
	return false;
}

int64_t counts_get(const struct counts *c, const char *name)
{
#define X(column) if (strcmp(name, #column) == 0) return c->column;
	COUNT_TABLE(X)
#undef X
	return 0;
}

void counts_none(struct counts *c)
{
	*c = (struct counts){ .handle_p50 = -1, .handle_p90 = -1, .handle_p95 = -1 };
}

/* --- ways of counting ------------------------------------------------------------------------------------------------- */

const char *report_by_wire(enum report_by by)
{
	static const char *const wires[] = {
#define X(id, wire, heading) wire,
		REPORT_BY_TABLE(X)
#undef X
	};

	return wires[by];
}

const char *report_by_heading(enum report_by by)
{
	static const char *const headings[] = {
#define X(id, wire, heading) heading,
		REPORT_BY_TABLE(X)
#undef X
	};

	return headings[by];
}

const char *report_key_label(enum report_by by, const char *key)
{
	static const char *const known[] = { "consultation", "complaint", "suggestion", "help", "other", "urgent", "fast", "normal" };

	if (by != REPORT_BY_TYPE && by != REPORT_BY_PRIORITY)
		return NULL;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(key, known[i]) == 0)
			return known[i];
	return NULL;
}

/* --- days ------------------------------------------------------------------------------------------------------------- */

/* Days since 1 March of the year 0 (Gregorian), and back. */
static long day_number(struct day d)
{
	long y = d.year - (d.month <= 2), m = (d.month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + d.day - 1;
}

static struct day day_of(long n)
{
	long y = (long)((n * 10000LL + 14780) / 3652425), in_year = n - (y * 365 + y / 4 - y / 100 + y / 400), m;

	if (in_year < 0) {
		y--;
		in_year = n - (y * 365 + y / 4 - y / 100 + y / 400);
	}
	m = (in_year * 100 + 52) / 3060;
	return (struct day){ (int)(y + (m + 2) / 12), (int)((m + 2) % 12 + 1), (int)(in_year - (m * 306 + 5) / 10 + 1) };
}

struct day day_add(struct day d, int days)
{
	return day_of(day_number(d) + days);
}

int day_compare(struct day a, struct day b)
{
	long n = day_number(a) - day_number(b);

	return n > 0 ? 1 : n < 0 ? -1 : 0;
}

int day_weekday(struct day d)
{
	return (int)((day_number(d) + 2) % 7) + 1;
}

bool day_parse(const char *text, struct day *out)
{
	struct day d;
	char rest;

	if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%c", &d.year, &d.month, &d.day, &rest) != 3 || d.year < 1970 ||
	    !clock_is_date(d.year, d.month, d.day))
		return false;
	*out = d;
	return true;
}

void day_show(struct day d, char out[11])
{
	char room[40];

	snprintf(room, sizeof room, "%04d-%02d-%02d", d.year, d.month, d.day);
	memcpy(out, room, 10);
	out[10] = '\0';
}

static struct day month_before(struct day first)
{
	struct day last = day_add(first, -1);

	return (struct day){ last.year, last.month, 1 };
}

struct report_span report_span(enum report_period p, struct day at, struct day today)
{
	struct report_span s;
	long begun;

	switch (p) {
	case REPORT_WEEK:
		s.from = day_add(at, 1 - day_weekday(at));
		s.to = day_add(s.from, 6);
		s.before_from = day_add(s.from, -7);
		break;
	case REPORT_MONTH:
		s.from = (struct day){ at.year, at.month, 1 };
		s.to = day_add(at.month == 12 ? (struct day){ at.year + 1, 1, 1 } : (struct day){ at.year, at.month + 1, 1 }, -1);
		s.before_from = month_before(s.from);
		break;
	default:
		s.from = s.to = at;
		s.before_from = day_add(at, -1);
	}
	s.before_to = day_add(s.from, -1);
	s.running = day_compare(today, s.from) >= 0 && day_compare(today, s.to) <= 0;
	begun = day_number(today) - day_number(s.from);
	if (s.running && day_compare(day_add(s.before_from, (int)begun), s.before_to) < 0)
		s.before_to = day_add(s.before_from, (int)begun);
	return s;
}
