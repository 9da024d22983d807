/*
 * A deed: an action of the table on its way from a key to PostgreSQL. It knows the cases it is about, the versions of them that stood on the
 * screen, and the arguments gathered so far. What becomes of it is act.h.
 */
#ifndef FENBO_TUI_DEED_H
#define FENBO_TUI_DEED_H

#include <jansson.h>
#include <stdbool.h>
#include "core/appeal/action.h"
#include "tui/console.h"

struct deed {
	enum action action;
	case_no *no;       /* owned */
	int *version;      /* owned; 0 = no check */
	size_t n;
	json_t *args;      /* owned */
	char whom[192];    /* unit, item or case it goes to, for the message */
	char draft[64];    /* dropped when done; "" = none */
	bool confirmed;
	unsigned asked;    /* enum action_arg, or-ed: what may be left out and has been asked for */
};

/* About the marked cases, else the one under the cursor. NULL when there is nothing to act on or nothing can be done now; said why. */
struct deed *deed_new(struct console *c, enum action a);
struct deed *deed_for(struct console *c, enum action a, const case_no *no, size_t n); /* the same about these cases */
void deed_free(struct deed *d);
void deed_put(struct deed *d, enum action_arg arg, const char *value);
void deed_put_list(struct deed *d, enum action_arg arg, const char *const *values, int n);
void deed_put_json(struct deed *d, enum action_arg arg, json_t *value); /* takes the reference */
bool deed_has(const struct deed *d, enum action_arg arg);
const char *deed_title(const struct deed *d, char out[160]); /* "override · 261122-000012-3", "end · 7 cases" */
/* The newest version of this case that the console knows; 0 = none. */
int deed_version(const struct console *c, case_no no);

#endif
