/*
 * What a unit writes about a case: contact, progress, result, files. The citizen's words stand above, the text is kept as a draft, and what
 * goes with it is one F-key away: whether the citizen was reached, when the unit will call again, files by name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/act.h"
#include "tui/attach.h"
#include "tui/case_work.h"
#include "tui/drafts.h"
#include "tui/i18n.h"
#include "tui/moment.h"
#include "tui/views.h"
#include "tui/wrap.h"
#include "tui/writing.h"

enum { F_OUTCOME = KEYMAP_F0 + 4, F_UNTIL = KEYMAP_F0 + 5, F_FILE = KEYMAP_F0 + 6, F_LESS = KEYMAP_F0 + 7 };

/* A menu may be answered after the view has gone: it holds this, and finds NULL there. */
struct link { struct report *r; int dialogs; };

struct report {
	struct writing w;
	json_t *files;          /* owned */
	struct attach *attach;  /* owned; NULL until the first file */
	struct link *link;
	char until[40];         /* RFC 3339; "" = no call was promised */
	bool unreached;
	unsigned takes;         /* enum action_arg, or-ed */
};

static void *report_open(struct console *c, const void *args)
{
	struct report *r = calloc(1, sizeof *r);

	if (!r || !(r->link = calloc(1, sizeof *r->link)) || !(r->files = json_array())) {
		free(r ? r->link : NULL);
		free(r);
		return NULL;
	}
	r->link->r = r;
	writing_open(&r->w, c, *(struct deed *const *)args, NULL);
	r->takes = action_table[r->w.d->action].needs | action_table[r->w.d->action].may;
	return r;
}

static void report_close(struct console *c, void *state)
{
	struct report *r = state;

	(void)c;
	attach_free(r->attach);
	json_decref(r->files);
	r->link->r = NULL;
	if (r->link->dialogs == 0)
		free(r->link);
	writing_free(&r->w);
	free(r);
}

static void send(struct console *c, struct report *r)
{
	bool files = json_array_size(r->files) > 0;
	struct deed *d = r->w.d;
	char busy[80];

	if (!console_can_act(c))
		return;
	if (r->attach && *attach_busy(r->attach, busy)) {
		console_say(c, ST_WARN, "%s", _("a file is still being read"));
		return;
	}
	if (r->w.edit.len == 0 && action_table[d->action].needs & ARG_TEXT) {
		console_say(c, ST_WARN, "%s", _("nothing is typed yet"));
		return;
	}
	if (!files && action_table[d->action].needs & ARG_FILES) {
		console_say(c, ST_WARN, "%s", _("no file is named yet: F6 names one"));
		return;
	}
	if (r->w.edit.len > 0)
		deed_put(d, ARG_TEXT, edit_text(&r->w.edit));
	if (r->takes & ARG_OUTCOME)
		deed_put(d, ARG_OUTCOME, r->unreached ? "unreached" : "reached");
	if (r->until[0])
		deed_put(d, ARG_UNTIL, r->until);
	if (files)
		deed_put_json(d, ARG_FILES, json_incref(r->files));
	act_go(c, writing_take(&r->w, c));
}

static void promised(struct console *c, void *ctx, const char *value)
{
	struct link *l = ctx;
	struct report *r = l->r;

	if (--l->dialogs == 0 && !r)
		free(l);
	if (r && value)
		snprintf(r->until, sizeof r->until, "%s", value);
	c->dirty = true;
}

static void ask_until(struct console *c, struct report *r)
{
	char title[160];

	r->link->dialogs++;
	moment_ask(c, deed_title(r->w.d, title), _("when will the unit call again?"), _("no call is promised"), promised, r->link);
}

static void ask_file(struct console *c, struct report *r)
{
	if (!r->attach)
		r->attach = attach_new(c, r->files);
	if (r->attach)
		attach_ask(r->attach);
}

static bool report_key(struct console *c, void *state, const struct key *k)
{
	struct report *r = state;

	if (writing_sends(k)) {
		send(c, r);
		return true;
	}
	if (k->code == F_OUTCOME && r->takes & ARG_OUTCOME) {
		r->unreached = !r->unreached;
		return true;
	}
	if (k->code == F_UNTIL && r->takes & ARG_UNTIL) {
		ask_until(c, r);
		return true;
	}
	if (k->code == F_FILE && r->takes & ARG_FILES) {
		ask_file(c, r);
		return true;
	}
	if (k->code == F_LESS && json_array_size(r->files) > 0) {
		json_array_remove(r->files, json_array_size(r->files) - 1);
		return true;
	}
	return writing_key(&r->w, c, k);
}

