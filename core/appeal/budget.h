/*
 * The budget of interruptions: at most one alarm that sounds in so long for each person; the others are counted and shown. Danger to life does
 * not ask it. (DESIGN, section 6.)
 */
#ifndef FENBO_APPEAL_BUDGET_H
#define FENBO_APPEAL_BUDGET_H

#include <stdbool.h>
#include "core/base/clock.h"

struct budget {
	usec_t spent;  /* when an alarm sounded last (monotonic); 0 = never */
	int held;      /* how many did not sound since the person last looked */
};

/* May this one sound? If not it is counted. `every`: the time that one alarm takes up; 0 = every alarm may sound. */
static inline bool budget_take(struct budget *b, usec_t every, usec_t mono)
{
	if (b->spent != 0 && mono - b->spent < every) {
		b->held++;
		return false;
	}
	b->spent = mono;
	return true;
}

#endif
