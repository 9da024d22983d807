#include "tui/bars.h"

#include <stdio.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/alarms.h"
#include "tui/desk.h"
#include "tui/i18n.h"
#include "tui/views.h"

/* A link's state as a sign: never by colour alone. */
static const char *link_sign(enum link_state s)
{
	return s == LINK_UP ? "●" : s == LINK_CONNECTING ? "◌" : "✗";
}

static enum style link_style(enum link_state s)
{
	return s == LINK_UP ? ST_TOP : ST_LATE;
}

static void left_part(const struct console *c, bool narrow, char *out, size_t size)
{
	char crew[96] = "";

	if (c->db != LINK_UP && c->ready) {
		snprintf(out, size, " %s", _("no database: read only; reconnecting"));
		return;
	}
	if (!c->ready) {
		snprintf(out, size, " %s  %s%s%s", _("Fenbo"), c->db == LINK_UP ? _("logging in") : _("connecting to the database"),
		    c->db_why[0] ? ": " : "", c->db_why);
		return;
	}
	if (c->who.shift[0])
		snprintf(crew, sizeof crew, "%s ", c->who.shift);
	else if (c->who.crew > 0)
		snprintf(crew, sizeof crew, _("crew %d "), c->who.crew);
	if (narrow)
		snprintf(out, size, _(" %s%s · today %d, late %d"), crew, c->who.person, c->who.handled, c->who.late);
	else
		snprintf(out, size, _(" %s · %s%s · today %d, late %d"), c->who.desk_name[0] ? c->who.desk_name : c->who.centre, crew,
		    c->who.person, c->who.handled, c->who.late);
}

/* Drawn from the right, so that what matters most is what a narrow screen keeps. */
static int right_field(struct grid *g, int row, int end, style_t style, const char *text)
{
	int cells = width_text(text, strlen(text));

	if (end - cells < 0)
		return end;
	grid_puts(g, row, end - cells, cells, style, text);
	return end - cells;
}

void bars_status(const struct console *c, struct grid *g, int row, usec_t now)
{
	char text[200], part[96], clock[9] = "--:--:--";
	int end = g->cols;

	grid_fill(g, (struct rect){ row, 0, 1, g->cols }, ST_TOP);
	left_part(c, g->cols < 110, text, sizeof text);
	if (now > 0)
		clock_hms(now, clock);
	snprintf(part, sizeof part, " %s ", clock);
	end = right_field(g, row, end, ST_TOP, part);
	if (c->ready) {
		if (g->cols < 110) /* the tab says how many there are */
			snprintf(part, sizeof part, _(" soon late %zu "), c->soon);
		else if (desk_is(c))
			snprintf(part, sizeof part, _(" to sign for %zu  soon late %zu "), c->counts[VIEW_SIGN], c->soon);
		else
			snprintf(part, sizeof part, _(" to dispatch %zu  soon late %zu "), c->counts[VIEW_TRIAGE], c->soon);
		end = right_field(g, row, end, c->soon > 0 ? ST_TOP : ST_TOP_WEAK, part);
		/* Whoever answers for the shift sees what is late wherever he is; it is the board's own number. */
		if (c->who.role & (ROLE_SUPERVISOR | ROLE_ADMIN) && c->counts[VIEW_OVERDUE] > 0) {
			snprintf(part, sizeof part, _(" ▲ late %zu "), c->counts[VIEW_OVERDUE]);
			end = right_field(g, row, end, ST_LATE, part);
		}
		snprintf(part, sizeof part, _(" alarms %zu "), alarms_standing(c));
		if (alarms_standing(c) > 0)
			end = right_field(g, row, end, ST_TOP, part);
	}
	snprintf(part, sizeof part, _(" db %s "), link_sign(c->db));
	end = right_field(g, row, end, link_style(c->db), part);
	snprintf(part, sizeof part, _(" feed %s "), link_sign(c->feed));
	end = right_field(g, row, end, link_style(c->feed), part);
	if (c->loading && c->ready)
		end = right_field(g, row, end, ST_TOP_WEAK, _(" loading "));
	else if (c->polling && c->db == LINK_UP)
		end = right_field(g, row, end, ST_TOP, g->cols >= 110 ? _(" no stream: polling ") : _(" polling "));
	if (end > 1) {
		style_t style = c->db != LINK_UP && c->ready ? ST_LATE : ST_TOP;

		grid_field(g, row, 0, end - 1, style, text);
	}
}

