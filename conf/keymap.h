/*
 * Which key does what. Actions come from the action table (core/appeal/action.h), what belongs to the console alone
 * from the table here; the [keys] section of fenbo.ini remaps both by name. Two things that want one key in one place,
 * for one role, are refused at start with both names and lines.
 *
 * A key is written as one character (c, C, /), a name (Space Enter Tab Esc Up Down Left Right PgUp PgDn Home End Ins
 * Del BackSpace F1–F20 Comma Hash Semicolon Quote Equals), with C- for Ctrl, M- for Alt, S-Tab for Shift-Tab. A blank
 * joins keys typed one after another (g m), a comma separates alternatives (Down, j).
 */
#ifndef FENBO_CONF_KEYMAP_H
#define FENBO_CONF_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "conf/err_list.h"
#include "conf/options.h"
#include "core/appeal/action.h"

/* Where a key is looked for. Forms and text fields take their keys as text and are not remapped. */
enum keymap_place {
	KEYMAP_LIST = 1, /* a list of cases */
	KEYMAP_CASE = 2, /* one case, in the pane or in full */
	KEYMAP_BOTH = KEYMAP_LIST | KEYMAP_CASE
};

/*  id            name            place     default keys         help (English msgid) */
#define COMMAND_TABLE(X) \
	X(UP,           "up",           KEYMAP_BOTH, "k, Up",             "one line up") \
	X(DOWN,         "down",         KEYMAP_BOTH, "j, Down",           "one line down") \
	X(PAGE_UP,      "page_up",      KEYMAP_BOTH, "C-b, PgUp",         "one page up") \
	X(PAGE_DOWN,    "page_down",    KEYMAP_BOTH, "C-f, PgDn",         "one page down") \
	X(TOP,          "top",          KEYMAP_BOTH, "g g, Home",         "to the top") \
	X(BOTTOM,       "bottom",       KEYMAP_BOTH, "G, End",            "to the end") \
	X(OPEN,         "open",         KEYMAP_LIST, "Enter, l, Right",   "open the case in full") \
	X(BACK,         "back",         KEYMAP_BOTH, "Esc, q, Left",      "back, or close what is open") \
	X(PANE,         "pane",         KEYMAP_BOTH, "Tab",               "change panes") \
	X(MARK,         "mark",         KEYMAP_LIST, "Space",             "mark or unmark the case") \
	X(MARK_ALL,     "mark_all",     KEYMAP_LIST, "A",                 "mark everything shown") \
	X(UNMARK,       "unmark",       KEYMAP_LIST, "U",                 "remove all marks") \
	X(FILTER,       "filter",       KEYMAP_BOTH, "/", \
	                                                       "filter as you type: Chinese, pinyin, initials") \
	X(SEARCH,       "search",       KEYMAP_BOTH, "S, F9",             "search past cases") \
	X(PALETTE,      "palette",      KEYMAP_BOTH, ":, F10",            "command palette") \
	X(HELP,         "help",         KEYMAP_BOTH, "?, F1",             "help for this place") \
	X(LOCK,         "lock",         KEYMAP_BOTH, "L, C-o",            "lock the screen for a break") \
	X(REDRAW,       "redraw",       KEYMAP_BOTH, "C-l",               "draw the screen anew") \
	X(COPY,         "copy",         KEYMAP_BOTH, "y",                 "copy the case number") \
	X(HISTORY,      "history",      KEYMAP_BOTH, "H",                 "what happened to the case") \
	X(COMPARE,      "compare",      KEYMAP_BOTH, "=",                 "compare with a similar case side by side") \
	X(WHY,          "why",          KEYMAP_BOTH, "i, F11",            "why these units: words, duty item, solved cases") \
	X(FIELDS,       "fields",       KEYMAP_BOTH, "v",                 "what the machine read, word by word") \
	X(BURST,        "burst",        KEYMAP_BOTH, "b",                 "the cases of one incident, to be merged at once") \
	X(CALLER,       "caller",       KEYMAP_BOTH, "w",                 "the caller's other cases") \
	X(REVEAL,       "reveal",       KEYMAP_BOTH, "R",                 "show name and phone, on the record") \
	X(CLOCK,        "clock",        KEYMAP_BOTH, "T",                 "how the due time came about") \
	X(ACKNOWLEDGE,  "acknowledge",  KEYMAP_BOTH, "F12, !",            "the alarm has been seen: quiet") \
	X(VIEW_TRIAGE,  "view_triage",  KEYMAP_BOTH, "g t, F2",           "view: to dispatch") \
	X(VIEW_MINE,    "view_mine",    KEYMAP_BOTH, "g m, F3",           "view: mine") \
	X(VIEW_RETURNED, "view_returned", KEYMAP_BOTH, "g r, F4",         "view: returned") \
	X(VIEW_DISPUTED, "view_disputed", KEYMAP_BOTH, "g d, F5",         "view: disputed") \
	X(VIEW_OVERDUE, "view_overdue", KEYMAP_BOTH, "g o, F6",           "view: late") \
	X(VIEW_SUPERVISED, "view_supervised", KEYMAP_BOTH, "g s, F7",     "view: under supervision") \
	X(VIEW_CHASED,  "view_chased",  KEYMAP_BOTH, "g c",               "view: chased") \
	X(VIEW_ESCALATED, "view_escalated", KEYMAP_BOTH, "g e",           "view: sent up") \
	X(VIEW_OUT,     "view_out",     KEYMAP_BOTH, "g u, F8",           "view: with units") \
	X(VIEW_ALL,     "view_all",     KEYMAP_BOTH, "g a",               "view: all open cases") \
	X(VIEW_HOT, "view_hot",     KEYMAP_BOTH, "g z",               "view: what is rising, and where") \
	X(VIEW_BOARD,   "view_board",   KEYMAP_BOTH, "g b",               "view: time board: what will be late next, and where") \
	X(WALL,         "wall",         KEYMAP_BOTH, "g B",                 "nothing but the time board, for a wall") \
	X(VIEW_SHIFT,   "view_shift",   KEYMAP_BOTH, "g w",               "view: who is on, roster, swaps, attendance") \
	X(VIEW_HANDOVER, "view_handover", KEYMAP_BOTH, "g h",             "view: the handover between shifts") \
	X(VIEW_VISITS,  "view_visits",  KEYMAP_BOTH, "g v",               "view: return visits by phone") \
	X(VIEW_OUTBOX,  "view_outbox",  KEYMAP_BOTH, "g x",               "view: messages that did not arrive") \
	X(VIEW_ALARMS,  "view_alarms",  KEYMAP_BOTH, "g n",               "view: alarms, who has acknowledged them") \
	X(VIEW_FIGURES, "view_figures", KEYMAP_BOTH, "g f",               "view: the centre in figures, today, this week, this month") \
	X(VIEW_ACCURACY, "view_accuracy", KEYMAP_BOTH, "g p",             "view: how often the machine was right") \
	X(VIEW_LISTS,   "view_lists",   KEYMAP_BOTH, "g l",               "the supervisor's queues, with counts") \
	X(VIEW_LEADERS, "view_leaders", KEYMAP_BOTH, "g k",               "the leaders' list, instructions and bulletins") \
	X(VIEW_TOPICS,  "view_topics",  KEYMAP_BOTH, "g i",               "topics: cases of one kind under an owner") \
	X(QUIT,         "quit",         KEYMAP_BOTH, "Q, C-q",            "leave the console")

