/* Whatever comes in, what comes out of the door is text: valid, without controls, and clean when it comes again. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/base/width.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void
check(const char *s, size_t len, enum clean_mode mode)
{
	struct buf once = { 0 }, twice = { 0 }, folded = { 0 };
	bool same = clean_text(&once, s, len, mode);
	const char *out = buf_text(&once);
	uint32_t cp;

	MUST(!once.failed && once.len <= 3 * len);
	MUST(utf8_valid(out, once.len));
	for (size_t at = 0; at < once.len;) {
		at += utf8_decode(out + at, once.len - at, &cp);
		MUST(cp >= 0x20 || (cp == '\n' && mode == CLEAN_TEXT));
		MUST(cp != 0x7f && !(cp >= 0x80 && cp <= 0x9f));
		MUST(!(cp >= 0x202a && cp <= 0x202e) && !(cp >= 0x2066 && cp <= 0x2069));
		MUST(cp != 0x200d && cp != 0x061c);
	}
	MUST(strstr(out, "\n\n\n") == NULL && (once.len == 0 || (out[0] != ' ' && out[once.len - 1] != ' ')));
	MUST(same == (once.len == len && memcmp(out, s, len) == 0));
	MUST(same == clean_is(s, len, mode));
	MUST(clean_is(out, once.len, mode));
	MUST(clean_text(&twice, out, once.len, mode) && twice.len == once.len);
	fold_text(&folded, s, len);
	MUST(utf8_count(s, len) == utf8_count(buf_text(&folded), folded.len));
	MUST(width_text(out, once.len) >= 0);
	for (int cells = 0; cells < 8; cells++) {
		int used;
		size_t cut = width_clip(s, len, cells, &used);
		MUST(cut <= len && used <= cells && width_text(s, cut) == used);
	}
	buf_free(&once);
	buf_free(&twice);
	buf_free(&folded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check((const char *)data, len, CLEAN_LINE);
	check((const char *)data, len, CLEAN_TEXT);
	return 0;
}
