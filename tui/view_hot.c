/*
 * Where something rises: hot spots and signals with what was expected and what came, day by day, and the heat table of streets by classes of
 * matters. Tab changes between them, Enter shows the cases, and a supervisor says what a hot spot was: real, known already, or nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/hotspots.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/meter.h"
#include "tui/views.h"

enum { ANEW_US = 20 * 1000000, BOTH_ROWS = 46, LIST_LEAST = 8, CELL_COLS = 10 };

static const struct { int s; const char *name; } windows[] = { { 3600, N_("one hour") }, { 86400, N_("one day") }, { 604800, N_("one week") } };
enum { WINDOWS = sizeof windows / sizeof windows[0] };

struct state {
	struct hotspots_read r;
	int window, at, top, page, left; /* left: first column of the heat table */
	bool heat;                       /* the table has the keys */
	usec_t asked;
	bool settling;
	uint64_t settle;
};

static void *hot_open(struct console *c, const void *args)
{
	struct state *v;

	(void)args;
	if (!(c->who.role & (ROLE_DISPATCHER | ROLE_SUPERVISOR | ROLE_ADMIN))) {
		console_say(c, ST_WARN, "%s", _("this view is for the centre"));
		return NULL;
	}
	if (!(v = calloc(1, sizeof *v)))
		return NULL;
	v->window = 1;
	hotspots_read_init(&v->r, c, windows[v->window].s);
	v->r.at = &v->at;
	v->asked = c->mono;
	hotspots_ask(&v->r);
	return v;
}

static void hot_close(struct console *c, void *state)
{
	struct state *v = state;

	if (v->settling)
		c->port->forget(c->port_ctx, v->settle);
	hotspots_read_free(&v->r);
	free(v);
}

static bool hot_work(struct console *c, void *state)
{
	struct state *v = state;

	/* Not while something stands over the list: its answer is about the line it was asked at. */
	if (console_top(c)->state != state || c->mono - v->asked < ANEW_US || hotspots_asking(&v->r) || c->db != LINK_UP || c->locked)
		return false;
	v->asked = c->mono;
	hotspots_ask(&v->r);
	return false;
}

/* Nothing here is a case: no action finds one through this view. */
static case_no hot_subject(const struct console *c, const void *state)
{
	(void)c;
	(void)state;
	return 0;
}

/* --- keys --------------------------------------------------------------------------------------------------------------- */

static void drill(struct console *c, const struct state *v)
{
	const struct hot_row *h = v->at < v->r.n ? &v->r.row[v->at] : NULL;
	char id[24], title[240];
	const char *param[] = { id };

	if (!h || v->heat) {
		console_say(c, ST_INFO, "%s", v->heat ? _("choose a line of the list: Tab") : _("nothing is rising"));
		return;
	}
	snprintf(id, sizeof id, "%lld", (long long)h->id);
	snprintf(title, sizeof title, "%s · %s", *h->matter ? h->matter : _("anything"), *h->place ? h->place : _("the whole city"));
	console_open(c, &view_found, &(struct found_of){ title, SQL_HOTSPOT_CASES, param, 1 });
}

static void settled_row(void *who, int columns, const char *const *column)
{
	(void)who, (void)columns, (void)column;
}

static void settled(void *who, const struct err *e, size_t rows)
{
	struct state *v = who;

	(void)rows;
	v->settling = false;
	if (e)
		console_say(v->r.c, ST_WARN, "%s", _(err_sentence(e->code)));
	hotspots_ask(&v->r);
}

static void settle(struct console *c, struct state *v, const char *verdict)
{
	const struct hot_row *h = v->at < v->r.n ? &v->r.row[v->at] : NULL;
	char id[24];
	const char *args[] = { id, verdict, NULL };
	uint64_t handle;

	if (!(c->who.role & (ROLE_SUPERVISOR | ROLE_ADMIN))) {
		console_say(c, ST_INFO, "%s", _("a supervisor says what it was"));
		return;
	}
	if (!h || v->settling || !list_sure(c, v->r.lost))
		return;
	snprintf(id, sizeof id, "%lld", (long long)h->id);
	v->settling = true;
	handle = console_ask(c, SQL_HOTSPOT_SETTLE, args, 3, settled_row, settled, v);
	if (v->settling)
		v->settle = handle;
}

