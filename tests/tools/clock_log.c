#include "tests/tools/clock_log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <math.h>
#include <jansson.h>
#include "tests/tools/wall.h"

enum { SWEPT_S = 30 }; /* the last sweep and this look are not one moment: what has run out since is nobody's fault */
enum { KINDS = 5, REVISIONS = 512, NEWEST = 1 << 30, NEVER = -1, DAY = 86400 };
static const char *const kind_name[KINDS] = { "dispatch", "contact", "handle", "rate", "rule" };
enum { RATE = 3, HANDLE = 2 };

struct clock {
	bool is;
	bool working;
	int64_t start, limit, extended, due, paused_s, paused_since, stopped, breached;
	int64_t (*pause)[2]; /* shared by the copies of one case; freed with it */
	int pauses;
	int revision;        /* whose calendar it was counted with */
	int rung;            /* how many of its ladder are behind it */
	const json_t *ladder;
};
struct moment { int64_t event; bool late_before; struct clock k[KINDS]; }; /* before that event */

struct check {
	PGconn *db;
	struct clock_log *out;
	bool swept;
	struct wall calendar[REVISIONS];
	int calendars;
	int64_t now, from, until;    /* what the calendars cover */
	int64_t no;
	struct clock k[KINDS];
	bool late_before;            /* a clock of it was, and started anew since */
	const json_t *ladders;       /* policy.clocks of all revisions; NULL = they differ */
	const json_t *limits;        /* by revision: priorities and clocks of the policy, days of the duty items */
	char priority[16], item[80];
	struct moment *past;         /* of this case */
	int pasts, room;
	void *kept[4096];            /* arrays of pauses of this case */
	int keeps;
};

static void differs(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void differs(struct check *c, const char *format, ...)
{
	size_t n = strlen(c->out->first);
	va_list ap;

	if (c->out->differences++ > 9)
		return;
	n += (size_t)snprintf(c->out->first + n, sizeof c->out->first - n, "%013lld: ", (long long)c->no);
	va_start(ap, format);
	if (n < sizeof c->out->first)
		n += (size_t)vsnprintf(c->out->first + n, sizeof c->out->first - n, format, ap);
	va_end(ap);
	if (n + 1 < sizeof c->out->first)
		strcat(c->out->first, "\n");
}

static json_t *value(struct check *c, const char *sql)
{
	PGresult *r = PQexec(c->db, sql);
	json_t *o = NULL;

	if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1)
		o = json_loads(PQgetvalue(r, 0, 0), JSON_DECODE_ANY, NULL);
	else
		snprintf(c->out->first, sizeof c->out->first, "%s%s", PQerrorMessage(c->db), sql);
	PQclear(r);
	return o;
}

/* The calendar of the newest revision up to this one that has one. */
static const struct wall *calendar_of(struct check *c, int revision)
{
	const struct wall *best = &c->calendar[0];

	for (int i = 0; i < c->calendars; i++)
		if (c->calendar[i].revision <= revision)
			best = &c->calendar[i];
	return best;
}

static int64_t count(struct check *c, const struct clock *k, int64_t a, int64_t b)
{
	const struct wall *w = calendar_of(c, k->revision);

	return b <= a ? 0 : k->working ? wall_before(w, b) - wall_before(w, a) : b - a;
}

static int64_t later(struct check *c, const struct clock *k, int64_t t, int64_t seconds)
{
	return k->working ? wall_later(calendar_of(c, k->revision), t, seconds) : t + seconds;
}

/* --- the life of a clock ---------------------------------------------------------------------------------------------- */

static void sum(struct check *c, int kind, struct clock *k, int revision)
{
	if (k->working && (kind == HANDLE || kind == RATE)) {
		int64_t was = calendar_of(c, k->revision)->day_s, becomes = calendar_of(c, revision)->day_s;

		if (was != becomes) {
			k->limit = k->limit * becomes / was;
			k->extended = k->extended * becomes / was;
		}
	}
	k->revision = revision;
	k->paused_s = 0;
	for (int i = 0; i < k->pauses; i++)
		k->paused_s += count(c, k, k->pause[i][0], k->pause[i][1]);
	k->due = later(c, k, k->start, k->limit + k->extended + k->paused_s);
}

