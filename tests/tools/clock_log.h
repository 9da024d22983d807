/*
 * Every clock of every case, computed anew from the event log alone as fenbo-routing(5), CLOCKS, has it, and compared with what stands in the database:
 * start, limit, extensions, pauses, due time, lateness, the rungs that it has climbed and when there is next something to do, and the face of the queue.
 * (Rungs only where all revisions have the same ladders.) Shares nothing with the SQL: working time is counted on a
 * wall of minutes made with the C library's time zones.
 */
#ifndef FENBO_TESTS_TOOLS_CLOCK_LOG_H
#define FENBO_TESTS_TOOLS_CLOCK_LOG_H

#include <stdbool.h>
#include <libpq-fe.h>

struct clock_log {
	long cases, events, clocks, rungs;  /* that were read, and compared */
	long differences;
	char first[2000];            /* the first of them, in words */
};

/* As the owner of the database; nothing may write to it meanwhile. swept: fenbo.ladder and the other sweeps have just said that nothing is left to do,
 * so that everything late has been told. Changes TZ. False when the database cannot be read; `first` says why. */
bool clock_log_check(PGconn *owner, bool swept, struct clock_log *out);

#endif
