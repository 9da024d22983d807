/*
 * What a supervisor writes and keeps from a shell: the leaders' list of a day and the instructions on its cases, bulletins, topics. A change takes
 * the version that is read just before it: somebody else's change in between is refused by PostgreSQL and told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/appeal/number.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct column leaders_columns[] = {
	{ "rank", "NO", 3, true }, { "id", "ID", 13, false }, { "stage", "STAGE", 10, false }, { "unit", "UNIT", 12, false },
	{ "instructions", "INSTR", 5, true }, { "why", "WHY", 36, false }, { "title", "TITLE", 40, false }, { "remark", "REMARK", 0, false },
	{ NULL, NULL, 0, false }
};
static const struct column instruction_columns[] = {
	{ "instruction", "NO", 5, true }, { "id", "ID", 13, false }, { "until", "UNTIL", 25, false }, { "overdue", "LATE", 5, false },
	{ "leader", "LEADER", 10, false }, { "unit", "UNIT", 12, false }, { "text", "TEXT", 40, false }, { "complied", "ANSWER", 0, false },
	{ NULL, NULL, 0, false }
};
static const struct column bulletin_columns[] = {
	{ "bulletin", "NO", 5, true }, { "version", "VER", 3, true }, { "from", "FROM", 10, false }, { "to", "TO", 10, false },
	{ "published_at", "PUBLISHED", 25, false }, { "title", "TITLE", 0, false }, { NULL, NULL, 0, false }
};
static const struct column topic_columns[] = {
	{ "topic", "NO", 5, true }, { "stage", "STAGE", 8, false }, { "owner_name", "OWNER", 20, false }, { "target", "TARGET", 10, false },
	{ "cases", "CASES", 6, true }, { "title", "TITLE", 0, false }, { NULL, NULL, 0, false }
};
static const struct column member_columns[] = {
	{ "id", "ID", 13, false }, { "stage", "STAGE", 10, false }, { "received_at", "RECEIVED", 25, false }, { "place", "PLACE", 16, false },
	{ "title", "TITLE", 0, false }, { NULL, NULL, 0, false }
};

static bool
number_word(const char *w, const char *what, int *status)
{
	if (*w && strlen(w) <= 18 && strspn(w, "0123456789") == strlen(w))
		return true;
	*status = ctl_usage("%.40s is no number of a %s", w, what);
	return false;
}

/* The object a statement answers, owned; NULL with *status set. */
static json_t *
object_of(struct ctl *ctl, enum statement s, const struct db_param *params, int n, int *status)
{
	char *text = ctl_value(ctl, s, params, n, status);
	json_t *o = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

	free(text);
	return o;
}

/* "version" of an object as text. */
static void
version_of(const json_t *o, char out[24])
{
	snprintf(out, 24, "%lld", (long long)json_integer_value(json_object_get(o, "version")));
}

/* --- leaders ---------------------------------------------------------------------------------------------------------- */

/* The codes of the reasons in one cell. */
static void
why_of(json_t *item)
{
	char text[200] = "";
	size_t i, at = 0;
	json_t *r;

	json_array_foreach(json_object_get(item, "reasons"), i, r) {
		const char *code = json_string_value(json_object_get(r, "code"));

		if (code && at < sizeof text)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", at ? " " : "", code);
	}
	json_object_set_new(item, "why", json_string(text));
}

static int
print_leaders(struct ctl *ctl, json_t *list)
{
	json_t *item;
	size_t i;

	if (list == NULL)
		return EXIT_REFUSED;
	json_array_foreach(json_object_get(list, "items"), i, item)
		why_of(item);
	if (ctl->json)
		print_row(ctl, NULL, list);
	else
		json_array_foreach(json_object_get(list, "items"), i, item)
			print_row(ctl, leaders_columns, item);
	json_decref(list);
	return EXIT_DONE;
}

