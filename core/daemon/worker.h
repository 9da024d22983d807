/*
 * Threads for work that takes longer than a loop turn. A job runs on one of them; what comes of it is handed back on the
 * loop. A job touches nothing but what it was given.
 */
#ifndef FENBO_DAEMON_WORKER_H
#define FENBO_DAEMON_WORKER_H

struct event_base;
struct worker; /* opaque */

struct worker *worker_new(struct event_base *base, int threads); /* NULL when threads or memory are gone */
void worker_free(struct worker *w); /* waits for jobs that run; those that wait, and whose result waits, are dropped with drop */
/* `work` on a thread, then `done` on the loop. `drop` frees ctx when the worker ends first. */
void worker_run(struct worker *w, void (*work)(void *ctx), void (*done)(void *ctx), void (*drop)(void *ctx), void *ctx);

#endif
