/*
 * Before what is wide or destructive: every case it will touch, with what PostgreSQL says would become of it (fenbo.preview does it and
 * takes it back). Until that has come the dialog says so and takes no yes; it can be left at any time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/act.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/refusal.h"
#include "tui/send.h"
#include "tui/views.h"

enum { ESC = 27, COLS_MIN = 52, COLS_MAX = 100, FACTS = 3, KEYS_ROWS = 2 };
enum known { UNCHECKED, POSSIBLE, REFUSED };
enum check { CHECKING, AWAY, FAILED, CHECKED };

struct touched { case_no no; enum known known; char text[240]; };
struct confirm {
	struct console *c;
	struct deed *d;         /* owned */
	struct touched *row;    /* owned; one for each case of the deed */
	char fact[FACTS][200];  /* where to, as what, in which words */
	int nfacts, top, page;
	enum check check;
	uint64_t handle;
	size_t good;
	char error[160];
};

static const char *title_of(const struct console *c, case_no no)
{
	const struct summary *s = queue_find(c->queue, no);
	const struct casefile *f = console_case(c, no);

	return s ? s->title : f && f->title ? f->title : "";
}

static void from_memory(const struct console *c, case_no no, char *out, size_t size)
{
	char text[16];

	number_show(no, text);
	snprintf(out, size, "%s  %s", text, title_of(c, no));
}