static bool report_work(struct console *c, void *state)
{
	struct report *r = state;

	(void)c;
	return r->attach && attach_work(r->attach);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static int key_field(struct grid *g, int row, int col, int end, const char *key, const char *label)
{
	col += grid_puts(g, row, col, end - col, ST_KEY, key) + 1;
	return col + grid_puts(g, row, col, end - col, ST_LABEL, label) + 1;
}

static void outcome_line(const struct report *r, struct grid *g, int row, int col, int end)
{
	const char *words[] = { _("reached"), _("not reached") };

	col = key_field(g, row, col, end, "F4", _("the citizen was"));
	for (int i = 0; i < 2; i++) {
		bool on = (i == 1) == r->unreached;

		col += grid_puts(g, row, col, end - col, on ? ST_STRONG : ST_DIM, on ? "●" : "○") + 1;
		col += grid_puts(g, row, col, end - col, on ? ST_STRONG : ST_DIM, words[i]) + 2;
	}
	if (r->unreached)
		grid_puts(g, row, col, end - col, ST_WARN, _("the time for contact runs on"));
}

static void until_line(const struct report *r, struct grid *g, int row, int col, int end, usec_t now)
{
	char show[40], text[120];
	usec_t t;

	col = key_field(g, row, col, end, "F5", _("next call"));
	if (r->until[0] && clock_parse(r->until, strlen(r->until), &t)) {
		moment_show(t, now, show);
		snprintf(text, sizeof text, _("promised for %s"), show);
		grid_puts(g, row, col, end - col, ST_STRONG, text);
	} else {
		grid_puts(g, row, col, end - col, ST_DIM, _("none is promised"));
	}
}

static void files_line(const struct report *r, struct grid *g, int row, int col, int end)
{
	size_t n = json_array_size(r->files);
	char text[80], size[24];

	col = key_field(g, row, col, end, "F6", _("add a file"));
	if (r->attach && *attach_busy(r->attach, text)) {
		grid_puts(g, row, col, end - col, ST_WARN, text);
		return;
	}
	if (n == 0)
		grid_puts(g, row, col, end - col, ST_DIM, _("none"));
	for (size_t i = 0; i < n && col < end; i++) {
		const json_t *f = json_array_get(r->files, i);

		case_work_size(json_integer_value(json_object_get(f, "size")), size);
		col += grid_puts(g, row, col, end - col, ST_STRONG, json_string_value(json_object_get(f, "name"))) + 1;
		col += grid_puts(g, row, col, end - col, ST_DIM, size) + 2;
	}
	if (n > 0 && col + 12 < end)
		key_field(g, row, col, end, "F7", _("remove the last"));
}

static const char *heading(enum action a)
{
	switch (a) {
	case ACTION_CONTACT:  return _("what was said, or why nobody answered");
	case ACTION_PROGRESS: return _("how far it is; the citizen may read this");
	case ACTION_RESOLVE:  return _("the result; the citizen gets to read this");
	case ACTION_COMPLY:   return _("what was done about the instruction");
	default:              return _("a word about the files; may be left empty");
	}
}

static void report_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct report *r = state;
	const struct deed *d = r->w.d;
	const struct casefile *f = d->n == 1 ? console_case(c, d->no[0]) : NULL;
	int fields = ((r->takes & ARG_OUTCOME) != 0) + ((r->takes & ARG_UNTIL) != 0) + ((r->takes & ARG_FILES) != 0);
	int words = f ? wrap_count(f->text, strlen(f->text), area.cols - 2) : 0, row = area.row, end = area.cols - 1, most = area.rows / 4;
	char title[160];

	row += grid_puts(g, row, 1, end - 1, ST_STRONG, deed_title(d, title)) > 0;
	if (f) {
		words = words > most ? most : words;
		wrap_draw(g, (struct rect){ row, 1, words, area.cols - 2 }, ST_DIM, f->text, strlen(f->text), 0, NULL, 0);
		row += words;
		row += case_work_draw(c, queue_find(c->queue, f->no), f, g, (struct rect){ row, 1, 3, area.cols - 2 }, false, now);
	}
	grid_hline(g, row, 0, area.cols, ST_RULE);
	grid_printf(g, row++, 2, area.cols - 4, ST_LABEL, " %s ", heading(d->action));
	edit_draw(&r->w.edit, g, (struct rect){ row, 1, area.row + area.rows - row - fields - 1, area.cols - 2 }, ST_INPUT, true);
	row = area.row + area.rows - fields - 1;
	grid_hline(g, row++, 0, area.cols, ST_RULE);
	if (r->takes & ARG_OUTCOME)
		outcome_line(r, g, row++, 1, end);
	if (r->takes & ARG_UNTIL)
		until_line(r, g, row++, 1, end, now);
	if (r->takes & ARG_FILES)
		files_line(r, g, row, 1, end);
}

static const struct view_key report_keys[] = {
	{ "F2", N_("send") }, { "Enter", N_("new line") }, { "Esc", N_("back, the draft is kept") }, { NULL, NULL }
};
const struct view view_report = {
	.name = "report", .title = N_("report"), .types = true, .keys = report_keys,
	.open = report_open, .key = report_key, .render = report_render, .work = report_work, .close = report_close,
};

bool report_takes(enum action a)
{
	return a == ACTION_CONTACT || a == ACTION_PROGRESS || a == ACTION_RESOLVE || a == ACTION_ATTACH || a == ACTION_COMPLY;
}

void report_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	console_open(c, &view_report, &d);
	if (c->depth == depth)
		deed_free(d);
}
