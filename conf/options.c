#include "conf/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conf/ini.h"
#include "conf/keymap.h"
#include "conf/value.h"

const struct option_info option_table[OPTION_COUNT] = {
#define X(member, section, key, type, def, min, max, unit, reload, help) \
	[OPTION_ID_##member] = { section, key, OPTION_##type, def, min, max, unit, reload, help },
	OPTION_TABLE(X)
#undef X
};

static const size_t option_offset[OPTION_COUNT] = {
#define X(member, section, key, type, def, min, max, unit, reload, help) \
	[OPTION_ID_##member] = offsetof(struct conf, member),
	OPTION_TABLE(X)
#undef X
};

#define KEYS_SECTION "keys"

/* A value as the table wants it, whatever its type. */
struct parsed {
	int64_t number;
	const char *text;
};

static void range_text(const struct option_info *o, char out[96])
{
	char low[32], high[32];

	if (o->type == OPTION_TIME) {
		value_duration_show(o->min, low);
		value_duration_show(o->max, high);
	} else {
		snprintf(low, sizeof low, "%lld", (long long)o->min);
		snprintf(high, sizeof high, "%lld", (long long)o->max);
	}
	snprintf(out, 96, "from %s to %s", low, high);
}

static bool is_choice(const char *words, const char *value)
{
	size_t len = strlen(value);

	while (len && *words) {
		size_t n = strcspn(words, "|");
		if (n == len && memcmp(words, value, n) == 0)
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

static bool parse_option(const struct option_info *o, const char *value, struct parsed *out, char why[256])
{
	char range[96];
	bool flag = false, good = false;
	int64_t n = 0;

	range_text(o, range);
	switch (o->type) {
	case OPTION_TEXT:
	case OPTION_PATH:
		n = (int64_t)strlen(value);
		good = n >= o->min && n <= o->max && (o->type == OPTION_TEXT || n == 0 || value[0] == '/');
		snprintf(why, 256,
		    o->type == OPTION_PATH ? "expected an absolute path of at most %lld bytes, found \"%.60s\""
			: n < o->min       ? "cannot be empty (at most %lld bytes, found \"%.60s\")"
					   : "expected at most %lld bytes, found \"%.60s…\"",
		    (long long)o->max, value);
		break;
	case OPTION_INT:
		good = value_int(value, &n) && n >= o->min && n <= o->max;
		snprintf(why, 256, "expected a whole number %s, found \"%.60s\"", range, value);
		break;
	case OPTION_FLAG:
		good = value_flag(value, &flag);
		n = flag;
		snprintf(why, 256, "expected yes or no, found \"%.60s\"", value);
		break;
	case OPTION_TIME:
		good = value_duration(value, &n) && n >= o->min && n <= o->max;
		snprintf(why, 256, "expected a time such as 250ms, 15s or 1h30m %s, found \"%.60s\"", range, value);
		break;
	case OPTION_SIZE:
		good = value_size(value, &n) && n >= o->min && n <= o->max;
		snprintf(why, 256, "expected a size such as 64KiB or 4MiB, %s bytes, found \"%.60s\"", range, value);
		break;
	case OPTION_CHOICE:
		good = is_choice(o->unit, value);
		snprintf(why, 256, "expected one of %.120s, found \"%.60s\"", o->unit, value);
		break;
	}
	out->number = n;
	out->text = value;
	return good;
}

static bool store(struct conf *c, enum conf_option id, const struct parsed *v)
{
	char *at = (char *)c + option_offset[id];

	switch (option_table[id].type) {
	case OPTION_TEXT:
	case OPTION_PATH:
	case OPTION_CHOICE: {
		const char *copy = arena_strdup(&c->arena, v->text);
		memcpy(at, &copy, sizeof copy);
		return copy != NULL;
	}
	case OPTION_INT: {
		int number = (int)v->number;
		memcpy(at, &number, sizeof number);
		return true;
	}
	case OPTION_FLAG: {
		bool flag = v->number != 0;
		memcpy(at, &flag, sizeof flag);
		return true;
	}
	case OPTION_TIME:
	case OPTION_SIZE:
		memcpy(at, &v->number, sizeof v->number);
		return true;
	}
	return false;
}

static bool set_option(struct conf *c, enum conf_option id, const char *value, const char *file, int line,
    const char *name, struct err_list *errs)
{
	struct parsed v;
	char why[256], field[96];

	snprintf(field, sizeof field, "%s", name);
	if (!parse_option(&option_table[id], value, &v, why))
		return err_list_add(errs, ERR_INVALID, file, line, 0, field, "%s", why);
	return store(c, id, &v) || err_list_add(errs, ERR_INTERNAL, file, line, 0, field, "memory is gone");
}

static int option_find(const char *section, const char *key)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (strcmp(option_table[i].section, section) == 0 && strcmp(option_table[i].key, key) == 0)
			return i;
	return -1;
}

static bool section_known(const char *section)
{
	if (strcmp(section, KEYS_SECTION) == 0)
		return true;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (strcmp(option_table[i].section, section) == 0)
			return true;
	return false;
}

static void list_keys(const char *section, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < OPTION_COUNT; i++)
		if (strcmp(option_table[i].section, section) == 0 && used + strlen(option_table[i].key) + 3 < size)
			used +=
			    (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", option_table[i].key);
}

static bool take_key(struct conf *c, const struct ini_entry *e, size_t room)
{
	struct conf_key *k = &c->keys[c->nkeys];

	if (c->nkeys == room)
		return false;
	k->name = arena_strdup(&c->arena, e->key);
	k->keys = arena_strdup(&c->arena, e->value);
	k->line = e->line;
	c->nkeys++;
	return k->name && k->keys;
}

static void read_ini(struct conf *c, const struct ini *ini, const char *file, struct err_list *errs)
{
	const char *section;
	int line;

	c->keys = arena_alloc(&c->arena, (ini_count(ini) + 1) * sizeof *c->keys);
	for (size_t i = 0; (section = ini_section(ini, i, &line)); i++)
		if (!section_known(section))
			err_list_add(errs, ERR_INVALID, file, line, 0, section,
			    "unknown section; known are database fenbod listen log workers feed intake leader "
			    "console keys");
	for (size_t i = 0; i < ini_count(ini); i++) {
		const struct ini_entry *e = ini_at(ini, i);
		char name[140], known[160];
		if (!section_known(e->section))
			continue; /* said once, for the section */
		if (strcmp(e->section, KEYS_SECTION) == 0) {
			if (e->refused)
				continue;
			if (!c->keys || !take_key(c, e, ini_count(ini)))
				err_list_add(errs, ERR_INTERNAL, file, e->line, 0, e->key, "memory is gone");
			continue;
		}
		int id = option_find(e->section, e->key);
		snprintf(name, sizeof name, "%s.%s", e->section, e->key);
		if (id >= 0 && e->refused)
			continue;
		if (id >= 0) {
			set_option(c, (enum conf_option)id, e->value, file, e->line, name, errs);
			continue;
		}
		list_keys(e->section, known, sizeof known);
		err_list_add(
		    errs, ERR_INVALID, file, e->line, 0, name, "unknown option; [%s] has %s", e->section, known);
	}
}

static void read_environment(struct conf *c, struct err_list *errs)
{
	static const struct { const char *name; enum conf_option id; } variables[] = {
		{ "FENBO_DATABASE_URL", OPTION_ID_database_url },
		{ "FENBO_URL", OPTION_ID_fenbod_url },
		{ "FENBO_KEY_FILE", OPTION_ID_fenbod_key_file },
	};

	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		const char *value = getenv(variables[i].name);
		if (value && *value)
			set_option(c, variables[i].id, value, "", 0, variables[i].name, errs);
	}
}

/* What no single row can say. */
static void check_together(const struct conf *c, const char *file, struct err_list *errs)
{
	if (!c->listen_tls_cert[0] != !c->listen_tls_key[0])
		err_list_add(errs, ERR_MISSING, file, 0, 0,
		    c->listen_tls_cert[0] ? "listen.tls_key" : "listen.tls_cert",
		    "a certificate and its key are given together");
	if (c->intake_line > c->intake_body)
		err_list_add(errs, ERR_INVALID, file, 0, 0, "intake.line", "cannot be larger than intake.body");
	if ((strncmp(c->fenbod_url, "http://", 7) != 0 && strncmp(c->fenbod_url, "https://", 8) != 0) ||
	    strpbrk(c->fenbod_url, " \t"))
		err_list_add(errs, ERR_INVALID, file, 0, 0, "fenbod.url",
		    "expected http://… or https://…, found \"%.60s\"", c->fenbod_url);
}

bool conf_load(const char *path, struct conf *out, struct err_list *errs)
{
	const char *env = getenv("FENBO_CONFIG");
	size_t before = errs->count + errs->dropped;
	struct keymap map = { 0 };

	memset(out, 0, sizeof *out);
	if (!path)
		path = env && *env ? env : NULL;
	for (int i = 0; i < OPTION_COUNT; i++) /* a default out of its own bounds shows at once */
		set_option(out, (enum conf_option)i, option_table[i].def, "", 0, option_table[i].key, errs);
	if (path || access(OPTIONS_DEFAULT_PATH, F_OK) == 0) {
		struct ini *ini = ini_load(path ? path : OPTIONS_DEFAULT_PATH, errs);
		out->path = arena_strdup(&out->arena, path ? path : OPTIONS_DEFAULT_PATH);
		if (ini)
			read_ini(out, ini, out->path ? out->path : "", errs);
		ini_free(ini);
	} else {
		out->path = "";
	}
	read_environment(out, errs);
	if (errs->count + errs->dropped == before)
		check_together(out, out->path, errs);
	keymap_make(&map, out->path ? out->path : "", out->keys, out->nkeys, errs);
	if (errs->count + errs->dropped == before)
		return true;
	err_list_sort(errs);
	conf_free(out);
	return false;
}

static bool same(const struct conf *a, const struct conf *b, enum conf_option id)
{
	const char *pa = (const char *)a + option_offset[id], *pb = (const char *)b + option_offset[id];
	const char *sa, *sb;

	switch (option_table[id].type) {
	case OPTION_TEXT:
	case OPTION_PATH:
	case OPTION_CHOICE:
		memcpy(&sa, pa, sizeof sa);
		memcpy(&sb, pb, sizeof sb);
		return strcmp(sa, sb) == 0;
	case OPTION_INT:
		return memcmp(pa, pb, sizeof(int)) == 0;
	case OPTION_FLAG:
		return memcmp(pa, pb, sizeof(bool)) == 0;
	case OPTION_TIME:
	case OPTION_SIZE:
		return memcmp(pa, pb, sizeof(int64_t)) == 0;
	}
	return false;
}

bool conf_reload(struct conf *live, struct err_list *errs)
{
	struct conf fresh;
	bool good = true;

	if (!conf_load(live->path[0] ? live->path : NULL, &fresh, errs))
		return false;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (!option_table[i].reload && !same(live, &fresh, (enum conf_option)i))
			good = err_list_add(errs, ERR_IMPOSSIBLE, fresh.path, 0, 0, option_table[i].key,
			    "[%s] %s has changed and needs a restart; nothing was reloaded", option_table[i].section,
			    option_table[i].key);
	if (good) {
		conf_free(live);
		*live = fresh;
	} else {
		conf_free(&fresh);
	}
	return good;
}

void conf_free(struct conf *c)
{
	arena_free(&c->arena);
	memset(c, 0, sizeof *c);
}
