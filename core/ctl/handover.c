/*
 * handover: what one shift leaves to the next. Without a number it is the one that the caller has to do with now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/buf.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct column head_columns[] = {
	{ "id", "HANDOVER", 8, true }, { "state", "STATE", 6, false }, { "version", "VERSION", 7, true }, { "from", "FROM", 14, false }, { "to", "TO", 14, false },
	{ "sent_at", "SENT", 25, false }, { "sent_by", "BY", 0, false }, { .key = NULL }
};
static const struct column item_columns[] = {
	{ "n", "ITEM", 4, true }, { "state", "STATE", 12, false }, { "kind", "WHY", 11, false }, { "id", "ID", 13, false }, { "priority", "PRIORITY", 8, false },
	{ "due_at", "DUE", 25, false }, { "said", "WHAT", 0, false }, { .key = NULL }
};
static const struct column list_columns[] = {
	{ "id", "HANDOVER", 8, true }, { "state", "STATE", 6, false }, { "desk", "DESK", 10, false }, { "from", "FROM", 14, false }, { "from_end", "ENDED", 25, false },
	{ "items", "ITEMS", 5, true }, { "open", "OPEN", 5, true }, { "queued", "QUEUED", 6, true }, { "sent_by", "SENT BY", 0, false }, { .key = NULL }
};
static const struct column ack_columns[] = {
	{ "n", "ITEM", 4, true }, { "ok", "DONE", 5, false }, { "by_", "BY", 10, false }, { "message", "MESSAGE", 0, false }, { .key = NULL }
};
static const struct column open_columns[] = {
	{ "handover", "HANDOVER", 8, true }, { "n", "ITEM", 4, true }, { "kind", "WHY", 11, false }, { "id", "ID", 13, false }, { "queued_at", "SINCE", 25, false },
	{ "title", "WHAT", 0, false }, { .key = NULL }
};
static const struct column change_columns[] = {
	{ "version", "VERSION", 7, true }, { "at", "AT", 25, false }, { "what", "WHAT", 12, false }, { "by_", "BY", 0, false }, { .key = NULL }
};

static bool
is_number(const char *s)
{
	return *s != '\0' && strlen(s) <= 18 && strspn(s, "0123456789") == strlen(s);
}

/* What an item that is no case says of itself: a number, or an alarm by its code. */
static void
say_itself(const json_t *item, struct buf *b)
{
	const json_t *first = json_array_get(json_object_get(item, "reasons"), 0), *n = json_object_get(first, "n"), *units = json_object_get(first, "units");
	const char *code = json_string_value(json_object_get(first, "code"));

	if (units != NULL)
		buf_printf(b, "%lld open, %lld of them with units", (long long)json_integer_value(n), (long long)json_integer_value(units));
	else if (n != NULL)
		buf_printf(b, "and %lld more", (long long)json_integer_value(n));
	else if (code != NULL)
		buf_puts(b, code);
}

/* Title and remark in one. */
static void
say_what(json_t *item)
{
	const char *title = json_string_value(json_object_get(item, "title")), *text = json_string_value(json_object_get(item, "text"));
	const char *dropped = json_string_value(json_object_get(item, "dropped"));
	struct buf b = { 0 };

	if (json_is_string(json_object_get(item, "id")))
		buf_puts(&b, title ? title : "");
	else
		say_itself(item, &b);
	buf_printf(&b, "%s%s", b.len > 0 && text && *text ? " · " : "", text ? text : "");
	if (dropped && *dropped)
		buf_printf(&b, " (%s)", dropped);
	json_object_set_new(item, "said", json_stringn(b.data ? b.data : "", b.len));
	buf_free(&b);
}

/* The handover as an object; NULL with *status set. */
static json_t *
fetch(struct ctl *ctl, const char *id, int *status)
{
	char *text = ctl_value(ctl, SQL_HANDOVER_SHOW, (struct db_param[]){ DB_TEXT(id) }, 1, status);
	json_t *o = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return o;
}

