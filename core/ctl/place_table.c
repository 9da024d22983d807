#include "core/ctl/place_table.h"

#include <stdlib.h>

static struct place_entry *
more(struct place_table *t)
{
	if (t->n >= PLACE_TABLE_MAX)
		return NULL;
	if ((t->n & (t->n - 1)) == 0) { /* full: it holds powers of two */
		struct place_entry *at = realloc(t->at, (t->n ? t->n * 2 : 1) * sizeof *at);

		if (at == NULL)
			return NULL;
		t->at = at;
	}
	t->at[t->n] = (struct place_entry){ .parent = "" };
	return &t->at[t->n++];
}

static const char *
text_of(struct place_table *t, const json_t *row, const char *name)
{
	const char *s = json_string_value(json_object_get(row, name));

	return s != NULL ? arena_strdup(&t->arena, s) : "";
}

bool
place_table_add(struct place_table *t, const json_t *row)
{
	const json_t *aliases = json_object_get(row, "aliases"), *lat = json_object_get(row, "lat"), *lng = json_object_get(row, "long");
	struct place_entry *e;
	const char **names;

	if (json_is_false(json_object_get(row, "active")))
		return true;
	names = arena_alloc(&t->arena, (json_array_size(aliases) + 1) * sizeof *names);
	if (names == NULL || (e = more(t)) == NULL)
		return false;
	for (size_t i = 0; i < json_array_size(aliases); i++)
		if (json_is_string(json_array_get(aliases, i)))
			names[e->naliases++] = arena_strdup(&t->arena, json_string_value(json_array_get(aliases, i)));
	e->aliases = names;
	e->code = text_of(t, row, "code");
	e->name = text_of(t, row, "name");
	e->level = text_of(t, row, "level");
	e->parent = text_of(t, row, "parent");
	e->located = json_is_number(lat) && json_is_number(lng);
	e->lat = json_number_value(lat);
	e->lng = json_number_value(lng);
	return e->code != NULL && e->name != NULL && e->level != NULL && e->parent != NULL;
}

struct gazetteer *
place_table_done(struct place_table *t)
{
	struct gazetteer *g = gazetteer_new(t->at, t->n);

	free(t->at);
	arena_free(&t->arena);
	*t = (struct place_table){ 0 };
	return g;
}

struct gazetteer *
place_table_of(const struct routing_doc *doc)
{
	struct place_table t = { 0 };
	json_t *json, *row;
	size_t i;
	bool good = true;

	if (!doc->has[ROUTING_PLACES])
		return NULL;
	json = routing_json(doc);
	json_array_foreach(json_object_get(json, routing_part_key(ROUTING_PLACES)), i, row)
		good = good && place_table_add(&t, row);
	json_decref(json);
	if (good)
		return place_table_done(&t);
	free(t.at);
	arena_free(&t.arena);
	return NULL;
}
