/*
 * fenbod's memory of recent cases, in which repeats are found: the open cases and the last 30 days, read from the database at start, then
 * fed by what this fenbod takes in and what the event log tells of the others. Asked from any thread; the rest belongs to the loop.
 */
#ifndef FENBO_DAEMON_MEMORY_H
#define FENBO_DAEMON_MEMORY_H

#include "core/appeal/summary.h"
#include "core/machine/repeats.h"

struct event_base;
struct pool;
struct memory; /* opaque */
struct memory *memory_new(struct event_base *base, struct pool *pool);
void memory_free(struct memory *m);

/* A case that has its number now; copied. */
void memory_add(struct memory *m, const struct repeat_case *c);
/* repeats_find, guarded. */
int memory_find(struct memory *m, const struct repeat_case *c, const struct gazetteer *places, float least, struct repeat_hit *hit, int max);
/* Is it remembered? */
bool memory_knows(struct memory *m, case_no no);
/* A frame of the stream: what it says about a case that may be remembered. */
void memory_frame(struct memory *m, case_no no, const struct summary *s);
size_t memory_count(const struct memory *m, size_t *bytes);

#endif
