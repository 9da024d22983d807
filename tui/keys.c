#include "tui/keys.h"

#include <string.h>

#include "conf/keymap.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"

void keys_free(struct keys *k)
{
	buf_free(&k->paste);
	memset(k, 0, sizeof *k);
}

static uint32_t named_key(int raw)
{
	static const uint32_t codes[] = {
		[RAW_UP - RAW_UP] = KEYMAP_UP, [RAW_DOWN - RAW_UP] = KEYMAP_DOWN, [RAW_LEFT - RAW_UP] = KEYMAP_LEFT,
		[RAW_RIGHT - RAW_UP] = KEYMAP_RIGHT, [RAW_PGUP - RAW_UP] = KEYMAP_PGUP, [RAW_PGDN - RAW_UP] = KEYMAP_PGDN,
		[RAW_HOME - RAW_UP] = KEYMAP_HOME, [RAW_END - RAW_UP] = KEYMAP_END, [RAW_INS - RAW_UP] = KEYMAP_INS,
		[RAW_DEL - RAW_UP] = KEYMAP_DEL, [RAW_BACKSPACE - RAW_UP] = 127, [RAW_BACK_TAB - RAW_UP] = KEYMAP_BACK_TAB,
	};

	if (raw >= RAW_F0 && raw <= RAW_LAST)
		return KEYMAP_F0 + (uint32_t)(raw - RAW_F0);
	if (raw >= RAW_UP && raw <= RAW_BACK_TAB)
		return codes[raw - RAW_UP];
	return 0;
}

static bool end_paste(struct keys *k, struct key *out)
{
	struct buf clean = { .limit = PASTE_MAX_BYTES + 16 };

	k->pasting = false;
	clean_text(&clean, k->paste.data ? k->paste.data : "", k->paste.len, CLEAN_TEXT);
	buf_free(&k->paste);
	k->paste = clean;
	*out = (struct key){ .code = KEY_PASTE, .text = buf_text(&k->paste), .len = k->paste.len };
	return k->paste.len > 0;
}

static int sequence_length(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 :
	    lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

static bool finish(struct keys *k, struct key *out)
{
	uint32_t cp;
	size_t n = utf8_decode(k->bytes, (size_t)k->have, &cp);
	bool whole = n == (size_t)k->have && (cp != 0xFFFD || k->have == 3);

	k->have = k->want = 0;
	/* C1 controls are no keys and no text. */
	if (!whole || (cp >= 0x80 && cp < 0xA0))
		return false;
	if (cp == '\r')
		cp = '\n';
	if (cp == 8)
		cp = 127;
	*out = (struct key){ .code = cp };
	return true;
}

static bool take_mouse(int raw, struct key *out)
{
	int kind = (raw - RAW_MOUSE) >> 20, at = (raw - RAW_MOUSE) & 0xFFFFF;

	*out = (struct key){ .code = kind == MOUSE_UP ? (uint32_t)KEYMAP_UP : kind == MOUSE_DOWN ? (uint32_t)KEYMAP_DOWN :
	    (uint32_t)KEY_MOUSE_CLICK, .row = at >> 10, .col = at & 1023 };
	return true;
}

bool keys_feed(struct keys *k, int raw, struct key *out)
{
	if (raw == RAW_PASTE) {
		buf_free(&k->paste);
		k->paste.limit = PASTE_MAX_BYTES;
		k->pasting = true;
		k->have = k->want = 0;
		return false;
	}
	if (raw == RAW_PASTE_END)
		return k->pasting && end_paste(k, out);
	if (k->pasting) {
		/* Full is full: what is beyond the bound is dropped, the end is still seen. */
		if (raw >= 0 && raw < 256 && k->paste.len < PASTE_MAX_BYTES - 8)
			buf_putc(&k->paste, (char)raw);
		return false;
	}
	if (raw < 0 || raw > 255) {
		k->have = k->want = 0;
		if (raw >= RAW_MOUSE && raw < RAW_MOUSE + (3 << 20))
			return take_mouse(raw, out);
		*out = (struct key){ .code = named_key(raw) };
		return out->code != 0;
	}
	if (k->have > 0 && (raw & 0xC0) != 0x80)
		k->have = k->want = 0; /* cut off: start anew with this byte */
	if (k->have == 0) {
		k->want = sequence_length((unsigned char)raw);
		if (k->want == 0)
			return false;
	}
	k->bytes[k->have++] = (char)raw;
	return k->have == k->want && finish(k, out);
}

uint32_t keys_plain(uint32_t code)
{
	/* What the usual pinyin methods send for a key in Chinese punctuation mode. */
	static const struct { uint32_t from, to; } punctuation[] = {
		{ 0x3000, ' ' }, { 0x3001, '/' }, { 0x3002, '.' }, { 0x300A, '<' }, { 0x300B, '>' }, { 0x3010, '[' },
		{ 0x3011, ']' }, { 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201C, '"' }, { 0x201D, '"' }, { 0x00B7, '`' },
		{ 0xFFE5, '$' }, { 0x2026, '^' }, { 0x2014, '_' },
	};

	if (code >= 0xFF01 && code <= 0xFF5E)
		return code - 0xFF01 + '!';
	for (size_t i = 0; i < sizeof punctuation / sizeof punctuation[0]; i++)
		if (punctuation[i].from == code)
			return punctuation[i].to;
	return code;
}