static void add_pause(struct check *c, struct clock *k, int64_t a, int64_t b)
{
	int64_t (*more)[2] = malloc(((size_t)k->pauses + 1) * sizeof *more);

	if (!more || c->keeps == (int)(sizeof c->kept / sizeof *c->kept))
		abort();
	c->kept[c->keeps++] = more;
	if (k->pauses)
		memcpy(more, k->pause, (size_t)k->pauses * sizeof *more);
	more[k->pauses][0] = a;
	more[k->pauses][1] = b;
	k->pause = more;
	k->pauses++;
}

/* 2026-11-22T09:12:13+00:00, the session being in UTC. */
static int64_t instant(const char *s)
{
	struct tm w = { 0 };

	if (!s || sscanf(s, "%d-%d-%d%*1[T ]%d:%d:%d", &w.tm_year, &w.tm_mon, &w.tm_mday, &w.tm_hour, &w.tm_min, &w.tm_sec) != 6)
		return NEVER;
	w.tm_year -= 1900;
	w.tm_mon--;
	return timegm(&w);
}

static int64_t when(const json_t *o, const char *key) { return instant(json_string_value(json_object_get(o, key))); }

static bool is_late(const struct clock *k, int kind, int64_t at)
{
	return k->is && kind != RATE && k->stopped == NEVER && k->paused_since == NEVER && at > k->due;
}

static void start(struct check *c, struct clock *k, const json_t *o, int revision, int kind)
{
	const char *pauses = json_string_value(json_object_get(o, "pauses"));

	*k = (struct clock){ .is = true, .start = when(o, "at"), .limit = json_integer_value(json_object_get(o, "limit_s")),
		.extended = json_integer_value(json_object_get(o, "extended_s")), .paused_since = NEVER, .stopped = NEVER, .breached = NEVER, .revision = revision,
		.working = strcmp(json_string_value(json_object_get(o, "calendar")), "working") == 0 };
	for (; pauses && (pauses = strchr(pauses, '"')); pauses = strchr(pauses, '"') ? strchr(pauses, '"') + 1 : NULL) { /* {["a","b"),…} */
		const char *a = pauses + 1, *b = strchr(a, ',');

		b = b ? strchr(b, '"') : NULL;
		if (!b)
			break;
		add_pause(c, k, instant(a), instant(b + 1));
		pauses = b + 1;
	}
	sum(c, kind, k, revision);
}

/* The limit that a clock of this kind has, by the policy and the duty list of the revision. */
static int64_t limit_of(struct check *c, int kind, bool working, int revision)
{
	static const struct { const char *key; int64_t otherwise; } says[KINDS] = { { "dispatch_s", 28800 }, { "contact_s", 86400 }, { "handle_days", 0 }, { "rate_days", 7 },
		{ "rule_s", 86400 } };
	char name[16];
	const json_t *all, *given;
	int64_t n, days;

	snprintf(name, sizeof name, "%d", revision);
	all = json_object_get(c->limits, name);
	given = json_object_get(json_object_get(json_object_get(all, "priorities"), c->priority), says[kind].key);
	n = given ? json_integer_value(given) : kind != 0 ? says[kind].otherwise : strcmp(c->priority, "urgent") == 0 ? 1800 : strcmp(c->priority, "fast") == 0 ? 7200 : 28800;
	if (kind == HANDLE) {
		days = json_integer_value(json_object_get(json_object_get(all, "items"), c->item));
		n = days && (!given || days < n) ? days : given ? n : 5;
	}
	return kind != HANDLE && kind != RATE ? n : n * (working ? calendar_of(c, revision)->day_s : DAY);
}

/* It is looked at, at this moment. */
static void look(struct clock *k, int kind, int64_t at)
{
	if (k->breached == NEVER && is_late(k, kind, at))
		k->breached = k->due;
}

/* What was asked for then has been granted: nothing after that moment was late; what lies before it is as the limit of today has it. */
static void grant(struct clock *k, int kind, int64_t asked)
{
	if (asked < k->start)
		asked = k->start;
	if (k->breached >= asked)
		k->breached = NEVER;
	look(k, kind, asked);
}

