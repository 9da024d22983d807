/*
 * accuracy: how right the machine has been, by what people decided.
 */
#include <stdio.h>
#include <string.h>
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

/* A day as an instant of the centre's zone: its beginning, or its end. NULL stays NULL; what else PostgreSQL takes for a time passes. */
static const char *
instant(const char *text, bool end, char *room, size_t size)
{
	if (text == NULL || strlen(text) != 10 || !end)
		return text;
	snprintf(room, size, "%s 24:00", text);
	return room;
}

static int
accuracy(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "key", "key", 16, false }, { "decided", "decided", 8, true }, { "share1", "first", 7, true }, { "share3", "three", 7, true },
		{ "said_p", "said", 7, true }, { "ece", "ece", 8, true }, { "returned", "returned", 8, true }, { "name", "name", 0, false }, { .key = NULL }
	}, bins[] = {
		{ "low", "from", 6, true }, { "high", "to", 6, true }, { "decided", "decided", 8, true }, { "said_p", "said", 8, true },
		{ "right1", "right", 0, true }, { .key = NULL }
	}, flags[] = {
		{ "by", "by", 8, false }, { "key", "key", 16, false }, { "decided", "decided", 8, true }, { "share1", "first", 7, true },
		{ "decided_before", "before", 8, true }, { "share1_before", "first", 7, true }, { "p", "chance", 10, true },
		{ "name", "name", 0, false }, { .key = NULL }
	};
	const char *by = ctl_opt(a, "by");
	char room[40];
	struct db_param params[] = { DB_TEXT(ctl_opt(a, "from")), DB_TEXT(instant(ctl_opt(a, "to"), true, room, sizeof room)), DB_TEXT(by ? by : "all") };

	if (ctl_opt(a, "flags"))
		return ctl_list(ctl, SQL_ACCURACY_FLAGS, params + 1, 1, flags);
	if (ctl_opt(a, "reliability"))
		return ctl_list(ctl, SQL_RELIABILITY, params, 2, bins);
	return ctl_list(ctl, SQL_ACCURACY, params, 3, columns);
}

static const struct ctl_option accuracy_options[] = {
	{ "by", "WHAT", "unit, item, shift, model, day or channel; without it, all together", WORDS_NONE },
	{ "from", "DAY", "from this day on; without it, the past seven days", WORDS_NONE },
	{ "to", "DAY", "up to the end of this day", WORDS_NONE },
	{ "reliability", NULL, "what was said beside what was right, in ten bins", WORDS_NONE },
	{ "flags", NULL, "only where this week is worse than the week before, beyond chance", WORDS_NONE }, { .name = NULL }
};

const struct command accuracy_commands[] = {
	{ "accuracy", "", "how often the machine named the unit that people decided on", accuracy_options, 0, 0, WORDS_NONE, accuracy },
	{ .name = NULL }
};
