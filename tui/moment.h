/* A time to come, as people say it: chosen from a menu, or typed as 17:00, 11-23 09:00 or 2026-11-23 09:00. */
#ifndef FENBO_TUI_MOMENT_H
#define FENBO_TUI_MOMENT_H

#include <stdbool.h>
#include "core/base/clock.h"
#include "tui/dialog.h"

/* The answer is RFC 3339, "" for none (offered when `none` names it), NULL when the person went away. */
void moment_ask(struct console *c, const char *title, const char *note, const char *none, dialog_fn fn, void *ctx);
/* Read what was typed; a time of day that is over today means tomorrow, a day that is over this year next year. */
bool moment_read(const char *text, usec_t now, usec_t *out);
/* "11-23 09:00", of today only the time. */
void moment_show(usec_t t, usec_t now, char out[40]);

#endif
