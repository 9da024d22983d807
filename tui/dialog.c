#include "tui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/drafts.h"
#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/wrap.h"

enum { ESC = 27, CTRL_S = 19, BOX_MIN_COLS = 36, BOX_MAX_COLS = 100 };

struct rect dialog_box(struct grid *g, struct rect area, int rows, int cols, const char *title)
{
	struct rect box;
	int w;

	if (cols > area.cols - 2)
		cols = area.cols - 2;
	if (rows > area.rows - 2)
		rows = area.rows - 2;
	box = (struct rect){ area.row + (area.rows - rows - 2) / 2, area.col + (area.cols - cols - 2) / 2, rows + 2, cols + 2 };
	grid_fill(g, box, ST_BOX);
	grid_hline(g, box.row, box.col + 1, cols, ST_BOX);
	grid_hline(g, box.row + rows + 1, box.col + 1, cols, ST_BOX);
	grid_vline(g, box.row + 1, box.col, rows, ST_BOX);
	grid_vline(g, box.row + 1, box.col + cols + 1, rows, ST_BOX);
	grid_puts(g, box.row, box.col, 1, ST_BOX, "╭");
	grid_puts(g, box.row, box.col + cols + 1, 1, ST_BOX, "╮");
	grid_puts(g, box.row + rows + 1, box.col, 1, ST_BOX, "╰");
	grid_puts(g, box.row + rows + 1, box.col + cols + 1, 1, ST_BOX, "╯");
	w = grid_printf(g, box.row, box.col + 2, cols - 4, ST_BOX_TITLE, " %s ", title);
	(void)w;
	return (struct rect){ box.row + 1, box.col + 2, rows, cols - 2 };
}

static int widest(const char *title, const char *note)
{
	int cols = width_text(title, strlen(title)) + 8, w = note ? width_text(note, strlen(note)) + 4 : 0;

	return w > cols ? w : cols;
}

static int within(int cols)
{
	return cols < BOX_MIN_COLS ? BOX_MIN_COLS : cols > BOX_MAX_COLS ? BOX_MAX_COLS : cols;
}

/* --- menu --------------------------------------------------------------------------------------------------------- */

struct menu {
	char title[120], note[320];
	struct dialog_item *items;
	int n, at, top;
	dialog_fn fn;
	void *ctx;
};
struct menu_args { const char *title, *note; const struct dialog_item *items; int n; dialog_fn fn; void *ctx; };

static void *menu_open(struct console *c, const void *args)
{
	const struct menu_args *a = args;
	struct menu *m = calloc(1, sizeof *m);

	(void)c;
	if (!m)
		return NULL;
	m->items = calloc((size_t)a->n + 1, sizeof *m->items);
	if (!m->items) {
		free(m);
		return NULL;
	}
	memcpy(m->items, a->items, (size_t)a->n * sizeof *m->items);
	snprintf(m->title, sizeof m->title, "%s", a->title);
	snprintf(m->note, sizeof m->note, "%s", a->note ? a->note : "");
	m->n = a->n;
	m->fn = a->fn;
	m->ctx = a->ctx;
	return m;
}

static void menu_close(struct console *c, void *state)
{
	struct menu *m = state;
	dialog_fn fn = m->fn;
	void *ctx = m->ctx;

	free(m->items);
	free(m);
	if (fn)
		fn(c, ctx, NULL);
}

static void menu_choose(struct console *c, struct menu *m, int at)
{
	dialog_fn fn = m->fn;
	void *ctx = m->ctx;
	char value[sizeof m->items[0].value], title[sizeof m->title], text[sizeof m->items[0].text];

	memcpy(value, m->items[at].value, sizeof value);
	memcpy(title, m->title, sizeof title);
	memcpy(text, m->items[at].text, sizeof text);
	m->fn = NULL;
	console_close(c);
	if (strcmp(value, "…") == 0)
		dialog_prompt(c, &(struct dialog_prompt){ .title = title, .note = text }, fn, ctx);
	else if (fn)
		fn(c, ctx, value);
}

static bool menu_key(struct console *c, void *state, const struct key *k)
{
	struct menu *m = state;

	if (k->code >= '1' && k->code <= '9') {
		if ((int)(k->code - '1') < m->n)
			menu_choose(c, m, (int)(k->code - '1'));
		return true;
	}
	if (list_key(&m->at, m->n, 10, k->code))
		return true;
	if (k->code == '\n' || k->code == ' ') {
		if (m->n > 0)
			menu_choose(c, m, m->at);
		return true;
	}
	if (k->code == ESC || k->code == 'q' || k->code == KEYMAP_LEFT)
		console_close(c);
	return true;
}

