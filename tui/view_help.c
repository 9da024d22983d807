/* Help for this place, out of the tables: every key that counts here, with its line of help. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/desk.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/views.h"

enum { HELP_MAX = ACTION_COUNT + COMMAND_COUNT + 40 };

struct help_line { char key[64]; const char *text; bool head; };
struct help { struct help_line line[HELP_MAX]; int n, top, page; char title[120]; };

static void add(struct help *h, const char *key, const char *text, bool head)
{
	if (h->n == HELP_MAX)
		return;
	snprintf(h->line[h->n].key, sizeof h->line[0].key, "%s", key);
	h->line[h->n].text = text;
	h->line[h->n++].head = head;
}

static void all_keys(const struct keymap_bind *b, char out[64])
{
	size_t at = 0;

	out[0] = '\0';
	for (int i = 0; b && i < b->nkeys; i++) {
		char one[32];

		keymap_show(&b->keys[i], one);
		at += (size_t)snprintf(out + at, 64 - at, "%s%s", i ? ", " : "", one);
		if (at >= 60)
			return;
	}
}

static void *help_open(struct console *c, const void *args)
{
	const struct view *v = c->stack[c->depth - 1].view;
	struct help *h = calloc(1, sizeof *h);
	char keys[64];

	(void)args;
	if (!h)
		return NULL;
	snprintf(h->title, sizeof h->title, _("help: %s"), _(v->title));
	for (const struct view_key *k = v->keys; k && k->key; k++)
		add(h, k->key, _(k->help), false);
	if (v->place == 0)
		return h;
	if (h->n > 0)
		add(h, "", "", false);
	add(h, "", _("deciding"), true);
	for (int i = 0; i < ACTION_COUNT; i++) {
		if (!(action_table[i].roles & (unsigned)c->who.role))
			continue;
		all_keys(keymap_action(&c->keymap, (enum action)i), keys);
		if (i == ACTION_CONFIRM)
			snprintf(keys, sizeof keys, "1 2 3");
		add(h, keys, _(action_table[i].help), false);
	}
	add(h, "", "", false);
	add(h, "", _("moving and looking"), true);
	for (int i = 0; i < COMMAND_COUNT; i++) {
		if (!(command_table[i].place & v->place))
			continue;
		all_keys(keymap_command(&c->keymap, (enum command)i), keys);
		add(h, keys, _(desk_help(c, (enum command)i)), false);
	}
	add(h, "Ctrl-Z", _("to the shell; claims are kept until you come back"), false);
	return h;
}

static void help_close(struct console *c, void *state)
{
	(void)c;
	free(state);
}

static bool help_key(struct console *c, void *state, const struct key *k)
{
	struct help *h = state;
	int at = h->top;

	if (list_key(&at, h->n, h->page, k->code)) {
		h->top = at;
		return true;
	}
	if (k->code == 27 || k->code == 'q' || k->code == '?' || k->code == '\n' || k->code == KEYMAP_F0 + 1)
		console_close(c);
	return true;
}

static void help_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct help *h = state;
	/* Two columns where there is room: everything at a glance. */
	int columns = area.cols >= 130 ? 2 : 1, rows = area.rows - 2, width = area.cols / columns, key = 20;

	(void)c;
	(void)now;
	h->page = rows > 1 ? rows - 1 : 1;
	if (h->top > h->n - rows * columns)
		h->top = h->n > rows * columns ? h->n - rows * columns : 0;
	grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, h->title);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	for (int i = 0; i < rows * columns && h->top + i < h->n; i++) {
		const struct help_line *l = &h->line[h->top + i];
		int row = area.row + 2 + i % rows, col = 2 + i / rows * width;

		if (l->head) {
			grid_field(g, row, col, width - 4, ST_STRONG, l->text);
			continue;
		}
		grid_field(g, row, col, key, ST_KEY, l->key);
		grid_field(g, row, col + key + 1, width - key - 4, ST_TEXT, l->text);
	}
}

static const struct view_key help_keys[] = { { "j k", N_("scroll") }, { "Esc", N_("close this") }, { NULL, NULL } };
const struct view view_help = {
	.name = "help", .title = N_("help"), .keys = help_keys,
	.open = help_open, .key = help_key, .render = help_render, .close = help_close,
};
