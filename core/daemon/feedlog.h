/*
 * Follows the event log on a connection of its own and fills the hub: polls with a cursor (a NOTIFY at every commit would cost
 * the writers more than it gives), remembers where it is over lost connections, and reads what readers want that is older
 * than the hub's memory.
 */
#ifndef FENBO_DAEMON_FEEDLOG_H
#define FENBO_DAEMON_FEEDLOG_H

#include <stddef.h>
#include <stdint.h>
#include "core/appeal/number.h"
#include "core/daemon/metrics.h"
#include "db/conn.h"

struct event_base;
struct hub;
struct feedlog; /* opaque */

struct feedlog_options {
	struct hub *hub;
	struct metrics *metrics;
	int poll_ms; /* between two looks when nothing came */
	/* Every event as it is read, in order: action, case (0 = none) and the frame's JSON. */
	void (*event)(void *ctx, const char *action, case_no no, const char *data, size_t len);
	void *ctx;
};
struct feedlog *feedlog_new(struct event_base *base, const struct feedlog_options *o);
void feedlog_attach(struct feedlog *f, struct db *db);
void feedlog_free(struct feedlog *f);
void feedlog_configure(struct feedlog *f, int poll_ms);
/* Something was committed here: look soon. */
void feedlog_hint(struct feedlog *f);
/* For hub_options.older. */
void feedlog_older(struct feedlog *f, uint64_t reader, const char *after);

#endif
