/* Paths, queries and cursors: the first line is a path, the second a query, the third a cursor. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/feed/cursor.h"
#include "core/feed/open311.h"
#include "core/feed/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	char *text = arena_strndup(&a, (const char *)data, size), *query = strchr(text, '\n'), *cursor;
	const usec_t now = INT64_C(1795300000) * USEC_S;
	struct open311_path path;
	struct open311_filter filter;
	struct cursor c;
	struct url u;
	struct form f;
	struct err e;

	if (query == NULL)
		query = text + strlen(text);
	else
		*query++ = '\0';
	if ((cursor = strchr(query, '\n')) != NULL)
		*cursor++ = '\0';
	open311_route(text, query, &path);
	if (url_parse(text, &u, &e) && (u.port < 1 || u.port > 65535))
		abort();
	if (form_parse(&a, query, strlen(query), &f, &e) && open311_filter(&a, &f, now, &filter, &e) && filter.ids == 0 &&
	    (filter.until - filter.from > OPEN311_DAYS * 86400 * USEC_S || filter.page_size > OPEN311_PAGE_MAX || filter.page < 1))
		abort();
	if (cursor && cursor_parse(cursor, &c) && cursor_compare(&c, &c) != 0)
		abort();
	arena_free(&a);
	return 0;
}
