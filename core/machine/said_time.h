/*
 * When it happened, out of the citizen's words: 今天下午五点左右, 昨晚, 11月3日凌晨, 上周三, 17:42, 半小时前. Resolved against the moment of receipt in
 * the centre's zone (core/base/clock.h). Only a point in time that has passed counts: what recurs (每天晚上), lasts since (自三月起), is
 * a deadline or a range of hours, or lies more than a year back is none.
 */
#ifndef FENBO_MACHINE_SAID_TIME_H
#define FENBO_MACHINE_SAID_TIME_H

#include <stdbool.h>
#include "core/base/clock.h"
#include "core/machine/points.h"

enum said_precision { SAID_DAY, SAID_PART, SAID_HOUR, SAID_MINUTE }; /* PART: 昨晚 is a part of a day, told as its beginning, or as now while it begins */
const char *said_precision_name(enum said_precision p);                /* wire name: day part hour minute */
struct said_moment {
	struct span at;
	usec_t when;
	enum said_precision precision;
};

struct said_time; /* opaque, immutable once built, thread-safe */
struct said_time *said_time_new(void); /* NULL when memory is gone */
void said_time_free(struct said_time *t);
/* The first point in time the text tells of. False when there is none. */
bool said_time_find(const struct said_time *t, const struct points *p, usec_t received, struct said_moment *out);

#endif
