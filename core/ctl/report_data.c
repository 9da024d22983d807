#include "core/ctl/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "core/appeal/number.h"
#include "core/base/clean.h"
#include "core/base/clock.h"
#include "core/base/i18n.h"

/* --- rows -------------------------------------------------------------------------------------------------------------- */

/* What one statement is read for: each row an object. */
struct reading {
	struct report *r;
	void (*row)(struct reading *g, const json_t *o);
	void *into;
	bool before;
};

static void on_row(void *ctx, const struct db_row *row)
{
	struct reading *g = ctx;
	size_t len;
	const char *text = db_row_text(row, 0, &len);
	json_t *o = text != NULL ? json_loadb(text, len, 0, NULL) : NULL;

	if (o != NULL)
		g->row(g, o);
	json_decref(o);
}

static const char *clean_copy(struct report *r, const char *text)
{
	struct buf out = { 0 };
	const char *copy;

	if (text == NULL)
		return "";
	clean_text(&out, text, strlen(text), CLEAN_LINE);
	copy = arena_strdup(&r->arena, buf_text(&out));
	buf_free(&out);
	return copy;
}

static const char *text_of(struct report *r, const json_t *o, const char *key)
{
	return clean_copy(r, json_string_value(json_object_get(o, key)));
}

static double real_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : -1;
}

static int64_t int_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void read_counts(struct counts *c, const json_t *o)
{
	const char *key;
	json_t *v;

	counts_none(c);
	json_object_foreach((json_t *)o, key, v)
		if (json_is_integer(v))
			counts_set(c, key, json_integer_value(v));
	c->handle_p50 = real_of(o, "handle_p50");
	c->handle_p90 = real_of(o, "handle_p90");
	c->handle_p95 = real_of(o, "handle_p95");
}

/* --- lines of one way of counting ---------------------------------------------------------------------------------------- */

static struct report_line *find_line(struct report_lines *l, const char *key)
{
	for (int i = 0; i < l->n; i++)
		if (strcmp(l->row[i].key, key) == 0)
			return &l->row[i];
	return NULL;
}

/* Lines grow in the heap while they are read, and go with the report. */
static struct report_line *add_line(struct report *r, struct report_lines *l, const json_t *o)
{
	struct report_line *row;

	if (l->n % 64 == 0) {
		row = realloc(l->row, (size_t)(l->n + 64) * sizeof *row);
		if (row == NULL)
			abort();
		l->row = row;
	}
	row = &l->row[l->n++];
	row->key = text_of(r, o, "key");
	row->name = text_of(r, o, "name");
	counts_none(&row->now);
	counts_none(&row->was);
	return row;
}

static void line_row(struct reading *g, const json_t *o)
{
	struct report_lines *l = g->into;
	const char *key = json_string_value(json_object_get(o, "key"));
	struct report_line *row = g->before && key != NULL ? find_line(l, key) : NULL;

	if (row == NULL)
		row = add_line(g->r, l, o);
	read_counts(g->before ? &row->was : &row->now, o);
}

static void all_row(struct reading *g, const json_t *o)
{
	read_counts(g->before ? &g->r->all.was : &g->r->all.now, o);
}

/* The days of the trend, and the same places of the days before it. */
static void trend_row(struct reading *g, const json_t *o)
{
	struct report *r = g->r;
	const struct day *first = g->into;
	const char *key = json_string_value(json_object_get(o, "key"));
	struct day d;

	if (key == NULL || !day_parse(key, &d))
		return;
	for (int i = 0; i < r->ntrend; i++)
		if (day_compare(day_add(*first, i), d) == 0)
			read_counts(g->before ? &r->trend[i].was : &r->trend[i].now, o);
}

static void heat_row(struct reading *g, const json_t *o)
{
	int weekday, hour;
	const char *key = json_string_value(json_object_get(o, "key"));

	if (key != NULL && sscanf(key, "%1d %2d", &weekday, &hour) == 2 && weekday >= 1 && weekday <= 7 && hour >= 0 && hour <= 23)
		g->r->heat[(weekday - 1) * 24 + hour] = (double)int_of(o, "received");
}