static int
leaders_show(struct ctl *ctl, const struct ctl_args *a)
{
	const char *edition = ctl_opt(a, "edition");
	int status = EXIT_DONE;
	json_t *list;

	if (edition != NULL && a->words == 0)
		return ctl_usage("--edition is of a day: name the day");
	list = edition ? object_of(ctl, SQL_LEADERS_EDITION, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(edition) }, 2, &status) :
	    object_of(ctl, SQL_LEADERS_SHOW, (struct db_param[]){ DB_TEXT(a->words ? a->word[0] : NULL) }, 1, &status);
	return list ? print_leaders(ctl, list) : status;
}

static int
leaders_draft(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *n = ctl_value(ctl, SQL_LEADERS_DRAFT, NULL, 0, &status);

	(void)a;
	if (n == NULL)
		return status;
	print_said(ctl, "drafted: %s cases", n);
	free(n);
	return leaders_show(ctl, &(struct ctl_args){ .options = NULL });
}

/* The newest list's day and version. */
static bool
newest(struct ctl *ctl, char day[16], char version[24], int *status)
{
	json_t *list = object_of(ctl, SQL_LEADERS_SHOW, (struct db_param[]){ DB_TEXT(NULL) }, 1, status);
	const char *d = json_string_value(json_object_get(list, "day"));

	snprintf(day, 16, "%s", d ? d : "");
	version_of(list, version);
	json_decref(list);
	if (list != NULL && d == NULL)
		*status = ctl_usage("there is no list yet: fenboctl leaders draft");
	return d != NULL;
}

static int
leaders_edit(struct ctl *ctl, const struct ctl_args *a, const char *op, const char *place, const char *text)
{
	char day[16], version[24], plain[14];
	int status;
	case_no no;

	if (!number_parse(a->word[0], strlen(a->word[0]), &no))
		return ctl_usage("%.40s is no case number", a->word[0]);
	if (!newest(ctl, day, version, &status))
		return status;
	number_plain(no, plain);
	return ctl_do(ctl, SQL_LEADERS_EDIT, (struct db_param[]){ DB_TEXT(day), DB_TEXT(version), DB_TEXT(op), DB_TEXT(plain), DB_TEXT(place), DB_TEXT(text) }, 6,
	    "changed");
}

static int
leaders_add(struct ctl *ctl, const struct ctl_args *a)
{
	return leaders_edit(ctl, a, "add", ctl_opt(a, "at"), ctl_opt(a, "remark"));
}

static int
leaders_drop(struct ctl *ctl, const struct ctl_args *a)
{
	return leaders_edit(ctl, a, "drop", NULL, NULL);
}

static int
leaders_move(struct ctl *ctl, const struct ctl_args *a)
{
	int status;

	return number_word(a->word[1], "place", &status) ? leaders_edit(ctl, a, "move", a->word[1], NULL) : status;
}

static int
leaders_remark(struct ctl *ctl, const struct ctl_args *a)
{
	return leaders_edit(ctl, a, "remark", NULL, a->word[1]);
}

static int
leaders_publish(struct ctl *ctl, const struct ctl_args *a)
{
	char day[16], version[24];
	int status;

	(void)a;
	if (!newest(ctl, day, version, &status))
		return status;
	return ctl_do(ctl, SQL_LEADERS_PUBLISH, (struct db_param[]){ DB_TEXT(day), DB_TEXT(version) }, 2, "published");
}

static int
leaders_instructions(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_list(ctl, SQL_INSTRUCTIONS, (struct db_param[]){ DB_TEXT(ctl_opt(a, "ended") ? "t" : "f") }, 1, instruction_columns);
}

/* --- bulletins -------------------------------------------------------------------------------------------------------- */

static int
bulletin_list(struct ctl *ctl, const struct ctl_args *a)
{
	(void)a;
	return ctl_list(ctl, SQL_BULLETINS, (struct db_param[]){ DB_TEXT("500") }, 1, bulletin_columns);
}

struct wanted { long long id; json_t *found; };

static void
one_of(void *ctx, const struct db_row *r)
{
	struct wanted *w = ctx;
	size_t len;
	const char *text = db_row_text(r, 0, &len);
	json_t *o = json_loadb(text, len, 0, NULL);

	if (w->found == NULL && json_integer_value(json_object_get(o, "bulletin")) == w->id)
		w->found = json_incref(o);
	json_decref(o);
}

