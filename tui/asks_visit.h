/* What is asked about a return visit: was somebody reached, what did he say, when to call again. */
#ifndef FENBO_TUI_ASKS_VISIT_H
#define FENBO_TUI_ASKS_VISIT_H

#include "tui/deed.h"

void asks_visit_outcome(struct console *c, struct deed *d); /* takes the deed */
/* As the questions of asks.c: true = it has the deed now. */
bool asks_visit_rating(struct console *c, struct deed *d);
bool asks_visit_until(struct console *c, struct deed *d);
/* "5454" (blanks between do not matter): speed, effect, service, feedback. NULL when it is no rating. */
json_t *asks_visit_read(const char *text);

#endif
