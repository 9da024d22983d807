/*
 * Hot spots, looked for by the fenbod that leads: the cases of the last ninety days are read when it begins to lead, and anew every night; every
 * minute the log tells what has come in or is known to be something else since. The index is asked on a worker thread, and what is hot is
 * told to the database, which raises the alarm. Between the looks after each reading the index is tried on its own past (hotspot_trial.h), which sets how
 * surprising a hot spot must be. Belongs to the loop.
 */
#ifndef FENBO_DAEMON_HOT_H
#define FENBO_DAEMON_HOT_H

#include <stddef.h>

struct event_base;
struct leader;
struct pool;
struct rules;
struct worker;
struct hot; /* opaque */

struct hot *hot_new(struct event_base *base, struct pool *pool, struct worker *worker, struct rules *routing, struct leader *leader, int every_ms);
void hot_configure(struct hot *h, int every_ms);
void hot_free(struct hot *h);

/* For metrics: cases counted, memory, hot spots begun, the bar that the trial has set (0 = none yet), how long the last
 * look took (all 0 where another fenbod leads). */
struct hot_state { size_t cases, bytes, begun; double bar, took_s; };
void hot_state(const struct hot *h, struct hot_state *out);

#endif
