/*
 * Routing revisions: files are checked and compared here (conf/routing.h), the database keeps and judges them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/routing.h"
#include "conf/value.h"
#include "core/ctl/ctl.h"
#include "core/ctl/exchange.h"
#include "core/ctl/print.h"

int
exchange_errors(struct ctl *ctl, struct err_list *errs)
{
	char text[600];

	err_list_sort(errs);
	for (size_t i = 0; i < errs->count; i++) {
		const struct err_item *item = &errs->items[i];

		err_item_show(item, text, sizeof text);
		fprintf(stderr, "%s\n", text);
		if (ctl->json) {
			json_t *o = json_pack("{s:s, s:s, s:i, s:i, s:s, s:s}", "error", err_name(item->err.code), "file", item->file,
			    "line", item->err.line, "column", item->column, "field", item->err.field, "message", item->err.message);

			print_row(ctl, NULL, o);
			json_decref(o);
		}
	}
	if (errs->dropped > 0)
		fprintf(stderr, "and %zu more\n", errs->dropped);
	err_list_free(errs);
	return EXIT_REFUSED;
}

static bool
load(const char *path, struct routing_doc *doc, struct err_list *errs)
{
	if (!routing_load(path, doc, errs))
		return false;
	if (err_list_empty(errs))
		return true;
	routing_free(doc);
	return false;
}

static int
apply_revision(struct ctl *ctl, const struct routing_doc *doc, const char *note, const char *expect)
{
	json_t *json = routing_json(doc), *files = routing_files(doc), *o;
	char *text = json_dumps(json, JSON_COMPACT), *from = json_dumps(files, JSON_COMPACT), *revision;
	struct db_param params[] = { DB_TEXT(text), DB_TEXT(from), DB_TEXT(note), DB_TEXT(expect) };
	int status;

	json_decref(json);
	json_decref(files);
	revision = ctl_value(ctl, SQL_ROUTE_APPLY, params, 4, &status);
	free(text);
	free(from);
	if (revision == NULL)
		return status;
	o = json_pack("{s:i}", "revision", atoi(revision));
	if (ctl->json)
		print_row(ctl, NULL, o);
	print_said(ctl, "revision %s", revision);
	json_decref(o);
	free(revision);
	return status;
}

/* Does the document hold anything that belongs to a revision? */
static bool
has_revision(const struct routing_doc *doc)
{
	for (int part = 0; part < ROUTING_PARTS; part++)
		if (doc->has[part] && part != ROUTING_ENTERPRISES)
			return true;
	return doc->has_policy;
}

int
exchange_apply(struct ctl *ctl, const struct routing_doc *doc, const char *note, const char *expect)
{
	int status = has_revision(doc) ? apply_revision(ctl, doc, note, expect) : EXIT_DONE;

	if (status == EXIT_DONE && doc->has[ROUTING_ENTERPRISES])
		status = enterprises_apply(ctl, &doc->sheet[ROUTING_ENTERPRISES], note);
	return status;
}

static int
check(struct ctl *ctl, const struct ctl_args *a)
{
	struct routing_doc doc;
	struct err_list errs = { 0 };

	if (!load(a->word[0], &doc, &errs))
		return exchange_errors(ctl, &errs);
	for (int part = 0; part < ROUTING_PARTS; part++)
		if (doc.has[part])
			print_said(ctl, "%-14s %zu rows", routing_kind[part].name, doc.sheet[part].rows);
	print_said(ctl, "nothing is wrong");
	routing_free(&doc);
	return EXIT_DONE;
}

static int
apply(struct ctl *ctl, const struct ctl_args *a)
{
	struct routing_doc doc;
	struct err_list errs = { 0 };
	const char *note = ctl_opt(a, "note"), *expect = ctl_opt(a, "expect");
	int64_t n;
	int status;

	if (expect != NULL && !value_int(expect, &n))
		return ctl_usage("--expect: a revision's number is expected");
	if (!load(a->word[0], &doc, &errs))
		return exchange_errors(ctl, &errs);
	status = exchange_apply(ctl, &doc, note != NULL ? note : "", expect);
	routing_free(&doc);
	return status;
}

/* --- diff ---------------------------------------------------------------------------------------------------------- */

static const struct column diff_columns[] = {
	{ "change", "change", 8, false }, { "part", "part", 12, false }, { "key", "key", 24, false }, { "before", "before", 40, false },
	{ "after", "after", 0, false }, { .key = NULL }
};

/* What names a row within its part. */
static const char *
key_of(const char *part, const json_t *row, char *room, size_t size)
{
	const char *key = strcmp(part, "calendar") == 0 ? "day" : "code";
	const char *action = json_string_value(json_object_get(row, "action"));
	const char *text = json_string_value(json_object_get(row, key));

	if (strcmp(part, "reasons") == 0)
		snprintf(room, size, "%s %s", action != NULL ? action : "", text != NULL ? text : "");
	else
		snprintf(room, size, "%s", text != NULL ? text : "");
	return room;
}