/* The bulletin of that number, owned; NULL with *status set. */
static json_t *
bulletin_of(struct ctl *ctl, const char *word, int *status)
{
	struct wanted w = { 0, NULL };
	struct sync *db;
	struct err e;

	if (!number_word(word, "bulletin", status) || (db = ctl_db(ctl, status)) == NULL)
		return NULL;
	w.id = atoll(word);
	if (!sync_run(db, SQL_BULLETINS, (struct db_param[]){ DB_TEXT("500") }, 1, one_of, &w, &e))
		*status = ctl_fail_database(&e);
	else if (w.found == NULL) {
		err_set(&e, ERR_NOT_FOUND, "bulletin", "there is no such bulletin");
		*status = ctl_fail(&e);
	}
	return w.found;
}

static int
bulletin_show(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	json_t *b = bulletin_of(ctl, a->word[0], &status);
	const char *text;

	if (b == NULL)
		return status;
	if (ctl->json) {
		print_row(ctl, NULL, b);
	} else {
		text = json_string_value(json_object_get(b, "text"));
		print_row(ctl, bulletin_columns, b);
		print_text(text ? text : "", text ? strlen(text) : 0);
		print_text("\n", 1);
	}
	json_decref(b);
	return EXIT_DONE;
}

static int
bulletin_draft(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *id = ctl_value(ctl, SQL_BULLETIN_DRAFT, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(a->word[a->words - 1]) }, 2, &status);
	char *words[1] = { id };

	if (id == NULL)
		return status;
	status = bulletin_show(ctl, &(struct ctl_args){ .word = words, .words = 1 });
	free(id);
	return status;
}

static int
bulletin_change(struct ctl *ctl, const struct ctl_args *a, enum statement s, const char *said)
{
	char version[24];
	int status;
	json_t *b = bulletin_of(ctl, a->word[0], &status);

	if (b == NULL)
		return status;
	version_of(b, version);
	json_decref(b);
	return ctl_do(ctl, s, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(version), DB_TEXT(s == SQL_BULLETIN_EDIT ? ctl_opt(a, "title") : NULL),
	    DB_TEXT(s == SQL_BULLETIN_EDIT ? ctl_opt(a, "text") : NULL) }, s == SQL_BULLETIN_EDIT ? 4 : 2, said);
}

static int
bulletin_edit(struct ctl *ctl, const struct ctl_args *a)
{
	return bulletin_change(ctl, a, SQL_BULLETIN_EDIT, "kept");
}

static int
bulletin_publish(struct ctl *ctl, const struct ctl_args *a)
{
	return bulletin_change(ctl, a, SQL_BULLETIN_PUBLISH, "published");
}

static int
bulletin_drop(struct ctl *ctl, const struct ctl_args *a)
{
	return bulletin_change(ctl, a, SQL_BULLETIN_DROP, "dropped");
}

/* --- topics ----------------------------------------------------------------------------------------------------------- */

static int
topic_list(struct ctl *ctl, const struct ctl_args *a)
{
	(void)a;
	return ctl_list(ctl, SQL_TOPICS, NULL, 0, topic_columns);
}

static void
print_span(struct ctl *ctl, const char *label, const json_t *s)
{
	const json_t *effect = json_object_get(s, "effect");
	char rated[64] = "";

	if (json_is_number(effect))
		snprintf(rated, sizeof rated, ", effect %.2f of 5 (%lld rated)", json_number_value(effect), (long long)json_integer_value(json_object_get(s, "rated")));
	print_said(ctl, "%s: %.1f cases a week (%lld in %.1f weeks), %lld done again%s", label, json_number_value(json_object_get(s, "per_week")),
	    (long long)json_integer_value(json_object_get(s, "cases")), json_number_value(json_object_get(s, "weeks")),
	    (long long)json_integer_value(json_object_get(s, "redo")), rated);
}

