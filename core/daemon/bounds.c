#include "core/daemon/bounds.h"

#include <stdlib.h>
#include <string.h>
#include "conf/geojson.h"
#include "core/base/log.h"

struct bounds *bounds_new(int64_t change)
{
	struct bounds *b = calloc(1, sizeof *b);

	if (b == NULL)
		abort();
	b->change = change;
	b->uses = 1;
	return b;
}

struct bounds *bounds_hold(struct bounds *b)
{
	if (b)
		b->uses++;
	return b;
}

void bounds_release(struct bounds *b)
{
	if (b == NULL || --b->uses > 0)
		return;
	boundaries_free(b->list);
	free(b);
}

static bool add(struct boundaries *list, const char *code, const char *text)
{
	struct arena a = { 0 };
	json_t *rings = json_loads(text, 0, NULL);
	struct geo_ring *ring;
	struct boundary_ring *copy;
	size_t n;
	bool good = geojson_rings_read(rings, &a, &ring, &n) && (copy = arena_alloc(&a, (n + 1) * sizeof *copy)) != NULL;

	for (size_t i = 0; good && i < n; i++)
		copy[i] = (struct boundary_ring){ ring[i].at, ring[i].points };
	good = good && boundaries_add(list, code, copy, n);
	json_decref(rings);
	arena_free(&a);
	return good;
}

void bounds_build(struct bounds *b, char *const *row, size_t rows)
{
	if (rows == 0 || b->list)
		return;
	if ((b->list = boundaries_new()) == NULL)
		abort();
	for (size_t i = 0; i < rows; i++) {
		char *tab = strchr(row[i], '\t');

		if (tab == NULL)
			continue;
		*tab = '\0';
		if (!add(b->list, row[i], tab + 1))
			log_write(LOG_WARN, "a boundary cannot be used", "place", row[i], NULL);
	}
	if (!boundaries_done(b->list))
		abort();
}
