/*
 * The centre in figures: today, this week or this month beside the period before; what stands out is drawn, every line and column leads to its
 * cases. For supervisors, administrators and, of their own cases, units. Read when it is opened and when r is pressed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/figures.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/meter.h"
#include "tui/units.h"
#include "tui/views.h"

enum { TILES = 8, TILE_COLS = 19, COLUMN = 9, WIDE = 150, COLUMNS_MAX = 16 };

/* The columns of the table, most wanted first; as many as fit. */
static const struct { enum figure f; const char *heading; } columns[] = {
	{ FIG_RECEIVED, N_("received") }, { FIG_DISPATCH, N_("on time") }, { FIG_CONTACT, N_("contact.") }, { FIG_HANDLE, N_("handled") }, { FIG_DAYS, N_("w. days") },
	{ FIG_SATISFIED, N_("satisf.") }, { FIG_DISPATCHED, N_("to units") }, { FIG_RESOLVED, N_("resolved") }, { FIG_RETURNED, N_("returned %") }, { FIG_REDONE, N_("redone") },
	{ FIG_DAYS_P90, N_("90 % in") }, { FIG_ACCEPTED, N_("signed") }, { FIG_CHASED, N_("chased") }, { FIG_RIGHT1, N_("machine") }, { FIG_GROUPED, N_("grouped") },
	{ FIG_CLOSED, N_("closed") },
};
static const enum figure tiles[TILES] = { FIG_RECEIVED, FIG_DISPATCH, FIG_CONTACT, FIG_HANDLE, FIG_DAYS, FIG_SATISFIED, FIG_RETURNED, FIG_REDONE };
static const char *const periods[] = { N_("today"), N_("this week"), N_("this month") };

struct state { struct figures f; int at, top, page, column, shown; };

static void *figures_open(struct console *c, const void *args)
{
	struct state *v;

	(void)args;
	if (!(c->who.role & (ROLE_SUPERVISOR | ROLE_ADMIN | ROLE_UNIT))) {
		console_say(c, ST_WARN, "%s", _("this view is for supervisors and administrators"));
		return NULL;
	}
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	v->shown = 6;
	figures_init(&v->f, c, REPORT_DAY, c->who.role & ROLE_UNIT ? REPORT_BY_ITEM : REPORT_BY_UNIT);
	return v;
}

static void figures_close(struct console *c, void *state)
{
	struct state *v = state;

	(void)c;
	figures_free(&v->f);
	free(v);
}

/* Nothing here is a case: no action finds one through this view. */
static case_no figures_subject(const struct console *c, const void *state)
{
	(void)c;
	(void)state;
	return 0;
}

static void look(struct state *v, int period, int by)
{
	v->at = v->top = 0;
	figures_look(&v->f, (enum report_period)period, (enum report_by)by);
}

/* The cases behind the chosen column of the chosen line; of a share those that missed it. */
static void drill(struct console *c, struct state *v)
{
	const struct figures_row *r = v->at < v->f.n ? &v->f.row[v->at] : NULL;
	enum figure f = columns[v->column].f;
	char from[11], to[11], title[260];
	bool missed;
	const char *param[] = { figure_table[f].drill, report_by_wire(v->f.by), r ? r->key : "", from, to, NULL };

	if (!r)
		return;
	day_show(v->f.span.from, from);
	day_show(v->f.span.to, to);
	missed = strstr(figure_table[f].drill, "_late") || strcmp(figure_table[f].drill, "poor") == 0;
	snprintf(title, sizeof title, "%s · %s%s", figures_name(&v->f, r), missed ? _("missed: ") : "", _(figure_table[f].label));
	console_open(c, &view_found, &(struct found_of){ title, SQL_REPORT_FOUND, param, 6 });
}

static bool figures_key(struct console *c, void *state, const struct key *k)
{
	struct state *v = state;
	int by = (int)v->f.by, period = (int)v->f.period;

	if (k->code == '\t')
		look(v, period, (by + 1) % REPORT_BY_COUNT);
	else if (k->code == KEYMAP_BACK_TAB)
		look(v, period, (by + REPORT_BY_COUNT - 1) % REPORT_BY_COUNT);
	else if (k->code == '[' || k->code == ']')
		look(v, k->code == '[' ? (period + 2) % 3 : (period + 1) % 3, by);
	else if (k->code == KEYMAP_LEFT || k->code == 'h')
		v->column = v->column > 0 ? v->column - 1 : 0;
	else if (k->code == KEYMAP_RIGHT || k->code == 'l')
		v->column = v->column + 1 < v->shown ? v->column + 1 : v->column;
	else if (k->code == 'r')
		figures_look(&v->f, v->f.period, v->f.by);
	else if (k->code == '\n')
		drill(c, v);
	else
		return false;
	return true;
}

