/*
 * The queue in memory: every open case a console may see, in the order of urgency, and the views over it. Built for
 * 100,000 cases: one compact record each, a change costs a search and a memmove, never a sort. The model knows no
 * screen and no database; time is a parameter.
 */
#ifndef FENBO_APPEAL_QUEUE_H
#define FENBO_APPEAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/summary.h"

struct queue; /* opaque */

struct queue *queue_new(void); /* NULL when memory is gone */
void queue_free(struct queue *q);

enum queue_change { QUEUE_OLD, QUEUE_ADDED, QUEUE_CHANGED, QUEUE_REMOVED };

/* Apply a summary. A version not higher than the one known is QUEUE_OLD and changes nothing; closed and merged cases
 * leave the model, and the version at which they left is remembered (of the last QUEUE_GONE of them) so that a late
 * frame cannot bring them back. Copies what it keeps. */
enum { QUEUE_GONE = 16384 };
enum queue_change queue_apply(struct queue *q, const struct summary *s);

/* A snapshot replaces everything: begin, apply each row (any order; in queue order is quickest), end. Cases not named
 * in between are gone after the end; frames applied meanwhile win if their version is higher. A snapshot that breaks
 * off is simply begun again. */
void queue_snapshot_begin(struct queue *q);
void queue_snapshot_end(struct queue *q);

/* True when memory was gone since the last snapshot began: the model is not complete, take a new one. */
bool queue_failed(const struct queue *q);

/* NULL when not open here. Borrowed until the next change of that case. */
const struct summary *queue_find(const struct queue *q, case_no no);
size_t queue_count(const struct queue *q);

/* Told of every change as it happens: how the case stood, and how it stands now; lent for the call. `was` is NULL for a case
 * that was not here; `is` has the stage closed or merged when the case ends, and is NULL when it is gone without a word (it was
 * not in a snapshot). One watcher; NULL ends it. It must not change the queue. */
typedef void (*queue_watch_fn)(void *ctx, const struct summary *was, const struct summary *is);
void queue_watch(struct queue *q, queue_watch_fn watch, void *ctx);
bool queue_reading(const struct queue *q); /* between the begin and the end of a snapshot */

/* --- views: ordered subsets ------------------------------------------------------------------------------------- */

/*   id          name          label (msgid)    a case is in it when it is open and … */
#define VIEW_TABLE(X) \
	X(TRIAGE,     "triage",     "To dispatch",   "it waits at my desk: stage triage, desk = who.desk") \
	X(MINE,       "mine",       "Mine",          "I hold the lease: owner = who.account") \
	X(RETURNED,   "returned",   "Returned",      "a unit sent it back: stage triage, returned > 0") \
	X(DISPUTED,   "disputed",   "Disputed",      "it has the flag disputed") \
	X(OVERDUE,    "overdue",    "Overdue",       "a clock that somebody must keep runs (summary_due) and its time is up") \
	X(SUPERVISED, "supervised", "Supervised",    "it has the flag supervised") \
	X(CHASED,     "chased",     "Chased",        "its citizen asked again: chased > 0") \
	X(ESCALATED,  "escalated",  "Escalated",     "it has the flag escalated") \
	X(OUT,        "out",        "With units",    "a unit has it: stage dispatched or handling") \
	X(ALL,        "all",        "All open",      "in every case") \
	X(ASKED,      "asked",      "Requests",      "its unit asks for days or a pause: flag asked") \
	X(POOR,       "poor",       "Rated badly",   "a bad rating sent it back: flag poor") \
	X(SPECIAL,    "special",    "Special",       "under special supervision: flag special") \
	X(RELAPSE,    "relapse",    "Relapses",      "it came up again after it was closed: flag relapse") \
	X(ENTERPRISE, "enterprise", "Key enterprises", "a key enterprise is named: flag key_enterprise") \
	X(DELEGATE,   "delegate",   "Delegates",     "a delegate brought it: flag delegate") \
	X(INSTRUCTED, "instructed", "Instructed",    "an instruction stands: flag instructed") \
	X(REMINDED,   "reminded",   "Reminded",      "a letter of reminder is not answered: flag reminded") \
	X(GROUP,      "group",      "Incidents",     "it belongs to a group of one incident: burst") \
	X(SIGN,       "sign",       "To sign for",   "its unit has not signed for it: stage dispatched, not paused") \
	X(HAND,       "hand",       "In hand",       "its unit is at work on it: stage handling, not paused") \
	X(HELD,       "held",       "Paused",        "its clocks stand still: flag paused") \
	X(RATING,     "rating",     "To be rated",   "resolved, and the citizen has not said yet: stage resolved")

enum view_kind {
#define X(id, name, label, condition) VIEW_##id,
	VIEW_TABLE(X)
#undef X
	VIEW_COUNT,
	VIEW_TABS = VIEW_ALL + 1  /* the first of them are the tabs of everybody; the rest are a supervisor's queues */
};
const char *view_label(enum view_kind v); /* msgid */
const char *view_name(enum view_kind v);  /* for fenboctl --view and g+letter */
bool view_parse(const char *name, enum view_kind *out);

/* For VIEW_MINE and VIEW_TRIAGE; copied. NULL or "" as desk means every desk; as account, nobody. */
struct queue_who { const char *account; const char *desk; };
void queue_set_who(struct queue *q, struct queue_who who);

/* A match function for `/`: true keeps the case. `s` is the case with title and place folded (clean.h), lent for the
 * call; NULL clears the filter. */
typedef bool (*queue_match)(void *ctx, const struct summary *s);

/* Opaque: an ordered subset, kept up to date by every change. Free it before its queue. */
struct queue_view;
struct queue_view *queue_view_new(struct queue *q, enum view_kind kind); /* whole at once; NULL when memory is gone */
void queue_view_free(struct queue_view *v);
void queue_view_filter(struct queue_view *v, queue_match match, void *ctx);
/* Filtering 100,000 cases is done in slices: looks at no more than `at_most` and returns true while there is more to
 * look at. The first rows come first. Changes meanwhile are taken in as they come. */
bool queue_view_work(struct queue_view *v, size_t at_most);
size_t queue_view_count(const struct queue_view *v);             /* matches found so far */
const struct summary *queue_view_at(const struct queue_view *v, size_t row); /* NULL beyond the end */
/* Copy pointers to at most n rows from `row` on: a screenful in one walk. Returns how many. */
size_t queue_view_rows(const struct queue_view *v, size_t row, const struct summary **out, size_t n);
/* Row of a case; if it is not in the view (found = false), where it would stand, or stood when it left the queue; 0
 * for a case never heard of. */
size_t queue_view_row(const struct queue_view *v, case_no no, bool *found);

/* Let time pass: what is due by `now` enters VIEW_OVERDUE. Costs only what changes. */
void queue_tick(struct queue *q, usec_t now);
/* Counts of every view at once, kept up to date by changes. Ticks. `soon` counts the cases due within DUE_SOON_S
 * after now (due.h). */
void queue_counts(struct queue *q, usec_t now, size_t counts[VIEW_COUNT], size_t *soon);

#endif
