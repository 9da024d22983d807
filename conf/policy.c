#include "conf/policy.h"

#include <stdio.h>
#include <string.h>
#include "conf/policy_messages.h"
#include "conf/policy_rungs.h"
#include "conf/policy_shifts.h"
#include "conf/sheet.h"
#include "conf/text.h"
#include "conf/value.h"
#include "core/appeal/action.h"
#include "core/base/utf8.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_S 86400

#define PRIORITY_ROWS(p, dispatch, contact) \
	{ "priority." p, "dispatch", "priorities." p ".dispatch_s", POLICY_SECONDS, dispatch, 60, 30 * DAY_S, \
	  "until the case is with a unit, day and night" }, \
	{ "priority." p, "contact", "priorities." p ".contact_s", POLICY_SECONDS, contact, 60, 30 * DAY_S, \
	  "until the unit has spoken with the citizen, in clock hours" }, \
	{ "priority." p, "handle_days", "priorities." p ".handle_days", POLICY_INT, NULL, 1, 365, \
	  "longest handling limit in working days; a duty item may have a shorter one" }, \
	{ "priority." p, "rate_days", "priorities." p ".rate_days", POLICY_INT, "7", 1, 365, \
	  "days in which the citizen may rate the result" }, \
	{ "priority." p, "rule", "priorities." p ".rule_s", POLICY_SECONDS, "24h", 60, 30 * DAY_S, \
	  "until a supervisor has ruled whose a disputed case is, in clock hours" }, \
	{ "priority." p, "words", "priorities." p ".words", POLICY_WORDS, "", 0, 4000, \
	  "words in an appeal that speak for this priority" }

#define TYPE_ROW(t, zh) \
	{ "types", t, "types." t, POLICY_WORDS, "", 0, 4000, \
	  "words that speak for " zh ", beside the built-in ones" }

#define CLOCK_ROWS(c, calendar) \
	{ "clock." c, "calendar", "clocks." c ".calendar", POLICY_CALENDAR, calendar, 0, 0, \
	  "always, or working: only the hours of [working] on working days count, for limits in hours, too" }, \
	{ "clock." c, "rungs", "clocks." c ".rungs", POLICY_RUNGS, "", 0, 8, \
	  "its ladder, TIME WHO WHAT separated by |; [clock." c ".PRIORITY] rungs holds for one priority alone" }