static int
show(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	json_t *o, *item;
	size_t i;

	if (a->words > 0 && !is_number(a->word[0]))
		return ctl_usage("%.40s is no number of a handover; fenboctl handover list shows them", a->word[0]);
	if ((o = fetch(ctl, a->words > 0 ? a->word[0] : NULL, &status)) == NULL)
		return status;
	if (ctl->json) {
		print_row(ctl, NULL, o);
	} else {
		print_row(ctl, head_columns, o);
		ctl->heading = false;
		json_array_foreach(json_object_get(o, "items"), i, item) {
			say_what(item);
			print_row(ctl, item_columns, item);
		}
	}
	json_decref(o);
	return EXIT_DONE;
}

static int
draft(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *id = ctl_value(ctl, SQL_HANDOVER_DRAFT, NULL, 0, &status);
	struct ctl_args one = *a;

	if (id == NULL)
		return status;
	one.word = &id;
	one.words = 1;
	status = show(ctl, &one);
	free(id);
	return status;
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	int n = 20;
	char most[8];
	struct err e;

	if (!ctl_opt_int(a, "limit", 1, 500, &n, &e))
		return ctl_fail(&e);
	snprintf(most, sizeof most, "%d", n);
	return ctl_list(ctl, SQL_HANDOVER_LIST, (struct db_param[]){ DB_TEXT(most) }, 1, list_columns);
}

/* --- changing ----------------------------------------------------------------------------------------------------------- */

/* Number of the handover meant: that of --handover, or the present one. Owned; NULL with *status set. */
static char *
meant(struct ctl *ctl, const struct ctl_args *a, int *status)
{
	const char *given = ctl_opt(a, "handover");
	json_t *o;
	char text[24] = "";

	if (given != NULL && !is_number(given)) {
		*status = ctl_usage("--handover: %.40s is no number", given);
		return NULL;
	}
	if (given != NULL)
		return strdup(given);
	if ((o = fetch(ctl, NULL, status)) == NULL)
		return NULL;
	snprintf(text, sizeof text, "%lld", (long long)json_integer_value(json_object_get(o, "id")));
	json_decref(o);
	return strdup(text);
}

/* A change that answers the new version. */
static int
change(struct ctl *ctl, enum statement s, const struct db_param *params, int n)
{
	int status;
	char *version = ctl_value(ctl, s, params, n, &status);
	json_t *o;

	if (version == NULL)
		return status;
	o = json_pack("{s:I}", "version", (json_int_t)atoll(version));
	if (ctl->json)
		print_row(ctl, NULL, o);
	else
		print_said(ctl, "version %s", version);
	json_decref(o);
	free(version);
	return EXIT_DONE;
}

static int
edit(struct ctl *ctl, const struct ctl_args *a, const char *what, const char *item, const char *text, const char *no)
{
	int status;
	char *id = meant(ctl, a, &status);

	if (id == NULL)
		return status;
	status = change(ctl, SQL_HANDOVER_EDIT, (struct db_param[]){ DB_TEXT(id), DB_TEXT(ctl_opt(a, "version")), DB_TEXT(what), DB_TEXT(item), DB_TEXT(text),
	    DB_TEXT(no) }, 6);
	free(id);
	return status;
}

static int
add(struct ctl *ctl, const struct ctl_args *a)
{
	const char *given = ctl_opt(a, "case");
	char *ids = NULL, no[24] = "", *word = (char *)(given ? given : "");
	struct err e;

	if (given != NULL) {
		if ((ids = ctl_numbers(&word, 1, &e)) == NULL)
			return ctl_fail(&e);
		snprintf(no, sizeof no, "%.*s", (int)strlen(ids) - 2, ids + 1);
		free(ids);
	}
	return edit(ctl, a, "add", NULL, a->word[0], given ? no : NULL);
}

static int
edit_item(struct ctl *ctl, const struct ctl_args *a, const char *what)
{
	if (!is_number(a->word[0]))
		return ctl_usage("%.40s is no number of an item; fenboctl handover show has them", a->word[0]);
	return edit(ctl, a, what, a->word[0], a->words > 1 ? a->word[1] : NULL, NULL);
}

static int
remark(struct ctl *ctl, const struct ctl_args *a)
{
	return edit_item(ctl, a, "remark");
}

static int
drop(struct ctl *ctl, const struct ctl_args *a)
{
	return edit_item(ctl, a, "drop");
}

