/*
 * From what the terminal sends to keys. Bytes are assembled to UTF-8 here, because curses loses a character whose bytes arrive
 * in two reads; a bracketed paste becomes one cleaned text. Key codes are those of conf/keymap.h: code points, and names above
 * Unicode.
 */
#ifndef FENBO_TUI_KEYS_H
#define FENBO_TUI_KEYS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/buf.h"

/* What the screen reads: a byte (0–255) or one of these. */
enum raw_key {
	RAW_UP = 256, RAW_DOWN, RAW_LEFT, RAW_RIGHT, RAW_PGUP, RAW_PGDN, RAW_HOME, RAW_END, RAW_INS, RAW_DEL, RAW_BACKSPACE,
	RAW_BACK_TAB, RAW_PASTE, RAW_PASTE_END, RAW_F0 /* to RAW_F0 + 20 */, RAW_LAST = RAW_F0 + 20
};

/* A click or a turn of the wheel, where the person wants the mouse taken: RAW_MOUSE + kind × 2^20 + row × 2^10 + column. */
enum { RAW_MOUSE = 1 << 24, MOUSE_CLICK = 0, MOUSE_UP = 1, MOUSE_DOWN = 2, KEY_MOUSE_CLICK = 0x110000 + 201 };

enum { PASTE_MAX_BYTES = 256 * 1024, KEY_PASTE = 0x110000 + 200 };

struct keys {
	char bytes[4];
	int have, want;
	bool pasting;
	struct buf paste; /* raw, then cleaned */
};
struct key {
	uint32_t code;
	int row, col;     /* of a click */
	const char *text; /* of a paste: cleaned, borrowed until the next call */
	size_t len;
};

void keys_free(struct keys *k);
/* Feed one raw key. True when a key is complete. Malformed bytes are dropped. */
bool keys_feed(struct keys *k, int raw, struct key *out);
/* An input method that is on turns command keys into full-width forms and Chinese punctuation: the plain key it stands for. For
 * commands only, never for text. */
uint32_t keys_plain(uint32_t code);

#endif
