/* What one view or module asks of another by name. */
#ifndef FENBO_TUI_VIEWS_H
#define FENBO_TUI_VIEWS_H

#include "core/appeal/board.h"
#include "tui/deed.h"
#include "tui/console.h"

void view_queue_tab(struct console *c, enum view_kind kind);
/* The cursor goes to this case as soon as it is there in this version or a later one. */
void view_queue_go(struct console *c, case_no no, int version);
/* A decision about these is on its way: unless somebody moves the cursor meanwhile it goes on when the answer comes. */
void view_queue_deciding(struct console *c, const case_no *sent, size_t n);
/* These cases have left: the cursor goes to one's own most pressing case, else the queue's. */
void view_queue_onward(struct console *c, const case_no *left, size_t n);
void view_compare_start(struct console *c, case_no no);   /* with one of its repeats */

/* Opens view_missed: the cases behind one line of the accuracy view (as fenbo.accuracy_cases takes them); copied. */
struct missed_of { const char *from, *by, *key, *name; };

/* Opens view_found: cases that a statement finds, one jsonb a row as fenbo._line makes it; copied, but for the parameters' lifetime of the call. */
struct found_of { const char *title; enum statement statement; const char *const *param; int params; };
/* Opens view_behind: the cases of one group of the time board, those due first at the top; copied. */
struct behind_of { enum board_by by; const char *code, *name; };

/* Editors that gather an argument; each takes the deed. */
void override_start(struct console *c, struct deed *d);
void merge_start(struct console *c, struct deed *d);
void split_start(struct console *c, struct deed *d);
void answer_start(struct console *c, struct deed *d);
void form_start(struct console *c, struct deed *d);
void form_start_at(struct console *c, struct deed *d, const char *field); /* the cursor in this one; NULL = the first */
bool report_takes(enum action a);                        /* written in a view of its own, with files beside the text */
void report_start(struct console *c, struct deed *d);
/* Shows what it will touch, as PostgreSQL sees it, and waits for a yes. */
void confirm_start(struct console *c, struct deed *d);

void lock_start(struct console *c);
void lock_now_idle(struct console *c); /* nobody has pressed a key for long: claims are kept */
void lock_answer(struct console *c, bool right, const char *why);

#endif
