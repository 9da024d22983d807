/* What a duty item means, in the words of the routing: asked for when somebody looks at it. One at a time. */
#ifndef FENBO_TUI_MEANING_H
#define FENBO_TUI_MEANING_H

#include "tui/console.h"

struct meaning {
	struct console *c;
	bool asking;
	uint64_t handle;
	char item[64];       /* whose words these are; "" = nobody's yet */
	char *definition;    /* owned; NULL = not here */
	int days;            /* working days that its unit has; 0 = not here */
};

/* Ask for this item ("" = for none) unless it is the one that is here or on its way. */
void meaning_want(struct meaning *m, struct console *c, const char *item);
void meaning_forget(struct meaning *m);
bool meaning_is(const struct meaning *m, const char *item);

#endif
