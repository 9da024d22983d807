#include "tui/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/i18n.h"

struct asking { dialog_fn fn; void *ctx; char title[120], note[320], none[120]; };

void moment_show(usec_t t, usec_t now, char out[40])
{
	int year, month, day, hour, minute, second, y, m, d, h, mi, s;

	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	clock_local(now, &y, &m, &d, &h, &mi, &s);
	if (year == y && month == m && day == d)
		snprintf(out, 40, "%02d:%02d", hour, minute);
	else if (year == y)
		snprintf(out, 40, "%02d-%02d %02d:%02d", month, day, hour, minute);
	else
		snprintf(out, 40, "%04d-%02d-%02d %02d:%02d", year, month, day, hour, minute);
}

bool moment_read(const char *text, usec_t now, usec_t *out)
{
	int year, month, day, hour, minute, second, y, m, d;
	char rest[2];

	clock_local(now, &year, &month, &day, &hour, &minute, &second);
	if (sscanf(text, " %4d-%2d-%2d %2d:%2d%1s", &y, &m, &d, &hour, &minute, rest) == 5)
		;
	else if (sscanf(text, " %2d-%2d %2d:%2d%1s", &m, &d, &hour, &minute, rest) == 4)
		y = year;
	else if (sscanf(text, " %2d:%2d%1s", &hour, &minute, rest) == 2)
		y = year, m = month, d = day;
	else
		return clock_parse(text, strlen(text), out) && *out > now;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || !clock_is_date(y, m, d) || !clock_make(y, m, d, hour, minute, 0, out))
		return false;
	if (*out <= now && strchr(text, '-') == NULL)
		return clock_make(y, m, d + 1, hour, minute, 0, out);
	if (*out <= now && y == year && strlen(text) < 15 && clock_is_date(y + 1, m, d))
		return clock_make(y + 1, m, d, hour, minute, 0, out);
	return *out > now;
}

static void give(struct console *c, struct asking *a, const char *value)
{
	dialog_fn fn = a->fn;
	void *ctx = a->ctx;

	free(a);
	fn(c, ctx, value);
}

static void typed(struct console *c, void *ctx, const char *value);

static void prompt(struct console *c, struct asking *a, const char *initial)
{
	dialog_prompt(c, &(struct dialog_prompt){ .title = a->title, .note = _("a time, as 17:00 or 11-23 09:00 or 2026-11-23 09:00"), .initial = initial },
	    typed, a);
}

static void typed(struct console *c, void *ctx, const char *value)
{
	char iso[40];
	usec_t t;

	if (value && !moment_read(value, c->now, &t)) {
		console_say(c, ST_WARN, "%s", _("that is no time to come"));
		prompt(c, ctx, value);
		return;
	}
	if (value)
		clock_rfc3339(t, iso);
	give(c, ctx, value ? iso : NULL);
}

static void chosen(struct console *c, void *ctx, const char *value)
{
	if (value && strcmp(value, "type") == 0)
		prompt(c, ctx, "");
	else
		give(c, ctx, value && strcmp(value, "none") == 0 ? "" : value);
}

void moment_ask(struct console *c, const char *title, const char *note, const char *none, dialog_fn fn, void *ctx)
{
	static const struct { int days, hour; const char *words; } times[] = { { 0, 12, N_("today at noon") }, { 0, 18, N_("today, end of work") },
		{ 1, 9, N_("tomorrow morning") }, { 1, 18, N_("tomorrow, end of work") }, { 3, 18, N_("in 3 days") }, { 7, 18, N_("in 7 days") } };
	struct asking *a = calloc(1, sizeof *a);
	int n = 0, year, month, day, hour, minute, second;
	struct dialog_item item[10] = { 0 };
	char show[40];

	if (!a) {
		fn(c, ctx, NULL);
		return;
	}
	a->fn = fn;
	a->ctx = ctx;
	snprintf(a->title, sizeof a->title, "%s", title);
	clock_local(c->now, &year, &month, &day, &hour, &minute, &second);
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		usec_t t;

		if (!clock_make(year, month, day + times[i].days, times[i].hour, 0, 0, &t) || t <= c->now)
			continue;
		clock_rfc3339(t, item[n].value);
		moment_show(t, c->now, show);
		snprintf(item[n++].text, sizeof item[0].text, "%s  %s", _(times[i].words), show);
	}
	if (none) {
		snprintf(item[n].value, sizeof item[0].value, "none");
		snprintf(item[n++].text, sizeof item[0].text, "%s", none);
	}
	snprintf(item[n].value, sizeof item[0].value, "type");
	snprintf(item[n++].text, sizeof item[0].text, "%s", _("another time: type it"));
	dialog_menu(c, title, note, item, n, chosen, a);
}