/* One kind of an event's `clocks`. asked: when what it grants was asked for. */
static void change(struct check *c, const char *action, int kind, const json_t *o, int64_t at, int64_t asked, int revision, bool part)
{
	struct clock *k = &c->k[kind];
	bool told = json_is_true(json_object_get(o, "late")), excused = json_is_true(json_object_get(o, "in_time"));
	int64_t was;
	int64_t paused = when(o, "paused"), resumed = when(o, "resumed"), limit = json_integer_value(json_object_get(o, "limit_s")),
		more = json_integer_value(json_object_get(o, "extended_s"));

	if (json_object_get(o, "started")) {
		bool late = is_late(k, kind, when(json_object_get(o, "started"), "at")) && k->breached == NEVER;

		if (late != told)
			differs(c, "%s: the event of %lld %s late before it starts anew, due %lld", kind_name[kind], (long long)at, told ? "says" : "does not say",
			    (long long)k->due);
		c->late_before |= late || (k->is && k->breached != NEVER);
		start(c, k, json_object_get(o, "started"), revision, kind);
		if (!part && k->limit != limit_of(c, kind, k->working, revision))
			differs(c, "%s starts with a limit of %lld; by policy and duty item %lld", kind_name[kind], (long long)k->limit,
			    (long long)limit_of(c, kind, k->working, revision));
		return;
	}
	if (!k->is) {
		differs(c, "%s is changed and has never started", kind_name[kind]);
		return;
	}
	was = k->breached;
	/* Whatever may end a clock's running finds it late at that moment; what changes its due time, too. */
	if (paused != NEVER)
		grant(k, kind, paused);
	else if (json_object_get(o, "extended_s") && strcmp(action, "approve") == 0)
		grant(k, kind, asked);
	else if (told || json_object_get(o, "limit_s") || json_object_get(o, "extended_s") || json_object_get(o, "retimed") || json_object_get(o, "stopped"))
		look(k, kind, at);
	if (paused != NEVER)
		k->paused_since = paused;
	if (resumed != NEVER) {
		add_pause(c, k, k->paused_since, resumed);
		k->paused_since = NEVER;
		sum(c, kind, k, revision);
	}
	if (json_object_get(o, "stopped")) {
		look(k, kind, at);           /* it may have gone on in this very moment */
		k->stopped = when(o, "stopped");
	}
	if (told != (was == NEVER && k->breached != NEVER) || excused != (was != NEVER && k->breached == NEVER))
		differs(c, "%s: the event of %lld says%s%s; it was late at %lld, and is at %lld", kind_name[kind], (long long)at, told ? " late" : "",
		    excused ? " in time" : "", (long long)was, (long long)k->breached);
	if (json_object_get(o, "went_on")) {
		k->stopped = NEVER;
		sum(c, kind, k, revision);
	}
	if (json_object_get(o, "limit_s") || json_object_get(o, "extended_s") || json_object_get(o, "retimed")) {
		sum(c, kind, k, revision);
		if (strcmp(action, "retime") == 0 && ((json_object_get(o, "limit_s") && k->limit != limit) || (json_object_get(o, "extended_s") && k->extended != more)))
			differs(c, "%s: retimed to %lld and %lld, it comes to %lld and %lld", kind_name[kind], (long long)limit, (long long)more, (long long)k->limit,
			    (long long)k->extended);
		if (json_object_get(o, "limit_s"))
			k->limit = limit;
		if ((strcmp(action, "priority") == 0 || strcmp(action, "edit") == 0) && json_object_get(o, "limit_s") && limit != limit_of(c, kind, k->working, revision))
			differs(c, "%s gets a limit of %lld; by policy and duty item %lld", kind_name[kind], (long long)limit, (long long)limit_of(c, kind, k->working, revision));
		if (json_object_get(o, "extended_s"))
			k->extended = more;
		sum(c, kind, k, revision);
	}
}

/* --- rungs ------------------------------------------------------------------------------------------------------------ */

static const json_t *ladder_of(const struct check *c, int kind)
{
	const json_t *o = json_object_get(c->ladders, kind_name[kind]), *own = json_object_get(json_object_get(o, "priorities"), c->priority);

	o = own ? own : json_object_get(o, "rungs");
	return json_array_size(o) > 0 ? o : NULL;
}

/* When the rung (from 1) is by the hours of this revision; NEVER if it lies at or before the start. A clock whose due time new hours leave alone is not in
 * the log again, yet a rung beside it may have another time. */
