/*
 * A view: a constant table of functions, one file each (STYLE 6). The console keeps a stack of them; the top one gets the keys,
 * all are drawn from the lowest full one up. A view's state is its own; what it asks of the world it asks through the
 * console. `render` is a function of state, console and time alone; it may remember in its own state how far it has scrolled.
 */
#ifndef FENBO_TUI_VIEW_H
#define FENBO_TUI_VIEW_H

#include <stdbool.h>
#include "conf/keymap.h"
#include "core/appeal/queue.h"
#include "tui/grid.h"
#include "tui/keys.h"

struct console;

/* A key that belongs to one view only, for the hint bar and the help screen; the view acts on it in `key`. */
struct view_key { const char *key, *help; };

struct view {
	const char *name;           /* "queue" */
	const char *title;          /* msgid */
	unsigned place;             /* enum keymap_place: what of the key map counts here; 0 = only its own keys */
	bool overlay;               /* drawn over the view below */
	bool whole;                 /* the whole screen is its own: neither the line at the top nor the one at the bottom */
	bool types;                 /* letters are text here */
	bool calm;                  /* shows counts: news alone are painted with the next second, not at once */
	bool decides;               /* the recommendations are in sight: digits confirm */
	const struct view_key *keys; /* its own, ended by { 0 } */
	void *(*open)(struct console *c, const void *args);
	/* A case changed (0: perhaps all), or what was asked for has come. May be NULL. */
	void (*apply)(struct console *c, void *state, case_no no);
	/* True = taken. Called before the key map is asked. May be NULL. */
	bool (*key)(struct console *c, void *state, const struct key *k);
	bool (*command)(struct console *c, void *state, enum command id); /* may be NULL */
	void (*render)(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now);
	/* The case that actions are about, 0 = none; may be NULL. */
	case_no (*subject)(const struct console *c, const void *state);
	/* The i-th case this view would show in full, most wanted first; 0 = no more. NULL: the subject alone. */
	case_no (*wants)(const struct console *c, const void *state, int i);
	bool (*shows)(const struct console *c, const void *state, case_no no); /* is the row shown now? NULL: only the subject */
	bool (*work)(struct console *c, void *state); /* a slice of long work; true = more to do. May be NULL */
	void (*close)(struct console *c, void *state);
};

/* One row each; what `:` and the F-keys open comes from here too. */
extern const struct view view_queue, view_detail, view_compare, view_search, view_override, view_split, view_answer,
    view_form, view_history, view_clock, view_help, view_palette, view_lock, view_menu, view_prompt, view_text, view_confirm, view_answers, view_cases, view_filter,
    view_why, view_fields, view_burst, view_accuracy, view_alarms, view_missed, view_lists, view_leaders, view_topics, view_topic, view_found, view_hot, view_figures, view_report;
extern const struct view view_visits, view_outbox, view_shift, view_handover, view_board, view_behind, view_wall;

#endif