const struct policy_option policy_table[] = {
	{ "centre", "name", "centre.name", POLICY_TEXT, NULL, 1, 40,
	  "the centre's name, as the console shows it" },
	PRIORITY_ROWS("urgent", NULL, "30m"),
	PRIORITY_ROWS("fast", NULL, "4h"),
	PRIORITY_ROWS("normal", NULL, "24h"),
	CLOCK_ROWS("dispatch", "always"),
	CLOCK_ROWS("contact", "always"),
	CLOCK_ROWS("handle", "working"),
	CLOCK_ROWS("rate", "always"),
	CLOCK_ROWS("rule", "always"),
	{ "alarms", "repeat", "alarms.repeat_s", POLICY_SECONDS, "1m", 10, 3600,
	  "danger to life is told again after so long, until somebody acknowledges it" },
	{ "alarms", "escalate_after", "alarms.escalate_after", POLICY_INT, "3", 1, 100,
	  "how often it is told again before the supervisor of the desk is told, too" },
	{ "alarms", "keep", "alarms.keep_s", POLICY_SECONDS, "12h", 3600, 30 * DAY_S,
	  "how long an alarm that was acknowledged stays in the lists" },
	{ "working", "days", "working.days", POLICY_DAYS, "1 2 3 4 5", 0, 0,
	  "weekdays worked, 1 is Monday; calendar.csv has the exceptions" },
	{ "working", "am", "working.am", POLICY_HOURS, "09:00-12:00", 0, 0,
	  "hours of the morning" },
	{ "working", "pm", "working.pm", POLICY_HOURS, "14:00-18:00", 0, 0,
	  "hours of the afternoon" },
	{ "working", "quiet", "working.quiet", POLICY_HOURS, "22:00-07:00", 0, 0,
	  "hours in which what can wait is held back" },
	{ "thresholds", "gate", "thresholds.gate_p", POLICY_SHARE, "1", 0, 0,
	  "probability from which the machine may dispatch alone; 1 = never" },
	{ "thresholds", "show", "thresholds.show_p", POLICY_SHARE, "0.02", 0, 0,
	  "recommendations below this are not shown" },
	{ "thresholds", "novel", "thresholds.novel_p", POLICY_SHARE, "0.12", 0, 0,
	  "a best recommendation below this marks the case as unlike anything known" },
	{ "thresholds", "priority", "thresholds.priority_p", POLICY_SHARE, "0.6", 0, 0,
	  "from this probability on the recommended duty item sets the priority; below it only urgent words do" },
	{ "thresholds", "repeat_show", "thresholds.repeat_show", POLICY_SHARE, "0.5", 0, 0,
	  "similar cases below this score are not shown" },
	{ "thresholds", "repeat_strong", "thresholds.repeat_strong", POLICY_SHARE, "0.8", 0, 0,
	  "from this score on a similar case is taken for the same" },
	{ "thresholds", "review", "thresholds.review_share", POLICY_SHARE, "0.05", 0, 0,
	  "share of what the machine decided alone that people look at again" },
	{ "weights", "duty", "weights.duty", POLICY_SHARE, "1", 0, 0,
	  "weight of the duty list" },
	{ "weights", "history", "weights.history", POLICY_SHARE, "1", 0, 0,
	  "weight of what was learnt from past dispatches; 0 = the duty list alone" },
	{ "weights", "rating", "weights.rating", POLICY_SHARE, "0.3", 0, 0,
	  "how much more a decision teaches whose result was rated well, and not done again" },
	{ "weights", "place", "weights.place", POLICY_SHARE, "1", 0, 0,
	  "weight of the place: how far a unit that answers for another area is demoted" },
	{ "weights", "returned", "weights.returned", POLICY_SHARE, "1", 0, 0,
	  "how far a unit that returned the case is demoted" },
	TYPE_ROW("consultation", "consultation (咨询)"),
	TYPE_ROW("complaint", "complaint (投诉)"),
	TYPE_ROW("suggestion", "suggestion (建议)"),
	TYPE_ROW("help", "help (求助)"),
	TYPE_ROW("other", "what asks for nothing: praise, thanks (其他)"),
	{ "enterprises", "key_tags", "enterprises.key_tags", POLICY_WORDS, "", 0, 4000,
	  "tags of enterprises.csv that make an enterprise a key one, whose cases are badged; empty = every one listed" },
	{ "lead", "fallback", "lead.fallback", POLICY_RULE, "", 0, 0,
	  "function@level that takes what no rule resolves where it happened" },
	{ "picked", "direct", "picked_direct", POLICY_FLAG, "no", 0, 0,
	  "a citizen who picked a duty item goes straight to its unit" },
	{ "chase", "lift", "chase.lift_s", POLICY_SECONDS, "30m", 0, 30 * DAY_S,
	  "each chase moves the case so far up the queue" },
	{ "chase", "supervise_after", "chase.supervise_after", POLICY_INT, "3", 1, 100,
	  "chases after which the case is put under supervision" },
	{ "returns", "ruling_after", "returns.ruling_after", POLICY_INT, "2", 1, 10,
	  "returns after which a supervisor rules" },
	{ "ranking", "handle", "ranking.handle", POLICY_SHARE, "0.35", 0, 0,
	  "weight of what was handled in time in a unit's score" },
	{ "ranking", "contact", "ranking.contact", POLICY_SHARE, "0.2", 0, 0,
	  "weight of citizens contacted in time" },
	{ "ranking", "satisfied", "ranking.satisfied", POLICY_SHARE, "0.25", 0, 0,
	  "weight of citizens satisfied" },
	{ "ranking", "redo", "ranking.redo", POLICY_SHARE, "0.1", 0, 0,
	  "weight of what was not done over" },
	{ "ranking", "chased", "ranking.chased", POLICY_SHARE, "0.1", 0, 0,
	  "weight of what was not chased" },
	{ "ranking", "least", "ranking.least", POLICY_INT, "10", 1, 10000,
	  "a unit that resolved fewer cases in the period has no place" },
	{ "supervise", "head", "supervise.head", POLICY_FLAG, "yes", 0, 0,
	  "a supervised case is resolved only once the head of its unit has confirmed it" },
	{ "letter", "remind", "letter.remind", POLICY_TEXT,
	  "{unit}：{received}受理的 {id}（{title}）{clock}时限为{due}{late}。请抓紧办理，并及时反馈进展。{centre} {today}", 1, 2000,
	  "a letter of reminder; {id}, {title}, {unit}, {received}, {due}, {clock}, {late}, {chased}, {returned}, {centre} and {today} are "
	  "filled in" },
	{ "letter", "rung", "letter.rung", POLICY_TEXT,
	  "{unit}：{received}受理的 {id}（{title}）{clock}时限为{due}{late}。请立即办理并反馈。{centre} {today}", 1, 2000,
	  "the same, when a rung of a ladder writes it" },
	{ "leaders", "most", "leaders.most", POLICY_INT, "30", 1, 500,
	  "cases on the leaders' list as it is drafted" },
	{ "leaders", "people", "leaders.people", POLICY_INT, "5", 2, 10000,
	  "people who told of one incident, from which it is on the list" },
	{ "leaders", "chased", "leaders.chased", POLICY_INT, "3", 1, 100,
	  "chases from which a case is on the list" },
	{ "leaders", "overdue", "leaders.overdue_s", POLICY_SECONDS, "24h", 0, 365 * DAY_S,
	  "how late a case is on the list" },
	{ "leaders", "words", "leaders.words", POLICY_WORDS, "", 0, 4000,
	  "words of the media: an appeal of the last 7 days that has one is on the list" },
	{ "pause", "approval", "pause.approval", POLICY_WORDS, "", 0, 400,
	  "codes of [reason.pause], separated by |, for which a unit needs a supervisor's word; with any, a typed reason needs it too; "
	  "empty = units pause by themselves" },
	{ "pause", "longest", "pause.longest_s", POLICY_SECONDS, "15d", 3600, 366 * DAY_S,
	  "a pause ends by itself after so long, or at the time that was given" },
	{ "extend", "times", "extend.times", POLICY_INT, "1", 0, 10,
	  "how often a case may be extended; 0 = never" },
	{ "extend", "days", "extend.days", POLICY_INT, "10", 1, 365,
	  "working days that one extension gives at most" },
	{ "extend", "late", "extend.late", POLICY_FLAG, "no", 0, 0,
	  "more time may be asked for when the limit has run out already" },
	{ "progress", "public", "progress.public", POLICY_FLAG, "no", 0, 0,
	  "what a unit writes as progress is told to the citizen word for word (telephone numbers masked); no = only that there is some" },
	{ "balance", "most_held", "balance.most_held", POLICY_INT, "10", 0, 1000,
	  "cases in triage that one person may hold: beyond it `next` is refused and nothing is dealt out to him; 0 = any number" },
	{ "attendance", "before", "attendance.before_s", POLICY_SECONDS, "1h", 0, DAY_S,
	  "a console opened at most so long before the shift is opened for it" },
	{ "attendance", "grace", "attendance.grace_s", POLICY_SECONDS, "5m", 0, DAY_S,
	  "coming later or leaving earlier than this counts as late or early" },
	{ "handover", "draft", "handover.draft_s", POLICY_SECONDS, "20m", 60, DAY_S,
	  "the machine drafts the handover so long before the shift ends" },
	{ "handover", "send_after", "handover.send_after_s", POLICY_SECONDS, "10m", 0, DAY_S,
	  "what nobody has sent so long after the end of the shift is sent by the machine" },
	{ "handover", "acknowledge", "handover.acknowledge_s", POLICY_SECONDS, "15m", 60, DAY_S,
	  "what is not acknowledged so long after it was sent, and after the shift ended, goes to the supervisor's queue, with an alarm" },
	{ "handover", "free_leases", "handover.free_leases", POLICY_FLAG, "yes", 0, 0,
	  "cases held by people whose shift is over go to the queue of those who are on; no = they stay until given back" },
	{ "handover", "grace", "handover.grace_s", POLICY_SECONDS, "10m", 0, DAY_S,
	  "… but not before so long after the end of the shift" },
	{ "handover", "most", "handover.most", POLICY_INT, "40", 1, 500,
	  "items of one kind in a handover; the rest are one line with their number" },
	{ "rating", "bad", "rating.bad", POLICY_INT, "2", 1, 4,
	  "a rating up to this is bad" },
	{ "rating", "by", "rating.by", POLICY_WORDS, "effect|feedback", 0, 100,
	  "which of speed, effect, service and feedback send a case back when they are bad" },
	{ "rating", "ask", "rating.ask_s", POLICY_SECONDS, "1h", 0, 7 * DAY_S,
	  "the citizen is asked to rate so long after the result was reported; 0 = at once" },
	{ "rating", "visits", "rating.visits", POLICY_INT, "3", 1, 20,
	  "calls without an answer after which a case that was done again may be closed unrated" },
	{ "visit", "after", "visit.after_s", POLICY_SECONDS, "3d", 0, 30 * DAY_S,
	  "a result that nobody has rated so long after it was reported wants a return visit; 0 = not for that reason" },
	{ "visit", "share", "visit.share", POLICY_SHARE, "0.05", 0, 0,
	  "share of all results that are asked about by phone at once, drawn by case number" },
	{ "visit", "poor", "visit.poor", POLICY_FLAG, "yes", 0, 0,
	  "what was done again after a bad rating is asked about by phone" },
	{ "visit", "reply", "visit.reply", POLICY_FLAG, "yes", 0, 0,
	  "so is what the citizen wanted a reply to" },
	{ "outbox", "tries", "outbox.tries", POLICY_INT, "20", 1, 100,
	  "times a message is tried before it goes to the dead letters" },
	{ "outbox", "back_off", "outbox.back_off_s", POLICY_SECONDS, "5s", 1, DAY_S,
	  "until the second try; then twice as long each time" },
	{ "outbox", "longest", "outbox.longest_s", POLICY_SECONDS, "1h", 1, DAY_S,
	  "… but never longer than this" },
	{ "outbox", "quiet", "outbox.quiet", POLICY_FLAG, "yes", 0, 0,
	  "short messages to citizens wait for the end of the quiet hours, unless the case is urgent" },
	{ "hotspots", "false_a_day", "hotspots.false_a_day", POLICY_SHARE, "0.2", 0, 0,
	  "hot spots accepted a day where nothing rises, in the whole city; signals are about ten times as many" },
	{ "hotspots", "people", "hotspots.people", POLICY_INT, "3", 2, 1000,
	  "fewer people than this are never a hot spot" },
	{ "addresses", "leader", "addresses.leader", POLICY_TEXT, "", 0, 300,
	  "where the city's leader on duty is told: a URL or a mobile number" },
	{ "addresses", "emergency", "addresses.emergency", POLICY_TEXT, "", 0, 300,
	  "where the emergency services take hand-overs: a URL or a mobile number" },
};
const size_t policy_options = ARRAY_LEN(policy_table);

