/*
 * Cases that a question to PostgreSQL found: those behind a figure, of a hot spot, of a topic; open ones and past. Whoever opens it says the
 * question, which answers one JSON object a case, as fenbo._line makes it. Enter opens a case in full.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/units.h"
#include "tui/views.h"

enum { FOUND_MAX = 5000 };

struct found_row { case_no no; usec_t at; enum stage stage; char title[200], unit[64], place[64], outcome[20]; };
struct found {
	struct console *c;
	char title[200], error[160];
	struct found_row *row; /* owned */
	int n, cap, at, top, page;
	bool asking, more;     /* more: there are others beyond FOUND_MAX */
	uint64_t handle;
};

static void text(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s = json_string_value(json_object_get(o, key));

	clean_into(out, size, s ? s : "");
}

static struct found_row *new_row(struct found *v)
{
	if (v->n == v->cap && v->cap < FOUND_MAX) {
		int cap = v->cap ? v->cap * 2 : 64;
		struct found_row *more = realloc(v->row, (size_t)cap * sizeof *more);

		if (!more)
			return NULL;
		v->row = more;
		v->cap = cap;
	}
	v->more |= v->n == v->cap;
	return v->n < v->cap ? &v->row[v->n++] : NULL;
}

static void row_read(void *who, int columns, const char *const *column)
{
	struct found *v = who;
	json_t *o = columns > 0 ? json_loads(column[0], JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *at = json_string_value(json_object_get(o, "received_at")), *stage = json_string_value(json_object_get(o, "stage"));
	const char *id = json_string_value(json_object_get(o, "id"));
	case_no no = 0;
	struct found_row *r = id && number_parse(id, strlen(id), &no) ? new_row(v) : NULL;

	if (r) {
		memset(r, 0, sizeof *r);
		r->no = no;
		if (!at || !clock_parse(at, strlen(at), &r->at))
			r->at = 0;
		if (!stage || !stage_parse(stage, &r->stage))
			r->stage = STAGE_TRIAGE;
		text(o, "title", r->title, sizeof r->title);
		text(o, "unit", r->unit, sizeof r->unit);
		text(o, "place", r->place, sizeof r->place);
		text(o, "outcome", r->outcome, sizeof r->outcome);
	}
	json_decref(o);
}

static void rows_read(void *who, const struct err *e, size_t rows)
{
	struct found *v = who;

	(void)rows;
	v->asking = false;
	snprintf(v->error, sizeof v->error, "%s", e ? _(err_sentence(e->code)) : "");
	v->c->dirty = true;
}

static void *found_open(struct console *c, const void *args)
{
	const struct found_of *of = args;
	struct found *v = calloc(1, sizeof *v);
	uint64_t handle;

	if (!v)
		return NULL;
	v->c = c;
	v->asking = true;
	snprintf(v->title, sizeof v->title, "%s", of->title);
	handle = console_ask(c, of->statement, of->param, of->params, row_read, rows_read, v);
	if (v->asking)
		v->handle = handle;
	return v;
}

static void found_close(struct console *c, void *state)
{
	struct found *v = state;

	if (v->asking)
		c->port->forget(c->port_ctx, v->handle);
	free(v->row);
	free(v);
}

static case_no found_subject(const struct console *c, const void *state)
{
	const struct found *v = state;

	(void)c;
	return v->at < v->n ? v->row[v->at].no : 0;
}

static bool found_command(struct console *c, void *state, enum command id)
{
	struct found *v = state;
	uint32_t key = list_command(id);

	(void)c;
	if (key == 0)
		return false;
	list_key(&v->at, v->n, v->page, key);
	return true;
}

static void draw_row(const struct console *c, const struct found_row *r, struct grid *g, int row)
{
	int unit = g->cols >= 118 ? 22 : 12, place = g->cols >= 118 ? 20 : 0, title = g->cols - 31 - 9 - unit - place, col = 2;
	int year, month, day, hour, minute, second;
	enum outcome outcome;
	char text[64];

	number_show(r->no, text);
	grid_field(g, row, col, 15, ST_NUMBER, text);
	col += 16;
	clock_local(r->at, &year, &month, &day, &hour, &minute, &second);
	snprintf(text, sizeof text, r->at ? "%02d-%02d %02d:%02d" : "", month, day, hour, minute);
	grid_field(g, row, col, 11, ST_DIM, text);
	col += 12;
	if (title > 7)
		grid_field(g, row, col, title - 1, *r->title ? ST_TEXT : ST_DIM, *r->title ? r->title : _("not yours to see"));
	col += title > 0 ? title : 0;
	if (place)
		grid_field(g, row, col, place - 1, ST_DIM, r->place);
	col += place;
	grid_field(g, row, col, unit - 1, ST_TEXT, *r->unit ? units_short(c->units, r->unit) : "");
	col += unit;
	grid_field(g, row, col, 9, ST_LABEL, r->stage == STAGE_CLOSED && outcome_parse(r->outcome, &outcome) && outcome != OUTCOME_NONE ?
	    _(outcome_label(outcome)) : _(stage_label(r->stage)));
}

static void found_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct found *v = state;

	(void)now;
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, v->more ? _("%s (more than %d)") : _("%s (%d)"), v->title, v->n);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (v->n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, v->error[0] ? ST_BAD : ST_DIM, v->error[0] ? v->error : v->asking ? _("reading …") : _("no cases"));
	v->page = area.rows > 3 ? area.rows - 3 : 1;
	v->top = list_top(v->top, v->at, v->n, area.rows - 2);
	for (int i = 0; i < area.rows - 2 && v->top + i < v->n; i++) {
		int row = area.row + 2 + i;

		draw_row(c, &v->row[v->top + i], g, row);
		if (v->top + i == v->at) {
			grid_puts(g, row, 0, 1, ST_KEY, "▸");
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
		}
	}
}

const struct view view_found = {
	.name = "found", .title = N_("cases"), .place = KEYMAP_LIST,
	.open = found_open, .command = found_command, .render = found_render, .subject = found_subject, .close = found_close,
};