static bool hot_key(struct console *c, void *state, const struct key *k)
{
	struct state *v = state;

	if (k->code == '\t' || k->code == KEYMAP_BACK_TAB) {
		v->heat = !v->heat;
		v->r.at = v->heat ? NULL : &v->at; /* in the table the cursor is on a street */
	} else if (k->code == '[' || k->code == ']') {
		if (k->code == '[' ? v->window > 0 : v->window + 1 < WINDOWS)
			hotspots_window(&v->r, windows[v->window += k->code == ']' ? 1 : -1].s);
	} else if (v->heat && k->code == KEYMAP_RIGHT)
		v->left += v->left + 1 < v->r.heat.matters;
	else if (v->heat && k->code == KEYMAP_LEFT)
		v->left -= v->left > 0;
	else if (k->code == '\n')
		drill(c, v);
	else if (!v->heat && k->code == 'r')
		settle(c, v, "real");
	else if (!v->heat && k->code == 'x')
		settle(c, v, "nothing");
	else if (!v->heat && k->code == 'a')
		settle(c, v, "known");
	else
		return false;
	return true;
}

static bool hot_command(struct console *c, void *state, enum command id)
{
	struct state *v = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_OPEN)
		drill(c, v);
	else if (key)
		list_key(&v->at, v->heat ? v->r.heat.places : v->r.n, v->page > 0 ? v->page : 10, key);
	return id == COMMAND_OPEN || key != 0;
}

/* --- drawing -------------------------------------------------------------------------------------------------------------- */

static const char *verdict_label(const struct hot_row *h)
{
	if (strcmp(h->verdict, "real") == 0)
		return _("real");
	if (strcmp(h->verdict, "known") == 0)
		return _("known already");
	if (strcmp(h->verdict, "nothing") == 0)
		return _("nothing");
	return h->ended ? _("over") : "";
}

static void window_text(int s, char *out, size_t size)
{
	if (s < 86400)
		snprintf(out, size, _("%d h"), s / 3600);
	else
		snprintf(out, size, _("%d d"), s / 86400);
}

static void draw_spot(const struct hot_row *h, struct grid *g, int row, bool on)
{
	bool wide = g->cols >= 118;
	int name = wide ? 34 : 22, place = wide ? 22 : 14, days = wide ? HOT_DAYS : 0, col = 2;
	style_t style = h->ended || *h->verdict ? ST_DIM : h->weak ? ST_SOON : ST_LATE;
	double day[HOT_DAYS], most = 1;
	char text[64], window[16];

	for (int i = 0; i < HOT_DAYS; i++) {
		day[i] = h->day[i];
		most = day[i] > most ? day[i] : most;
	}
	grid_puts(g, row, 0, 1, on ? ST_KEY : style, on ? "▸" : h->weak ? "△" : "▲");
	grid_field(g, row, col, name - 1, style, *h->matter ? h->matter : _("anything"));
	col += name;
	grid_field(g, row, col, place - 1, ST_TEXT, *h->place ? h->place : _("the whole city"));
	col += place;
	window_text(h->window_s, window, sizeof window);
	snprintf(text, sizeof text, _("%d people in %s"), h->people, window);
	grid_field(g, row, col, 16, ST_STRONG, text);
	col += 17;
	if (h->expected < 0.05)
		snprintf(text, sizeof text, "%s", _("usually none"));
	else
		snprintf(text, sizeof text, h->expected < 10 ? _("usually %.1f") : _("usually %.0f"), h->expected);
	grid_field(g, row, col, 11, ST_DIM, text);
	col += 12;
	if (days) {
		meter_spark(g, row, col, days, day, HOT_DAYS, 0, most);
		col += days + 2;
	}
	if (*verdict_label(h))
		grid_field(g, row, col, g->cols - col, ST_LABEL, verdict_label(h));
	else {
		int year, month, dom, hour, minute, second;

		clock_local(h->since, &year, &month, &dom, &hour, &minute, &second);
		if (wide)
			snprintf(text, sizeof text, _("since %02d-%02d %02d:%02d"), month, dom, hour, minute);
		else
			snprintf(text, sizeof text, "%02d-%02d %02d:%02d", month, dom, hour, minute);
		grid_field(g, row, col, g->cols - col, ST_DIM, text);
	}
	if (on)
		grid_mark(g, (struct rect){ row, 0, 1, g->cols }, STYLE_CURSOR);
}

static void draw_list(struct state *v, struct grid *g, struct rect area)
{
	if (v->r.n == 0)
		grid_puts(g, area.row + 1, 4, area.cols - 8, v->r.error[0] ? ST_BAD : ST_DIM, v->r.error[0] ? v->r.error : hotspots_asking(&v->r) ? _("reading …") :
		    _("nothing is rising against its own past"));
	if (!v->heat) {
		v->page = area.rows;
		v->top = list_top(v->top, v->at, v->r.n, area.rows);
	}
	for (int i = 0; i < area.rows && v->top + i < v->r.n; i++)
		draw_spot(&v->r.row[v->top + i], g, area.row + i, !v->heat && v->top + i == v->at);
}