static void menu_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct menu *m = state;
	int cols = widest(m->title, m->note), head = m->note[0] ? 2 : 0, rows;
	struct rect in;

	(void)c;
	(void)now;
	for (int i = 0; i < m->n; i++) {
		int w = width_text(m->items[i].text, strlen(m->items[i].text)) + 8;

		cols = w > cols ? w : cols;
	}
	in = dialog_box(g, area, m->n + head, within(cols), m->title);
	if (head)
		grid_field(g, in.row, in.col, in.cols, ST_BOX, m->note);
	rows = in.rows - head;
	m->top = list_top(m->top, m->at, m->n, rows);
	for (int i = 0; i < rows && m->top + i < m->n; i++) {
		int at = m->top + i, row = in.row + head + i;
		style_t style = at == m->at ? ST_PICK : ST_BOX;

		grid_fill(g, (struct rect){ row, in.col, 1, in.cols }, style);
		grid_puts(g, row, in.col, 1, style, at == m->at ? "▸" : " ");
		if (at < 9)
			grid_printf(g, row, in.col + 2, 2, style, "%d", at + 1);
		grid_field(g, row, in.col + 4, in.cols - 4, style, m->items[at].text);
	}
}

static const struct view_key menu_keys[] = {
	{ "1-9", N_("choose") }, { "Enter", N_("choose the line") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_menu = {
	.name = "menu", .title = N_("menu"), .overlay = true, .keys = menu_keys,
	.open = menu_open, .key = menu_key, .render = menu_render, .close = menu_close,
};

void dialog_menu(struct console *c, const char *title, const char *note, const struct dialog_item *items, int n,
    dialog_fn fn, void *ctx)
{
	int depth = c->depth;

	console_open(c, &view_menu, &(struct menu_args){ title, note, items, n, fn, ctx });
	if (c->depth == depth && fn)
		fn(c, ctx, NULL);
}

void dialog_yes(struct console *c, const char *title, const char *note, const char *yes, const char *no, dialog_fn fn, void *ctx)
{
	struct dialog_item item[] = { { "", "yes" }, { "", "no" } };

	snprintf(item[0].text, sizeof item[0].text, "%s", yes);
	snprintf(item[1].text, sizeof item[1].text, "%s", no);
	dialog_menu(c, title, note, item, 2, fn, ctx);
}

/* --- prompt ------------------------------------------------------------------------------------------------------- */

struct prompt {
	char title[120], note[320], draft[64];
	struct edit edit;
	bool may_be_empty;
	dialog_fn fn;
	void *ctx;
};
struct prompt_args { const struct dialog_prompt *p; dialog_fn fn; void *ctx; };

static void *prompt_open(struct console *c, const void *args)
{
	const struct prompt_args *a = args;
	struct prompt *p = calloc(1, sizeof *p);
	const char *draft = a->p->draft ? drafts_get(c->drafts, a->p->draft) : NULL;

	if (!p)
		return NULL;
	snprintf(p->title, sizeof p->title, "%s", a->p->title);
	snprintf(p->note, sizeof p->note, "%s", a->p->note ? a->p->note : "");
	snprintf(p->draft, sizeof p->draft, "%s", a->p->draft ? a->p->draft : "");
	p->edit.lines = a->p->lines;
	p->may_be_empty = a->p->may_be_empty;
	edit_set(&p->edit, draft ? draft : a->p->initial);
	p->fn = a->fn;
	p->ctx = a->ctx;
	return p;
}

static void prompt_close(struct console *c, void *state)
{
	struct prompt *p = state;
	dialog_fn fn = p->fn;
	void *ctx = p->ctx;

	edit_free(&p->edit);
	free(p);
	if (fn)
		fn(c, ctx, NULL);
}

static void prompt_send(struct console *c, struct prompt *p)
{
	dialog_fn fn = p->fn;
	void *ctx = p->ctx;
	char *value;

	if (p->edit.len == 0 && !p->may_be_empty) {
		console_say(c, ST_WARN, "%s", _("nothing is typed yet"));
		return;
	}
	if (p->draft[0] && !console_can_act(c)) /* it stays open with what is in it */
		return;
	value = strdup(edit_text(&p->edit));
	p->fn = NULL;
	console_close(c);
	if (fn)
		fn(c, ctx, value);
	free(value);
}

static bool prompt_key(struct console *c, void *state, const struct key *k)
{
	struct prompt *p = state;

	if (k->code == CTRL_S || k->code == KEYMAP_F0 + 2) {
		prompt_send(c, p);
		return true;
	}
	switch (edit_key(&p->edit, k)) {
	case EDIT_ENTER:
		prompt_send(c, p);
		return true;
	case EDIT_CANCEL:
		if (p->draft[0] && p->edit.len > 0)
			console_say(c, ST_INFO, "%s", _("kept as a draft"));
		console_close(c);
		return true;
	case EDIT_CHANGED:
		if (p->draft[0])
			drafts_put(c->drafts, p->draft, edit_text(&p->edit));
		return true;
	case EDIT_MOVED:
		return true;
	default:
		return false;
	}
}

static void prompt_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct prompt *p = state;
	int head = p->note[0] ? 2 : 0, rows = p->edit.lines ? 8 : 1, cols = area.cols * 3 / 4;
	struct rect in;

	(void)c;
	(void)now;
	in = dialog_box(g, area, head + rows, within(cols), p->title);
	if (head)
		grid_field(g, in.row, in.col, in.cols, ST_BOX, p->note);
	edit_draw(&p->edit, g, (struct rect){ in.row + head, in.col, in.rows - head, in.cols }, ST_INPUT, true);
}

static const struct view_key prompt_keys[] = { { "Enter", N_("send") }, { "Esc", N_("back") }, { NULL, NULL } };
static const struct view_key text_keys[] = {
	{ "F2", N_("send") }, { "Enter", N_("new line") }, { "Esc", N_("back, the draft is kept") }, { NULL, NULL }
};
const struct view view_prompt = {
	.name = "prompt", .title = N_("text"), .overlay = true, .types = true, .keys = prompt_keys,
	.open = prompt_open, .key = prompt_key, .render = prompt_render, .close = prompt_close,
};

const struct view view_text = {
	.name = "text", .title = N_("text"), .overlay = true, .types = true, .keys = text_keys,
	.open = prompt_open, .key = prompt_key, .render = prompt_render, .close = prompt_close,
};

void dialog_prompt(struct console *c, const struct dialog_prompt *p, dialog_fn fn, void *ctx)
{
	int depth = c->depth;

	console_open(c, p->lines ? &view_text : &view_prompt, &(struct prompt_args){ p, fn, ctx });
	if (c->depth == depth && fn)
		fn(c, ctx, NULL);
}

/* --- lines to read ------------------------------------------------------------------------------------------------ */

struct lines {
	char title[160];
	char **line;
	int n, top;
};
struct lines_args { const char *title; const char *const *line; int n; };

static void *lines_open(struct console *c, const void *args)
{
	const struct lines_args *a = args;
	struct lines *l = calloc(1, sizeof *l);

	(void)c;
	if (!l)
		return NULL;
	l->line = calloc((size_t)a->n + 1, sizeof *l->line);
	for (int i = 0; l->line && i < a->n; i++)
		if ((l->line[l->n] = strdup(a->line[i])))
			l->n++;
	snprintf(l->title, sizeof l->title, "%s", a->title);
	return l;
}

static void lines_close(struct console *c, void *state)
{
	struct lines *l = state;

	(void)c;
	for (int i = 0; i < l->n; i++)
		free(l->line[i]);
	free(l->line);
	free(l);
}

static bool lines_key(struct console *c, void *state, const struct key *k)
{
	struct lines *l = state;
	int at = l->top;

	if (list_key(&at, l->n, 10, k->code))
		l->top = at;
	else if (k->code == ESC || k->code == 'q' || k->code == 'n' || k->code == '\n' || k->code == ' ')
		console_close(c);
	return true;
}

static void lines_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct lines *l = state;
	int cols = widest(l->title, NULL), rows;
	struct rect in;

	(void)c;
	(void)now;
	for (int i = 0; i < l->n; i++) {
		int w = width_text(l->line[i], strlen(l->line[i])) + 4;

		cols = w > cols ? w : cols;
	}
	in = dialog_box(g, area, l->n, within(cols), l->title);
	rows = in.rows;
	if (l->top > l->n - rows)
		l->top = l->n > rows ? l->n - rows : 0;
	for (int i = 0; i < rows && l->top + i < l->n; i++)
		grid_field(g, in.row + i, in.col, in.cols, ST_BOX, l->line[l->top + i]);
	if (l->n > rows)
		grid_printf(g, in.row - 1, in.col + in.cols - 12, 12, ST_BOX, " %d/%d ", l->top + rows, l->n);
}

static const struct view_key answers_keys[] = { { "j k", N_("scroll") }, { "Esc", N_("close this") }, { NULL, NULL } };
const struct view view_answers = {
	.name = "answers", .title = N_("answers"), .overlay = true, .keys = answers_keys,
	.open = lines_open, .key = lines_key, .render = lines_render, .close = lines_close,
};

void dialog_lines(struct console *c, const char *title, const char *const *lines, int n)
{
	console_open(c, &view_answers, &(struct lines_args){ title, lines, n });
}
