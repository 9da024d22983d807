/*
 * Answering at once: the knowledge base on the left finds a text, the editor on the right finishes it. Nothing is sent while a field of the
 * template, written 【so】, is unfilled. A draft is kept by case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/act.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/pick.h"
#include "tui/views.h"
#include "tui/wrap.h"
#include "tui/writing.h"

enum { ENTRIES_MAX = 60 };

struct entry { char title[120]; char *text; };
struct answer {
	struct console *c;
	struct writing w;
	struct edit find;
	struct entry entry[ENTRIES_MAX];
	int n, at, top;
	bool writing; /* the editor has the keys */
	bool stale, tried_all;
	uint64_t handle;
};

static void clear_entries(struct answer *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->entry[i].text);
	a->n = a->at = a->top = 0;
}

static void entry_row(void *who, int columns, const char *const *column)
{
	struct answer *a = who;
	struct buf clean = { 0 };
	struct entry *e;

	if (columns < 3 || a->n == ENTRIES_MAX)
		return;
	e = &a->entry[a->n++];
	clean_text(&clean, column[1], strlen(column[1]), CLEAN_LINE);
	snprintf(e->title, sizeof e->title, "%.110s", buf_text(&clean));
	buf_reset(&clean);
	clean_text(&clean, column[2], strlen(column[2]), CLEAN_TEXT);
	e->text = strdup(buf_text(&clean));
	buf_free(&clean);
}

static void ask(struct answer *a, const char *query);

static void entries_done(void *who, const struct err *e, size_t rows)
{
	struct answer *a = who;

	(void)rows;
	a->handle = 0;
	a->c->dirty = true;
	if (a->stale)
		ask(a, edit_text(&a->find));
	else if (!e && a->n == 0 && !a->tried_all) {
		a->tried_all = true;
		ask(a, "");
	}
}

static void ask(struct answer *a, const char *query)
{
	const char *args[] = { query, "60" };

	if (a->handle != 0) {
		a->stale = true;
		return;
	}
	a->stale = false;
	clear_entries(a);
	a->handle = console_ask(a->c, SQL_KNOWLEDGE_SEARCH, args, 2, entry_row, entries_done, a);
}

static void *answer_open(struct console *c, const void *args)
{
	struct answer *a = calloc(1, sizeof *a);
	const struct casefile *f;

	if (!a)
		return NULL;
	a->c = c;
	a->find.max = 100;
	a->writing = writing_open(&a->w, c, *(struct deed *const *)args, NULL);
	/* What the citizen wrote is the first question: entries whose keywords stand in it come first. */
	f = console_case(c, a->w.d->no[0]);
	ask(a, f ? f->text : "");
	return a;
}

static void answer_close(struct console *c, void *state)
{
	struct answer *a = state;

	if (a->handle != 0)
		c->port->forget(c->port_ctx, a->handle);
	clear_entries(a);
	edit_free(&a->find);
	writing_free(&a->w);
	free(a);
}

/* The first unfilled field at or after `from`: its bytes, or NULL. */
static const char *unfilled(const char *text, size_t from, size_t *len)
{
	const char *open = strstr(text + from, "【"), *end = open ? strstr(open, "】") : NULL;

	if (!end)
		return NULL;
	*len = (size_t)(end - open) + strlen("】");
	return open;
}

static void next_field(struct answer *a)
{
	const char *text = edit_text(&a->w.edit), *field;
	size_t len;

	field = unfilled(text, a->w.edit.at, &len);
	if (!field)
		field = unfilled(text, 0, &len);
	if (!field)
		return;
	/* The field's name goes, the caret stands where the value belongs. */
	a->w.edit.at = (size_t)(field - text);
	memmove(a->w.edit.text + a->w.edit.at, field + len, a->w.edit.len - a->w.edit.at - len + 1);
	a->w.edit.len -= len;
}

static void send(struct console *c, struct answer *a)
{
	const char *text = edit_text(&a->w.edit), *field;
	struct deed *d;
	size_t len;

	if (!console_can_act(c))
		return;
	if (a->w.edit.len == 0) {
		console_say(c, ST_WARN, "%s", _("nothing is typed yet"));
		return;
	}
	field = unfilled(text, 0, &len);
	if (field) {
		console_say(c, ST_BAD, _("%.*s is not filled in: F4 goes there"), (int)len, field);
		return;
	}
	deed_put(a->w.d, ARG_TEXT, text);
	d = writing_take(&a->w, c);
	act_go(c, d);
}

