/* The cases behind a line of the accuracy view: what the machine said first, how surely, and what people decided. Enter opens one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/meter.h"
#include "tui/units.h"
#include "tui/views.h"

enum { MISSED_MAX = 500 };

struct missed_row { case_no no; usec_t at; char title[200], said[64], unit[64], person[64]; double p; int rank; bool returned; };
struct missed {
	struct console *c;
	char title[200], error[160];
	struct missed_row *row; /* owned */
	int n, at, top, page;
	bool asking;
	uint64_t handle;
};

static void row_read(void *who, int columns, const char *const *column)
{
	struct missed *v = who;
	struct missed_row *r;

	if (columns < 9 || v->n == MISSED_MAX)
		return;
	r = realloc(v->row, ((size_t)v->n + 1) * sizeof *r);
	if (!r)
		return;
	v->row = r;
	r += v->n++;
	memset(r, 0, sizeof *r);
	r->no = atoll(column[0]);
	if (!clock_parse(column[1], strlen(column[1]), &r->at))
		r->at = 0;
	clean_into(r->title, sizeof r->title, column[2]);
	clean_into(r->said, sizeof r->said, column[3]);
	r->p = atof(column[4]);
	clean_into(r->unit, sizeof r->unit, column[5]);
	r->rank = atoi(column[6]);
	r->returned = column[7][0] == 't';
	clean_into(r->person, sizeof r->person, column[8]);
}

static void rows_read(void *who, const struct err *e, size_t rows)
{
	struct missed *v = who;

	(void)rows;
	v->asking = false;
	snprintf(v->error, sizeof v->error, "%s", e ? _(err_sentence(e->code)) : "");
	v->c->dirty = true;
}

static void *missed_open(struct console *c, const void *args)
{
	const struct missed_of *of = args;
	struct missed *v = calloc(1, sizeof *v);
	const char *asked[] = { of->from, NULL, of->by, of->key, "500" };
	uint64_t handle;

	if (!v)
		return NULL;
	v->c = c;
	v->asking = true;
	snprintf(v->title, sizeof v->title, "%s", of->name);
	handle = console_ask(c, SQL_ACCURACY_CASES, asked, 5, row_read, rows_read, v);
	if (v->asking)
		v->handle = handle;
	return v;
}

static void missed_close(struct console *c, void *state)
{
	struct missed *v = state;

	if (v->asking)
		c->port->forget(c->port_ctx, v->handle);
	free(v->row);
	free(v);
}

static case_no missed_subject(const struct console *c, const void *state)
{
	const struct missed *v = state;

	(void)c;
	return v->at < v->n ? v->row[v->at].no : 0;
}

static bool missed_command(struct console *c, void *state, enum command id)
{
	struct missed *v = state;
	uint32_t key = list_command(id);

	(void)c;
	if (key == 0)
		return false;
	list_key(&v->at, v->n, v->page, key);
	return true;
}

static void missed_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct missed *v = state;
	bool wide = area.cols >= 118;
	int unit = wide ? 20 : 10, rest = 2 + 16 + 12 + unit + 5 + 2 + unit + 5 + (wide ? 12 : 0), title = area.cols - rest - 1;

	(void)now;
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("decided otherwise: %s (%d)"), v->title, v->n);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (v->n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, v->error[0] ? ST_BAD : ST_DIM, v->error[0] ? v->error : v->asking ? _("reading …") :
		    _("none: the first unit was always right"));
	v->page = area.rows > 3 ? area.rows - 3 : 1;
	v->top = list_top(v->top, v->at, v->n, area.rows - 2);
	for (int i = 0; i < area.rows - 2 && v->top + i < v->n; i++) {
		const struct missed_row *r = &v->row[v->top + i];
		int row = area.row + 2 + i, col = 2, year, month, day, hour, minute, second;
		bool on = v->top + i == v->at;
		char text[40];

		if (on)
			grid_puts(g, row, 0, 1, ST_KEY, "▸");
		number_show(r->no, text);
		grid_field(g, row, col, 15, ST_NUMBER, text);
		col += 16;
		clock_local(r->at, &year, &month, &day, &hour, &minute, &second);
		snprintf(text, sizeof text, "%02d-%02d %02d:%02d", month, day, hour, minute);
		grid_field(g, row, col, 11, ST_DIM, text);
		col += 12;
		if (title > 7)
			grid_field(g, row, col, title - 1, ST_TEXT, r->title);
		col += title > 0 ? title : 0;
		grid_field(g, row, col, unit, ST_TEXT, *r->said ? units_short(c->units, r->said) : "");
		col += unit;
		meter_percent(r->p, text);
		grid_puts(g, row, col, 4, ST_DIM, text);
		col += 5;
		grid_puts(g, row, col, 2, ST_LABEL, "→");
		col += 2;
		grid_field(g, row, col, unit, ST_STRONG, *r->unit ? units_short(c->units, r->unit) : "");
		col += unit;
		/* Sent back by the unit, or where among the three it stood. */
		if (r->returned)
			grid_puts(g, row, col, 5, ST_WARN, _("ret."));
		else if (r->rank > 1)
			grid_printf(g, row, col, 5, ST_DIM, _("no. %d"), r->rank);
		if (wide)
			grid_field(g, row, col + 5, 12, ST_DIM, r->person);
		if (on)
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
	}
}

const struct view view_missed = {
	.name = "missed", .title = N_("decided otherwise"), .place = KEYMAP_LIST,
	.open = missed_open, .command = missed_command, .render = missed_render, .subject = missed_subject, .close = missed_close,
};
