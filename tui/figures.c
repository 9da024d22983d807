#include "tui/figures.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "core/base/clock.h"
#include "tui/i18n.h"

enum { ASK_LINES, ASK_STATE };
enum { AS_ALL, AS_WAS, AS_DAYS, AS_ROWS, AS_ROWS_WAS }; /* what a line of the answer is of */

/* --- rows ------------------------------------------------------------------------------------------------------------- */

static void read_counts(struct counts *c, const json_t *o)
{
	const char *key;
	json_t *v;
	static const char *const tails[] = { "handle_p50", "handle_p90", "handle_p95" };
	double *p[] = { &c->handle_p50, &c->handle_p90, &c->handle_p95 };

	counts_none(c);
	json_object_foreach((json_t *)o, key, v)
		if (json_is_integer(v))
			counts_set(c, key, json_integer_value(v));
	for (int i = 0; i < 3; i++)
		if (json_is_number(json_object_get(o, tails[i])))
			*p[i] = json_number_value(json_object_get(o, tails[i]));
}

static struct figures_row *find_row(struct figures *f, const char *key)
{
	for (int i = 0; i < f->n; i++)
		if (strcmp(f->row[i].key, key) == 0)
			return &f->row[i];
	return NULL;
}

static struct figures_row *new_row(struct figures *f)
{
	if (f->n == f->cap && f->cap < FIGURES_ROWS) {
		int cap = f->cap ? f->cap * 2 : 64;
		struct figures_row *more = realloc(f->row, (size_t)cap * sizeof *more);

		if (!more)
			return NULL;
		f->row = more;
		f->cap = cap;
	}
	return f->n < f->cap ? &f->row[f->n++] : NULL;
}

static void take_row(struct figures *f, const json_t *o, bool before)
{
	char key[72], name[120];
	const char *k = json_string_value(json_object_get(o, "key")), *n = json_string_value(json_object_get(o, "name"));
	struct figures_row *r;

	clean_into(key, sizeof key, k ? k : "");
	clean_into(name, sizeof name, n ? n : "");
	r = before ? find_row(f, key) : new_row(f);
	if (!r)
		return; /* what there was only before has no line of its own on a screen */
	if (!before) {
		memcpy(r->key, key, sizeof key);
		memcpy(r->name, name, sizeof name);
		counts_none(&r->was);
	}
	read_counts(before ? &r->was : &r->now, o);
}

static void take_day(struct figures *f, const json_t *o)
{
	const char *key = json_string_value(json_object_get(o, "key"));
	struct day d;

	if (!key || !day_parse(key, &d))
		return;
	for (int i = 0; i < f->ndays; i++)
		if (day_compare(day_add(f->first, i), d) == 0)
			read_counts(&f->day[i], o);
}

static void line_told(void *who, int columns, const char *const *column)
{
	struct figures *f = ((struct figures_ask *)who)->f;
	json_t *o = columns > 1 ? json_loads(column[1], JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (json_is_object(o))
		switch (atoi(column[0])) {
		case AS_ALL:      read_counts(&f->all, o); break;
		case AS_WAS:      read_counts(&f->was, o); break;
		case AS_DAYS:     take_day(f, o); break;
		case AS_ROWS:     take_row(f, o, false); break;
		case AS_ROWS_WAS: take_row(f, o, true); break;
		}
	json_decref(o);
}

static void state_told(void *who, int columns, const char *const *column)
{
	struct figures *f = ((struct figures_ask *)who)->f;
	json_t *o = columns > 0 ? json_loads(column[0], JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *now = json_string_value(json_object_get(o, "now"));

	f->day_s = json_number_value(json_object_get(o, "day_s"));
	f->open = json_integer_value(json_object_get(o, "open_cases"));
	f->overdue = json_integer_value(json_object_get(o, "overdue"));
	if (!now || !clock_parse(now, strlen(now), &f->read_at))
		f->read_at = f->c->now;
	json_decref(o);
}

static void all_told(void *who, const struct err *e, size_t rows)
{
	struct figures_ask *q = who;

	(void)rows;
	q->on = false;
	if (e)
		snprintf(q->f->error, sizeof q->f->error, "%s", _(err_sentence(e->code)));
	q->f->c->dirty = true;
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

static void add(json_t *list, int as, const char *by, struct day from, struct day to)
{
	char text[8], first[11], last[11];

	snprintf(text, sizeof text, "%d", as);
	day_show(from, first);
	day_show(to, last);
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "as", text, "from", first, "to", last, "by", by));
}

static void put(struct figures *f, int which, enum statement s, const char *const *args, int n)
{
	struct figures_ask *q = &f->ask[which];
	uint64_t handle;

	if (q->on)
		f->c->port->forget(f->c->port_ctx, q->handle);
	q->on = true;
	handle = console_ask(f->c, s, args, n, which == ASK_LINES ? line_told : state_told, all_told, q);
	if (q->on)
		q->handle = handle;
}

static struct day centre_day(const struct console *c)
{
	struct day d;

	clock_local(c->now ? c->now : clock_now(), &d.year, &d.month, &d.day, NULL, NULL, NULL);
	return d;
}

void figures_look(struct figures *f, enum report_period period, enum report_by by)
{
	struct day today = centre_day(f->c);
	json_t *list = json_array();
	char *text, last[11];

	f->period = period;
	f->by = by;
	f->span = report_span(period, today, today);
	f->first = period == REPORT_MONTH ? f->span.from : day_add(today, -13);
	f->ndays = 1;
	while (day_compare(day_add(f->first, f->ndays - 1), today) < 0 && f->ndays < FIGURES_DAYS)
		f->ndays++;
	f->n = 0;
	f->error[0] = '\0';
	counts_none(&f->all);
	counts_none(&f->was);
	for (int i = 0; i < f->ndays; i++)
		counts_none(&f->day[i]);
	add(list, AS_ALL, "all", f->span.from, f->span.to);
	add(list, AS_WAS, "all", f->span.before_from, f->span.before_to);
	add(list, AS_DAYS, "day", f->first, today);
	add(list, AS_ROWS, report_by_wire(by), f->span.from, f->span.to);
	if (by != REPORT_BY_DAY)
		add(list, AS_ROWS_WAS, report_by_wire(by), f->span.before_from, f->span.before_to);
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	if (!text)
		return;
	day_show(f->span.to, last);
	put(f, ASK_LINES, SQL_REPORT_EACH, (const char *[]){ text, NULL }, 2);
	put(f, ASK_STATE, SQL_REPORT_STATE, (const char *[]){ last, NULL }, 2);
	free(text);
}

bool figures_asking(const struct figures *f)
{
	return f->ask[ASK_LINES].on || f->ask[ASK_STATE].on;
}

const char *figures_name(const struct figures *f, const struct figures_row *r)
{
	const char *label = report_key_label(f->by, r->key);

	return label ? _(label) : *r->name ? r->name : *r->key ? r->key : _("(none)");
}

void figures_init(struct figures *f, struct console *c, enum report_period period, enum report_by by)
{
	memset(f, 0, sizeof *f);
	f->c = c;
	f->ask[0].f = f->ask[1].f = f;
	figures_look(f, period, by);
}

void figures_free(struct figures *f)
{
	for (int i = 0; i < 2; i++)
		if (f->ask[i].on)
			f->c->port->forget(f->c->port_ctx, f->ask[i].handle);
	free(f->row);
}
