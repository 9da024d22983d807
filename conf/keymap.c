#include "conf/keymap.h"

#include <stdio.h>
#include <string.h>
#include "core/base/utf8.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define EVERYBODY (ROLE_DISPATCHER | ROLE_SUPERVISOR | ROLE_ADMIN | ROLE_UNIT)

const struct command_info command_table[COMMAND_COUNT] = {
#define X(id, name, place, keys, help) [COMMAND_##id] = { name, place, keys, help },
	COMMAND_TABLE(X)
#undef X
};

static const struct { const char *name; uint32_t key; } key_names[] = {
	{ "Space", ' ' }, { "Enter", 10 }, { "Tab", 9 }, { "Esc", 27 }, { "BackSpace", 127 },
	{ "Up", KEYMAP_UP }, { "Down", KEYMAP_DOWN }, { "Left", KEYMAP_LEFT }, { "Right", KEYMAP_RIGHT },
	{ "PgUp", KEYMAP_PGUP }, { "PgDn", KEYMAP_PGDN }, { "Home", KEYMAP_HOME }, { "End", KEYMAP_END },
	{ "Ins", KEYMAP_INS }, { "Del", KEYMAP_DEL }, { "S-Tab", KEYMAP_BACK_TAB },
	/* characters that the file's own notation uses */
	{ "Comma", ',' }, { "Hash", '#' }, { "Semicolon", ';' }, { "Quote", '"' }, { "Equals", '=' },
};

/* --- notation ----------------------------------------------------------------------------------------------------- */

static bool is_named(const char *s, size_t len, uint32_t *key)
{
	for (size_t i = 0; i < ARRAY_LEN(key_names); i++)
		if (strlen(key_names[i].name) == len && memcmp(key_names[i].name, s, len) == 0) {
			*key = key_names[i].key;
			return true;
		}
	if ((len == 2 || len == 3) && s[0] == 'F' && s[1] >= '1' && s[1] <= '9' &&
	    (len == 2 || (s[2] >= '0' && s[2] <= '9'))) {
		uint32_t n = len == 2 ? (uint32_t)(s[1] - '0') : (uint32_t)((s[1] - '0') * 10 + s[2] - '0');
		*key = KEYMAP_F0 + n;
		return n <= 20;
	}
	return false;
}

static bool parse_key(const char *s, size_t len, uint32_t *key)
{
	uint32_t cp;

	if (is_named(s, len, key))
		return true;
	if (len == 3 && s[0] == 'C' && s[1] == '-' && ((s[2] >= 'a' && s[2] <= 'z'))) {
		*key = (uint32_t)(s[2] - 'a' + 1);
		return true;
	}
	if (len > 2 && s[0] == 'M' && s[1] == '-' && parse_key(s + 2, len - 2, key)) {
		*key |= KEYMAP_ALT_BIT;
		return true;
	}
	if (utf8_decode(s, len, &cp) != len || cp <= ' ' || cp == 0x7F || cp == 0xFFFD)
		return false;
	*key = cp;
	return true;
}

static bool parse_sequence(const char *s, size_t len, struct keymap_keys *out, char why[128])
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < len;) {
		size_t n = 0;
		while (i + n < len && s[i + n] != ' ')
			n++;
		if (n) {
			if (out->n == KEYMAP_SEQUENCE) {
				snprintf(why, 128, "at most %d keys can follow one another", KEYMAP_SEQUENCE);
				return false;
			}
			if (!parse_key(s + i, n, &out->key[out->n])) {
				snprintf(why, 128,
				    "\"%.*s\" is no key: one character, C-x, M-x, F1 to F20, Enter, Space, Tab, Esc …",
				    (int)(n > 24 ? 24 : n), s + i);
				return false;
			}
			out->n++;
		}
		i += n + 1;
	}
	if (out->n == 0) {
		snprintf(why, 128, "a key is missing before or after a comma");
		return false;
	}
	return true;
}