enum command {
#define X(id, name, place, keys, help) COMMAND_##id,
	COMMAND_TABLE(X)
#undef X
	COMMAND_COUNT
};
struct command_info {
	const char *name;
	unsigned place;   /* enum keymap_place, or-ed */
	const char *keys; /* defaults, in the notation above */
	const char *help;
};
extern const struct command_info command_table[COMMAND_COUNT];

/* One key press. Characters are code points; the others stand above Unicode. (Not KEY_…: those names are curses
 * macros.) */
enum {
	KEYMAP_BASE = 0x110000,
	KEYMAP_UP, KEYMAP_DOWN, KEYMAP_LEFT, KEYMAP_RIGHT, KEYMAP_PGUP, KEYMAP_PGDN, KEYMAP_HOME, KEYMAP_END,
	KEYMAP_INS, KEYMAP_DEL, KEYMAP_BACK_TAB,
	KEYMAP_F0, /* + n, 1–20 */
	KEYMAP_ALT_BIT = 1 << 24
};
/* Ctrl-a … Ctrl-z are 1–26, Tab 9, Enter 10, Esc 27, Space 32, BackSpace 127. */

enum { KEYMAP_SEQUENCE = 2, KEYMAP_KEYS = 6 };
struct keymap_keys {
	uint32_t key[KEYMAP_SEQUENCE];
	int n;
};
struct keymap_bind {
	const char *name;   /* of the action or command */
	bool is_action;
	int id;             /* enum action or enum command */
	unsigned place, roles;
	const char *help;
	struct keymap_keys keys[KEYMAP_KEYS];
	int nkeys;
	int line;           /* of the remapping; 0 = default */
};
struct keymap {
	struct keymap_bind bind[ACTION_COUNT + COMMAND_COUNT];
	int n;
};

/* The defaults, then what `keys` remaps. `file` names the file in errors. False with every error at once. An empty
 * value takes the keys of a name away. Digits belong to confirm and accept and cannot be given to anything else. */
bool keymap_make(struct keymap *out, const char *file, const struct conf_key *keys, size_t n, struct err_list *errs);
/* Look up what was typed so far. The bind, or NULL; *more is set when the keys are the start of a longer sequence. */
const struct keymap_bind *keymap_find(
    const struct keymap *m, unsigned place, unsigned role, const uint32_t *typed, int n, bool *more);
const struct keymap_bind *keymap_action(const struct keymap *m, enum action a);
const struct keymap_bind *keymap_command(const struct keymap *m, enum command c);
/* Read one notation ("g m, F3") into keys; false with a sentence in why (may be NULL). */
bool keymap_parse(const char *text, struct keymap_keys *keys, int max, int *n, char why[128]);
/* One sequence as a person reads it: "g m", "F3", "C-l". out has room for 32 bytes. */
void keymap_show(const struct keymap_keys *k, char out[32]);

#endif