static int
topic_show(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	json_t *t = number_word(a->word[0], "topic", &status) ? object_of(ctl, SQL_TOPIC_SHOW, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, &status) : NULL, *one;
	size_t i;

	if (t == NULL)
		return status;
	if (ctl->json) {
		print_row(ctl, NULL, t);
		json_decref(t);
		return EXIT_DONE;
	}
	print_row(ctl, topic_columns, t);
	print_span(ctl, "8 weeks before", json_object_get(t, "before"));
	print_span(ctl, "since", json_object_get(t, "since"));
	print_said(ctl, "%s", json_string_value(json_object_get(t, "plan")));
	json_array_foreach(json_object_get(t, "notes"), i, one)
		print_said(ctl, "%s %s: %s", json_string_value(json_object_get(one, "at")), json_string_value(json_object_get(one, "by")),
		    json_string_value(json_object_get(one, "text")));
	ctl->heading = false;
	json_array_foreach(json_object_get(t, "members"), i, one)
		print_row(ctl, member_columns, one);
	json_decref(t);
	return EXIT_DONE;
}

/* The fields that were given as options, as JSON text; owned. */
static char *
fields_of(const struct ctl_args *a, const char *title)
{
	static const char *const names[] = { "title", "owner", "plan", "target", "stage", "item", "place" };
	json_t *o = json_object();
	char *text;

	if (title)
		json_object_set_new(o, "title", json_string(title));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (ctl_opt(a, names[i]))
			json_object_set_new(o, names[i], json_string(ctl_opt(a, names[i])));
	text = json_dumps(o, 0);
	json_decref(o);
	return text;
}

static int
topic_put(struct ctl *ctl, const char *id, const char *version, char *fields)
{
	int status;
	json_t *o = object_of(ctl, SQL_TOPIC_PUT, (struct db_param[]){ DB_TEXT(id), DB_TEXT(version), DB_TEXT(fields) }, 3, &status);

	free(fields);
	if (o == NULL)
		return status;
	if (ctl->json)
		print_row(ctl, NULL, o);
	else
		print_said(ctl, "topic %lld: %lld cases gathered", (long long)json_integer_value(json_object_get(o, "topic")),
		    (long long)json_integer_value(json_object_get(o, "gathered")));
	json_decref(o);
	return EXIT_DONE;
}

static int
topic_new(struct ctl *ctl, const struct ctl_args *a)
{
	return topic_put(ctl, NULL, NULL, fields_of(a, a->word[0]));
}

static int
topic_change(struct ctl *ctl, const struct ctl_args *a)
{
	char version[24];
	int status;
	json_t *t = number_word(a->word[0], "topic", &status) ? object_of(ctl, SQL_TOPIC_SHOW, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, &status) : NULL;

	if (t == NULL)
		return status;
	version_of(t, version);
	json_decref(t);
	return topic_put(ctl, a->word[0], version, fields_of(a, NULL));
}

static int
topic_cases(struct ctl *ctl, const struct ctl_args *a, const char *out)
{
	int status;
	struct err e;
	char *nos = number_word(a->word[0], "topic", &status) ? ctl_numbers(a->word + 1, a->words - 1, &e) : NULL;

	if (nos == NULL)
		return number_word(a->word[0], "topic", &status) ? ctl_fail(&e) : status;
	status = ctl_do(ctl, SQL_TOPIC_CASES, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(nos), DB_TEXT(out) }, 3, *out == 't' ? "taken out" : "put in");
	free(nos);
	return status;
}

static int
topic_add(struct ctl *ctl, const struct ctl_args *a)
{
	return topic_cases(ctl, a, "f");
}

static int
topic_out(struct ctl *ctl, const struct ctl_args *a)
{
	return topic_cases(ctl, a, "t");
}

static int
topic_note(struct ctl *ctl, const struct ctl_args *a)
{
	int status;

	if (!number_word(a->word[0], "topic", &status))
		return status;
	return ctl_do(ctl, SQL_TOPIC_NOTE, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(a->word[1]) }, 2, "kept");
}

/* --- the tables ------------------------------------------------------------------------------------------------------- */

