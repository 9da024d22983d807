/*
 * The list of enterprises in memory: read in pages, built on a thread, and shared by every ruling that was made while it is in force.
 * All on the loop, but for what a thread reads of a list that somebody holds.
 */
#ifndef FENBO_DAEMON_FIRMS_H
#define FENBO_DAEMON_FIRMS_H

#include "core/machine/enterprise.h"

struct pool;
struct worker;

struct firms {
	int number, uses;        /* of the list in the database */
	struct enterprises *list;
};
struct firms *firms_hold(struct firms *f); /* NULL gives NULL */
void firms_release(struct firms *f);

/* Read list `number`; done(ctx, firms) with one use for the caller, or NULL when it could not be read (it is in the log). */
void firms_read(struct pool *pool, struct worker *worker, int number, void (*done)(void *ctx, struct firms *firms), void *ctx);

#endif
