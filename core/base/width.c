#include "core/base/width.h"

#include "core/base/utf8.h"
#include "gen/width.inc"

int
width_point(uint32_t cp)
{
	if (cp - 0x20 < 0x5f)
		return 1;
	if (cp > 0x10ffff)
		return -1;
	int w = width_cells[width_page[cp >> 7]][cp >> 2 & 31] >> (cp & 3) * 2 & 3;
	return w == 3 ? -1 : w;
}

int
width_text(const char *s, size_t len)
{
	int cells = 0;
	uint32_t cp;

	for (size_t at = 0; at < len;) {
		at += utf8_decode(s + at, len - at, &cp);
		int w = width_point(cp);
		cells += w < 0 ? 1 : w;
	}
	return cells;
}

size_t
width_clip(const char *s, size_t len, int cells, int *used)
{
	size_t at = 0;
	int sum = 0;
	uint32_t cp;

	while (at < len) {
		size_t n = utf8_decode(s + at, len - at, &cp);
		int w = width_point(cp);
		if (w < 0)
			w = 1;
		if (sum + w > cells)
			break;
		sum += w;
		at += n;
	}
	if (used != NULL)
		*used = sum;
	return at;
}
