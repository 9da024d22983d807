#include "conf/policy_rungs.h"

#include <stdio.h>
#include <string.h>
#include "conf/value.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_S 86400

static const char *const kinds[] = { "dispatch", "contact", "handle", "rate", "rule" };
static const char *const priorities[] = { "urgent", "fast", "normal" };
static const char *const who[] = { "owner", "dispatchers", "supervisor", "unit", "head", "district", "leader" };
static const char *const what[] = { "notice", "alarm", "supervise", "priority", "reassign", "letter" };

static bool is_word(const char *const *words, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], s) == 0)
			return true;
	return false;
}

/* A TIME: a share, or days and seconds, both with its sign. */
struct time { bool is_share; double share; int64_t days, s; };

static bool read_time(const char *text, struct time *out)
{
	char number[24];
	size_t n = strlen(text);
	int64_t ms;

	*out = (struct time){ 0 };
	if (n > 1 && n < sizeof number && text[n - 1] == '%') {
		memcpy(number, text, n - 1);
		number[n - 1] = '\0';
		out->is_share = true;
		return value_real(number, &out->share) && (out->share /= 100) > 0 && out->share <= 10;
	}
	if (!value_duration(text, &ms) || ms % 1000 != 0)
		return false;
	out->s = ms / 1000;
	if (strchr(text, 'd')) {
		out->days = out->s / DAY_S;
		out->s %= DAY_S;
	}
	return true;
}

/* Does b come after a, whatever the limit? Shares and times are compared only where the due time stands between them. */
static bool in_order(const struct time *a, const struct time *b)
{
	int64_t from = a->days * DAY_S + a->s, to = b->days * DAY_S + b->s;

	if (a->is_share && b->is_share)
		return b->share > a->share;
	if (a->is_share)
		return a->share < 1 || to > 0;
	if (b->is_share)
		return b->share > 1 || from < 0;
	return to > from;
}

static json_t *refuse(json_t *list, char why[200], const char *found)
{
	json_decref(list);
	snprintf(why, 200, "expected at most %d of TIME WHO WHAT, times ascending (-10m owner notice | 120%% supervisor alarm), found \"%.60s\"",
	    POLICY_RUNGS_MAX, found);
	return NULL;
}

json_t *policy_rungs_read(const char *s, char why[200])
{
	json_t *list = json_array();
	struct time at, last = { 0 };

	while (*s) {
		char time[24], tell[16], act[16], rest[2], one[80];
		size_t n = strcspn(s, "|"), count = json_array_size(list);
		snprintf(one, sizeof one, "%.*s", (int)(n > 79 ? 79 : n), s);
		if (sscanf(one, "%23s %15s %15s %1s", time, tell, act, rest) != 3 || !read_time(time, &at) ||
		    !is_word(who, ARRAY_LEN(who), tell) || !is_word(what, ARRAY_LEN(what), act) ||
		    (count > 0 && !in_order(&last, &at)) || count >= POLICY_RUNGS_MAX)
			return refuse(list, why, one);
		last = at;
		json_array_append_new(list, at.is_share ? json_pack("{s:f, s:s, s:s}", "share", at.share, "tell", tell, "do", act)
		    : json_pack("{s:I, s:I, s:s, s:s}", "at_s", (json_int_t)at.s, "days", (json_int_t)at.days, "tell", tell, "do", act));
		s += n + (s[n] == '|');
		if (s[-1] == '|' && s[strspn(s, " ")] == '\0')
			return refuse(list, why, "|");
	}
	return list;
}

/* "clock.handle.urgent" → handle, urgent. */
static bool section_parts(const char *section, char kind[16], char priority[16])
{
	return sscanf(section, "clock.%15[a-z].%15[a-z]", kind, priority) == 2 && is_word(kinds, ARRAY_LEN(kinds), kind) &&
	    is_word(priorities, ARRAY_LEN(priorities), priority) &&
	    strlen(section) == strlen("clock..") + strlen(kind) + strlen(priority);
}

