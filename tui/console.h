/*
 * The console: everything a person at one terminal sees and holds, without terminal, database or clock. Keys and news go in,
 * a grid comes out; wishes go to the port. One struct, made in main and passed down.
 */
#ifndef FENBO_TUI_CONSOLE_H
#define FENBO_TUI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include "conf/keymap.h"
#include "core/appeal/action.h"
#include "core/appeal/queue.h"
#include "tui/alarm.h"
#include "tui/casefile.h"
#include "tui/port.h"
#include "tui/theme.h"
#include "tui/turn.h"
#include "tui/view.h"

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_UP };
enum { STACK_MAX = 12, CASES_KEPT = 24, FAILED_KEPT = 16, MESSAGE_BYTES = 320 };

struct who {
	char account[64], person[64], desk[40], desk_name[64], centre[64];
	char shift[64];           /* "三班 16–20", the one that is on; "" when there are no shifts */
	enum role role;
	int crew, handled, late, lease_s, revision;
};

struct frame { const struct view *view; void *state; };
struct kept_case { struct casefile *file; unsigned long used; };
struct unit_list;
struct alarm_list;
struct item_list;
struct burst_list;
struct promise_list;
struct facts;
struct drafts;
struct times;
struct deed;

struct console {
	const struct port *port;
	void *port_ctx;
	struct keymap keymap;
	const struct theme *theme;
	struct who who;
	enum link_state db, feed;
	char db_why[160];
	bool ready;               /* logged in once */
	bool loading, polling;    /* the snapshot is not whole yet; fenbod is gone and PostgreSQL is asked instead */
	struct queue *queue;      /* owned */
	size_t counts[VIEW_COUNT], soon; /* as of the last render */
	struct unit_list *units;  /* owned */
	struct item_list *items;  /* owned */
	struct burst_list *bursts; /* owned */
	struct promise_list *promises; /* owned */
	struct facts *facts;      /* owned */
	struct drafts *drafts;    /* owned */
	struct turn turn;
	struct times *times;      /* owned; NULL until a time board is opened */
	struct frame stack[STACK_MAX];
	int depth;
	case_no *marked;          /* owned */
	size_t nmarked;
	struct kept_case cases[CASES_KEPT];
	unsigned long uses;
	case_no asked;            /* the case that show() is being asked for */
	case_no failed[FAILED_KEPT]; /* show() said no to these: not asked again until something happens to them */
	int nfailed;              /* … how many it has said no to; the newest are kept */
	uint64_t ask_handle;
	uint32_t typed[KEYMAP_SEQUENCE];
	int ntyped;
	struct { char text[MESSAGE_BYTES]; enum style style; usec_t until; } message;
	/* The case that stands on the screen with its recommendation, and since when (monotonic). */
	struct { case_no no; int version; usec_t since; } seen;
	usec_t guard;             /* how long that must be */
	usec_t mono;              /* of the key or news being handled */
	usec_t wake;              /* paint again then, even if nothing comes (monotonic); 0 = no need */
	usec_t now;               /* the server's time at the last render */
	usec_t alarm_every;
	struct alarms alarms;
	struct alarm_list *alarm_list; /* owned */
	int pending;              /* actions sent and not answered */
	bool locked, lock_under_wall; /* … to be locked as soon as the wall is taken down */
	bool wall;                /* started for nothing but the time board: nobody sits here */
	usec_t wall_shift;        /* its picture moves a little so often; 0 = it stays */
	bool dirty;               /* something to paint */
};

struct console_options {
	const struct port *port;
	void *port_ctx;
	const struct keymap *keymap;
	const struct theme *theme;
	const char *state_dir;    /* for drafts; NULL = drafts are kept in memory only */
	usec_t guard, alarm_every;
	bool wall;
	usec_t wall_shift;
};

/* NULL when memory is gone. */
struct console *console_new(const struct console_options *o);
void console_free(struct console *c);

/* --- what comes in ----------------------------------------------------------------------------------------------- */

void console_login(struct console *c, const struct who *who);
void console_links(struct console *c, enum link_state db, enum link_state feed, const char *db_why);
void console_key(struct console *c, const struct key *k, usec_t mono);
/* A summary from a snapshot, a frame or a refresh. `by` and `action`: who did what, "" = not known. */
enum queue_change console_apply(struct console *c, const struct summary *s);
void console_news(struct console *c, const struct summary *s, const char *action, const char *by);
void console_loaded(struct console *c);                   /* the snapshot is whole */
void console_password(struct console *c, bool right, const char *why);
/* The case is no longer open: stage and version as an action's answer had them. */
void console_gone(struct console *c, case_no no, enum stage stage, int version);
/* Between turns: ask for the case under the cursor, filter another slice. True while there is more to do. */
bool console_settle(struct console *c, usec_t mono);

/* --- what comes out ---------------------------------------------------------------------------------------------- */

/* `now` is the server's time. */
void console_render(struct console *c, struct grid *g, usec_t now);
void console_painted(struct console *c, usec_t mono);

/* --- for the views ----------------------------------------------------------------------------------------------- */

void console_open(struct console *c, const struct view *v, const void *args);
void console_close(struct console *c);                    /* the top view */
void console_close_to(struct console *c, int depth);
struct frame *console_top(struct console *c);
bool console_command(struct console *c, enum command id); /* as if its key had been pressed */
void console_say(struct console *c, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));
case_no console_subject(const struct console *c);
/* What is known of the case: NULL until it has come. */
const struct casefile *console_case(const struct console *c, case_no no);
bool console_failed(const struct console *c, case_no no); /* it cannot be read */
void console_forget_case(struct console *c, case_no no);  /* 0 = all */
/* Marked cases that are shown now; with none, the subject. Returns how many; the array is malloc'ed. */
size_t console_targets(const struct console *c, case_no **out);
bool console_marked(const struct console *c, case_no no);
void console_mark(struct console *c, case_no no, bool on);
void console_unmark_all(struct console *c);
uint64_t console_ask(struct console *c, enum statement s, const char *const *args, int nargs,
    port_row_fn row, port_done_fn done, void *who);
void console_effect(struct console *c, enum effect e, const char *text);
bool console_can_act(struct console *c);                  /* says why when not */
/* Keys of the command or action as a person reads them ("g m"); "" when it has none. Static buffer per call slot. */
const char *console_key_name(const struct console *c, bool is_action, int id, char out[32]);

#endif
