/*
 * fenbod's memory of recent cases, in which repeats are found: the open cases and the last 30 days, read from the database at start on a
 * worker thread, then fed by what this fenbod takes in and what the event log tells of the others. Asked from any thread; the rest belongs
 * to the loop.
 */
#ifndef FENBO_DAEMON_MEMORY_H
#define FENBO_DAEMON_MEMORY_H

#include "core/appeal/summary.h"
#include "core/machine/repeats.h"

struct event_base;
struct pool;
struct worker;
struct memory; /* opaque */
struct memory *memory_new(struct event_base *base, struct pool *pool, struct worker *worker);
void memory_free(struct memory *m);
/* Called on the loop for each case that is remembered from now on, whoever took it in; not for those read at start. */
typedef void (*memory_new_fn)(void *ctx, const struct repeat_case *c, bool own);
void memory_tell(struct memory *m, memory_new_fn fn, void *ctx);

/* A case of our own that has its number now; copied. */
void memory_add(struct memory *m, const struct repeat_case *c);
/* repeats_find, guarded: of a case that has no number yet; of one that is remembered (-1 when it is not), and of one whose place and item (codes,
 * "" = none) have changed. */
int memory_find(struct memory *m, const struct repeat_case *c, const struct gazetteer *places, float least, struct repeat_hit *hit, int max);
int memory_find_known(struct memory *m, case_no no, const struct gazetteer *places, float least, struct repeat_hit *hit, int max);
int memory_find_again(struct memory *m, case_no no, const char *place, const char *item, const struct gazetteer *places, float least,
    struct repeat_hit *hit, int max);
/* Is it remembered? */
bool memory_knows(struct memory *m, case_no no);
/* A frame of the stream: what it says about a case that may be remembered. moved: its place or item may be others now. The texts of 5,000
 * such cases wait to be read at most; more are passed over, and counted. */
void memory_frame(struct memory *m, case_no no, const struct summary *s, bool moved);

struct memory_state {
	size_t cases, bytes, seeded, passed; /* passed over: see memory_frame */
	bool ready;                          /* all that the database had is there */
	double seed_s;
};
void memory_state(struct memory *m, struct memory_state *out);
/* Who calls, by the last eleven digits of a telephone number: the same hash everywhere. 0 = too short to be one. */
uint64_t memory_person(const char *phone);

#endif