/* --- the last line ------------------------------------------------------------------------------------------------ */

struct hint { bool is_action; int id; const char *label; };

/* In the order in which a narrow screen keeps them. */
static const struct hint hints[] = {
	{ true, ACTION_RULE, N_("rule") }, { true, ACTION_APPROVE, N_("approve") },
	{ true, ACTION_CONFIRM, N_("confirm") }, { true, ACTION_ACCEPT, N_("accept") }, { true, ACTION_CONFIRM_HEAD, N_("head confirms") },
	{ true, ACTION_COMPLY, N_("comply") }, { true, ACTION_CONTACT, N_("contact") },
	{ true, ACTION_PROGRESS, N_("progress") }, { true, ACTION_RESUME, N_("resume") },
	{ true, ACTION_OVERRIDE, N_("override") }, { false, COMMAND_WHY, N_("why") }, { true, ACTION_MERGE, N_("merge") }, { true, ACTION_SPLIT, N_("split") },
	{ true, ACTION_ANSWER, N_("answer") }, { true, ACTION_RESOLVE, N_("resolve") }, { true, ACTION_RETURN, N_("return") },
	{ true, ACTION_SUBDISPATCH, N_("subdispatch") }, { true, ACTION_EXTEND, N_("extend") }, { true, ACTION_REMIND, N_("remind") },
	{ true, ACTION_REASSIGN, N_("reassign") }, { true, ACTION_SETTLE, N_("settle") }, { true, ACTION_PAUSE, N_("pause") },
	{ true, ACTION_CLOSE, N_("close") }, { true, ACTION_UNMERGE, N_("unmerge") }, { true, ACTION_REOPEN, N_("reopen") },
	{ true, ACTION_ESCALATE, N_("escalate") }, { true, ACTION_NEXT, N_("next") }, { true, ACTION_UNDO, N_("undo") },
	{ false, COMMAND_FILTER, N_("filter") }, { false, COMMAND_PALETTE, N_("commands") }, { false, COMMAND_HELP, N_("help") },
	{ true, ACTION_CLAIM, N_("claim") }, { true, ACTION_END, N_("end") }, { true, ACTION_NOTE, N_("note") }, { true, ACTION_ATTACH, N_("attach") },
	{ true, ACTION_PARALLEL, N_("parallel") }, { true, ACTION_PRIORITY, N_("priority") },
	{ false, COMMAND_FIELDS, N_("fields") }, { false, COMMAND_HISTORY, N_("history") }, { false, COMMAND_COMPARE, N_("compare") }, { false, COMMAND_LOCK, N_("lock") },
};

/* What the case itself asks for or rules out, beside its stage: a disputed one is ruled on, not dispatched. */
static bool fits(enum action a, unsigned flags)
{
	switch (a) {
	case ACTION_RULE:     return (flags & FLAG_DISPUTED) != 0;
	case ACTION_APPROVE:  return (flags & FLAG_ASKED) != 0;
	case ACTION_SETTLE:   return (flags & FLAG_INSTRUCTED) != 0;
	case ACTION_COMPLY:   return (flags & FLAG_INSTRUCTED) != 0;
	case ACTION_CONFIRM_HEAD: return (flags & (FLAG_SUPERVISED | FLAG_SPECIAL)) != 0 && !(flags & FLAG_HEADED);
	case ACTION_RESUME:   return (flags & FLAG_PAUSED) != 0;
	case ACTION_PAUSE:    return !(flags & FLAG_PAUSED);
	case ACTION_CONTACT:  return !(flags & FLAG_ALERT) && !(flags & FLAG_CONFIDENTIAL); /* nobody is there; whom the unit does not know the centre calls */
	case ACTION_CONFIRM:
	case ACTION_OVERRIDE:
	case ACTION_PARALLEL: return !(flags & FLAG_DISPUTED);
	default:              return true;
	}
}

