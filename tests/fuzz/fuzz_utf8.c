/* Decoding always advances, agrees with encoding, and names the first damage. Names and queries of any bytes are
 * matched. */
#include <stdlib.h>
#include <string.h>

#include "core/base/pinyin.h"
#include "core/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void
match(const char *s, size_t len)
{
	char query[128];
	size_t n = len / 3 < sizeof query ? len / 3 : sizeof query - 1;

	for (size_t i = 0; i < n; i++)
		query[i] = s[i] != '\0' ? s[i] : ' ';
	query[n] = '\0';
	pinyin_match(s + n, len - n, query);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *s = (const char *)data;
	size_t bad = utf8_first_bad(s, len), points = 0, at = 0;
	uint32_t cp;
	char back[4];

	MUST(bad <= len && utf8_valid(s, len) == (bad == len) && utf8_valid(s, bad));
	for (; at < len; points++) {
		MUST(utf8_offset(s, len, points) == at);
		size_t n = utf8_decode(s + at, len - at, &cp);
		MUST(n >= 1 && n <= 4 && at + n <= len && cp <= 0x10ffff);
		if (n > 1 || cp < 0x80)
			MUST(utf8_encode(cp, back) == n && memcmp(back, s + at, n) == 0);
		else
			MUST(cp == 0xfffd && bad <= at);
		at += n;
	}
	MUST(utf8_count(s, len) == points && utf8_offset(s, len, points + 9) == len);
	match(s, len);
	return 0;
}
