#include "core/daemon/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include <jansson.h>
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/daemon/bounds.h"
#include "core/daemon/firms.h"
#include "core/daemon/pool.h"
#include "core/daemon/worker.h"
#include "core/feed/loop.h"

enum { AGAIN_MS = 2000, CHECK_MS = 30000 };

/* Rows as PostgreSQL gave them, until the thread has made something of them. */
struct rows {
	char **row;
	size_t count, cap;
};

struct load {
	struct rules *routing;
	struct arena arena;
	int revision;
	char *policy;
	struct rows units, items, places, resolved, areas;
	char zone[64];
	char known[24];  /* change of the boundaries in force, which need not be read again; "" = none */
	int64_t change;  /* and of those that stand now */
	int firms;       /* number of the list of enterprises in force, 0 = none */
	bool failed;
	struct err why;
	struct ruling *built;
};

struct rules {
	struct pool *pool;
	struct worker *worker;
	struct event *timer;
	struct ruling *now; /* in force; NULL until the first is loaded */
	struct load *load; /* under way */
	bool again;
};

void rules_release(struct ruling *g)
{
	if (g == NULL || --g->uses > 0)
		return;
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

struct ruling *rules_hold(struct rules *r)
{
	if (r->now)
		r->now->uses++;
	return r->now;
}

static void load_free(void *ctx)
{
	struct load *l = ctx;

	rules_release(l->built);
	free(l->units.row);
	free(l->items.row);
	free(l->places.row);
	free(l->areas.row);
	free(l->resolved.row);
	arena_free(&l->arena);
	free(l);
}

/* --- on the thread: rows to a recommender ------------------------------------------------------------------------- */

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

static void add_unit(struct load *l, const json_t *o)
{
	if (!duty_add_unit(l->built->duty, text_of(o, "code"), text_of(o, "name"), text_of(o, "short"), text_of(o, "parent"),
	        text_of(o, "level"), text_of(o, "function"), text_of(o, "area"), json_is_true(json_object_get(o, "desk")),
	        json_is_true(json_object_get(o, "active"))))
		log_write(LOG_WARN, "a unit of the routing revision cannot be used", "unit", text_of(o, "code"), NULL);
}

static void add_item(struct load *l, const json_t *o)
{
	struct duty_item item = { .code = text_of(o, "code"), .category = text_of(o, "category"), .class_ = text_of(o, "class"),
		.name = text_of(o, "name"), .definition = text_of(o, "definition"), .lead = text_of(o, "lead"),
		.handle_days = (int)json_integer_value(json_object_get(o, "handle_days")) };

	item.keywords = texts_of(&l->arena, o, "keywords", &item.nkeywords);
	item.assist = texts_of(&l->arena, o, "assist", &item.nassist);
	if (!priority_parse(text_of(o, "priority"), &item.priority))
		item.priority = PRIORITY_NORMAL;
	if (!duty_add_item(l->built->duty, &item))
		log_write(LOG_WARN, "an item of the routing revision cannot be used", "item", item.code, NULL);
}

static void each(struct load *l, const struct rows *rows, void (*add)(struct load *l, const json_t *o))
{
	for (size_t i = 0; i < rows->count; i++) {
		json_t *o = json_loads(rows->row[i], 0, NULL);

		if (o)
			add(l, o);
		json_decref(o);
	}
}

static bool build_places(struct load *l)
{
	struct place_entry *entry = calloc(l->places.count + 1, sizeof *entry);
	size_t n = 0;

	if (entry == NULL)
		abort();
	for (size_t i = 0; i < l->places.count; i++) {
		json_t *o = json_loads(l->places.row[i], 0, NULL);

		if (o && !json_is_false(json_object_get(o, "active"))) {
			entry[n].code = arena_strdup(&l->arena, text_of(o, "code"));
			entry[n].name = arena_strdup(&l->arena, text_of(o, "name"));
			entry[n].level = arena_strdup(&l->arena, text_of(o, "level"));
			entry[n].parent = arena_strdup(&l->arena, text_of(o, "parent"));
			entry[n].aliases = texts_of(&l->arena, o, "aliases", &entry[n].naliases);
			entry[n].located = json_is_number(json_object_get(o, "lat")) && json_is_number(json_object_get(o, "long"));
			entry[n].lat = json_number_value(json_object_get(o, "lat"));
			entry[n].lng = json_number_value(json_object_get(o, "long"));
			n++;
		}
		json_decref(o);
	}
	l->built->places = gazetteer_new(entry, n);
	free(entry);
	if (l->built->places == NULL)
		return false;
	bounds_build(l->built->bounds, l->areas.row, l->areas.count);
	gazetteer_bound(l->built->places, l->built->bounds->list);
	return true;
}

static double policy_real(const json_t *policy, const char *group, const char *name, double otherwise)
{
	const json_t *v = json_object_get(json_object_get(policy, group), name);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

static struct urgency_words words_of(struct load *l, const json_t *policy, const char *priority)
{
	int n;
	const char **words = texts_of(&l->arena, json_object_get(json_object_get(policy, "priorities"), priority), "words", &n);

	return (struct urgency_words){ words, (size_t)n };
}

static struct fields *build_fields(struct load *l, const json_t *policy)
{
	struct fields_policy p = { .urgent = words_of(l, policy, "urgent"), .fast = words_of(l, policy, "fast") };

	for (int k = SAID_NOTHING + 1; k < SAID_KINDS; k++)
		p.types.word[k] = texts_of(&l->arena, json_object_get(policy, "types"), said_kind_name((enum said_kind)k), &p.types.n[k]);
	return fields_new(&p, l->built->duty);
}

static void build_policy(struct load *l)
{
	json_t *policy = json_loads(l->policy ? l->policy : "{}", 0, NULL);
	struct recommend_policy p = { .duty = (float)policy_real(policy, "weights", "duty", 1),
		.history = (float)policy_real(policy, "weights", "history", 1),
		.place = (float)policy_real(policy, "weights", "place", 1),
		.returned = (float)policy_real(policy, "weights", "returned", 1),
		.novel_p = (float)policy_real(policy, "thresholds", "novel_p", 0.05) };

	recommender_policy(l->built->recommender, &p);
	l->built->fields = build_fields(l, policy);
	l->built->key_tags = json_incref(json_object_get(json_object_get(policy, "enterprises"), "key_tags"));
	l->built->repeat_show = (float)policy_real(policy, "thresholds", "repeat_show", 0.5);
	l->built->repeat_strong = (float)policy_real(policy, "thresholds", "repeat_strong", 0.8);
	l->built->priority_p = (float)policy_real(policy, "thresholds", "priority_p", 0.6);
	l->failed = l->built->fields == NULL;
	json_decref(policy);
}

static void build(void *ctx)
{
	struct load *l = ctx;

	l->built->revision = l->revision;
	if ((l->built->duty = duty_list_new(l->revision)) == NULL || !build_places(l)) {
		l->failed = true;
		return;
	}
	each(l, &l->units, add_unit);
	each(l, &l->items, add_item);
	for (size_t i = 0; i < l->resolved.count; i++) {
		char *function = l->resolved.row[i], *level = strchr(function, '\t');
		char *area = level ? strchr(level + 1, '\t') : NULL, *unit = area ? strchr(area + 1, '\t') : NULL;

		if (unit == NULL)
			continue;
		*level++ = *area++ = *unit++ = '\0';
		duty_add_resolved(l->built->duty, function, level, area, unit);
	}
	if (!duty_list_done(l->built->duty))
		log_write(LOG_WARN, "the duty list has loose ends", NULL);
	l->built->recommender = recommender_new(l->built->duty, l->built->places);
	l->failed = l->built->recommender == NULL;
	if (!l->failed)
		build_policy(l);
}

/* --- on the loop -------------------------------------------------------------------------------------------------- */

static void built_done(void *ctx)
{
	struct load *l = ctx;
	struct rules *r = l->routing;
	char revision[16];

	r->load = NULL;
	if (l->failed) {
		log_write(LOG_ERROR, "the routing revision cannot be built", NULL);
	} else {
		rules_release(r->now);
		r->now = l->built;
		l->built = NULL;
		clock_zone(l->zone);
		snprintf(revision, sizeof revision, "%d", r->now->revision);
		log_write(LOG_INFO, "routing loaded", "revision", revision, NULL);
	}
	load_free(l);
	loop_after(r->timer, r->again ? 0 : CHECK_MS);
	r->again = false;
}

static void keep(struct load *l, struct rows *rows, const char *text, size_t len)
{
	if (rows->count == rows->cap) {
		rows->cap = rows->cap ? rows->cap * 2 : 256;
		if ((rows->row = realloc(rows->row, rows->cap * sizeof *rows->row)) == NULL)
			abort();
	}
	rows->row[rows->count++] = arena_strndup(&l->arena, text, len);
}

static void keep_row(struct load *l, struct rows *rows, const struct db_row *row)
{
	size_t len;
	const char *text = db_row_text(row, 0, &len);

	keep(l, rows, text, len);
}

static void on_unit(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	keep_row(l, &l->units, row);
}

static void on_item(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	keep_row(l, &l->items, row);
}

static void on_place(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	keep_row(l, &l->places, row);
}

static void on_area(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;
	struct buf b = { 0 };

	l->change = db_row_int(row, 0);
	if (db_row_null(row, 1))
		return;
	buf_printf(&b, "%s\t", db_row_text(row, 1, NULL));
	buf_puts(&b, db_row_text(row, 2, NULL));
	keep(l, &l->areas, buf_text(&b), b.len);
	buf_free(&b);
}

static void on_resolved(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;
	struct buf b = { 0 };

	buf_printf(&b, "%s\t%s\t%s\t%s", db_row_text(row, 0, NULL), db_row_text(row, 1, NULL), db_row_text(row, 2, NULL),
	    db_row_text(row, 3, NULL));
	keep(l, &l->resolved, buf_text(&b), b.len);
	buf_free(&b);
}

static void on_policy(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	l->revision = (int)db_row_int(row, 0);
	l->policy = arena_strdup(&l->arena, db_row_text(row, 1, NULL));
}

static void on_centre(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	snprintf(l->zone, sizeof l->zone, "%s", db_row_text(row, 0, NULL));
}

static void note_failure(void *ctx, const struct err *e, size_t rows)
{
	struct load *l = ctx;

	(void)rows;
	if (e && !l->failed) {
		l->failed = true;
		l->why = *e;
	}
}

static void on_firms(void *ctx, const struct db_row *row)
{
	struct load *l = ctx;

	l->firms = (int)db_row_int(row, 0);
}

static void build_with(struct load *l, struct firms *firms)
{
	struct ruling *now = l->routing->now;

	l->built->bounds = now && now->bounds->change == l->change ? bounds_hold(now->bounds) : bounds_new(l->change);
	l->built->firms = firms;
	l->built->enterprises = firms ? firms->list : NULL;
	worker_run(l->routing->worker, build, built_done, load_free, l);
}

/* A list that cannot be read costs the enterprises, not the routing: the one before stays. */
static void firms_came(void *ctx, struct firms *firms)
{
	struct load *l = ctx;
	struct ruling *now = l->routing->now;

	build_with(l, firms ? firms : firms_hold(now ? now->firms : NULL));
}

/* The last answer of the snapshot: everything is there, or something failed. */
static void all_read(void *ctx, const struct err *e, size_t rows)
{
	struct load *l = ctx;
	struct rules *r = l->routing;
	bool same_firms = l->firms == (r->now && r->now->firms ? r->now->firms->number : 0);
	bool same_bounds = r->now && r->now->bounds->change == l->change;

	note_failure(l, e, rows);
	/* Unless the revision, the list and the boundaries in force are those that were read. */
	if (!l->failed && (l->revision != rules_revision(r) || !same_firms || !same_bounds)) {
		r->again |= !same_firms && r->now == NULL; /* nothing waits for a million names: they come with the next load */
		if (l->firms && !same_firms && r->now)
			firms_read(r->pool, r->worker, l->firms, firms_came, l);
		else
			build_with(l, firms_hold(l->firms && r->now ? r->now->firms : NULL));
		return;
	}
	if (l->failed && l->why.code != ERR_UNAVAILABLE)
		log_write(LOG_ERROR, "routing cannot be read", "error", err_name(l->why.code), "message", l->why.message, NULL);
	r->load = NULL;
	loop_after(r->timer, l->failed ? AGAIN_MS : r->again ? 0 : CHECK_MS);
	r->again = false;
	load_free(l);
}

static void begin(struct rules *r)
{
	struct db *db = pool_pick(r->pool);
	struct load *l;

	if (r->load || db == NULL) {
		loop_after(r->timer, r->now == NULL ? 100 : AGAIN_MS);
		return;
	}
	if ((l = calloc(1, sizeof *l)) == NULL || (l->built = calloc(1, sizeof *l->built)) == NULL)
		abort();
	l->routing = r;
	l->built->uses = 1;
	r->load = l;
	r->again = false;
	if (r->now)
		snprintf(l->known, sizeof l->known, "%lld", (long long)r->now->bounds->change);
	db_begin(db, DB_TX_SNAPSHOT);
	db_send(db, SQL_ROUTING_POLICY, NULL, 0, on_policy, note_failure, l);
	db_send(db, SQL_ROUTING_UNITS, NULL, 0, on_unit, note_failure, l);
	db_send(db, SQL_ROUTING_ITEMS, NULL, 0, on_item, note_failure, l);
	db_send(db, SQL_ROUTING_PLACES, NULL, 0, on_place, note_failure, l);
	db_send(db, SQL_ROUTING_RESOLVED, NULL, 0, on_resolved, note_failure, l);
	db_send(db, SQL_BOUNDARIES, (struct db_param[]){ DB_TEXT(*l->known ? l->known : NULL) }, 1, on_area, note_failure, l);
	db_send(db, SQL_ENTERPRISES_CURRENT, NULL, 0, on_firms, note_failure, l);
	db_send(db, SQL_CENTRE, NULL, 0, on_centre, all_read, l);
	db_end(db);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	begin(ctx);
}

void rules_load(struct rules *r)
{
	r->again = r->load != NULL;
	if (r->load == NULL)
		loop_after(r->timer, 0);
}

struct rules *rules_new(struct event_base *base, struct pool *pool, struct worker *worker)
{
	struct rules *r = calloc(1, sizeof *r);

	if (r == NULL || (r->timer = evtimer_new(base, on_timer, r)) == NULL)
		abort();
	r->pool = pool;
	r->worker = worker;
	loop_after(r->timer, 0);
	return r;
}

void rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	event_free(r->timer);
	rules_release(r->now);
	free(r);
}

const struct duty_list *rules_duty(const struct rules *r)
{
	return r->now ? r->now->duty : NULL;
}

const struct gazetteer *rules_places(const struct rules *r)
{
	return r->now ? r->now->places : NULL;
}

const struct recommender *rules_recommender(const struct rules *r)
{
	return r->now ? r->now->recommender : NULL;
}

int rules_revision(const struct rules *r)
{
	return r->now ? r->now->revision : -1;
}