static bool useful(const struct console *c, const struct hint *h, unsigned place, int stage, unsigned flags)
{
	const struct action_info *info;

	if (!h->is_action && desk_is(c) && (h->id == COMMAND_WHY || h->id == COMMAND_FIELDS || h->id == COMMAND_COMPARE))
		return false; /* the machine's help is for those who dispatch */
	if (h->is_action && h->id == ACTION_ATTACH && !desk_is(c))
		return false; /* everybody may, units do it daily */
	if (!h->is_action && stage < 0 && (h->id == COMMAND_WHY || h->id == COMMAND_FIELDS || h->id == COMMAND_HISTORY || h->id == COMMAND_COMPARE))
		return false; /* there is no case here */
	if (!h->is_action && h->id == COMMAND_WHY && c->depth > 0 && c->stack[c->depth - 1].view == &view_why)
		return false; /* one looks at it */
	if (!h->is_action)
		return (command_table[h->id].place & place) != 0;
	info = &action_table[h->id];
	if (!(info->roles & (unsigned)c->who.role) || !fits((enum action)h->id, flags))
		return false;
	if (h->id == ACTION_NEXT) /* where nothing is decided nobody looks for the next one to decide */
		return c->depth > 0 && c->stack[c->depth - 1].view->decides;
	return h->id == ACTION_UNDO || (stage >= 0 && (info->stages & 1u << stage));
}

static int hint_cells(const char *key, const char *label)
{
	return width_text(key, strlen(key)) + width_text(label, strlen(label)) + 3;
}

/* Where the next one goes; -1 = there is no room before `end`. */
static int one_hint(struct grid *g, int row, int col, int end, const char *key, const char *label)
{
	if (col + hint_cells(key, label) > end)
		return -1;
	col += grid_puts(g, row, col, g->cols - col, ST_KEY, key) + 1;
	col += grid_puts(g, row, col, g->cols - col, ST_HINT, label) + 2;
	return col;
}

/* The view does something of its own with this key, and has said so already. */
static bool is_own_key(const struct view *v, const char *key)
{
	for (const struct view_key *k = v->keys; k && k->key; k++)
		if (strcmp(k->key, key) == 0)
			return true;
	return false;
}

static void mapped_hints(const struct console *c, struct grid *g, int row, int col, unsigned place)
{
	case_no no = console_subject(c);
	const struct summary *s = queue_find(c->queue, no);
	const struct casefile *f = console_case(c, no);
	int stage = s ? (int)s->stage : f ? (int)f->stage : -1, end = g->cols;
	char key[32];

	/* The way to all the other keys has its room, however many there are. */
	if (*console_key_name(c, false, COMMAND_HELP, key) && (command_table[COMMAND_HELP].place & place) != 0 && !is_own_key(c->stack[c->depth - 1].view, key) &&
	    col + hint_cells(key, _("help")) <= end)
		end -= hint_cells(key, _("help"));
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
		if (!hints[i].is_action && hints[i].id == COMMAND_HELP)
			end = g->cols;

		if (!useful(c, &hints[i], place, stage, s ? s->flags : f ? f->flags : 0))
			continue;
		console_key_name(c, hints[i].is_action, hints[i].id, key);
		if (hints[i].is_action && hints[i].id == ACTION_CONFIRM) {
			if (!c->stack[c->depth - 1].view->decides)
				continue;
			snprintf(key, sizeof key, "1-3");
		}
		if (!key[0] || is_own_key(c->stack[c->depth - 1].view, key))
			continue;
		int next = one_hint(g, row, col, end, key, _(hints[i].label));

		if (next >= 0)
			col = next;
	}
}

void bars_hint(const struct console *c, struct grid *g, int row)
{
	const struct frame *top = c->depth > 0 ? &c->stack[c->depth - 1] : NULL;
	int col = 1;

	if (c->message.text[0] && c->mono < c->message.until) {
		grid_puts(g, row, col, g->cols - col - 1, c->message.style, c->message.text);
		return;
	}
	if (!top)
		return;
	for (const struct view_key *k = top->view->keys; k && k->key; k++) {
		int next = one_hint(g, row, col, g->cols, k->key, _(k->help));

		if (next < 0)
			return;
		col = next;
	}
	if (top->view->place != 0)
		mapped_hints(c, g, row, col, top->view->place);
	if (c->ntyped > 0) {
		struct keymap_keys typed = { .n = c->ntyped };
		char text[32];

		memcpy(typed.key, c->typed, sizeof typed.key);
		keymap_show(&typed, text);
		grid_printf(g, row, g->cols - 8, 8, ST_KEY, " %s… ", text);
	}
}
