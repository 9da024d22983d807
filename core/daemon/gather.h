/*
 * What a case that has just come in has in common with the others that have: compared once more a moment later, on a worker thread, because
 * two alike may have been thought about at the same time, before either had its number. And, in the fenbod that leads, crowds: cases of one
 * incident go into a group of the database as soon as enough people tell of it. Belongs to the loop.
 */
#ifndef FENBO_DAEMON_GATHER_H
#define FENBO_DAEMON_GATHER_H

#include <stddef.h>
#include "core/appeal/number.h"

struct event_base;
struct intake;
struct leader;
struct memory;
struct metrics;
struct pool;
struct rules;
struct worker;
struct gather; /* opaque */

struct gather_parts { struct pool *pool; struct worker *worker; struct memory *memory; struct rules *routing; struct leader *leader; struct intake *intake;
	struct metrics *metrics; };
struct gather *gather_new(struct event_base *base, const struct gather_parts *parts);
void gather_free(struct gather *g);
/* A person took the case out of its group, or closed the group. */
void gather_out(struct gather *g, case_no no);
/* Cases that wait to be compared, and how many crowds are known. */
size_t gather_waiting(const struct gather *g);

#endif
