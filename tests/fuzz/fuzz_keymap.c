/* Any text is a key notation or is refused; what is taken is shown in a form that reads back the same, and a map made with it
 * finds it or says with what it clashes. Input: NAME=KEYS. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keymap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void shown_and_read(const struct keymap_keys *k)
{
	struct keymap_keys again[KEYMAP_KEYS];
	char shown[32];
	int n;

	keymap_show(k, shown);
	for (int i = 0; i < k->n; i++)
		if ((k->key[i] & ~(uint32_t)KEYMAP_ALT_BIT) == ',')
			return; /* shown as it is typed, which in the notation separates */
	MUST(keymap_parse(shown, again, KEYMAP_KEYS, &n, NULL) && n == 1 && memcmp(&again[0], k, sizeof *k) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[256], why[128] = "", *keys;
	struct keymap_keys parsed[KEYMAP_KEYS];
	struct err_list errs = { 0 };
	struct keymap map;
	int n;

	snprintf(text, sizeof text, "%.*s", (int)(len > 255 ? 255 : len), (const char *)data);
	keys = strchr(text, '=');
	if (!keys)
		return 0;
	*keys++ = '\0';
	if (keymap_parse(keys, parsed, KEYMAP_KEYS, &n, why))
		for (int i = 0; i < n; i++)
			shown_and_read(&parsed[i]);
	else
		MUST(why[0]);

	struct conf_key pair = { text, keys, 1 };
	bool good = keymap_make(&map, "fuzz.ini", &pair, 1, &errs);
	MUST(good == err_list_empty(&errs));
	for (int i = 0; good && i < map.n; i++)
		for (int k = 0; k < map.bind[i].nkeys; k++) {
			const struct keymap_bind *b = &map.bind[i];
			bool more;
			for (unsigned role = 1; role <= ROLE_UNIT; role <<= 1)
				if (b->roles & role)
					MUST(keymap_find(&map, b->place, role, b->keys[k].key, b->keys[k].n, &more) == b);
		}
	err_list_free(&errs);
	return 0;
}
