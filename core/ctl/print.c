#include "core/ctl/print.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/appeal/number.h"
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/width.h"

static void
put_cell(const struct column *c, const char *text, size_t len)
{
	int used, room;
	size_t fits;

	if (c->cells == 0) {
		fwrite(text, 1, len, stdout);
		return;
	}
	fits = width_clip(text, len, c->cells, &used);
	room = c->cells - used;
	if (c->right)
		printf("%*s", room, "");
	fwrite(text, 1, fits, stdout);
	if (!c->right)
		printf("%*s", room, "");
	fputs("  ", stdout);
}

/* A value as a person reads it: numbers of cases with their hyphens, times to the second in the centre's zone. */
static void
show_value(struct buf *out, const char *key, const json_t *value)
{
	char text[64];
	case_no no;
	usec_t t;
	int year, month, day, hour, minute, second;

	if (json_is_string(value)) {
		const char *s = json_string_value(value);
		size_t len = json_string_length(value);

		if (len == 13 && number_parse(s, len, &no)) {
			number_show(no, text);
			buf_puts(out, text);
		} else if (len > 18 && s[4] == '-' && clock_parse(s, len, &t)) {
			clock_local(t, &year, &month, &day, &hour, &minute, &second);
			buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute, second);
		} else
			clean_text(out, s, len, CLEAN_LINE);
	} else if (json_is_integer(value)) {
		number_plain(json_integer_value(value), text);
		if ((strcmp(key, "no") == 0 || strcmp(key, "id") == 0) && json_integer_value(value) > 99999999999 &&
		    number_parse(text, strlen(text), &no))
			number_show(no, text);
		else
			snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
		buf_puts(out, text);
	} else if (json_is_real(value))
		buf_printf(out, "%.3g", json_real_value(value));
	else if (json_is_boolean(value))
		buf_puts(out, json_is_true(value) ? "yes" : "no");
	else if (value != NULL && !json_is_null(value)) {
		char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

		if (dump != NULL)
			clean_text(out, dump, strlen(dump), CLEAN_LINE);
		free(dump);
	}
}

static void
print_all(const json_t *object)
{
	const char *key;
	json_t *value;
	struct column name = { .cells = 14 }, rest = { 0 };
	struct buf text = { 0 };

	json_object_foreach((json_t *)object, key, value)
		if ((int)strlen(key) > name.cells)
			name.cells = (int)strlen(key);
	json_object_foreach((json_t *)object, key, value) {
		buf_reset(&text);
		show_value(&text, key, value);
		if (text.len == 0)
			continue;
		put_cell(&name, key, strlen(key));
		put_cell(&rest, buf_text(&text), text.len);
		putchar('\n');
	}
	buf_free(&text);
}

/* "figures.units.top1": what stands within. */
static const json_t *
find_value(const json_t *object, const char *key)
{
	char name[40];
	const char *dot;

	while ((dot = strchr(key, '.')) != NULL) {
		snprintf(name, sizeof name, "%.*s", (int)(dot - key), key);
		object = json_object_get(object, name);
		key = dot + 1;
	}
	return json_object_get(object, key);
}

void
print_row(struct ctl *ctl, const struct column *columns, const json_t *object)
{
	struct buf text = { 0 };

	if (ctl->json) {
		char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));

		if (line != NULL)
			puts(line);
		free(line);
		return;
	}
	if (columns == NULL) {
		print_all(object);
		return;
	}
	if (!ctl->heading) {
		for (const struct column *c = columns; c->key != NULL; c++)
			put_cell(c, c->heading, strlen(c->heading));
		putchar('\n');
		ctl->heading = true;
	}
	for (const struct column *c = columns; c->key != NULL; c++) {
		buf_reset(&text);
		const json_t *value = find_value(object, c->key);

		if (strchr(c->key, '.') && json_is_real(value))
			buf_printf(&text, "%.4f", json_real_value(value));
		else
			show_value(&text, c->key, value);
		put_cell(c, buf_text(&text), text.len);
	}
	putchar('\n');
	buf_free(&text);
}

void
print_said(struct ctl *ctl, const char *format, ...)
{
	va_list args;

	if (ctl->json)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void
print_text(const char *text, size_t len)
{
	struct buf clean = { 0 };

	clean_text(&clean, text, len, CLEAN_TEXT);
	puts(buf_text(&clean));
	buf_free(&clean);
}

json_t *
print_number(int64_t no)
{
	char text[14];

	if (no == 0)
		return json_null();
	number_plain(no, text);
	return json_string(text);
}

json_t *
print_share(double share)
{
	return json_real(round(share * 10000) / 10000);
}

json_t *
print_time(usec_t t)
{
	char text[40];

	if (t == 0)
		return json_null();
	clock_rfc3339(t, text);
	return json_string(text);
}
