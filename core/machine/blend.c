#include "core/machine/blend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/packing.h"

static const float step = 0.3f, slope_at_first = 10.0f, most_slope = 3.0f;

void
blend_init(struct blend *b, const struct blend_voice *voice, int voices)
{
	memset(b, 0, sizeof *b);
	b->voices = voices < BLEND_VOICES ? voices : BLEND_VOICES;
	for (int k = 0; k < b->voices; k++)
		b->weight[k] = voice[k].start;
}

void
blend_score(const struct blend *b, const float *said, int n, float *score)
{
	for (int i = 0; i < n; i++) {
		score[i] = 0;
		for (int k = 0; k < b->voices; k++)
			score[i] += b->weight[k] * said[i * b->voices + k];
	}
}

void
blend_p(const struct blend *b, const float *said, int n, float *p)
{
	float best = -1e30f, sum = 0;

	blend_score(b, said, n, p);
	for (int i = 0; i < n; i++)
		best = p[i] > best ? p[i] : best;
	for (int i = 0; i < n; i++)
		sum += p[i] = approx_exp(p[i] - best);
	for (int i = 0; i < n; i++)
		p[i] /= sum;
}

void
blend_learn(struct blend *b, const float *said, int n, const float *p, int right, float rate)
{
	for (int k = 0; k < b->voices; k++) {
		float g = said[right * b->voices + k];

		for (int i = 0; i < n; i++)
			g -= p[i] * said[i * b->voices + k];
		g = g > most_slope ? most_slope : g < -most_slope ? -most_slope : g; /* one odd decision must not undo a thousand */
		b->slope[k] += g * g;
		b->weight[k] += rate * step * g / sqrtf(slope_at_first + b->slope[k]);
	}
	b->steps++;
}

/* --- many at once ------------------------------------------------------------------------------------------------------ */

enum { ROUNDS = 20 };
static const double ridge = 1.0;

/* Sums of a round: the likelihood, its slope of the likelihood and its curvature (the lower half). */
struct sums { double likely, g[BLEND_VOICES], h[BLEND_VOICES][BLEND_VOICES]; };

static void
add_case(const struct blend *b, const struct blend_case *c, const float *p, struct sums *s)
{
	double mean[BLEND_VOICES] = { 0 }, w = (double)c->weight;
	int K = b->voices;

	s->likely += w * (double)approx_log(p[c->right]);
	for (int i = 0; i < c->n; i++)
		for (int k = 0; k < K; k++)
			mean[k] += (double)p[i] * (double)c->said[i * K + k];
	for (int k = 0; k < K; k++)
		s->g[k] += w * ((double)c->said[c->right * K + k] - mean[k]);
	for (int i = 0; i < c->n; i++) {
		const float *v = c->said + i * K;

		if (p[i] < 1e-6f)
			continue;
		for (int k = 0; k < K; k++) {
			double d = w * (double)p[i] * ((double)v[k] - mean[k]);

			for (int j = 0; j <= k; j++)
				s->h[k][j] += d * ((double)v[j] - mean[j]);
		}
	}
}

/* Solve h * x = g by Cholesky, in place; x replaces g. */
static void
solve(struct sums *s, int K)
{
	for (int k = 0; k < K; k++) {
		for (int j = 0; j <= k; j++) {
			double v = s->h[k][j];

			for (int i = 0; i < j; i++)
				v -= s->h[k][i] * s->h[j][i];
			s->h[k][j] = j < k ? v / s->h[j][j] : sqrt(v > 1e-9 ? v : 1e-9);
		}
	}
	for (int k = 0; k < K; k++) {
		for (int j = 0; j < k; j++)
			s->g[k] -= s->h[k][j] * s->g[j];
		s->g[k] /= s->h[k][k];
	}
	for (int k = K - 1; k >= 0; k--) {
		for (int j = k + 1; j < K; j++)
			s->g[k] -= s->h[j][k] * s->g[j];
		s->g[k] /= s->h[k][k];
	}
}

bool
blend_fit(struct blend *b, const struct blend_case *c, size_t n)
{
	float start[BLEND_VOICES], *p;
	int most = 0, K = b->voices;

	double best = -1e300;
	float from[BLEND_VOICES], to[BLEND_VOICES];

	memcpy(start, b->weight, sizeof start);
	memcpy(from, b->weight, sizeof from);
	for (size_t i = 0; i < n; i++)
		most = c[i].n > most ? c[i].n : most;
	if (!(p = malloc(((size_t)most + 1) * sizeof *p)))
		return false;
	for (int round = 0; round < ROUNDS; round++) {
		struct sums s = { 0 };

		for (size_t i = 0; i < n; i++) {
			blend_p(b, c[i].said, c[i].n, p);
			add_case(b, &c[i], p, &s);
		}
		for (int k = 0; k < K; k++) {
			double d = (double)(b->weight[k] - start[k]);

			s.likely -= 0.5 * ridge * d * d;
			s.g[k] -= ridge * d;
			s.h[k][k] += ridge;
		}
		if (s.likely < best) { /* too far: half the way back */
			for (int k = 0; k < K; k++)
				b->weight[k] = to[k] = 0.5f * (from[k] + to[k]);
			continue;
		}
		best = s.likely;
		for (int k = 0; k < K; k++)
			b->slope[k] = (float)(s.h[k][k] + (double)n);
		solve(&s, K);
		memcpy(from, b->weight, sizeof from);
		for (int k = 0; k < K; k++)
			b->weight[k] = to[k] = from[k] + (float)s.g[k];
	}
	memcpy(b->weight, from, sizeof from);
	b->steps += n;
	free(p);
	return true;
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

void
blend_save(const struct blend *b, struct buf *out)
{
	pack_var(out, (uint64_t)b->voices);
	for (int k = 0; k < b->voices; k++) {
		pack_f32(out, b->weight[k]);
		pack_f32(out, b->slope[k]);
	}
	pack_var(out, b->steps);
}

bool
blend_load(struct blend *b, struct unpack *u)
{
	if (unpack_var(u, BLEND_VOICES) != (uint64_t)b->voices)
		u->failed = true;
	for (int k = 0; k < b->voices; k++) {
		b->weight[k] = unpack_f32(u);
		b->slope[k] = unpack_f32(u);
		u->failed |= b->slope[k] < 0;
	}
	b->steps = unpack_var(u, INT64_MAX);
	return !u->failed;
}