static void rank_row(struct reading *g, const json_t *o)
{
	struct report *r = g->r;
	struct report_rank *k;

	if (g->before) {
		const char *unit = json_string_value(json_object_get(o, "unit"));

		for (int i = 0; unit != NULL && i < r->nranks; i++)
			if (strcmp(r->rank[i].unit, unit) == 0)
				r->rank[i].was_place = (int)int_of(o, "place");
		return;
	}
	k = realloc(r->rank, (size_t)(r->nranks + 1) * sizeof *k);
	if (k == NULL)
		abort();
	r->rank = k;
	k += r->nranks++;
	*k = (struct report_rank){ .unit = text_of(r, o, "unit"), .name = text_of(r, o, "name"), .place = (int)int_of(o, "place"), .score = real_of(o, "score"),
		.resolved = int_of(o, "resolved"), .handle = real_of(o, "handle_on_time"), .contact = real_of(o, "contact_on_time"),
		.satisfied = real_of(o, "satisfied_rate"), .redo = real_of(o, "redo_rate"), .chased = real_of(o, "chased_rate"), .days = real_of(o, "handle_days") };
}

static void group_row(struct reading *g, const json_t *o)
{
	struct report *r = g->r;
	char no[24];

	if (r->ngroups == 20)
		return;
	if (r->group == NULL)
		r->group = arena_alloc(&r->arena, 20 * sizeof *r->group);
	number_show(int_of(o, "first_no"), no);
	r->group[r->ngroups++] = (struct report_group){ .title = text_of(r, o, "title"), .area = text_of(r, o, "area"), .unit = text_of(r, o, "unit"),
		.first = clean_copy(r, no), .cases = int_of(o, "cases") };
}

static void notice_row(struct reading *g, const json_t *o)
{
	const char *kind = json_string_value(json_object_get(o, "kind"));
	struct report_notice n = { int_of(o, "due"), int_of(o, "given") }; /* null counts as none due: nothing is known */

	if (kind != NULL)
		*(strcmp(kind, "result") == 0 ? &g->r->handled : &g->r->accepted) = n;
}

