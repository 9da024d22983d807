/*
 * The clocks of db/schema/0038 and 0039 against a slow, obviously right reference: a walk over the minutes of the wall clock, with the C library's
 * time zones, that shares nothing with the SQL. Random calendars (zones with and without daylight-saving time, hours, weekdays, holidays, make-up
 * days), limits, pauses (also granted afterwards), extensions, changes of limit, stops and returns, merges (pauses to a clock), undo, and calendars
 * that change while clocks run. Every state after every step is compared, to the second.
 *   CLOCK_LIVES=n  how many clocks (80)      CLOCK_SEED=n  repeat what a failure printed
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <jansson.h>
#include <libpq-fe.h>

/* LIVES: of clocks, under one calendar and those that come after it */
enum { DAY = 86400, MINUTES = 1440, SPAN_DAYS = 1500, EXCEPTIONS = 60, CALENDARS = 8, STEPS = 14, PAUSES = STEPS, LIVES = 8, NEVER = -1 };

/* --- chance ------------------------------------------------------------------------------------------------------- */

static uint64_t state;

static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static int64_t upto(int64_t n) { return (int64_t)(next() % (uint64_t)(n + 1)); }
static bool once_in(int n) { return upto(n - 1) == 0; }

/* --- the reference: a calendar is a minute after the other -------------------------------------------------------------- */

struct calendar {
	const char *zone;
	int am[2], pm[2];            /* minutes after midnight */
	bool weekday[8];             /* 1 is Monday */
	int exception[EXCEPTIONS];   /* yyyymmdd */
	bool worked[EXCEPTIONS];
	int exceptions;
	int64_t first_day;           /* of the walk, in days since 1970 UTC */
	char *day[SPAN_DAYS];        /* MINUTES each: 1 = work; made when they are walked over */
};

static bool wall_works(const struct calendar *k, int64_t minute)
{
	time_t t = minute * 60;
	struct tm w;
	int date, at;

	localtime_r(&t, &w);
	date = (w.tm_year + 1900) * 10000 + (w.tm_mon + 1) * 100 + w.tm_mday;
	at = w.tm_hour * 60 + w.tm_min;
	if (!(at >= k->am[0] && at < k->am[1]) && !(at >= k->pm[0] && at < k->pm[1]))
		return false;
	for (int i = 0; i < k->exceptions; i++)
		if (k->exception[i] == date)
			return k->worked[i];
	return k->weekday[w.tm_wday == 0 ? 7 : w.tm_wday];
}

static bool works(struct calendar *k, int64_t minute)
{
	int64_t d = minute / MINUTES - k->first_day;

	assert_true(d >= 0 && d < SPAN_DAYS);
	if (!k->day[d]) {
		k->day[d] = malloc(MINUTES);
		assert_non_null(k->day[d]);
		for (int m = 0; m < MINUTES; m++)
			k->day[d][m] = wall_works(k, (d + k->first_day) * MINUTES + m);
	}
	return k->day[d][minute % MINUTES];
}

/* k NULL: every second counts. */
static int64_t count(struct calendar *k, int64_t a, int64_t b)
{
	int64_t n = 0;

	for (int64_t t = a; t < b;) {
		int64_t end = (t / 60 + 1) * 60;

		if (end > b)
			end = b;
		if (!k || works(k, t / 60))
			n += end - t;
		t = end;
	}
	return n;
}

static int64_t later(struct calendar *k, int64_t t, int64_t seconds)
{
	while (seconds > 0) {
		int64_t end = (t / 60 + 1) * 60;

		if (!k || works(k, t / 60)) {
			if (end - t >= seconds)
				return t + seconds;
			seconds -= end - t;
		}
		t = end;
	}
	return t;
}

static int day_s(const struct calendar *k)
{
	return 60 * (k->am[1] - k->am[0] + k->pm[1] - k->pm[0]);
}

/* --- a clock's life ------------------------------------------------------------------------------------------------- */

struct clock { int64_t start, limit, extended, due, paused_s, paused_since, stopped, breached; int64_t pause[PAUSES][2]; int pauses, k; };
struct life {
	const char *kind;
	bool working;
	struct calendar *calendar[CALENDARS];
	int calendars;
	struct clock c;
};

