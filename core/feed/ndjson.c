#include "core/feed/ndjson.h"

#include <string.h>

static bool blank(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (line[i] != ' ' && line[i] != '\t')
			return false;
	return true;
}

bool ndjson_next(const char *body, size_t len, size_t *at, int *number, struct ndjson_line *out)
{
	while (*at < len) {
		const char *line = body + *at, *nl = memchr(line, '\n', len - *at);
		size_t n = nl ? (size_t)(nl - line) : len - *at;

		*at += nl ? n + 1 : n;
		++*number;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		if (!blank(line, n)) {
			*out = (struct ndjson_line){ .bytes = line, .len = n, .number = *number };
			return true;
		}
	}
	return false;
}
