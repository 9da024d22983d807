#include "core/machine/choice.h"

#include <string.h>
#include "core/machine/approx.h"

static void
softmax(const float *z, int n, float *p)
{
	float best = -1e30f, sum = 0;

	for (int i = 0; i < n; i++)
		best = z[i] > best ? z[i] : best;
	for (int i = 0; i < n; i++)
		sum += p[i] = approx_exp(z[i] - best);
	for (int i = 0; i < n; i++)
		p[i] /= sum;
}

/* The best of the hearing by the blend, behind "none of these". */
static void
shortlist(struct choice *c, const struct hearing *h, const struct blend *b)
{
	float z[CANDIDATES + 1];

	blend_score(b, h->said, h->candidates + 1, z);
	c->n = 1;
	c->label[CHOICE_OTHERS] = -1;
	c->heard[CHOICE_OTHERS] = h->candidates;
	c->score[CHOICE_OTHERS] = z[h->candidates];
	for (int i = 0; i < h->candidates; i++) {
		int at;

		if (c->n == TREES_WIDTH && z[i] <= c->score[c->n - 1])
			continue;
		at = c->n < TREES_WIDTH ? c->n++ : c->n - 1;
		for (; at > 1 && c->score[at - 1] < z[i]; at--) {
			c->label[at] = c->label[at - 1];
			c->heard[at] = c->heard[at - 1];
			c->score[at] = c->score[at - 1];
		}
		c->label[at] = h->label[i];
		c->heard[at] = i;
		c->score[at] = z[i];
	}
}

/* What the voices said, and how each candidate stands among the others. */
static void
describe(struct choice *c, const struct hearing *h)
{
	float best = c->n > 1 ? c->score[1] : 0, next = c->n > 2 ? c->score[2] : best - 12.0f;
	float length = approx_log((float)h->f->n + 1.0f), top_margin = -2.0f, top_near = 0;

	memset(c->x, 0, sizeof c->x);
	for (int i = 1; i < c->n; i++) {
		const float *s = h->said + c->heard[i] * VOICE_COUNT;

		top_margin = s[VOICE_MARGIN] > top_margin ? s[VOICE_MARGIN] : top_margin;
		top_near = s[VOICE_NEAREST] > top_near ? s[VOICE_NEAREST] : top_near;
	}
	for (int i = 0; i < c->n; i++) {
		const float *s = h->said + c->heard[i] * VOICE_COUNT;
		int k = VOICE_COUNT;

		for (int v = 0; v < VOICE_COUNT; v++)
			c->x[v][i] = s[v];
		c->x[k++][i] = c->score[i] - best;
		c->x[k++][i] = c->score[i] - (i == 1 ? next : best);
		c->x[k++][i] = c->p[i];
		c->x[k++][i] = c->n > 1 ? c->p[1] : 0;
		c->x[k++][i] = (float)i;
		c->x[k++][i] = s[VOICE_MARGIN] - top_margin;
		c->x[k++][i] = s[VOICE_NEAREST] - top_near;
		c->x[k++][i] = h->text.known;
		c->x[k++][i] = length;
	}
}

void
choice_make(struct choice *c, const struct hearing *h, const struct blend *b, const struct trees *t)
{
	shortlist(c, h, b);
	softmax(c->score, c->n, c->p);
	describe(c, h);
	if (!t || t->n == 0)
		return;
	trees_add(t, (const float(*)[TREES_WIDTH])c->x, c->n, c->score);
	softmax(c->score, c->n, c->p);
}

int
choice_find(const struct choice *c, int label)
{
	for (int i = 1; i < c->n; i++)
		if (c->label[i] == label)
			return i;
	return CHOICE_OTHERS;
}
