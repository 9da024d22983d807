#include "core/base/strmap.h"

#include <stdlib.h>
#include <string.h>

struct strmap_slot {
	const char *key; /* NULL = free */
	void *value;
	uint32_t hash;
};

/* FNV-1a, mixed once more because the low bits choose the slot. */
static uint32_t
hash_text(const char *s)
{
	uint32_t h = 2166136261u;

	while (*s != '\0')
		h = (h ^ (unsigned char)*s++) * 16777619u;
	h ^= h >> 15;
	return h * 2654435769u;
}

/* The slot that holds the key, or the free one where it would go. */
static struct strmap_slot *
probe(const struct strmap *m, const char *key, uint32_t hash)
{
	size_t i = hash & (m->slots - 1);

	while (m->slot[i].key != NULL && (m->slot[i].hash != hash || strcmp(m->slot[i].key, key) != 0))
		i = (i + 1) & (m->slots - 1);
	return &m->slot[i];
}

static bool
grow(struct strmap *m)
{
	struct strmap bigger = { .slots = m->slots != 0 ? m->slots * 2 : 64, .count = m->count };

	if ((bigger.slot = calloc(bigger.slots, sizeof *bigger.slot)) == NULL)
		return false;
	for (size_t i = 0; i < m->slots; i++)
		if (m->slot[i].key != NULL)
			*probe(&bigger, m->slot[i].key, m->slot[i].hash) = m->slot[i];
	free(m->slot);
	*m = bigger;
	return true;
}

void *
strmap_get(const struct strmap *m, const char *key)
{
	return m->slots != 0 ? probe(m, key, hash_text(key))->value : NULL;
}

bool
strmap_add(struct strmap *m, const char *key, void *value)
{
	uint32_t hash = hash_text(key);

	if (m->count >= m->slots / 4 * 3 && !grow(m))
		return false;
	struct strmap_slot *s = probe(m, key, hash);
	if (s->key != NULL)
		return false;
	*s = (struct strmap_slot){ key, value, hash };
	m->count++;
	return true;
}

void
strmap_free(struct strmap *m)
{
	free(m->slot);
	*m = (struct strmap){ 0 };
}
