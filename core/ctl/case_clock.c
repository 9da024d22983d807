/* core/ctl/case_clock.h */
#include "core/ctl/case_clock.h"

#include <stdio.h>
#include <string.h>
#include "core/base/buf.h"
#include "core/ctl/print.h"

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static void line_row(void *ctx, const struct db_row *r)
{
	static const struct { const char *key; enum { TEXT, TIME, NUMBER } type; } column[] = { { "clock", TEXT }, { "what", TEXT }, { "at", TIME },
		{ "until", TIME }, { "seconds", NUMBER }, { "who", TEXT }, { "action", TEXT }, { "source", TEXT }, { "name", TEXT },
		{ "days", NUMBER }, { "revision", NUMBER }, { "reason", TEXT } };
	json_t *o = json_object();

	for (int i = 0; i < 12; i++) {
		if (db_row_null(r, i))
			continue;
		json_object_set_new(o, column[i].key, column[i].type == TEXT ? json_string(db_row_text(r, i, NULL)) :
		    column[i].type == TIME ? print_time(db_row_time(r, i)) : json_integer(db_row_int(r, i)));
	}
	json_array_append_new(ctx, o);
}

json_t *case_clock_read(struct ctl *ctl, const char *plain, int *status)
{
	json_t *lines = json_array();
	struct sync *db = ctl_db(ctl, status);
	struct err e;

	if (db && sync_run(db, SQL_CLOCK_EXPLAIN, (struct db_param[]){ DB_TEXT(plain) }, 1, line_row, lines, &e))
		return lines;
	if (db)
		*status = ctl_fail_database(&e);
	json_decref(lines);
	return NULL;
}

/* --- for people ---------------------------------------------------------------------------------------------------- */

/* 2026-11-22 17:12:40, or blanks. */
static void moment(const json_t *line, const char *key, char out[24])
{
	const char *s = text_of(line, key);
	int year, month, day, hour, minute, second;
	usec_t t;

	snprintf(out, 24, "%19s", "");
	if (!clock_parse(s, strlen(s), &t))
		return;
	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	snprintf(out, 24, "%04d-%02d-%02d %02d:%02d:%02d", year % 10000, month, day, hour, minute, second);
}

/* 35:00:00 */
static void span(long long s, char out[32])
{
	snprintf(out, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

/* What a limit is and where it came from. */
static void limit_text(struct buf *b, const json_t *line, const char *took)
{
	long long days = json_integer_value(json_object_get(line, "days"));
	const char *source = text_of(line, "source");

	buf_printf(b, "limit %s", took);
	if (days > 0)
		buf_printf(b, ", %lld %s", days, days == 1 ? "day" : "days");
	if (strcmp(source, "item") == 0)
		buf_printf(b, " of the duty item %s", text_of(line, "name"));
	else if (strcmp(source, "priority") == 0)
		buf_printf(b, " of priority %s", text_of(line, "name"));
	else if (strcmp(source, "default") == 0)
		buf_puts(b, ", the policy says nothing else");
	if (json_object_get(line, "revision"))
		buf_printf(b, ", revision %lld", (long long)json_integer_value(json_object_get(line, "revision")));
}

static void say_line(const json_t *line)
{
	static const struct { const char *what, *label, *tail; } words[] = { { "start", "started", "" }, { "limit", "changed", "" }, { "extend", "extended", " more" },
		{ "pause", "paused", "" }, { "stop", "stopped", "" }, { "go_on", "goes on", "as if it had not stopped" },
		{ "retime", "counted", "anew, with the calendar of revision " }, { "day", "", "" }, { "due", "due", " in all" },
		{ "left", "left", " left" }, { "late", "late", " late" } };
	const char *what = text_of(line, "what"), *who = text_of(line, "who"), *reason = text_of(line, "reason");
	char at[24], until[24], took[32] = "";
	struct buf b = { 0 };
	size_t w = 0;

	while (w + 1 < sizeof words / sizeof *words && strcmp(words[w].what, what) != 0)
		w++;
	moment(line, "at", at);
	moment(line, "until", until);
	if (json_object_get(line, "seconds"))
		span(json_integer_value(json_object_get(line, "seconds")), took);
	if (json_object_get(line, "source"))
		limit_text(&b, line, took);
	else if (strcmp(what, "pause") == 0)
		buf_printf(&b, "until %s  %s", *text_of(line, "until") ? until : "now", took);
	else if (strcmp(what, "day") == 0)
		buf_printf(&b, "to %s  %9s %s", until + 11, took, strcmp(text_of(line, "action"), "ahead") == 0 ? "to come" : "");
	else if (strcmp(what, "retime") == 0)
		buf_printf(&b, "%s%lld", words[w].tail, (long long)json_integer_value(json_object_get(line, "revision")));
	else
		buf_printf(&b, "%s%s", took, words[w].tail);
	if (strcmp(what, "day") != 0 && strcmp(what, "retime") != 0 && (*text_of(line, "action") || *who))
		buf_printf(&b, " · %s%s%s", text_of(line, "action"), *who ? " " : "", who);
	if (*reason)
		buf_printf(&b, " · %s", reason);
	printf("  %-9s %s  ", words[w].label, at);
	print_text(buf_text(&b), b.len);
	buf_free(&b);
}

void case_clock_say(const json_t *lines)
{
	const char *kind = "";
	size_t i;
	json_t *line;

	json_array_foreach(lines, i, line) {
		if (strcmp(kind, text_of(line, "clock")) != 0)
			printf("\nclock %s\n", text_of(line, "clock"));
		kind = text_of(line, "clock");
		say_line(line);
	}
}
