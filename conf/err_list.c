#include "conf/err_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void err_list_free(struct err_list *l)
{
	free(l->items);
	memset(l, 0, sizeof *l);
}

bool err_list_empty(const struct err_list *l)
{
	return l->count == 0 && l->dropped == 0;
}

/* Cut a text that snprintf may have ended in the middle of a character. */
static void trim_partial(char *s, size_t size)
{
	size_t n = strlen(s), i = n;

	if (n + 1 < size)
		return;
	while (i > 0 && ((unsigned char)s[i - 1] & 0xC0) == 0x80)
		i--;
	if (i == 0)
		return;
	unsigned char lead = (unsigned char)s[i - 1];
	size_t want = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (n - (i - 1) < want)
		s[i - 1] = '\0';
}

static void put(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
	trim_partial(out, size);
}

bool err_list_add(struct err_list *l, enum err_code code, const char *file, int line, int column, const char *field,
    const char *format, ...)
{
	if (l->count == l->cap && l->cap < ERR_LIST_MAX) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		if (cap > ERR_LIST_MAX)
			cap = ERR_LIST_MAX;
		struct err_item *items = realloc(l->items, cap * sizeof *items);
		if (items) {
			l->items = items;
			l->cap = cap;
		}
	}
	if (l->count == l->cap) {
		l->dropped++;
		return false;
	}

	struct err_item *item = &l->items[l->count++];
	va_list ap;

	memset(item, 0, sizeof *item);
	item->err.code = code;
	item->err.line = line;
	item->column = column;
	put(item->file, sizeof item->file, file);
	put(item->err.field, sizeof item->err.field, field);
	va_start(ap, format);
	vsnprintf(item->err.message, sizeof item->err.message, format, ap);
	va_end(ap);
	trim_partial(item->err.message, sizeof item->err.message);
	return false;
}

static int by_position(const void *va, const void *vb)
{
	const struct err_item *a = va, *b = vb;
	int c = strcmp(a->file, b->file);

	if (c == 0)
		c = (a->err.line > b->err.line) - (a->err.line < b->err.line);
	if (c == 0)
		c = (a->column > b->column) - (a->column < b->column);
	return c;
}

void err_list_sort(struct err_list *l)
{
	/* glibc's qsort sorts by merging here (500 rows at most), so equal positions keep their order. */
	if (l->count > 1)
		qsort(l->items, l->count, sizeof *l->items, by_position);
}

void err_item_show(const struct err_item *item, char *out, size_t size)
{
	char where[320] = "";

	if (item->file[0] && item->err.line && item->column)
		snprintf(where, sizeof where, "%s:%d:%d: ", item->file, item->err.line, item->column);
	else if (item->file[0] && item->err.line)
		snprintf(where, sizeof where, "%s:%d: ", item->file, item->err.line);
	else if (item->file[0])
		snprintf(where, sizeof where, "%s: ", item->file);
	snprintf(out, size, "%s%s%s%s", where, item->err.field, item->err.field[0] ? ": " : "", item->err.message);
	trim_partial(out, size);
}
