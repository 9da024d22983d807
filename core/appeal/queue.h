/*
 * The queue in memory: every open case a console may see, in the order of urgency, and the views over it. Built for 100,000 cases:
 * one compact record each, a change costs a search and a memmove, never a sort. The model knows no screen and no
 * database; time is a parameter.
 */
#ifndef FENBO_APPEAL_QUEUE_H
#define FENBO_APPEAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/summary.h"

struct queue; /* opaque */

struct queue *queue_new(void);
void queue_free(struct queue *q);

enum queue_change { QUEUE_OLD, QUEUE_ADDED, QUEUE_CHANGED, QUEUE_REMOVED };

/* Apply a summary. A version not higher than the one known is QUEUE_OLD and changes nothing; closed and merged cases
 * leave the model, and the version at which they left is remembered so that a late frame cannot bring them back. Copies what it keeps. */
enum queue_change queue_apply(struct queue *q, const struct summary *s);

/* A snapshot replaces everything: begin, apply each row (any order), end. Cases not named in between are gone after the end;
 * frames applied meanwhile win if their version is higher. */
void queue_snapshot_begin(struct queue *q);
void queue_snapshot_end(struct queue *q);

/* NULL when not open here. Borrowed until the next change of that case. */
const struct summary *queue_find(const struct queue *q, case_no no);
size_t queue_count(const struct queue *q);

/* --- views: ordered subsets ------------------------------------------------------------------------------------- */

enum view_kind {
	VIEW_TRIAGE,     /* to be dispatched at my desk */
	VIEW_MINE,       /* leased by me */
	VIEW_RETURNED, VIEW_DISPUTED, VIEW_OVERDUE, VIEW_SUPERVISED, VIEW_CHASED, VIEW_ESCALATED,
	VIEW_OUT,        /* with units */
	VIEW_ALL,
	VIEW_COUNT
};
const char *view_label(enum view_kind v); /* msgid */
const char *view_name(enum view_kind v);  /* for fenboctl --view and g+letter */

struct queue_who { const char *account; const char *desk; }; /* for VIEW_MINE and VIEW_TRIAGE; borrowed, must outlive */
void queue_set_who(struct queue *q, struct queue_who who);

/* A match function for `/`: true keeps the case. Called with folded fields; NULL clears the filter. */
typedef bool (*queue_match)(void *ctx, const struct summary *s);

struct queue_view; /* opaque: a cursor-stable ordered subset */
struct queue_view *queue_view_new(struct queue *q, enum view_kind kind);
void queue_view_free(struct queue_view *v);
void queue_view_filter(struct queue_view *v, queue_match match, void *ctx);
/* Filtering 100,000 cases is done in slices: returns true while there is more to look at. The first rows come first. */
bool queue_view_work(struct queue_view *v, size_t at_most);
size_t queue_view_count(const struct queue_view *v);             /* matches found so far */
const struct summary *queue_view_at(const struct queue_view *v, size_t row); /* NULL beyond the end */
/* Row of a case, or where it would stand if it is not in the view (found = false). */
size_t queue_view_row(const struct queue_view *v, case_no no, bool *found);

/* Counts of every view at once, kept up to date by changes; `now` only for VIEW_OVERDUE and the soon-late count. */
void queue_counts(struct queue *q, usec_t now, size_t counts[VIEW_COUNT], size_t *soon);

#endif