/* How much more than usual, as a sign, so that it is seen without colour; the style says it again. */
static const char *heat_sign(const struct heat_cell *c, style_t *style)
{
	double times = (c->people + 1) / (c->expected + 1);

	*style = times >= 3 ? ST_LATE : times >= 1.8 ? ST_SOON : ST_TEXT;
	return times >= 3 ? "█" : times >= 1.8 ? "▓" : times >= 1.2 ? "▒" : times >= 0.8 ? "░" : "·";
}

static void draw_heat(struct state *v, struct grid *g, struct rect area)
{
	const struct heat *h = &v->r.heat;
	int name = area.cols >= 118 ? 20 : 12, shown = (area.cols - name - 9) / CELL_COLS, top = 0;

	if (v->left + shown > h->matters)
		v->left = h->matters > shown ? h->matters - shown : 0;
	if (h->places == 0) {
		grid_puts(g, area.row + 1, 4, area.cols - 8, ST_DIM, hotspots_asking(&v->r) ? _("reading …") : _("the heat table has not been made yet"));
		return;
	}
	grid_field_right(g, area.row, name + 1, 6, ST_HEAD, _("people"));
	for (int k = 0; k < shown && v->left + k < h->matters; k++)
		grid_field(g, area.row, name + 9 + k * CELL_COLS, CELL_COLS - 1, ST_HEAD, h->matter[v->left + k]);
	if (v->heat) {
		v->page = area.rows - 1;
		top = v->at >= area.rows - 1 ? v->at - area.rows + 2 : 0;
	}
	for (int i = 0; i + 1 < area.rows && top + i < h->places; i++) {
		int row = area.row + 1 + i, p = top + i;

		grid_field(g, row, 1, name - 1, ST_LABEL, h->place[p]);
		grid_printf(g, row, name + 1, 6, ST_STRONG, "%6d", h->of_place[p]);
		for (int k = 0; k < shown && v->left + k < h->matters; k++) {
			const struct heat_cell *c = &h->cell[p][v->left + k];
			style_t style;
			const char *sign = heat_sign(c, &style);
			int col = name + 9 + k * CELL_COLS;

			if (c->people == 0)
				continue;
			grid_puts(g, row, col, 2, style, sign);
			grid_puts(g, row, col + 1, 2, style, sign);
			grid_printf(g, row, col + 3, CELL_COLS - 4, style, "%d", c->people);
		}
		if (v->heat && p == v->at)
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
	}
}

static int draw_tabs(const struct state *v, struct grid *g, int row, int cols)
{
	int col = 1;

	col += grid_puts(g, row, col, cols - col, v->heat ? ST_TAB : ST_TAB_ON, _(" rising ")) + 1;
	col += grid_puts(g, row, col, cols - col, v->heat ? ST_TAB_ON : ST_TAB, _(" streets by matters ")) + 2;
	for (int i = 0; i < WINDOWS; i++) {
		char text[24];

		snprintf(text, sizeof text, " %s ", _(windows[i].name));
		col += grid_puts(g, row, col, cols - col, i == v->window ? ST_TAB_ON : ST_TAB, text);
	}
	if (cols - col > 50)
		grid_puts(g, row, col + 2, cols - col - 2, ST_DIM, _("█ three times the usual  ▓ twice  ▒ more  ░ as usual"));
	return row + 1;
}

static void hot_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct state *v = state;
	int row = draw_tabs(v, g, area.row, area.cols), rows = area.row + area.rows - row - 1, list;

	(void)c, (void)now;
	if (v->at >= (v->heat ? v->r.heat.places : v->r.n))
		v->at = 0;
	grid_hline(g, row++, 0, area.cols, ST_RULE);
	if (area.rows < BOTH_ROWS) { /* one at a time */
		if (v->heat)
			draw_heat(v, g, (struct rect){ row, 0, rows, area.cols });
		else
			draw_list(v, g, (struct rect){ row, 0, rows, area.cols });
		return;
	}
	list = v->r.n < LIST_LEAST ? LIST_LEAST : v->r.n > rows / 2 ? rows / 2 : v->r.n;
	draw_list(v, g, (struct rect){ row, 0, list, area.cols });
	grid_hline(g, row + list, 0, area.cols, ST_RULE);
	draw_heat(v, g, (struct rect){ row + list + 1, 0, rows - list - 1, area.cols });
}

static const struct view_key hot_keys[] = {
	{ "Tab", N_("list or heat table") }, { "[ ]", N_("hour, day, week") }, { "Enter", N_("its cases") }, { "r", N_("it is real") },
	{ "a", N_("known already") }, { "x", N_("it is nothing") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_hot = {
	.name = "hot", .title = N_("what is rising"), .place = KEYMAP_LIST, .keys = hot_keys,
	.open = hot_open, .key = hot_key, .command = hot_command, .render = hot_render, .subject = hot_subject, .work = hot_work, .close = hot_close,
};
