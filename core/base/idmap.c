#include "core/base/idmap.h"

#include <stdlib.h>

static int64_t
id_of(const void *thing)
{
	return *(const int64_t *)thing;
}

/* Case numbers of a day differ in their last digits only: multiply, and take the high bits. */
static size_t
home(const struct idmap *m, int64_t id)
{
	return (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (m->slots - 1);
}

static size_t
probe(const struct idmap *m, int64_t id)
{
	size_t i = home(m, id);

	while (m->slot[i] != NULL && id_of(m->slot[i]) != id)
		i = (i + 1) & (m->slots - 1);
	return i;
}

static bool
grow(struct idmap *m)
{
	struct idmap bigger = { .slots = m->slots != 0 ? m->slots * 2 : 64, .count = m->count };

	if ((bigger.slot = calloc(bigger.slots, sizeof *bigger.slot)) == NULL)
		return false;
	for (size_t i = 0; i < m->slots; i++)
		if (m->slot[i] != NULL)
			bigger.slot[probe(&bigger, id_of(m->slot[i]))] = m->slot[i];
	free(m->slot);
	*m = bigger;
	return true;
}

void *
idmap_get(const struct idmap *m, int64_t id)
{
	return m->slots != 0 ? m->slot[probe(m, id)] : NULL;
}

bool
idmap_put(struct idmap *m, void *thing)
{
	size_t i;

	/* What only takes another's place needs no room. */
	if (m->slots != 0 && m->slot[i = probe(m, id_of(thing))] != NULL) {
		m->slot[i] = thing;
		return true;
	}
	if (m->count >= m->slots / 4 * 3 && !grow(m))
		return false;
	m->slot[probe(m, id_of(thing))] = thing;
	m->count++;
	return true;
}

void *
idmap_take(struct idmap *m, int64_t id)
{
	size_t i;

	if (m->slots == 0 || m->slot[i = probe(m, id)] == NULL)
		return NULL;
	void *thing = m->slot[i];
	/* Close the gap: move up whatever would no longer be found past it. */
	for (size_t j = (i + 1) & (m->slots - 1); m->slot[j] != NULL; j = (j + 1) & (m->slots - 1)) {
		size_t want = home(m, id_of(m->slot[j]));
		if (((j - want) & (m->slots - 1)) >= ((j - i) & (m->slots - 1))) {
			m->slot[i] = m->slot[j];
			i = j;
		}
	}
	m->slot[i] = NULL;
	m->count--;
	return thing;
}

void
idmap_free(struct idmap *m)
{
	free(m->slot);
	*m = (struct idmap){ 0 };
}
