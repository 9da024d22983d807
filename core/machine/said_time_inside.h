/*
 * What said_time.c and said_time_read.c share: one expression of time as it was read, before it is judged and told from the moment of
 * receipt.
 */
#ifndef FENBO_MACHINE_SAID_TIME_INSIDE_H
#define FENBO_MACHINE_SAID_TIME_INSIDE_H

#include <stdbool.h>
#include "core/machine/points.h"

enum { SAID_NONE = -1000 };         /* a member that was not said */
struct reading_time {
	const struct points *p;
	int at;                            /* the next point */
	int year, month, day;              /* SAID_NONE = not said; negative: -1 = this year or month, -2 = last */
	int days, weekday, week;           /* from today; 1–7, week from this one; SAID_NONE = not said */
	int part, shift, hour, minute, second;    /* the part's own hour; 12 where hours are of the afternoon, 1 and 2 see clock_of */
	int minutes_ago;
	bool now, about, numeric, twelve;  /* 刚才; 左右; written 2026-11-03; 三点 may be 15 o'clock */
};

/* One expression at `at`: [day][part][clock], 刚才, 半小时前; r->at stands behind it then. False when nothing there names a point in time. */
bool said_time_read(struct reading_time *r, const struct points *p, int at);

#endif
