/*
 * fenboctl act: every action of the action table (core/appeal/action.h). Options are the arguments of the table; which an action
 * needs and may have is checked here only to say it at once, PostgreSQL judges.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/value.h"
#include "core/appeal/action.h"
#include "core/appeal/number.h"
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/ctl/act.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct ctl_option options[] = {
	{ "version", "N", "the version you saw; refused if the case has moved on (default: the current one)", WORDS_NONE },
	{ "atomic", NULL, "all or nothing", WORDS_NONE },
#define X(id, bit, wire, what) { wire, "VALUE", what, WORDS_NONE },
	ARG_TABLE(X)
#undef X
	{ NULL, NULL, NULL, WORDS_NONE }
};

/* A text given as "-" is read from standard input. */
static bool
text_of(const char *given, struct buf *out, struct err *e)
{
	char chunk[4096];
	size_t n;

	out->limit = 1 << 20;
	if (strcmp(given, "-") != 0) {
		buf_puts(out, given);
		return true;
	}
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
		buf_add(out, chunk, n);
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return !out->failed || err_set(e, ERR_TOO_LARGE, "text", "the text is longer than 1 MiB");
}

static json_t *
split_list(const char *list)
{
	json_t *array = json_array();

	for (const char *end; *list != '\0'; list = *end == ',' ? end + 1 : end) {
		end = list + strcspn(list, ",");
		if (end > list)
			json_array_append_new(array, json_stringn(list, (size_t)(end - list)));
	}
	return array;
}

/* A JSON array of texts, or paragraphs with an empty line between. */
static json_t *
split_parts(const char *text)
{
	json_t *array = text[strspn(text, " \n")] == '[' ? json_loads(text, 0, NULL) : NULL, *part;
	bool texts = json_is_array(array);
	size_t i;

	json_array_foreach(array, i, part)
		texts = texts && json_is_string(part);
	if (texts)
		return array;
	json_decref(array);
	array = json_array();
	while (*text != '\0') {
		const char *end = strstr(text, "\n\n");
		size_t len = end != NULL ? (size_t)(end - text) : strlen(text);

		if (len > 0)
			json_array_append_new(array, json_stringn(text, len));
		text += len;
		text += strspn(text, "\n");
	}
	return array;
}

/* NULL with *e set when the value is not of the argument's form. */
static json_t *
value_of(enum action_arg arg, const char *text, struct err *e)
{
	case_no no;
	int64_t n;
	char plain[14];
	json_t *value;

	switch (arg) {
	case ARG_RECOMMENDATION:
		if (value_int(text, &n))
			return json_integer(n);
		err_set(e, ERR_USAGE, arg_name(arg), "--recommendation: a number is expected, not %s", text);
		return NULL;
	case ARG_INTO:
		if (number_parse(text, strlen(text), &no)) {
			number_plain(no, plain);
			return json_string(plain);
		}
		err_set(e, ERR_INVALID, arg_name(arg), "--into: %s is no case number", text);
		return NULL;
	case ARG_ASSIST:
		return split_list(text);
	case ARG_PARTS:
		return split_parts(text);
	case ARG_FIELDS:
	case ARG_RATING:
		if ((value = json_loads(text, 0, NULL)) == NULL || !json_is_object(value)) {
			json_decref(value);
			err_set(e, ERR_USAGE, arg_name(arg), "--%s: a JSON object is expected", arg_name(arg));
			return NULL;
		}
		return value;
	case ARG_FILES:
		if ((value = json_loads(text, 0, NULL)) == NULL || !json_is_array(value)) {
			json_decref(value);
			err_set(e, ERR_USAGE, arg_name(arg), "--%s: a JSON array is expected", arg_name(arg));
			return NULL;
		}
		return value;
	default:
		if ((value = json_string(text)) == NULL)
			err_set(e, ERR_INVALID, arg_name(arg), "--%s: the text is not UTF-8", arg_name(arg));
		return value;
	}
}

static bool
arguments(enum action action, const struct ctl_args *a, json_t *args, struct err *e)
{
	const struct action_info *info = &action_table[action];

	for (unsigned bit = 1; arg_name(bit) != NULL; bit <<= 1) {
		const char *name = arg_name(bit), *given = ctl_opt(a, name);
		struct buf text = { 0 };
		json_t *value;

		if (given == NULL) {
			if (info->needs & bit)
				return err_set(e, ERR_USAGE, name, "%s needs --%s", info->name, name);
			continue;
		}
		if (!((info->needs | info->may) & bit))
			return err_set(e, ERR_USAGE, name, "%s does not take --%s", info->name, name);
		value = text_of(given, &text, e) ? value_of(bit, buf_text(&text), e) : NULL;
		buf_free(&text);
		if (value == NULL || json_object_set_new(args, name, value) != 0)
			return false;
	}
	return true;
}

