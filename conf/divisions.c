#include "conf/divisions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/strmap.h"

#define ARRAY_LEN(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { D_CODE, D_DISTRICT, D_DISTRICT_CODE, D_STREET, D_STREET_CODE, D_COMMUNITY };

static const struct sheet_column columns[] = {
	{ .name = "code", .zh = "代码", .type = SHEET_CODE, .needed = true },
	{ .name = "district", .zh = "区", .type = SHEET_TEXT, .needed = true, .max = 60 },
	{ .name = "areaCode", .zh = "区代码", .type = SHEET_CODE, .needed = true },
	{ .name = "street", .zh = "街道", .type = SHEET_TEXT, .max = 60 },
	{ .name = "streetCode", .zh = "街道代码", .type = SHEET_CODE },
	{ .name = "community", .zh = "社区", .type = SHEET_TEXT, .needed = true, .max = 60 },
};
static const struct sheet_kind list_kind = { "divisions", columns, ARRAY_LEN(columns) };

/* The heading's two columns that no gazetteer has. The codes' headings are ASCII in one form; the other is told by its bytes in either
 * encoding. */
bool divisions_are(const char *bytes, size_t len)
{
	static const char *const marks[][2] = { { "areaCode", "streetCode" }, { "区代码", "街道代码" },
		{ "\xc7\xf8\xb4\xfa\xc2\xeb", "\xbd\xd6\xb5\xc0\xb4\xfa\xc2\xeb" } };
	char head[256];
	size_t n = len < sizeof head - 1 ? len : sizeof head - 1;

	memcpy(head, bytes, n);
	head[n] = '\0';
	head[strcspn(head, "\r\n")] = '\0';
	for (int i = 0; i < ARRAY_LEN(marks); i++)
		if (strcasestr(head, marks[i][0]) && strcasestr(head, marks[i][1]))
			return true;
	return false;
}

/* What stands behind a community's name and what it is called instead. Truncated and doubled forms are those of the list itself. */
static const struct { const char *official, *plain; } endings[] = {
	{ "社区居民委员会", "社区" }, { "社区居民委员", "社区" }, { "社区居委会", "社区" }, { "社区居委", "社区" },
	{ "村民委员会", "村" }, { "村村委会", "村" }, { "村委员会", "村" }, { "村委员", "村" }, { "村委会", "村" }, { "居居民委员会", "居" },
	{ "居民委员会", "社区" }, { "居委会", "社区" },
};

static const char *plain_name(struct arena *a, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < ARRAY_LEN(endings); i++) {
		size_t n = strlen(endings[i].official), k = strlen(endings[i].plain);
		char out[400];

		if (len <= n || len - n >= 300 || strcmp(name + len - n, endings[i].official) != 0)
			continue;
		len -= n;
		if (len > k && memcmp(name + len - k, endings[i].plain, k) == 0) /* 大茅村村民委员会 is 大茅村 */
			len -= k;
		snprintf(out, sizeof out, "%.*s%s", (int)len, name, endings[i].plain);
		return arena_strdup(a, out);
	}
	return name;
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

struct maker {
	struct sheet *out;
	const struct sheet *list;
	struct err_list *errs;
	struct strmap known; /* code → its row's cells */
	struct strmap names; /* street and plain name of each community */
	size_t cap;
	bool good;
};

static int column_of(const struct sheet_kind *kind, const char *name)
{
	for (int i = 0; i < kind->ncolumns; i++)
		if (strcmp(kind->columns[i].name, name) == 0)
			return i;
	return -1;
}

static void set(const struct maker *m, const char **cell, const char *column, const char *text)
{
	int c = column_of(m->out->kind, column);

	if (c >= 0)
		cell[c] = text;
}

static const char *get(const struct maker *m, const char **cell, const char *column)
{
	int c = column_of(m->out->kind, column);

	return c >= 0 ? cell[c] : "";
}

static const char **new_row(struct maker *m, int line)
{
	struct sheet *s = m->out;
	const char **cell = arena_alloc(&s->arena, (size_t)s->kind->ncolumns * sizeof *cell);

	if (s->rows == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 256;
		struct sheet_row *row = realloc(s->row, cap * sizeof *row);

		if (!row)
			return NULL;
		s->row = row;
		m->cap = cap;
	}
	if (!cell)
		return NULL;
	for (int c = 0; c < s->kind->ncolumns; c++)
		cell[c] = s->kind->columns[c].def ? s->kind->columns[c].def : "";
	s->row[s->rows++] = (struct sheet_row){ cell, line };
	return cell;
}

