/* Any bytes are boundaries in GeoJSON or are refused with a reason; what is taken goes to the database's form and back, holds no point outside
 * its corners, and answers for every point of a grid. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/geojson.h"
#include "core/machine/boundary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void
add(struct boundaries *b, const struct geo_area *a)
{
	struct boundary_ring *ring = calloc(a->rings + 1, sizeof *ring);

	MUST(ring);
	for (size_t i = 0; i < a->rings; i++)
		ring[i] = (struct boundary_ring){ a->ring[i].at, a->ring[i].points };
	MUST(boundaries_add(b, a->code[0] ? a->code : a->name, ring, a->rings)); /* the reader has refused what this would refuse */
	free(ring);
}

static void
there_and_back(const struct geo_area *a)
{
	struct arena arena = { 0 };
	struct geo_ring *ring;
	json_t *rings = geojson_rings(a);
	size_t n;

	MUST(rings && geojson_rings_read(rings, &arena, &ring, &n) && n == a->rings);
	for (size_t i = 0; i < n; i++) {
		MUST(ring[i].points == a->ring[i].points);
		for (size_t k = 0; k < ring[i].points * 2; k++)
			MUST(fabs(ring[i].at[k] - a->ring[i].at[k]) < 1e-6);
	}
	json_decref(rings);
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct geo g;
	struct err_list errs = { 0 };
	struct boundaries *b;
	const char *code[4];

	if (!geojson_parse(&g, "fuzz.geojson", (const char *)data, len, &errs)) {
		MUST(!err_list_empty(&errs) && g.areas == 0);
		err_list_free(&errs);
		return 0;
	}
	MUST(err_list_empty(&errs) && g.areas > 0 && (b = boundaries_new()));
	for (size_t i = 0; i < g.areas; i++) {
		there_and_back(&g.area[i]);
		add(b, &g.area[i]);
	}
	MUST(boundaries_done(b));
	for (double lat = -95; lat <= 95; lat += 7.3)
		for (double lng = -185; lng <= 185; lng += 13.1) {
			int n = boundaries_find(b, lat, lng, code, 4);

			MUST(n >= 0 && n <= 4 && (n == 0 || (lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180)));
		}
	boundaries_free(b);
	geojson_free(&g);
	return 0;
}