bool keymap_parse(const char *text, struct keymap_keys *keys, int max, int *n, char why[128])
{
	char unused[128];

	if (!why)
		why = unused;
	*n = 0;
	if (!text[strspn(text, " ")])
		return true; /* no keys at all */
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		if (*n == max) {
			snprintf(why, 128, "at most %d alternatives", max);
			return false;
		}
		if (!parse_sequence(p, len, &keys[*n], why))
			return false;
		++*n;
		p += len;
		if (!*p)
			return true;
	}
}

static size_t show_key(uint32_t key, char *out, size_t size)
{
	char utf8[5] = "";
	size_t used = 0;

	if (key & KEYMAP_ALT_BIT)
		used = (size_t)snprintf(out, size, "M-");
	key &= ~(uint32_t)KEYMAP_ALT_BIT;
	for (size_t i = 0; i < ARRAY_LEN(key_names); i++)
		if (key_names[i].key == key && !(key > ' ' && key < 0x7F))
			return used + (size_t)snprintf(out + used, size - used, "%s", key_names[i].name);
	if (key > KEYMAP_F0 && key <= KEYMAP_F0 + 20)
		return used + (size_t)snprintf(out + used, size - used, "F%u", key - KEYMAP_F0);
	if (key >= 1 && key <= 26)
		return used + (size_t)snprintf(out + used, size - used, "C-%c", (char)('a' + key - 1));
	utf8[utf8_encode(key, utf8)] = '\0';
	return used + (size_t)snprintf(out + used, size - used, "%s", utf8);
}

void keymap_show(const struct keymap_keys *k, char out[32])
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < k->n && used < 28; i++) {
		if (i)
			out[used++] = ' ';
		used += show_key(k->key[i], out + used, 32 - used);
	}
}

/* --- the map ------------------------------------------------------------------------------------------------------ */

struct maker {
	struct keymap *map;
	const char *file;
	struct err_list *errs;
	bool good;
};

static bool is_digit_key(const struct keymap_keys *k)
{
	return k->n > 0 && k->key[0] >= '0' && k->key[0] <= '9';
}

/* Digits confirm and sign, and do nothing else (DESIGN, section 9). */
static bool owns_digits(const struct keymap_bind *b)
{
	return b->is_action && (b->id == ACTION_CONFIRM || b->id == ACTION_ACCEPT);
}

static void set_defaults(struct maker *m)
{
	struct keymap *map = m->map;

	memset(map, 0, sizeof *map);
	for (int i = 0; i < ACTION_COUNT; i++) {
		struct keymap_bind *b = &map->bind[map->n++];
		*b = (struct keymap_bind){ .name = action_table[i].name,
			.is_action = true,
			.id = i,
			.place = KEYMAP_BOTH,
			.roles = action_table[i].roles,
			.help = action_table[i].help };
		if (action_table[i].key && action_table[i].key[0])
			m->good &= keymap_parse(i == ACTION_CONFIRM ? "1, 2, 3" : action_table[i].key, b->keys,
			    KEYMAP_KEYS, &b->nkeys, NULL);
	}
	for (int i = 0; i < COMMAND_COUNT; i++) {
		struct keymap_bind *b = &map->bind[map->n++];
		*b = (struct keymap_bind){ .name = command_table[i].name, .id = i, .place = command_table[i].place,
			.roles = EVERYBODY, .help = command_table[i].help };
		m->good &= keymap_parse(command_table[i].keys, b->keys, KEYMAP_KEYS, &b->nkeys, NULL);
	}
}

static struct keymap_bind *bind_named(struct keymap *map, const char *name)
{
	for (int i = 0; i < map->n; i++)
		if (strcmp(map->bind[i].name, name) == 0)
			return &map->bind[i];
	return NULL;
}

