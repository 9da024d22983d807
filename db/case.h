/*
 * A row of the queue statements (queue_top, queue_all, queue_some) as the summary everybody works with.
 */
#ifndef FENBO_DB_CASE_H
#define FENBO_DB_CASE_H

#include "core/appeal/summary.h"
#include "db/conn.h"

/* False when a word of the row is not known here (a newer database). Texts are borrowed from the row. */
bool db_row_summary(const struct db_row *r, struct summary *out);

#endif
