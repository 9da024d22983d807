/*
 * The inside of the queue model, for queue.c and queue_view.c only.
 */
#ifndef FENBO_APPEAL_QUEUE_IN_H
#define FENBO_APPEAL_QUEUE_IN_H

#include <stdint.h>

#include "core/appeal/queue.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/idmap.h"
#include "core/base/sorted.h"
#include "core/base/strmap.h"

/*
 * One open case. Codes point into the queue's one copy of each, title and place stand behind the record, so a case is
 * one allocation of some 250 bytes. The summary comes first: lists compare records as summaries, and the map finds the
 * number at the front.
 */
struct rec {
	struct summary s;
	uint32_t seen;  /* snapshot in which it was last named */
	uint32_t views; /* 1 << enum view_kind */
	char text[];
};

/* A case that left, and where it stood. Its number comes first, for the map; 0 = free. */
struct gone {
	case_no no;
	usec_t rank_at;
	int version;
	enum priority priority;
};

struct queue_view {
	struct queue *q;
	struct queue_view *next;
	enum view_kind kind;
	queue_match match;    /* NULL: the view is its kind's list */
	void *ctx;
	struct sorted rows;   /* matches, when there is a filter */
	struct summary upto;  /* last case the filter looked at, as a key */
	bool begun, done;
	struct buf folded;
};

struct queue {
	struct arena codes;
	struct strmap code;
	struct idmap open, gone;
	struct gone *ring;    /* QUEUE_GONE, oldest at ring_next */
	size_t ring_next;
	struct sorted kind[VIEW_COUNT];
	struct sorted due;    /* what has a clock, by due_at */
	struct queue_view *views;
	const char *account, *desk; /* among the codes; "" = not set */
	usec_t now;
	uint32_t snapshot;
	bool reading;         /* a snapshot has begun and not ended */
	bool failed;
	queue_watch_fn watch; /* NULL: nobody */
	void *watch_ctx;
};

/* (priority, rank_at, no): the order of the queue, of summaries and of the records that begin with one. */
int queue_order(const void *a, const void *b);

static inline bool
queue_is_in(const struct rec *r, enum view_kind kind)
{
	return (r->views >> kind & 1) != 0;
}

/* For a filtered view: take a record out before its key changes; put it in, or take it out, as its values now say. */
void queue_view_drop(struct queue_view *v, const struct rec *r);
void queue_view_weigh(struct queue_view *v, struct rec *r);
/* Begin the filter anew: the list it walks was made anew. */
void queue_view_restart(struct queue_view *v);

#endif
