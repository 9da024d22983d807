#include "core/feed/gateway.h"

#include <string.h>
#include "core/feed/url.h"

static void put(struct buf *out, const char *value, enum gateway_form form)
{
	if (form == GATEWAY_QUERY) {
		url_escape(out, value);
		return;
	}
	for (const char *s = value; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (form == GATEWAY_JSON && (c == '"' || c == '\\' || c < 0x20))
			buf_printf(out, "\\u%04x", c);
		else if (c >= 0x20)
			buf_putc(out, (char)c);
	}
}

static bool starts(const char *s, const char *name)
{
	return !strncmp(s, name, strlen(name));
}

void gateway_fill(struct buf *out, const char *pattern, enum gateway_form form, const struct gateway_message *m)
{
	const char *s = pattern;

	while (*s) {
		if (form != GATEWAY_PLAIN && starts(s, "{phone}")) {
			put(out, m->phone, form);
			s += 7;
		} else if (form != GATEWAY_PLAIN && starts(s, "{text}")) {
			put(out, m->text, form);
			s += 6;
		} else if (starts(s, "{key}")) {
			put(out, m->key, form);
			s += 5;
		} else {
			buf_putc(out, *s++);
		}
	}
}

bool gateway_names(const char *pattern, const char *name)
{
	return pattern && strstr(pattern, name) != NULL;
}