static struct calendar *of(const struct life *l) { return l->working ? l->calendar[l->c.k] : NULL; }

static void sum(struct life *l)
{
	struct clock *c = &l->c;
	int now_k = l->calendars - 1;

	if (l->working && c->k != now_k) {
		if (strcmp(l->kind, "handle") == 0 || strcmp(l->kind, "rate") == 0) {
			c->limit = c->limit * day_s(l->calendar[now_k]) / day_s(l->calendar[c->k]);
			c->extended = c->extended * day_s(l->calendar[now_k]) / day_s(l->calendar[c->k]);
		}
		c->k = now_k;
	}
	c->paused_s = 0;
	for (int i = 0; i < c->pauses; i++)
		c->paused_s += count(of(l), c->pause[i][0], c->pause[i][1]);
	c->due = later(of(l), c->start, c->limit + c->extended + c->paused_s);
}

static void notice(struct life *l, int64_t at)
{
	struct clock *c = &l->c;

	if (strcmp(l->kind, "rate") != 0 && c->breached == NEVER && c->stopped == NEVER && c->paused_since == NEVER && at > c->due)
		c->breached = c->due;
}

/* Asked for at `at`, granted now: what was found late since was not. */
static void grant(struct life *l, int64_t at)
{
	struct clock *c = &l->c;

	if (at < c->start)
		at = c->start;
	if (c->breached >= at)
		c->breached = NEVER;
	notice(l, at);
}

static void resume(struct life *l, int64_t at)
{
	struct clock *c = &l->c;

	if (c->paused_since == NEVER)
		return;
	c->pause[c->pauses][0] = c->paused_since;
	c->pause[c->pauses++][1] = at;
	c->paused_since = NEVER;
	sum(l);
}

/* Working time that the lines of an explanation must come to: from the start to the due time or the stop, pauses left out. */
static int64_t shown(const struct life *l)
{
	const struct clock *c = &l->c;
	int64_t end = c->stopped != NEVER && c->stopped < c->due ? c->stopped : c->due, n;

	if (end < c->start)
		end = c->start;
	n = count(of(l), c->start, end);
	for (int i = 0; i < c->pauses; i++) {
		int64_t to = c->pause[i][1] < end ? c->pause[i][1] : end;

		n -= count(of(l), c->pause[i][0], to);
	}
	return n;
}

/* --- making things up ----------------------------------------------------------------------------------------------- */

