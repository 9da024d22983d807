/*
 * How often the machine was right: over one day, a week or a month, by unit, item, shift, model, channel or day; whether its probabilities mean
 * what they say; and where it has become worse than the week before, beyond chance. Enter shows the cases that people decided otherwise.
 * For supervisors and administrators; read anew every half minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/accuracy.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/meter.h"
#include "tui/units.h"
#include "tui/views.h"

enum { ANEW_US = 30 * 1000000, FLAGS_SHOWN = 3, BOTH_COLS = 196, ROWS_COLS = 118 };

static const int periods[] = { 1, 7, 30 };
enum { PERIODS = sizeof periods / sizeof periods[0] };

struct state { struct accuracy a; int period, at, top, page; usec_t asked; };

static void *accuracy_open(struct console *c, const void *args)
{
	struct state *v;

	(void)args;
	if (!(c->who.role & (ROLE_SUPERVISOR | ROLE_ADMIN))) {
		console_say(c, ST_WARN, "%s", _("this view is for supervisors and administrators"));
		return NULL;
	}
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	v->period = 1;
	accuracy_init(&v->a, c, periods[v->period]);
	v->asked = c->mono;
	accuracy_ask_all(&v->a);
	return v;
}

static void accuracy_close(struct console *c, void *state)
{
	struct state *v = state;

	(void)c;
	accuracy_free(&v->a);
	free(v);
}

static bool accuracy_work(struct console *c, void *state)
{
	struct state *v = state;

	if (c->mono - v->asked < ANEW_US || accuracy_asking(&v->a) || c->db != LINK_UP || c->locked)
		return false;
	v->asked = c->mono;
	accuracy_ask_all(&v->a);
	return false;
}

/* Nothing here is a case: no action finds one through this view. */
static case_no accuracy_subject(const struct console *c, const void *state)
{
	(void)c;
	(void)state;
	return 0;
}

static int lines_of(const struct state *v)
{
	return v->a.by == ACCURACY_BIN ? v->a.nbins : v->a.n;
}

static void look(struct state *v, int by, int period)
{
	v->period = period;
	v->at = v->top = 0;
	v->asked = v->a.c->mono;
	accuracy_look(&v->a, (enum accuracy_by)by, periods[period]);
}

static void drill(struct console *c, struct state *v)
{
	struct missed_of of = { .by = accuracy_wire(v->a.by), .from = v->a.from };

	if (v->a.by == ACCURACY_BIN || v->at >= v->a.n) {
		console_say(c, ST_INFO, "%s", _("choose a line of the other tables: Tab"));
		return;
	}
	of.key = v->a.row[v->at].key;
	of.name = *v->a.row[v->at].name ? v->a.row[v->at].name : of.key;
	console_open(c, &view_missed, &of);
}

static bool accuracy_key(struct console *c, void *state, const struct key *k)
{
	struct state *v = state;
	int by = (int)v->a.by;

	if (k->code == '\t' || k->code == KEYMAP_RIGHT)
		look(v, (by + 1) % ACCURACY_COUNT, v->period);
	else if (k->code == KEYMAP_BACK_TAB || k->code == KEYMAP_LEFT)
		look(v, (by + ACCURACY_COUNT - 1) % ACCURACY_COUNT, v->period);
	else if (k->code == '[' && v->period > 0)
		look(v, by, v->period - 1);
	else if (k->code == ']' && v->period + 1 < PERIODS)
		look(v, by, v->period + 1);
	else if (k->code == '\n')
		drill(c, v);
	else
		return k->code == '[' || k->code == ']';
	return true;
}

static bool accuracy_command(struct console *c, void *state, enum command id)
{
	struct state *v = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_OPEN)
		drill(c, v);
	else if (key)
		list_key(&v->at, lines_of(v), v->page > 0 ? v->page : 10, key);
	return id == COMMAND_OPEN || key != 0;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static int share_text(struct grid *g, int row, int col, style_t style, double share)
{
	char text[8];

	meter_percent(share, text);
	return col + grid_puts(g, row, col, 4, style, text);
}

static void draw_summary(const struct state *v, struct grid *g, int row, int cols)
{
	const struct accuracy *a = &v->a;
	int bar = cols >= 118 ? 20 : 8, col = 2;
	char text[80];

	if (a->all.decided == 0) {
		grid_puts(g, row, col, cols - 4, a->error[0] ? ST_BAD : ST_DIM, a->error[0] ? a->error : accuracy_asking(a) ? _("reading …") :
		    _("nothing was decided in these days on what the machine said"));
		return;
	}
	snprintf(text, sizeof text, _("%ld decided"), a->all.decided);
	col += grid_puts(g, row, col, cols - col, ST_STRONG, text) + 3;
	col += grid_puts(g, row, col, cols - col, ST_LABEL, _("first ")) ;
	meter_bar(g, row, col, bar, a->all.share1);
	col = share_text(g, row, col + bar + 1, ST_STRONG, a->all.share1) + 2;
	col += grid_puts(g, row, col, cols - col, ST_LABEL, _("of three ")) ;
	meter_bar(g, row, col, bar, a->all.share3);
	col = share_text(g, row, col + bar + 1, ST_STRONG, a->all.share3) + 2;
	snprintf(text, sizeof text, _("off by %.1f points"), a->all.off * 100);
	grid_puts(g, row, col, cols - col, ST_TEXT, text);
}

