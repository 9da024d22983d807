/*
 * Where places end, as fenbod holds them: read with the routing, built on its thread, and shared by all revisions until the boundaries
 * themselves change.
 */
#ifndef FENBO_DAEMON_BOUNDS_H
#define FENBO_DAEMON_BOUNDS_H

#include <stddef.h>
#include <stdint.h>
#include "core/machine/boundary.h"

struct bounds {
	int64_t change;            /* number of the change that made them */
	int uses;
	struct boundaries *list;   /* NULL when there are none */
};
/* Both on the loop; NULL is fine. */
struct bounds *bounds_hold(struct bounds *b);
void bounds_release(struct bounds *b);
struct bounds *bounds_new(int64_t change); /* held once, without a list */
/* On a thread: out of rows "code\trings". A row that cannot be used is told to the log and left out. */
void bounds_build(struct bounds *b, char *const *row, size_t rows);

#endif
