/*
 * Boundaries as people exchange them: a GeoJSON FeatureCollection (RFC 7946) of Polygon and MultiPolygon, each feature with the property
 * `code` (the place's code) or `name`. Coordinates are longitude, latitude in WGS 84, as the RFC has it; those of Chinese map services are
 * GCJ-02 and must be converted before.
 */
#ifndef FENBO_CONF_GEOJSON_H
#define FENBO_CONF_GEOJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "conf/err_list.h"
#include "core/base/arena.h"

enum { GEOJSON_FILE_MAX = 64 * 1024 * 1024, GEOJSON_AREA_POINTS = 200000 };

struct geo_ring { const double *at; size_t points; }; /* longitude, latitude, …; without the point that closes it */
struct geo_area {
	const char *code, *name, *within; /* "" = not said; within: the property `parent`, a code or a name of the place around it */
	struct geo_ring *ring; size_t rings;
	size_t feature;                   /* counted from 1 */
};
struct geo { struct geo_area *area; size_t areas; struct arena arena; };

/* Everything wrong is added to errs (line = feature); then *out is zeroed and the answer false. */
bool geojson_parse(struct geo *out, const char *file, const char *bytes, size_t len, struct err_list *errs);
bool geojson_load(struct geo *out, const char *path, struct err_list *errs);
void geojson_free(struct geo *g);

/* Rings as the database keeps them: [[longitude, latitude, …], …], to 7 decimals (a centimetre). NULL when memory is gone. */
json_t *geojson_rings(const struct geo_area *a);
/* And back; false when it is none of ours. Points are the arena's. */
bool geojson_rings_read(const json_t *rings, struct arena *arena, struct geo_ring **out, size_t *n);

#endif
