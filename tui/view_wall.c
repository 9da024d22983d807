/*
 * The time board on a wall: no key is needed, nothing of a person is shown, and whatever is lost it stays, says so large, and comes back by
 * itself. The groupings take turns; the picture may wander by a cell to spare the screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/board_draw.h"
#include "tui/i18n.h"
#include "tui/views.h"

enum { TURN_S = 15, BEFORE = 2, ROWS_MAX = 256, BANNER_ROWS = 3 };

struct state { struct tally t; usec_t lost; /* when the database went, server's time; 0 = it is there */ };

static void *wall_open(struct console *c, const void *args)
{
	(void)args;
	if (c->ready && c->who.role == ROLE_UNIT) {
		console_say(c, ST_WARN, "%s", _("the wall is for the centre's own screens"));
		return NULL;
	}
	return times_need(c) ? calloc(1, sizeof(struct state)) : NULL;
}

static void wall_close(struct console *c, void *state)
{
	struct state *v = state;

	(void)c;
	tally_free(&v->t);
	free(v);
}

static bool wall_key(struct console *c, void *state, const struct key *k)
{
	bool lock = c->lock_under_wall;

	(void)state;
	if (k->code != 27 && k->code != 'q' && k->code != 'Q' && k->code != 17)
		return true; /* whoever brushes past the keyboard changes nothing */
	if (c->wall) {
		console_effect(c, EFFECT_QUIT, "release");
		return true;
	}
	console_close(c);
	c->lock_under_wall = false;
	if (lock)
		lock_now_idle(c);
	return true;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static void draw_top(const struct console *c, struct grid *g, struct rect row, usec_t now)
{
	char clock[9] = "--:--:--", text[120];
	int cells, year, month, day;

	grid_fill(g, row, ST_TOP);
	if (now > 0) {
		clock_hms(now, clock);
		clock_local(now, &year, &month, &day, NULL, NULL, NULL);
		snprintf(text, sizeof text, "%04d-%02d-%02d %s ", year, month, day, clock);
	} else {
		snprintf(text, sizeof text, "%s ", clock);
	}
	cells = width_text(text, strlen(text));
	grid_puts(g, row.row, row.col + row.cols - cells, cells, ST_TOP, text);
	snprintf(text, sizeof text, _(" %s · time board"), c->who.centre[0] ? c->who.centre : _("Fenbo"));
	grid_field(g, row.row, row.col, row.cols - cells - 1, ST_TOP, text);
}

/* What keeps the figures from being true, large; rows used. */
static int draw_trouble(const struct console *c, struct state *v, struct grid *g, struct rect area, usec_t now)
{
	char text[200] = "", since[9];
	int rows = area.rows >= 30 ? BANNER_ROWS : 1, cells;

	v->lost = c->db == LINK_UP ? 0 : v->lost ? v->lost : now;
	if (c->ready && c->who.role == ROLE_UNIT)
		snprintf(text, sizeof text, "%s", _("the wall is for the centre's own screens"));
	else if (!c->ready)
		snprintf(text, sizeof text, "✗ %s%s%s", c->db == LINK_UP ? _("logging in") : _("connecting to the database"), c->db_why[0] ? ": " : "", c->db_why);
	else if (c->db != LINK_UP) {
		clock_hms(v->lost, since);
		snprintf(text, sizeof text, _("✗ NO DATABASE since %s: the figures stand still"), since);
	} else if (c->feed != LINK_UP) {
		rows = 1;
		snprintf(text, sizeof text, "%s", _("✗ no stream: the figures come a few seconds late"));
	}
	if (!text[0])
		return 0;
	cells = width_text(text, strlen(text));
	grid_fill(g, (struct rect){ area.row, area.col, rows, area.cols }, ST_LATE);
	grid_puts(g, area.row + rows / 2, area.col + (cells + 2 < area.cols ? (area.cols - cells) / 2 : 1), area.cols - 2, ST_LATE, text);
	return rows;
}

static void draw_cases(const struct console *c, const struct state *v, struct grid *g, struct rect area, usec_t now)
{
	const struct board_group *all = board_find(c->times->board, BOARD_ALL, "");
	int n = all ? (int)board_due_by(all, INT64_MAX - 1) : 0, top = (int)v->t.all.late > BEFORE ? (int)v->t.all.late - BEFORE : 0,
	    rows = area.rows < ROWS_MAX ? area.rows : ROWS_MAX;
	case_no no[ROWS_MAX];

	if (top + rows > n)
		top = n > rows ? n - rows : 0;
	n = n > 0 ? (int)board_rows(all, (size_t)top, no, (size_t)(n - top < rows ? n - top : rows)) : 0;
	board_draw_cases(c, no, n, -1, g, area, true, now);
	if (n == 0)
		grid_puts(g, area.row + 1, area.col + 4, area.cols - 6, ST_DIM, c->loading ? _("reading the queue …") : _("nothing here: well done"));
}

static void heading(struct grid *g, int row, int col, int cells, const char *label)
{
	grid_hline(g, row, col, cells, ST_RULE);
	grid_printf(g, row, col + 1, cells - 2, ST_STRONG, " %s ", label);
}

static void wall_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	/* Whose desk and which unit: yes. Which person: that is for the shift's supervisor, not for a wall. */
	static const enum board_by turns[] = { BOARD_DESK, BOARD_UNIT, BOARD_PRIORITY, BOARD_SHIFT };
	struct state *v = state;
	int64_t turn = now / (TURN_S * USEC_S);
	enum board_by by = turns[turn % (int)(sizeof turns / sizeof turns[0])];
	struct board_rooms r;
	int used;

	if (c->wall_shift > 0) { /* round a square of four cells */
		int step = (int)(now / c->wall_shift % 4);

		area = (struct rect){ area.row + step / 2, area.col + (step == 1 || step == 2), area.rows - 1, area.cols - 1 };
	}
	draw_top(c, g, (struct rect){ area.row, area.col, 1, area.cols }, now);
	area.row++;
	area.rows--;
	used = draw_trouble(c, v, g, area, now);
	area.row += used;
	area.rows -= used;
	if (!c->ready || c->who.role == ROLE_UNIT)
		return;
	tally_make(&v->t, c, now);
	if (c->db != LINK_UP && v->t.at == 0)
		return;
	r = board_rooms(&v->t, area);
	board_draw_danger(&v->t, "", g, r.danger, now);
	board_draw_figures(&v->t, g, r.figures, c->db != LINK_UP);
	if (r.both || turn % 2 == 0) {
		heading(g, r.case_tabs, r.cases.col, r.cases.cols, _("late next"));
		draw_cases(c, v, g, r.cases, now);
	}
	if (r.both || turn % 2 != 0) {
		heading(g, r.line_tabs, r.lines.col, r.lines.cols, _(board_label(by)));
		board_draw_lines(&v->t, by, true, 0, -1, g, r.lines, now);
	}
	if (r.flow.rows > 0)
		board_draw_flow(c, g, r.flow, now);
}

const struct view view_wall = {
	.name = "wall", .title = N_("time board on a wall"), .calm = true, .whole = true,
	.open = wall_open, .key = wall_key, .render = wall_render, .close = wall_close,
};