struct reader {
	const struct ini *ini;
	const char *file;
	struct err_list *errs;
	struct policy *out;
	bool good;
};

#define FAIL(r, line, field, ...) \
	((r)->good = err_list_add((r)->errs, ERR_INVALID, (r)->file, (line), 0, (field), __VA_ARGS__))

/* --- values ------------------------------------------------------------------------------------------------------- */

static json_t *bad(char why[200], const char *expected, const char *found)
{
	snprintf(why, 200, "expected %s, found \"%.60s\"", expected, found);
	return NULL;
}

static json_t *read_words(const char *s, char why[200])
{
	json_t *list = json_array();

	while (*s) {
		size_t n = strcspn(s, "|"), len = n;
		const char *word = s;
		text_trim(&word, &len);
		if (len == 0) {
			json_decref(list);
			return bad(why, "words separated by |, none of them empty", s);
		}
		json_array_append_new(list, json_stringn(word, len));
		s += n;
		if (*s && !*++s) {
			json_decref(list);
			return bad(why, "a word after the last |", "");
		}
	}
	return list;
}

static json_t *read_days(const char *s, char why[200])
{
	json_t *list = json_array();
	bool seen[8] = { false };

	for (const char *p = s; *p; p++) {
		if (*p == ' ')
			continue;
		int day = *p - '0';
		if (day < 1 || day > 7 || seen[day] || (p[1] && p[1] != ' ')) {
			json_decref(list);
			return bad(why, "weekdays 1 to 7, each once, separated by blanks", s);
		}
		seen[day] = true;
		json_array_append_new(list, json_integer(day));
	}
	if (json_array_size(list) == 0) {
		json_decref(list);
		return bad(why, "at least one weekday", s);
	}
	return list;
}

