#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	const char *sentence;
	int http;
	int exit;
} rows[ERR_COUNT] = {
#define X(id, code, http, exit, text) [ERR_##id] = { code, text, http, exit },
	ERR_TABLE(X)
#undef X
};

/* A code that came over a wire or out of a cast may be anything. */
static enum err_code
known(enum err_code code)
{
	return (unsigned)code < ERR_COUNT ? code : ERR_INTERNAL;
}

const char *
err_name(enum err_code code)
{
	return rows[known(code)].name;
}

const char *
err_sentence(enum err_code code)
{
	return rows[known(code)].sentence;
}

int
err_http(enum err_code code)
{
	return rows[known(code)].http;
}

int
err_exit(enum err_code code)
{
	return rows[known(code)].exit;
}

enum err_code
err_by_name(const char *name)
{
	if (name != NULL)
		for (int i = 0; i < ERR_COUNT; i++)
			if (strcmp(rows[i].name, name) == 0)
				return (enum err_code)i;
	return ERR_INTERNAL;
}

/* Cut a text that was truncated to `len` bytes back to a whole character: half of one would be refused by JSON. */
static void
end_whole(char *s, size_t len)
{
	size_t start = len;

	while (start > 0 && ((unsigned char)s[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)s[start - 1];
	size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	if (len - start + 1 < want)
		s[start - 1] = '\0';
}

bool
err_set(struct err *e, enum err_code code, const char *field, const char *format, ...)
{
	va_list ap;

	if (e == NULL)
		return false;
	e->code = known(code);
	e->line = 0;
	if (snprintf(e->field, sizeof e->field, "%s", field != NULL ? field : "") >= (int)sizeof e->field)
		end_whole(e->field, sizeof e->field - 1);
	va_start(ap, format);
	int n = vsnprintf(e->message, sizeof e->message, format, ap);
	va_end(ap);
	if (n < 0)
		e->message[0] = '\0';
	else if (n >= (int)sizeof e->message)
		end_whole(e->message, sizeof e->message - 1);
	return false;
}