static int64_t rung_time(struct check *c, const struct clock *k, int rung, int revision)
{
	const struct wall *hours = calendar_of(c, revision);
	int64_t whole = k->limit + k->extended, most = INT64_MIN;

	for (int i = 0; i < rung; i++) {
		const json_t *o = json_array_get(k->ladder, (size_t)i), *share = json_object_get(o, "share");
		int64_t s = json_is_number(share) ? llrint((double)whole * json_number_value(share)) :
		    whole + json_integer_value(json_object_get(o, "days")) * (k->working ? hours->day_s : DAY) + json_integer_value(json_object_get(o, "at_s"));

		if (s > most)
			most = s;
	}
	most += most > 0 ? k->paused_s : 0;
	return most <= 0 ? NEVER : k->working ? wall_later(hours, k->start, most) : k->start + most;
}

/* The highest rung whose time has come. */
static int rung_reached(struct check *c, const struct clock *k, int64_t at, int revision)
{
	int top = 0;

	for (int i = 1; i <= (int)json_array_size(k->ladder); i++)
		if (rung_time(c, k, i, revision) != NEVER && rung_time(c, k, i, revision) <= at)
			top = i;
	return top;
}

/* The ladder of the case's priority holds for what runs; what was reached of another and stands in this one word for word is behind the clock. */
static void arm(struct check *c, int kind)
{
	struct clock *k = &c->k[kind];
	const json_t *l = ladder_of(c, kind);

	if (!c->ladders || !k->is || k->stopped != NEVER || k->paused_since != NEVER || k->ladder == l)
		return;
	if (k->rung > 0 && k->ladder && l && !json_equal(k->ladder, l)) {
		int top = 0;

		for (int n = 1; n <= (int)json_array_size(l); n++)
			for (int o = 1; o <= k->rung; o++)
				if (json_equal(json_array_get(l, (size_t)n - 1), json_array_get(k->ladder, (size_t)o - 1)))
					top = n;
		k->rung = top;
	} else if (!l || !k->ladder) {
		k->rung = 0;
	}
	k->ladder = l;
}

/* More time was granted: nothing of the ladder is behind the clock that its own time has not come to, whatever was called of the limit before. */
static void call_again(struct check *c, struct clock *k, int64_t at, int revision)
{
	int reached;

	if (!k->is || k->stopped != NEVER)
		return;
	reached = rung_reached(c, k, k->paused_since != NEVER ? k->paused_since : at, revision);
	if (reached < k->rung)
		k->rung = reached;
}

static void fire(struct check *c, const json_t *args, int64_t at)
{
	const char *kind = json_string_value(json_object_get(args, "clock"));
	int rung = (int)json_integer_value(json_object_get(args, "rung")), revision = (int)json_integer_value(json_object_get(args, "revision")), behind;
	const json_t *passed = json_object_get(args, "passed");
	struct clock *k = c->k;

	while (k < c->k + KINDS - 1 && strcmp(kind, kind_name[k - c->k]) != 0)
		k++;
	arm(c, (int)(k - c->k));
	c->out->rungs++;
	behind = k->rung;
	for (size_t i = 0; i < json_array_size(passed); i++) {
		int p = (int)json_integer_value(json_array_get(passed, i));

		if (p <= behind || p >= rung)
			differs(c, "%s: rung %d is passed by rung %d behind rung %d", kind, p, rung, behind);
		behind = p;
	}
	if (rung <= k->rung || !k->is || k->stopped != NEVER || k->paused_since != NEVER || rung != rung_reached(c, k, at, revision))
		differs(c, "%s: rung %d fires at %lld; %d were behind, %d reached", kind, rung, (long long)at, k->rung, rung_reached(c, k, at, revision));
	k->rung = rung;
}

/* What stands there of a clock that runs. */
static void compare_rungs(struct check *c, int kind, const json_t *o)
{
	struct clock *k = &c->k[kind];
	int64_t next = NEVER;

	if (!c->ladders || !k->is || k->stopped != NEVER || k->paused_since != NEVER)
		return;
	arm(c, kind);
	for (int i = k->rung + 1; next == NEVER && i <= (int)json_array_size(k->ladder); i++)
		next = rung_time(c, k, i, NEWEST);
	if (k->breached == NEVER && kind != RATE && (next == NEVER || k->due + 1 < next))
		next = k->due + 1;
	if (json_integer_value(json_object_get(o, "rung")) != k->rung || when(o, "next_rung_at") != next)
		differs(c, "%s: %lld rungs are behind it and the next is at %lld, by the log %d and %lld", kind_name[kind],
		    (long long)json_integer_value(json_object_get(o, "rung")), (long long)when(o, "next_rung_at"), k->rung, (long long)next);
	if (c->swept && next != NEVER && next <= c->now - SWEPT_S)
		differs(c, "%s: something is to be done since %lld", kind_name[kind], (long long)next);
}

