#include "core/feed/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void jsonw_text(struct buf *out, const char *s, size_t len)
{
	size_t from = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s + from, i - from);
		from = i + 1;
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_puts(out, "\\n");
		else
			buf_printf(out, "\\u%04x", c);
	}
	buf_add(out, s + from, len - from);
	buf_putc(out, '"');
}

void jsonw_real(struct buf *out, double v)
{
	char text[32];

	if (!isfinite(v)) {
		buf_puts(out, "null");
		return;
	}
	snprintf(text, sizeof text, "%.15g", v);
	if (strtod(text, NULL) != v)
		snprintf(text, sizeof text, "%.17g", v);
	buf_puts(out, text);
}

static void name_of(struct buf *out, const char *name)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_putc(out, ',');
	jsonw_text(out, name, strlen(name));
	buf_putc(out, ':');
}

void jsonw_member(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	name_of(out, name);
	jsonw_text(out, value, strlen(value));
}

void jsonw_member_raw(struct buf *out, const char *name, const char *json)
{
	name_of(out, name);
	buf_puts(out, json);
}
