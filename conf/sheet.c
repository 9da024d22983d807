#include "conf/sheet.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "conf/text.h"
#include "conf/value.h"
#include "core/base/utf8.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

enum { RAW_COLUMNS = 64, FILE_ERRORS = 100 };

/* One reading of one file. libcsv is fed line by line, so that a cell's line is known when it is reported. */
struct reader {
	struct sheet *sheet;
	struct err_list *errs;
	size_t bad;
	size_t cap;
	int line, row_line;             /* of what is being fed; where the current row began */
	bool headed;                    /* the heading row has been read */
	bool nameless;                  /* and lacks columns that are needed: the rows cannot be judged */
	int column_of[RAW_COLUMNS];     /* raw column → column of the kind, -1 = ignored */
	int raw_columns;
	const char *raw[RAW_COLUMNS];
	int n;                          /* cells of the current row */
	bool too_wide, cell_long;
};

#define FAIL(r, where, column, field, ...) \
	((r)->bad++, err_list_add((r)->errs, ERR_INVALID, (r)->sheet->file, (where), (column), (field), __VA_ARGS__))

/* --- cells -------------------------------------------------------------------------------------------------------- */

static const char *heading(const struct sheet *s, const struct sheet_column *c)
{
	return s->english ? c->name : c->zh;
}

const struct sheet_word sheet_levels[] = {
	{ "city", "市" },
	{ "district", "区" },
	{ "street", "街道" },
	{ "community", "社区" },
	{ "grid", "网格" },
	{ "bureau", "部门" },
	{ NULL, NULL },
};

const char *sheet_word_wire(const struct sheet_word *words, const char *text, size_t len)
{
	for (; words->wire; words++)
		if ((strlen(words->wire) == len && memcmp(words->wire, text, len) == 0) ||
		    (strlen(words->zh) == len && memcmp(words->zh, text, len) == 0))
			return words->wire;
	return NULL;
}

/* A rule in wire form, appended: a unit's code, or function@level with the level's wire name. */
static bool add_rule(struct buf *out, const char *s, size_t len, const char **why)
{
	const char *at = memchr(s, '@', len);
	char code[40];

	if (!at) {
		snprintf(code, sizeof code, "%.*s", (int)(len > 35 ? 35 : len), s);
		*why = "expected a unit's code (A-Z a-z 0-9 _ . -), or function@level such as 城管@街道";
		buf_add(out, s, len);
		return value_code(code);
	}
	size_t flen = (size_t)(at - s), llen = len - flen - 1;
	const char *level = at + 1;
	text_trim(&s, &flen);
	text_trim(&level, &llen);
	const char *wire = sheet_word_wire(sheet_levels, level, llen);
	if (flen == 0 || flen > 60 || memchr(level, '@', llen)) {
		*why = "expected function@level, with one @ between them";
		return false;
	}
	if (!wire) {
		*why =
		    "expected a level after @: city 市, district 区, street 街道, community 社区, grid 网格, "
		       "bureau 部门";
		return false;
	}
	buf_add(out, s, flen);
	buf_putc(out, '@');
	buf_puts(out, wire);
	return true;
}

/* The next item of a list, trimmed; false at the end. | ； ; 、 separate. */
static bool next_item(const char **p, const char **item, size_t *len)
{
	static const char *const marks[] = { "|", ";", "；", "、" };

	if (!**p)
		return false;
	const char *s = *p, *end = s;
	size_t skip = 0;
	while (*end && !skip) {
		for (size_t i = 0; i < ARRAY_LEN(marks); i++)
			if (strncmp(end, marks[i], strlen(marks[i])) == 0)
				skip = strlen(marks[i]);
		if (!skip)
			end++;
	}
	*p = end + skip;
	*item = s;
	*len = (size_t)(end - s);
	text_trim(item, len);
	return true;
}

static bool list_has(const struct buf *list, const char *item, size_t len)
{
	for (const char *p = buf_text(list); *p;) {
		size_t n = strcspn(p, "|");
		if (n == len && memcmp(p, item, len) == 0)
			return true;
		p += n + (p[n] == '|');
	}
	return false;
}

