/*
 * What a screen says about time that is left: the text of a countdown and how pressing it is. Pure; the server's time
 * is a parameter (clock_skew_now).
 */
#ifndef FENBO_APPEAL_DUE_H
#define FENBO_APPEAL_DUE_H

#include "core/base/clock.h"

enum { DUE_SOON_S = 1800, DUE_TEXT = 32 };

enum due_class {
	DUE_NONE, /* no clock runs */
	DUE_OK,
	DUE_SOON, /* less than DUE_SOON_S left, or less than a quarter of the limit */
	DUE_LATE  /* the time is up: due_at <= now, as in VIEW_OVERDUE */
};

/* started_at may be 0: then only DUE_SOON_S counts. */
enum due_class due_class(usec_t due_at, usec_t started_at, usec_t now);

/* "04:12" minutes and seconds, "1:02:33" with hours, "-12:04" late; from a day on "3d04h" with the given words for
 * day and hour (NULL: "d" and "h"). "" when no clock runs. A started second counts as a whole one, so 00:01 turns
 * into -00:00 the moment it is late. */
void due_text(usec_t due_at, usec_t now, const char *day, const char *hour, char out[DUE_TEXT]);

/* When that text changes: a screen at rest sleeps until then. Later than now; 0 when no clock runs. */
usec_t due_next(usec_t due_at, usec_t now);

#endif
