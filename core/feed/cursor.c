#include "core/feed/cursor.h"

#include <stdlib.h>
#include <string.h>

static bool number(const char *s, const char *end, uint64_t *out)
{
	if (end == s || end - s > 20)
		return false;
	*out = 0;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9' || *out > (UINT64_MAX - 9) / 10)
			return false;
		*out = *out * 10 + (uint64_t)(*s - '0');
	}
	return true;
}

bool cursor_parse(const char *text, struct cursor *out)
{
	size_t len = strlen(text);
	const char *id = memrchr(text, '-', len);
	const char *tx = id ? memrchr(text, '-', (size_t)(id - text)) : NULL;

	*out = (struct cursor){ 0 };
	if (tx == NULL || tx == text || (size_t)(tx - text) >= sizeof out->epoch)
		return false;
	for (const char *p = text; p < tx; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return false;
	memcpy(out->epoch, text, (size_t)(tx - text));
	return number(tx + 1, id, &out->tx) && number(id + 1, text + len, &out->id);
}

int cursor_compare(const struct cursor *a, const struct cursor *b)
{
	if (a->tx != b->tx)
		return a->tx < b->tx ? -1 : 1;
	return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

bool cursor_same_epoch(const struct cursor *a, const struct cursor *b)
{
	return strcmp(a->epoch, b->epoch) == 0;
}
