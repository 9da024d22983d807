#include "db/password.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

static void add_option(struct buf *out, const char *keyword, const char *value)
{
	buf_puts(out, keyword);
	buf_puts(out, "='");
	for (const char *p = value; *p; p++) {
		if (*p == '\'' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_puts(out, "' ");
}

char *db_conninfo_password(const char *conninfo, const char *password)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	struct buf out = { 0 };
	char *text;

	if (!options)
		return NULL;
	/* No file and no service may answer instead of the person. */
	for (const PQconninfoOption *o = options; o->keyword; o++)
		if (o->val && *o->val && strcmp(o->keyword, "password") != 0 && strcmp(o->keyword, "passfile") != 0)
			add_option(&out, o->keyword, o->val);
	add_option(&out, "passfile", "/dev/null");
	add_option(&out, "password", password);
	PQconninfoFree(options);
	text = out.failed ? NULL : strdup(buf_text(&out));
	if (out.data)
		explicit_bzero(out.data, out.len);
	buf_free(&out);
	return text;
}