static bool read_span(const char *s, bool over_midnight, int *from, int *to)
{
	char a[8] = "", b[8] = "", rest[2];

	return sscanf(s, "%5[0-9:] - %5[0-9:]%1s", a, b, rest) == 2 && value_clock_time(a, from) &&
	    value_clock_time(b, to) && *from != *to && (over_midnight || *from < *to);
}

static json_t *read_rule(const char *s, char why[200])
{
	const char *at = strchr(s, '@'), *function = s, *level = at ? at + 1 : s, *wire;
	size_t flen = at ? (size_t)(at - s) : 0, llen = strlen(level);
	char rule[200];

	if (!*s)
		return json_string("");
	text_trim(&function, &flen);
	text_trim(&level, &llen);
	wire = sheet_word_wire(sheet_levels, level, llen);
	if (flen == 0 || flen > 100 || !wire)
		return bad(why, "function@level, or nothing", s);
	snprintf(rule, sizeof rule, "%.*s@%s", (int)flen, function, wire);
	return json_string(rule);
}

static json_t *read_value(const struct policy_option *o, const char *s, char why[200])
{
	int64_t n;
	double share;
	bool flag;
	int from, to;
	char expected[120], low[32], high[32];

	switch (o->type) {
	case POLICY_TEXT:
		n = (int64_t)utf8_count(s, strlen(s));
		snprintf(expected, sizeof expected, "%lld to %lld characters", (long long)o->min, (long long)o->max);
		return n >= o->min && n <= o->max ? json_string(s) : bad(why, expected, s);
	case POLICY_SECONDS:
		value_duration_show(o->min * 1000, low);
		value_duration_show(o->max * 1000, high);
		snprintf(expected, sizeof expected, "a time such as 30m, 8h or 1d from %s to %s", low, high);
		return value_duration(s, &n) && n % 1000 == 0 && n / 1000 >= o->min && n / 1000 <= o->max
		    ? json_integer(n / 1000)
		    : bad(why, expected, s);
	case POLICY_INT:
		snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)o->min,
		    (long long)o->max);
		return value_int(s, &n) && n >= o->min && n <= o->max ? json_integer(n) : bad(why, expected, s);
	case POLICY_SHARE:
		return value_real(s, &share) && share >= 0 && share <= 1 ? json_real(share)
									 : bad(why, "a number from 0 to 1", s);
	case POLICY_FLAG:
		return value_flag(s, &flag) ? json_boolean(flag) : bad(why, "yes or no", s);
	case POLICY_WORDS:
		return read_words(s, why);
	case POLICY_CALENDAR:
		return strcmp(s, "always") == 0 || strcmp(s, "working") == 0 ? json_string(s)
									     : bad(why, "always or working", s);
	case POLICY_RUNGS:
		return policy_rungs_read(s, why);
	case POLICY_DAYS:
		return read_days(s, why);
	case POLICY_HOURS:
		if (!read_span(s, strcmp(o->key, "quiet") == 0, &from, &to))
			return bad(why, "hours such as 09:00-12:00", s);
		return json_pack("[i, i]", from, to);
	case POLICY_RULE:
		return read_rule(s, why);
	}
	return NULL;
}

