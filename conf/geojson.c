#include "conf/geojson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/text.h"
#include "core/base/clean.h"

struct reader {
	struct geo *out;
	const char *file;
	struct err_list *errs;
	size_t cap, feature;
	bool good;
};

#define FAIL(r, field, ...) \
	((r)->good = err_list_add((r)->errs, ERR_INVALID, (r)->file, (int)(r)->feature, 0, (field), __VA_ARGS__))

void geojson_free(struct geo *g)
{
	free(g->area);
	arena_free(&g->arena);
	memset(g, 0, sizeof *g);
}

/* --- shapes ------------------------------------------------------------------------------------------------------- */

static bool read_point(struct reader *r, const json_t *p, double out[2])
{
	const json_t *x = json_array_get(p, 0), *y = json_array_get(p, 1);

	if (!json_is_number(x) || !json_is_number(y))
		return FAIL(r, "coordinates", "a position is [longitude, latitude]");
	out[0] = json_number_value(x);
	out[1] = json_number_value(y);
	if (!(out[0] >= -180 && out[0] <= 180 && out[1] >= -90 && out[1] <= 90))
		return FAIL(r, "coordinates", "%.6g, %.6g is no longitude and latitude in degrees", out[0], out[1]);
	return true;
}

static bool read_ring(struct reader *r, const json_t *ring, size_t *left, struct geo_ring *out)
{
	size_t n = json_array_size(ring);
	double *at;

	if (n < 4)
		return FAIL(r, "coordinates", "a ring has four positions at least, the last one as the first");
	if (n > *left)
		return FAIL(r, "coordinates", "the area has more than %d positions", GEOJSON_AREA_POINTS);
	*left -= n;
	if (!(at = arena_alloc(&r->out->arena, n * 2 * sizeof *at)))
		return FAIL(r, "", "memory is gone");
	for (size_t i = 0; i < n; i++)
		if (!read_point(r, json_array_get(ring, i), at + 2 * i))
			return false;
	if (at[0] != at[2 * n - 2] || at[1] != at[2 * n - 1])
		return FAIL(r, "coordinates", "the ring is not closed: its last position is not its first");
	*out = (struct geo_ring){ at, n - 1 };
	return true;
}

static bool read_polygon(struct reader *r, const json_t *polygon, size_t *left, struct geo_area *a, size_t room)
{
	size_t n = json_array_size(polygon);

	if (n == 0 || n > room)
		return FAIL(r, "coordinates", "a polygon is an array of rings");
	for (size_t i = 0; i < n; i++)
		if (!read_ring(r, json_array_get(polygon, i), left, &a->ring[a->rings++]))
			return false;
	return true;
}

static bool read_shape(struct reader *r, const json_t *geometry, struct geo_area *a)
{
	const char *type = json_string_value(json_object_get(geometry, "type"));
	const json_t *shape = json_object_get(geometry, "coordinates");
	size_t left = GEOJSON_AREA_POINTS, rings = 0;
	bool many = type && strcmp(type, "MultiPolygon") == 0;

	if (!many && !(type && strcmp(type, "Polygon") == 0))
		return FAIL(r, "geometry", "expected a Polygon or MultiPolygon, found %.40s", type ? type : "none");
	for (size_t i = 0; many && i < json_array_size(shape); i++)
		rings += json_array_size(json_array_get(shape, i));
	if (!many)
		rings = json_array_size(shape);
	if (rings == 0)
		return FAIL(r, "coordinates", "there are no coordinates");
	if (!(a->ring = arena_alloc(&r->out->arena, rings * sizeof *a->ring)))
		return FAIL(r, "", "memory is gone");
	if (!many)
		return read_polygon(r, shape, &left, a, rings);
	for (size_t i = 0; i < json_array_size(shape); i++)
		if (!read_polygon(r, json_array_get(shape, i), &left, a, rings - a->rings))
			return false;
	return true;
}

/* --- features ------------------------------------------------------------------------------------------------------ */

/* A property as text: codes are often numbers. */
static const char *property(struct reader *r, const json_t *feature, const char *name)
{
	const json_t *v = json_object_get(json_object_get(feature, "properties"), name);
	struct buf clean = { .limit = 4096 };
	char number[32];
	const char *text = json_string_value(v), *kept;

	if (json_is_integer(v)) {
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v));
		text = number;
	}
	if (!text)
		return "";
	clean_text(&clean, text, strlen(text) < 200 ? strlen(text) : 200, CLEAN_LINE);
	kept = arena_strndup(&r->out->arena, buf_text(&clean), clean.len);
	buf_free(&clean);
	return kept ? kept : "";
}