static void undo(struct check *c, int64_t undoes, int revision, int64_t at)
{
	struct clock now[KINDS];

	memcpy(now, c->k, sizeof now);
	for (int i = 0; i < c->pasts; i++)
		if (c->past[i].event == undoes) {
			memcpy(c->k, c->past[i].k, sizeof c->k);
			c->late_before = c->past[i].late_before;
		}
	for (int i = 0; i < KINDS; i++) {
		struct clock *k = &c->k[i];

		if (!k->is)
			continue;
		if (k->working && k->stopped == NEVER && calendar_of(c, k->revision) != calendar_of(c, revision))
			sum(c, i, k, revision);
		if (now[i].is && now[i].start == k->start && now[i].ladder == k->ladder) {
			k->rung = now[i].rung > k->rung ? now[i].rung : k->rung;
		} else if (now[i].is && now[i].start == k->start) {
			k->ladder = now[i].ladder;
			k->rung = now[i].rung;
		} else if (now[i].is && rung_reached(c, k, at, revision) > k->rung) {
			k->rung = rung_reached(c, k, at, revision);
		}
		if (now[i].is && now[i].start == k->start && now[i].breached == k->due && now[i].stopped == NEVER && now[i].paused_since == NEVER)
			k->breached = k->due;
	}
}

static void event(struct check *c, int64_t id, const char *action, int64_t at, const json_t *args, const char *priority, const char *item)
{
	int revision = (int)json_integer_value(json_object_get(args, "revision"));
	const json_t *clocks = json_object_get(args, "clocks");

	if (c->pasts == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->past = realloc(c->past, (size_t)c->room * sizeof *c->past);
		if (!c->past)
			abort();
	}
	c->past[c->pasts].event = id;
	c->past[c->pasts].late_before = c->late_before;
	memcpy(c->past[c->pasts++].k, c->k, sizeof c->k);
	if (strcmp(action, "undo") == 0 && json_object_get(args, "revision"))
		undo(c, json_integer_value(json_object_get(args, "undoes")), revision, at);
	if (strcmp(action, "rung") == 0 && c->ladders)
		fire(c, args, at);
	snprintf(c->priority, sizeof c->priority, "%s", priority);
	snprintf(c->item, sizeof c->item, "%s", item);
	for (int i = 0; i < KINDS; i++) {
		const json_t *o = json_object_get(clocks, kind_name[i]);

		if (o)
			change(c, action, i, o, at, when(args, "asked_at"), revision, json_object_get(args, "parent") != NULL);
		if (o && strcmp(action, "approve") == 0)
			call_again(c, &c->k[i], at, revision);
		if (strcmp(action, "breach") == 0 && strcmp(json_string_value(json_object_get(args, "clock")), kind_name[i]) == 0) {
			if (!is_late(&c->k[i], i, at) || c->k[i].breached != NEVER)
				differs(c, "%s: a breach is told at %lld; due %lld", kind_name[i], (long long)at, (long long)c->k[i].due);
			c->k[i].breached = c->k[i].due;
		}
		arm(c, i);
	}
}

/* --- what stands in the database ---------------------------------------------------------------------------------------- */

