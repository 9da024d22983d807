/*
 * A break: nothing of any case is on the screen or in the case files kept, claims are kept or given back by choice, and the
 * password, which PostgreSQL checks, brings everything back as it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/dialog.h"
#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/views.h"

struct lock { struct edit edit; bool checking; char said[160]; };

static void *lock_open(struct console *c, const void *args)
{
	struct lock *l = calloc(1, sizeof *l);

	(void)args;
	if (!l)
		return NULL;
	l->edit.secret = true;
	l->edit.max = 200;
	c->locked = true;
	return l;
}

static void lock_close(struct console *c, void *state)
{
	struct lock *l = state;

	c->locked = false;
	edit_free(&l->edit);
	free(l);
}

static bool lock_key(struct console *c, void *state, const struct key *k)
{
	struct lock *l = state;

	if (l->checking)
		return true;
	switch (edit_key(&l->edit, k)) {
	case EDIT_ENTER:
		if (l->edit.len == 0)
			return true;
		l->checking = true;
		snprintf(l->said, sizeof l->said, "%s", _("checking …"));
		console_effect(c, EFFECT_PASSWORD, edit_text(&l->edit));
		edit_free(&l->edit);
		return true;
	case EDIT_CANCEL:
		edit_free(&l->edit);
		return true;
	default:
		return true;
	}
}

static void middle(struct grid *g, int row, style_t style, const char *text)
{
	int cells = width_text(text, strlen(text));

	grid_puts(g, row, cells < g->cols ? (g->cols - cells) / 2 : 0, g->cols, style, text);
}

static void lock_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct lock *l = state;
	int row = area.row + area.rows / 2 - 3, cols = 32, col = (g->cols - cols) / 2;
	char text[200], clock[9] = "";

	if (now > 0)
		clock_hms(now, clock);
	grid_clear(g);
	snprintf(text, sizeof text, _("Fenbo is locked · %s · %s"), c->who.person, clock);
	middle(g, row, ST_STRONG, text);
	middle(g, row + 2, ST_LABEL, _("password"));
	edit_draw(&l->edit, g, (struct rect){ row + 3, col > 0 ? col : 0, 1, cols }, ST_INPUT, true);
	middle(g, row + 5, ST_WARN, l->said);
	if (c->alarms.budget.held > 0) {
		snprintf(text, sizeof text, _("%d urgent cases came meanwhile"), c->alarms.budget.held);
		middle(g, row + 6, ST_WARN, text);
	}
}

const struct view view_lock = {
	.name = "lock", .title = N_("lock"), .types = true,
	.open = lock_open, .key = lock_key, .render = lock_render, .close = lock_close,
};

static void lock_now(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (!value)
		return;
	console_open(c, &view_lock, NULL);
	if (!c->locked)
		return;
	c->alarms.budget.held = 0;
	c->message.text[0] = '\0';
	console_forget_case(c, 0);
	console_effect(c, EFFECT_LOCK, value);
}

void lock_now_idle(struct console *c)
{
	if (console_top(c)->view == &view_wall) /* nothing of a person is on it, but below it there is */
		c->lock_under_wall = !c->wall;
	else if (!c->locked)
		lock_now(c, NULL, "keep");
}

void lock_start(struct console *c)
{
	struct dialog_item items[] = { { "", "keep" }, { "", "release" } };

	if (c->locked)
		return;
	snprintf(items[0].text, sizeof items[0].text, "%s", _("lock; keep my claimed cases"));
	snprintf(items[1].text, sizeof items[1].text, "%s", _("lock; give my claimed cases back"));
	dialog_menu(c, _("Lock the screen"), NULL, items, 2, lock_now, NULL);
}

void lock_answer(struct console *c, bool right, const char *why)
{
	struct frame *top = console_top(c);
	struct lock *l;

	if (!c->locked || !top || top->view != &view_lock)
		return;
	l = top->state;
	l->checking = false;
	if (right) {
		console_close(c);
		return;
	}
	snprintf(l->said, sizeof l->said, "%s", why && *why ? why : _("that is not the password"));
}