static const char *const zones[] = { "Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
	"Asia/Kathmandu", "America/Havana", "Asia/Beirut", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia", "UTC" };

static int date_of(int64_t day)
{
	time_t t = day * DAY;
	struct tm w;

	gmtime_r(&t, &w);
	return (w.tm_year + 1900) * 10000 + (w.tm_mon + 1) * 100 + w.tm_mday;
}

static struct calendar *make_calendar(const char *zone, int64_t first_day)
{
	struct calendar *k = calloc(1, sizeof *k);
	int cut[4];

	assert_non_null(k);
	k->zone = zone;
	k->first_day = first_day;
	for (int i = 1; i <= 7; i++)
		k->weekday[i] = once_in(8) ? once_in(2) : i <= 5;
	k->weekday[1 + upto(6)] = true;
	if (once_in(2)) {
		memcpy(k->am, (int[]){ 540, 720 }, sizeof k->am);
		memcpy(k->pm, (int[]){ 840, 1080 }, sizeof k->pm);
	} else {
		do {
			for (int i = 0; i < 4; i++)
				cut[i] = once_in(6) ? (i < 2 ? 0 : MINUTES) : (int)upto(MINUTES);
			for (int i = 0; i < 4; i++)
				for (int j = i + 1; j < 4; j++)
					if (cut[j] < cut[i]) {
						int x = cut[i];

						cut[i] = cut[j];
						cut[j] = x;
					}
		} while (cut[0] >= cut[1] || cut[1] > cut[2] || cut[2] >= cut[3]);
		memcpy(k->am, cut, sizeof k->am);
		memcpy(k->pm, cut + 2, sizeof k->pm);
	}
	for (int i = (int)upto(EXCEPTIONS - 1); i > 0; i--) {
		int date = date_of(first_day + 150 + upto(250));
		bool known = false;

		for (int j = 0; j < k->exceptions; j++)
			known |= k->exception[j] == date;
		if (known)
			continue;
		k->exception[k->exceptions] = date;
		k->worked[k->exceptions++] = once_in(3);
	}
	return k;
}

static void free_calendar(struct calendar *k)
{
	for (int i = 0; i < SPAN_DAYS; i++)
		free(k->day[i]);
	free(k);
}

static json_t *calendar_json(const struct calendar *k)
{
	json_t *o = json_pack("{s:s, s:[i,i], s:[i,i], s:[], s:{}}", "zone", k->zone, "am", k->am[0], k->am[1], "pm", k->pm[0], k->pm[1], "days", "exceptions");

	for (int i = 1; i <= 7; i++)
		if (k->weekday[i])
			json_array_append_new(json_object_get(o, "days"), json_integer(i));
	for (int i = 0; i < k->exceptions; i++) {
		char day[16];

		snprintf(day, sizeof day, "%04d-%02d-%02d", k->exception[i] / 10000 % 10000, k->exception[i] / 100 % 100, k->exception[i] % 100);
		json_object_set_new(json_object_get(o, "exceptions"), day, json_boolean(k->worked[i]));
	}
	return o;
}

/* A second as SQL gets it: with a fraction that must not count. */
static json_t *instant(int64_t t)
{
	return json_pack("f", (double)t + (once_in(3) ? 0 : (double)upto(999) / 1000));
}

static int64_t some_time(void)
{
	switch (upto(4)) {
	case 0:  return upto(59);
	case 1:  return upto(3600);
	case 2:  return upto(DAY);
	default: return upto(9 * DAY);
	}
}

/* --- asking PostgreSQL ----------------------------------------------------------------------------------------------- */

static PGconn *db;

static json_t *ask(const char *sql, json_t *arg)
{
	char *text = json_dumps(arg, JSON_COMPACT);
	PGresult *r = PQexecParams(db, sql, 1, NULL, (const char *[]){ text }, NULL, NULL, 0);
	json_t *o;

	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s%s", PQerrorMessage(db), text);
	o = json_loads(PQgetvalue(r, 0, 0), JSON_DECODE_ANY, NULL);
	PQclear(r);
	free(text);
	json_decref(arg);
	return o;
}

static int64_t number(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? (int64_t)json_number_value(v) : NEVER;
}

static void in_force(const struct calendar *k, int64_t at)
{
	json_decref(ask("SELECT to_jsonb(w.be(($1::jsonb ->> 0)::numeric))", json_pack("[I]", (json_int_t)at)));
	json_decref(ask("SELECT to_jsonb(w.calendar($1, true))", calendar_json(k)));
}

/* --- one life ------------------------------------------------------------------------------------------------------- */

static uint64_t seed_now;

static void same(const struct life *l, const json_t *said, const char *op, int step)
{
	const struct clock *c = &l->c;
	const struct { const char *what; int64_t want, got; } pairs[] = {
		{ "due", c->due, number(said, "due") }, { "limit_s", c->limit, number(said, "limit_s") },
		{ "extended_s", c->extended, number(said, "extended_s") }, { "paused_s", c->paused_s, number(said, "paused_s") },
		{ "paused_since", c->paused_since, number(said, "paused_since") }, { "stopped", c->stopped, number(said, "stopped") },
		{ "breached", c->breached, number(said, "breached") },
		{ "days_s", l->working ? shown(l) : 0, l->working && number(said, "days_s") != NEVER ? number(said, "days_s") : 0 } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i].want != pairs[i].got)
			fail_msg("CLOCK_SEED=%llu: zone %s, step %d %s: %s is %lld, expected %lld (start %lld)", (unsigned long long)seed_now, l->calendar[0]->zone, step,
			    op, pairs[i].what, (long long)pairs[i].got, (long long)pairs[i].want, (long long)c->start);
}

static const char *choose(const struct life *l, bool can_undo)
{
	const struct clock *c = &l->c;

	if (can_undo && once_in(8))
		return "undo";
	if (l->working && l->calendars < CALENDARS && once_in(24))
		return "calendar";
	if (once_in(6))
		return "sweep";
	if (c->stopped != NEVER)
		return once_in(3) ? "limit" : "go_on";
	if (c->paused_since != NEVER)
		return once_in(4) ? "extend" : once_in(5) ? "stop" : "resume";
	return once_in(4) ? "extend" : once_in(4) ? "limit" : once_in(4) ? "stop" : "pause";
}

