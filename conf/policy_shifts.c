#include "conf/policy_shifts.h"

#include <stdio.h>
#include <string.h>
#include "conf/text.h"
#include "conf/value.h"
#include "core/base/utf8.h"

enum { DAY_MINUTES = 24 * 60, NAME_MAX_CHARS = 20 };

struct reader {
	const struct ini *ini;
	const char *file;
	struct err_list *errs;
	json_t *shifts, *crews; /* owned by the policy */
	bool good;
};

#define FAIL(r, line, field, ...) \
	((r)->good = err_list_add((r)->errs, ERR_INVALID, (r)->file, (line), 0, (field), __VA_ARGS__))

/* "shift.1" and "shift" → "1"; NULL when the section is of another kind. */
static const char *member_of(const char *section, const char *kind)
{
	size_t n = strlen(kind);

	return strncmp(section, kind, n) == 0 && section[n] == '.' ? section + n + 1 : NULL;
}

bool policy_shifts_own(const char *section, const char *key, bool *key_known)
{
	if (member_of(section, "shift"))
		*key_known = strcmp(key, "name") == 0 || strcmp(key, "start") == 0 || strcmp(key, "end") == 0;
	else if (member_of(section, "crew"))
		*key_known = strcmp(key, "name") == 0;
	else if (strcmp(section, "rotation") == 0)
		*key_known = strcmp(key, "first") == 0 || strcmp(key, "cycle") == 0;
	else
		return false;
	return true;
}

/* A value, and the line to complain about: its own, or that of the section. A value that the scan has refused is not complained about twice. */
static const char *get(const struct reader *r, const char *section, const char *key, const char *def, int *line)
{
	const struct ini_entry *e = ini_find(r->ini, section, key);

	if (e)
		*line = e->line;
	return e && !e->refused ? e->value : def;
}

static bool good_name(const char *name)
{
	return name && *name && utf8_count(name, strlen(name)) <= NAME_MAX_CHARS;
}

/* --- shifts ------------------------------------------------------------------------------------------------------- */

static void read_shift(struct reader *r, const char *section, const char *code, int line)
{
	int at = line, from = 0, to = 0;
	const char *name = get(r, section, "name", NULL, &at);

	if (!good_name(name))
		FAIL(r, line, section, "a shift needs a name of at most %d characters", NAME_MAX_CHARS);
	if (!value_code(code))
		FAIL(r, line, section, "expected a shift's code of 1 to 32 characters");
	const char *start = get(r, section, "start", "", (at = line, &at));
	if (!value_clock_time(start, &from) || from == DAY_MINUTES)
		FAIL(r, at, section, "expected start = a time of day such as 08:00, found \"%.20s\"", start);
	const char *end = get(r, section, "end", "", (at = line, &at));
	if (!value_clock_time(end, &to) || from == to)
		FAIL(r, at, section, "expected end = a time of day such as 12:00, not the start, found \"%.20s\"", end);
	json_array_append_new(
	    r->shifts, json_pack("{s:s, s:s, s:i, s:i}", "code", code, "name", name ? name : "", "start", from, "end", to));
}

/* Shifts must cover the day once. */
static void check_shifts(struct reader *r)
{
	unsigned char covered[DAY_MINUTES] = { 0 };
	int gap = -1, twice = -1;
	size_t i;
	json_t *s;

	if (json_array_size(r->shifts) == 0)
		return;
	json_array_foreach(r->shifts, i, s) {
		int from = (int)json_integer_value(json_object_get(s, "start")),
		    to = (int)json_integer_value(json_object_get(s, "end"));
		int length = (to - from + DAY_MINUTES) % DAY_MINUTES; /* 0: from midnight to midnight */
		for (int m = 0; m < (length ? length : DAY_MINUTES); m++)
			covered[(from + m) % DAY_MINUTES]++;
	}
	for (int m = DAY_MINUTES - 1; m >= 0; m--) {
		if (covered[m] == 0)
			gap = m;
		if (covered[m] > 1)
			twice = m;
	}
	if (gap >= 0)
		FAIL(r, 0, "shift", "nobody is on at %02d:%02d", gap / 60, gap % 60);
	if (twice >= 0)
		FAIL(r, 0, "shift", "two shifts are on at %02d:%02d", twice / 60, twice % 60);
}

/* --- crews and their rotation ------------------------------------------------------------------------------------- */

static bool crew_number(const char *s, size_t len, int *out)
{
	char text[4];
	int64_t n;

	if (len == 0 || len >= sizeof text)
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (text[0] < '1' || text[0] > '9' || !value_int(text, &n) || n > CREW_MAX)
		return false;
	*out = (int)n;
	return true;
}