static bool find_key(struct console *c, struct answer *a, const struct key *k)
{
	switch (pick_key(&a->find, &a->at, a->n, 10, k)) {
	case PICK_TYPED:
		a->tried_all = true;
		ask(a, edit_text(&a->find));
		return true;
	case PICK_TAKEN:
		if (a->n > 0) {
			writing_set(&a->w, c, a->entry[a->at].text);
			a->writing = true;
			next_field(a);
		}
		return true;
	case PICK_LEFT:
		console_close(c);
		return true;
	case PICK_IGNORED:
		return k->code < KEYMAP_F0;
	default:
		return true;
	}
}

static bool answer_key(struct console *c, void *state, const struct key *k)
{
	struct answer *a = state;

	if (writing_sends(k)) {
		send(c, a);
		return true;
	}
	if (k->code == '\t' || k->code == KEYMAP_F0 + 3) {
		a->writing = !a->writing;
		return true;
	}
	if (k->code == KEYMAP_F0 + 4) {
		next_field(a);
		a->writing = true;
		return true;
	}
	return a->writing ? writing_key(&a->w, c, k) : find_key(c, a, k);
}

static void draw_entries(struct answer *a, struct grid *g, struct rect area)
{
	int col = area.col + grid_puts(g, area.row, area.col, area.cols, ST_LABEL, _("find: "));

	edit_draw(&a->find, g, (struct rect){ area.row, col, 1, area.col + area.cols - col }, ST_INPUT, !a->writing);
	a->top = list_top(a->top, a->at, a->n, area.rows - 1);
	for (int i = 0; i < area.rows - 1 && a->top + i < a->n; i++) {
		bool on = a->top + i == a->at;

		grid_puts(g, area.row + 1 + i, area.col, 1, ST_KEY, on ? "▸" : " ");
		grid_field(g, area.row + 1 + i, area.col + 2, area.cols - 2, ST_TEXT, a->entry[a->top + i].title);
		if (on && !a->writing)
			grid_mark(g, (struct rect){ area.row + 1 + i, area.col, 1, area.cols }, STYLE_CURSOR);
	}
	if (a->n == 0)
		grid_puts(g, area.row + 1, area.col + 2, area.cols - 2, ST_DIM, a->handle ? _("looking …") : _("nothing found"));
}

static void answer_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct answer *a = state;
	const struct casefile *f = console_case(c, a->w.d->no[0]);
	bool beside = area.cols >= 100;
	int above = beside ? 6 : 3, rest = area.rows - 2 - above;
	struct rect left, right;
	char title[160];
	size_t len;

	(void)now;
	grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, deed_title(a->w.d, title));
	if (unfilled(edit_text(&a->w.edit), 0, &len))
		grid_field_right(g, area.row, area.cols / 2, area.cols / 2 - 1, ST_WARN, _("fields 【】 are still to be filled"));
	if (f)
		wrap_draw(g, (struct rect){ area.row + 1, 1, above, area.cols - 2 }, ST_DIM, f->text, strlen(f->text), 0, NULL, 0);
	grid_hline(g, area.row + 1 + above, 0, area.cols, ST_RULE);
	left = (struct rect){ area.row + 2 + above, 1, beside ? rest : 6, beside ? area.cols / 3 - 2 : area.cols - 2 };
	right = (struct rect){ left.row, area.cols / 3 + 1, rest, area.cols - area.cols / 3 - 2 };
	if (beside) {
		grid_vline(g, left.row, area.cols / 3 - 1, rest, ST_RULE);
	} else {
		grid_hline(g, left.row + left.rows, 0, area.cols, ST_RULE);
		right = (struct rect){ left.row + left.rows + 1, 1, rest - left.rows - 1, area.cols - 2 };
	}
	draw_entries(a, g, left);
	edit_draw(&a->w.edit, g, right, a->writing ? ST_INPUT : ST_TEXT, a->writing);
}

static const struct view_key answer_keys[] = {
	{ "F2", N_("send") }, { "Enter", N_("take the text") }, { "Tab", N_("find / write") }, { "F4", N_("next field") },
	{ "Esc", N_("back, the draft is kept") }, { NULL, NULL }
};
const struct view view_answer = {
	.name = "answer", .title = N_("answer"), .types = true, .keys = answer_keys,
	.open = answer_open, .key = answer_key, .render = answer_render, .close = answer_close,
};

void answer_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	console_open(c, &view_answer, &d);
	if (c->depth == depth)
		deed_free(d);
}
