#include "tui/desk.h"

#include <stdio.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/case_pane.h"
#include "tui/i18n.h"
#include "tui/promises.h"
#include "tui/units.h"

enum { NUMBER_CELLS = 15, TIME_CELLS = 8, CLOCK_CELLS = 4, KEYS_FROM_COLS = 110, TREE_MAX = 12, CALL_SOON_S = 4 * 3600 };

/* In the order of the work. `command` is the key that opens the tab: the F-keys stand in this order. */
static const struct tab { enum view_kind kind; enum command command; const char *label, *help; } tabs[] = {
	{ VIEW_SIGN,    COMMAND_VIEW_TRIAGE,     N_("To sign for"), N_("view: to sign for") },
	{ VIEW_HAND,    COMMAND_VIEW_MINE,       N_("In hand"),     N_("view: in hand") },
	{ VIEW_HELD,    COMMAND_VIEW_RETURNED,   N_("Paused"),      N_("view: paused") },
	{ VIEW_ASKED,   COMMAND_VIEW_DISPUTED,   N_("Asked"),       N_("view: asked of the supervisor") },
	{ VIEW_OVERDUE, COMMAND_VIEW_OVERDUE,    N_("Overdue"),     N_("view: late") },
	{ VIEW_RATING,  COMMAND_VIEW_SUPERVISED, N_("To be rated"), N_("view: resolved, to be rated") },
	{ VIEW_ALL,     COMMAND_VIEW_OUT,        N_("All"),         N_("view: everything of our unit") },
};
enum { TABS = sizeof tabs / sizeof tabs[0] };

bool desk_is(const struct console *c)
{
	return c->who.role == ROLE_UNIT;
}

static const struct tab *tab_of(const struct console *c, enum command id)
{
	for (int i = 0; desk_is(c) && i < TABS; i++)
		if (tabs[i].command == id)
			return &tabs[i];
	return NULL;
}

enum view_kind desk_tab(const struct console *c, enum command id)
{
	const struct tab *t = tab_of(c, id);

	return t ? t->kind : (enum view_kind)(id - COMMAND_VIEW_TRIAGE + VIEW_TRIAGE);
}

const char *desk_help(const struct console *c, enum command id)
{
	const struct tab *t = tab_of(c, id);

	return t ? t->help : command_table[id].help;
}

bool desk_mine(const struct console *c, const char *unit)
{
	const struct unit_row *r;

	for (int i = 0; *unit && i < TREE_MAX; i++, unit = r->parent) {
		if (strcmp(unit, c->who.desk) == 0)
			return true;
		if (!(r = units_find(c->units, unit)))
			return false;
	}
	return false;
}

/* --- tabs --------------------------------------------------------------------------------------------------------- */

/* "F3 In hand 12": where there is room each tab says its key. */
static void tab_text(const struct console *c, const struct tab *t, bool keys, char out[96])
{
	const struct keymap_bind *b = keymap_command(&c->keymap, t->command);
	char key[40] = "";

	for (int i = 0; keys && b && i < b->nkeys; i++) {
		keymap_show(&b->keys[i], key);
		if (key[0] == 'F')
			break;
		key[0] = '\0';
	}
	snprintf(out, 96, " %s%s%s %zu ", key, *key ? " " : "", _(t->label), c->counts[t->kind]);
}

