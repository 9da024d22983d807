#include "core/ctl/appeals.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <jansson.h>
#include <openssl/evp.h>
#include "conf/text.h"
#include "conf/value.h"
#include "core/base/clock.h"

enum field_kind { FIELD_WORD, FIELD_TEXT, FIELD_TIME, FIELD_NUMBER, FIELD_FLAG };
static const struct { const char *name; enum field_kind kind; } fields[] = {
	{ "external_id", FIELD_WORD }, { "text", FIELD_TEXT }, { "title", FIELD_WORD }, { "received_at", FIELD_TIME },
	{ "address", FIELD_WORD }, { "lat", FIELD_NUMBER }, { "long", FIELD_NUMBER }, { "name", FIELD_WORD }, { "phone", FIELD_WORD },
	{ "type", FIELD_WORD }, { "duty_item", FIELD_WORD }, { "confidential", FIELD_FLAG }, { "reply_wanted", FIELD_FLAG },
};
enum { FIELDS = sizeof fields / sizeof *fields, COLUMNS_MAX = 256 };

struct table {
	const char *map;
	const struct appeals_zone *zone;
	bool zoned;             /* the process speaks the centre's time */
	struct buf *out;
	int field[COLUMNS_MAX]; /* of each column; -1 = left out */
	int columns, column;
	size_t rows;
	struct buf cell[FIELDS];
	EVP_MD_CTX *hash;       /* of the row */
	struct err err;
};

static int
field_of(const char *name, size_t len)
{
	for (int i = 0; i < FIELDS; i++)
		if (strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0)
			return i;
	return -1;
}

/* What `map` says about the column; -1 when it says nothing. *used is set for each entry that named a column. */
static int
mapped(const char *map, const char *column, size_t len)
{
	for (const char *at = map; at != NULL && *at != '\0'; at += strcspn(at, ","), at += *at == ',') {
		size_t entry = strcspn(at, ",");
		const char *equals = memrchr(at, '=', entry);

		if (equals != NULL && (size_t)(equals - at) == len && memcmp(at, column, len) == 0)
			return field_of(equals + 1, entry - (size_t)(equals + 1 - at));
	}
	return -1;
}

static bool
check_map(const char *map, struct err *e)
{
	for (const char *at = map; at != NULL && *at != '\0'; at += strcspn(at, ","), at += *at == ',') {
		size_t entry = strcspn(at, ",");
		const char *equals = memrchr(at, '=', entry);

		if (equals == NULL || equals == at || field_of(equals + 1, entry - (size_t)(equals + 1 - at)) < 0)
			return err_set(e, ERR_USAGE, "map", "--map: %.*s is no COLUMN=FIELD with a field of an appeal", (int)entry, at);
	}
	return true;
}

static void
heading(struct table *t, const char *name, size_t len)
{
	int field = mapped(t->map, name, len);

	if (t->columns >= COLUMNS_MAX) {
		err_set(&t->err, ERR_INVALID, "file", "a table has at most %d columns", COLUMNS_MAX);
		return;
	}
	t->field[t->columns++] = field >= 0 ? field : field_of(name, len);
}

static void
cell(void *bytes, size_t len, void *arg)
{
	struct table *t = arg;
	const char *text = bytes != NULL ? bytes : "";
	int field;

	if (t->rows == 0) {
		text_trim(&text, &len);
		heading(t, text, len);
		return;
	}
	field = t->column < t->columns ? t->field[t->column] : -1;
	t->column++;
	EVP_DigestUpdate(t->hash, text, len);
	EVP_DigestUpdate(t->hash, "\x1f", 1);
	if (field < 0 || len == 0)
		return;
	if (t->cell[field].len > 0)
		buf_putc(&t->cell[field], fields[field].kind == FIELD_TEXT ? '\n' : ' ');
	buf_add(&t->cell[field], text, len);
}

/* A time without offset is one of the centre's clocks; which zone that is, is asked once, at the first of them. */
static bool
in_zone(struct table *t, const char *field, const char *text)
{
	if (!t->zoned && t->err.code == ERR_OK) {
		t->zoned = t->zone->join(t->zone->ctx, &t->err);
		if (!t->zoned)
			err_set(&t->err, t->err.code, field, "row %zu: %s %.40s has no offset, and the centre's time zone cannot be asked of "
			    "PostgreSQL: write it with one, as 2026-11-22T17:42:08+08:00", t->rows, field, text);
	}
	return t->zoned;
}

