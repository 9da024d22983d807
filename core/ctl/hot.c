/*
 * hot: what rises against its own past, and the heat table of streets by classes of matters.
 */
#include <stdio.h>
#include <string.h>
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const char *
id_word(const struct ctl_args *a, int *status)
{
	const char *w = a->word[0];

	if (*w && strlen(w) <= 18 && strspn(w, "0123456789") == strlen(w))
		return w;
	*status = ctl_usage("%.40s is no hot spot; fenboctl hot list shows them", w);
	return NULL;
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "id", "ID", 6, true }, { "people", "PEOPLE", 6, true }, { "expected", "USUAL", 8, true }, { "window_s", "IN S", 7, true }, { "since", "SINCE", 25, false },
		{ "state", "STATE", 8, false }, { "place_name", "PLACE", 16, false }, { "matter_name", "MATTER", 0, false }, { .key = NULL }
	};
	const char *from = ctl_opt(a, "from");

	return ctl_list(ctl, SQL_HOTSPOT_LINES, (struct db_param[]){ DB_TEXT(from ? from : "now") }, 1, columns);
}

static int
cases(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "id", "ID", 13, false }, { "stage", "STAGE", 10, false }, { "received_at", "RECEIVED", 25, false }, { "place", "PLACE", 16, false },
		{ "title", "TITLE", 0, false }, { .key = NULL }
	};
	int status;
	const char *id = id_word(a, &status);

	return id ? ctl_list(ctl, SQL_HOTSPOT_CASES, (struct db_param[]){ DB_TEXT(id) }, 1, columns) : status;
}

static int
settle(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	const char *id = id_word(a, &status);

	return id ? ctl_do(ctl, SQL_HOTSPOT_SETTLE, (struct db_param[]){ DB_TEXT(id), DB_TEXT(a->word[1]), DB_TEXT(ctl_opt(a, "text")) }, 3, "on the record")
	    : status;
}

static int
heat(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "people", "PEOPLE", 6, true }, { "expected", "USUAL", 8, true }, { "place_name", "PLACE", 16, false }, { "matter", "MATTER", 0, false }, { .key = NULL }
	};
	static const struct { const char *name, *s; } windows[] = { { "hour", "3600" }, { "day", "86400" }, { "week", "604800" } };
	const char *window = ctl_opt(a, "window");

	for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++)
		if (strcmp(window ? window : "day", windows[i].name) == 0)
			return ctl_list(ctl, SQL_HEAT_LINES, (struct db_param[]){ DB_TEXT(windows[i].s) }, 1, columns);
	return ctl_usage("--window: hour, day or week, not %.40s", window);
}

static const struct ctl_option list_options[] = {
	{ "from", "DAY", "past ones too, back to this day; without it, only those that stand", WORDS_NONE }, { .name = NULL }
};
static const struct ctl_option settle_options[] = { { "text", "T", "a remark", WORDS_NONE }, { .name = NULL } };
static const struct ctl_option heat_options[] = { { "window", "WHAT", "hour, day (as without it) or week", WORDS_NONE }, { .name = NULL } };

const struct command hot_commands[] = {
	{ "hot list", "", "what rises against its own past: hot spots and signals", list_options, 0, 0, WORDS_NONE, list },
	{ "hot cases", "ID", "the cases of one, newest first", NULL, 1, 1, WORDS_NONE, cases },
	{ "hot settle", "ID real|known|nothing", "say what it was", settle_options, 2, 2, WORDS_NONE, settle },
	{ "hot heat", "", "people by street and class of matter, beside what is usual", heat_options, 0, 0, WORDS_NONE, heat },
	{ .name = NULL }
};
