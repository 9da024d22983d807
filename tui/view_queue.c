/*
 * The queue: the tabs of core/appeal/queue.h, the list of one of them, and the case under the cursor beside or below it.
 * The cursor holds a case, not a row: what arrives never changes what a key acts on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/case_pane.h"
#include "tui/console.h"
#include "tui/desk.h"
#include "tui/facts.h"
#include "tui/filter.h"
#include "tui/i18n.h"
#include "tui/queue_row.h"
#include "tui/views.h"

enum { WIDE_COLS = 118, ROWS_MAX = 512, FILTER_SLICE = 4000 };
/* While a key is held down, only the list runs along; the case is shown when the cursor rests. */
enum { HURRY_US = 90000, REST_US = 70000 };

struct queue_state {
	enum view_kind kind;
	struct queue_view *view;
	case_no at[VIEW_COUNT];   /* the case under the cursor, per tab */
	case_no goal;             /* go there as soon as it is in the queue, at least this new */
	int goal_version;
	bool deciding;            /* what was sent was the cursor's case, and nobody has moved the cursor since */
	size_t top[VIEW_COUNT];
	size_t page;              /* rows of the list when last drawn */
	struct rect list;         /* and where it stood */
	bool reading;             /* the case's pane has the arrow keys */
	struct case_pane pane;
	struct filter filter;
	usec_t moved_at;          /* monotonic */
	bool hurried;             /* and the move before it was just before: a key is held down */
};

static void set_view(struct console *c, struct queue_state *st, enum view_kind kind)
{
	queue_view_free(st->view);
	st->view = queue_view_new(c->queue, kind);
	st->kind = kind;
	if (st->view && filter_on(&st->filter))
		queue_view_filter(st->view, filter_match, &st->filter);
	st->reading = false;
	c->dirty = true;
}

static void *queue_open(struct console *c, const void *args)
{
	struct queue_state *st = calloc(1, sizeof *st);

	(void)args;
	if (st)
		set_view(c, st, VIEW_TRIAGE);
	return st;
}

static void queue_close(struct console *c, void *state)
{
	struct queue_state *st = state;

	(void)c;
	queue_view_free(st->view);
	free(st);
}

/* --- the cursor --------------------------------------------------------------------------------------------------- */

static size_t cursor_row(const struct queue_state *st, bool *found)
{
	size_t count = queue_view_count(st->view), row = queue_view_row(st->view, st->at[st->kind], found);

	return count == 0 ? 0 : row >= count ? count - 1 : row;
}

static void set_row(struct queue_state *st, size_t row)
{
	const struct summary *s = queue_view_at(st->view, row);

	st->at[st->kind] = s ? s->no : 0;
	st->deciding = false;
	st->pane.text.scroll = 0;
}

static case_no queue_subject(const struct console *c, const void *state)
{
	const struct queue_state *st = state;
	const struct summary *s;
	bool found;

	(void)c;
	if (!st->view)
		return 0;
	s = queue_view_at(st->view, cursor_row(st, &found));
	return s ? s->no : 0;
}

static bool in_a_hurry(const struct console *c, const struct queue_state *st)
{
	return st->hurried && c->mono - st->moved_at < REST_US;
}

/* The case itself, then the one below and the one above: they are read before they are asked for. */
static case_no queue_wants(const struct console *c, const void *state, int i)
{
	static const int steps[] = { 0, 1, -1 };
	const struct queue_state *st = state;
	const struct summary *s;
	bool found;
	size_t row;

	if (!st->view || i >= 3 || in_a_hurry(c, st))
		return 0;
	row = cursor_row(st, &found);
	if (steps[i] < 0 && row == 0)
		return 0;
	s = queue_view_at(st->view, row + (size_t)steps[i]);
	return s ? s->no : 0;
}

static bool queue_shows(const struct console *c, const void *state, case_no no)
{
	const struct queue_state *st = state;
	bool found = false;

	(void)c;
	if (st->view)
		queue_view_row(st->view, no, &found);
	return found;
}

