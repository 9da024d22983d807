#include "conf/routing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "conf/divisions.h"
#include "conf/ini.h"
#include "conf/policy.h"
#include "conf/text.h"
#include "conf/value.h"

#define INI_NAME "routing.ini"

void routing_free(struct routing_doc *doc)
{
	json_decref(doc->policy);
	json_decref(doc->channels);
	json_decref(doc->reasons);
	for (int i = 0; i < ROUTING_PARTS; i++)
		if (doc->has[i])
			sheet_free(&doc->sheet[i]);
	for (int i = 0; i <= ROUTING_PARTS; i++)
		buf_free(&doc->text[i]);
	memset(doc, 0, sizeof *doc);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool parse_policy(
    const char *file, const char *bytes, size_t len, struct routing_doc *out, struct err_list *errs)
{
	size_t before = errs->count + errs->dropped;
	struct ini *ini = ini_parse(file, bytes, len, errs);
	struct policy policy = { 0 };
	bool good = ini && policy_parse(ini, file, &policy, errs);

	ini_free(ini);
	if (good && errs->count + errs->dropped != before) { /* the values are right, the file is not */
		policy_free(&policy);
		good = false;
	}
	if (!good)
		return false;
	json_decref(out->policy);
	json_decref(out->channels);
	json_decref(out->reasons);
	out->policy = policy.policy;
	out->channels = policy.channels;
	out->reasons = policy.reasons;
	out->has_policy = true;
	return true;
}

bool routing_parse(
    int part, const char *file, const char *bytes, size_t len, struct routing_doc *out, struct err_list *errs)
{
	struct err_list again = { 0 };
	struct sheet sheet;
	bool gb, bom;

	if (part == ROUTING_PARTS) {
		if (!parse_policy(file, bytes, len, out, errs))
			return false;
	} else {
		if (part == ROUTING_PLACES && divisions_are(bytes, len)) {
			if (!divisions_parse(&sheet, &routing_kind[part], file, bytes, len, errs))
				return false;
		} else if (!sheet_parse(&sheet, &routing_kind[part], file, bytes, len, errs))
			return false;
		if (out->has[part])
			sheet_free(&out->sheet[part]);
		out->sheet[part] = sheet;
		out->has[part] = true;
	}
	buf_free(&out->text[part]);
	text_decode(&out->text[part], file, bytes, len, &gb, &bom, &again); /* has been decoded once without error */
	err_list_free(&again);
	return true;
}

static bool load_file(int part, const char *path, struct routing_doc *out, struct err_list *errs)
{
	struct buf bytes = { .limit = SHEET_FILE_MAX + 65536 };
	bool good = text_read(&bytes, path, part == ROUTING_PARTS ? INI_FILE_MAX : SHEET_FILE_MAX, errs) &&
	    routing_parse(part, path, buf_text(&bytes), bytes.len, out, errs);

	buf_free(&bytes);
	return good;
}

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* Everything that stands in a folder under its usual name. */
static bool load_folder(const char *dir, struct routing_doc *out, struct err_list *errs)
{
	char path[4200];
	int found = 0;
	bool good = true;

	for (int part = 0; part <= ROUTING_PARTS; part++) {
		if (part == ROUTING_PARTS)
			snprintf(path, sizeof path, "%s/%s", dir, INI_NAME);
		else
			snprintf(path, sizeof path, "%s/%s.csv", dir, routing_kind[part].name);
		if (!exists(path))
			continue;
		found++;
		good &= load_file(part, path, out, errs);
	}
	if (!found)
		return err_list_add(
		    errs, ERR_NOT_FOUND, dir, 0, 0, "", "holds neither routing.ini nor a table of routing");
	return good;
}

/* The part a file's name says, ROUTING_PARTS for routing.ini, -1 for neither. */
static int part_of_file(const char *path)
{
	const char *name = strrchr(path, '/');
	size_t n;

	name = name ? name + 1 : path;
	n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, ".ini") == 0)
		return ROUTING_PARTS;
	for (int i = 0; i < ROUTING_PARTS; i++)
		if (n == strlen(routing_kind[i].name) + 4 && strncmp(name, routing_kind[i].name, n - 4) == 0 &&
		    strcmp(name + n - 4, ".csv") == 0)
			return i;
	return -1;
}

static bool finish(bool good, struct routing_doc *out, struct err_list *errs)
{
	/* Tables that could be read are held against one another even if some others could not. */
	good &= routing_check(out, errs);
	if (!good) {
		err_list_sort(errs);
		routing_free(out);
	}
	return good;
}

