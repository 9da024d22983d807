#include "conf/policy_messages.h"

#include <string.h>
#include "core/base/utf8.h"

#define OPEN  "【"
#define CLOSE "】"

static const char *const classes[] = { "citizen", "unit", "head", "district", "leader", "emergency", NULL };

static const char *kind_of(const char *section)
{
	return strncmp(section, "message.", 8) == 0 ? section + 8 : NULL;
}

static bool good_kind(const char *kind)
{
	return *kind && strlen(kind) <= 32 && strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(kind);
}

bool policy_messages_own(const char *section, const char *key, bool *key_known)
{
	if (!kind_of(section))
		return false;
	*key_known = false;
	for (int i = 0; classes[i] && !*key_known; i++)
		*key_known = strcmp(key, classes[i]) == 0;
	return true;
}

/* Every field is closed and has a name; a 】 alone is as wrong as a 【 alone. */
static bool good_fields(const char *text)
{
	while (*text) {
		const char *open = strstr(text, OPEN), *close = strstr(text, CLOSE), *again;

		if (!open && !close)
			return true;
		if (!open || !close || close < open || close == open + strlen(OPEN))
			return false;
		again = strstr(open + strlen(OPEN), OPEN);
		if (again && again < close)
			return false;
		text = close + strlen(CLOSE);
	}
	return true;
}

bool policy_messages_read(const struct ini *ini, const char *file, json_t *policy, struct err_list *errs)
{
	json_t *all = json_object();
	bool good = true;
	const char *section, *kind;
	int line;

	json_object_set_new(policy, "messages", all);
	for (size_t i = 0; (section = ini_section(ini, i, &line)); i++)
		if ((kind = kind_of(section)) && !good_kind(kind))
			good = err_list_add(errs, ERR_INVALID, file, line, 0, section, "a message's kind is a word in small letters");
	for (size_t i = 0; i < ini_count(ini); i++) {
		const struct ini_entry *e = ini_at(ini, i);

		if (!(kind = kind_of(e->section)) || e->refused)
			continue;
		if (utf8_count(e->value, strlen(e->value)) > MESSAGE_CHARS || !good_fields(e->value)) {
			good = err_list_add(errs, ERR_INVALID, file, e->line, 0, e->key,
			    "a template has at most %d characters; a field stands as 【name】, closed and not empty", MESSAGE_CHARS);
			continue;
		}
		if (!json_object_get(all, kind))
			json_object_set_new(all, kind, json_object());
		json_object_set_new(json_object_get(all, kind), e->key, json_string(e->value));
	}
	return good;
}
