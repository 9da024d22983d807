/*
 * One incident, many people: the open cases of a burst, to be looked through and merged into one of them in one action, after the preview
 * that every bulk action has. Space leaves a case out of that, `.` makes the case under the cursor the one that stays, `-` says that it is
 * another matter and takes it out of the group for good, `X` dissolves the group.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/act.h"
#include "tui/case_pane.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/refusal.h"
#include "tui/units.h"
#include "tui/views.h"

enum { MEMBERS_MAX = 1000, WIDE_COLS = 118 };

struct member { case_no no; bool out; };
struct group {
	int64_t id;
	case_no from;          /* the case it was opened at: its file tells of the group */
	case_no primary;       /* the one that stays */
	struct member *member; /* owned; open cases of the group, most pressing first */
	int n, at, top, page;
	struct case_pane pane;
};

static const struct case_burst *burst_of(const struct console *c, const struct group *v)
{
	const struct casefile *f = console_case(c, v->from);

	return f && f->burst.id == v->id ? &f->burst : NULL;
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static bool was_out(const struct member *old, int n, case_no no)
{
	for (int i = 0; i < n; i++)
		if (old[i].no == no)
			return old[i].out;
	return false;
}

/* The one that should stay: what the group has been merged into before, else one that a unit has already, else the first that came. */
static void choose_primary(const struct console *c, struct group *v)
{
	const struct case_burst *b = burst_of(c, v);
	const struct summary *best = NULL;

	if (v->primary != 0 && queue_find(c->queue, v->primary))
		return;
	if (b && b->primary != 0 && queue_find(c->queue, b->primary)) {
		v->primary = b->primary;
		return;
	}
	for (int i = 0; i < v->n; i++) {
		const struct summary *s = queue_find(c->queue, v->member[i].no);

		if (s && (!best || (s->stage != STAGE_TRIAGE && best->stage == STAGE_TRIAGE) ||
		    ((s->stage != STAGE_TRIAGE) == (best->stage != STAGE_TRIAGE) && s->received_at < best->received_at)))
			best = s;
	}
	v->primary = best ? best->no : 0;
}

static void gather(struct console *c, struct group *v)
{
	struct queue_view *all = queue_view_new(c->queue, VIEW_ALL);
	const struct summary *rows[256];
	struct member *old = v->member;
	case_no at = v->at < v->n ? v->member[v->at].no : v->from;
	int before = v->n;
	size_t from = 0, got;

	v->member = calloc(MEMBERS_MAX, sizeof *v->member);
	v->n = 0;
	while (all && v->member && (got = queue_view_rows(all, from, rows, 256)) > 0) {
		from += got;
		for (size_t i = 0; i < got && v->n < MEMBERS_MAX; i++)
			if (rows[i]->burst == v->id)
				v->member[v->n++] = (struct member){ rows[i]->no, was_out(old, before, rows[i]->no) };
	}
	queue_view_free(all);
	free(old);
	for (int i = 0; i < v->n; i++)
		if (v->member[i].no == at)
			v->at = i;
	if (v->at >= v->n)
		v->at = v->n > 0 ? v->n - 1 : 0;
	choose_primary(c, v);
}

static void *group_open(struct console *c, const void *args)
{
	const struct summary *s = queue_find(c->queue, *(const case_no *)args);
	const struct casefile *f = console_case(c, *(const case_no *)args);
	int64_t id = s ? s->burst : f ? f->burst.id : 0;
	struct group *v = id ? calloc(1, sizeof *v) : NULL;

	if (!id)
		console_say(c, ST_INFO, "%s", _("this case belongs to no burst"));
	if (!v)
		return NULL;
	v->id = id;
	v->from = *(const case_no *)args;
	gather(c, v);
	return v;
}

static void group_close(struct console *c, void *state)
{
	struct group *v = state;

	(void)c;
	free(v->member);
	free(v);
}

static bool is_member(const struct group *v, case_no no)
{
	for (int i = 0; i < v->n; i++)
		if (v->member[i].no == no)
			return true;
	return false;
}

static void group_apply(struct console *c, void *state, case_no no)
{
	struct group *v = state;
	const struct summary *s = queue_find(c->queue, no);

	if (no == 0 || (s && s->burst == v->id) || is_member(v, no))
		gather(c, v);
}

static case_no group_subject(const struct console *c, const void *state)
{
	const struct group *v = state;

	(void)c;
	return v->at < v->n ? v->member[v->at].no : v->from;
}

static case_no group_wants(const struct console *c, const void *state, int i)
{
	const struct group *v = state;

	return i == 0 ? group_subject(c, state) : i == 1 ? v->from : 0;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static bool can_merge(const struct console *c, const struct group *v, int i)
{
	const struct summary *s = queue_find(c->queue, v->member[i].no);

	return s && s->stage == STAGE_TRIAGE && !v->member[i].out && v->member[i].no != v->primary;
}

static int merging(const struct console *c, const struct group *v)
{
	int n = 0;

	for (int i = 0; i < v->n; i++)
		n += can_merge(c, v, i);
	return n;
}

static void merge_all(struct console *c, struct group *v)
{
	const struct summary *s = queue_find(c->queue, v->primary);
	case_no no[MEMBERS_MAX];
	size_t n = 0;
	struct deed *d;
	char plain[14], shown[16];

	for (int i = 0; i < v->n; i++)
		if (can_merge(c, v, i))
			no[n++] = v->member[i].no;
	if (n == 0 || !s) {
		console_say(c, ST_WARN, "%s", _("there is nothing to merge here"));
		return;
	}
	d = deed_for(c, ACTION_MERGE, no, n);
	if (!d)
		return;
	number_plain(v->primary, plain);
	number_show(v->primary, shown);
	deed_put(d, ARG_INTO, plain);
	snprintf(d->whom, sizeof d->whom, "%s  %.120s", shown, s->title);
	act_go(c, d);
}

/* --- what does not belong together ---------------------------------------------------------------------------------- */

struct parting { struct console *c; bool all; };

static void nothing(void *who, int columns, const char *const *column)
{
	(void)who;
	(void)columns;
	(void)column;
}

static void parted(void *who, const struct err *e, size_t rows)
{
	struct parting *p = who;
	char words[REFUSAL_BYTES];

	(void)rows;
	if (e)
		console_say(p->c, ST_BAD, "✗ %s%s%s", _(err_sentence(e->code)), e->message[0] ? _(": ") : "", refusal_words(e->message, words));
	else
		console_say(p->c, ST_GOOD, "%s", p->all ? _("the group is dissolved: each case stands for itself") :
		    _("taken out of the group: the machine will not put it back"));
	free(p);
}

static void part(struct console *c, const struct group *v, case_no no)
{
	struct parting *p = console_can_act(c) ? calloc(1, sizeof *p) : NULL;
	char of[24], list[24];
	const char *args[] = { of, list };

	if (!p)
		return;
	*p = (struct parting){ c, no == 0 };
	snprintf(of, sizeof of, "%lld", (long long)v->id);
	snprintf(list, sizeof list, "{%lld}", (long long)no);
	if (no != 0)
		console_ask(c, SQL_BURST_OUT, args, 2, nothing, parted, p);
	else
		console_ask(c, SQL_BURST_CLOSE, args, 1, nothing, parted, p);
}

static void dissolve(struct console *c, void *ctx, const char *value)
{
	struct group *v = c->depth > 0 && console_top(c)->view == &view_burst ? console_top(c)->state : NULL;

	(void)ctx;
	if (value && v && strcmp(value, "dissolve") == 0)
		part(c, v, 0);
}

static void ask_dissolve(struct console *c)
{
	struct dialog_item items[] = { { "", "dissolve" }, { "", "keep" } };

	snprintf(items[0].text, sizeof items[0].text, "%s", _("it is no incident: each case stands for itself"));
	snprintf(items[1].text, sizeof items[1].text, "%s", _("leave the group as it is"));
	dialog_menu(c, _("Dissolve the group?"), NULL, items, 2, dissolve, NULL);
}

static bool group_key(struct console *c, void *state, const struct key *k)
{
	struct group *v = state;

	if (k->code == ' ' && v->at < v->n) {
		v->member[v->at].out = !v->member[v->at].out;
		list_key(&v->at, v->n, 1, 'j');
	} else if (k->code == '.' && v->at < v->n) {
		v->primary = v->member[v->at].no;
		v->member[v->at].out = false;
	} else if (k->code == 'm') {
		merge_all(c, v);
	} else if (k->code == '-' && v->at < v->n) {
		part(c, v, v->member[v->at].no);
	} else if (k->code == 'X') {
		ask_dissolve(c);
	} else {
		return false;
	}
	return true;
}

static bool group_command(struct console *c, void *state, enum command id)
{
	struct group *v = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_BURST) {
		console_close(c);
		return true;
	}
	return key && (list_key(&v->at, v->n, v->page > 0 ? v->page : 10, key), true);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static void draw_head(const struct console *c, const struct group *v, struct grid *g, struct rect area)
{
	const struct case_burst *b = burst_of(c, v);
	char text[200], no[16], when[40];
	int col = area.col, end = area.col + area.cols;

	if (b) {
		int year, month, day, hour, minute, second;

		clock_local(b->since, &year, &month, &day, &hour, &minute, &second);
		snprintf(when, sizeof when, "%02d-%02d %02d:%02d", month, day, hour, minute);
		snprintf(text, sizeof text, _("%d people, %d cases since %s"), b->people, b->cases, when);
		col += grid_puts(g, area.row, col, end - col, ST_WARN, text) + 2;
		col += grid_puts(g, area.row, col, end - col, ST_TEXT, *b->place ? b->place : _("unknown place")) + 2;
		if (*b->item)
			col += grid_puts(g, area.row, col, end - col, ST_DIM, b->item) + 2;
		grid_puts(g, area.row, col, end - col, ST_STRONG, b->title);
	} else {
		grid_puts(g, area.row, col, end - col, ST_DIM, _("reading …"));
	}
	number_show(v->primary, no);
	snprintf(text, sizeof text, _("%d of %d go into %s"), merging(c, v), v->n, v->primary ? no : "–");
	grid_puts(g, area.row + 1, area.col, area.cols, ST_LABEL, text);
}

static void draw_member(const struct console *c, const struct group *v, int i, struct grid *g, struct rect line, usec_t now)
{
	const struct member *m = &v->member[i];
	const struct summary *s = queue_find(c->queue, m->no);
	bool stays = m->no == v->primary, wide = line.cols >= 100;
	int place = wide ? 16 : 10, state = wide ? 12 : 8, col = line.col + 2, title;
	char text[48];
	style_t style;

	if (!s)
		return;
	if (i == v->at)
		grid_puts(g, line.row, line.col, 1, ST_KEY, "▸");
	/* ★ stays, → goes into it, – left out or no longer to be merged */
	grid_puts(g, line.row, col, 1, stays ? ST_GOOD : ST_KEY, stays ? "★" : can_merge(c, v, i) ? "→" : "–");
	col += 2;
	number_show(m->no, text);
	grid_field(g, line.row, col, 15, m->out ? ST_DIM : ST_NUMBER, text);
	col += 16;
	case_countdown(s->due_at, now, text, &style);
	grid_field_right(g, line.row, col, 8, style, text);
	col += 9;
	title = line.col + line.cols - col - place - 1 - state - 1;
	grid_field(g, line.row, col, title, m->out ? ST_DIM : ST_TEXT, s->title);
	col += title + 1;
	grid_field(g, line.row, col, place, m->out ? ST_DIM : ST_TEXT, s->place);
	col += place + 1;
	grid_field(g, line.row, col, state, m->out ? ST_DIM : ST_INFO, m->out ? _("left out") : *s->unit ? units_short(c->units, s->unit) :
	    *s->owner ? s->owner : _(stage_label(s->stage)));
	if (i == v->at)
		grid_mark(g, line, STYLE_CURSOR);
}

static void group_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct group *v = state;
	int rows = (area.rows - 5) * 11 / 20, row = area.row + 3, col;
	struct rect pane;

	col = 3 + grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, _("one incident"));
	draw_head(c, v, g, (struct rect){ area.row, col, 2, area.cols - col - 1 });
	grid_hline(g, area.row + 2, 0, area.cols, ST_RULE);
	if (rows > v->n && v->n > 0)
		rows = v->n;
	rows = rows < 3 ? 3 : rows;
	v->page = rows > 1 ? rows - 1 : 1;
	v->top = list_top(v->top, v->at, v->n, rows);
	for (int i = 0; i < rows && v->top + i < v->n; i++)
		draw_member(c, v, v->top + i, g, (struct rect){ row + i, 0, 1, area.cols }, now);
	if (v->n == 0)
		grid_puts(g, row, 4, area.cols - 8, ST_DIM, _("no case of it is open any more"));
	grid_hline(g, row + rows, 0, area.cols, ST_RULE);
	pane = (struct rect){ row + rows + 1, 1, area.row + area.rows - row - rows - 1, area.cols - 2 };
	case_pane_render(c, &v->pane, group_subject(c, v), g, pane, PANE_ALONE, now);
}

static const struct view_key group_keys[] = {
	{ "m", N_("merge all of →") }, { "Space", N_("leave out") }, { ".", N_("this one stays") }, { "-", N_("another matter") }, { "X", N_("no incident") },
	{ "Enter", N_("open") }, { "Esc", N_("back") },
	{ NULL, NULL }
};
const struct view view_burst = {
	.name = "burst", .title = N_("one incident"), .place = KEYMAP_LIST, .decides = true, .keys = group_keys,
	.open = group_open, .apply = group_apply, .key = group_key, .command = group_command, .render = group_render, .subject = group_subject,
	.wants = group_wants, .close = group_close,
};