/* What the step does to the reference; what SQL needs to know of it goes into `o`. `done`: when the step before was. */
static void step(struct life *l, const char *op, int64_t at, int64_t done, json_t *o)
{
	struct clock *c = &l->c;
	int64_t day = l->working ? day_s(l->calendar[l->calendars - 1]) : DAY, since = once_in(5) ? done + upto(at - done) : at;

	if (strcmp(op, "pause") == 0) {
		grant(l, since);
		c->paused_since = since > c->start ? since : c->start;
		json_object_set_new(o, "since", instant(since));
	} else if (strcmp(op, "resume") == 0) {
		resume(l, since);
		json_object_set_new(o, "since", instant(since));
	} else if (strcmp(op, "extend") == 0) {
		int64_t days = 1 + upto(4);

		grant(l, since);
		sum(l);
		c->extended += days * day;
		sum(l);
		json_object_set_new(o, "days", json_integer(days));
		json_object_set_new(o, "since", instant(since));
	} else if (strcmp(op, "limit") == 0) {
		int64_t limit = once_in(2) ? day * (1 + upto(9)) : 1 + upto(6 * day);

		notice(l, at);
		sum(l);
		c->limit = limit;
		sum(l);
		json_object_set_new(o, "seconds", json_integer(limit));
	} else if (strcmp(op, "stop") == 0) {
		notice(l, at);
		resume(l, at);
		notice(l, at);
		c->stopped = at;
	} else if (strcmp(op, "go_on") == 0) {
		c->stopped = NEVER;
		sum(l);
	} else if (strcmp(op, "sweep") == 0) {
		notice(l, at);
	} else if (strcmp(op, "calendar") == 0) {
		l->calendar[l->calendars] = make_calendar(l->calendar[0]->zone, l->calendar[0]->first_day);
		json_object_set_new(o, "k", calendar_json(l->calendar[l->calendars++]));
	} else if (c->stopped == NEVER && l->working && c->k != l->calendars - 1) { /* retime */
		notice(l, at);
		sum(l);
	}
}

static void live(struct life *l, int64_t no, int64_t start)
{
	json_t *steps = json_array(), *s, *said;
	struct clock was = { 0 }, before;
	struct life after[STEPS + 1];
	const char *op[STEPS + 1];
	int n = 0, k = l->calendars - 1;
	bool retime = false, can_undo = false;
	int64_t at = start, done;

	l->c = (struct clock){ .start = start, .limit = 1 + upto(10), .paused_since = NEVER, .stopped = NEVER, .breached = NEVER, .k = k };
	l->c.limit *= once_in(3) ? 1 + upto(5000) : l->working ? day_s(l->calendar[k]) : DAY;
	s = json_pack("{s:I, s:s, s:s, s:o, s:I, s:O}", "no", (json_int_t)no, "kind", l->kind, "calendar", l->working ? "working" : "always", "start",
	    instant(start), "limit_s", (json_int_t)l->c.limit, "steps", steps);
	sum(l);
	op[n] = "start";
	after[n++] = *l;
	for (int i = (int)upto(STEPS); n <= i;) {
		json_t *o;

		done = at;
		op[n] = retime ? "retime" : choose(l, can_undo);
		if (!retime)
			at += some_time();
		o = json_pack("{s:s, s:o}", "op", op[n], "at", instant(at));
		before = l->c;
		if (strcmp(op[n], "undo") == 0) {
			l->c = was;
			if (l->c.stopped == NEVER && l->working && l->c.k != l->calendars - 1)
				sum(l);
			if (before.breached == l->c.due && before.stopped == NEVER && before.paused_since == NEVER)
				l->c.breached = l->c.due;
		} else {
			step(l, op[n], at, done, o);
		}
		retime = strcmp(op[n], "calendar") == 0 && !once_in(4);
		can_undo = strcmp(op[n], "undo") != 0 && strcmp(op[n], "sweep") != 0 && strcmp(op[n], "calendar") != 0 && strcmp(op[n], "retime") != 0;
		was = before;
		json_array_append_new(steps, o);
		after[n++] = *l;
	}
	json_decref(steps);
	said = ask("SELECT w.play($1)", s);
	assert_int_equal(json_array_size(said), n);
	for (int i = 0; i < n; i++)
		same(&after[i], json_array_get(said, (size_t)i), op[i], i);
	json_decref(said);
}