bool policy_rungs_own(const char *section, const char *key, bool *known)
{
	char kind[16], priority[16];

	if (!section_parts(section, kind, priority))
		return false;
	*known = !*key || strcmp(key, "rungs") == 0;
	return true;
}

static json_t *member(json_t *in, const char *name)
{
	json_t *o = json_object_get(in, name);

	if (!o) {
		o = json_object();
		json_object_set_new(in, name, o);
	}
	return o;
}

bool policy_rungs_members(const struct ini *ini, const char *file, json_t *policy, struct err_list *errs)
{
	const char *section;
	char kind[16], priority[16], why[200];
	bool good = true;
	int line;

	for (size_t i = 0; (section = ini_section(ini, i, &line)); i++) {
		const struct ini_entry *e = ini_find(ini, section, "rungs");
		if (!section_parts(section, kind, priority) || (e && e->refused))
			continue;
		if (!e) {
			good = err_list_add(errs, ERR_INVALID, file, line, 0, section, "the section has no rungs");
			continue;
		}
		json_t *list = policy_rungs_read(e->value, why);
		if (list)
			json_object_set_new(member(member(member(policy, "clocks"), kind), "priorities"), priority, list);
		else
			good = err_list_add(errs, ERR_INVALID, file, e->line, 0, section, "rungs: %s", why);
	}
	return good;
}

/* --- order under the limits ------------------------------------------------------------------------------------------ */

static int64_t whole(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static int64_t working_day_s(const json_t *policy)
{
	static const char *const halves[] = { "am", "pm" };
	const json_t *working = json_object_get(policy, "working");
	int64_t minutes = 0;

	for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
		const json_t *span = json_object_get(working, halves[i]);
		minutes += json_integer_value(json_array_get(span, 1)) - json_integer_value(json_array_get(span, 0));
	}
	return minutes * 60;
}

/* The limit a clock of this kind and priority begins with, in seconds of its own calendar; 0 = not known here. */
static int64_t limit_of(const json_t *policy, const char *kind, const char *priority, int64_t day_s)
{
	const json_t *p = json_object_get(json_object_get(policy, "priorities"), priority);
	char key[24];

	if (strcmp(kind, "handle") == 0)
		return whole(p, "handle_days") * day_s;
	if (strcmp(kind, "rate") == 0)
		return whole(p, "rate_days") * DAY_S;
	snprintf(key, sizeof key, "%s_s", kind);
	return whole(p, key);
}

static bool ascends(const json_t *rungs, int64_t limit, int64_t day_s)
{
	double last = 0;

	for (size_t i = 0; i < json_array_size(rungs); i++) {
		const json_t *r = json_array_get(rungs, i), *share = json_object_get(r, "share");
		double at = share ? (double)limit * json_real_value(share)
				  : (double)(limit + whole(r, "days") * day_s + whole(r, "at_s"));
		if (i > 0 && at <= last)
			return false;
		last = at;
	}
	return true;
}

bool policy_rungs_check(const char *file, const json_t *policy, struct err_list *errs)
{
	const json_t *clocks = json_object_get(policy, "clocks");
	bool good = true;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		const json_t *clock = json_object_get(clocks, kinds[k]);
		const char *calendar = json_string_value(json_object_get(clock, "calendar"));
		int64_t day_s = calendar && strcmp(calendar, "working") == 0 ? working_day_s(policy) : DAY_S;
		for (size_t p = 0; p < ARRAY_LEN(priorities); p++) {
			const json_t *own = json_object_get(json_object_get(clock, "priorities"), priorities[p]);
			int64_t limit = limit_of(policy, kinds[k], priorities[p], day_s);
			if (limit > 0 && !ascends(own ? own : json_object_get(clock, "rungs"), limit, day_s))
				good = err_list_add(errs, ERR_INVALID, file, 0, 0, "clock",
				    "the rungs of %s do not ascend for %s cases: of a share of the limit and a time from the due time the later one stands first",
				    kinds[k], priorities[p]);
		}
	}
	return good;
}