/* The first unit right, day by day, between the worst and the best tenth. */
static void draw_days(const struct accuracy *a, struct grid *g, int row, int cols)
{
	double value[ACCURACY_DAYS], low = 1, high = 0;
	int col = 2;
	char text[80];

	if (a->ndays == 0)
		return;
	for (int i = 0; i < a->ndays; i++) {
		value[i] = a->day[i].share1;
		low = value[i] < low ? value[i] : low;
		high = value[i] > high ? value[i] : high;
	}
	low = (double)(int)(low * 10) / 10;
	high = (double)(int)(high * 10 + .999) / 10;
	col += grid_puts(g, row, col, cols - col, ST_LABEL, _("by day ")) ;
	meter_spark(g, row, col, ACCURACY_DAYS, value, a->ndays, low, high);
	col += a->ndays + 2;
	snprintf(text, sizeof text, _("%.5s to %.5s, drawn from %.0f%% to %.0f%%"), a->day[0].key + (strlen(a->day[0].key) > 5 ? 5 : 0),
	    a->day[a->ndays - 1].key + (strlen(a->day[a->ndays - 1].key) > 5 ? 5 : 0), low * 100, high * 100);
	grid_puts(g, row, col, cols - col, ST_DIM, text);
}

static int draw_flags(const struct accuracy *a, struct grid *g, int row, int cols, int at_most)
{
	int n = a->nflags < at_most ? a->nflags : at_most;

	for (int i = 0; i < n; i++) {
		const struct accuracy_flag *f = &a->flag[i];
		enum accuracy_by by = ACCURACY_UNIT;
		char text[240];

		while (by < ACCURACY_BIN && strcmp(accuracy_wire(by), f->by) != 0)
			by++;
		snprintf(text, sizeof text, _("▼ %s %s: %.0f%% the week before, %.0f%% now (%ld decided)"), by < ACCURACY_BIN ? _(accuracy_heading(by)) : _("all"),
		    *f->name ? f->name : f->key, f->share_before * 100, f->share * 100, f->decided);
		grid_puts(g, row + i, 2, cols - 4, ST_WARN, text);
	}
	if (a->nflags > n)
		grid_printf(g, row + n - 1, cols - 8, 8, ST_WARN, " +%d ", a->nflags - n);
	return n;
}

static void draw_rows(struct state *v, const struct console *c, struct grid *g, struct rect area)
{
	struct accuracy *a = &v->a;
	bool wide = area.cols >= 110;
	int name = wide ? 30 : 20, bar = wide ? 24 : 10, height = area.rows - 1;

	grid_field(g, area.row, 3, name, ST_HEAD, _(accuracy_heading(a->by)));
	grid_field_right(g, area.row, 3 + name, 7, ST_HEAD, _("decided"));
	grid_field(g, area.row, 12 + name, bar + 4, ST_HEAD, _("the first was right"));
	grid_field_right(g, area.row, 17 + name + bar, 8, ST_HEAD, _("of three"));
	grid_field_right(g, area.row, 26 + name + bar, 9, ST_HEAD, _("sent back"));
	grid_field_right(g, area.row, 36 + name + bar, 6, ST_HEAD, _("said"));
	grid_field_right(g, area.row, 42 + name + bar, 6, ST_HEAD, _("off"));
	v->page = height > 1 ? height - 1 : 1;
	v->top = list_top(v->top, v->at, a->n, height);
	for (int i = 0; i < height && v->top + i < a->n; i++) {
		const struct accuracy_row *r = &a->row[v->top + i];
		int row = area.row + 1 + i;
		bool flagged = accuracy_flagged(a, a->by, r->key) != NULL, on = v->top + i == v->at;
		const char *called = *r->name ? r->name : *r->key ? r->key : _("(none)");
		char text[24], percent[8];

		if (a->by == ACCURACY_UNIT && width_text(called, strlen(called)) > name)
			called = units_short(c->units, r->key);
		grid_puts(g, row, 1, 1, on ? ST_KEY : ST_WARN, on ? "▸" : flagged ? "▼" : " ");
		grid_field(g, row, 3, name, flagged ? ST_WARN : ST_TEXT, called);
		snprintf(text, sizeof text, "%ld", r->decided);
		grid_field_right(g, row, 3 + name, 7, ST_TEXT, text);
		meter_bar(g, row, 12 + name, bar - 1, r->share1);
		share_text(g, row, 12 + name + bar, ST_STRONG, r->share1);
		meter_percent(r->share3, percent);
		grid_field_right(g, row, 17 + name + bar, 8, ST_TEXT, percent);
		snprintf(text, sizeof text, "%ld", r->returned);
		grid_field_right(g, row, 26 + name + bar, 9, r->returned ? ST_WARN : ST_DIM, r->returned ? text : "·");
		meter_percent(r->said, percent);
		grid_field_right(g, row, 36 + name + bar, 6, ST_DIM, percent);
		snprintf(text, sizeof text, "%.1f", r->off * 100);
		grid_field_right(g, row, 42 + name + bar, 6, ST_DIM, text);
		if (on)
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
	}
}

