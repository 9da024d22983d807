/*
 * What decisions have taught, kept in memory by each fenbod: a learner of units and one of duty items. They begin with the base in force
 * and its newest checkpoint, follow the lesson log of the database (fenbo.lesson) in its one order, and so are the same, byte for byte, in
 * every fenbod that has come to the same step. A lesson taken back is never unlearnt in place: the state is made anew on a thread, from
 * a checkpoint before it, while the old one serves on, and then put in its place. Who leads also writes the log's next steps and the
 * checkpoints.
 */
#ifndef FENBO_DAEMON_TUTOR_H
#define FENBO_DAEMON_TUTOR_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/buf.h"
#include "core/machine/recommend.h"
#include "db/conn.h"

struct event_base;
struct pool;
struct worker;
struct tutor; /* opaque */

struct tutor *tutor_new(struct event_base *base, struct pool *pool, struct worker *worker);
void tutor_free(struct tutor *t); /* after the connections have ended, and the worker */

/* What is known, for one question or several: held for reading until tutor_done, so ask and let go. On any thread, and never nested. Never
 * NULL; with nothing learnt yet (or t NULL) its name is "" and its learners are NULL. */
const struct recommend_model *tutor_read(struct tutor *t);
void tutor_done(struct tutor *t);

/* A decision passed on the event stream (an action that may teach): look at once. Another action of the log: nothing happens. */
void tutor_event(struct tutor *t, const char *action);
/* The connection that holds the leader's lock while this fenbod leads; NULL when it does not. */
void tutor_lead(struct tutor *t, struct db *db);

/* Append metrics; append the members "model", "lesson", "state" … of /healthz as one JSON object. */
void tutor_metrics(const struct tutor *t, struct buf *out);
void tutor_health(const struct tutor *t, struct buf *out);

#endif
