/*
 * What left the house and did not arrive: list, look, send again, drop. For supervisors and administrators.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/value.h"
#include "core/appeal/number.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct column list_columns[] = {
	{ "id", "id", 8, true }, { "state", "state", 11, false }, { "no", "case", 13, false }, { "target", "target", 18, false },
	{ "kind", "kind", 12, false }, { "tries", "tries", 5, true }, { "status", "status", 6, true }, { "at", "told", 19, false },
	{ "answer", "answer", 0, false }, { .key = NULL }
};

static int list(struct ctl *ctl, const struct ctl_args *a)
{
	const char *states = ctl_opt(a, "state"), *of = ctl_opt(a, "case"), *target = ctl_opt(a, "target");
	char *array = NULL, most[16], no[24] = "";
	int limit = 200, status;
	case_no number;
	struct err e;

	if (!ctl_opt_int(a, "limit", 1, 1000, &limit, &e))
		return ctl_fail(&e);
	if (of && !number_parse(of, strlen(of), &number))
		return ctl_usage("%s is no case number", of);
	if (of)
		snprintf(no, sizeof no, "%lld", (long long)number);
	snprintf(most, sizeof most, "%d", limit);
	if (states)
		array = ctl_text_array(states);
	status = ctl_list(ctl, SQL_OUTBOX_LIST, (struct db_param[]){ DB_TEXT(array), DB_TEXT(of ? no : NULL), DB_TEXT(target), DB_TEXT(NULL),
	    DB_TEXT(most) }, 5, list_columns);
	free(array);
	return status;
}

static bool message_of(const char *word, int *status)
{
	int64_t n;

	if (value_int(word, &n) && n > 0)
		return true;
	*status = ctl_usage("%s is no number of a message", word);
	return false;
}

static int show(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *found;
	json_t *o;

	if (!message_of(a->word[0], &status) ||
	    (found = ctl_value(ctl, SQL_OUTBOX_SHOW, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, &status)) == NULL)
		return status;
	o = json_loads(found, 0, NULL);
	print_row(ctl, NULL, o);
	json_decref(o);
	free(found);
	return EXIT_DONE;
}

/* Each by itself: one that cannot be is said and does not keep the others. The worst of what came is the answer. */
static int each(struct ctl *ctl, const struct ctl_args *a, enum statement s, const char *second, const char *said)
{
	int worst = EXIT_DONE, status;

	for (int i = 0; i < a->words; i++) {
		struct db_param p[] = { DB_TEXT(a->word[i]), DB_TEXT(second) };

		if (message_of(a->word[i], &status))
			status = ctl_do(ctl, s, p, second ? 2 : 1, said);
		if (status > worst)
			worst = status;
	}
	return worst;
}

static int retry(struct ctl *ctl, const struct ctl_args *a)
{
	return each(ctl, a, SQL_OUTBOX_RETRY, NULL, "to be sent again");
}

static int drop(struct ctl *ctl, const struct ctl_args *a)
{
	const char *why = ctl_opt(a, "reason");

	if (why == NULL || *why == '\0')
		return ctl_usage("--reason says why it is dropped");
	return each(ctl, a, SQL_OUTBOX_DROP, why, "dropped");
}

static const struct ctl_option list_options[] = {
	{ "state", "S,…", "waiting, sending, sent, parked, dead, unaddressed, cancelled (parked,dead)", WORDS_NONE },
	{ "case", "ID", "messages about this case", WORDS_NONE },
	{ "target", "T", "messages to unit:CODE, head:CODE, citizen …", WORDS_NONE },
	{ "limit", "N", "at most so many (200)", WORDS_NONE }, { .name = NULL }
};
static const struct ctl_option drop_options[] = { { "reason", "TEXT", "why; it goes on the record", WORDS_NONE }, { .name = NULL } };

const struct command outbox_commands[] = {
	{ "outbox list", "", "messages that did not arrive, newest first", list_options, 0, 0, WORDS_NONE, list },
	{ "outbox show", "N", "one message: to whom, in what words, and what came back", NULL, 1, 1, WORDS_NONE, show },
	{ "outbox retry", "N…", "send it again, with the same key", NULL, 1, -1, WORDS_NONE, retry },
	{ "outbox drop", "N…", "do not send it any more", drop_options, 1, -1, WORDS_NONE, drop },
	{ .name = NULL }
};
