#include "core/ctl/centre.h"

#include <stdlib.h>
#include "core/appeal/duty.h"
#include "core/ctl/place_table.h"

struct reading { struct centre *to; struct place_table places; struct arena arena; };

static const char *
text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static const char **
texts_of(struct arena *a, const json_t *o, const char *name, int *n)
{
	const json_t *list = json_object_get(o, name), *one;
	const char **out = arena_alloc(a, (json_array_size(list) + 1) * sizeof *out);
	size_t i;

	*n = 0;
	json_array_foreach(list, i, one)
		if (json_is_string(one))
			out[(*n)++] = arena_strdup(a, json_string_value(one));
	return out;
}

static json_t *
object_of(const struct db_row *r)
{
	size_t len;
	const char *text = db_row_text(r, 0, &len);

	return json_loadb(text, len, 0, NULL);
}

static void
unit_row(void *ctx, const struct db_row *r)
{
	struct reading *g = ctx;
	json_t *o = object_of(r);

	duty_add_unit(g->to->duty, text_of(o, "code"), text_of(o, "name"), text_of(o, "short"), text_of(o, "parent"), text_of(o, "level"),
	    text_of(o, "function"), text_of(o, "area"), json_is_true(json_object_get(o, "desk")), json_is_true(json_object_get(o, "active")));
	json_decref(o);
}

static void
item_row(void *ctx, const struct db_row *r)
{
	struct reading *g = ctx;
	json_t *o = object_of(r);
	struct duty_item item = { .code = text_of(o, "code"), .category = text_of(o, "category"), .class_ = text_of(o, "class"),
		.name = text_of(o, "name"), .definition = text_of(o, "definition"), .lead = text_of(o, "lead"),
		.handle_days = (int)json_integer_value(json_object_get(o, "handle_days")) };

	item.keywords = texts_of(&g->arena, o, "keywords", &item.nkeywords);
	item.assist = texts_of(&g->arena, o, "assist", &item.nassist);
	duty_add_item(g->to->duty, &item);
	json_decref(o);
}

static void
place_row(void *ctx, const struct db_row *r)
{
	json_t *o = object_of(r);

	place_table_add(&((struct reading *)ctx)->places, o);
	json_decref(o);
}

static void
resolved_row(void *ctx, const struct db_row *r)
{
	duty_add_resolved(((struct reading *)ctx)->to->duty, db_row_text(r, 0, NULL), db_row_text(r, 1, NULL), db_row_text(r, 2, NULL),
	    db_row_text(r, 3, NULL));
}

bool
centre_load(struct ctl *ctl, struct centre *c, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct reading g = { .to = c };
	struct err e;
	bool ok;

	*c = (struct centre){ 0 };
	if (db == NULL)
		return false;
	if ((c->duty = duty_list_new(0)) == NULL)
		abort();
	ok = sync_run(db, SQL_ROUTING_UNITS, NULL, 0, unit_row, &g, &e) && sync_run(db, SQL_ROUTING_ITEMS, NULL, 0, item_row, &g, &e) &&
	    sync_run(db, SQL_ROUTING_PLACES, NULL, 0, place_row, &g, &e) && sync_run(db, SQL_ROUTING_RESOLVED, NULL, 0, resolved_row, &g, &e);
	c->places = place_table_done(&g.places);
	if (ok) {
		duty_list_done(c->duty); /* loose ends: what hangs on them recommends nothing */
		c->recommender = c->places ? recommender_new(c->duty, c->places) : NULL;
		if (c->recommender == NULL)
			abort();
	} else
		*status = ctl_fail_database(&e);
	arena_free(&g.arena);
	return ok;
}

void
centre_free(struct centre *c)
{
	recommender_free(c->recommender);
	gazetteer_free(c->places);
	duty_list_free(c->duty);
}
