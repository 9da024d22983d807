/* What is asked because the action cannot do without it: unit, reason, text, priority, outcome, days. What may be left out is asks.h. */
#ifndef FENBO_TUI_ASKS_NEEDED_H
#define FENBO_TUI_ASKS_NEEDED_H

#include "tui/deed.h"

/* Ask for the first argument of this deed that is missing. True: the question has the deed now, and gives it back to act_go. */
bool asks_needed(struct console *c, struct deed *d);

#endif