/* Puts value (stolen) at a dotted path, making the objects on the way. */
static void put_path(json_t *root, const char *path, json_t *value)
{
	char name[64];

	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
		json_t *next = json_object_get(root, name);
		if (!next) {
			next = json_object();
			json_object_set_new(root, name, next);
		}
		root = next;
	}
	json_object_set_new(root, path, value);
}

/* --- sections ----------------------------------------------------------------------------------------------------- */

static const char *get(struct reader *r, const char *section, const char *key, const char *def, int *line)
{
	const struct ini_entry *e = ini_find(r->ini, section, key);

	*line = e ? e->line : 0;
	return e && !e->refused ? e->value : def;
}

/* The scan has said what is wrong with this value: there is no more to say. */
static bool refused(const struct reader *r, const char *section, const char *key)
{
	const struct ini_entry *e = ini_find(r->ini, section, key);

	return e && e->refused;
}

static void read_options(struct reader *r)
{
	for (size_t i = 0; i < policy_options; i++) {
		const struct policy_option *o = &policy_table[i];
		char name[96], why[200] = "";
		int line;
		const char *text = get(r, o->section, o->key, o->def, &line);
		snprintf(name, sizeof name, "%s.%s", o->section, o->key);
		if (!text && refused(r, o->section, o->key))
			continue;
		if (!text) {
			FAIL(r, 0, name, "is missing: %s", o->help);
			continue;
		}
		json_t *value = read_value(o, text, why);
		if (value)
			put_path(r->out->policy, o->path, value);
		else
			FAIL(r, line, name, "%s", why);
	}
}

