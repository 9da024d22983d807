/*
 * Another unit than the machine's: a list that follows what is typed (Chinese, pinyin, initials, code). For a parallel dispatch
 * Tab marks the assisting units and Enter takes the lead. The reason is asked for next, from the one-key list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/dialog.h"
#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/units.h"
#include "tui/views.h"

enum { SHOWN_MAX = 400, ASSIST_MAX = 12 };

struct override {
	struct deed *d;
	struct edit edit;
	const struct unit_row *row[SHOWN_MAX]; /* of the console's list; looked up anew whenever it is drawn or used */
	int n, at, top, page;
	char assist[ASSIST_MAX][40];
	int nassist;
};

static void look_up(const struct console *c, struct override *o)
{
	o->n = (int)units_match(c->units, edit_text(&o->edit), o->row, SHOWN_MAX);
	if (o->at >= o->n)
		o->at = o->n > 0 ? o->n - 1 : 0;
}

static void *override_open(struct console *c, const void *args)
{
	struct override *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->d = *(struct deed *const *)args;
	o->edit.max = 100;
	look_up(c, o);
	return o;
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
	int i = o->n > 0 ? assisting(o, o->row[o->at]->code) : -1;

	if (o->n == 0)
		return;
	if (i >= 0)
		memmove(o->assist[i], o->assist[i + 1], (size_t)(--o->nassist - i) * sizeof o->assist[0]);
	else if (o->nassist < ASSIST_MAX)
		snprintf(o->assist[o->nassist++], sizeof o->assist[0], "%s", o->row[o->at]->code);
	else
		console_say(c, ST_WARN, "%s", _("no more assisting units fit"));
}

static void choose(struct console *c, struct override *o)
{
	const struct unit_row *lead = o->n > 0 ? o->row[o->at] : NULL;
	const char *codes[ASSIST_MAX];
	struct deed *d = o->d;
	int n = 0;

	if (!lead || !console_can_act(c))
		return;
	for (int i = 0; i < o->nassist; i++)
		if (strcmp(o->assist[i], lead->code) != 0)
			codes[n++] = o->assist[i];
	if (d->action == ACTION_PARALLEL && n == 0) {
		console_say(c, ST_WARN, "%s", _("mark the assisting units with Tab first, then Enter on the lead unit"));
		return;
	}
	deed_put(d, ARG_UNIT, lead->code);
	if (n > 0)
		deed_put_list(d, ARG_ASSIST, codes, n);
	snprintf(d->whom, sizeof d->whom, "%s", *lead->shrt ? lead->shrt : lead->name);
	o->d = NULL;
	console_close(c);
	deed_go(c, d);
}

static bool override_key(struct console *c, void *state, const struct key *k)
{
	struct override *o = state;

	look_up(c, o);
	if ((k->code == KEYMAP_UP || k->code == KEYMAP_DOWN || k->code == KEYMAP_PGUP || k->code == KEYMAP_PGDN) &&
	    list_key(&o->at, o->n, o->page, k->code))
		return true;
	if (k->code == '\t') {
		toggle_assist(c, o);
		return true;
	}
	switch (edit_key(&o->edit, k)) {
	case EDIT_CHANGED:
		o->at = 0;
		look_up(c, o);
		return true;
	case EDIT_ENTER:
		choose(c, o);
		return true;
	case EDIT_CANCEL:
		console_close(c);
		return true;
	case EDIT_MOVED:
		return true;
	default:
		return false;
	}
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
	grid_puts(g, in.row, in.col, 12, ST_BOX, _("unit: "));
	edit_draw(&o->edit, g, (struct rect){ in.row, in.col + 8, 1, in.cols - 8 }, ST_INPUT, true);
	list = in.rows - 2 - (o->nassist > 0);
	o->page = list > 1 ? list - 1 : 1;
	o->top = list_top(o->top, o->at, o->n, list);
	for (int i = 0; i < list && o->top + i < o->n; i++) {
		const struct unit_row *r = o->row[o->top + i];
		style_t style = o->top + i == o->at ? ST_PICK : ST_BOX;
		int row = in.row + 2 + i;

		grid_fill(g, (struct rect){ row, in.col, 1, in.cols }, style);
		grid_puts(g, row, in.col, 1, style, o->top + i == o->at ? "▸" : " ");
		if (assisting(o, r->code) >= 0)
			grid_puts(g, row, in.col + 1, 1, style, "■");
		grid_field(g, row, in.col + 3, 14, style, r->shrt);
		grid_field(g, row, in.col + 18, in.cols - 18 - 15, style, r->name);
		grid_field(g, row, in.col + in.cols - 14, 14, style, r->code);
	}
	if (o->n == 0)
		grid_puts(g, in.row + 2, in.col + 3, in.cols - 3, ST_BOX, _("no unit matches"));
	if (o->nassist > 0) {
		int row = in.row + in.rows - 1, col = in.col + grid_puts(g, row, in.col, in.cols, ST_BOX_TITLE, _("assisting: "));

		for (int i = 0; i < o->nassist && col < in.col + in.cols; i++)
			col += grid_puts(g, row, col, in.col + in.cols - col, ST_BOX, units_short(c->units, o->assist[i])) + 1;
	}
}

static const struct view_key override_keys[] = {
	{ "↑↓", N_("choose") }, { "Enter", N_("take this unit") }, { "Tab", N_("mark as assisting") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_override = {
	.name = "override", .title = N_("another unit"), .overlay = true, .types = true, .keys = override_keys,
	.open = override_open, .key = override_key, .render = override_render, .close = override_close,
};

void override_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	console_open(c, &view_override, &d);
	if (c->depth == depth)
		deed_free(d);
}