bool routing_load(const char *dir_or_path, struct routing_doc *out, struct err_list *errs)
{
	struct stat st;
	bool good;
	int part;

	memset(out, 0, sizeof *out);
	if (stat(dir_or_path, &st) != 0)
		return err_list_add(errs, ERR_NOT_FOUND, dir_or_path, 0, 0, "", "cannot be found: %s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return finish(load_folder(dir_or_path, out, errs), out, errs);
	part = part_of_file(dir_or_path);
	if (part < 0)
		return err_list_add(errs, ERR_USAGE, dir_or_path, 0, 0, "",
		    "expected a folder, an .ini file, or one of units.csv duty.csv gazetteer.csv knowledge.csv "
		    "calendar.csv enterprises.csv");
	good = load_file(part, dir_or_path, out, errs);
	if (part == ROUTING_PARTS) { /* the tables beside it */
		char path[4200];
		const char *slash = strrchr(dir_or_path, '/');
		int dir = slash ? (int)(slash - dir_or_path) + 1 : 0;
		for (int i = 0; i < ROUTING_PARTS; i++) {
			snprintf(path, sizeof path, "%.*s%s.csv", dir > 4100 ? 4100 : dir, dir_or_path,
			    routing_kind[i].name);
			if (exists(path))
				good &= load_file(i, path, out, errs);
		}
	}
	return finish(good, out, errs);
}

bool routing_load_part(enum routing_part part, const char *path, struct routing_doc *out, struct err_list *errs)
{
	memset(out, 0, sizeof *out);
	return finish(load_file((int)part, path, out, errs), out, errs);
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static void add_item(void *ctx, const char *text, size_t len)
{
	json_array_append_new(ctx, json_stringn(text, len));
}

static json_t *cell_json(const struct sheet_column *c, const char *cell)
{
	json_t *list;

	if (c->null && !cell[0])
		return json_null();
	switch (c->type) {
	case SHEET_FLAG:
		return json_boolean(strcmp(cell, "yes") == 0);
	case SHEET_INT:
		return json_integer(strtoll(cell, NULL, 10));
	case SHEET_REAL: {
		double v = 0;
		value_real(cell, &v);
		return json_real(v);
	}
	case SHEET_LIST:
	case SHEET_RULES:
		list = json_array();
		sheet_each(cell, add_item, list);
		return list;
	default:
		return json_string(cell);
	}
}

static json_t *sheet_json(const struct sheet *s)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < s->rows; i++) {
		json_t *row = json_object();
		for (int c = 0; c < s->kind->ncolumns; c++)
			json_object_set_new(
			    row, s->kind->columns[c].name, cell_json(&s->kind->columns[c], s->row[i].cell[c]));
		if (s->kind == &routing_kind[ROUTING_UNITS] && !json_string_length(json_object_get(row, "short")))
			json_object_set(row, "short", json_object_get(row, "name"));
		json_array_append_new(rows, row);
	}
	return rows;
}

json_t *routing_json(const struct routing_doc *doc)
{
	json_t *all = json_object();

	if (doc->has_policy) {
		json_object_set(all, "policy", doc->policy);
		json_object_set(all, "channels", doc->channels);
		json_object_set(all, "reasons", doc->reasons);
	}
	for (int i = 0; i < ROUTING_PARTS; i++)
		if (doc->has[i] && i != ROUTING_ENTERPRISES)
			json_object_set_new(all, routing_part_key((enum routing_part)i), sheet_json(&doc->sheet[i]));
	return all;
}

json_t *routing_files(const struct routing_doc *doc)
{
	json_t *files = json_object();
	char name[32];

	if (doc->has_policy)
		json_object_set_new(
		    files, INI_NAME, json_stringn(buf_text(&doc->text[ROUTING_PARTS]), doc->text[ROUTING_PARTS].len));
	for (int i = 0; i < ROUTING_PARTS; i++)
		if (doc->has[i] && i != ROUTING_ENTERPRISES) {
			snprintf(name, sizeof name, "%s.csv", routing_kind[i].name);
			json_object_set_new(files, name, json_stringn(buf_text(&doc->text[i]), doc->text[i].len));
		}
	return files;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

bool routing_export(const struct routing_doc *doc, enum routing_part part, struct buf *out)
{
	return doc->has[part] && sheet_write(&doc->sheet[part], out);
}

/* A JSON value as a cell in wire form; false when it is of no type a table knows. */
static bool json_cell(const json_t *v, struct buf *out)
{
	size_t i;
	json_t *item;
	char number[40];

	if (!v || json_is_null(v))
		return true;
	if (json_is_boolean(v)) {
		buf_puts(out, json_is_true(v) ? "yes" : "no");
	} else if (json_is_integer(v)) {
		buf_printf(out, "%lld", (long long)json_integer_value(v));
	} else if (json_is_real(v)) {
		int n = snprintf(number, sizeof number, "%.8f", json_real_value(v));
		while (n > 0 && number[n - 1] == '0')
			n--;
		buf_add(out, number, (size_t)(n > 0 && number[n - 1] == '.' ? n - 1 : n));
	} else if (json_is_string(v)) {
		buf_add(out, json_string_value(v), json_string_length(v));
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, item) {
			if (!json_is_string(item))
				return false;
			if (i)
				buf_putc(out, '|');
			buf_add(out, json_string_value(item), json_string_length(item));
		}
	} else {
		return false;
	}
	return true;
}

bool routing_export_rows(enum routing_part part, const json_t *rows, bool english, bool bom, struct buf *out)
{
	const struct sheet_kind *kind = &routing_kind[part];
	struct sheet s = { .kind = kind, .english = english, .bom = bom };
	struct buf cell = { 0 };
	bool good = json_is_array(rows);

	s.row = calloc(json_array_size(rows) + 1, sizeof *s.row);
	for (size_t i = 0; good && s.row && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char **cells = arena_alloc(&s.arena, (size_t)kind->ncolumns * sizeof *cells);
		good = cells && json_is_object(row);
		for (int c = 0; good && c < kind->ncolumns; c++) {
			buf_reset(&cell);
			good = json_cell(json_object_get(row, kind->columns[c].name), &cell);
			cells[c] = arena_strndup(&s.arena, buf_text(&cell), cell.len);
			good = good && cells[c];
		}
		s.row[s.rows++].cell = cells;
	}
	good = good && s.row && sheet_write(&s, out);
	buf_free(&cell);
	sheet_free(&s);
	return good;
}
