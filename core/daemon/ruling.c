#include "core/daemon/ruling.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/log.h"
#include "core/daemon/bounds.h"
#include "core/daemon/firms.h"

/* --- rows --------------------------------------------------------------------------------------------------------- */

void ruling_keep(struct ruling_rows *r, struct ruling_list *list, const char *text, size_t len)
{
	if (list->count == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 256;
		if ((list->row = realloc(list->row, list->cap * sizeof *list->row)) == NULL)
			abort();
	}
	list->row[list->count++] = arena_strndup(&r->arena, text, len);
}

void ruling_rows_free(struct ruling_rows *r)
{
	free(r->units.row);
	free(r->items.row);
	free(r->places.row);
	free(r->areas.row);
	free(r->resolved.row);
	arena_free(&r->arena);
}

/* --- rows to a recommender ---------------------------------------------------------------------------------------- */

struct making { struct ruling *g; struct ruling_rows *from; };

static const char *text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

static const char **texts_of(struct arena *a, const json_t *o, const char *name, int *n)
{
	const json_t *list = json_object_get(o, name);
	size_t count = json_array_size(list);
	const char **out = arena_alloc(a, (count + 1) * sizeof *out);

	*n = 0;
	for (size_t i = 0; i < count; i++)
		if (json_is_string(json_array_get(list, i)))
			out[(*n)++] = arena_strdup(a, json_string_value(json_array_get(list, i)));
	return out;
}

static void add_unit(struct making *m, const json_t *o)
{
	if (!duty_add_unit(m->g->duty, text_of(o, "code"), text_of(o, "name"), text_of(o, "short"), text_of(o, "parent"),
	        text_of(o, "level"), text_of(o, "function"), text_of(o, "area"), json_is_true(json_object_get(o, "desk")),
	        json_is_true(json_object_get(o, "active"))))
		log_write(LOG_WARN, "a unit of the routing revision cannot be used", "unit", text_of(o, "code"), NULL);
}

static void add_item(struct making *m, const json_t *o)
{
	struct duty_item item = { .code = text_of(o, "code"), .category = text_of(o, "category"), .class_ = text_of(o, "class"),
		.name = text_of(o, "name"), .definition = text_of(o, "definition"), .lead = text_of(o, "lead"),
		.handle_days = (int)json_integer_value(json_object_get(o, "handle_days")) };

	item.keywords = texts_of(&m->from->arena, o, "keywords", &item.nkeywords);
	item.assist = texts_of(&m->from->arena, o, "assist", &item.nassist);
	if (!priority_parse(text_of(o, "priority"), &item.priority))
		item.priority = PRIORITY_NORMAL;
	if (!duty_add_item(m->g->duty, &item))
		log_write(LOG_WARN, "an item of the routing revision cannot be used", "item", item.code, NULL);
}

static void each(struct making *m, const struct ruling_list *list, void (*add)(struct making *m, const json_t *o))
{
	for (size_t i = 0; i < list->count; i++) {
		json_t *o = json_loads(list->row[i], 0, NULL);

		if (o)
			add(m, o);
		json_decref(o);
	}
}

static void add_resolved(struct making *m)
{
	for (size_t i = 0; i < m->from->resolved.count; i++) {
		char *function = m->from->resolved.row[i], *level = strchr(function, '\t');
		char *area = level ? strchr(level + 1, '\t') : NULL, *unit = area ? strchr(area + 1, '\t') : NULL;

		if (unit == NULL)
			continue;
		*level++ = *area++ = *unit++ = '\0';
		duty_add_resolved(m->g->duty, function, level, area, unit);
	}
}

