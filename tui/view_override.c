/*
 * Another unit or duty item than the machine's: one list of both that follows what is typed (Chinese, pinyin, initials, code). An
 * item leads to the unit that its rule names where the appeal happened. For a parallel dispatch Tab marks the assisting units and
 * Enter takes the lead. The reason is asked for next, from the one-key list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/act.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/items.h"
#include "tui/list.h"
#include "tui/pick.h"
#include "tui/units.h"
#include "tui/views.h"

enum { SHOWN_MAX = 600, ASSIST_MAX = 12, RANKS = 4 };

struct choice { const struct unit_row *unit; const struct item_row *item; }; /* one of the two */
struct override {
	struct deed *d;
	struct edit edit;
	struct choice row[SHOWN_MAX]; /* of the console's lists, as they were when they had these ages */
	unsigned units_age, items_age;
	bool looked;
	int n, at, top, page;
	char assist[ASSIST_MAX][40];
	int nassist;
};

/* A unit of one's own tree that does not have the case already; a desk that dispatches is none that handles. */
static bool may_pass(const struct console *c, const struct override *o, const struct unit_row *u)
{
	const struct summary *s = o->d->n == 1 ? queue_find(c->queue, o->d->no[0]) : NULL;

	return desk_mine(c, u->code) && !u->desk && !(s && strcmp(s->unit, u->code) == 0);
}

/* Best first, units before items that match as well. */
static void look_up(const struct console *c, struct override *o)
{
	bool below = o->d->action == ACTION_SUBDISPATCH; /* only one's own tree */
	const char *typed = edit_text(&o->edit);
	const struct unit_row *u;
	const struct item_row *m;
	struct pinyin_query q;

	if (o->looked && o->units_age == units_age(c->units) && o->items_age == items_age(c->items))
		return;
	o->looked = true;
	o->units_age = units_age(c->units);
	o->items_age = items_age(c->items);
	pinyin_prepare(&q, typed);
	o->n = 0;
	for (int want = 0; want < RANKS; want++) {
		for (size_t i = 0; (u = units_at(c->units, i)) && o->n < SHOWN_MAX; i++)
			if ((!below || may_pass(c, o, u)) && units_rank(u, typed, &q) == want)
				o->row[o->n++] = (struct choice){ .unit = u };
		if (below)
			continue;
		for (size_t i = 0; (m = items_at(c->items, i)) && o->n < SHOWN_MAX; i++)
			if (items_rank(m, typed, &q) == want)
				o->row[o->n++] = (struct choice){ .item = m };
	}
	if (o->at >= o->n)
		o->at = o->n > 0 ? o->n - 1 : 0;
}

/* Where the one case is; several are in several places. */
static void want_items(struct console *c, const struct override *o)
{
	const struct casefile *f = o->d->n == 1 ? console_case(c, o->d->no[0]) : NULL;

	items_want(c, f && f->place ? f->place : "");
}

static void *override_open(struct console *c, const void *args)
{
	struct override *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->d = *(struct deed *const *)args;
	o->edit.max = 100;
	want_items(c, o);
	look_up(c, o);
	return o;
}

/* The case, or where it is, may have changed. */
static void override_apply(struct console *c, void *state, case_no no)
{
	struct override *o = state;

	if (no == 0 || (o->d->n == 1 && o->d->no[0] == no))
		want_items(c, o);
}

static void override_close(struct console *c, void *state)
{
	struct override *o = state;

	(void)c;
	deed_free(o->d);
	edit_free(&o->edit);
	free(o);
}

static int assisting(const struct override *o, const char *code)
{
	for (int i = 0; i < o->nassist; i++)
		if (strcmp(o->assist[i], code) == 0)
			return i;
	return -1;
}

static void toggle_assist(struct console *c, struct override *o)
{
	const struct unit_row *u = o->n > 0 ? o->row[o->at].unit : NULL;
	int i = u ? assisting(o, u->code) : -1;

	if (!u) {
		if (o->n > 0)
			console_say(c, ST_WARN, "%s", _("only units assist: Tab marks a unit"));
		return;
	}
	if (i >= 0)
		memmove(o->assist[i], o->assist[i + 1], (size_t)(--o->nassist - i) * sizeof o->assist[0]);
	else if (o->nassist < ASSIST_MAX)
		snprintf(o->assist[o->nassist++], sizeof o->assist[0], "%s", u->code);
	else
		console_say(c, ST_WARN, "%s", _("no more assisting units fit"));
}

/* The unit that the choice leads to; "" when only PostgreSQL will know. NULL, said why, when it leads nowhere. */
static const char *lead_of(struct console *c, const struct override *o, const struct choice *ch)
{
	const char *unit = ch->unit ? ch->unit->code : items_unit(c->items, ch->item);

	if (unit && !*unit && o->d->n == 1) {
		console_say(c, ST_WARN, "%s", _("which unit that means depends on the place, and the place is not known: choose a unit"));
		return NULL;
	}
	return unit ? unit : "";
}