static void remap(struct maker *m, const struct conf_key *k)
{
	struct keymap_bind *b = bind_named(m->map, k->name);
	struct keymap_keys keys[KEYMAP_KEYS];
	char why[128];
	int n;

	if (!b) {
		m->good = err_list_add(m->errs, ERR_INVALID, m->file, k->line, 0, k->name,
		    "is neither an action nor a command of the console; fenbo-keys(7) lists both");
		return;
	}
	if (owns_digits(b)) {
		m->good = err_list_add(
		    m->errs, ERR_INVALID, m->file, k->line, 0, k->name, "keeps its digits; it cannot be remapped");
		return;
	}
	if (!keymap_parse(k->keys, keys, KEYMAP_KEYS, &n, why)) {
		m->good = err_list_add(m->errs, ERR_INVALID, m->file, k->line, 0, k->name, "%s", why);
		return;
	}
	for (int i = 0; i < n; i++)
		if (is_digit_key(&keys[i])) {
			m->good = err_list_add(m->errs, ERR_CONFLICT, m->file, k->line, 0, k->name,
			    "digits belong to confirm and accept, and to nothing else");
			return;
		}
	memcpy(b->keys, keys, sizeof keys);
	b->nkeys = n;
	b->line = k->line;
}

/* One is the other, or the beginning of it: then the longer one could never be typed. */
static bool clash(const struct keymap_keys *a, const struct keymap_keys *b)
{
	int n = a->n < b->n ? a->n : b->n;

	return n > 0 && memcmp(a->key, b->key, (size_t)n * sizeof a->key[0]) == 0;
}

static void where(const struct keymap_bind *b, char out[48])
{
	if (b->line)
		snprintf(out, 48, "line %d", b->line);
	else
		snprintf(out, 48, "its default");
}

static void check_pair(struct maker *m, const struct keymap_bind *a, const struct keymap_bind *b)
{
	if (a != b && (!(a->place & b->place) || !(a->roles & b->roles)))
		return;
	for (int i = 0; i < a->nkeys; i++)
		for (int j = a == b ? i + 1 : 0; j < b->nkeys; j++) {
			char shown[32], at_a[48], at_b[48];
			if (!clash(&a->keys[i], &b->keys[j]))
				continue;
			keymap_show(a->keys[i].n < b->keys[j].n ? &a->keys[i] : &b->keys[j], shown);
			where(a, at_a);
			where(b, at_b);
			m->good = err_list_add(m->errs, ERR_CONFLICT, m->file, a->line > b->line ? a->line : b->line, 0,
			    a->name, "%s and %s both want the key %s in one place (%s: %s, %s: %s)", a->name, b->name,
			    shown, a->name, at_a, b->name, at_b);
			return;
		}
}

bool keymap_make(struct keymap *out, const char *file, const struct conf_key *keys, size_t n, struct err_list *errs)
{
	struct maker m = { out, file, errs, true };

	set_defaults(&m);
	if (!m.good)
		return err_list_add(errs, ERR_INTERNAL, file, 0, 0, "keys", "a default key cannot be read");
	for (size_t i = 0; i < n; i++)
		remap(&m, &keys[i]);
	for (int i = 0; i < out->n; i++)
		for (int j = i; j < out->n; j++)
			check_pair(&m, &out->bind[i], &out->bind[j]);
	return m.good;
}

const struct keymap_bind *keymap_find(
    const struct keymap *m, unsigned place, unsigned role, const uint32_t *typed, int n, bool *more)
{
	*more = false;
	for (int i = 0; i < m->n; i++) {
		const struct keymap_bind *b = &m->bind[i];
		if (!(b->place & place) || !(b->roles & role))
			continue;
		for (int j = 0; j < b->nkeys; j++) {
			if (b->keys[j].n < n || memcmp(b->keys[j].key, typed, (size_t)n * sizeof *typed) != 0)
				continue;
			if (b->keys[j].n == n)
				return b;
			*more = true;
		}
	}
	return NULL;
}

const struct keymap_bind *keymap_action(const struct keymap *m, enum action a)
{
	return &m->bind[a];
}

const struct keymap_bind *keymap_command(const struct keymap *m, enum command c)
{
	return &m->bind[ACTION_COUNT + c];
}