/* Whatever stands under the cursor is the cursor's case from now on: nothing that arrives can slip into its place. */
static void hold(struct queue_state *st)
{
	const struct summary *s;
	bool found;

	queue_view_row(st->view, st->at[st->kind], &found);
	if (found)
		return;
	s = queue_view_at(st->view, cursor_row(st, &found));
	if (s)
		st->at[st->kind] = s->no;
}

static void queue_changed(struct console *c, void *state, case_no no)
{
	struct queue_state *st = state;

	if (!st->view)
		return;
	if (st->goal != 0 && (no == 0 || no == st->goal))
		view_queue_go(c, st->goal, st->goal_version);
	hold(st);
}

static bool queue_work(struct console *c, void *state)
{
	struct queue_state *st = state;
	bool more = st->view && queue_view_work(st->view, FILTER_SLICE);

	if (st->view && !desk_is(c) && facts_heading(st->kind)) {
		const struct summary *rows[ROWS_MAX];

		facts_want(c, st->kind, rows, queue_view_rows(st->view, st->top[st->kind], rows, st->page + 1 < ROWS_MAX ? st->page + 1 : ROWS_MAX));
	}
	if (more)
		c->dirty = true;
	else if (st->view && c->depth == 1) /* while a filter is being typed the cursor can still go back to where it was */
		hold(st);
	return more;
}

static struct queue_state *state_of(struct console *c)
{
	return c->depth > 0 && c->stack[0].view == &view_queue ? c->stack[0].state : NULL;
}

void view_queue_tab(struct console *c, enum view_kind kind)
{
	struct queue_state *st = state_of(c);

	if (st && kind < VIEW_COUNT)
		set_view(c, st, kind);
}

void view_queue_go(struct console *c, case_no no, int version)
{
	static const enum view_kind centre[] = { VIEW_TRIAGE, VIEW_MINE, VIEW_OUT, VIEW_ALL }, unit[] = { VIEW_SIGN, VIEW_HAND, VIEW_HELD, VIEW_ALL };
	const enum view_kind *places = desk_is(c) ? unit : centre;
	struct queue_state *st = state_of(c);
	const struct summary *s = queue_find(c->queue, no);

	if (!st)
		return;
	st->goal = 0;
	if (!s || s->version < version) {
		st->goal = no;
		st->goal_version = version;
		return;
	}
	for (size_t i = 0; !queue_shows(c, st, no) && i < sizeof centre / sizeof centre[0]; i++) {
		if (filter_on(&st->filter))
			filter_set(&st->filter, "");
		set_view(c, st, places[i]);
	}
	st->at[st->kind] = no;
	st->deciding = false;
	c->dirty = true;
}

static bool is_one_of(case_no no, const case_no *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == no)
			return true;
	return false;
}

void view_queue_deciding(struct console *c, const case_no *sent, size_t n)
{
	struct queue_state *st = state_of(c);

	if (st)
		st->deciding = is_one_of(st->at[st->kind], sent, n);
}