static void choose(struct console *c, struct override *o)
{
	const struct choice *ch = o->n > 0 ? &o->row[o->at] : NULL;
	const char *codes[ASSIST_MAX], *lead;
	struct deed *d = o->d;
	int n = 0;

	if (!ch || !console_can_act(c))
		return;
	lead = lead_of(c, o, ch);
	if (!lead)
		return;
	for (int i = 0; i < o->nassist; i++)
		if (strcmp(o->assist[i], lead) != 0)
			codes[n++] = o->assist[i];
	if (d->action == ACTION_PARALLEL && n == 0) {
		console_say(c, ST_WARN, "%s", _("mark the assisting units with Tab first, then Enter on the lead"));
		return;
	}
	if (ch->unit) {
		deed_put(d, ARG_UNIT, lead);
		snprintf(d->whom, sizeof d->whom, "%s", *ch->unit->shrt ? ch->unit->shrt : ch->unit->name);
	} else { /* the item alone: PostgreSQL says which unit */
		deed_put(d, ARG_ITEM, ch->item->code);
		snprintf(d->whom, sizeof d->whom, "%s%s%s", *lead ? units_short(c->units, lead) : "", *lead ? " · " : "", ch->item->name);
	}
	if (n > 0)
		deed_put_list(d, ARG_ASSIST, codes, n);
	o->d = NULL;
	console_close(c);
	act_go(c, d);
}

static bool override_key(struct console *c, void *state, const struct key *k)
{
	struct override *o = state;

	want_items(c, o);
	look_up(c, o);
	if (k->code == '\t') {
		toggle_assist(c, o);
		return true;
	}
	switch (pick_key(&o->edit, &o->at, o->n, o->page, k)) {
	case PICK_TYPED:
		o->looked = false;
		look_up(c, o);
		return true;
	case PICK_TAKEN:
		choose(c, o);
		return true;
	case PICK_LEFT:
		console_close(c);
		return true;
	case PICK_IGNORED:
		return false;
	default:
		return true;
	}
}

/* ■ an assisting unit, ◇ a duty item: with the unit it leads to. */
static void draw_choice(const struct console *c, const struct override *o, struct grid *g, int row, struct rect in,
    const struct choice *ch, style_t style)
{
	const char *unit = ch->item ? items_unit(c->items, ch->item) : NULL;
	char lead[96];

	if (ch->unit) {
		if (assisting(o, ch->unit->code) >= 0)
			grid_puts(g, row, in.col + 1, 1, style, "■");
		grid_field(g, row, in.col + 3, 14, style, ch->unit->shrt);
		grid_field(g, row, in.col + 18, in.cols - 18 - 15, style, ch->unit->name);
		grid_field(g, row, in.col + in.cols - 14, 14, style, ch->unit->code);
		return;
	}
	snprintf(lead, sizeof lead, "→ %s", !unit ? "…" : *unit ? units_short(c->units, unit) : _("by place"));
	grid_puts(g, row, in.col + 1, 1, style, "◇");
	grid_field(g, row, in.col + 3, in.cols - 3 - 33, style, ch->item->name);
	grid_field(g, row, in.col + in.cols - 32, 17, style, lead);
	grid_field(g, row, in.col + in.cols - 14, 14, style, ch->item->code);
}

static void override_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct override *o = state;
	char title[160];
	int cols = area.cols > 84 ? 76 : area.cols - 6, rows = area.rows - 6 < 24 ? area.rows - 6 : 24, list;
	struct rect in;

	(void)now;
	look_up(c, o);
	in = dialog_box(g, area, rows, cols, deed_title(o->d, title));
	grid_puts(g, in.row, in.col, 12, ST_BOX, _("find: "));
	edit_draw(&o->edit, g, (struct rect){ in.row, in.col + 8, 1, in.cols - 8 }, ST_INPUT, true);
	list = in.rows - 2 - (o->nassist > 0);
	o->page = list > 1 ? list - 1 : 1;
	o->top = list_top(o->top, o->at, o->n, list);
	for (int i = 0; i < list && o->top + i < o->n; i++) {
		int at = o->top + i, row = in.row + 2 + i;
		style_t style = at == o->at ? ST_PICK : ST_BOX;

		grid_fill(g, (struct rect){ row, in.col, 1, in.cols }, style);
		grid_puts(g, row, in.col, 1, style, at == o->at ? "▸" : " ");
		draw_choice(c, o, g, row, in, &o->row[at], style);
	}
	if (o->n == 0)
		grid_puts(g, in.row + 2, in.col + 3, in.cols - 3, ST_BOX, _("no unit and no duty item matches"));
	if (o->nassist > 0) {
		int row = in.row + in.rows - 1, col = in.col + grid_puts(g, row, in.col, in.cols, ST_BOX_TITLE, _("assisting: "));

		for (int i = 0; i < o->nassist && col < in.col + in.cols; i++)
			col += grid_puts(g, row, col, in.col + in.cols - col, ST_BOX, units_short(c->units, o->assist[i])) + 1;
	}
}

static const struct view_key override_keys[] = {
	{ "↑↓", N_("choose") }, { "Enter", N_("take it") }, { "Tab", N_("mark as assisting") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_override = {
	.name = "override", .title = N_("another unit or item"), .overlay = true, .types = true, .keys = override_keys,
	.open = override_open, .apply = override_apply, .key = override_key, .render = override_render, .close = override_close,
};

void override_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	console_open(c, &view_override, &d);
	if (c->depth == depth)
		deed_free(d);
}
