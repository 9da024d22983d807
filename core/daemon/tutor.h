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
#include "core/appeal/number.h"
#include "core/base/buf.h"
#include "core/machine/recommend.h"
#include "db/conn.h"

struct event_base;
struct leader;
struct pool;
struct rules;
struct worker;
struct tutor; /* opaque */

/* How often who leads writes a checkpoint: after so many lessons, or when there are any after so long. */
struct tutor *tutor_new(struct event_base *base, struct pool *pool, struct worker *worker, struct rules *rules, int checkpoint_lessons,
    int checkpoint_ms);
void tutor_configure(struct tutor *t, int checkpoint_lessons, int checkpoint_ms);
void tutor_free(struct tutor *t); /* after the connections have ended, and the worker */

/* What is known, for one question or several: held for reading until tutor_done, so ask and let go. On any thread, and never nested. Never
 * NULL; with nothing learnt yet (or t NULL) its name is "" and its learners are NULL. */
const struct recommend_model *tutor_read(struct tutor *t);
void tutor_done(struct tutor *t);

/* An event passed on the stream. One that may teach: look at once. A base was chosen: begin with it. Another: nothing happens. */
void tutor_event(struct tutor *t, const char *action);
/* Who leads, and on which connection: there the log's next steps and the checkpoints are written, while this fenbod leads. */
void tutor_attach(struct tutor *t, const struct leader *leader, struct db *db);
/* Call back, on the loop, when what is asked knows all that has passed on the stream by now, and of it whatever is to be forgotten is
 * forgotten: after ten seconds at the latest, even when that cannot be. When 1,000 cases wait already the first of them is told at once. */
typedef void (*tutor_then_fn)(void *ctx, case_no no);
void tutor_then(struct tutor *t, tutor_then_fn fn, void *ctx, case_no no);
/* Append metrics; append {"name","base","lesson","last","state","state_lesson","ok"}: `state` is the sha256 of what was known after
 * `state_lesson`, by which fenbods are compared; ok is false when the base could not be read. */
void tutor_metrics(struct tutor *t, struct buf *out);
void tutor_health(struct tutor *t, struct buf *out);

#endif