/* "channel.app" and "channel" → "app"; NULL when the section is of another kind. */
static const char *member_of(const char *section, const char *kind)
{
	size_t n = strlen(kind);

	return strncmp(section, kind, n) == 0 && section[n] == '.' ? section + n + 1 : NULL;
}

static void read_channel(struct reader *r, const char *section, const char *code, int line)
{
	int at, place_at, human_at, contact_at;
	bool active = true, citizen = true;
	const char *name = get(r, section, "name", NULL, &at);
	const char *place = get(r, section, "place", "", &place_at);
	const char *flag = get(r, section, "active", "yes", &at);
	const char *human = get(r, section, "citizen", "yes", &human_at);
	const char *contact = get(r, section, "contact", "", &contact_at);

	if (!name || !*name || utf8_count(name, strlen(name)) > 40)
		FAIL(r, line, section, "a channel needs a name of at most 40 characters");
	if (!value_code(code))
		FAIL(r, line, section, "expected a channel's code of 1 to 32 characters");
	if (!value_flag(flag, &active))
		FAIL(r, at, section, "active: expected yes or no, found \"%.20s\"", flag);
	if (!value_flag(human, &citizen))
		FAIL(r, human_at, section, "citizen: expected yes or no, found \"%.20s\"", human);
	if (*place && !value_code(place))
		FAIL(r, place_at, section, "place: expected a place's code, found \"%.40s\"", place);
	if (*contact && ((strncmp(contact, "http://", 7) != 0 && strncmp(contact, "https://", 8) != 0) || utf8_count(contact, strlen(contact)) > 300))
		FAIL(r, contact_at, section, "contact: expected http://… or https://…, found \"%.60s\"", contact);
	json_array_append_new(r->out->channels,
	    json_pack("{s:s, s:s, s:o, s:b, s:b, s:s}", "code", code, "name", name ? name : "", "place",
		*place ? json_string(place) : json_null(), "active", active, "citizen", citizen, "contact", contact));
}

static void read_reasons(struct reader *r, const char *section, const char *action, int line)
{
	enum action a;
	int sort = 0;

	if (!action_parse(action, &a) || !((action_table[a].needs | action_table[a].may) & ARG_REASON)) {
		FAIL(r, line, section, "\"%s\" is no action that takes a reason", action);
		return;
	}
	for (size_t i = 0; i < ini_count(r->ini); i++) {
		const struct ini_entry *e = ini_at(r->ini, i);
		if (strcmp(e->section, section) != 0 || e->refused)
			continue;
		if (!*e->value || utf8_count(e->value, strlen(e->value)) > 40)
			FAIL(r, e->line, e->key, "a reason has 1 to 40 characters");
		json_array_append_new(r->out->reasons,
		    json_pack(
			"{s:s, s:s, s:s, s:i}", "action", action, "code", e->key, "name", e->value, "sort", ++sort));
	}
	if (sort == 0)
		FAIL(r, line, section, "the section has no reasons");
}

