/* Boundaries: squares, holes, several parts, shared edges, what is refused, and that the index says what a walk over all edges says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/machine/boundary.h"

#define RING(...) { (const double[]){ __VA_ARGS__ }, sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double) / 2 }

static const char *
at(const struct boundaries *b, double lng, double lat)
{
	const char *code[4];
	int n = boundaries_find(b, lat, lng, code, 4);

	return n == 0 ? "" : n == 1 ? code[0] : "many";
}

static struct boundaries *
two_squares(void)
{
	struct boundaries *b = boundaries_new();
	const struct boundary_ring west[] = { RING(113.0, 22.0, 114.0, 22.0, 114.0, 23.0, 113.0, 23.0, 113.0, 22.0), /* closed, as GeoJSON has it */
		RING(113.4, 22.4, 113.6, 22.4, 113.6, 22.6, 113.4, 22.6) };
	const struct boundary_ring east[] = { RING(114.0, 22.0, 115.0, 22.0, 115.0, 23.0, 114.0, 23.0), RING(116.0, 22.0, 117.0, 22.0, 116.5, 23.0) };

	assert_true(boundaries_add(b, "W", west, 2));
	assert_true(boundaries_add(b, "E", east, 2));
	assert_true(boundaries_done(b));
	return b;
}

static void
test_inside(void **state)
{
	struct boundaries *b = two_squares();

	(void)state;
	assert_int_equal(boundaries_count(b), 2);
	assert_string_equal(at(b, 113.2, 22.5), "W");
	assert_string_equal(at(b, 113.5, 22.5), "");  /* the hole */
	assert_string_equal(at(b, 113.5, 22.3), "W");
	assert_string_equal(at(b, 114.5, 22.9), "E");
	assert_string_equal(at(b, 116.5, 22.5), "E"); /* its other part */
	assert_string_equal(at(b, 116.05, 22.9), "");
	assert_string_equal(at(b, 115.5, 22.5), "");
	assert_string_equal(at(b, 0, 0), "");
	assert_string_equal(at(b, NAN, 22.5), "");
	assert_string_equal(at(b, 113.2, INFINITY), "");
	boundaries_free(b);
}

/* Every point of the map lies in one area, also those on shared edges and corners. */
static void
test_shared_edges(void **state)
{
	struct boundaries *b = boundaries_new();

	(void)state;
	for (int x = 0; x < 8; x++)
		for (int y = 0; y < 8; y++) {
			double w = x / 3.0, s = y / 3.0, e = (x + 1) / 3.0, n = (y + 1) / 3.0;
			double lower[] = { w, s, e, s, e, n }, upper[] = { e, n, w, n, w, s };

			assert_true(boundaries_add(b, "a", &(struct boundary_ring){ lower, 3 }, 1));
			assert_true(boundaries_add(b, "b", &(struct boundary_ring){ upper, 3 }, 1));
		}
	assert_true(boundaries_done(b));
	for (int x = 0; x < 96; x++)
		for (int y = 0; y < 96; y++) {
			const char *code[8];

			assert_int_equal(boundaries_find(b, y / 36.0, x / 36.0, code, 8), 1);
		}
	boundaries_free(b);
}

static void
test_refused(void **state)
{
	struct boundaries *b = boundaries_new();
	const struct boundary_ring bad[] = { RING(113, 22, 114, 22, 999, 23) }, nan[] = { RING(113, 22, NAN, 22, 114, 23) }, line[] = { RING(113, 22, 114, 23) },
		dot[] = { RING(113, 22, 113, 22, 113, 22, 113, 22) };
	double *many = calloc(2 * (BOUNDARY_POINTS + 1), sizeof *many);

	(void)state;
	assert_false(boundaries_add(b, "x", bad, 1));
	assert_false(boundaries_add(b, "x", nan, 1));
	assert_false(boundaries_add(b, "x", &(struct boundary_ring){ many, BOUNDARY_POINTS + 1 }, 1));
	assert_true(boundaries_add(b, "x", line, 1)); /* nothing of it remains */
	assert_true(boundaries_add(b, "x", dot, 1));
	assert_true(boundaries_add(b, "x", NULL, 0));
	assert_int_equal(boundaries_count(b), 0);
	assert_true(boundaries_done(b));
	assert_string_equal(at(b, 113, 22), "");
	boundaries_free(b);
	free(many);
}

/* A star of many points, and a comb whose teeth are as high as the area: against the plain walk, and in bounded time. */
static bool
plain(const double *p, size_t n, double x, double y)
{
	bool in = false;

	for (size_t i = 0, k = n - 1; i < n; k = i++)
		if ((p[2 * i + 1] > y) != (p[2 * k + 1] > y) &&
		    x < (p[2 * k] - p[2 * i]) * (y - p[2 * i + 1]) / (p[2 * k + 1] - p[2 * i + 1]) + p[2 * i])
			in = !in;
	return in;
}

static void
against_plain(const double *p, size_t n)
{
	struct boundaries *b = boundaries_new();
	usec_t begun;
	long wrong = 0;
	const char *code[1];

	assert_true(boundaries_add(b, "a", &(struct boundary_ring){ p, n }, 1));
	assert_true(boundaries_done(b));
	srand(7);
	for (int i = 0; i < 400; i++) {
		double x = rand() / (double)RAND_MAX * 10, y = rand() / (double)RAND_MAX * 10;

		wrong += (boundaries_find(b, y, x, code, 1) == 1) != plain(p, n, x, y);
	}
	assert_int_equal(wrong, 0);
	begun = clock_monotonic();
	for (int i = 0; i < 200; i++)
		boundaries_find(b, 5.001, 5.001 + i * 1e-4, code, 1);
	print_message("%zu points: %.2f us a question\n", n, (double)(clock_monotonic() - begun) / 200);
	boundaries_free(b);
}

static void
test_index(void **state)
{
	enum { N = 100000 };
	double *p = calloc(2 * N, sizeof *p);

	(void)state;
	for (int i = 0; i < N; i++) {
		double r = 2 + 2.5 * rand() / (double)RAND_MAX, a = 2 * M_PI * i / N;

		p[2 * i] = 5 + r * cos(a);
		p[2 * i + 1] = 5 + r * sin(a);
	}
	against_plain(p, N);
	for (int i = 0; i < N; i++) {
		p[2 * i] = i * 10.0 / N;
		p[2 * i + 1] = i % 2 ? 9.9 : 0.1;
	}
	against_plain(p, N);
	free(p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside), cmocka_unit_test(test_shared_edges), cmocka_unit_test(test_refused), cmocka_unit_test(test_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
