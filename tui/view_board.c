/*
 * The time board: how much waits, what is late, what will be late next and what will not be reached in time at the present pace; by desk,
 * unit, person, shift, priority and clock; arrivals and departures. Enter shows the cases behind a line, or the case itself.
 * Worked out from the queue in memory, at most once a second; nothing is asked of PostgreSQL while it stands there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/board_draw.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/views.h"

/* The first two list cases; each of the others is the grouping of its number. */
enum { PANE_NEXT, PANE_PREDICTED, PANE_LINES = BOARD_DESK, PANES = BOARD_BY_COUNT, ROWS_MAX = 256, BEFORE = 2 };
_Static_assert(BOARD_DESK == PANE_PREDICTED + 1, "panes follow the groupings");

struct state {
	struct tally t;
	int pane, lines;            /* `lines`: the grouping shown beside the cases */
	int cases;                  /* PANE_NEXT or PANE_PREDICTED, shown beside the lines */
	bool chosen;                /* somebody has changed panes */
	bool held;                  /* the cursor holds `no`; else the list runs with time */
	case_no no;
	char code[BOARD_BY_COUNT][BOARD_CODE]; /* the line under the cursor of each grouping */
	int top[PANES], page;
};

static void *board_open(struct console *c, const void *args)
{
	struct state *v;

	(void)args;
	if (!times_need(c)) {
		console_say(c, ST_BAD, "%s", _(err_sentence(ERR_INTERNAL)));
		return NULL;
	}
	v = calloc(1, sizeof *v);
	if (v)
		v->lines = PANE_LINES;
	return v;
}

static void board_close(struct console *c, void *state)
{
	struct state *v = state;

	(void)c;
	tally_free(&v->t);
	free(v);
}

/* --- what stands where -------------------------------------------------------------------------------------------- */

static const struct board_group *all_of(const struct console *c)
{
	return board_find(c->times->board, BOARD_ALL, "");
}

static int cases_count(const struct console *c, const struct state *v)
{
	const struct board_group *all = all_of(c);

	if (v->pane == PANE_PREDICTED)
		return v->t.npredicted;
	return all ? (int)board_due_by(all, INT64_MAX - 1) : 0;
}

static case_no case_at(const struct console *c, const struct state *v, int row)
{
	case_no no = 0;

	if (v->pane == PANE_PREDICTED)
		return row < v->t.npredicted ? v->t.predicted[row].no : 0;
	return board_rows(all_of(c), (size_t)row, &no, 1) ? no : 0;
}

/* The row of the case under the cursor; where nothing is held, what will be late next. */
static int case_row(const struct console *c, const struct state *v)
{
	int n = cases_count(c, v), row = 0;
	bool found = false;

	if (v->pane == PANE_PREDICTED) {
		while (v->held && row < n && v->t.predicted[row].no != v->no)
			row++;
		return row < n ? row : 0;
	}
	if (v->held && n > 0)
		row = (int)board_row(c->times->board, all_of(c), v->no, &found);
	if (!found)
		row = (int)v->t.all.late;
	return row < n ? row : n > 0 ? n - 1 : 0;
}

static int line_row(const struct state *v, int by)
{
	for (int i = 0; i < v->t.n[by]; i++)
		if (strcmp(v->t.line[by][i].code, v->code[by]) == 0)
			return i;
	return 0;
}

/* Only what somebody has put the cursor on: what slides under it with time must not be acted on by a key meant for another. */
static case_no board_subject(const struct console *c, const void *state)
{
	const struct state *v = state;

	return v->pane < PANE_LINES && v->held && queue_find(c->queue, v->no) ? v->no : 0;
}

