#include "tests/tools/policy.h"

#include <stdio.h>
#include <string.h>

static const char *
cell(const struct routing_doc *doc, enum routing_part part, size_t row, const char *name)
{
	const struct sheet *s = &doc->sheet[part];

	for (int i = 0; i < s->kind->ncolumns; i++)
		if (strcmp(s->kind->columns[i].name, name) == 0)
			return s->row[row].cell[i];
	return "";
}

struct list { const char *item[64]; int n; struct arena *a; };

static void
list_add(void *ctx, const char *text, size_t len)
{
	struct list *l = ctx;

	if (l->n < 63)
		l->item[l->n++] = arena_strndup(l->a, text, len);
	l->item[l->n] = NULL;
}

/* The area a unit answers for: its own, or its parent's. */
static const char *
area_of(const struct routing_doc *doc, size_t unit)
{
	for (int up = 0; up < 8; up++) {
		const char *area = cell(doc, ROUTING_UNITS, unit, "area"), *parent = cell(doc, ROUTING_UNITS, unit, "parent");
		size_t k = 0, n = doc->sheet[ROUTING_UNITS].rows;

		if (area[0] || !parent[0])
			return area;
		while (k < n && strcmp(cell(doc, ROUTING_UNITS, k, "code"), parent) != 0)
			k++;
		if (k == n)
			return "";
		unit = k;
	}
	return "";
}

/* What PostgreSQL's resolver would say (0008_routing.sql), near enough for measuring: function and area agree, and the
 * place is of the rule's level. */
static void
resolve(const struct routing_doc *doc, struct duty_list *d, const char *rule)
{
	char function[96];
	const char *at = strchr(rule, '@');

	if (!at || (size_t)(at - rule) >= sizeof function)
		return;
	snprintf(function, sizeof function, "%.*s", (int)(at - rule), rule);
	for (size_t i = 0; i < doc->sheet[ROUTING_UNITS].rows; i++) {
		const char *area = area_of(doc, i);

		if (strcmp(cell(doc, ROUTING_UNITS, i, "function"), function) != 0)
			continue;
		for (size_t k = 0; k < doc->sheet[ROUTING_PLACES].rows; k++)
			if (strcmp(cell(doc, ROUTING_PLACES, k, "code"), area) == 0 &&
			    (strcmp(cell(doc, ROUTING_PLACES, k, "level"), at + 1) == 0 || strcmp(at + 1, "bureau") == 0))
				duty_add_resolved(d, function, at + 1, area, cell(doc, ROUTING_UNITS, i, "code"));
	}
}

struct duty_list *
policy_duty(const struct routing_doc *doc, struct arena *a)
{
	struct duty_list *d = duty_list_new(1);

	for (size_t i = 0; i < doc->sheet[ROUTING_UNITS].rows; i++)
		duty_add_unit(d, cell(doc, ROUTING_UNITS, i, "code"), cell(doc, ROUTING_UNITS, i, "name"), cell(doc, ROUTING_UNITS, i, "short"),
		    cell(doc, ROUTING_UNITS, i, "parent"), cell(doc, ROUTING_UNITS, i, "level"), cell(doc, ROUTING_UNITS, i, "function"),
		    cell(doc, ROUTING_UNITS, i, "area"), false, true);
	for (size_t i = 0; i < doc->sheet[ROUTING_ITEMS].rows; i++) {
		struct list words = { .a = a };
		struct duty_item item = { .code = cell(doc, ROUTING_ITEMS, i, "code"), .category = cell(doc, ROUTING_ITEMS, i, "category"),
		    .class_ = cell(doc, ROUTING_ITEMS, i, "class"), .name = cell(doc, ROUTING_ITEMS, i, "name"),
		    .definition = cell(doc, ROUTING_ITEMS, i, "definition"), .handle_days = 5,
		    .lead = cell(doc, ROUTING_ITEMS, i, "lead"), .keywords = words.item };

		sheet_each(cell(doc, ROUTING_ITEMS, i, "keywords"), list_add, &words);
		item.nkeywords = words.n;
		duty_add_item(d, &item);
		resolve(doc, d, item.lead);
	}
	duty_list_done(d);
	return d;
}

struct gazetteer *
policy_places(const struct routing_doc *doc, struct arena *a)
{
	size_t n = doc->sheet[ROUTING_PLACES].rows;
	struct place_entry *e = arena_alloc(a, n * sizeof *e);

	for (size_t i = 0; i < n; i++) {
		struct list *names = arena_alloc(a, sizeof *names);

		names->a = a;
		sheet_each(cell(doc, ROUTING_PLACES, i, "aliases"), list_add, names);
		e[i] = (struct place_entry){ .code = cell(doc, ROUTING_PLACES, i, "code"), .name = cell(doc, ROUTING_PLACES, i, "name"),
		    .level = cell(doc, ROUTING_PLACES, i, "level"), .parent = cell(doc, ROUTING_PLACES, i, "parent"),
		    .aliases = names->item, .naliases = names->n };
	}
	return gazetteer_new(e, n);
}
