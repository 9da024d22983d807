/* What a coordinate says: the narrowest place whose boundary holds it, or else, as a guess to be looked at, the nearest place that has
 * coordinates. Words go before: a coordinate decides where they name nothing, chooses among places of one name, and makes narrower what
 * was named wide; a place that it contradicts stands, with the coordinate's own as a candidate. */
#include "core/machine/place_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/boundary.h"

enum { NEAR_M = 500, HOLD_MAX = 8 }; /* metres from which a place is no longer near */

/* Places with coordinates, from south to north. */
struct place_grid { int n; int *entry; };

static int
from_south(const void *a, const void *b, void *ctx)
{
	const struct entry *entries = ctx;
	double x = entries[*(const int *)a].lat, y = entries[*(const int *)b].lat;

	return x < y ? -1 : x > y ? 1 : *(const int *)a - *(const int *)b;
}

bool
place_grid_make(struct gazetteer *g)
{
	struct place_grid *grid = calloc(1, sizeof *grid);

	if (!grid)
		return false;
	g->located = grid;
	for (int i = 0; i < g->nentries; i++)
		grid->n += g->entries[i].located && g->entries[i].level >= LEVEL_COMMUNITY;
	if (!(grid->entry = malloc(((size_t)grid->n + 1) * sizeof *grid->entry)))
		return false;
	grid->n = 0;
	for (int i = 0; i < g->nentries; i++)
		if (g->entries[i].located && g->entries[i].level >= LEVEL_COMMUNITY)
			grid->entry[grid->n++] = i;
	qsort_r(grid->entry, (size_t)grid->n, sizeof *grid->entry, from_south, g->entries);
	return true;
}

void
place_grid_free(struct gazetteer *g)
{
	if (!g->located)
		return;
	free(g->located->entry);
	free(g->located);
}

static double
metres(double lat1, double lng1, double lat2, double lng2)
{
	const double degree = 111195, rad = M_PI / 180; /* a mean degree of latitude; flat within NEAR_M */
	double dy = (lat2 - lat1) * degree, dx = (lng2 - lng1) * degree * cos((lat1 + lat2) / 2 * rad);

	return sqrt(dx * dx + dy * dy);
}

/* The nearest one within NEAR_M; -1 = none. At most `TRIES` of the same latitudes are looked at. */
static int
nearest(const struct gazetteer *g, double lat, double lng)
{
	enum { TRIES = 20000 };
	const double band = NEAR_M / 111000.0;
	const struct place_grid *grid = g->located;
	int lo = 0, hi = grid->n, best = -1, tries = 0;
	double least = NEAR_M;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (g->entries[grid->entry[mid]].lat < lat - band)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < grid->n && tries++ < TRIES && g->entries[grid->entry[lo]].lat <= lat + band; lo++) {
		const struct entry *e = &g->entries[grid->entry[lo]];
		double far = metres(lat, lng, e->lat, e->lng);

		if (far <= least) {
			least = far;
			best = grid->entry[lo];
		}
	}
	return best;
}

/* The narrowest place of the gazetteer whose boundary holds the point; -1 = none. */
static int
held(const struct gazetteer *g, double lat, double lng)
{
	const char *code[HOLD_MAX];
	int n = boundaries_find(g->bounds, lat, lng, code, HOLD_MAX), best = -1;

	for (int i = 0; i < n; i++) {
		int e = place_index(g, code[i]);

		if (e >= 0 && (best < 0 || g->entries[e].level > g->entries[best].level))
			best = e;
	}
	return best;
}

/* Of the places of a tie the one that holds what the coordinate says; the others are passed over. */
static bool
breaks_tie(const struct gazetteer *g, int here, struct place_match *out)
{
	int chosen = -1;

	for (int i = 0; i < out->candidates; i++) {
		int e = place_index(g, out->candidate[i]);

		if (e >= 0 && (place_within(&g->entries[here], e) || place_within(&g->entries[e], here))) {
			if (chosen >= 0)
				return false;
			chosen = i;
		}
	}
	if (chosen < 0)
		return false;
	place_is(g, out, place_index(g, out->candidate[chosen]), out->candidate_in[chosen]);
	out->ambiguous = false;
	out->candidates--;
	for (int i = chosen; i < out->candidates; i++) {
		out->candidate[i] = out->candidate[i + 1];
		out->candidate_in[i] = out->candidate_in[i + 1];
	}
	for (int i = 0; i < out->candidates; i++)
		out->candidate_score[i] = 0.8f;
	return true;
}

void
place_locate(const struct gazetteer *g, const struct place_query *q, bool abroad, struct place_match *out)
{
	int here, told;

	if (!q->located || !(q->lat >= -90 && q->lat <= 90 && q->lng >= -180 && q->lng <= 180))
		return;
	here = held(g, q->lat, q->lng);
	if (here < 0) {
		here = nearest(g, q->lat, q->lng);
		if (here >= 0 && !out->code && !out->ambiguous)
			place_candidate(g, out, here, 0.5f, PLACE_IN_COORDINATES);
		return;
	}
	if (out->ambiguous) {
		if (!breaks_tie(g, here, out))
			place_candidate(g, out, here, 0.5f, PLACE_IN_COORDINATES);
		return;
	}
	if (abroad) {
		place_candidate(g, out, here, 0.5f, PLACE_IN_COORDINATES);
		return;
	}
	told = out->code ? place_index(g, out->code) : -1;
	if (told < 0 || (told != here && place_within(&g->entries[here], told)))
		place_is(g, out, here, PLACE_IN_COORDINATES);
	else if (told != here && !place_within(&g->entries[told], here))
		place_candidate(g, out, here, 0.5f, PLACE_IN_COORDINATES);
}