/* "state": the clocks as fenbo._clocks gives them; "row": flags, due_at and clock of the queue, absent when the case has left it. */
static void compare(struct check *c, const json_t *state)
{
	const json_t *row = json_is_object(json_object_get(state, "row")) ? json_object_get(state, "row") : NULL, *list = json_object_get(state, "clocks"), *o;
	int64_t due = NEVER, flags = json_integer_value(json_object_get(row, "flags"));
	size_t i, n = 0;
	bool paused = false, late = c->late_before;

	json_array_foreach(list, i, o) {
		int kind = 0;
		struct clock *k;

		while (kind < KINDS - 1 && strcmp(kind_name[kind], json_string_value(json_object_get(o, "kind"))) != 0)
			kind++;
		k = &c->k[kind];
		n += k->is;
		c->out->clocks++;
		const struct { const char *what; int64_t log, is; } pair[] = { { "start", k->start, when(o, "started_at") },
			{ "limit", k->limit, json_integer_value(json_object_get(o, "limit_s")) }, { "extension", k->extended, json_integer_value(json_object_get(o, "extended_s")) },
			{ "pauses", k->paused_s, json_integer_value(json_object_get(o, "paused_s")) }, { "due", k->due, when(o, "due_at") },
			{ "paused since", k->paused_since, when(o, "paused_since") }, { "stopped", k->stopped, when(o, "stopped_at") },
			{ "late", k->breached, when(o, "breached_at") } };
		for (size_t p = 0; p < sizeof pair / sizeof *pair; p++)
			if (pair[p].log != pair[p].is)
				differs(c, "%s %s is %lld, by the log %lld", kind_name[kind], pair[p].what, (long long)pair[p].is, (long long)pair[p].log);
		if (c->swept && row && k->breached == NEVER && is_late(k, kind, c->now - SWEPT_S))
			differs(c, "%s is late since %lld and nobody has told it", kind_name[kind], (long long)k->due);
		compare_rungs(c, kind, o);
		late |= k->is && k->breached != NEVER;
		paused |= k->is && k->stopped == NEVER && k->paused_since != NEVER;
		if (k->is && k->stopped == NEVER && k->paused_since == NEVER && (due == NEVER || k->due < due))
			due = k->due;
	}
	for (int kind = 0; kind < KINDS; kind++)
		n -= c->k[kind].is;
	if (n != 0)
		differs(c, "the log knows other clocks than the database");
	if (row && when(row, "due_at") != due)
		differs(c, "the queue shows %lld, by the log %lld", (long long)when(row, "due_at"), (long long)due);
	if (row && paused != ((flags & 2048) != 0))
		differs(c, "paused: the flag says %d, the log %d", (flags & 2048) != 0, paused);
	if (row && late && !(flags & 32768))
		differs(c, "it was late, and the flag does not say so");
}

static void end_case(struct check *c, const json_t *state)
{
	compare(c, state);
	for (int i = 0; i < c->keeps; i++)
		free(c->kept[i]);
	c->keeps = c->pasts = 0;
	c->late_before = false;
	memset(c->k, 0, sizeof c->k);
	c->priority[0] = '\0';
	c->out->cases++;
}

static bool read_all(struct check *c)
{
	PGresult *r;
	bool good = true;

	if (!PQsendQuery(c->db, "SELECT e.no, e.id, e.action, to_json(e.at), e.args - 'machine', e.after ->> 'priority', e.after ->> 'item', CASE WHEN e.id = max(e.id) OVER (PARTITION BY e.no) THEN"
		" (SELECT jsonb_build_object('clocks', coalesce(a.state -> 'clocks', fenbo._clocks(e.no)), 'row', (SELECT to_jsonb(x) FROM (SELECT q.flags, q.due_at, q.clock) x"
		" WHERE q.no IS NOT NULL)) FROM fenbo.appeal a LEFT JOIN fenbo.queue q ON q.no = a.no WHERE a.no = e.no) END"
		" FROM fenbo.event e WHERE e.no <> 0 ORDER BY e.no, e.id") || !PQsetSingleRowMode(c->db)) {
		snprintf(c->out->first, sizeof c->out->first, "%s", PQerrorMessage(c->db));
		return false;
	}
	while ((r = PQgetResult(c->db))) {
		if (PQresultStatus(r) == PGRES_SINGLE_TUPLE) {
			json_t *args = json_loads(PQgetvalue(r, 0, 4), 0, NULL), *at = json_loads(PQgetvalue(r, 0, 3), JSON_DECODE_ANY, NULL);

			c->no = atoll(PQgetvalue(r, 0, 0));
			event(c, atoll(PQgetvalue(r, 0, 1)), PQgetvalue(r, 0, 2), instant(json_string_value(at)), args, PQgetvalue(r, 0, 5), PQgetvalue(r, 0, 6));
			c->out->events++;
			if (!PQgetisnull(r, 0, 7)) {
				json_t *state = json_loads(PQgetvalue(r, 0, 7), 0, NULL);

				end_case(c, state);
				json_decref(state);
			}
			json_decref(args);
			json_decref(at);
		} else if (PQresultStatus(r) != PGRES_TUPLES_OK) {
			snprintf(c->out->first, sizeof c->out->first, "%s", PQerrorMessage(c->db));
			good = false;
		}
		PQclear(r);
	}
	return good;
}