static json_t *
by_key(const char *part, const json_t *rows)
{
	json_t *map = json_object(), *row;
	char key[256];
	size_t i;

	json_array_foreach(rows, i, row)
		json_object_set(map, key_of(part, row, key, sizeof key), row);
	return map;
}

static int
print_change(struct ctl *ctl, const char *part, const char *key, json_t *before, json_t *after)
{
	json_t *o;

	if (before != NULL && after != NULL && json_equal(before, after))
		return 0;
	o = json_pack("{s:s, s:s, s:s, s:O?, s:O?}", "change", before == NULL ? "added" : after == NULL ? "removed" : "changed",
	    "part", part, "key", key, "before", before, "after", after);
	print_row(ctl, diff_columns, o);
	json_decref(o);
	return 1;
}

static int
diff_maps(struct ctl *ctl, const char *part, json_t *before, json_t *after)
{
	const char *key;
	json_t *value;
	int changes = 0;

	json_object_foreach(before, key, value)
		changes += print_change(ctl, part, key, value, json_object_get(after, key));
	json_object_foreach(after, key, value)
		if (json_object_get(before, key) == NULL)
			changes += print_change(ctl, part, key, NULL, value);
	return changes;
}

/* The rows that stand, in the form of the document: fields that the document does not have are of no interest. */
static json_t *
standing(struct ctl *ctl, const char *part, int *status)
{
	bool policy = strcmp(part, "policy") == 0;
	char *text = policy ? ctl_value(ctl, SQL_ROUTING_POLICY_TEXT, NULL, 0, status)
	                    : ctl_value(ctl, SQL_ROUTING_ROWS, (struct db_param[]){ DB_TEXT(part) }, 1, status);
	json_t *rows = text != NULL ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return rows;
}

static int
diff_file(struct ctl *ctl, const char *path)
{
	struct routing_doc doc;
	struct err_list errs = { 0 };
	const char *part;
	json_t *json, *rows;
	int status = EXIT_DONE, changes = 0;

	if (!load(path, &doc, &errs))
		return exchange_errors(ctl, &errs);
	json = routing_json(&doc);
	json_object_foreach(json, part, rows) {
		json_t *now = standing(ctl, part, &status), *before, *after;

		if (now == NULL)
			break;
		before = json_is_array(now) ? by_key(part, now) : json_incref(now);
		after = json_is_array(rows) ? by_key(part, rows) : json_incref(rows);
		changes += diff_maps(ctl, part, before, after);
		json_decref(before);
		json_decref(after);
		json_decref(now);
	}
	if (status == EXIT_DONE && changes == 0)
		print_said(ctl, "no difference");
	json_decref(json);
	routing_free(&doc);
	return status;
}

static int
diff(struct ctl *ctl, const struct ctl_args *a)
{
	int64_t from, to;

	if (a->words == 1)
		return diff_file(ctl, a->word[0]);
	if (!value_int(a->word[0], &from) || !value_int(a->word[1], &to))
		return ctl_usage("route diff: a folder or file, or the numbers of two revisions");
	return ctl_list(ctl, SQL_ROUTE_DIFF, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(a->word[1]) }, 2, diff_columns);
}

/* --- history ------------------------------------------------------------------------------------------------------- */

static int
history(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "revision", "revision", 8, true }, { "current", "current", 7, false }, { "applied_at", "applied", 19, false },
		{ "applied_by", "by", 16, false }, { "rolled_back_to", "back to", 7, true }, { "note", "note", 0, false }, { .key = NULL }
	};

	(void)a;
	return ctl_list(ctl, SQL_ROUTE_HISTORY, NULL, 0, columns);
}

static int
rollback(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	int64_t n;
	char *revision;
	json_t *o;

	if (!value_int(a->word[0], &n))
		return ctl_usage("%s is no revision's number", a->word[0]);
	revision = ctl_value(ctl, SQL_ROUTE_ROLLBACK, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, &status);
	if (revision == NULL)
		return status;
	o = json_pack("{s:i, s:I}", "revision", atoi(revision), "rolled_back_to", (json_int_t)n);
	if (ctl->json)
		print_row(ctl, NULL, o);
	print_said(ctl, "revision %s is as %s was", revision, a->word[0]);
	json_decref(o);
	free(revision);
	return status;
}

static const struct ctl_option apply_options[] = {
	{ "note", "TEXT", "why, for the history", WORDS_NONE },
	{ "expect", "REVISION", "refuse if this is no longer the current revision", WORDS_NONE }, { .name = NULL }
};

const struct command route_commands[] = {
	{ "route check", "DIR|FILE", "say everything that is wrong with routing.ini and the tables", NULL, 1, 1, WORDS_FILE, check },
	{ "route diff", "DIR|FILE | FROM TO", "what files, or a revision, would change", NULL, 1, 2, WORDS_FILE, diff },
	{ "route apply", "DIR|FILE", "load files as a new routing revision", apply_options, 1, 1, WORDS_FILE, apply },
	{ "route history", "", "every revision", NULL, 0, 0, WORDS_NONE, history },
	{ "route rollback", "REVISION", "make an earlier revision the current one, as a new revision", NULL, 1, 1, WORDS_NONE, rollback },
	{ .name = NULL }
};