static void gather_facts(struct confirm *v)
{
	const char *text = json_string_value(json_object_get(v->d->args, arg_name(ARG_TEXT)));
	const char *outcome = json_string_value(json_object_get(v->d->args, arg_name(ARG_OUTCOME)));
	enum outcome o;

	if (v->d->whom[0])
		snprintf(v->fact[v->nfacts++], sizeof v->fact[0], "→ %s", v->d->whom);
	if (outcome && outcome_parse(outcome, &o))
		snprintf(v->fact[v->nfacts++], sizeof v->fact[0], _("as: %s"), _(outcome_label(o)));
	if (text)
		snprintf(v->fact[v->nfacts++], sizeof v->fact[0], "“%.180s”", text);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void told(void *who, int columns, const char *const *column)
{
	struct confirm *v = who;
	case_no no = columns >= 3 ? atoll(column[0]) : 0;
	char plain[16], words[REFUSAL_BYTES];

	for (size_t i = 0; no != 0 && i < v->d->n; i++) {
		struct touched *t = &v->row[i];

		if (t->no != no)
			continue;
		t->known = column[1][0] == 't' ? POSSIBLE : REFUSED;
		v->good += t->known == POSSIBLE;
		number_show(no, plain);
		if (t->known == REFUSED) /* the reason first: the title is cut where the box ends */
			snprintf(t->text, sizeof t->text, "%s  %s · %s", plain, refusal_words(column[2], words), title_of(v->c, no));
		else if (*column[2])
			snprintf(t->text, sizeof t->text, "%s", column[2]);
		return;
	}
}

static void told_all(void *who, const struct err *e, size_t rows)
{
	struct confirm *v = who;

	(void)rows;
	v->handle = 0;
	v->check = !e ? CHECKED : e->code == ERR_UNAVAILABLE ? AWAY : FAILED;
	snprintf(v->error, sizeof v->error, "%s", e ? _(err_sentence(e->code)) : "");
	v->c->dirty = true;
}

static void check(struct confirm *v)
{
	struct buf ids = { 0 };
	char *json = json_dumps(v->d->args, JSON_COMPACT);
	const char *args[3] = { action_table[v->d->action].name, NULL, json };
	uint64_t handle;

	v->check = CHECKING;
	v->good = 0;
	for (size_t i = 0; i < v->d->n; i++)
		v->row[i].known = UNCHECKED;
	send_ids(&ids, v->d);
	args[1] = buf_text(&ids);
	if (json) {
		handle = console_ask(v->c, SQL_PREVIEW, args, 3, told, told_all, v);
		v->handle = v->check == CHECKING ? handle : 0; /* it may have been answered at once */
	}
	buf_free(&ids);
	free(json);
}

/* --- the view ----------------------------------------------------------------------------------------------------- */

static void *confirm_open(struct console *c, const void *args)
{
	struct confirm *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->c = c;
	v->d = *(struct deed *const *)args;
	v->row = calloc(v->d->n + 1, sizeof *v->row);
	if (!v->row) {
		free(v);
		return NULL;
	}
	for (size_t i = 0; i < v->d->n; i++) {
		v->row[i].no = v->d->no[i];
		from_memory(c, v->d->no[i], v->row[i].text, sizeof v->row[i].text);
	}
	gather_facts(v);
	check(v);
	return v;
}

static void confirm_close(struct console *c, void *state)
{
	struct confirm *v = state;

	if (v->handle != 0)
		c->port->forget(c->port_ctx, v->handle);
	deed_free(v->d);
	free(v->row);
	free(v);
}

/* The database is back: what it could not say then it is asked now. */
static void confirm_apply(struct console *c, void *state, case_no no)
{
	struct confirm *v = state;

	if (no == 0 && v->check == AWAY && c->db == LINK_UP)
		check(v);
}

static void yes(struct console *c, struct confirm *v)
{
	struct deed *d = v->d;

	if (v->check == CHECKING) {
		console_say(c, ST_WARN, "%s", _("still being checked: a moment, or Esc"));
		return;
	}
	if (v->check == CHECKED && v->good == 0) {
		console_say(c, ST_WARN, "%s", _("nothing of this can be done: Esc"));
		return;
	}
	if (!console_can_act(c))
		return;
	d->confirmed = true;
	v->d = NULL;
	console_close(c);
	act_go(c, d);
}

static bool confirm_key(struct console *c, void *state, const struct key *k)
{
	struct confirm *v = state;
	int at = v->top;

	if (k->code == 'y' || k->code == KEYMAP_F0 + 2)
		yes(c, v);
	else if (list_key(&at, (int)v->d->n, v->page, k->code))
		v->top = at;
	else if (k->code == ESC || k->code == 'q' || k->code == 'n')
		console_close(c);
	return true;
}

static void verdict(const struct console *c, const struct confirm *v, char *out, size_t size)
{
	size_t n = v->d->n;

	if (v->check == CHECKED && v->good == n)
		snprintf(out, size, _("checked: all %zu can be done"), n);
	else if (v->check == CHECKED)
		snprintf(out, size, _("checked: %zu can be done, %zu cannot"), v->good, n - v->good);
	else if (v->check == FAILED)
		snprintf(out, size, _("could not be checked: %s"), v->error);
	else if (v->check == AWAY || c->db != LINK_UP)
		snprintf(out, size, "%s", _("the database is away: to be checked when it is back"));
	else
		snprintf(out, size, "%s", _("being checked …"));
}

static int wide_enough(const struct confirm *v, const char *title)
{
	int cols = width_text(title, strlen(title)) + 8;

	for (size_t i = 0; i < v->d->n; i++) {
		int w = width_text(v->row[i].text, strlen(v->row[i].text)) + 6;

		cols = w > cols ? w : cols;
	}
	for (int i = 0; i < v->nfacts; i++) {
		int w = width_text(v->fact[i], strlen(v->fact[i])) + 4;

		cols = w > cols ? w : cols;
	}
	return cols < COLS_MIN ? COLS_MIN : cols > COLS_MAX ? COLS_MAX : cols;
}

static void confirm_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	static const char *const sign[] = { " ", "✓", "✗" };
	struct confirm *v = state;
	int n = (int)v->d->n, tail = v->nfacts + 1 + KEYS_ROWS, rows, row;
	char title[160], line[200];
	struct rect in;

	(void)now;
	deed_title(v->d, title);
	in = dialog_box(g, area, n + tail, wide_enough(v, title), title);
	rows = in.rows - tail > 1 ? in.rows - tail : 1;
	v->page = rows;
	if (v->top > n - rows)
		v->top = n > rows ? n - rows : 0;
	for (int i = 0; i < rows && v->top + i < n; i++) {
		const struct touched *t = &v->row[v->top + i];

		grid_puts(g, in.row + i, in.col, 1, ST_BOX, sign[t->known]);
		grid_field(g, in.row + i, in.col + 2, in.cols - 2, ST_BOX, t->text);
	}
	if (n > rows)
		grid_printf(g, in.row - 1, in.col + in.cols - 14, 14, ST_BOX, " %d/%d ", v->top + rows, n);
	row = in.row + rows;
	for (int i = 0; i < v->nfacts; i++)
		grid_field(g, row++, in.col + 2, in.cols - 2, ST_BOX, v->fact[i]);
	verdict(c, v, line, sizeof line);
	grid_field(g, row, in.col + 2, in.cols - 2, ST_BOX_TITLE, line);
	grid_puts(g, in.row + in.rows - 1, in.col, in.cols, ST_BOX_TITLE,
	    v->check == CHECKED || v->check == FAILED ? _("y yes    Esc no") : _("Esc no"));
}

static const struct view_key confirm_keys[] = { { "y F2", N_("agree, once checked") }, { "Esc", N_("no") }, { NULL, NULL } };
const struct view view_confirm = {
	.name = "confirm", .title = N_("confirm"), .overlay = true, .keys = confirm_keys,
	.open = confirm_open, .apply = confirm_apply, .key = confirm_key, .render = confirm_render, .close = confirm_close,
};

void confirm_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	console_open(c, &view_confirm, &d);
	if (c->depth == depth)
		deed_free(d);
}