static bool build_places(struct making *m)
{
	struct place_entry *entry = calloc(m->from->places.count + 1, sizeof *entry);
	size_t n = 0;

	if (entry == NULL)
		abort();
	for (size_t i = 0; i < m->from->places.count; i++) {
		json_t *o = json_loads(m->from->places.row[i], 0, NULL);

		if (o && !json_is_false(json_object_get(o, "active"))) {
			entry[n].code = arena_strdup(&m->from->arena, text_of(o, "code"));
			entry[n].name = arena_strdup(&m->from->arena, text_of(o, "name"));
			entry[n].level = arena_strdup(&m->from->arena, text_of(o, "level"));
			entry[n].parent = arena_strdup(&m->from->arena, text_of(o, "parent"));
			entry[n].aliases = texts_of(&m->from->arena, o, "aliases", &entry[n].naliases);
			entry[n].located = json_is_number(json_object_get(o, "lat")) && json_is_number(json_object_get(o, "long"));
			entry[n].lat = json_number_value(json_object_get(o, "lat"));
			entry[n].lng = json_number_value(json_object_get(o, "long"));
			n++;
		}
		json_decref(o);
	}
	m->g->places = gazetteer_new(entry, n);
	free(entry);
	if (m->g->places == NULL)
		return false;
	bounds_build(m->g->bounds, m->from->areas.row, m->from->areas.count);
	gazetteer_bound(m->g->places, m->g->bounds->list);
	return true;
}

static double policy_real(const json_t *policy, const char *group, const char *name, double otherwise)
{
	const json_t *v = json_object_get(json_object_get(policy, group), name);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

static struct urgency_words words_of(struct making *m, const json_t *policy, const char *priority)
{
	int n;
	const char **words = texts_of(&m->from->arena, json_object_get(json_object_get(policy, "priorities"), priority), "words", &n);

	return (struct urgency_words){ words, (size_t)n };
}

static struct fields *build_fields(struct making *m, const json_t *policy)
{
	struct fields_policy p = { .urgent = words_of(m, policy, "urgent"), .fast = words_of(m, policy, "fast") };

	for (int k = SAID_NOTHING + 1; k < SAID_KINDS; k++)
		p.types.word[k] = texts_of(&m->from->arena, json_object_get(policy, "types"), said_kind_name((enum said_kind)k), &p.types.n[k]);
	return fields_new(&p, m->g->duty);
}

static bool build_policy(struct making *m)
{
	json_t *policy = json_loads(m->from->policy ? m->from->policy : "{}", 0, NULL);
	struct recommend_policy p = { .duty = (float)policy_real(policy, "weights", "duty", 1),
		.history = (float)policy_real(policy, "weights", "history", 1),
		.place = (float)policy_real(policy, "weights", "place", 1),
		.returned = (float)policy_real(policy, "weights", "returned", 1),
		.novel_p = (float)policy_real(policy, "thresholds", "novel_p", 0.05) };

	recommender_policy(m->g->recommender, &p);
	m->g->fields = build_fields(m, policy);
	m->g->key_tags = json_incref(json_object_get(json_object_get(policy, "enterprises"), "key_tags"));
	m->g->repeat_show = (float)policy_real(policy, "thresholds", "repeat_show", 0.5);
	m->g->repeat_strong = (float)policy_real(policy, "thresholds", "repeat_strong", 0.8);
	m->g->priority_p = (float)policy_real(policy, "thresholds", "priority_p", 0.6);
	json_decref(policy);
	return m->g->fields != NULL;
}

bool ruling_build(struct ruling *g, struct ruling_rows *from)
{
	struct making m = { g, from };

	g->revision = from->revision;
	if ((g->duty = duty_list_new(from->revision)) == NULL || !build_places(&m))
		return false;
	each(&m, &from->units, add_unit);
	each(&m, &from->items, add_item);
	add_resolved(&m);
	if (!duty_list_done(g->duty))
		log_write(LOG_WARN, "the duty list has loose ends", NULL);
	g->recommender = recommender_new(g->duty, g->places);
	return g->recommender && build_policy(&m);
}

/* --- a ruling ----------------------------------------------------------------------------------------------------- */

void ruling_free(struct ruling *g)
{
	recommender_free(g->recommender);
	fields_free(g->fields);
	json_decref(g->key_tags);
	firms_release(g->firms);
	gazetteer_free(g->places);
	bounds_release(g->bounds);
	duty_list_free(g->duty);
	free(g);
}

bool ruling_is_key(const struct ruling *g, const char *tags)
{
	size_t i, n;
	json_t *key;

	if (json_array_size(g->key_tags) == 0)
		return true;
	for (; *tags; tags += n + (tags[n] == '|')) {
		n = strcspn(tags, "|");
		json_array_foreach(g->key_tags, i, key)
			if (json_string_length(key) == n && memcmp(json_string_value(key), tags, n) == 0)
				return true;
	}
	return false;
}