static int
keep(struct ctl *ctl, const struct ctl_args *a)
{
	return edit_item(ctl, a, "keep");
}

static int
send_it(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *id = meant(ctl, a, &status);

	if (id == NULL)
		return status;
	status = change(ctl, SQL_HANDOVER_SEND, (struct db_param[]){ DB_TEXT(id), DB_TEXT(ctl_opt(a, "version")) }, 2);
	free(id);
	return status;
}

static int
undo(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *id = meant(ctl, a, &status);

	if (id == NULL)
		return status;
	status = change(ctl, SQL_HANDOVER_UNDO, (struct db_param[]){ DB_TEXT(id) }, 1);
	free(id);
	return status;
}

static int
ack(struct ctl *ctl, const struct ctl_args *a)
{
	struct buf items = { 0 };
	int status;
	char *id;

	for (int i = 0; i < a->words; i++) {
		if (!is_number(a->word[i]) || strlen(a->word[i]) > 6) {
			buf_free(&items);
			return ctl_usage("%.40s is no number of an item; fenboctl handover show has them", a->word[i]);
		}
		buf_printf(&items, "%c%s", i ? ',' : '{', a->word[i]);
	}
	buf_putc(&items, '}');
	if ((id = meant(ctl, a, &status)) != NULL)
		status = ctl_list(ctl, SQL_HANDOVER_ACK, (struct db_param[]){ DB_TEXT(id), DB_TEXT(buf_text(&items)), DB_TEXT("false") }, 3, ack_columns);
	free(id);
	buf_free(&items);
	return status;
}

static int
open_items(struct ctl *ctl, const struct ctl_args *a)
{
	(void)a;
	return ctl_list(ctl, SQL_HANDOVER_OPEN, NULL, 0, open_columns);
}

static int
changes(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *id = meant(ctl, a, &status);

	if (id == NULL)
		return status;
	status = ctl_list(ctl, SQL_HANDOVER_CHANGES, (struct db_param[]){ DB_TEXT(id) }, 1, change_columns);
	free(id);
	return status;
}

static const struct ctl_option list_options[] = {
	{ "limit", "N", "at most N; 20 without it", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option which_options[] = {
	{ "handover", "N", "this one; without it, the one you have to do with now", WORDS_NONE },
	{ "version", "N", "refuse if it has changed since this version", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option add_options[] = {
	{ "case", "ID", "the case it is about", WORDS_NONE },
	{ "handover", "N", "this one; without it, the one you have to do with now", WORDS_NONE },
	{ "version", "N", "refuse if it has changed since this version", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option one_options[] = {
	{ "handover", "N", "this one; without it, the one you have to do with now", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};

const struct command handover_commands[] = {
	{ "handover draft", "", "draft the handover of the shift that is on, or bring the draft up to date", NULL, 0, 0, WORDS_NONE, draft },
	{ "handover show", "[N]", "a handover with its items", NULL, 0, 1, WORDS_NONE, show },
	{ "handover list", "", "handovers, the newest first", list_options, 0, 0, WORDS_NONE, list },
	{ "handover add", "TEXT", "put an item into the draft", add_options, 1, 1, WORDS_NONE, add },
	{ "handover remark", "ITEM [TEXT]", "say something about an item", which_options, 1, 2, WORDS_NONE, remark },
	{ "handover drop", "ITEM REASON", "take an item off; it stays to be read with the reason", which_options, 2, 2, WORDS_NONE, drop },
	{ "handover keep", "ITEM", "a dropped item stays after all", which_options, 1, 1, WORDS_NONE, keep },
	{ "handover send", "", "send it to the next shift", which_options, 0, 0, WORDS_NONE, send_it },
	{ "handover ack", "ITEM…", "acknowledge items", one_options, 1, -1, WORDS_NONE, ack },
	{ "handover undo", "", "take back your last change, if nothing came after it", one_options, 0, 0, WORDS_NONE, undo },
	{ "handover open", "", "what no shift has acknowledged in time", NULL, 0, 0, WORDS_NONE, open_items },
	{ "handover changes", "", "what was done to it, version by version", one_options, 0, 0, WORDS_NONE, changes },
	{ 0 }
};
