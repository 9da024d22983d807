/* Tables to CSV: quoted where needed, disarmed where a spreadsheet would run a cell, in the sheet's own language. */
#include "conf/sheet.h"

#include <string.h>
#include "conf/text.h"
#include "conf/value.h"

static const char *word_zh(const struct sheet_word *words, const char *wire, size_t len)
{
	for (; words->wire; words++)
		if (strlen(words->wire) == len && memcmp(words->wire, wire, len) == 0)
			return words->zh;
	return NULL;
}

/* A cell that a spreadsheet would take for a formula gets an apostrophe; plain numbers are let be. */
static bool needs_guard(const char *text)
{
	double number;

	if (text[0] == '\'')
		return text[1] && strchr("=+-@\t\r'", text[1]) != NULL;
	return text[0] && strchr("=+-@\t\r", text[0]) && !value_real(text, &number);
}

void sheet_put_cell(struct buf *out, const char *text, bool first)
{
	bool guard = needs_guard(text);
	size_t n = strlen(text);
	bool blank_edge = n && (text[0] == ' ' || text[n - 1] == ' ' || text[0] == '\t' || text[n - 1] == '\t');

	if (!first)
		buf_putc(out, ',');
	if (!strpbrk(text, ",\"\r\n") && !blank_edge) {
		if (guard)
			buf_putc(out, '\'');
		buf_add(out, text, n);
		return;
	}
	buf_puts(out, guard ? "\"'" : "\"");
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			buf_putc(out, '"');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

/* Wire form to what stands in a file of this language. */
static void shown(const struct sheet *s, const struct sheet_column *c, const char *cell, struct buf *out)
{
	const char *zh;

	if (s->english) {
		buf_puts(out, cell);
	} else if (c->type == SHEET_FLAG) {
		buf_puts(out, strcmp(cell, "yes") == 0 ? "是" : cell[0] ? "否" : "");
	} else if (c->type == SHEET_WORD) {
		zh = word_zh(c->words, cell, strlen(cell));
		buf_puts(out, zh ? zh : cell);
	} else if (c->type == SHEET_RULE || c->type == SHEET_RULES) {
		for (const char *p = cell; *p;) {
			size_t n = strcspn(p, "|"), at = strcspn(p, "@|");
			zh = at < n ? word_zh(sheet_levels, p + at + 1, n - at - 1) : NULL;
			buf_add(out, p, zh ? at + 1 : n);
			buf_puts(out, zh ? zh : "");
			p += n;
			if (*p)
				buf_putc(out, *p++);
		}
	} else {
		buf_puts(out, cell);
	}
}

bool sheet_write(const struct sheet *s, struct buf *out)
{
	struct buf text = { 0 }, cell = { .limit = 2 * SHEET_CELL_MAX };
	const char *end = s->crlf ? "\r\n" : "\n";
	bool good;

	for (int c = 0; c < s->kind->ncolumns; c++)
		sheet_put_cell(&text, s->english ? s->kind->columns[c].name : s->kind->columns[c].zh, c == 0);
	buf_puts(&text, end);
	for (size_t i = 0; i < s->rows; i++) {
		for (int c = 0; c < s->kind->ncolumns; c++) {
			buf_reset(&cell);
			shown(s, &s->kind->columns[c], s->row[i].cell[c], &cell);
			sheet_put_cell(&text, buf_text(&cell), c == 0);
		}
		buf_puts(&text, end);
	}
	good = !text.failed && !cell.failed && text_encode(out, buf_text(&text), text.len, s->gb, s->bom);
	buf_free(&text);
	buf_free(&cell);
	return good;
}