/* The plain name, unless another community of that street has it already: then the official one tells them apart. */
static const char *name_of(struct maker *m, const char *name, const char *parent)
{
	struct arena *a = &m->out->arena;
	const char *plain = plain_name(a, name);
	char key[400];
	const char *kept;

	snprintf(key, sizeof key, "%s %s", parent, plain);
	kept = arena_strdup(a, key);
	return kept && strmap_add(&m->names, kept, m) ? plain : name;
}

/* A place once; told again it must say the same, a community must not be told again at all. */
static void put(struct maker *m, size_t row, const char *code, const char *name, const char *level, const char *parent, bool again)
{
	int line = m->list->row[row].line;
	const char **cell = strmap_get(&m->known, code);
	struct arena *a = &m->out->arena;
	const char *plain;

	if (cell) {
		if (strcmp(get(m, cell, "level"), level) != 0)
			m->good = err_list_add(m->errs, ERR_CONFLICT, m->out->file, line, 0, "", "%s is a %s and a %s", code,
			    get(m, cell, "level"), level);
		else if (!again)
			m->good = err_list_add(m->errs, ERR_CONFLICT, m->out->file, line, 0, "", "%s stands twice", code);
		else if (strcmp(get(m, cell, "parent"), parent) != 0)
			m->good = err_list_add(m->errs, ERR_CONFLICT, m->out->file, line, 0, "", "%s lies in %s and in %s", code,
			    get(m, cell, "parent"), parent);
		else if (strcmp(get(m, cell, "name"), name) != 0)
			m->good = err_list_add(m->errs, ERR_CONFLICT, m->out->file, line, 0, "", "%s is called %s and %s", code,
			    get(m, cell, "name"), name);
		return;
	}
	code = arena_strdup(a, code);
	name = arena_strdup(a, name);
	plain = again ? name : name_of(m, name, parent);
	if (!code || !name || !plain || !(cell = new_row(m, line)) || !strmap_add(&m->known, code, cell)) {
		m->good = err_list_add(m->errs, ERR_INTERNAL, m->out->file, line, 0, "", "memory is gone");
		return;
	}
	set(m, cell, "code", code);
	set(m, cell, "name", plain);
	set(m, cell, "level", level);
	set(m, cell, "parent", arena_strdup(a, parent));
	if (plain != name && !strpbrk(name, "|;") && !strstr(name, "；") && !strstr(name, "、")) /* these separate aliases */
		set(m, cell, "aliases", name);
}

bool divisions_parse(struct sheet *out, const struct sheet_kind *gazetteer, const char *file, const char *bytes, size_t len,
    struct err_list *errs)
{
	struct sheet list;
	struct maker m = { .out = out, .list = &list, .errs = errs, .good = true };

	memset(out, 0, sizeof *out);
	if (!sheet_parse(&list, &list_kind, file, bytes, len, errs))
		return false;
	out->kind = gazetteer;
	out->gb = list.gb;
	out->bom = list.bom;
	out->crlf = list.crlf;
	out->english = list.english;
	snprintf(out->file, sizeof out->file, "%s", file);
	for (size_t i = 0; i < list.rows; i++)
		put(&m, i, list.row[i].cell[D_DISTRICT_CODE], list.row[i].cell[D_DISTRICT], "district", "", true);
	for (size_t i = 0; i < list.rows; i++)
		if (list.row[i].cell[D_STREET_CODE][0] && list.row[i].cell[D_STREET][0])
			put(&m, i, list.row[i].cell[D_STREET_CODE], list.row[i].cell[D_STREET], "street",
			    list.row[i].cell[D_DISTRICT_CODE], true);
	for (size_t i = 0; i < list.rows; i++) {
		const char *street = list.row[i].cell[D_STREET][0] ? list.row[i].cell[D_STREET_CODE] : "";

		put(&m, i, list.row[i].cell[D_CODE], list.row[i].cell[D_COMMUNITY], "community",
		    street[0] ? street : list.row[i].cell[D_DISTRICT_CODE], false);
	}
	strmap_free(&m.known);
	strmap_free(&m.names);
	sheet_free(&list);
	if (!m.good)
		sheet_free(out);
	return m.good;
}
