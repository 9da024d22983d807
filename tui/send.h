/* Sending a deed and telling what came of it: case by case, with who did what since when PostgreSQL says no. */
#ifndef FENBO_TUI_SEND_H
#define FENBO_TUI_SEND_H

#include "core/base/buf.h"
#include "tui/deed.h"

void send_ids(struct buf *out, const struct deed *d); /* its cases as a PostgreSQL array */
void send_deed(struct console *c, struct deed *d); /* takes the deed */

#endif
