/* The half of the console that takes keys: what a key means here, and the commands that mean the same everywhere. */
#include <stdio.h>
#include <string.h>

#include "tui/act.h"
#include "tui/console.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/reveal.h"
#include "tui/views.h"

enum { CTRL_C = 3, CTRL_Z = 26, ESC = 27 };

static void say_no_case(struct console *c)
{
	console_say(c, ST_WARN, "%s", _("no case stands under the cursor"));
}

static void copy_number(struct console *c)
{
	case_no no = console_subject(c);
	char text[16];

	if (no == 0) {
		say_no_case(c);
		return;
	}
	number_show(no, text);
	console_effect(c, EFFECT_COPY, text);
	console_say(c, ST_GOOD, _("copied: %s"), text);
}

static void leave_answer(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value)
		console_effect(c, EFFECT_QUIT, value);
}

static void leave(struct console *c)
{
	struct dialog_item items[] = { { "", "release" }, { "", "keep" } };

	snprintf(items[0].text, sizeof items[0].text, "%s", _("leave; give my claimed cases back"));
	snprintf(items[1].text, sizeof items[1].text, "%s", _("leave; my claims run out by themselves"));
	dialog_menu(c, _("Leave the console?"), NULL, items, 2, leave_answer, NULL);
}

static bool on_subject(struct console *c, enum command id)
{
	case_no no = console_subject(c);

	if (no == 0) {
		say_no_case(c);
		return true;
	}
	switch (id) {
	case COMMAND_HISTORY: console_open(c, &view_history, &no); break;
	case COMMAND_CLOCK:   console_open(c, &view_clock, &no); break;
	case COMMAND_COMPARE: view_compare_start(c, no); break;
	case COMMAND_WHY:     console_open(c, &view_why, &no); break;
	case COMMAND_FIELDS:  console_open(c, &view_fields, &no); break;
	case COMMAND_BURST:   console_open(c, &view_burst, &no); break;
	case COMMAND_CALLER:  console_open(c, &view_cases, &no); break;
	case COMMAND_REVEAL:  reveal_start(c, no); break;
	case COMMAND_OPEN:    console_open(c, &view_detail, &no); break;
	default: return false;
	}
	return true;
}

bool console_command(struct console *c, enum command id)
{
	struct frame *top = console_top(c);

	if (top && top->view->command && top->view->command(c, top->state, id))
		return true;
	if (id >= COMMAND_VIEW_TRIAGE && id <= COMMAND_VIEW_ALL) {
		console_close_to(c, 1);
		view_queue_tab(c, desk_tab(c, id));
		return true;
	}
	switch (id) {
	case COMMAND_BACK:
		if (c->depth > 1)
			console_close(c);
		return true;
	case COMMAND_HELP:    console_open(c, &view_help, NULL); return true;
	case COMMAND_PALETTE: console_open(c, &view_palette, NULL); return true;
	case COMMAND_SEARCH:  console_open(c, &view_search, NULL); return true;
	case COMMAND_VIEW_ALARMS: console_open(c, &view_alarms, NULL); return true;
	case COMMAND_VIEW_HOT: console_open(c, &view_hot, NULL); return true;
	case COMMAND_VIEW_BOARD: console_open(c, &view_board, NULL); return true;
	case COMMAND_WALL:    console_open(c, &view_wall, NULL); return true;
	case COMMAND_VIEW_SHIFT: console_open(c, &view_shift, NULL); return true;
	case COMMAND_VIEW_HANDOVER: console_open(c, &view_handover, NULL); return true;
	case COMMAND_VIEW_FIGURES: console_open(c, &view_figures, NULL); return true;
	case COMMAND_VIEW_ACCURACY: console_open(c, &view_accuracy, NULL); return true;
	case COMMAND_VIEW_LISTS:   console_open(c, &view_lists, NULL); return true;
	case COMMAND_VIEW_LEADERS: console_open(c, &view_leaders, NULL); return true;
	case COMMAND_VIEW_VISITS:  console_open(c, &view_visits, NULL); return true;
	case COMMAND_VIEW_OUTBOX:  console_open(c, &view_outbox, NULL); return true;
	case COMMAND_VIEW_TOPICS:  console_open(c, &view_topics, NULL); return true;
	case COMMAND_LOCK:    lock_start(c); return true;
	case COMMAND_REDRAW:  console_effect(c, EFFECT_REPAINT, NULL); return true;
	case COMMAND_COPY:    copy_number(c); return true;
	case COMMAND_QUIT:    leave(c); return true;
	case COMMAND_FILTER:
		console_close_to(c, 1);
		return c->depth == 1 && c->stack[0].view->command(c, c->stack[0].state, id);
	case COMMAND_ACKNOWLEDGE:
		if (!alarm_seen(c))
			console_say(c, ST_INFO, "%s", _("no alarm sounds"));
		return true;
	default: return on_subject(c, id);
	}
}

