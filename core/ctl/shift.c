/*
 * shift: who works when and who is on; swaps, leave, attendance; cases dealt out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct column turn_columns[] = {
	{ "day", "DAY", 10, false }, { "shift", "SHIFT", 6, false }, { "name", "NAME", 8, false }, { "start_at", "FROM", 25, false },
	{ "end_at", "UNTIL", 25, false }, { "on", "PEOPLE", 6, true }, { "crew_names", "CREWS", 0, false }, { .key = NULL }
};
static const struct column people_columns[] = {
	{ "account", "ACCOUNT", 16, false }, { "role", "ROLE", 10, false }, { "how", "HOW", 6, false }, { "state", "STATE", 8, false }, { "held", "HELD", 5, true },
	{ "decided", "DECIDED", 7, true }, { "idle_s", "IDLE S", 6, true }, { "late_s", "LATE S", 6, true }, { "came_at", "SINCE", 25, false },
	{ "person", "PERSON", 0, false }, { .key = NULL }
};
static const struct column roster_columns[] = {
	{ "account", "ACCOUNT", 16, false }, { "role", "ROLE", 10, false }, { "how", "HOW", 6, false }, { "other", "FOR OR TO", 12, false },
	{ "person", "PERSON", 0, false }, { .key = NULL }
};
static const struct column swap_columns[] = {
	{ "id", "SWAP", 5, true }, { "state", "STATE", 9, false }, { "person", "GIVES", 10, false }, { "day", "DAY", 10, false }, { "name", "SHIFT", 8, false },
	{ "other_person", "TO", 10, false }, { "other_day", "FOR DAY", 10, false }, { "other_name", "SHIFT", 8, false }, { "reason", "REASON", 0, false },
	{ .key = NULL }
};
static const struct column leave_columns[] = {
	{ "id", "LEAVE", 5, true }, { "state", "STATE", 9, false }, { "person", "PERSON", 10, false }, { "kind", "KIND", 8, false }, { "from_at", "FROM", 25, false },
	{ "until_at", "UNTIL", 25, false }, { "reason", "REASON", 0, false }, { .key = NULL }
};
static const struct column attendance_columns[] = {
	{ "day", "DAY", 10, false }, { "name", "SHIFT", 8, false }, { "account", "ACCOUNT", 16, false }, { "state", "STATE", 8, false },
	{ "derived", "DERIVED", 8, false }, { "late_s", "LATE S", 6, true }, { "early_s", "EARLY S", 7, true }, { "decided", "DECIDED", 7, true },
	{ "came_at", "CAME", 25, false }, { "note", "NOTE", 0, false }, { .key = NULL }
};
static const struct column sum_columns[] = {
	{ "account", "ACCOUNT", 16, false }, { "turns", "TURNS", 5, true }, { "present", "PRESENT", 7, true }, { "late", "LATE", 4, true }, { "early", "EARLY", 5, true },
	{ "absent", "ABSENT", 6, true }, { "leave", "LEAVE", 5, true }, { "extra", "EXTRA", 5, true }, { "decided", "DECIDED", 7, true },
	{ "person", "PERSON", 0, false }, { .key = NULL }
};
static const struct column deal_columns[] = {
	{ "id", "ID", 13, false }, { "priority", "PRIORITY", 8, false }, { "account", "TO", 16, false }, { "held", "HOLDS", 5, true }, { "title", "TITLE", 0, false },
	{ .key = NULL }
};

static const char *
word(const struct ctl_args *a, int i)
{
	return i < a->words ? a->word[i] : NULL;
}

/* --- who is on ---------------------------------------------------------------------------------------------------------- */

static int
at(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_list(ctl, SQL_SHIFT_AT, (struct db_param[]){ DB_TEXT(word(a, 0)) }, 1, turn_columns);
}

static int
on(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_list(ctl, SQL_SHIFT_ON, (struct db_param[]){ DB_TEXT(word(a, 0)) }, 1, people_columns);
}

static void
roster_row(void *ctx, const struct db_row *r)
{
	struct ctl *ctl = ctx;
	size_t len, i;
	const char *text = db_row_text(r, 0, &len);
	json_t *o = json_loadb(text, len, 0, NULL), *person;

	if (ctl->json) {
		print_row(ctl, NULL, o);
	} else {
		print_row(ctl, turn_columns, o);
		ctl->heading = json_object_get(o, "people") == NULL; /* each turn has its own when its people come below it */
		json_array_foreach(json_object_get(o, "people"), i, person)
			print_row(ctl, roster_columns, person);
		if (json_object_get(o, "people") != NULL)
			ctl->heading = false;
	}
	json_decref(o);
}

static int
roster(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	struct sync *db = ctl_db(ctl, &status);
	struct err e;

	if (db == NULL)
		return status;
	if (!sync_run(db, SQL_SHIFT_ROSTER, (struct db_param[]){ DB_TEXT(word(a, 0)), DB_TEXT(word(a, 1)), DB_TEXT(ctl_opt(a, "people") ? "true" : "false") }, 3,
	    roster_row, ctl, &e))
		return ctl_fail_database(&e);
	return EXIT_DONE;
}

