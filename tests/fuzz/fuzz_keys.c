/* Any bytes from a terminal: what comes out are keys with valid code points, and pastes of clean text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/base/clean.h"
#include "tui/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys k = { 0 };

	for (size_t i = 0; i < size; i++) {
		struct key key = { 0 };
		/* One byte in eight names a key that is no byte. */
		int raw = data[i] % 8 == 7 && i + 1 < size ? RAW_UP + data[++i] % (RAW_LAST - RAW_UP + 2) : data[i];

		if (!keys_feed(&k, raw, &key))
			continue;
		if (key.code >= 0xD800 && key.code < 0xE000)
			abort();
		if (key.code == KEY_PASTE && (key.len > PASTE_MAX_BYTES || !clean_is(key.text, key.len, CLEAN_TEXT)))
			abort();
		keys_plain(key.code);
	}
	keys_free(&k);
	return 0;
}