/* Whatever is open, an alarm can be quietened; where letters are text, by its F-key. */
static bool quietens(struct console *c, const struct view *v, uint32_t code)
{
	const struct keymap_bind *b;
	bool more;

	if (c->alarms.n == 0 || c->locked || c->ntyped > 0 || (v->types && code <= KEYMAP_F0))
		return false;
	b = keymap_find(&c->keymap, KEYMAP_BOTH, c->who.role, &code, 1, &more);
	return b && !b->is_action && b->id == COMMAND_ACKNOWLEDGE && alarm_seen(c);
}

/* Digits confirm and do nothing else; for a unit's desk they are keys of the map. */
static bool confirm_digit(struct console *c, const struct view *v, uint32_t code)
{
	if (!v->decides || c->ntyped > 0 || code < '1' || code > '3' || !(c->who.role & (ROLE_DISPATCHER | ROLE_SUPERVISOR)))
		return false;
	act_confirm(c, (int)(code - '1'));
	return true;
}

static void mapped_key(struct console *c, const struct frame *top, uint32_t code)
{
	const struct keymap_bind *b;
	bool more = false;

	if (confirm_digit(c, top->view, code))
		return;
	if (c->ntyped == KEYMAP_SEQUENCE)
		c->ntyped = 0;
	c->typed[c->ntyped++] = code;
	b = keymap_find(&c->keymap, top->view->place, c->who.role, c->typed, c->ntyped, &more);
	if (!b && more)
		return;
	if (!b && c->ntyped > 1 && code != ESC) {
		c->ntyped = 0;
		return;
	}
	c->ntyped = 0;
	if (!b)
		return;
	if (b->is_action)
		act_start(c, (enum action)b->id);
	else
		console_command(c, (enum command)b->id);
}

/* Where letters are text, help and the lock are still one key away. */
static void typing_key(struct console *c, uint32_t code)
{
	bool more;
	const struct keymap_bind *b;

	if (code <= KEYMAP_F0 && code != 15)
		return;
	b = keymap_find(&c->keymap, KEYMAP_BOTH, c->who.role, &code, 1, &more);
	if (b && !b->is_action && (b->id == COMMAND_HELP || b->id == COMMAND_LOCK))
		console_command(c, (enum command)b->id);
}

void console_key(struct console *c, const struct key *k, usec_t mono)
{
	struct frame *top = console_top(c);
	struct key plain = *k;

	c->mono = mono;
	c->dirty = true;
	if (!top)
		return;
	if (k->code == CTRL_Z) {
		console_effect(c, EFFECT_SUSPEND, NULL);
		return;
	}
	if (k->code == 12) { /* Ctrl-L works everywhere: the screen may be unreadable */
		console_effect(c, EFFECT_REPAINT, NULL);
		return;
	}
	if (!top->view->types)
		plain.code = keys_plain(k->code);
	if (plain.code == CTRL_C) /* a habit: it means "no" here, never "die" */
		plain.code = ESC;
	c->message.until = c->message.until > mono + 4 * USEC_S ? mono + 4 * USEC_S : c->message.until;
	if (quietens(c, top->view, plain.code))
		return;
	if (top->view->key && top->view->key(c, top->state, &plain))
		return;
	if (c->locked)
		return;
	if (top->view->types || top->view->place == 0)
		typing_key(c, plain.code);
	else
		mapped_key(c, top, plain.code);
}