/* 2023-01-05 10:22[:33], 2023/1/5, 20230105: taken in the centre's zone. What has an offset, or is unknown, stays as it is. */
static json_t *
time_json(struct table *table, const char *field, const char *text, size_t len)
{
	static const char *const forms[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
		"%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M",
		"%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d" };
	usec_t t;
	char rfc[40];

	if (clock_parse(text, len, &t))
		return json_stringn(text, len);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);

		if (end == NULL || (*end != '\0' && (*end != '.' || end[1 + strspn(end + 1, "0123456789")] != '\0')))
			continue;
		if (!in_zone(table, field, text))
			break;
		clock_rfc3339(mktime(&tm) * USEC_S, rfc);
		return json_string(rfc);
	}
	return json_stringn(text, len);
}

static json_t *
value_json(struct table *t, int field, const struct buf *cell_)
{
	double real;
	bool flag;

	switch (fields[field].kind) {
	case FIELD_TIME:
		return time_json(t, fields[field].name, buf_text(cell_), cell_->len);
	case FIELD_NUMBER:
		return value_real(buf_text(cell_), &real) ? json_real(real) : json_stringn(cell_->data, cell_->len);
	case FIELD_FLAG:
		return value_flag(buf_text(cell_), &flag) ? json_boolean(flag) : json_stringn(cell_->data, cell_->len);
	default:
		return json_stringn(cell_->data, cell_->len);
	}
}

static void
content_id(struct table *t, char out[40])
{
	unsigned char digest[32];

	EVP_DigestFinal_ex(t->hash, digest, NULL);
	strcpy(out, "row-");
	for (int i = 0; i < 12; i++)
		sprintf(out + 4 + 2 * i, "%02x", digest[i]);
}

static void
row_end(int end, void *arg)
{
	struct table *t = arg;
	char id[40], *line;
	json_t *o;

	(void)end;
	if (t->rows++ == 0 || t->column == 0) { /* the headings, or an empty line */
		EVP_DigestInit_ex(t->hash, EVP_sha256(), NULL);
		return;
	}
	o = json_object();
	for (int i = 0; i < FIELDS; i++) {
		if (t->cell[i].len > 0)
			json_object_set_new(o, fields[i].name, value_json(t, i, &t->cell[i]));
		buf_reset(&t->cell[i]);
	}
	content_id(t, id);
	if (json_object_get(o, "external_id") == NULL)
		json_object_set_new(o, "external_id", json_string(id));
	if ((line = json_dumps(o, JSON_COMPACT)) != NULL)
		buf_puts(t->out, line);
	buf_putc(t->out, '\n');
	free(line);
	json_decref(o);
	t->column = 0;
	EVP_DigestInit_ex(t->hash, EVP_sha256(), NULL);
}

static bool
has_text(const struct table *t)
{
	for (int i = 0; i < t->columns; i++)
		if (t->field[i] >= 0 && strcmp(fields[t->field[i]].name, "text") == 0)
			return true;
	return false;
}

bool
appeals_of_csv(const char *name, const char *bytes, size_t len, const char *map, const struct appeals_zone *zone, struct buf *out,
    struct err *e)
{
	struct table t = { .map = map, .zone = zone, .out = out };
	struct err_list errs = { 0 };
	struct buf text = { .limit = 1 << 30 };
	struct csv_parser parser;
	bool gb, bom, ok;
	size_t skip;

	out->limit = 1 << 30;
	if (!check_map(map, e))
		return false;
	if (!text_decode(&text, name, bytes, len, &gb, &bom, &errs)) {
		*e = errs.count > 0 ? errs.items[0].err : (struct err){ .code = ERR_INVALID };
		err_list_free(&errs);
		return false;
	}
	skip = text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* GB18030 has a mark of its own */
	t.hash = EVP_MD_CTX_new();
	csv_init(&parser, 0);
	ok = csv_parse(&parser, buf_text(&text) + skip, text.len - skip, cell, row_end, &t) == text.len - skip && csv_fini(&parser, cell, row_end, &t) == 0;
	if (!ok)
		err_set(e, ERR_INVALID, "file", "%s: row %zu is no CSV", name, t.rows + 1);
	else if (t.err.code != ERR_OK) {
		*e = t.err;
		ok = false;
	} else if (!has_text(&t))
		ok = err_set(e, ERR_MISSING, "text", "%s: no column is the text; say which with --map COLUMN=text", name);
	else if (out->failed)
		ok = err_set(e, ERR_TOO_LARGE, "file", "%s is too large", name);
	csv_free(&parser);
	EVP_MD_CTX_free(t.hash);
	for (int i = 0; i < FIELDS; i++)
		buf_free(&t.cell[i]);
	buf_free(&text);
	return ok;
}
