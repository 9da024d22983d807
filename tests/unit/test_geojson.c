/* Boundaries out of GeoJSON: what is taken, what is refused and why, and the database's form there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf/geojson.h"

#define SQUARE "[[113.0,22.0],[114.0,22.0],[114.0,23.0],[113.0,22.0]]"
#define FEATURE(properties, type, coordinates) \
	"{\"type\":\"Feature\",\"properties\":" properties ",\"geometry\":{\"type\":\"" type "\",\"coordinates\":" coordinates "}}"
#define ALL(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static void taken(void **state)
{
	static const char text[] = "\xef\xbb\xbf" ALL(FEATURE("{\"code\":\"440306\"}", "Polygon", "[" SQUARE "," SQUARE "]") ","
	    FEATURE("{\"code\":440307,\"name\":\"龙岗区\"}", "MultiPolygon", "[[" SQUARE "],[" SQUARE "," SQUARE "]]") ","
	    FEATURE("{\"name\":\"钟屋社区\",\"parent\":\"航城街道\"}", "Polygon", "[[[1,2,9.5],[3,4],[5,6],[1,2]]]"));
	struct geo g;
	struct err_list errs = { 0 };

	(void)state;
	assert_true(geojson_parse(&g, "a.geojson", text, strlen(text), &errs));
	assert_int_equal(g.areas, 3);
	assert_string_equal(g.area[0].code, "440306");
	assert_int_equal(g.area[0].rings, 2);
	assert_int_equal(g.area[0].ring[0].points, 3);
	assert_string_equal(g.area[1].code, "440307");
	assert_int_equal(g.area[1].rings, 3);
	assert_string_equal(g.area[2].code, "");
	assert_string_equal(g.area[2].name, "钟屋社区");
	assert_string_equal(g.area[2].within, "航城街道");
	assert_int_equal(g.area[2].feature, 3);
	assert_true(g.area[2].ring[0].at[2] > 2.9 && g.area[2].ring[0].at[3] < 4.1); /* the height is left out */
	geojson_free(&g);
}

static void refuse(const char *text, int line)
{
	struct geo g;
	struct err_list errs = { 0 };

	assert_false(geojson_parse(&g, "a.geojson", text, strlen(text), &errs));
	if (errs.count != 1 || errs.items[0].err.line != line)
		print_error("%s: %zu errors, line %d\n", text, errs.count, errs.count ? errs.items[0].err.line : -1);
	assert_int_equal(errs.count, 1);
	assert_int_equal(errs.items[0].err.line, line);
	assert_int_equal(g.areas, 0);
	err_list_free(&errs);
}

static void refused(void **state)
{
	(void)state;
	refuse("", 1);
	refuse("{\"type\":", 1);
	refuse("[]", 0);
	refuse("{\"type\":\"Feature\"}", 0);
	refuse(ALL(""), 0);
	refuse(ALL("7"), 1);
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[" SQUARE "]") "," FEATURE("{}", "Polygon", "[" SQUARE "]")), 2);
	refuse(ALL(FEATURE("null", "Polygon", "[" SQUARE "]")), 1);
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Point", "[1,2]")), 1);
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[]")), 1);
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[[[1,2],[3,4],[1,2]]]")), 1);
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[[[1,2],[3,4],[5,6],[7,8]]]")), 1);   /* not closed */
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[[[1,2],[3,94],[5,6],[1,2]]]")), 1);  /* a latitude of 94 */
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[[[1,2],[3,\"4\"],[5,6],[1,2]]]")), 1);
	refuse(ALL(FEATURE("{\"code\":\"1\"}", "MultiPolygon", "[[],[" SQUARE "]]")), 1);
	refuse(ALL("{\"type\":\"Feature\",\"properties\":{\"code\":\"1\"},\"geometry\":null}"), 1);
}

static void there_and_back(void **state)
{
	static const char text[] = ALL(FEATURE("{\"code\":\"1\"}", "Polygon", "[[[113.12345678,22.5],[114,22],[114,23.1],[113.12345678,22.5]]]"));
	struct geo g;
	struct err_list errs = { 0 };
	struct arena a = { 0 };
	struct geo_ring *ring;
	json_t *rings;
	size_t n;
	char *said;

	(void)state;
	assert_true(geojson_parse(&g, "a.geojson", text, strlen(text), &errs));
	rings = geojson_rings(&g.area[0]);
	said = json_dumps(rings, JSON_COMPACT | JSON_REAL_PRECISION(10));
	assert_string_equal(said, "[[113.1234568,22.5,114.0,22.0,114.0,23.1]]");
	free(said);
	assert_true(geojson_rings_read(rings, &a, &ring, &n));
	assert_int_equal(n, 1);
	assert_int_equal(ring[0].points, 3);
	json_decref(rings);
	rings = json_loads("[[1,2,3]]", 0, NULL);
	assert_false(geojson_rings_read(rings, &a, &ring, &n));
	json_decref(rings);
	rings = json_loads("{}", 0, NULL);
	assert_false(geojson_rings_read(rings, &a, &ring, &n));
	json_decref(rings);
	arena_free(&a);
	geojson_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(taken), cmocka_unit_test(refused), cmocka_unit_test(there_and_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