static int
crew(struct ctl *ctl, const struct ctl_args *a)
{
	const char *n = a->word[1];

	if (strcmp(n, "none") != 0 && (strspn(n, "0123456789") != strlen(n) || strlen(n) > 2))
		return ctl_usage("%.20s is no crew: a number from 1 to 99, or none", n);
	return ctl_do(ctl, SQL_SHIFT_CREW, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(strcmp(n, "none") ? n : NULL) }, 2, "done");
}

/* --- swaps and leave ---------------------------------------------------------------------------------------------------- */

/* The number or word that a statement answers, as {"KEY": …} or a sentence. */
static int
answer(struct ctl *ctl, enum statement s, const struct db_param *params, int n, const char *key, const char *said)
{
	int status;
	char *value = ctl_value(ctl, s, params, n, &status);
	json_t *o;

	if (value == NULL)
		return status;
	o = strspn(value, "0123456789") == strlen(value) ? json_pack("{s:I}", key, (json_int_t)atoll(value)) : json_pack("{s:s}", key, value);
	if (ctl->json)
		print_row(ctl, NULL, o);
	else
		print_said(ctl, said, value);
	json_decref(o);
	free(value);
	return EXIT_DONE;
}

static int
swap(struct ctl *ctl, const struct ctl_args *a)
{
	const char *take = ctl_opt(a, "take"), *shift = take ? strchr(take, ':') : NULL;
	char day[16] = "";

	if (take != NULL && (shift == NULL || (size_t)(shift - take) >= sizeof day || shift[1] == '\0'))
		return ctl_usage("--take: %.40s is no DAY:SHIFT, such as 2026-11-24:3", take);
	if (take != NULL)
		snprintf(day, sizeof day, "%.*s", (int)(shift - take), take);
	return answer(ctl, SQL_SHIFT_SWAP_ASK, (struct db_param[]){ DB_TEXT(ctl_opt(a, "account")), DB_TEXT(a->word[0]), DB_TEXT(a->word[1]), DB_TEXT(a->word[2]),
	    DB_TEXT(take ? day : NULL), DB_TEXT(take ? shift + 1 : NULL), DB_TEXT(ctl_opt(a, "reason")) }, 7, "swap", "asked: swap %s");
}

static int
swaps(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_list(ctl, SQL_SHIFT_SWAPS, (struct db_param[]){ DB_TEXT(ctl_opt(a, "all") ? "true" : "false") }, 1, swap_columns);
}

static int
leave(struct ctl *ctl, const struct ctl_args *a)
{
	return answer(ctl, SQL_SHIFT_LEAVE_ASK, (struct db_param[]){ DB_TEXT(ctl_opt(a, "account")), DB_TEXT(a->word[0]), DB_TEXT(a->word[1]), DB_TEXT(a->word[2]),
	    DB_TEXT(ctl_opt(a, "reason")) }, 5, "leave", "leave %s");
}

static int
leaves(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_list(ctl, SQL_SHIFT_LEAVES, (struct db_param[]){ DB_TEXT(ctl_opt(a, "all") ? "true" : "false") }, 1, leave_columns);
}

static int
decide(struct ctl *ctl, const struct ctl_args *a)
{
	bool is_swap = strcmp(a->word[0], "swap") == 0;
	const char *n = a->word[1];

	if (!is_swap && strcmp(a->word[0], "leave") != 0)
		return ctl_usage("a swap or a leave is decided, not a %.20s", a->word[0]);
	if (*n == '\0' || strspn(n, "0123456789") != strlen(n) || strlen(n) > 18)
		return ctl_usage("%.40s is no number of a %s", n, a->word[0]);
	return answer(ctl, is_swap ? SQL_SHIFT_SWAP : SQL_SHIFT_LEAVE, (struct db_param[]){ DB_TEXT(n), DB_TEXT(a->word[2]), DB_TEXT(ctl_opt(a, "note")) }, 3, "state",
	    "%s");
}

/* --- attendance --------------------------------------------------------------------------------------------------------- */

static int
attendance(struct ctl *ctl, const struct ctl_args *a)
{
	struct db_param params[] = { DB_TEXT(word(a, 0)), DB_TEXT(word(a, 1)), DB_TEXT(ctl_opt(a, "account")) };

	if (ctl_opt(a, "sum"))
		return ctl_list(ctl, SQL_ATTENDANCE_SUM, params, 2, sum_columns);
	return ctl_list(ctl, SQL_ATTENDANCE_LIST, params, 3, attendance_columns);
}

static int
correct(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_do(ctl, SQL_ATTENDANCE_CORRECT, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(a->word[1]), DB_TEXT(a->word[2]),
	    DB_TEXT(strcmp(a->word[3], "derived") ? a->word[3] : NULL), DB_TEXT(ctl_opt(a, "note")) }, 5, "corrected");
}

