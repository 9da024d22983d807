/* The first line (who, links, counts, server time) and the last (what can be pressed here, or what just happened). */
#ifndef FENBO_TUI_BARS_H
#define FENBO_TUI_BARS_H

#include "tui/console.h"

void bars_status(const struct console *c, struct grid *g, int row, usec_t now);
void bars_hint(const struct console *c, struct grid *g, int row);

#endif