static const struct ctl_option edition_options[] = {
	{ "edition", "N", "as it was published the nth time, instead of as it stands", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option add_options[] = {
	{ "at", "N", "its place; the last without it", WORDS_NONE }, { "remark", "TEXT", "a word for the leaders", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option ended_options[] = {
	{ "ended", NULL, "with those that ended in the last 30 days", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
static const struct ctl_option bulletin_options[] = {
	{ "title", "TEXT", "another title", WORDS_NONE }, { "text", "TEXT", "another text", WORDS_NONE }, { NULL, NULL, NULL, WORDS_NONE }
};
#define TOPIC_OPTIONS \
	{ "owner", "CODE", "who answers for it: a unit or an account", WORDS_NONE }, { "plan", "TEXT", "what is to be done", WORDS_NONE }, \
	{ "target", "DAY", "by when", WORDS_NONE }, { "item", "CODE", "cases of this duty item are gathered by themselves", WORDS_NONE }, \
	{ "place", "CODE", "cases of this place and below it are gathered by themselves", WORDS_NONE }
static const struct ctl_option new_options[] = { TOPIC_OPTIONS, { NULL, NULL, NULL, WORDS_NONE } };
static const struct ctl_option change_options[] = {
	{ "title", "TEXT", "another title", WORDS_NONE }, { "stage", "STAGE", "open, working, review, done or dropped", WORDS_NONE }, TOPIC_OPTIONS,
	{ NULL, NULL, NULL, WORDS_NONE }
};

const struct command leaders_commands[] = {
	{ "leaders draft", "", "draft today's list of key cases, or bring the draft up to date", NULL, 0, 0, WORDS_NONE, leaders_draft },
	{ "leaders show", "[DAY]", "the list of a day, or the newest", edition_options, 0, 1, WORDS_NONE, leaders_show },
	{ "leaders add", "ID", "put a case on it", add_options, 1, 1, WORDS_NONE, leaders_add },
	{ "leaders drop", "ID", "take a case off it", NULL, 1, 1, WORDS_NONE, leaders_drop },
	{ "leaders move", "ID N", "give a case another place; 1 is the first", NULL, 2, 2, WORDS_NONE, leaders_move },
	{ "leaders remark", "ID TEXT", "a word for the leaders about a case", NULL, 2, 2, WORDS_NONE, leaders_remark },
	{ "leaders publish", "", "publish the newest list as it stands: the leaders are told", NULL, 0, 0, WORDS_NONE, leaders_publish },
	{ "leaders instructions", "", "instructions that stand, the most overdue first", ended_options, 0, 0, WORDS_NONE, leaders_instructions },
	{ "bulletin draft", "FROM [TO]", "draft a bulletin of what was late or redone in these days", NULL, 1, 2, WORDS_NONE, bulletin_draft },
	{ "bulletin list", "", "bulletins, the newest first", NULL, 0, 0, WORDS_NONE, bulletin_list },
	{ "bulletin show", "N", "one of them with its text", NULL, 1, 1, WORDS_NONE, bulletin_show },
	{ "bulletin edit", "N", "change title or text of a draft", bulletin_options, 1, 1, WORDS_NONE, bulletin_edit },
	{ "bulletin publish", "N", "publish it: the units in it are told", NULL, 1, 1, WORDS_NONE, bulletin_publish },
	{ "bulletin drop", "N", "a draft that is not wanted", NULL, 1, 1, WORDS_NONE, bulletin_drop },
	{ "topic list", "", "topics, those at work first", NULL, 0, 0, WORDS_NONE, topic_list },
	{ "topic show", "N", "one of them: figures of before and since, notes, cases", NULL, 1, 1, WORDS_NONE, topic_show },
	{ "topic open", "TITLE", "gather cases of one kind under an owner", new_options, 1, 1, WORDS_NONE, topic_new },
	{ "topic change", "N", "change what is said of a topic", change_options, 1, 1, WORDS_NONE, topic_change },
	{ "topic add", "N ID…", "put cases in", NULL, 2, -1, WORDS_NONE, topic_add },
	{ "topic out", "N ID…", "take cases out: they are not gathered again", NULL, 2, -1, WORDS_NONE, topic_out },
	{ "topic note", "N TEXT", "a word on how it goes", NULL, 2, 2, WORDS_NONE, topic_note },
	{ 0 }
};
