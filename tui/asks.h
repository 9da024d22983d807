/*
 * What is asked about an action beyond what it needs: the words of a letter, who gave an instruction and by when, why a case is supervised.
 * Everything here may be left empty; what an action cannot do without is asks_needed.h.
 */
#ifndef FENBO_TUI_ASKS_H
#define FENBO_TUI_ASKS_H

#include "tui/deed.h"

/* Ask the next question of this deed that has not been asked. True: it has the deed now, and gives it back to act_go. */
bool asks_more(struct console *c, struct deed *d);
/* An answer has come, and goes on with the deed: NULL takes the whole deed back, "" leaves the argument out. Takes the deed. */
void asks_got(struct console *c, struct deed *d, enum action_arg arg, const char *value);
/* One of the action's reasons by the policy, or a typed one. Takes the deed. */
void asks_reason(struct console *c, struct deed *d, bool may_be_none);
/* Yes or no about what the unit asks for. Takes the deed. */
void asks_decision(struct console *c, struct deed *d);
/* Somebody's name. Takes the deed. */
void asks_person(struct console *c, struct deed *d);

#endif
