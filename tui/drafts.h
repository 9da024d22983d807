/*
 * What somebody was typing and has not sent: kept by name ("note:2611220000123"), in memory and in a file of mode 0600 under
 * the state directory, so that it outlives a lost connection, a closed window and kill -9.
 */
#ifndef FENBO_TUI_DRAFTS_H
#define FENBO_TUI_DRAFTS_H

#include <stdbool.h>
#include "core/base/clock.h"

enum { DRAFTS_MAX = 200, DRAFT_KEEP_DAYS = 14 };

struct drafts; /* opaque */

struct drafts *drafts_new(const char *dir);       /* NULL dir: memory only; NULL when memory is gone */
void drafts_free(struct drafts *d);               /* saves first */
void drafts_account(struct drafts *d, const char *account); /* whose they are: reads the file */
const char *drafts_get(const struct drafts *d, const char *name); /* NULL = none; borrowed until the next change */
void drafts_put(struct drafts *d, const char *name, const char *text); /* "" or NULL drops it */
bool drafts_due(const struct drafts *d, usec_t mono); /* changed, and not saved within the last 200 ms */
bool drafts_changed(const struct drafts *d);
void drafts_save(struct drafts *d);

#endif