static bool read_feature(struct reader *r, const json_t *feature)
{
	struct geo *g = r->out;
	struct geo_area a = { .feature = r->feature };
	const char *type = json_string_value(json_object_get(feature, "type"));

	if (!type || strcmp(type, "Feature") != 0)
		return FAIL(r, "type", "expected a Feature");
	a.code = property(r, feature, "code");
	a.name = property(r, feature, "name");
	a.within = property(r, feature, "parent");
	if (!a.code[0] && !a.name[0])
		return FAIL(r, "properties", "the feature has neither code nor name");
	if (!read_shape(r, json_object_get(feature, "geometry"), &a))
		return false;
	if (g->areas == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct geo_area *more = realloc(g->area, cap * sizeof *more);

		if (!more)
			return FAIL(r, "", "memory is gone");
		g->area = more;
		r->cap = cap;
	}
	g->area[g->areas++] = a;
	return true;
}

bool geojson_parse(struct geo *out, const char *file, const char *bytes, size_t len, struct err_list *errs)
{
	struct reader r = { .out = out, .file = file, .errs = errs, .good = true };
	json_error_t why;
	json_t *all, *features, *feature;
	const char *type;
	bool good = true;

	memset(out, 0, sizeof *out);
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		bytes += 3, len -= 3;
	if (!(all = json_loadb(bytes, len, 0, &why)))
		return err_list_add(errs, ERR_INVALID, file, why.line > 0 ? why.line : 0, 0, "", "is no JSON: %s", why.text);
	type = json_string_value(json_object_get(all, "type"));
	features = json_object_get(all, "features");
	if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features))
		good = err_list_add(errs, ERR_INVALID, file, 0, 0, "type", "expected a FeatureCollection");
	json_array_foreach(features, r.feature, feature) {
		r.feature++; /* people count from one */
		r.good = true;
		if (good || !errs->dropped)
			good = read_feature(&r, feature) && r.good && good;
		r.feature--;
	}
	json_decref(all);
	if (good && out->areas == 0)
		good = err_list_add(errs, ERR_INVALID, file, 0, 0, "", "there are no features");
	if (!good)
		geojson_free(out);
	return good;
}

bool geojson_load(struct geo *out, const char *path, struct err_list *errs)
{
	struct buf bytes = { .limit = (size_t)GEOJSON_FILE_MAX + 65536 };
	bool good;

	memset(out, 0, sizeof *out);
	good = text_read(&bytes, path, GEOJSON_FILE_MAX, errs) && geojson_parse(out, path, buf_text(&bytes), bytes.len, errs);
	buf_free(&bytes);
	return good;
}

/* --- as the database keeps them --------------------------------------------------------------------------------------- */

json_t *geojson_rings(const struct geo_area *a)
{
	json_t *rings = json_array();

	for (size_t i = 0; rings && i < a->rings; i++) {
		json_t *ring = json_array();

		for (size_t k = 0; ring && k < a->ring[i].points * 2; k++)
			if (json_array_append_new(ring, json_real(round(a->ring[i].at[k] * 1e7) / 1e7)) != 0)
				break;
		if (!ring || json_array_size(ring) != a->ring[i].points * 2 || json_array_append_new(rings, ring) != 0) {
			json_decref(rings);
			return NULL;
		}
	}
	return rings;
}

bool geojson_rings_read(const json_t *rings, struct arena *arena, struct geo_ring **out, size_t *n)
{
	size_t count = json_array_size(rings);
	struct geo_ring *ring = arena_alloc(arena, (count + 1) * sizeof *ring);

	*n = 0;
	*out = ring;
	if (!ring || !json_is_array(rings))
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *r = json_array_get(rings, i);
		size_t numbers = json_array_size(r);
		double *at = arena_alloc(arena, (numbers + 1) * sizeof *at);

		if (!at || numbers % 2)
			return false;
		for (size_t k = 0; k < numbers; k++) {
			if (!json_is_number(json_array_get(r, k)))
				return false;
			at[k] = json_number_value(json_array_get(r, k));
		}
		ring[(*n)++] = (struct geo_ring){ at, numbers / 2 };
	}
	return true;
}
