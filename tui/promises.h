/*
 * The calls that the unit has promised and not made yet, for the badge in the desk's row. Read from PostgreSQL when a case has changed, at most
 * every three seconds; only a unit's desk reads them.
 */
#ifndef FENBO_TUI_PROMISES_H
#define FENBO_TUI_PROMISES_H

#include "core/appeal/number.h"
#include "core/base/clock.h"

struct console;
struct promise_list; /* opaque */

struct promise_list *promises_new(void);
void promises_free(struct promise_list *l);
void promises_touch(struct promise_list *l); /* a case has changed */
/* Ask if there is reason to; from console_settle. */
void promises_work(struct console *c);
/* When the case's next call is promised for; 0 = none is. */
usec_t promises_until(const struct promise_list *l, case_no no);

#endif
