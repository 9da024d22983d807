/*
 * One table in or out as CSV (conf/routing.h): import makes a routing revision that changes this table and nothing else; the list of
 * enterprises stands beside the revisions.
 */
#include "core/ctl/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/ctl/place.h"
#include "core/ctl/print.h"

static int
import(struct ctl *ctl, const struct ctl_args *a, enum routing_part part)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	const char *note = ctl_opt(a, "note");
	char default_note[64];
	int status;

	snprintf(default_note, sizeof default_note, "import %s", routing_kind[part].name);
	if (!routing_load_part(part, a->word[0], &doc, &errs) || !err_list_empty(&errs)) {
		routing_free(&doc);
		return exchange_errors(ctl, &errs);
	}
	status = exchange_apply(ctl, &doc, note != NULL ? note : default_note, NULL);
	routing_free(&doc);
	return status;
}

static int
write_out(const struct buf *csv, const char *path)
{
	FILE *out = path == NULL || strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
	struct err e;

	if (out == NULL || fwrite(csv->data, 1, csv->len, out) != csv->len || (out != stdout && fclose(out) != 0)) {
		err_set(&e, ERR_INTERNAL, NULL, "%s: %s", path != NULL ? path : "standard output", strerror(errno));
		return ctl_fail(&e);
	}
	return EXIT_DONE;
}

static int
export(struct ctl *ctl, const struct ctl_args *a, enum routing_part part)
{
	const char *path = a->words > 0 ? a->word[0] : NULL;
	bool english = ctl_opt(a, "english") != NULL, bom = ctl_opt(a, "bom") != NULL;
	int status;

	if (part == ROUTING_ENTERPRISES)
		return enterprises_export(ctl, path, english, bom);
	char *found = ctl_value(ctl, SQL_ROUTING_ROWS, (struct db_param[]){ DB_TEXT(routing_part_key(part)) }, 1, &status);
	json_t *rows = found != NULL ? json_loads(found, 0, NULL) : NULL;
	struct buf csv = { 0 };
	struct err e;

	free(found);
	if (rows == NULL)
		return status;
	if (routing_export_rows(part, rows, english, bom, &csv))
		status = write_out(&csv, path);
	else {
		err_set(&e, ERR_INTERNAL, NULL, "the table cannot be written");
		status = ctl_fail(&e);
	}
	buf_free(&csv);
	json_decref(rows);
	return status;
}

/* name of the command, part */
#define PART_TABLE(X) \
	X(duty, ROUTING_ITEMS, "the duty list") \
	X(units, ROUTING_UNITS, "the units") \
	X(gazetteer, ROUTING_PLACES, "the gazetteer") \
	X(enterprises, ROUTING_ENTERPRISES, "the list of enterprises") \
	X(knowledge, ROUTING_KNOWLEDGE, "the knowledge base") \
	X(calendar, ROUTING_CALENDAR, "public holidays and make-up workdays")

#define X(name, part, what) \
	static int import_##name(struct ctl *ctl, const struct ctl_args *a) { return import(ctl, a, part); } \
	static int export_##name(struct ctl *ctl, const struct ctl_args *a) { return export(ctl, a, part); }
PART_TABLE(X)
#undef X

static const struct ctl_option import_options[] = { { "note", "TEXT", "why, for the history", WORDS_NONE }, { .name = NULL } };
static const struct ctl_option export_options[] = {
	{ "english", NULL, "English headings and words", WORDS_NONE },
	{ "bom", NULL, "with a byte order mark, for spreadsheets", WORDS_NONE }, { .name = NULL }
};

const struct command exchange_commands[] = {
#define X(name, part, what) \
	{ "import " #name, "FILE.csv", "take in " what, import_options, 1, 1, WORDS_FILE, import_##name }, \
	{ "export " #name, "[FILE.csv]", "write out " what, export_options, 0, 1, WORDS_FILE, export_##name },
PART_TABLE(X)
#undef X
	{ "import boundaries", "[FILE.geojson]", "take in where places end, in place of all boundaries before", boundaries_options, 0, 1, WORDS_FILE,
	  boundaries_command },
	{ .name = NULL }
};