/* Pairs of instants anywhere, also where the table ends and beyond. */
static void counts(struct calendar *k, int64_t day)
{
	json_t *pairs = json_array(), *said;
	int64_t a[6], b[6], s[6];

	for (int i = 0; i < 6; i++) {
		a[i] = (day + 160 + upto(60)) * DAY + upto(DAY);
		b[i] = a[i] + some_time() * (1 + upto(6));
		s[i] = 1 + upto(once_in(2) ? 3600 : 12 * day_s(k));
		json_array_append_new(pairs, json_pack("[o, o, I]", instant(a[i]), instant(b[i]), (json_int_t)s[i]));
	}
	said = ask("SELECT w.count($1)", pairs);
	for (size_t i = 0; i < 6; i++) {
		int64_t n = (int64_t)json_number_value(json_array_get(json_array_get(said, i), 0)), t = (int64_t)json_number_value(json_array_get(json_array_get(said, i), 1));

		if (n != count(k, a[i], b[i]) || t != later(k, a[i], s[i]))
			fail_msg("CLOCK_SEED=%llu: zone %s: from %lld to %lld is %lld, expected %lld; %lld later is %lld, expected %lld", (unsigned long long)seed_now,
			    k->zone, (long long)a[i], (long long)b[i], (long long)n, (long long)count(k, a[i], b[i]), (long long)s[i], (long long)t,
			    (long long)later(k, a[i], s[i]));
	}
	json_decref(said);
}

/* Days since 1970 of the first day that a walk may touch. */
static int64_t some_day(void)
{
	return 18950 + upto(365 * 12); /* from 2021-11 */
}

static void clocks_are_right(void **unused)
{
	static const char *const kinds[] = { "handle", "handle", "handle", "contact", "dispatch", "rate" };
	const char *lives = getenv("CLOCK_LIVES"), *seed = getenv("CLOCK_SEED");
	int left = lives ? atoi(lives) : 80;
	uint64_t first = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);

	(void)unused;
	for (uint64_t round = 0; left > 0; round++) {
		int64_t day;
		struct life l = { 0 };

		seed_now = state = first + round;
		day = some_day();
		l.calendar[0] = make_calendar(zones[upto(sizeof zones / sizeof *zones - 1)], day);
		l.calendars = 1;
		setenv("TZ", l.calendar[0]->zone, 1);
		tzset();
		in_force(l.calendar[0], (day + 160) * DAY);
		counts(l.calendar[0], day);
		for (int i = 0; i < LIVES && left > 0; i++, left--) {
			l.kind = kinds[upto(sizeof kinds / sizeof *kinds - 1)];
			l.working = strcmp(l.kind, "handle") == 0 ? !once_in(8) : once_in(4);
			live(&l, 1 + i, (day + 160 + upto(40)) * DAY + upto(DAY));
		}
		for (int i = 0; i < l.calendars; i++)
			free_calendar(l.calendar[i]);
	}
	printf("CLOCK_SEED=%llu\n", (unsigned long long)first);
}

static int open_database(void **unused)
{
	const char *url = getenv("FENBO_TEST_URL");
	FILE *f = fopen("tests/db/clock_walk.sql", "r");
	char text[16384];
	size_t n;

	(void)unused;
	if (!url || !f)
		return -1;
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	fclose(f);
	db = PQconnectdb(url);
	if (PQstatus(db) != CONNECTION_OK)
		return -1;
	PQclear(PQexec(db, "SET timezone = 'UTC'; SET jit = off; SET client_min_messages = warning"));
	PGresult *r = PQexec(db, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		fprintf(stderr, "%s", PQerrorMessage(db));
	PQclear(r);
	return 0;
}

static int close_database(void **unused)
{
	(void)unused;
	PQfinish(db);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(clocks_are_right) };

	return cmocka_run_group_tests(tests, open_database, close_database);
}