struct answers { struct ctl *ctl; int refused, rows; };

static void
set_text(json_t *o, const char *key, const struct db_row *r, int col)
{
	if (!db_row_null(r, col))
		json_object_set_new(o, key, json_string(db_row_text(r, col, NULL)));
}

static void
answer(void *ctx, const struct db_row *r)
{
	enum { ID, OK, VERSION, STAGE, EVENT, ERROR, MESSAGE, FIELD, BY, AT };
	struct answers *out = ctx;
	bool ok = db_row_bool(r, OK);
	json_t *o = json_pack("{s:o, s:b}", "id", print_number(db_row_int(r, ID)), "ok", ok);

	out->rows++;
	out->refused += !ok;
	if (!ok) {
		set_text(o, "error", r, ERROR);
		set_text(o, "message", r, MESSAGE);
		set_text(o, "field", r, FIELD);
	}
	if (!db_row_null(r, VERSION))
		json_object_set_new(o, "version", json_integer(db_row_int(r, VERSION)));
	if (ok) {
		set_text(o, "stage", r, STAGE);
		if (!db_row_null(r, EVENT))
			json_object_set_new(o, "event", json_integer(db_row_int(r, EVENT)));
	} else {
		set_text(o, "by", r, BY);
		if (!db_row_null(r, AT))
			json_object_set_new(o, "at", print_time(db_row_time(r, AT)));
	}
	if (out->ctl->json)
		print_row(out->ctl, NULL, o);
	else {
		char no[16];
		struct buf text = { 0 };

		number_show(db_row_int(r, ID), no);
		if (ok)
			printf("%s  %s  version %lld\n", no, db_row_text(r, STAGE, NULL), (long long)db_row_int(r, VERSION));
		else {
			clean_text(&text, db_row_text(r, MESSAGE, NULL), strlen(db_row_text(r, MESSAGE, NULL)), CLEAN_LINE);
			printf("%s  refused: %s: %s\n", no, db_row_text(r, ERROR, NULL), buf_text(&text));
		}
		buf_free(&text);
	}
	if (!ok)
		fprintf(stderr, "fenboctl: %s: %s\n", json_string_value(json_object_get(o, "id")), db_row_text(r, ERROR, NULL));
	json_decref(o);
}

/* One version for every id. */
static char *
versions_of(int version, int n)
{
	struct buf b = { 0 };

	buf_putc(&b, '{');
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s%d", i > 0 ? "," : "", version);
	buf_putc(&b, '}');
	return b.data;
}

struct current { int *version; size_t n, room; };

static void
current_row(void *ctx, const struct db_row *r)
{
	struct current *c = ctx;

	if (c->n < c->room)
		c->version[c->n++] = (int)db_row_int(r, 0);
}

static void
shown_row(void *ctx, const struct db_row *r)
{
	json_t *o = json_loads(db_row_text(r, 0, NULL), 0, NULL);

	*(int *)ctx = (int)json_integer_value(json_object_get(o, "version"));
	json_decref(o);
}

/* Without --version the caller acts on the case as it stands now: its version is read first, so that PostgreSQL still refuses
 * what changes between the two. A case that cannot be seen has none, and is answered for by PostgreSQL. */
static char *
current_versions(struct sync *db, const char *ids, char *const *words, size_t n, struct err *e)
{
	struct current c = { calloc(n + 1, sizeof *c.version), 0, n };
	struct buf list = { 0 };
	bool ok = c.version != NULL && sync_run(db, SQL_CASE_VERSIONS, (struct db_param[]){ DB_TEXT(ids) }, 1, current_row, &c, e);

	buf_putc(&list, '{');
	for (size_t i = 0; ok && i < n; i++) {
		char *one = c.version[i] == 0 ? ctl_numbers(words + i, 1, e) : NULL;

		if (one != NULL) { /* not in the queue: closed, merged, or not to be seen. "{number}" without its braces */
			one[strlen(one) - 1] = '\0';
			ok = sync_run(db, SQL_SHOW, (struct db_param[]){ DB_TEXT(one + 1) }, 1, shown_row, &c.version[i], e) ||
			    e->code == ERR_NOT_FOUND;
			free(one);
		}
		buf_printf(&list, "%s%d", i > 0 ? "," : "", c.version[i]);
	}
	buf_putc(&list, '}');
	free(c.version);
	if (!ok)
		buf_free(&list);
	return list.data;
}

static bool
log_in(struct sync *db, struct err *e)
{
	return sync_run(db, SQL_LOGIN, (struct db_param[]){ DB_TEXT("fenboctl"), DB_TEXT(NULL) }, 2, NULL, NULL, e);
}

