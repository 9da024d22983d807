#include "core/ctl/columns.h"

#include <csv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/text.h"

enum { FILE_MOST = 1 << 30 };

struct reading {
	struct columns *to;
	const char *cell[COLUMNS_MOST];
	int cells;
	size_t cap;
	bool wide;
};

static void
on_cell(void *s, size_t len, void *ctx)
{
	struct reading *in = ctx;

	if (in->cells == COLUMNS_MOST)
		in->wide = true;
	else
		in->cell[in->cells++] = arena_strndup(&in->to->arena, s ? s : "", s ? len : 0);
}

static void
on_row(int end, void *ctx)
{
	struct reading *in = ctx;
	struct columns *c = in->to;
	const char **row;
	bool blank = in->cells == 0 || (in->cells == 1 && in->cell[0][0] == '\0');

	(void)end;
	if (c->head == NULL)
		c->columns = in->cells;
	if (!(row = arena_alloc(&c->arena, (size_t)(c->columns ? c->columns : 1) * sizeof *row)))
		abort();
	for (int i = 0; i < c->columns; i++)
		row[i] = i < in->cells ? in->cell[i] : "";
	in->cells = 0;
	if (c->head == NULL) {
		c->head = row;
		return;
	}
	if (blank && c->columns > 1)
		return;
	if (c->rows == in->cap) {
		in->cap = in->cap ? in->cap * 2 : 1024;
		if (!(c->row = realloc(c->row, in->cap * sizeof *c->row)))
			abort();
	}
	c->row[c->rows++] = row;
}

static bool
parse(struct columns *c, const char *path, const struct buf *text, struct err *e)
{
	struct reading in = { .to = c };
	struct csv_parser p;
	bool ok;

	if (csv_init(&p, 0) != 0)
		return err_set(e, ERR_INTERNAL, "", "out of memory");
	ok = csv_parse(&p, buf_text(text), text->len, on_cell, on_row, &in) == text->len && csv_fini(&p, on_cell, on_row, &in) == 0;
	if (!ok)
		err_set(e, ERR_INVALID, "file", "%s: after row %zu: %s", path, c->rows, csv_strerror(csv_error(&p)));
	else if (in.wide)
		ok = err_set(e, ERR_INVALID, "file", "%s: more than %d columns", path, COLUMNS_MOST);
	else if (c->head == NULL)
		ok = err_set(e, ERR_INVALID, "file", "%s: no heading", path);
	csv_free(&p);
	return ok;
}

bool
columns_load(struct columns *c, const char *path, struct err *e)
{
	struct err_list errs = { 0 };
	struct buf bytes = { 0 }, text = { 0 };
	char why[400];
	bool gb, bom, ok;

	memset(c, 0, sizeof *c);
	c->path = path;
	ok = text_read(&bytes, path, FILE_MOST, &errs) && text_decode(&text, path, buf_text(&bytes), bytes.len, &gb, &bom, &errs);
	buf_free(&bytes);
	if (!ok) {
		if (errs.count > 0)
			err_item_show(&errs.items[0], why, sizeof why);
		err_set(e, ERR_INVALID, "file", "%s", errs.count > 0 ? why : path);
	} else
		ok = parse(c, path, &text, e);
	buf_free(&text);
	err_list_free(&errs);
	if (!ok)
		columns_free(c);
	return ok;
}

void
columns_free(struct columns *c)
{
	free(c->row);
	arena_free(&c->arena);
	memset(c, 0, sizeof *c);
}

static int
find(const struct columns *c, const char *name, size_t len, struct err *e)
{
	int found = -1;

	for (int i = 0; i < c->columns; i++) {
		if (strlen(c->head[i]) != len || memcmp(c->head[i], name, len) != 0)
			continue;
		if (found >= 0) {
			err_set(e, ERR_USAGE, "column", "%s: two columns are called %.*s: number %d and %d", c->path, (int)len, name, found + 1, i + 1);
			return -1;
		}
		found = i;
	}
	if (found < 0)
		err_set(e, ERR_USAGE, "column", "%s: no column is called %.*s", c->path, (int)len, name);
	return found;
}

int
columns_find(const struct columns *c, const char *name, struct err *e)
{
	return find(c, name, strlen(name), e);
}

int
columns_list(const struct columns *c, const char *names, int *out, int most, struct err *e)
{
	int n = 0;

	for (const char *at = names; *at; at += strcspn(at, ","), at += *at == ',') {
		if (n == most) {
			err_set(e, ERR_USAGE, "column", "at most %d columns", most);
			return -1;
		}
		if ((out[n++] = find(c, at, strcspn(at, ","), e)) < 0)
			return -1;
	}
	if (n == 0)
		err_set(e, ERR_USAGE, "column", "a column is wanted");
	return n > 0 ? n : -1;
}

const char *
columns_title(const char **cell, const int *text, int texts)
{
	return texts > 1 ? cell[text[0]] : "";
}

const char *
columns_text(const char **cell, const int *text, int texts, struct arena *a)
{
	struct buf b = { 0 };
	const char *out;

	if (texts <= 2)
		return cell[text[texts - 1]];
	for (int i = 1; i < texts; i++)
		buf_printf(&b, "%s%s", i > 1 ? "\n" : "", cell[text[i]]);
	out = arena_strndup(a, buf_text(&b), b.len);
	buf_free(&b);
	return out;
}

const char *
columns_clean(const char *s, enum clean_mode mode, struct arena *a, size_t *len)
{
	struct buf b = { 0 };
	const char *out;

	clean_text(&b, s, strlen(s), mode);
	out = arena_strndup(a, buf_text(&b), b.len);
	*len = b.len;
	buf_free(&b);
	return out;
}
