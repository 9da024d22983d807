/*
 * What the caller was told at the console, and taking note of it: for dispatchers, supervisors and unit desks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/value.h"
#include "core/base/buf.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct column list_columns[] = {
	{ "id", "id", 8, true }, { "level", "level", 7, false }, { "at", "at", 19, false }, { "count", "times", 5, true }, { "no", "case", 13, false },
	{ "code", "what", 22, false }, { "acknowledged_by", "acknowledged by", 16, false }, { "title", "title", 0, false }, { .key = NULL }
};

static int list(struct ctl *ctl, const struct ctl_args *a)
{
	(void)a;
	return ctl_list(ctl, SQL_ALARM_LIST, NULL, 0, list_columns);
}

static int acknowledge(struct ctl *ctl, const struct ctl_args *a)
{
	struct buf ids = { 0 };
	char *found;
	int status;
	int64_t n;

	if (a->words == 1 && strcmp(a->word[0], "all") == 0) {
		found = ctl_value(ctl, SQL_ALARM_ACK_ALL, NULL, 0, &status);
	} else {
		buf_puts(&ids, "{");
		for (int i = 0; i < a->words; i++) {
			if (!value_int(a->word[i], &n) || n <= 0) {
				buf_free(&ids);
				return ctl_usage("%s is no number of an alarm", a->word[i]);
			}
			buf_printf(&ids, "%s%lld", i ? "," : "", (long long)n);
		}
		buf_puts(&ids, "}");
		found = ctl_value(ctl, SQL_ALARM_ACK, (struct db_param[]){ DB_TEXT(buf_text(&ids)) }, 1, &status);
		buf_free(&ids);
	}
	if (found == NULL)
		return status;
	printf(ctl->json ? "{\"acknowledged\":%s}\n" : "acknowledged: %s\n", found);
	free(found);
	return EXIT_DONE;
}

const struct command alarm_commands[] = {
	{ "alarm list", "", "what you were told, and who has acknowledged it", NULL, 0, 0, WORDS_NONE, list },
	{ "alarm ack", "N… | all", "take note of it, for everybody who was told", NULL, 1, -1, WORDS_NONE, acknowledge },
	{ .name = NULL }
};
