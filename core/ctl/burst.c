/*
 * burst: the groups of one incident that the machine has gathered; what they hold, merging one in one action, taking a case out, closing one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/appeal/number.h"
#include "core/base/buf.h"
#include "core/ctl/act.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct column list_columns[] = {
	{ "id", "GROUP", 7, true }, { "people", "PEOPLE", 6, true }, { "cases", "CASES", 5, true }, { "since", "SINCE", 25, false },
	{ "primary", "OLDEST", 13, false }, { "place", "PLACE", 16, false }, { "title", "TITLE", 0, false }, { NULL, NULL, 0, false }
};
static const struct column member_columns[] = {
	{ "id", "ID", 13, false }, { "stage", "STAGE", 10, false }, { "received_at", "RECEIVED", 25, false }, { "place", "PLACE", 16, false },
	{ "title", "TITLE", 0, false }, { NULL, NULL, 0, false }
};

/* The group's number as it was typed; NULL after saying that it is none. */
static const char *
group_word(const struct ctl_args *a, int *status)
{
	const char *w = a->word[0];

	if (*w && strlen(w) <= 18 && strspn(w, "0123456789") == strlen(w))
		return w;
	*status = ctl_usage("%.40s is no group; fenboctl burst list shows them", w);
	return NULL;
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	(void)a;
	return ctl_list(ctl, SQL_BURST_LIST, NULL, 0, list_columns);
}

static int
show(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	const char *group = group_word(a, &status);
	char *text = group ? ctl_value(ctl, SQL_BURST_SHOW, (struct db_param[]){ DB_TEXT(group) }, 1, &status) : NULL;
	json_t *o, *line;
	size_t i;

	if (text == NULL)
		return status;
	o = json_loads(text, 0, NULL);
	free(text);
	if (ctl->json) {
		print_row(ctl, NULL, o);
	} else {
		print_row(ctl, list_columns, o);
		ctl->heading = false;
		json_array_foreach(json_object_get(o, "members"), i, line)
			print_row(ctl, member_columns, line);
	}
	json_decref(o);
	return EXIT_DONE;
}

/* --- merging ---------------------------------------------------------------------------------------------------------- */

struct triage { case_no no[2000]; int version[2000], n; };

static void
triage_row(void *ctx, const struct db_row *r)
{
	struct triage *t = ctx;

	if (t->n < 2000) {
		t->no[t->n] = db_row_int(r, 0);
		t->version[t->n++] = (int)db_row_int(r, 1);
	}
}

static void
preview_row(void *ctx, const struct db_row *r)
{
	struct ctl *ctl = ctx;
	json_t *o = json_pack("{s:o, s:b, s:s}", "id", print_number(db_row_int(r, 0)), "ok", db_row_bool(r, 1), "message", db_row_text(r, 2, NULL));

	if (ctl->json)
		print_row(ctl, NULL, o);
	else
		print_said(ctl, "%s%s", db_row_bool(r, 1) ? "" : "refused: ", db_row_text(r, 2, NULL));
	json_decref(o);
}

static int
preview(struct ctl *ctl, struct sync *db, const char *ids, const char *args)
{
	struct err e;

	if (!sync_run(db, SQL_PREVIEW, (struct db_param[]){ DB_TEXT("merge"), DB_TEXT(ids), DB_TEXT(args) }, 3, preview_row, ctl, &e))
		return ctl_fail_database(&e);
	return EXIT_DONE;
}

/* Everything that waits but the one into which it goes: the oldest, unless the caller names another. */
static int
merge_into(struct ctl *ctl, struct sync *db, const struct triage *t, case_no into, bool only_look)
{
	struct buf ids = { 0 }, versions = { 0 };
	char plain[14], args[64];
	int n = 0, status;
	struct err e;

	for (int i = 0; i < t->n; i++) {
		if (t->no[i] == into)
			continue;
		buf_printf(&ids, "%c%lld", n ? ',' : '{', (long long)t->no[i]);
		buf_printf(&versions, "%c%d", n++ ? ',' : '{', t->version[i]);
	}
	if (n == 0) {
		err_set(&e, ERR_IMPOSSIBLE, "", "no other case of this group waits for dispatch");
		return ctl_fail(&e);
	}
	buf_putc(&ids, '}');
	buf_putc(&versions, '}');
	number_plain(into, plain);
	snprintf(args, sizeof args, "{\"into\":\"%s\"}", plain);
	status = only_look ? preview(ctl, db, buf_text(&ids), args) : act_deliver(ctl, ACTION_MERGE, buf_text(&ids), buf_text(&versions), args, true);
	buf_free(&ids);
	buf_free(&versions);
	return status;
}

static int
merge(struct ctl *ctl, const struct ctl_args *a)
{
	static struct triage t;
	const char *into = ctl_opt(a, "into"), *group;
	case_no no = 0;
	int status;
	struct sync *db;
	struct err e;

	if ((group = group_word(a, &status)) == NULL)
		return status;
	if (into && !number_parse(into, strlen(into), &no))
		return ctl_usage("--into: %.40s is no case number", into);
	if ((db = ctl_db(ctl, &status)) == NULL)
		return status;
	t.n = 0;
	if (!sync_run(db, SQL_BURST_CASES, (struct db_param[]){ DB_TEXT(group) }, 1, triage_row, &t, &e))
		return ctl_fail_database(&e);
	return merge_into(ctl, db, &t, no ? no : t.n > 0 ? t.no[0] : 0, ctl_opt(a, "preview") != NULL);
}

/* --- not one incident ------------------------------------------------------------------------------------------------- */

static int
take_out(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	struct err e;
	const char *group = group_word(a, &status);
	char *nos = group ? ctl_numbers(a->word + 1, a->words - 1, &e) : NULL;

	if (group == NULL)
		return status;
	if (nos == NULL)
		return ctl_fail(&e);
	status = ctl_do(ctl, SQL_BURST_OUT, (struct db_param[]){ DB_TEXT(group), DB_TEXT(nos) }, 2, "taken out of the group");
	free(nos);
	return status;
}

static int
close_group(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	const char *group = group_word(a, &status);

	return group ? ctl_do(ctl, SQL_BURST_CLOSE, (struct db_param[]){ DB_TEXT(group) }, 1, "closed") : status;
}

static const struct ctl_option merge_options[] = {
	{ "into", "ID", "the case they follow, instead of the oldest", WORDS_NONE },
	{ "preview", NULL, "only say what would be merged", WORDS_NONE },
	{ NULL, NULL, NULL, WORDS_NONE }
};

const struct command burst_commands[] = {
	{ "burst list", "", "groups of cases about one incident, the most people first", NULL, 0, 0, WORDS_NONE, list },
	{ "burst show", "GROUP", "one of them with its cases", NULL, 1, 1, WORDS_NONE, show },
	{ "burst merge", "GROUP", "merge what waits for dispatch into one case, all or nothing", merge_options, 1, 1, WORDS_NONE, merge },
	{ "burst out", "GROUP ID…", "take cases out that are another matter", NULL, 2, -1, WORDS_NONE, take_out },
	{ "burst close", "GROUP", "it is no incident, or it is over: its cases go on alone", NULL, 1, 1, WORDS_NONE, close_group },
	{ 0 }
};