static bool read_list(struct reader *r, const struct sheet_column *c, int column, const char *text, struct buf *out)
{
	const char *item, *why;
	size_t len;
	bool good = true;

	for (const char *p = text; next_item(&p, &item, &len);) {
		struct buf one = { .limit = 4096 };
		if (len == 0)
			continue;
		if (c->type == SHEET_LIST)
			buf_add(&one, item, len);
		else if (!add_rule(&one, item, len, &why))
			good = FAIL(
			    r, r->row_line, column, heading(r->sheet, c), "%s; found \"%.*s\"", why, (int)len, item);
		if (list_has(out, buf_text(&one), one.len)) {
			good = FAIL(r, r->row_line, column, heading(r->sheet, c), "\"%s\" stands twice in the list",
			    buf_text(&one));
		} else if (good) {
			if (out->len)
				buf_putc(out, '|');
			buf_puts(out, buf_text(&one));
		}
		buf_free(&one);
	}
	return good;
}

static void expected_words(const struct sheet_word *words, struct buf *out)
{
	for (const struct sheet_word *w = words; w->wire; w++)
		buf_printf(out, "%s%s %s", w == words ? "" : ", ", w->wire, w->zh);
}

static bool read_number(struct reader *r, const struct sheet_column *c, int column, const char *text, struct buf *out)
{
	const char *head = heading(r->sheet, c);
	int64_t i;
	double d;

	if (c->type == SHEET_INT) {
		if (!value_int(text, &i) || (double)i < c->min || (double)i > c->max)
			return FAIL(r, r->row_line, column, head,
			    "expected a whole number from %.0f to %.0f, found \"%.60s\"", c->min, c->max, text);
		buf_printf(out, "%lld", (long long)i);
		return true;
	}
	if (!value_real(text, &d) || d < c->min || d > c->max)
		return FAIL(r, r->row_line, column, head, "expected a number from %.0f to %.0f, found \"%.60s\"",
		    c->min, c->max, text);
	buf_puts(out, text);
	return true;
}

static bool read_text(struct reader *r, const struct sheet_column *c, int column, const char *text, struct buf *out)
{
	size_t max = c->max > 0 ? (size_t)c->max : c->type == SHEET_LONG ? 10000 : 200;
	size_t points = utf8_count(text, strlen(text));

	if (points > max)
		return FAIL(
		    r, r->row_line, column, heading(r->sheet, c), "has %zu characters; at most %zu fit", points, max);
	if (c->type == SHEET_TEXT && strpbrk(text, "\r\n"))
		return FAIL(r, r->row_line, column, heading(r->sheet, c), "expected a single line");
	for (const char *p = text; *p; p++)
		if (((unsigned char)*p < 0x20 && *p != '\n' && *p != '\t' && *p != '\r') || *p == 0x7F)
			return FAIL(r, r->row_line, column, heading(r->sheet, c),
			    "a control character (0x%02x) cannot stand here", (unsigned char)*p);
	for (const char *p = text; *p; p++)
		if (*p != '\r') /* \r\n within a cell is one line end */
			buf_putc(out, *p);
	return true;
}

