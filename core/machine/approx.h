/*
 * exp and log of our own. libm's differ in the last bit from one library or processor to the next, and a learner must come out the
 * same everywhere: these use only additions, multiplications and divisions of IEEE single precision in a fixed order (the house is built
 * with -ffp-contract=off). Relative error below 3e-7 (tests/unit/test_approx.c).
 */
#ifndef FENBO_MACHINE_APPROX_H
#define FENBO_MACHINE_APPROX_H

#include <stdint.h>
#include <string.h>

/* e^x; 0 below -87, and no more than e^88. */
static inline float
approx_exp(float x)
{
	float n, r, y;
	uint32_t bits;
	int k;

	if (!(x > -87.0f))
		return 0;
	if (x > 88.0f)
		x = 88.0f;
	n = x * 1.44269504f;
	k = (int)(n < 0 ? n - 0.5f : n + 0.5f);
	r = (x - (float)k * 0.693359375f) - (float)k * -2.12194440e-4f;
	y = 1.9875691500e-4f;
	y = y * r + 1.3981999507e-3f;
	y = y * r + 8.3334519073e-3f;
	y = y * r + 4.1665795894e-2f;
	y = y * r + 1.6666665459e-1f;
	y = y * r + 5.0000001201e-1f;
	y = (y * r) * r + r + 1.0f;
	bits = (uint32_t)(k + 127) << 23;
	memcpy(&r, &bits, sizeof r);
	return y * r;
}

/* ln x of a positive, normal number; -87 of anything less. */
static inline float
approx_log(float x)
{
	uint32_t bits;
	float m, s, q, e;

	if (!(x > 1.2e-38f))
		return -87.0f;
	memcpy(&bits, &x, sizeof bits);
	e = (float)((int)(bits >> 23) - 127);
	bits = (bits & 0x7fffff) | 0x3f800000;
	memcpy(&m, &bits, sizeof m);
	if (m > 1.41421356f) {
		m *= 0.5f;
		e += 1.0f;
	}
	s = (m - 1.0f) / (m + 1.0f);
	q = s * s;
	return e * 0.693359375f + (e * -2.12194440e-4f +
	    2.0f * s * (1.0f + q * (0.333333333f + q * (0.2f + q * (0.142857143f + q * 0.111111111f)))));
}

#endif