/* Nothing is shown in full here, so nothing is read. */
static case_no board_wants(const struct console *c, const void *state, int i)
{
	(void)c;
	(void)state;
	(void)i;
	return 0;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void show_pane(struct state *v, int pane)
{
	v->pane = (pane + PANES) % PANES;
	v->held = false;
	v->chosen = true;
	if (v->pane >= PANE_LINES)
		v->lines = v->pane;
	v->cases = v->pane == PANE_PREDICTED ? PANE_PREDICTED : PANE_NEXT; /* what matters most comes back beside the lines */
}

static void drill(struct console *c, struct state *v)
{
	if (v->pane < PANE_LINES) {
		case_no no = cases_count(c, v) > 0 ? case_at(c, v, case_row(c, v)) : 0;

		if (no == 0) {
			console_say(c, ST_INFO, "%s", _("nothing here: well done"));
			return;
		}
		v->no = no;
		v->held = true;
		console_open(c, &view_detail, &no);
	} else if (v->t.n[v->pane] > 0) {
		const struct tally_line *l = &v->t.line[v->pane][line_row(v, v->pane)];

		console_open(c, &view_behind, &(struct behind_of){ l->by, l->code, l->name });
	}
}

static bool board_key(struct console *c, void *state, const struct key *k)
{
	struct state *v = state;

	if (k->code == '\t' || k->code == KEYMAP_RIGHT)
		show_pane(v, v->pane + 1);
	else if (k->code == KEYMAP_BACK_TAB || k->code == KEYMAP_LEFT)
		show_pane(v, v->pane - 1);
	else if (k->code == '\n')
		drill(c, v);
	else if (k->code == '0' && v->t.danger > 0)
		console_open(c, &view_behind, &(struct behind_of){ BOARD_DANGER, "", "" });
	else
		return false;
	return true;
}

static bool move(struct console *c, struct state *v, uint32_t code)
{
	int at, n, page = v->page > 0 ? v->page : 10;

	if (v->pane >= PANE_LINES) {
		at = line_row(v, v->pane);
		n = v->t.n[v->pane];
		list_key(&at, n, page, code);
		if (at < n)
			snprintf(v->code[v->pane], sizeof v->code[0], "%s", v->t.line[v->pane][at].code);
		return true;
	}
	n = cases_count(c, v);
	at = case_row(c, v);
	/* The first key takes hold of what is next; Home lets go and follows time again. */
	if (v->held || code != 'j')
		list_key(&at, n, page, code);
	v->held = n > 0 && code != KEYMAP_HOME;
	v->no = v->held ? case_at(c, v, at) : 0;
	return true;
}

static bool board_command(struct console *c, void *state, enum command id)
{
	struct state *v = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_OPEN) {
		drill(c, v);
		return true;
	}
	if (id == COMMAND_BACK && v->held) {
		v->held = false;
		return true;
	}
	return key && move(c, v, key);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static void tab(const struct state *v, struct grid *g, int row, int *col, int end, int pane, const char *label, size_t n)
{
	bool on = pane == v->pane, beside = pane == (pane < PANE_LINES ? v->cases : v->lines);
	char text[64];
	int wide;

	if (n > 0)
		snprintf(text, sizeof text, " %s %zu ", label, n);
	else
		snprintf(text, sizeof text, " %s ", label);
	wide = width_text(text, strlen(text));
	if (*col + wide <= end)
		*col += grid_puts(g, row, *col, wide, on ? ST_TAB_ON : beside ? ST_CHOSEN : ST_TAB, text);
}

static void draw_tabs(const struct state *v, const struct board_rooms *r, struct grid *g)
{
	bool one = r->case_tabs == r->line_tabs && !r->both;
	int col = r->cases.col, end = r->both ? r->cases.col + r->cases.cols : g->cols;

	grid_hline(g, r->case_tabs, r->cases.col, one ? g->cols : r->cases.cols, ST_RULE);
	tab(v, g, r->case_tabs, &col, end, PANE_NEXT, _("late next"), 0);
	tab(v, g, r->case_tabs, &col, end, PANE_PREDICTED, _("will be late"), v->t.guess.n);
	if (!one) {
		grid_hline(g, r->line_tabs, r->lines.col, r->lines.cols, ST_RULE);
		col = r->lines.col;
		end = r->lines.col + r->lines.cols;
	}
	for (int by = PANE_LINES; by < PANES; by++)
		tab(v, g, r->line_tabs, &col, end, by, _(board_label((enum board_by)by)), 0);
}

static void draw_cases(const struct console *c, struct state *v, struct grid *g, struct rect area, usec_t now)
{
	case_no no[ROWS_MAX];
	int pane = v->pane, n, at, rows = area.rows < ROWS_MAX ? area.rows : ROWS_MAX, shown = 0;

	v->pane = v->cases; /* what is drawn may stand beside where the cursor is */
	n = cases_count(c, v);
	at = case_row(c, v);
	if (!v->held)
		v->top[v->cases] = v->pane == PANE_NEXT && at > BEFORE ? at - BEFORE : 0;
	v->top[v->cases] = list_top(v->top[v->cases], at, n, rows);
	if (v->pane == PANE_PREDICTED)
		for (; shown < rows && v->top[PANE_PREDICTED] + shown < n; shown++)
			no[shown] = v->t.predicted[v->top[PANE_PREDICTED] + shown].no;
	else if (n > 0)
		shown = (int)board_rows(all_of(c), (size_t)v->top[PANE_NEXT], no, (size_t)(n - v->top[PANE_NEXT] < rows ? n - v->top[PANE_NEXT] : rows));
	v->pane = pane;
	if (n == 0)
		grid_puts(g, area.row + 1, area.col + 4, area.cols - 6, ST_DIM, c->loading ? _("reading the queue …") : _("nothing here: well done"));
	if (v->pane < PANE_LINES)
		v->page = rows > 1 ? rows - 1 : 1;
	board_draw_cases(c, no, shown, v->pane < PANE_LINES && v->held ? at - v->top[v->cases] : -1, g, area, false, now);
}

static void draw_lines(struct state *v, struct grid *g, struct rect area, usec_t now)
{
	int at = line_row(v, v->lines), height = area.rows - 1;

	v->top[v->lines] = list_top(v->top[v->lines], at, v->t.n[v->lines], height);
	if (v->pane >= PANE_LINES)
		v->page = height > 1 ? height - 1 : 1;
	board_draw_lines(&v->t, (enum board_by)v->lines, false, v->top[v->lines], v->pane >= PANE_LINES ? at : -1, g, area, now);
}

static void board_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct state *v = state;
	struct board_rooms r;

	/* A centre with one desk has nothing to compare: its units, then. */
	if (tally_make(&v->t, c, now) && !v->chosen && v->t.n[BOARD_DESK] < 2)
		v->lines = BOARD_UNIT;
	r = board_rooms(&v->t, area);
	board_draw_danger(&v->t, "0", g, r.danger, now);
	board_draw_figures(&v->t, g, r.figures, c->db != LINK_UP);
	draw_tabs(v, &r, g);
	if (r.both || v->pane < PANE_LINES)
		draw_cases(c, v, g, r.cases, now);
	if (r.both || v->pane >= PANE_LINES)
		draw_lines(v, g, r.lines, now);
	if (r.flow.rows > 0)
		board_draw_flow(c, g, r.flow, now);
}

static const struct view_key board_keys[] = {
	{ "Tab", N_("other pane") }, { "↑↓", N_("choose") }, { "Enter", N_("the cases") }, { "Esc", N_("back") }, { "0", N_("danger to life") }, { NULL, NULL }
};
const struct view view_board = {
	.name = "board", .title = N_("time board"), .place = KEYMAP_LIST, .calm = true, .keys = board_keys,
	.open = board_open, .key = board_key, .command = board_command, .render = board_render, .subject = board_subject, .wants = board_wants,
	.close = board_close,
};
