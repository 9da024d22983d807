/*
 * Where the bar of hot spots must lie so that they keep their word: all cases that an index knows, each at the time of another, so that nothing rises
 * but by chance, are gone through from beginning to end as they would have been, and how surprising each hot spot gets is noted. The bar that lets
 * through as many a day as policy accepts follows from these. It takes seconds to minutes and goes in steps of a day of that past, on one
 * thread at a time; the index may be asked and added to meanwhile, but must outlive it.
 */
#ifndef FENBO_MACHINE_HOTSPOT_TRIAL_H
#define FENBO_MACHINE_HOTSPOT_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

struct hotspots;
struct hotspot_trial; /* opaque */

/* What an index has taken with hotspots_put so far; the seed says how times are exchanged. NULL when there is too little past to say anything (four
 * weeks), or memory is gone. */
struct hotspot_trial *hotspot_trial_new(const struct hotspots *h, uint64_t seed);
bool hotspot_trial_step(struct hotspot_trial *t); /* false: it is done */
/* What hotspots_bars wants. False when too few were found to say (twenty of them as signals). */
bool hotspot_trial_bars(struct hotspot_trial *t, double *hot, double *weak);
void hotspot_trial_free(struct hotspot_trial *t);

#endif
