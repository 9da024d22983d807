/* What two texts tell, apart from where it is; and whether where it is can be one place. For crowds (repeats_hit.matter, .within). */
#include <math.h>
#include <string.h>
#include "core/machine/repeats_inside.h"

/* A community, an estate, a house; where the gazetteer does not say, too. */
static bool
is_narrow(const struct question *q, const char *place)
{
	const char *level = q->places ? place_level(q->places, place) : NULL;

	return !level || (strcmp(level, "city") != 0 && strcmp(level, "district") != 0 && strcmp(level, "street") != 0);
}

/* One place, or one inside the other: the wider of the two narrow enough for one incident. */
bool
repeats_within(const struct question *q, int place)
{
	const char *mine = names_text(q->r->names, q->place), *other = names_text(q->r->names, place), *above[8];
	int n;

	if (!place || !q->place)
		return false;
	if (place == q->place)
		return is_narrow(q, mine);
	for (int i = 0; i < q->nabove; i++)
		if (strcmp(q->above[i], other) == 0)
			return is_narrow(q, other);
	n = q->places ? place_ancestors(q->places, other, above, 8) : 0;
	for (int i = 0; i < n; i++)
		if (strcmp(above[i], mine) == 0)
			return is_narrow(q, mine);
	return false;
}

/* Words that every second appeal has say nothing of the matter. */
static float
rarity(const struct question *q, uint32_t gram)
{
	float w = repeats_weight(q->r, gram) - 1;

	return w > 0.3f ? w : 0.3f;
}

/* The names in the question, and those of its place and of what lies around that. */
void
repeats_set_aside(struct question *q)
{
	struct grams where = q->f.named, more;
	float none[GRAMS_MAX] = { 0 }, times[GRAMS_MAX], sum = 0;

	for (int i = 0; i < q->nabove; i++) {
		const char *name = place_name(q->places, q->above[i]);

		if (name == NULL)
			continue;
		grams_of(&more, name, strlen(name));
		grams_merge(&where, &more, GRAMS_MAX);
	}
	gram_set_make(&q->aside, &where, none);
	for (int i = 0; i < q->f.whole.n; i++) {
		float w = rarity(q, q->f.whole.gram[i]) * (times[i] = repeats_times(q->f.whole.times[i]));

		sum += gram_set_has(&q->aside, q->f.whole.gram[i]) ? 0 : w * w;
	}
	gram_set_make(&q->times, &q->f.whole, times);
	q->matter_norm = sqrtf(sum) + 1e-6f;
}

static bool
is_named(const struct body *body, const unsigned char *p, uint32_t gram)
{
	uint32_t at = 0;

	for (int i = 0; i < body->nnamed; i++)
		if ((at = grams_next(&p, at)) >= gram)
			return at == gram;
	return false;
}

float
repeats_matter(const struct question *q, const struct body *body)
{
	const unsigned char *p = body->packed, *names = body->packed;
	float product = 0, norm = 0;

	grams_skip(&names, body->ntimes[0] + body->ntimes[1] + body->ntimes[2] + body->ntitle);
	for (int t = 1; t <= GRAM_TIMES; t++) {
		uint32_t gram = 0;

		for (int i = 0; i < body->ntimes[t - 1]; i++) {
			bool common;
			float w;

			gram = grams_next(&p, gram);
			if (gram_set_has(&q->aside, gram))
				continue;
			common = gram_set_has(&q->whole, gram);
			if (common && is_named(body, names, gram))
				continue;
			w = rarity(q, gram) * repeats_times(t);
			norm += w * w;
			product += common ? w * rarity(q, gram) * gram_set_weight(&q->times, gram) : 0;
		}
	}
	return product / (q->matter_norm * (sqrtf(norm) + 1e-6f));
}
