/*
 * Numbers of other cases that a text quotes: ours (13 digits with their check digit, with or without hyphens, full-width or not), and what may
 * be a ticket number of the channel's own (a run of letters and digits of some length). Whether a ticket exists is for the database to say.
 */
#ifndef FENBO_MACHINE_QUOTED_H
#define FENBO_MACHINE_QUOTED_H

#include <stddef.h>
#include "core/appeal/number.h"

enum { QUOTED_MAX = 16, QUOTED_TICKET = 41, QUOTED_SHORTEST = 8 };

struct quoted {
	case_no own[QUOTED_MAX]; int owns;                /* each once, in the order of the text */
	char ticket[QUOTED_MAX][QUOTED_TICKET]; int tickets; /* half-width */
};

/* Any bytes, in time linear in their length; looks at the first megabyte. */
void quoted_find(const char *text, size_t len, struct quoted *out);

#endif