static bool figures_command(struct console *c, void *state, enum command id)
{
	struct state *v = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_OPEN) {
		drill(c, v);
		return true;
	}
	return key && (list_key(&v->at, v->f.n, v->page > 0 ? v->page : 10, key), true);
}

/* --- drawing ------------------------------------------------------------------------------------------------------------ */

static style_t shade(int good)
{
	return good < 0 ? ST_WARN : good > 0 ? ST_GOOD : ST_DIM;
}

/* One headline figure: what it is, its value, and how it stands to the period before. */
static void draw_tile(const struct figures *f, struct grid *g, int row, int col, int cells, enum figure what)
{
	char value[24], change[24], text[40];
	double days[FIGURES_DAYS], one, low = 1e18, high = 0;
	int good, used;

	figure_show(&f->all, what, f->day_s, value);
	figure_change(&f->all, &f->was, what, f->day_s, change, &good);
	grid_field(g, row, col, cells - 1, ST_LABEL, _(figure_table[what].label));
	used = grid_puts(g, row + 1, col, cells - 1, ST_STRONG, value);
	if (*change) {
		snprintf(text, sizeof text, "%s%s", change, good < 0 ? "!" : "");
		used += 1 + grid_puts(g, row + 1, col + used + 1, cells - 2 - used, shade(good), text);
	}
	if (cells - used < 10)
		return;
	for (int i = 0; i < f->ndays; i++) {
		days[i] = figure_value(&f->day[i], what, f->day_s, &one) ? one : -1;
		low = days[i] >= 0 && days[i] < low ? days[i] : low;
		high = days[i] > high ? days[i] : high;
	}
	meter_spark(g, row + 1, col + used + 2, cells - used - 4, days, f->ndays, figure_table[what].kind == FIGURE_COUNT ? 0 : low, high);
}

static int draw_tiles(const struct figures *f, struct grid *g, int row, int cols)
{
	int across = cols >= WIDE ? 8 : 4, cells = (cols - 2) / across;

	for (int i = 0; i < TILES; i++)
		draw_tile(f, g, row + i / across * 2, 2 + i % across * cells, cells, tiles[i]);
	return TILES / across * 2;
}

/* Received and resolved, day by day. */
static void draw_days(const struct figures *f, struct grid *g, int row, int cols)
{
	static const enum figure shown[] = { FIG_RECEIVED, FIG_RESOLVED };
	int col = 2;

	for (int k = 0; k < 2; k++) {
		double days[FIGURES_DAYS], high = 0;

		for (int i = 0; i < f->ndays; i++) {
			days[i] = (double)(k == 0 ? f->day[i].received : f->day[i].resolved);
			high = days[i] > high ? days[i] : high;
		}
		col += grid_puts(g, row, col, cols - col, ST_LABEL, _(figure_table[shown[k]].label)) + 1;
		meter_spark(g, row, col, FIGURES_DAYS, days, f->ndays, 0, high);
		col += f->ndays + 1;
		col += grid_printf(g, row, col, cols - col, ST_DIM, _("at most %.0f"), high) + 3;
	}
	grid_printf(g, row, col, cols - col, ST_DIM, _("%02d-%02d to today"), f->first.month, f->first.day);
}

static void draw_head(struct state *v, struct grid *g, int row, int name, int bar)
{
	char text[60];

	snprintf(text, sizeof text, "%s", _(report_by_heading(v->f.by)));
	grid_field(g, row, 3, name, ST_HEAD, text);
	for (int i = 0; i < v->shown; i++)
		grid_field_right(g, row, 3 + name + bar + i * COLUMN, COLUMN - 1, i == v->column ? ST_TAB_ON : ST_HEAD, _(columns[i].heading));
}