/* Said against true: the bar is how often it was right, the upright stroke how sure it had been. */
static void draw_bins(struct state *v, struct grid *g, struct rect area, bool focus)
{
	struct accuracy *a = &v->a;
	int bar = area.cols >= 118 ? 50 : 30, left = area.col;

	grid_field(g, area.row, left + 3, 12, ST_HEAD, _("it said"));
	grid_field_right(g, area.row, left + 15, 7, ST_HEAD, _("decided"));
	grid_field(g, area.row, left + 25, bar, ST_HEAD, _("and was right (│ what it said)"));
	grid_field_right(g, area.row, left + 31 + bar, 9, ST_HEAD, _("off"));
	if (focus)
		v->page = a->nbins;
	for (int i = 0; i < a->nbins && i + 1 < area.rows; i++) {
		const struct accuracy_bin *b = &a->bin[i];
		int row = area.row + 1 + i;
		char text[24];

		grid_puts(g, row, left + 1, 1, ST_KEY, focus && i == v->at ? "▸" : " ");
		snprintf(text, sizeof text, "%3.0f–%.0f%%", b->low * 100, b->high * 100);
		grid_field(g, row, left + 3, 12, ST_TEXT, text);
		snprintf(text, sizeof text, "%ld", b->decided);
		grid_field_right(g, row, left + 15, 7, b->decided ? ST_TEXT : ST_DIM, b->decided ? text : "·");
		if (b->decided > 0) {
			meter_bar(g, row, left + 25, bar, b->right);
			grid_puts(g, row, left + 25 + (b->said >= 1 ? bar - 1 : (int)(b->said * bar)), 1, ST_KEY, "│");
			share_text(g, row, left + 26 + bar, ST_STRONG, b->right);
			snprintf(text, sizeof text, "%+.1f", (b->right - b->said) * 100);
			grid_field_right(g, row, left + 31 + bar, 9, ST_DIM, text);
		}
		if (focus && i == v->at)
			grid_mark(g, (struct rect){ row, left, 1, area.cols }, STYLE_CURSOR);
	}
}

static void accuracy_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct state *v = state;
	int row = area.row + 2, flags, col = 1, end = area.row + area.rows;

	(void)now;
	if (v->at >= lines_of(v))
		v->at = lines_of(v) > 0 ? lines_of(v) - 1 : 0;
	col += grid_puts(g, area.row, col, area.cols - col, ST_STRONG, _("how often the machine was right")) + 2;
	for (int i = 0; i < PERIODS; i++) {
		char text[40];

		snprintf(text, sizeof text, periods[i] == 1 ? _(" 1 day ") : _(" %d days "), periods[i]);
		col += grid_puts(g, area.row, col, area.cols - col, i == v->period ? ST_TAB_ON : ST_TAB, text);
	}
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	draw_summary(v, g, row++, area.cols);
	draw_days(&v->a, g, row++, area.cols);
	flags = draw_flags(&v->a, g, row, area.cols, area.rows > 30 ? 8 : FLAGS_SHOWN);
	row += flags;
	grid_hline(g, row, 0, area.cols, ST_RULE);
	col = 2;
	for (int i = 0; i < ACCURACY_COUNT; i++) {
		char text[60];

		snprintf(text, sizeof text, " %s ", _(accuracy_heading((enum accuracy_by)i)));
		col += grid_puts(g, row, col, area.cols - col, i == (int)v->a.by ? ST_TAB_ON : ST_TAB, text);
	}
	row++;
	if (end - row < 2)
		return;
	if (v->a.by == ACCURACY_BIN) {
		draw_bins(v, g, (struct rect){ row, 0, end - row, area.cols }, true);
	} else if (area.cols >= BOTH_COLS) { /* what it said beside what was true is in sight all the time */
		grid_vline(g, row, ROWS_COLS, end - row, ST_RULE);
		draw_rows(v, c, g, (struct rect){ row, 0, end - row, ROWS_COLS });
		draw_bins(v, g, (struct rect){ row, ROWS_COLS + 1, end - row, area.cols - ROWS_COLS - 1 }, false);
	} else {
		draw_rows(v, c, g, (struct rect){ row, 0, end - row, area.cols });
	}
}

static const struct view_key accuracy_keys[] = {
	{ "Tab", N_("another table") }, { "[ ]", N_("fewer or more days") }, { "Enter", N_("what was decided otherwise") }, { "Esc", N_("back") },
	{ NULL, NULL }
};
const struct view view_accuracy = {
	.name = "accuracy", .title = N_("how often the machine was right"), .place = KEYMAP_LIST, .keys = accuracy_keys,
	.open = accuracy_open, .key = accuracy_key, .command = accuracy_command, .render = accuracy_render, .subject = accuracy_subject,
	.work = accuracy_work, .close = accuracy_close,
};
