/* tests/tools/manual.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/tools/manual.h"

/* In mdoc a text that begins with a dot or a quote would be a request, and a backslash an escape. */
void manual_text(struct buf *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_puts(out, "\\&");
	for (; *s; s++) {
		if (*s == '\\')
			buf_puts(out, "\\e");
		else if (*s == '"')
			buf_puts(out, "\\(dq");
		else
			buf_putc(out, *s);
	}
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf b = { 0 };
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	fclose(f);
	buf_putc(&b, '\0');
	assert_false(b.failed);
	return b.data;
}

void manual_block(const char *path, const char *name, void (*make)(struct buf *))
{
	char begin[64], end[64], *text = read_all(path), *from, *to;
	struct buf want = { 0 };
	const char *golden = getenv("FENBO_GOLDEN");

	snprintf(begin, sizeof begin, ".\\\" begin %s\n", name);
	snprintf(end, sizeof end, ".\\\" end %s\n", name);
	from = strstr(text, begin);
	assert_non_null(from);
	from += strlen(begin);
	to = strstr(from, end);
	assert_non_null(to);
	make(&want);
	assert_false(want.failed);
	if (golden && strcmp(golden, "write") == 0) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fwrite(text, 1, (size_t)(from - text), f);
		fwrite(want.data, 1, want.len, f);
		fputs(to, f);
		assert_int_equal(fclose(f), 0);
	} else {
		*to = '\0';
		assert_string_equal(from, buf_text(&want));
	}
	buf_free(&want);
	free(text);
}