void desk_tabs_draw(const struct console *c, enum view_kind kind, struct grid *g, int row)
{
	bool keys = g->cols >= KEYS_FROM_COLS, tight = false;
	char text[96];
	int need = 0, col = 0;

	for (int i = 0; i < TABS; i++) {
		tab_text(c, &tabs[i], keys, text);
		need += width_text(text, strlen(text));
	}
	tight = need > g->cols;
	for (int i = 0; i < TABS && col < g->cols; i++) {
		bool on = tabs[i].kind == kind;

		if (tight && !on && c->counts[tabs[i].kind] == 0)
			continue;
		tab_text(c, &tabs[i], keys, text);
		if (col + width_text(text, strlen(text)) > g->cols - 2 && !on) {
			grid_puts(g, row, g->cols - 1, 1, ST_TAB, "…");
			continue;
		}
		col += grid_puts(g, row, col, g->cols - col, on ? ST_TAB_ON :
		    tabs[i].kind == VIEW_OVERDUE && c->counts[VIEW_OVERDUE] > 0 ? ST_SOON : ST_TAB, text);
	}
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct columns { int number, title, badges, place, who, title_cells, badge_cells, place_cells, who_cells; };

static struct columns lay_out(int cols)
{
	struct columns k = { .number = 4 + TIME_CELLS + 1 + CLOCK_CELLS + 1 };

	k.title = k.number + NUMBER_CELLS + 1;
	k.who_cells = cols >= 100 ? 14 : 10;
	k.badge_cells = cols >= 100 ? 14 : 8;
	k.place_cells = cols >= 100 ? 12 : 0;
	k.title_cells = cols - k.title - k.badge_cells - k.place_cells - (k.place_cells > 0) - k.who_cells - 1;
	k.badges = k.title + k.title_cells;
	k.place = k.badges + k.badge_cells;
	k.who = k.place + k.place_cells + (k.place_cells > 0);
	return k;
}

const char *desk_clock(const struct summary *s)
{
	if (s->flags & FLAG_PAUSED)
		return N_("halt");
	return strcmp(s->clock, "contact") == 0 ? N_("call") : strcmp(s->clock, "handle") == 0 ? N_("work") :
	    strcmp(s->clock, "rate") == 0 ? N_("rate") : "";
}

void desk_row_head(const struct queue_heading *h, struct grid *g, struct rect area)
{
	struct columns k = lay_out(area.cols);
	char text[200];

	grid_field_right(g, area.row, area.col + 4, TIME_CELLS, ST_HEAD, _("left"));
	grid_field(g, area.row, area.col + 5 + TIME_CELLS, CLOCK_CELLS, ST_HEAD, _("for"));
	grid_field(g, area.row, area.col + k.number, NUMBER_CELLS, ST_HEAD, _("number"));
	if (*h->filter) {
		snprintf(text, sizeof text, _("filter “%s”: %zu"), h->filter, h->found);
		grid_field(g, area.row, area.col + k.title, k.title_cells + k.badge_cells, ST_KEY, text);
	} else {
		grid_field(g, area.row, area.col + k.title, k.title_cells, ST_HEAD, _("appeal"));
	}
	grid_field(g, area.row, area.col + k.place, k.place_cells, ST_HEAD, _("place"));
	grid_field(g, area.row, area.col + k.who, k.who_cells, ST_HEAD, _("with"));
}

/* A call that was promised and not made, or that is due within hours. */
static void call_word(usec_t until, usec_t now, char out[40])
{
	int year, month, day, hour, minute, second;

	out[0] = '\0';
	if (until == 0 || until > now + CALL_SOON_S * USEC_S)
		return;
	if (until <= now) {
		snprintf(out, 40, "%s", _("call!"));
		return;
	}
	clock_local(until, &year, &month, &day, &hour, &minute, &second);
	snprintf(out, 40, _("call%02d:%02d"), hour, minute);
}

/* What presses, the weightiest first, as many as fit. */
static void badges(const struct console *c, const struct summary *s, int cells, usec_t now, char *out, size_t size)
{
	const struct { bool is; const char *word; int n; } all[] = {
		{ s->flags & FLAG_INSTRUCTED, N_("instr"), 0 }, { (s->flags & (FLAG_SUPERVISED | FLAG_SPECIAL)) != 0, N_("superv"), 0 },
		{ s->flags & FLAG_REMINDED, N_("remind"), 0 }, { s->redo > 0, N_("redo%d"), s->redo }, { s->chased > 0, N_("ask%d"), s->chased },
		{ s->flags & FLAG_ASKED, N_("asked"), 0 }, { s->flags & FLAG_CONFIDENTIAL, N_("secret"), 0 }, { s->flags & FLAG_ALERT, N_("alert"), 0 },
	};
	char call[40];
	size_t at = 0;
	int used = 0;

	call_word(s->stage == STAGE_RESOLVED ? 0 : promises_until(c->promises, s->no), now, call);
	at = (size_t)snprintf(out, size, "%s", call);
	used = width_text(call, strlen(call));
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char one[40];
		int wide;

		if (!all[i].is)
			continue;
		if (all[i].n > 0)
			snprintf(one, sizeof one, strcmp(all[i].word, "redo%d") == 0 ? _("redo%d") : _("ask%d"), all[i].n);
		else
			snprintf(one, sizeof one, "%s", _(all[i].word));
		wide = width_text(one, strlen(one)) + (used > 0);
		if (used + wide > cells - 1)
			continue;
		at += (size_t)snprintf(out + at, size - at, "%s%s", used ? " " : "", one);
		used += wide;
	}
}