/* The canonical form of one cell, appended to out. */
static bool read_cell(struct reader *r, const struct sheet_column *c, int column, const char *text, struct buf *out)
{
	const char *head = heading(r->sheet, c), *wire, *why;
	int y, m, d;
	bool flag;

	switch (c->type) {
	case SHEET_CODE:
		buf_puts(out, text);
		return value_code(text) ||
		    FAIL(r, r->row_line, column, head, "expected a code of 1 to 32 A-Z a-z 0-9 _ . -, found \"%.60s\"",
			text);
	case SHEET_INT:
	case SHEET_REAL:
		return read_number(r, c, column, text, out);
	case SHEET_FLAG:
		if (!value_flag(text, &flag))
			return FAIL(r, r->row_line, column, head, "expected yes 是 or no 否, found \"%.60s\"", text);
		buf_puts(out, flag ? "yes" : "no");
		return true;
	case SHEET_DATE:
		if (!value_date(text, &y, &m, &d))
			return FAIL(
			    r, r->row_line, column, head, "expected a day such as 2026-10-01, found \"%.60s\"", text);
		buf_printf(out, "%04d-%02d-%02d", y, m, d);
		return true;
	case SHEET_WORD:
		wire = sheet_word_wire(c->words, text, strlen(text));
		if (!wire) {
			struct buf list = { .limit = 1024 };
			expected_words(c->words, &list);
			FAIL(
			    r, r->row_line, column, head, "expected one of %s; found \"%.60s\"", buf_text(&list), text);
			buf_free(&list);
			return false;
		}
		buf_puts(out, wire);
		return true;
	case SHEET_RULE:
		return add_rule(out, text, strlen(text), &why) ||
		    FAIL(r, r->row_line, column, head, "%s; found \"%.60s\"", why, text);
	case SHEET_LIST:
	case SHEET_RULES:
		return read_list(r, c, column, text, out);
	case SHEET_TEXT:
	case SHEET_LONG:
		break;
	}
	return read_text(r, c, column, text, out);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void read_heading(struct reader *r)
{
	const struct sheet_kind *kind = r->sheet->kind;
	bool seen[SHEET_COLUMNS] = { false };
	int english = 0, chinese = 0;

	r->headed = true;
	r->raw_columns = r->n;
	for (int i = 0; i < r->n; i++) {
		r->column_of[i] = -1;
		for (int c = 0; c < kind->ncolumns; c++) {
			bool zh = strcmp(r->raw[i], kind->columns[c].zh) == 0;
			if (!zh && strcasecmp(r->raw[i], kind->columns[c].name) != 0)
				continue;
			if (seen[c])
				FAIL(r, r->row_line, i + 1, r->raw[i], "the column stands twice");
			seen[c] = true;
			r->column_of[i] = c;
			*(zh ? &chinese : &english) += 1;
		}
		if (r->column_of[i] < 0)
			FAIL(r, r->row_line, i + 1, r->raw[i], "unknown column; fenbo-routing(5) lists those of %s.csv",
			    kind->name);
	}
	r->sheet->english = english > chinese;
	for (int c = 0; c < kind->ncolumns; c++)
		if (kind->columns[c].needed && !seen[c]) {
			FAIL(r, r->row_line, 0, heading(r->sheet, &kind->columns[c]), "the column %s (%s) is missing",
			    kind->columns[c].zh, kind->columns[c].name);
			r->nameless = true;
		}
}

static const char **row_cells(struct reader *r)
{
	struct sheet *s = r->sheet;

	if (s->rows == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct sheet_row *row = realloc(s->row, cap * sizeof *row);
		if (!row)
			return NULL;
		s->row = row;
		r->cap = cap;
	}
	const char **cell = arena_alloc(&s->arena, (size_t)s->kind->ncolumns * sizeof *cell);
	if (cell)
		for (int c = 0; c < s->kind->ncolumns; c++)
			cell[c] = s->kind->columns[c].def ? s->kind->columns[c].def : "";
	return cell;
}

static void read_row(struct reader *r)
{
	struct sheet *s = r->sheet;
	const char **cell = row_cells(r);

	if (!cell) {
		FAIL(r, r->row_line, 0, "", "memory is gone");
		return;
	}
	if (r->n != r->raw_columns)
		FAIL(r, r->row_line, 0, "", "the row has %d cells, the heading %d", r->n, r->raw_columns);
	for (int i = 0; i < r->n && i < r->raw_columns; i++) {
		int c = r->column_of[i];
		if (c < 0)
			continue;
		const struct sheet_column *column = &s->kind->columns[c];
		const char *text = r->raw[i];
		if (text[0] == '\'' && text[1] && strchr("=+-@\t\r'", text[1]))
			text++; /* the guard that sheet_put_cell writes */
		if (!text[0]) {
			if (column->needed)
				FAIL(r, r->row_line, i + 1, heading(s, column), "cannot be empty");
			continue;
		}
		struct buf out = { .limit = 2 * SHEET_CELL_MAX };
		if (read_cell(r, column, i + 1, text, &out)) {
			cell[c] = arena_strndup(&s->arena, buf_text(&out), out.len);
			if (!cell[c]) {
				cell[c] = "";
				FAIL(r, r->row_line, i + 1, "", "memory is gone");
			}
		}
		buf_free(&out);
	}
	s->row[s->rows++] = (struct sheet_row){ cell, r->row_line };
}

static void on_cell(void *bytes, size_t len, void *ctx)
{
	struct reader *r = ctx;
	const char *s = bytes;

	if (r->n >= RAW_COLUMNS) {
		r->too_wide = true;
		return;
	}
	if (len > SHEET_CELL_MAX || memchr(s ? s : "", '\0', len)) {
		r->cell_long |= len > SHEET_CELL_MAX;
		FAIL(r, r->row_line, r->n + 1, "",
		    len > SHEET_CELL_MAX ? "the cell is longer than 64 KiB" : "a NUL byte cannot stand in a cell");
		len = 0;
	}
	text_trim(&s, &len);
	char *copy = arena_strndup(&r->sheet->arena, len ? s : "", len);
	r->raw[r->n++] = copy ? copy : "";
}

static void on_row(int end, void *ctx)
{
	struct reader *r = ctx;
	bool blank = true;

	(void)end;
	for (int i = 0; i < r->n; i++)
		blank = blank && !r->raw[i][0];
	if (r->too_wide)
		FAIL(r, r->row_line, RAW_COLUMNS, "", "the row has more than %d cells", RAW_COLUMNS);
	else if (blank)
		; /* spreadsheets leave rows of commas behind */
	else if (!r->headed)
		read_heading(r);
	else if (!r->nameless)
		read_row(r);
	r->n = 0;
	r->too_wide = false;
	r->row_line = 0;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static void feed(struct reader *r, struct csv_parser *p, const char *s, size_t len, unsigned char options)
{
	for (const char *end = s + len; s < end;) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((nl ? nl + 1 : end) - s);
		r->line++;
		if (!r->row_line)
			r->row_line = r->line;
		if (csv_parse(p, s, n, on_cell, on_row, r) != n) {
			FAIL(r, r->line, 0, "",
			    "a quote stands within an unquoted cell, or text after a closing quote; double the quote, "
			    "or quote the cell");
			/* Begin anew with the next line, so that one slip does not hide the others. */
			csv_free(p);
			csv_init(p, options);
			r->n = 0;
			r->row_line = 0;
		}
		if (r->errs->dropped)
			break;
		if (r->bad >= FILE_ERRORS) { /* room for what is wrong with the other files */
			FAIL(r, r->line, 0, "", "the rest of the file is not looked at: too much is wrong before it");
			return;
		}
		if (p->pstate == 0) /* between rows: an empty line reports no row */
			r->row_line = 0;
		s += n;
	}
	int open_line = r->row_line;
	if (csv_fini(p, on_cell, on_row, r) != 0)
		FAIL(r, open_line, 0, "", "a quote opened in the row that starts here is never closed");
}

bool sheet_parse(struct sheet *out, const struct sheet_kind *kind, const char *file, const char *bytes, size_t len,
    struct err_list *errs)
{
	const unsigned char options = CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL;
	struct buf text = { .limit = 2 * (size_t)SHEET_FILE_MAX };
	struct reader *r = calloc(1, sizeof *r);
	struct csv_parser p;

	memset(out, 0, sizeof *out);
	out->kind = kind;
	snprintf(out->file, sizeof out->file, "%s", file);
	if (!r || csv_init(&p, options) != 0) {
		free(r);
		return err_list_add(errs, ERR_INTERNAL, file, 0, 0, "", "memory is gone");
	}
	r->sheet = out;
	r->errs = errs;
	if (!text_decode(&text, file, bytes, len, &out->gb, &out->bom, errs)) {
		r->bad++;
	} else {
		const char *nl = memchr(buf_text(&text), '\n', text.len);
		out->crlf = nl && nl > text.data && nl[-1] == '\r';
		feed(r, &p, buf_text(&text), text.len, options);
		if (!r->headed && !r->bad)
			FAIL(r, 0, 0, "", "the table is empty: the first row names the columns");
	}
	csv_free(&p);
	buf_free(&text);
	bool good = r->bad == 0;
	free(r);
	if (!good)
		sheet_free(out);
	return good;
}

void sheet_free(struct sheet *s)
{
	arena_free(&s->arena);
	free(s->row);
	memset(s, 0, sizeof *s);
}

void sheet_each(const char *list, void (*item)(void *ctx, const char *text, size_t len), void *ctx)
{
	while (*list) {
		size_t n = strcspn(list, "|");
		if (n)
			item(ctx, list, n);
		list += n + (list[n] == '|');
	}
}