static void read_members(struct reader *r)
{
	const char *section, *code;
	int line;

	for (size_t i = 0; (section = ini_section(r->ini, i, &line)); i++) {
		if ((code = member_of(section, "channel")))
			read_channel(r, section, code, line);
		else if ((code = member_of(section, "reason")))
			read_reasons(r, section, code, line);
	}
}

static bool known_key(const char *section, const char *key, bool *section_known)
{
	bool known;

	*section_known = true;
	if (member_of(section, "reason"))
		return true;
	if (policy_rungs_own(section, key, &known) || policy_shifts_own(section, key, &known) || policy_messages_own(section, key, &known))
		return known;
	if (member_of(section, "channel"))
		return strcmp(key, "name") == 0 || strcmp(key, "place") == 0 || strcmp(key, "active") == 0 ||
		    strcmp(key, "citizen") == 0 || strcmp(key, "contact") == 0;
	*section_known = false;
	for (size_t i = 0; i < policy_options; i++)
		if (strcmp(policy_table[i].section, section) == 0) {
			*section_known = true;
			if (strcmp(policy_table[i].key, key) == 0)
				return true;
		}
	return false;
}

static void refuse_unknown(struct reader *r)
{
	const char *section;
	int line;
	bool known;

	for (size_t i = 0; (section = ini_section(r->ini, i, &line)); i++) {
		known_key(section, "", &known);
		if (!known)
			FAIL(r, line, section, "unknown section; fenbo-routing(5) lists them");
	}
	for (size_t i = 0; i < ini_count(r->ini); i++) {
		const struct ini_entry *e = ini_at(r->ini, i);
		if (!known_key(e->section, e->key, &known) && known)
			FAIL(r, e->line, e->key, "[%s] has no such key", e->section);
	}
}

/* What needs approval is named by its code in [reason.pause]. */
static void check_pause(struct reader *r)
{
	const json_t *list = json_object_get(json_object_get(r->out->policy, "pause"), "approval");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *code = json_string_value(json_array_get(list, i));
		bool found = false;
		for (size_t k = 0; !found && k < json_array_size(r->out->reasons); k++) {
			const json_t *one = json_array_get(r->out->reasons, k);
			found = strcmp(json_string_value(json_object_get(one, "action")), "pause") == 0 &&
			    strcmp(json_string_value(json_object_get(one, "code")), code) == 0;
		}
		if (!found)
			FAIL(r, 0, "pause.approval", "[reason.pause] has no code \"%.40s\"", code);
	}
}

/* A more pressing case cannot have more time. */
static void check_order(struct reader *r)
{
	static const char *const names[] = { "urgent", "fast", "normal" },
				 *const keys[] = { "dispatch_s", "contact_s", "handle_days", "rule_s" };
	const json_t *all = json_object_get(r->out->policy, "priorities");

	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			const json_t *a = json_object_get(json_object_get(all, names[i]), keys[k]);
			const json_t *b = json_object_get(json_object_get(all, names[i + 1]), keys[k]);
			if (a && b && json_integer_value(a) > json_integer_value(b))
				FAIL(r, 0, "priority", "%s has a longer limit (%s) than %s", names[i], keys[k],
				    names[i + 1]);
		}
}

bool policy_parse(const struct ini *ini, const char *file, struct policy *out, struct err_list *errs)
{
	struct reader r = { ini, file, errs, out, true };

	*out = (struct policy){ json_object(), json_array(), json_array() };
	json_object_set_new(out->policy, "format", json_integer(1));
	refuse_unknown(&r);
	read_options(&r);
	read_members(&r);
	r.good &= policy_shifts_read(ini, file, out->policy, errs);
	r.good &= policy_messages_read(ini, file, out->policy, errs);
	r.good &= policy_rungs_members(ini, file, out->policy, errs);
	if (r.good) {
		check_order(&r);
		check_pause(&r);
		r.good &= policy_rungs_check(file, out->policy, errs);
	}
	if (!r.good)
		policy_free(out);
	return r.good;
}

void policy_free(struct policy *p)
{
	json_decref(p->policy);
	json_decref(p->channels);
	json_decref(p->reasons);
	memset(p, 0, sizeof *p);
}