static int
send(struct ctl *ctl, enum action action, char *const *words, size_t n, const char *ids, const char *versions, const char *args,
    const char *atomic)
{
	struct answers out = { .ctl = ctl };
	struct db_param params[] = { DB_TEXT(action_table[action].name), DB_TEXT(ids), DB_TEXT(versions), DB_TEXT(args), DB_TEXT(atomic) };
	int status;
	struct sync *db = ctl_db(ctl, &status);
	struct err e;
	char *read = NULL;
	bool ok = db != NULL;

	if (!ok)
		return status;
	/* A claim belongs to a session; this one is not renewed, so the claim lasts as long as a console's that died. */
	if (action == ACTION_CLAIM || action == ACTION_NEXT || action == ACTION_RELEASE)
		ok = log_in(db, &e);
	if (ok && versions == NULL && action != ACTION_NEXT) {
		ok = (read = current_versions(db, ids, words, n, &e)) != NULL;
		params[2].text = read;
	}
	ok = ok && sync_run(db, SQL_ACT, params, 5, answer, &out, &e);
	free(read);
	if (!ok)
		return ctl_fail_database(&e);
	if (out.rows == 0 && action == ACTION_NEXT) {
		err_set(&e, ERR_NOT_FOUND, NULL, "there is no free case");
		return ctl_fail(&e);
	}
	return out.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}

int
act_deliver(struct ctl *ctl, enum action action, const char *ids, const char *versions, const char *args, bool atomic)
{
	return send(ctl, action, NULL, 0, ids, versions, args, atomic ? "true" : "false");
}

/* One id's answer that PostgreSQL was not asked for. */
static void
refuse(struct ctl *ctl, const char *id, const struct err *e)
{
	json_t *o = json_pack("{s:s, s:b, s:s, s:s}", "id", id, "ok", false, "error", err_name(e->code), "message", e->message);

	if (*e->field != '\0' && strcmp(e->field, "id") != 0)
		json_object_set_new(o, "field", json_string(e->field));
	if (ctl->json && o != NULL)
		print_row(ctl, NULL, o);
	json_decref(o);
}

/* An argument that no case can have is answered for each of them. */
static int
refuse_all(struct ctl *ctl, char *const *words, int n, const struct err *e)
{
	for (int i = 0; i < n && e->code != ERR_USAGE; i++)
		refuse(ctl, words[i], e);
	return ctl_fail(e);
}

static bool
is_number(const char *word)
{
	case_no no;

	return number_parse(word, strlen(word), &no);
}

/* Words that are no case numbers get their own answers; the others move to the front. How many those are. */
static int
good_words(struct ctl *ctl, char **words, int n, bool atomic)
{
	struct err e;
	int good = 0, bad = 0;

	for (int i = 0; i < n; i++)
		bad += !is_number(words[i]);
	for (int i = 0; i < n && bad > 0; i++) {
		if (is_number(words[i])) {
			words[good++] = words[i];
			continue;
		}
		err_set(&e, ERR_INVALID, "id", "%.60s is no case number%s", words[i], atomic ? "; nothing was done" : "");
		refuse(ctl, words[i], &e);
		ctl_fail(&e);
	}
	return bad == 0 ? n : atomic ? 0 : good;
}

static int
act(struct ctl *ctl, const struct ctl_args *a)
{
	enum action action;
	struct err e = { 0 };
	bool atomic = ctl_opt(a, "atomic") != NULL;
	int version = 0, status, given = a->words - 1, n;
	char *ids = NULL, *versions = NULL, *text = NULL;
	json_t *args = json_object();

	if (!action_parse(a->word[0], &action))
		status = ctl_usage("there is no action %s; fenboctl completion lists them", a->word[0]);
	else if (given == 0 && action != ACTION_NEXT && action != ACTION_UNDO)
		status = ctl_usage("%s: which case?", a->word[0]);
	else if (!arguments(action, a, args, &e) || !ctl_opt_int(a, "version", 1, INT32_MAX, &version, &e))
		status = refuse_all(ctl, a->word + 1, given, &e);
	else if ((n = good_words(ctl, a->word + 1, given, atomic)) == 0 && given > 0)
		status = EXIT_REFUSED; /* not sent without any: that would undo the last action, whatever it was */
	else if ((ids = ctl_numbers(a->word + 1, n, &e)) == NULL)
		status = ctl_fail(&e);
	else {
		versions = version > 0 ? versions_of(version, n) : NULL;
		text = json_dumps(args, JSON_COMPACT);
		status = send(ctl, action, a->word + 1, (size_t)n, ids, versions, text, atomic ? "true" : "false");
		if (status == EXIT_DONE && n < given)
			status = EXIT_REFUSED;
	}
	free(text);
	free(versions);
	free(ids);
	json_decref(args);
	return status;
}

const struct command act_commands[] = {
	{ "act", "ACTION ID…", "do something to cases; each id gets its own answer", options, 1, -1, WORDS_ACTION, act },
	{ .name = NULL }
};