/* Calendars of all revisions as the record of revisions has them; those that are alike are made once. */
static bool read_calendars(struct check *c)
{
	json_t *all = value(c, "SELECT coalesce(jsonb_agg(x ORDER BY x -> 'revision'), '[]') FROM (SELECT jsonb_build_object('revision', r.revision,"
	    " 'days', coalesce(r.policy #> '{working,days}', '[1,2,3,4,5]'),"
	    " 'spans', jsonb_build_array(coalesce(r.policy #> '{working,am}', '[540,720]'), coalesce(r.policy #> '{working,pm}', '[840,1080]')),"
	    " 'exceptions', coalesce((SELECT jsonb_object_agg(d ->> 'day', d -> 'working') FROM fenbo.routing_part p, jsonb_array_elements(p.rows) d"
	    " WHERE p.revision = r.revision AND p.part = 'calendar'), '{}')) AS x FROM fenbo.routing_revision r"
	    " UNION ALL SELECT '{\"revision\": 0, \"days\": [1,2,3,4,5], \"spans\": [[540,720],[840,1080]], \"exceptions\": {}}'::jsonb) y");
	json_t *o, *last = NULL, *zone = value(c, "SELECT to_jsonb(value) FROM fenbo.setting WHERE name = 'time_zone'"),
	    *span = value(c, "SELECT jsonb_build_array(extract(epoch FROM min(least(at, (after ->> 'received_at')::timestamptz)))::bigint, extract(epoch FROM max(at))::bigint,"
			     " extract(epoch FROM fenbo.now_())::bigint) FROM fenbo.event WHERE no <> 0");
	size_t i;
	bool good = all && zone && span;

	if (good) {
		setenv("TZ", json_string_value(zone), 1);
		tzset();
		c->from = json_integer_value(json_array_get(span, 0)) / DAY * DAY - 2 * DAY;
		c->now = json_integer_value(json_array_get(span, 2));
		c->until = (json_integer_value(json_array_get(span, 1)) > c->now ? json_integer_value(json_array_get(span, 1)) : c->now) + 700 * DAY;
	}
	json_array_foreach(all, i, o) {
		json_t *bare = json_copy(o);

		json_object_del(bare, "revision");
		if (good && c->calendars < REVISIONS && !(last && json_equal(last, bare)))
			good = wall_make(&c->calendar[c->calendars++], o, c->from, c->until);
		json_decref(last);
		last = bare;
	}
	json_decref(last);
	json_decref(all);
	json_decref(zone);
	json_decref(span);
	return good;
}

bool clock_log_check(PGconn *owner, bool swept, struct clock_log *out)
{
	struct check *c = calloc(1, sizeof *c);
	json_t *ladders, *limits;
	bool good;

	memset(out, 0, sizeof *out);
	if (!c)
		return false;
	c->db = owner;
	c->out = out;
	c->swept = swept;
	PQclear(PQexec(owner, "SET timezone = 'UTC'; SET jit = off"));
	ladders = value(c, "SELECT CASE count(DISTINCT policy -> 'clocks') WHEN 1 THEN jsonb_agg(policy -> 'clocks') -> 0 ELSE 'null' END"
			   " FROM fenbo.routing_revision WHERE revision > 0");
	c->ladders = json_is_object(ladders) ? ladders : NULL;
	limits = value(c, "SELECT coalesce(jsonb_object_agg(r.revision, jsonb_build_object('priorities', r.policy -> 'priorities', 'items',"
			  " (SELECT jsonb_object_agg(d.code, d.handle_days) FROM fenbo.duty_item d WHERE d.revision = r.revision))), '{}') FROM fenbo.routing_revision r");
	c->limits = limits;
	good = limits && read_calendars(c) && read_all(c);
	json_decref(limits);
	json_decref(ladders);
	for (int i = 0; i < c->calendars; i++)
		wall_free(&c->calendar[i]);
	free(c->past);
	free(c);
	return good;
}
