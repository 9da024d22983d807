/* exp and log without libm: their error stays small, and the ends are what the header says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/approx.h"

static void
exponential(void **state)
{
	(void)state;
	for (double x = -86.0; x < 88.0; x += 0.00137) {
		double want = exp((double)(float)x), got = (double)approx_exp((float)x);

		assert_true(fabs(got - want) <= 3e-7 * want);
	}
	assert_true(approx_exp(0) == 1.0f);
	assert_true(approx_exp(-87.5f) == 0);
	assert_true(approx_exp(-INFINITY) == 0);
	assert_true(approx_exp(NAN) == 0);
	assert_true(isfinite(approx_exp(INFINITY)));
}

static void
logarithm(void **state)
{
	(void)state;
	for (double x = 1e-30; x < 1e30; x *= 1.00091) {
		double want = log((double)(float)x), got = (double)approx_log((float)x);

		assert_true(fabs(got - want) <= 3e-7 * (fabs(want) + 1));
	}
	assert_true(approx_log(1) == 0);
	assert_true(approx_log(0) == -87.0f);
	assert_true(approx_log(-1) == -87.0f);
	assert_true(approx_log(NAN) == -87.0f);
}

/* The bits themselves: another compiler or processor must give the same. */
static void
same_everywhere(void **state)
{
	uint64_t h = 0;

	(void)state;
	for (int i = -4000; i < 4000; i++) {
		float e = approx_exp((float)i / 64), l = approx_log((float)(i + 4001) / 16);
		uint32_t a, b;

		memcpy(&a, &e, sizeof a);
		memcpy(&b, &l, sizeof b);
		h = (h ^ a ^ (uint64_t)b << 32) * UINT64_C(0x9e3779b97f4a7c15);
	}
	assert_int_equal(h, UINT64_C(0x0524ea3aa909294c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exponential),
		cmocka_unit_test(logarithm),
		cmocka_unit_test(same_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