/* --- work --------------------------------------------------------------------------------------------------------------- */

static void
deal_row(void *ctx, const struct db_row *r)
{
	struct ctl *ctl = ctx;
	size_t len;
	const char *text = db_row_text(r, 0, &len);
	json_t *o = json_loadb(text, len, 0, NULL);

	if (ctl->json || json_is_string(json_object_get(o, "id")))
		print_row(ctl, ctl->json ? NULL : deal_columns, o);
	else
		print_said(ctl, "%s", json_string_value(json_object_get(o, "message")));
	json_decref(o);
}

static int
deal(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	struct sync *db;
	struct err e;

	if (strspn(a->word[0], "0123456789") != strlen(a->word[0]) || strlen(a->word[0]) > 4)
		return ctl_usage("%.20s is no number of cases", a->word[0]);
	if ((db = ctl_db(ctl, &status)) == NULL)
		return status;
	if (!sync_run(db, SQL_SHIFT_DEAL, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(ctl_opt(a, "preview") ? "true" : "false"), DB_TEXT(NULL), DB_TEXT(NULL) }, 4, deal_row, ctl, &e))
		return ctl_fail_database(&e);
	return EXIT_DONE;
}

static int
assign(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	struct err e;
	char *ids = ctl_numbers(a->word, 1, &e), *version = NULL, no[24];

	if (ids == NULL)
		return ctl_fail(&e);
	snprintf(no, sizeof no, "%.*s", (int)strlen(ids) - 2, ids + 1);
	if (ctl_opt(a, "version") == NULL)
		version = ctl_value(ctl, SQL_CASE_VERSIONS, (struct db_param[]){ DB_TEXT(ids) }, 1, &status);
	free(ids);
	if (version == NULL && ctl_opt(a, "version") == NULL)
		return status;
	status = ctl_do(ctl, SQL_SHIFT_ASSIGN, (struct db_param[]){ DB_TEXT(no), DB_TEXT(version ? version : ctl_opt(a, "version")), DB_TEXT(a->word[1]) }, 3, "given");
	free(version);
	return status;
}

static const struct ctl_option roster_options[] = {
	{ "people", NULL, "with everybody's name", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option all_options[] = {
	{ "all", NULL, "also those of the past month that are decided", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option swap_options[] = {
	{ "take", "DAY:SHIFT", "the shift that is taken for it; without it, none", WORDS_NONE },
	{ "account", "NAME", "for somebody else (supervisors)", WORDS_NONE },
	{ "reason", "TEXT", "why", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option leave_options[] = {
	{ "account", "NAME", "for somebody else (supervisors): it stands at once", WORDS_NONE },
	{ "reason", "TEXT", "why", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option note_options[] = {
	{ "note", "TEXT", "why", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option attendance_options[] = {
	{ "sum", NULL, "counted for each person", WORDS_NONE },
	{ "account", "NAME", "of one person", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option deal_options[] = {
	{ "preview", NULL, "only say who would get which", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option assign_options[] = {
	{ "version", "N", "the version you saw; without it, the present one", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};

const struct command shift_commands[] = {
	{ "shift at", "[TIME]", "which shift is on, or was at a time", NULL, 0, 1, WORDS_NONE, at },
	{ "shift on", "[TIME]", "who is on: since when, how many cases each holds and has decided, how long idle", NULL, 0, 1, WORDS_NONE, on },
	{ "shift roster", "[DAY [DAY]]", "which crews work on these days; without one, today", roster_options, 0, 2, WORDS_NONE, roster },
	{ "shift crew", "NAME N", "put somebody into crew N, or into none", NULL, 2, 2, WORDS_NONE, crew },
	{ "shift swap", "DAY SHIFT NAME", "ask somebody to take your shift of a day", swap_options, 3, 3, WORDS_NONE, swap },
	{ "shift swaps", "", "swaps that wait for an answer or a decision", all_options, 0, 0, WORDS_NONE, swaps },
	{ "shift leave", "FROM UNTIL KIND", "ask for leave: leave, sick, training or duty", leave_options, 3, 3, WORDS_NONE, leave },
	{ "shift leaves", "", "leave that waits for a decision", all_options, 0, 0, WORDS_NONE, leaves },
	{ "shift decide", "swap|leave N DECISION", "agree, decline, withdraw, approve or refuse", note_options, 3, 3, WORDS_NONE, decide },
	{ "shift attendance", "[DAY [DAY]]", "who came, late, left early or did not come", attendance_options, 0, 2, WORDS_NONE, attendance },
	{ "shift correct", "DAY SHIFT NAME STATE", "set attendance right: present, late, early, absent, leave, or derived", note_options, 4, 4, WORDS_NONE, correct },
	{ "shift deal", "N", "deal the N most pressing free cases out to those who are on, evenly", deal_options, 1, 1, WORDS_NONE, deal },
	{ "shift assign", "ID NAME", "give one case to one person who has a console open", assign_options, 2, 2, WORDS_NONE, assign },
	{ 0 }
};