void view_queue_onward(struct console *c, const case_no *left, size_t n)
{
	struct queue_state *st = state_of(c);
	struct queue_view *mine;
	const struct summary *s, *next = NULL;

	if (!st || !st->view)
		return;
	for (int i = c->depth - 1; i > 0; i--)
		if (c->stack[i].view == &view_behind) { /* decided there: that list goes on by itself */
			console_close_to(c, i + 1);
			return;
		}
	console_close_to(c, 1);
	/* The stream may have told of it before the answer came: then the cursor has slid off the case, and goes on all the same. */
	if (!is_one_of(st->at[st->kind], left, n) && !st->deciding)
		return; /* the cursor stands elsewhere by now: it stays */
	mine = queue_view_new(c->queue, VIEW_MINE);
	for (size_t i = 0; mine && !next && (s = queue_view_at(mine, i)); i++)
		if (s->stage == STAGE_TRIAGE && !is_one_of(s->no, left, n) && queue_shows(c, st, s->no))
			next = s;
	queue_view_free(mine);
	for (size_t i = 0; !next && i < 200 + n && (s = queue_view_at(st->view, i)); i++)
		if (!is_one_of(s->no, left, n) && (!*s->owner || strcmp(s->owner, c->who.account) == 0))
			next = s;
	if (next)
		st->at[st->kind] = next->no;
	st->deciding = false;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void move(struct console *c, struct queue_state *st, long by)
{
	size_t count = queue_view_count(st->view);
	bool found;
	long row = (long)cursor_row(st, &found) + by;

	if (count > 0)
		set_row(st, row < 0 ? 0 : row >= (long)count ? count - 1 : (size_t)row);
	st->hurried = c->mono - st->moved_at < HURRY_US;
	st->moved_at = c->mono;
	if (st->hurried)
		c->wake = c->mono + REST_US;
}

static void mark_all(struct console *c, struct queue_state *st)
{
	enum { MOST = 200 };
	const struct summary *s;

	for (size_t i = 0; i < MOST && (s = queue_view_at(st->view, i)); i++)
		console_mark(c, s->no, true);
	if (queue_view_count(st->view) > MOST)
		console_say(c, ST_WARN, _("only the first %d are marked"), (int)MOST);
}

static bool queue_back(struct console *c, struct queue_state *st)
{
	if (st->reading)
		st->reading = false;
	else if (c->nmarked > 0)
		console_unmark_all(c);
	else if (filter_on(&st->filter)) {
		filter_set(&st->filter, "");
		queue_view_filter(st->view, NULL, NULL);
	}
	return true;
}

static bool queue_command(struct console *c, void *state, enum command id)
{
	struct queue_state *st = state;
	case_no no = queue_subject(c, st);

	if (!st->view)
		return false;
	if (st->reading && (id == COMMAND_UP || id == COMMAND_DOWN)) {
		text_pane_scroll(&st->pane.text, id == COMMAND_UP ? -1 : 1);
		return true;
	}
	if (st->reading && (id == COMMAND_PAGE_UP || id == COMMAND_PAGE_DOWN))
		return text_pane_command(&st->pane.text, id);
	switch (id) {
	case COMMAND_UP:        move(c, st, -1); return true;
	case COMMAND_DOWN:      move(c, st, 1); return true;
	case COMMAND_PAGE_UP:   move(c, st, -(long)st->page); return true;
	case COMMAND_PAGE_DOWN: move(c, st, (long)st->page); return true;
	case COMMAND_TOP:       set_row(st, 0); return true;
	case COMMAND_BOTTOM:    move(c, st, (long)queue_view_count(st->view)); return true;
	case COMMAND_PANE:      st->reading = !st->reading; return true;
	case COMMAND_BACK:      return queue_back(c, st);
	case COMMAND_MARK:
		if (no != 0) {
			console_mark(c, no, !console_marked(c, no));
			move(c, st, 1);
		}
		return true;
	case COMMAND_MARK_ALL:  mark_all(c, st); return true;
	case COMMAND_UNMARK:    console_unmark_all(c); return true;
	case COMMAND_FILTER:    filter_open(c, &st->filter, st->view); return true;
	default: return false;
	}
}

/* A click puts the cursor on the row; it never decides anything. */
static bool queue_key(struct console *c, void *state, const struct key *k)
{
	struct queue_state *st = state;
	const struct rect *l = &st->list;

	(void)c;
	if (k->code != KEY_MOUSE_CLICK)
		return false;
	if (k->row >= l->row && k->row < l->row + l->rows && k->col < l->cols &&
	    st->top[st->kind] + (size_t)(k->row - l->row) < queue_view_count(st->view))
		set_row(st, st->top[st->kind] + (size_t)(k->row - l->row));
	return true;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static void draw_list(const struct console *c, struct queue_state *st, struct grid *g, struct rect area, usec_t now)
{
	const struct summary *rows[ROWS_MAX];
	size_t count = queue_view_count(st->view), at, n, height = area.rows > 0 ? (size_t)area.rows : 1;
	size_t *top = &st->top[st->kind];
	bool found;

	at = cursor_row(st, &found);
	st->page = height > 1 ? height - 1 : 1;
	/* The window moves by most of a screen at once: painting every row anew for each step would be slow on a slow line. */
	if (at < *top)
		*top = at + height / 4 + 1 > height ? at + height / 4 + 1 - height : 0;
	if (at >= *top + height)
		*top = at - height / 4;
	if (*top + height > count)
		*top = count > height ? count - height : 0;
	n = queue_view_rows(st->view, *top, rows, height < ROWS_MAX ? height : ROWS_MAX);
	for (size_t i = 0; i < n; i++)
		(desk_is(c) ? desk_row_draw : queue_row_draw)(c, st->kind, rows[i], g, (struct rect){ area.row + (int)i, area.col, 1, area.cols },
		    *top + i == at, now);
	if (count == 0)
		grid_puts(g, area.row + area.rows / 3, area.col + 4, area.cols - 4, ST_DIM, c->loading ? _("reading the queue …") :
		    filter_on(&st->filter) ? _("nothing matches the filter") : _("nothing here: well done"));
}

static void draw_rule(const struct console *c, const struct queue_state *st, struct grid *g, int row, int col, int cells)
{
	char text[120];
	bool found;
	size_t at = cursor_row(st, &found), count = queue_view_count(st->view);
	int n;

	grid_hline(g, row, col, cells, ST_RULE);
	n = snprintf(text, sizeof text, " %zu/%zu ", count ? at + 1 : 0, count);
	if (c->nmarked > 0)
		snprintf(text + n, sizeof text - (size_t)n, _("· %zu marked "), c->nmarked);
	n = width_text(text, strlen(text));
	if (n + 2 < cells)
		grid_puts(g, row, col + cells - n - 1, n, c->nmarked > 0 ? ST_KEY : ST_LABEL, text);
	if (st->reading)
		grid_puts(g, row, col + 2, cells - 4, ST_KEY, _(" Tab: arrows scroll the text "));
}

static void queue_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct queue_state *st = state;
	int head = area.rows >= 28 ? 2 : 1, body = area.row + head;
	struct rect list, pane;

	if (!st->view)
		return;
	(desk_is(c) ? desk_tabs_draw : queue_row_tabs)(c, st->kind, g, area.row);
	if (area.cols >= WIDE_COLS) {
		list = (struct rect){ body + 1, 0, area.rows - head - 2, area.cols * 11 / 20 };
		pane = (struct rect){ body, list.cols + 2, area.rows - head - 1, area.cols - list.cols - 3 };
		if (head == 2)
			grid_hline(g, area.row + 1, 0, g->cols, ST_RULE);
		grid_vline(g, body, list.cols, area.rows - head, ST_RULE);
		draw_rule(c, st, g, area.row + area.rows - 1, 0, list.cols);
	} else {
		int rows = (area.rows - head - 2) * 9 / 20;

		list = (struct rect){ body + 1, 0, rows < 3 ? 3 : rows, area.cols };
		pane = (struct rect){ list.row + list.rows + 1, 1, area.row + area.rows - list.row - list.rows - 1, area.cols - 2 };
		if (head == 2)
			grid_hline(g, area.row + 1, 0, g->cols, ST_RULE);
		draw_rule(c, st, g, list.row + list.rows, 0, area.cols);
	}
	st->list = list;
	(desk_is(c) ? desk_row_head : queue_row_head)(&(struct queue_heading){ st->kind, filter_text(&st->filter), queue_view_count(st->view) }, g,
	    (struct rect){ body, list.col, 1, list.cols });
	draw_list(c, st, g, list, now);
	case_pane_render(c, &st->pane, queue_subject(c, st), g, pane, in_a_hurry(c, st) ? PANE_HEAD : PANE_BESIDE, now);
}

const struct view view_queue = {
	.name = "queue", .title = N_("queue"), .place = KEYMAP_BOTH, .decides = true,
	.open = queue_open, .apply = queue_changed, .key = queue_key, .command = queue_command, .render = queue_render,
	.subject = queue_subject, .wants = queue_wants, .shows = queue_shows, .work = queue_work, .close = queue_close,
};
