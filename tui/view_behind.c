/*
 * The cases behind one line of the time board: those due first at the top, the one under the cursor beside or below as in the queue, with all
 * that can be done about it there. The cursor holds a case; when it has gone the next one is taken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/case_pane.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/queue_row.h"
#include "tui/times.h"
#include "tui/views.h"

enum { WIDE_COLS = 118, ROWS_MAX = 512, WANTED = 3 };

struct state {
	enum board_by by;
	char code[80], name[80];
	case_no no;
	int at, top, page; /* `at`: the row of `no` when last seen */
	struct case_pane pane;
};

static const struct board_group *group(const struct console *c, const struct state *v)
{
	return c->times ? board_find(c->times->board, v->by, v->code) : NULL;
}

static int size(const struct console *c, const struct state *v)
{
	const struct board_group *g = group(c, v);

	return g ? (int)board_size(g) : 0;
}

static case_no at(const struct console *c, const struct state *v, int row)
{
	case_no no = 0;

	return row >= 0 && row < size(c, v) && board_rows(group(c, v), (size_t)row, &no, 1) ? no : 0;
}

/* The row of the cursor's case; where it has gone, the row it had. */
static int row_of(const struct console *c, const struct state *v)
{
	int n = size(c, v);
	bool found = false;
	int row = n > 0 ? (int)board_row(c->times->board, group(c, v), v->no, &found) : 0;

	if (!found)
		row = v->at;
	return row < n ? row : n > 0 ? n - 1 : 0;
}

static void put_cursor(const struct console *c, struct state *v, int row)
{
	v->at = row;
	v->no = at(c, v, row);
	v->pane.text.scroll = 0;
}

static void *behind_open(struct console *c, const void *args)
{
	const struct behind_of *of = args;
	struct state *v;

	if (!times_need(c))
		return NULL;
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	v->by = of->by;
	snprintf(v->code, sizeof v->code, "%s", of->code);
	snprintf(v->name, sizeof v->name, "%s", of->name);
	put_cursor(c, v, 0);
	return v;
}

static void behind_close(struct console *c, void *state)
{
	(void)c;
	free(state);
}

static void behind_apply(struct console *c, void *state, case_no no)
{
	struct state *v = state;
	int row = row_of(c, v);

	(void)no;
	if (v->no != at(c, v, row))
		put_cursor(c, v, row);
	v->at = row;
}

static case_no behind_subject(const struct console *c, const void *state)
{
	const struct state *v = state;

	return at(c, v, row_of(c, v));
}

static case_no behind_wants(const struct console *c, const void *state, int i)
{
	static const int steps[WANTED] = { 0, 1, -1 };
	const struct state *v = state;

	return i < WANTED ? at(c, v, row_of(c, v) + steps[i]) : 0;
}

static bool behind_shows(const struct console *c, const void *state, case_no no)
{
	const struct state *v = state;
	bool found = false;

	if (group(c, v))
		board_row(c->times->board, group(c, v), no, &found);
	return found;
}

static bool behind_command(struct console *c, void *state, enum command id)
{
	struct state *v = state;
	int row = row_of(c, v), n = size(c, v);
	uint32_t key = list_command(id);

	if (id == COMMAND_MARK && n > 0) {
		console_mark(c, at(c, v, row), !console_marked(c, at(c, v, row)));
		put_cursor(c, v, row + 1 < n ? row + 1 : row);
		return true;
	}
	if (id == COMMAND_UNMARK || (id == COMMAND_BACK && c->nmarked > 0)) {
		console_unmark_all(c);
		return true;
	}
	if (!key)
		return false;
	list_key(&row, n, v->page > 0 ? v->page : 10, key);
	put_cursor(c, v, row);
	return true;
}

static void draw_list(const struct console *c, struct state *v, struct grid *g, struct rect list, usec_t now)
{
	case_no no[ROWS_MAX];
	int row = row_of(c, v), n = size(c, v), rows = list.rows < ROWS_MAX ? list.rows : ROWS_MAX, shown;

	v->page = rows > 1 ? rows - 1 : 1;
	v->top = list_top(v->top, row, n, rows);
	shown = n > 0 ? (int)board_rows(group(c, v), (size_t)v->top, no, (size_t)rows) : 0;
	for (int i = 0; i < shown; i++) {
		const struct summary *s = queue_find(c->queue, no[i]);

		if (s)
			queue_row_draw(c, v->by == BOARD_UNIT ? VIEW_OUT : VIEW_TRIAGE, s, g, (struct rect){ list.row + i, list.col, 1, list.cols }, v->top + i == row, now);
	}
	if (n == 0)
		grid_puts(g, list.row + 1, list.col + 4, list.cols - 4, ST_DIM, _("nothing here: well done"));
}

static void behind_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct state *v = state;
	struct board_counts n;
	struct rect list, pane;
	bool wide = area.cols >= WIDE_COLS;
	int col = area.col + 1;

	board_count(group(c, v), now, &n);
	col += grid_printf(g, area.row, col, area.cols - 2, ST_STRONG, "%s %s", _(board_label(v->by)), v->name) + 2;
	if (n.late > 0)
		col += grid_printf(g, area.row, col, area.cols - col, ST_LATE, _(" ▲ late %zu "), n.late) + 1;
	grid_printf(g, area.row, col, area.cols - col, ST_LABEL, _("open %zu · due in 30 min %zu"), n.open, n.in30);
	if (wide) {
		list = (struct rect){ area.row + 2, area.col, area.rows - 2, area.cols * 11 / 20 };
		pane = (struct rect){ area.row + 1, list.cols + 2, area.rows - 1, area.cols - list.cols - 3 };
		grid_vline(g, area.row + 1, list.cols, area.rows - 1, ST_RULE);
	} else {
		int rows = (area.rows - 3) * 9 / 20;

		list = (struct rect){ area.row + 2, area.col, rows < 3 ? 3 : rows, area.cols };
		pane = (struct rect){ list.row + list.rows + 1, area.col + 1, area.row + area.rows - list.row - list.rows - 1, area.cols - 2 };
		grid_hline(g, list.row + list.rows, area.col, area.cols, ST_RULE);
	}
	queue_row_head(&(struct queue_heading){ v->by == BOARD_UNIT ? VIEW_OUT : VIEW_TRIAGE, "", 0 }, g, (struct rect){ area.row + 1, list.col, 1, list.cols });
	draw_list(c, v, g, list, now);
	case_pane_render(c, &v->pane, behind_subject(c, v), g, pane, PANE_BESIDE, now);
}

const struct view view_behind = {
	.name = "behind", .title = N_("the cases behind a figure"), .place = KEYMAP_BOTH, .decides = true,
	.open = behind_open, .apply = behind_apply, .command = behind_command, .render = behind_render, .subject = behind_subject,
	.wants = behind_wants, .shows = behind_shows, .close = behind_close,
};
