/*
 * How many came and how many went: arrivals and departures of every desk's triage queue and every unit by five minutes, by
 * priority, the contacts made, and the clocks that ran out. The past is read once (fenbo.flow), then changes of the queue model
 * keep it current; what the reading has counted already is told by the place in the log at which it was taken. Knows no
 * screen and no database; time is a parameter.
 *
 * A case stands at a desk while its stage is triage, at a unit while it is dispatched or handling, else nowhere. It comes where
 * it did not stand before and goes from where it stood. 0096_flow.sql counts events by the same rule; a test compares the two.
 */
#ifndef FENBO_APPEAL_FLOW_H
#define FENBO_APPEAL_FLOW_H

#include <stdbool.h>
#include <stdint.h>
#include "core/appeal/summary.h"

enum flow_side { FLOW_DESK, FLOW_UNIT, FLOW_SIDES };
enum flow_what {
	FLOW_CAME,
	FLOW_WENT,
	FLOW_EASED, /* the unit has spoken with the citizen: the clock that pressed is answered, the case stays */
	FLOW_LATE,  /* a clock ran out there */
	FLOW_WHATS
};
enum { FLOW_AHEAD_MIN = 30, FLOW_SLOT_S = 300, FLOW_SLOTS = 300, FLOW_ANY = -1 };

struct flow; /* opaque */

struct flow *flow_new(void); /* NULL when memory is gone */
void flow_free(struct flow *f);

/* A reading takes the place of everything: begin, put each row (slot: five minutes since 1970), end. `upto`: transactions below it
 * are in the reading; what happened meanwhile and is not in it is counted on top. Not whole: the old one stays. */
void flow_begin(struct flow *f);
void flow_put(struct flow *f, int64_t slot, enum flow_side side, const char *code, enum priority p, const unsigned n[FLOW_WHATS]);
void flow_end(struct flow *f, bool whole, uint64_t upto);
bool flow_known(const struct flow *f);  /* a reading has been taken */
bool flow_failed(const struct flow *f); /* memory was gone, or too much came during a reading: read again */

/* The case was so and is so now: NULL = not there. `tx`: the transaction that made it so, 0 = not known. */
void flow_move(struct flow *f, uint64_t tx, usec_t at, const struct summary *was, const struct summary *is);
/* One of its clocks has run out. */
void flow_late(struct flow *f, uint64_t tx, usec_t at, const struct summary *s);

/* The last n slots up to that of `now`, which is still running, oldest first. `code` NULL = all of that side, p FLOW_ANY = all. */
void flow_series(const struct flow *f, enum flow_side side, const char *code, int p, enum flow_what what, usec_t now, int n, unsigned out[]);

/*
 * The present pace of one desk or unit: what left (for a unit also the contacts made) in the last half hour, or in the last hour
 * where the half hour held fewer than ten. One slot counts for at most three times the median of the hour's slots, so that two
 * hundred cases merged at once are not taken for a pace. `low` and `high`: between them the next half hour will lie four times in five,
 * if people come and go by chance as before; thin: fewer than five in an hour, too few to say much.
 */
struct flow_pace {
	double per_min, low, high;
	double ahead[PRIORITY_COUNT]; /* arrivals a minute of each priority: they go before what is less pressing */
	unsigned seen;
	int minutes;
	bool thin;
};
void flow_pace(const struct flow *f, enum flow_side side, const char *code, usec_t now, struct flow_pace *out);

#endif
