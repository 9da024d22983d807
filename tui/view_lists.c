/* The supervisor's queues in one menu, each with how many cases wait in it: a digit or letter opens it. The counts are those of the queue in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/views.h"

enum { ESC = 27 };

/* What waits for a decision first, then what is late, then what is watched. A line without a queue opens a view. */
static const struct line { enum view_kind kind; enum command opens; const char *what; } lines[] = {
	{ VIEW_DISPUTED,   0, N_("returned again: rule whose it is") },
	{ VIEW_RETURNED,   0, N_("sent back by a unit") },
	{ VIEW_ESCALATED,  0, N_("sent up by a dispatcher") },
	{ VIEW_ASKED,      0, N_("more days or a pause: yes or no") },
	{ VIEW_OVERDUE,    0, N_("a clock has run out") },
	{ VIEW_CHASED,     0, N_("the citizen asks again") },
	{ VIEW_POOR,       0, N_("to be done again after a bad rating") },
	{ VIEW_SPECIAL,    0, N_("rated badly again") },
	{ VIEW_SUPERVISED, 0, N_("the unit's head confirms the result") },
	{ VIEW_INSTRUCTED, 0, N_("a leader's word, to be followed to its end") },
	{ VIEW_REMINDED,   0, N_("a letter the unit has not answered") },
	{ VIEW_RELAPSE,    0, N_("the same again after it was closed") },
	{ VIEW_ENTERPRISE, 0, N_("a key enterprise is named") },
	{ VIEW_DELEGATE,   0, N_("brought by a delegate") },
	{ VIEW_GROUP,      0, N_("one incident, many people") },
	{ VIEW_COUNT, COMMAND_VIEW_HANDOVER, N_("left by a shift and not acknowledged") },
	{ VIEW_COUNT, COMMAND_VIEW_LEADERS, N_("leaders' list, instructions, bulletins") },
	{ VIEW_COUNT, COMMAND_VIEW_TOPICS,  N_("topics") },
};
enum { LINES = sizeof lines / sizeof lines[0] };

/* 1 … 9, then a … : none of them moves in a list. */
static char key_of(int i)
{
	return (char)(i < 9 ? '1' + i : 'a' + i - 9);
}

/* left_open: items of handovers that nobody acknowledged in time; they are no cases of the queue, so PostgreSQL is asked. */
struct lists { struct console *c; int at, top, left_open; bool asking; uint64_t handle; };

static void open_row(void *who, int columns, const char *const *column)
{
	(void)columns;
	(void)column;
	((struct lists *)who)->left_open++;
}

static void open_done(void *who, const struct err *e, size_t rows)
{
	struct lists *v = who;

	(void)e;
	(void)rows;
	v->asking = false;
	v->c->dirty = true;
}

static void *lists_open(struct console *c, const void *args)
{
	struct lists *v = calloc(1, sizeof *v);
	uint64_t handle;

	(void)args;
	if (!v)
		return NULL;
	v->c = c;
	if (c->db == LINK_UP && c->who.role & (ROLE_SUPERVISOR | ROLE_ADMIN)) {
		v->asking = true;
		handle = console_ask(c, SQL_HANDOVER_OPEN, NULL, 0, open_row, open_done, v);
		if (v->asking)
			v->handle = handle;
	}
	return v;
}

static void lists_close(struct console *c, void *state)
{
	struct lists *v = state;

	if (v->asking)
		c->port->forget(c->port_ctx, v->handle);
	free(v);
}

static void choose(struct console *c, int i)
{
	console_close_to(c, 1);
	if (lines[i].kind < VIEW_COUNT)
		view_queue_tab(c, lines[i].kind);
	else
		console_command(c, lines[i].opens);
}

static bool lists_key(struct console *c, void *state, const struct key *k)
{
	struct lists *v = state;

	for (int i = 0; i < LINES; i++)
		if (k->code == (uint32_t)key_of(i)) {
			choose(c, i);
			return true;
		}
	if (k->code == '\n' || k->code == ' ')
		choose(c, v->at);
	else if (k->code == ESC || k->code == 'q' || k->code == KEYMAP_LEFT)
		console_close(c);
	else
		list_key(&v->at, LINES, 8, k->code);
	return true;
}

static void lists_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct lists *v = state;
	int cols = area.cols > 70 ? 64 : area.cols - 6;
	struct rect in = dialog_box(g, area, LINES, cols, _("what waits for the supervisor"));

	(void)now;
	v->top = list_top(v->top, v->at, LINES, in.rows);
	for (int i = 0; i < in.rows && v->top + i < LINES; i++) {
		int at = v->top + i, row = in.row + i;
		const struct line *l = &lines[at];
		style_t style = at == v->at ? ST_PICK : ST_BOX;
		size_t n = l->kind < VIEW_COUNT ? c->counts[l->kind] : l->opens == COMMAND_VIEW_HANDOVER ? (size_t)v->left_open : 0;
		char key[32], text[24];

		grid_fill(g, (struct rect){ row, in.col, 1, in.cols }, style);
		grid_puts(g, row, in.col, 1, style, at == v->at ? "▸" : " ");
		grid_printf(g, row, in.col + 2, 2, style, "%c", key_of(at));
		snprintf(text, sizeof text, "%zu", n);
		console_key_name(c, false, (int)l->opens, key);
		grid_field(g, row, in.col + 4, 16, style, l->kind < VIEW_COUNT ? _(view_label(l->kind)) : key);
		if (l->kind < VIEW_COUNT || n > 0)
			grid_field_right(g, row, in.col + 20, 6, n > 0 && at != v->at && l->kind <= VIEW_OVERDUE ? ST_BOX_TITLE : style, n > 0 ? text : "–");
		grid_field(g, row, in.col + 28, in.cols - 28, style, _(l->what));
	}
}

static const struct view_key lists_keys[] = { { "1-9 a-i", N_("open the queue") }, { "Enter", N_("choose the line") }, { "Esc", N_("back") }, { NULL, NULL } };
const struct view view_lists = {
	.name = "lists", .title = N_("queues"), .overlay = true, .keys = lists_keys,
	.open = lists_open, .key = lists_key, .render = lists_render, .close = lists_close,
};