static void state_row(struct reading *g, const json_t *o)
{
	struct report *r = g->r;
	const char *now = json_string_value(json_object_get(o, "now")), *today = json_string_value(json_object_get(o, "today"));
	usec_t t;
	int year, month, day, hour, minute;
	char at[64] = "";

	r->day_s = real_of(o, "day_s");
	r->open_cases = int_of(o, "open_cases");
	r->overdue = int_of(o, "overdue");
	if (json_is_string(json_object_get(o, "unit_name")))
		r->unit_name = text_of(r, o, "unit_name");
	r->waiting = int_of(o, "waiting");
	r->centre = text_of(r, o, "centre");
	if (now != NULL && clock_parse(now, strlen(now), &t)) {
		clock_local(t, &year, &month, &day, &hour, &minute, NULL);
		snprintf(at, sizeof at, "%04d-%02d-%02d %02d:%02d", year, month, day, hour, minute);
	}
	r->at = clean_copy(r, at);
	if (today != NULL)
		day_parse(today, &r->today);
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

struct asking { struct report *r; struct sync *db; struct err *e; const char *unit; };

static bool ask(struct asking *a, enum statement s, const struct db_param *p, int np, struct reading g)
{
	g.r = a->r;
	return sync_run(a->db, s, p, np, on_row, &g, a->e);
}

/* The questions of a report that are answered line by line, all in one call: each with whom its lines are for. */
struct questions { json_t *asked; struct reading for_[40]; int n; };

static void add_question(struct questions *q, const char *by, struct day from, struct day to, struct reading g)
{
	char first[11], last[11], as[8];

	day_show(from, first);
	day_show(to, last);
	snprintf(as, sizeof as, "%d", q->n);
	json_array_append_new(q->asked, json_pack("{s:s, s:s, s:s, s:s}", "as", as, "from", first, "to", last, "by", by));
	q->for_[q->n++] = g;
}

/* Both periods. */
static void add_both(struct questions *q, const struct report_span *s, const char *by, struct reading g)
{
	add_question(q, by, s->from, s->to, g);
	g.before = true;
	add_question(q, by, s->before_from, s->before_to, g);
}

/* A day is seen among the fourteen that end with it, beside the fourteen before; a week or month beside the one before. */
static void add_trend(struct questions *q, struct report *r, struct day first[2])
{
	first[0] = r->period == REPORT_DAY ? day_add(r->span.from, -13) : r->span.from;
	first[1] = r->period == REPORT_DAY ? day_add(first[0], -14) : r->span.before_from;
	for (struct day d = first[0]; day_compare(d, r->span.to) <= 0 && r->ntrend < REPORT_TREND; d = day_add(d, 1)) {
		r->trend[r->ntrend].day = d;
		r->trend[r->ntrend].begun = day_compare(d, r->today) <= 0;
		counts_none(&r->trend[r->ntrend].now);
		counts_none(&r->trend[r->ntrend++].was);
	}
	add_question(q, "day", first[0], day_add(first[0], r->ntrend - 1), (struct reading){ .row = trend_row, .into = &first[0] });
	add_question(q, "day", first[1], day_add(first[1], r->ntrend - 1), (struct reading){ .row = trend_row, .into = &first[1], .before = true });
}

struct answering { struct report *r; struct questions *q; };

static void on_answer(void *ctx, const struct db_row *row)
{
	struct answering *a = ctx;
	int i = (int)db_row_int(row, 0);
	size_t len;
	const char *text = db_row_text(row, 1, &len);
	json_t *o = text != NULL ? json_loadb(text, len, 0, NULL) : NULL;

	if (o != NULL && i >= 0 && i < a->q->n) {
		a->q->for_[i].r = a->r;
		a->q->for_[i].row(&a->q->for_[i], o);
	}
	json_decref(o);
}

static bool ask_lines(struct asking *a)
{
	struct report *r = a->r;
	struct questions q = { .asked = json_array() };
	struct day first[2];
	char *text;
	bool fine;

	add_both(&q, &r->span, "all", (struct reading){ .row = all_row });
	add_trend(&q, r, first);
	add_question(&q, "weekhour", r->span.from, r->span.to, (struct reading){ .row = heat_row });
	for (int by = 0; by < REPORT_BY_COUNT; by++)
		if (by != REPORT_BY_DAY)
			add_both(&q, &r->span, report_by_wire((enum report_by)by), (struct reading){ .row = line_row, .into = &r->by[by] });
	text = json_dumps(q.asked, JSON_COMPACT);
	fine = text != NULL && sync_run(a->db, SQL_REPORT_EACH, (struct db_param[]){ DB_TEXT(text), DB_TEXT(*a->unit ? a->unit : NULL) }, 2, on_answer,
	    &(struct answering){ r, &q }, a->e);
	free(text);
	json_decref(q.asked);
	return fine;
}

static bool ask_whole(struct asking *a)
{
	const struct report_span *s = &a->r->span;
	char from[11], to[11], before_from[11], before_to[11];

	day_show(s->from, from);
	day_show(s->to, to);
	day_show(s->before_from, before_from);
	day_show(s->before_to, before_to);
	a->r->whole = true;
	return ask(a, SQL_REPORT_RANKING, (struct db_param[]){ DB_TEXT(from), DB_TEXT(to) }, 2, (struct reading){ .row = rank_row }) &&
	    ask(a, SQL_REPORT_RANKING, (struct db_param[]){ DB_TEXT(before_from), DB_TEXT(before_to) }, 2, (struct reading){ .row = rank_row, .before = true }) &&
	    ask(a, SQL_REPORT_GROUPS, (struct db_param[]){ DB_TEXT(from), DB_TEXT(to), DB_TEXT("20") }, 3, (struct reading){ .row = group_row }) &&
	    ask(a, SQL_REPORT_NOTICES, (struct db_param[]){ DB_TEXT(from), DB_TEXT(to) }, 2, (struct reading){ .row = notice_row });
}

static int by_size(const void *a, const void *b)
{
	const struct report_line *x = a, *y = b;
	int64_t n = x->now.received > x->now.dispatched ? x->now.received : x->now.dispatched, m = y->now.received > y->now.dispatched ? y->now.received : y->now.dispatched;

	return n != m ? (n < m ? 1 : -1) : strcmp(x->key, y->key);
}

bool report_read(struct report *r, struct sync *db, enum report_period period, struct day at, const char *unit, struct err *e)
{
	struct asking a = { r, db, e, unit != NULL ? unit : "" };
	bool fine;
	char to[11];

	memset(r, 0, sizeof *r);
	r->period = period;
	r->unit = r->unit_name = arena_strdup(&r->arena, a.unit);
	counts_none(&r->all.now);
	counts_none(&r->all.was);
	r->all.key = r->all.name = "";
	r->span = report_span(period, at, at);
	day_show(r->span.to, to);
	if (!sync_run(db, SQL_DB_SNAPSHOT, NULL, 0, NULL, NULL, e))
		return false;
	fine = ask(&a, SQL_REPORT_STATE, (struct db_param[]){ DB_TEXT(to), DB_TEXT(*a.unit ? a.unit : NULL) }, 2,
	    (struct reading){ .row = state_row });
	r->span = report_span(period, at, r->today);
	fine = fine && ask_lines(&a);
	if (fine && *a.unit == '\0' && !ask_whole(&a)) { /* last of all: a unit reads no ranking, and its snapshot is over with that */
		r->whole = false;
		fine = e->code == ERR_FORBIDDEN;
	}
	sync_run(db, SQL_DB_ROLLBACK, NULL, 0, NULL, NULL, fine ? e : &(struct err){ 0 });
	for (int by = 0; by < REPORT_BY_COUNT; by++)
		if (r->by[by].n > 0)
			qsort(r->by[by].row, (size_t)r->by[by].n, sizeof *r->by[by].row, by_size);
	return fine;
}

void report_free(struct report *r)
{
	for (int by = 0; by < REPORT_BY_COUNT; by++)
		free(r->by[by].row);
	free(r->rank);
	arena_free(&r->arena);
	memset(r, 0, sizeof *r);
}

/* --- words --------------------------------------------------------------------------------------------------------------- */

const char *report_title(const struct report *r)
{
	return r->period == REPORT_DAY ? _("Daily report") : r->period == REPORT_WEEK ? _("Weekly report") : _("Monthly report");
}

const char *report_weekday(int weekday)
{
	static const char *const names[] = { N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday") };

	return _(names[(weekday + 6) % 7]);
}

void report_period_text(const struct report *r, char out[64])
{
	char from[11], to[11];

	day_show(r->span.from, from);
	day_show(r->span.to, to);
	if (r->period == REPORT_DAY)
		snprintf(out, 64, "%s %s", from, report_weekday(day_weekday(r->span.from)));
	else if (r->period == REPORT_WEEK)
		snprintf(out, 64, "%s – %s", from, to);
	else
		snprintf(out, 64, "%.7s", from);
}

const char *report_line_name(enum report_by by, const struct report_line *l)
{
	const char *label = report_key_label(by, l->key);

	if (label != NULL)
		return _(label);
	if (*l->key == '\0')
		return by == REPORT_BY_UNIT ? _("(no unit yet)") : by == REPORT_BY_ITEM ? _("(no duty item)") : by == REPORT_BY_AREA ? _("(place unknown)") : _("(not said)");
	return *l->name ? l->name : l->key;
}

int report_hot(const struct report *r, int *out, int most)
{
	const struct report_lines *l = &r->by[REPORT_BY_ITEM];
	int n = 0;

	for (int i = 0; i < l->n; i++) {
		int64_t rise = l->row[i].now.received - l->row[i].was.received;
		int at;

		if (rise <= 0 || l->row[i].now.received < 5 || *l->row[i].key == '\0')
			continue;
		for (at = n; at > 0 && l->row[out[at - 1]].now.received - l->row[out[at - 1]].was.received < rise; at--)
			if (at < most)
				out[at] = out[at - 1];
		if (at < most)
			out[at] = i;
		n = n < most ? n + 1 : most;
	}
	return n;
}