static void read_crew(struct reader *r, const char *section, const char *number, int line)
{
	int at = line, crew = 0;
	const char *name = get(r, section, "name", NULL, &at);

	if (!crew_number(number, strlen(number), &crew))
		FAIL(r, line, section, "expected a crew's number from 1 to %d, found \"%.20s\"", CREW_MAX, number);
	if (!good_name(name))
		FAIL(r, line, section, "a crew needs a name of at most %d characters", NAME_MAX_CHARS);
	json_array_append_new(r->crews, json_pack("{s:i, s:s}", "crew", crew, "name", name ? name : ""));
}

static bool known_crew(const struct reader *r, int crew)
{
	size_t i;
	json_t *c;

	json_array_foreach(r->crews, i, c)
		if (json_integer_value(json_object_get(c, "crew")) == crew)
			return true;
	return false;
}

static bool has_integer(const json_t *list, int n)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
		if (json_integer_value(v) == n)
			return true;
	return false;
}

/* "3", "1+2" or "-" of `day`; NULL after saying what is wrong. */
static json_t *read_crews(struct reader *r, int line, int day, const char *s, size_t len)
{
	json_t *list = json_array();
	int crew;

	if (len == 1 && *s == '-')
		return list;
	for (size_t n; ; s += n + 1, len -= n + 1) {
		const char *plus = memchr(s, '+', len);
		n = plus ? (size_t)(plus - s) : len;
		if (!crew_number(s, n, &crew)) {
			FAIL(r, line, "cycle", "day %d: expected a crew's number, several joined by +, or - for nobody, found \"%.*s\"", day,
			    (int)(len > 20 ? 20 : len), s);
			break;
		}
		if (!known_crew(r, crew)) {
			FAIL(r, line, "cycle", "day %d: there is no section [crew.%d]", day, crew);
			break;
		}
		if (has_integer(list, crew)) {
			FAIL(r, line, "cycle", "day %d: crew %d stands twice in one shift", day, crew);
			break;
		}
		json_array_append_new(list, json_integer(crew));
		if (!plus)
			return list;
	}
	json_decref(list);
	return NULL;
}

/* One day of the cycle: an entry for each shift. */
static void read_day(struct reader *r, int line, int day, const char *s, size_t len, json_t *cycle)
{
	json_t *entries = json_array();
	size_t want = json_array_size(r->shifts), found = 0;

	for (;;) {
		size_t n = 0;
		while (len > 0 && *s == ' ')
			s++, len--;
		while (n < len && s[n] != ' ')
			n++;
		if (n == 0)
			break;
		json_t *crews = read_crews(r, line, day, s, n);
		if (!crews) {
			json_decref(entries);
			return;
		}
		json_array_append_new(entries, crews);
		found++;
		s += n;
		len -= n;
	}
	if (found != want)
		FAIL(r, line, "cycle", "day %d has %zu entries for %zu shifts", day, found, want);
	json_array_append_new(cycle, entries);
}

static void read_cycle(struct reader *r, int line, const char *s, json_t *cycle)
{
	for (int day = 1; ; day++) {
		size_t n = strcspn(s, "|");
		if (day > CYCLE_MAX) {
			FAIL(r, line, "cycle", "a cycle has at most %d days", CYCLE_MAX);
			return;
		}
		read_day(r, line, day, s, n, cycle);
		s += n;
		if (!*s++)
			return;
	}
}

static void read_rotation(struct reader *r, json_t *policy, int line)
{
	int at = line, year = 0, month = 0, day = 0;
	char first[40];
	const char *from = get(r, "rotation", "first", NULL, &at);
	const char *cycle = get(r, "rotation", "cycle", NULL, &line);
	json_t *days = json_array();

	if (!from || !value_date(from, &year, &month, &day))
		FAIL(r, at, "first", "expected the day on which the cycle begins, such as 2026-01-01, found \"%.20s\"", from ? from : "");
	snprintf(first, sizeof first, "%04d-%02d-%02d", year, month, day);
	if (json_array_size(r->shifts) == 0)
		FAIL(r, line, "rotation", "a rotation needs shifts");
	else if (!cycle || !*cycle)
		FAIL(r, line, "cycle", "expected for each day the crews of its shifts, days separated by | (1 2 3 | 3 1 2)");
	else
		read_cycle(r, line, cycle, days);
	json_object_set_new(policy, "rotation", json_pack("{s:s, s:o}", "first", first, "cycle", days));
}

bool policy_shifts_read(const struct ini *ini, const char *file, json_t *policy, struct err_list *errs)
{
	struct reader r = { ini, file, errs, json_array(), json_array(), true };
	const char *section, *code;
	int line, rotation = 0;

	json_object_set_new(policy, "shifts", r.shifts);
	json_object_set_new(policy, "crews", r.crews);
	for (size_t i = 0; (section = ini_section(ini, i, &line)); i++) {
		if ((code = member_of(section, "shift")))
			read_shift(&r, section, code, line);
		else if ((code = member_of(section, "crew")))
			read_crew(&r, section, code, line);
		else if (strcmp(section, "rotation") == 0)
			rotation = line;
	}
	if (r.good)
		check_shifts(&r);
	if (rotation)
		read_rotation(&r, policy, rotation);
	return r.good;
}