static void draw_rows(struct state *v, const struct console *c, struct grid *g, struct rect area)
{
	const struct figures *f = &v->f;
	int bar = area.cols >= WIDE ? 22 : 8, name = area.cols >= WIDE ? 30 : 18, height = area.rows - 1;
	int64_t most = 1;

	v->shown = (area.cols - 4 - name - bar) / COLUMN;
	v->shown = v->shown > COLUMNS_MAX ? COLUMNS_MAX : v->shown < 1 ? 1 : v->shown;
	v->column = v->column < v->shown ? v->column : v->shown - 1;
	draw_head(v, g, area.row, name, bar);
	v->page = height > 1 ? height - 1 : 1;
	v->top = list_top(v->top, v->at, f->n, height);
	for (int i = 0; i < f->n; i++)
		most = f->row[i].now.received > most ? f->row[i].now.received : most;
	for (int i = 0; i < height && v->top + i < f->n; i++) {
		const struct figures_row *r = &f->row[v->top + i];
		int row = area.row + 1 + i;
		bool on = v->top + i == v->at;
		const char *called = figures_name(f, r);

		if (f->by == REPORT_BY_UNIT && width_text(called, strlen(called)) > name && *r->key)
			called = units_short(c->units, r->key);
		grid_puts(g, row, 1, 1, ST_KEY, on ? "▸" : " ");
		grid_field(g, row, 3, name - 1, ST_TEXT, called);
		meter_bar(g, row, 3 + name, bar - 1, (double)r->now.received / (double)most);
		for (int k = 0; k < v->shown; k++) {
			char value[24], change[24];
			int good;

			figure_show(&r->now, columns[k].f, f->day_s, value);
			figure_change(&r->now, &r->was, columns[k].f, f->day_s, change, &good);
			grid_field_right(g, row, 3 + name + bar + k * COLUMN, COLUMN - 1, strcmp(value, "–") == 0 ? ST_DIM : good < 0 ? ST_WARN : ST_TEXT, value);
		}
		if (on)
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
	}
	if (f->n == 0)
		grid_puts(g, area.row + 2, 4, area.cols - 8, f->error[0] ? ST_BAD : ST_DIM, f->error[0] ? f->error : figures_asking(f) ? _("reading …") :
		    _("nothing in this period"));
}

static void draw_title(const struct state *v, struct grid *g, int row, int cols)
{
	const struct figures *f = &v->f;
	char from[11], to[11], before[11], before_to[11];
	int col = 1, hour, minute, second;

	col += grid_puts(g, row, col, cols - col, ST_STRONG, _("the centre in figures")) + 2;
	for (int i = 0; i < 3; i++) {
		char text[40];

		snprintf(text, sizeof text, " %s ", _(periods[i]));
		col += grid_puts(g, row, col, cols - col, i == (int)f->period ? ST_TAB_ON : ST_TAB, text);
	}
	day_show(f->span.from, from);
	day_show(f->span.to, to);
	day_show(f->span.before_from, before);
	day_show(f->span.before_to, before_to);
	col += 2;
	col += grid_printf(g, row, col, cols - col, ST_DIM, f->period == REPORT_DAY ? "%s" : "%s – %s", from + (f->period == REPORT_DAY ? 0 : 5), to + 5);
	if (cols >= WIDE)
		col += grid_printf(g, row, col, cols - col, ST_DIM, _(" · beside %s – %s"), before, before_to);
	if (f->read_at) {
		clock_local(f->read_at, NULL, NULL, NULL, &hour, &minute, &second);
		col += 2 + grid_printf(g, row, col + 2, cols - col - 2, figures_asking(f) ? ST_WARN : ST_DIM, _("as of %02d:%02d:%02d"), hour, minute, second);
	}
	if (cols >= WIDE) {
		col += 2 + grid_printf(g, row, col + 2, cols - col - 2, ST_TEXT, _("open: %lld"), (long long)f->open);
		grid_printf(g, row, col + 2, cols - col - 2, f->overdue > 0 ? ST_LATE : ST_TEXT, _("late and still open: %lld"), (long long)f->overdue);
	}
}

static void figures_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct state *v = state;
	int row = area.row + 2, col = 2, end = area.row + area.rows;

	(void)now;
	if (v->at >= v->f.n)
		v->at = v->f.n > 0 ? v->f.n - 1 : 0;
	draw_title(v, g, area.row, area.cols);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	row += draw_tiles(&v->f, g, row, area.cols);
	draw_days(&v->f, g, row++, area.cols);
	grid_hline(g, row, 0, area.cols, ST_RULE);
	for (int i = 0; i < REPORT_BY_COUNT; i++) {
		char text[60];

		snprintf(text, sizeof text, " %s ", _(report_by_heading((enum report_by)i)));
		col += grid_puts(g, row, col, area.cols - col, i == (int)v->f.by ? ST_TAB_ON : ST_TAB, text);
	}
	row++;
	if (end - row >= 2)
		draw_rows(v, c, g, (struct rect){ row, 0, end - row, area.cols });
}

static const struct view_key figures_keys[] = {
	{ "Tab", N_("another table") }, { "[ ]", N_("day, week or month") }, { "← →", N_("another column") }, { "Enter", N_("its cases") }, { "r", N_("read anew") },
	{ "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_figures = {
	.name = "figures", .title = N_("the centre in figures"), .place = KEYMAP_LIST, .keys = figures_keys,
	.open = figures_open, .key = figures_key, .command = figures_command, .render = figures_render, .subject = figures_subject, .close = figures_close,
};
