/* The conditional logit: probabilities, steps and fits find the weights that made the choices; kept bytes. And the trees above it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/approx.h"
#include "core/machine/blend.h"
#include "core/machine/packing.h"
#include "core/machine/trees.h"

enum { K = 3, N = 6, CASES = 4000 };
static const struct blend_voice voices[K] = { { "one", 0.5f }, { "two", 0 }, { "three", 0 } };
static const float truth[K] = { 1.5f, -1.0f, 0 };

struct made { float said[N * K]; int right; };

static float
draw(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (float)(*seed >> 40) / (float)(1 << 24);
}

/* Choices made by the true weights: a candidate with its probability. */
static struct made *
choices(void)
{
	struct made *m = calloc(CASES, sizeof *m);
	struct blend b;
	uint64_t seed = 5;

	blend_init(&b, voices, K);
	memcpy(b.weight, truth, sizeof truth);
	for (int i = 0; i < CASES; i++) {
		float p[N], at;

		for (int k = 0; k < N * K; k++)
			m[i].said[k] = draw(&seed) * 4 - 2;
		blend_p(&b, m[i].said, N, p);
		at = draw(&seed);
		for (int j = 0; j < N && at > p[j]; j++, m[i].right++)
			at -= p[j];
		m[i].right = m[i].right < N ? m[i].right : N - 1;
	}
	return m;
}

static void
sums_to_one(void **state)
{
	float said[N * K] = { 1000, 0, 0, -1000, 0, 0 }, p[N], sum = 0;
	struct blend b;

	(void)state;
	blend_init(&b, voices, K);
	blend_p(&b, said, N, p);
	for (int i = 0; i < N; i++)
		sum += p[i];
	assert_true(fabs((double)sum - 1) < 1e-6);
	assert_true(p[0] > 0.999f);
	blend_p(&b, said, 1, p);
	assert_true(p[0] == 1.0f);
}

static void
learns(void **state)
{
	struct made *m = choices();
	struct blend b;

	(void)state;
	blend_init(&b, voices, K);
	for (int i = 0; i < CASES; i++) {
		float p[N];

		blend_p(&b, m[i].said, N, p);
		blend_learn(&b, m[i].said, N, p, m[i].right, 1);
	}
	for (int k = 0; k < K; k++)
		assert_true(fabsf(b.weight[k] - truth[k]) < 0.2f);
	assert_int_equal(b.steps, CASES);
	free(m);
}

static void
fits(void **state)
{
	struct made *m = choices();
	struct blend_case c[CASES];
	struct blend b;

	(void)state;
	for (int i = 0; i < CASES; i++)
		c[i] = (struct blend_case){ m[i].said, N, m[i].right, 1 };
	blend_init(&b, voices, K);
	assert_true(blend_fit(&b, c, CASES));
	for (int k = 0; k < K; k++)
		assert_true(fabsf(b.weight[k] - truth[k]) < 0.1f);
	blend_init(&b, voices, K);
	assert_true(blend_fit(&b, c, 0)); /* nothing to learn from: the weights it starts with */
	assert_true(b.weight[0] == voices[0].start);
	free(m);
}

/* What no weighted sum can say: right is the candidate whose two features are of one sign. */
static void
trees_find_more(void **state)
{
	enum { ROWS = 3000, CANDIDATES = 4, FEATURES = 3 };
	struct trees_case *c = calloc(ROWS, sizeof *c);
	float *x = calloc(ROWS * CANDIDATES * FEATURES, sizeof *x), zero[CANDIDATES] = { 0 };
	struct trees t = { 0 }, back = { 0 };
	struct buf b = { 0 };
	uint64_t seed = 9;
	int right = 0;

	(void)state;
	for (int i = 0; i < ROWS; i++) {
		float *v = x + i * CANDIDATES * FEATURES;

		c[i] = (struct trees_case){ v, zero, CANDIDATES, (int)(draw(&seed) * CANDIDATES) % CANDIDATES, 1 };
		for (int j = 0; j < CANDIDATES; j++) {
			float one = draw(&seed) - 0.5f, two = draw(&seed) - 0.5f;

			v[j * FEATURES] = one;
			v[j * FEATURES + 1] = (one > 0) == (two > 0) ? two : -two;
			if (j != c[i].right)
				v[j * FEATURES + 1] = -v[j * FEATURES + 1];
			v[j * FEATURES + 2] = draw(&seed);
		}
	}
	assert_true(trees_fit(&t, FEATURES, c, ROWS, NULL));
	assert_true(t.n > 0);
	trees_save(&t, &b);
	struct unpack u = { (const unsigned char *)b.data, (const unsigned char *)b.data + b.len, false };
	assert_true(trees_load(&back, FEATURES, &u));
	for (int i = 0; i < ROWS; i++) {
		trees_features f = { { 0 } };
		float score[CANDIDATES] = { 0 }, again[CANDIDATES] = { 0 };
		int best = 0;

		for (int j = 0; j < CANDIDATES; j++)
			for (int k = 0; k < FEATURES; k++)
				f[k][j] = c[i].x[j * FEATURES + k];
		trees_add(&t, (const float(*)[TREES_WIDTH])f, CANDIDATES, score);
		trees_add(&back, (const float(*)[TREES_WIDTH])f, CANDIDATES, again);
		assert_memory_equal(score, again, sizeof score);
		for (int j = 1; j < CANDIDATES; j++)
			best = score[j] > score[best] ? j : best;
		right += best == c[i].right;
	}
	assert_true(right > ROWS * 9 / 10);
	for (size_t cut = 0; cut < b.len; cut += 7) {
		struct trees broken = { 0 };

		u = (struct unpack){ (const unsigned char *)b.data, (const unsigned char *)b.data + cut, false };
		assert_false(trees_load(&broken, FEATURES, &u));
		trees_free(&broken);
	}
	trees_free(&t);
	trees_free(&back);
	buf_free(&b);
	free(c);
	free(x);
}

static void
kept(void **state)
{
	struct blend b, back;
	struct buf out = { 0 };
	struct unpack u;

	(void)state;
	blend_init(&b, voices, K);
	b.weight[1] = -3.25f;
	b.slope[2] = 17;
	b.steps = 300;
	blend_save(&b, &out);
	blend_init(&back, voices, K);
	u = (struct unpack){ (const unsigned char *)out.data, (const unsigned char *)out.data + out.len, false };
	assert_true(blend_load(&back, &u));
	assert_memory_equal(&b, &back, sizeof b);
	blend_init(&back, voices, K - 1); /* other voices */
	u = (struct unpack){ (const unsigned char *)out.data, (const unsigned char *)out.data + out.len, false };
	assert_false(blend_load(&back, &u));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_to_one),
		cmocka_unit_test(learns),
		cmocka_unit_test(fits),
		cmocka_unit_test(trees_find_more),
		cmocka_unit_test(kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
