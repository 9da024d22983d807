#include "tui/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/edit.h"
#include "tui/i18n.h"

bool filter_on(const struct filter *f)
{
	return f->text[0] != '\0';
}

const char *filter_text(const struct filter *f)
{
	return f->text;
}

void filter_set(struct filter *f, const char *text)
{
	size_t n = 0, len = strlen(text);

	snprintf(f->text, sizeof f->text, "%.*s", (int)width_clip(text, len < 200 ? len : 200, 200, NULL), text);
	for (const char *p = f->text; *p && n < sizeof f->digits - 1; p++)
		if (*p >= '0' && *p <= '9')
			f->digits[n++] = *p;
		else if (*p != '-')
			break;
	f->digits[n] = '\0';
	if (f->text[n + (strchr(f->text, '-') != NULL)] != '\0' && strspn(f->text, "0123456789-") != strlen(f->text))
		f->digits[0] = '\0';
	pinyin_prepare(&f->query, f->text);
}

bool filter_match(void *ctx, const struct summary *s)
{
	const struct filter *f = ctx;

	if (f->digits[0]) {
		char no[14];

		number_plain(s->no, no);
		if (strstr(no, f->digits))
			return true;
	}
	return pinyin_find(&f->query, s->title, strlen(s->title)) || pinyin_find(&f->query, s->place, strlen(s->place)) ||
	    pinyin_find(&f->query, s->owner, strlen(s->owner)) || pinyin_find(&f->query, s->unit, strlen(s->unit));
}

/* --- typing it ---------------------------------------------------------------------------------------------------- */

struct typing { struct edit edit; struct filter *filter; struct queue_view *view; };
struct typing_args { struct filter *filter; struct queue_view *view; };

static void *typing_open(struct console *c, const void *args)
{
	const struct typing_args *a = args;
	struct typing *t = calloc(1, sizeof *t);

	(void)c;
	if (!t)
		return NULL;
	t->filter = a->filter;
	t->view = a->view;
	t->edit.max = 160;
	edit_set(&t->edit, a->filter->text);
	return t;
}

static void typing_close(struct console *c, void *state)
{
	struct typing *t = state;

	(void)c;
	edit_free(&t->edit);
	free(t);
}

static void follow(struct typing *t)
{
	filter_set(t->filter, edit_text(&t->edit));
	queue_view_filter(t->view, filter_on(t->filter) ? filter_match : NULL, t->filter);
}

static bool typing_key(struct console *c, void *state, const struct key *k)
{
	struct typing *t = state;
	const struct frame *below = &c->stack[c->depth - 2];

	switch (edit_key(&t->edit, k)) {
	case EDIT_CHANGED:
		follow(t);
		return true;
	case EDIT_ENTER:
		console_close(c);
		return true;
	case EDIT_CANCEL:
		edit_set(&t->edit, "");
		follow(t);
		console_close(c);
		return true;
	case EDIT_IGNORED:
		if (k->code == KEYMAP_UP || k->code == KEYMAP_DOWN)
			return below->view->command(c, below->state, k->code == KEYMAP_UP ? COMMAND_UP : COMMAND_DOWN);
		return false;
	default:
		return true;
	}
}

static void typing_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct typing *t = state;
	int row = area.row + area.rows - 1, col;

	(void)c;
	(void)now;
	grid_fill(g, (struct rect){ row, 0, 1, area.cols }, ST_INPUT);
	col = grid_puts(g, row, 0, 4, ST_KEY, " / ");
	edit_draw(&t->edit, g, (struct rect){ row, col, 1, area.cols - col - 1 }, ST_INPUT, true);
}

static const struct view_key typing_keys[] = {
	{ "Enter", N_("keep the filter") }, { "Esc", N_("remove it") }, { "↑↓", N_("move") }, { NULL, NULL }
};
const struct view view_filter = {
	.name = "filter", .title = N_("filter"), .overlay = true, .types = true, .keys = typing_keys,
	.open = typing_open, .key = typing_key, .render = typing_render, .close = typing_close,
};

void filter_open(struct console *c, struct filter *f, struct queue_view *v)
{
	console_open(c, &view_filter, &(struct typing_args){ f, v });
}
