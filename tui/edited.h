/* Which fields of a case people have corrected, who and when: out of its record, asked for once a version. */
#ifndef FENBO_TUI_EDITED_H
#define FENBO_TUI_EDITED_H

#include "tui/console.h"

enum { EDITED_MAX = 24 };

struct edited_field { char field[24], who[80]; usec_t at; };
struct edited {
	struct console *c;
	int version;              /* of the case when it was asked; 0 = not yet */
	bool asking;
	uint64_t handle;
	struct edited_field row[EDITED_MAX];
	int n;
};

/* Ask when the case has another version than last time. A case nobody has touched is not asked about. */
void edited_want(struct edited *e, struct console *c, case_no no);
void edited_forget(struct edited *e);
/* The last correction of the field (wire name of the form), NULL when nobody made one. */
const struct edited_field *edited_find(const struct edited *e, const char *field);

#endif
