/*
 * The groups of one incident that are open now, with how many people told of each: for the badge in the queue's row. Read from PostgreSQL when a
 * row names a group that is not known or has grown, at most every three seconds. A unit's
 * desk sees no groups.
 */
#ifndef FENBO_TUI_BURSTS_H
#define FENBO_TUI_BURSTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include "core/base/clock.h"

struct console;
struct burst_list; /* opaque */

struct burst_list *bursts_new(void);
void bursts_free(struct burst_list *l);
/* A case of this group has come or changed. */
void bursts_touch(struct burst_list *l, int64_t id);
/* Ask if there is reason to; from console_settle. */
void bursts_work(struct console *c);
/* People who told of it; 0 = not known (yet). */
int bursts_people(const struct burst_list *l, int64_t id);

#endif
