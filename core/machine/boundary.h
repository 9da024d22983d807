/*
 * Where places end: areas made of rings, and which of them a point lies in. Inside and outside change at every ring (even–odd), so that
 * holes, islands and several parts need no order. Degrees as they come, as a flat map: no ring may cross the 180th meridian. The
 * datum is the caller's, but it must be the same for rings and points; Fenbo's is WGS 84, as GeoJSON has it (RFC 7946). Coordinates of Chinese
 * map services are GCJ-02, 300 to 700 m off: convert them first.
 *
 * Bounded: an area has at most BOUNDARY_POINTS points, all together BOUNDARY_ALL; a point is answered from the few edges of its strip.
 */
#ifndef FENBO_MACHINE_BOUNDARY_H
#define FENBO_MACHINE_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>

enum { BOUNDARY_POINTS = 200000, BOUNDARY_ALL = 8000000, BOUNDARY_AREAS = 200000 };

struct boundaries; /* opaque; immutable and thread-safe once done */
struct boundary_ring { const double *at; size_t points; }; /* longitude, latitude, longitude, …; closed or not */

struct boundaries *boundaries_new(void); /* NULL when memory is gone */
void boundaries_free(struct boundaries *b);
/* Copies. Rings of fewer than three different points are left out. False when a coordinate is no place on earth, when a bound is passed, or
 * when memory is gone; then nothing of the area is taken. */
bool boundaries_add(struct boundaries *b, const char *code, const struct boundary_ring *ring, size_t rings);
bool boundaries_done(struct boundaries *b);
/* The codes of the areas that the point lies in, in the order they were added; returns how many (≤ max). A point on an edge that two areas
 * share lies in one of them. */
int boundaries_find(const struct boundaries *b, double lat, double lng, const char **codes, int max);
size_t boundaries_count(const struct boundaries *b); /* areas */
size_t boundaries_bytes(const struct boundaries *b);

#endif