/* Where a tab holds several stages each row says its own; then who has it: a unit below, or another's that we assist. */
static void who_text(const struct console *c, enum view_kind kind, const struct summary *s, bool narrow, char *out, size_t size)
{
	bool mixed = kind == VIEW_OVERDUE || kind == VIEW_ALL || kind == VIEW_ASKED || kind == VIEW_HELD;
	const char *state = !mixed ? "" : s->stage == STAGE_DISPATCHED ? _("unsigned") : s->stage == STAGE_HANDLING ? _("in hand") :
	    s->stage == STAGE_RESOLVED ? _("resolved") : _(stage_label(s->stage));
	const char *who = strcmp(s->unit, c->who.desk) == 0 ? "" : units_short(c->units, s->unit);

	if (*who && !desk_mine(c, s->unit))
		snprintf(out, size, _("for %s"), who);
	else if (narrow)
		snprintf(out, size, "%s", *who ? who : state);
	else
		snprintf(out, size, "%s%s%s", state, *state && *who ? " " : "", who);
}

void desk_row_draw(const struct console *c, enum view_kind kind, const struct summary *s, struct grid *g, struct rect area, bool cursor, usec_t now)
{
	struct columns k = lay_out(area.cols);
	bool assists = *s->unit && !desk_mine(c, s->unit);
	style_t style, words = assists ? ST_OTHERS : ST_TEXT, sign = s->priority == PRIORITY_FAST ? ST_FAST : ST_URGENT;
	char text[96], no[16];

	if (cursor)
		grid_puts(g, area.row, area.col, 1, ST_KEY, "▸");
	if (console_marked(c, s->no))
		grid_puts(g, area.row, area.col + 1, 1, ST_KEY, "■");
	grid_puts(g, area.row, area.col + 2, 1, sign, case_sign(s));
	case_countdown(s->due_at, now, text, &style);
	if (!(s->flags & FLAG_PAUSED))
		grid_field_right(g, area.row, area.col + 4, TIME_CELLS, style == ST_TEXT ? words : style, text);
	grid_field(g, area.row, area.col + 5 + TIME_CELLS, CLOCK_CELLS, s->flags & FLAG_PAUSED ? ST_DIM : style == ST_TEXT ? ST_LABEL : style,
	    *desk_clock(s) ? _(desk_clock(s)) : "");
	number_show(s->no, no);
	grid_field(g, area.row, area.col + k.number, NUMBER_CELLS, assists ? ST_OTHERS : ST_NUMBER, no);
	badges(c, s, k.badge_cells, now, text, sizeof text);
	grid_field(g, area.row, area.col + k.title, k.title_cells - 1 + (text[0] ? 0 : k.badge_cells), words, s->title);
	if (text[0])
		grid_field(g, area.row, area.col + k.badges, k.badge_cells, ST_BADGE, text);
	grid_field(g, area.row, area.col + k.place, k.place_cells, words, s->place);
	who_text(c, kind, s, k.place_cells == 0, text, sizeof text);
	grid_field(g, area.row, area.col + k.who, k.who_cells, words, text);
	if (cursor)
		grid_mark(g, area, STYLE_CURSOR);
}
