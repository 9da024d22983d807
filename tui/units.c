#include "tui/units.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "tui/console.h"
#include "tui/listing.h"

struct unit_list { struct listing rows; };

static void drop(void *row)
{
	struct unit_row *r = row;

	free(r->code);
	free(r->name);
	free(r->shrt);
	free(r->parent);
	free(r->level);
}

struct unit_list *units_new(void)
{
	struct unit_list *l = calloc(1, sizeof *l);

	if (l)
		listing_init(&l->rows, sizeof(struct unit_row), drop);
	return l;
}

void units_free(struct unit_list *l)
{
	if (!l)
		return;
	listing_free(&l->rows);
	free(l);
}

static char *copy(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return strdup(s ? s : "");
}

static void unit_read(void *who, int columns, const char *const *column)
{
	struct unit_list *l = ((struct console *)who)->units;
	json_t *o = columns > 0 ? json_loads(column[0], 0, NULL) : NULL;
	struct unit_row *r = json_is_object(o) ? listing_add(&l->rows) : NULL;

	if (r) {
		*r = (struct unit_row){
			.code = copy(o, "code"), .name = copy(o, "name"), .shrt = copy(o, "short"), .parent = copy(o, "parent"),
			.level = copy(o, "level"), .desk = json_is_true(json_object_get(o, "desk")),
			.active = !json_is_false(json_object_get(o, "active")),
		};
		if (!r->code || !r->name || !r->shrt || !r->parent || !r->level)
			l->rows.broken = true;
	}
	json_decref(o);
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct unit_row *)a)->code, ((const struct unit_row *)b)->code);
}

static void units_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct listing *r = &c->units->rows;

	(void)rows;
	if (!listing_end(r, !e))
		return;
	if (r->n > 0)
		qsort(r->row, r->n, r->size, by_code);
	c->dirty = true;
}

void units_load(struct console *c)
{
	if (listing_begin(&c->units->rows))
		console_ask(c, SQL_ROUTING_UNITS, NULL, 0, unit_read, units_read, c);
}

unsigned units_age(const struct unit_list *l)
{
	return l->rows.age;
}

size_t units_count(const struct unit_list *l)
{
	return l->rows.n;
}

const struct unit_row *units_at(const struct unit_list *l, size_t i)
{
	return listing_at(&l->rows, i);
}

static const struct unit_row *find(const struct unit_list *l, const char *code)
{
	struct unit_row key = { .code = (char *)code };

	return l->rows.n ? bsearch(&key, l->rows.row, l->rows.n, sizeof key, by_code) : NULL;
}

const struct unit_row *units_find(const struct unit_list *l, const char *code)
{
	return find(l, code);
}

const char *units_short(const struct unit_list *l, const char *code)
{
	const struct unit_row *r = find(l, code);

	return r && *r->shrt ? r->shrt : code;
}

const char *units_name(const struct unit_list *l, const char *code)
{
	const struct unit_row *r = find(l, code);

	return r && *r->name ? r->name : code;
}

/* Best first: a code or short name that begins so; what needs the short name's first character (zj is 住建局 before 坑梓街道);
 * then anything that matches. With nothing typed, bureaus before desks and communities. */
enum { RANKS = 4 };

int units_rank(const struct unit_row *r, const char *typed, const struct pinyin_query *q)
{
	size_t len = strlen(typed), whole = strlen(r->shrt), first;
	uint32_t cp;

	if (!r->active)
		return -1;
	if (len == 0)
		return strcmp(r->level, "bureau") == 0 ? 0 : 1;
	if (strncasecmp(r->code, typed, len) == 0 || strncmp(r->shrt, typed, len) == 0)
		return 0;
	if (pinyin_find(q, r->shrt, whole)) {
		first = utf8_decode(r->shrt, whole, &cp);
		return pinyin_find(q, r->shrt + first, whole - first) ? 2 : 1;
	}
	return pinyin_find(q, r->name, strlen(r->name)) ? 3 : -1;
}

size_t units_match(const struct unit_list *l, const char *typed, const struct unit_row **out, size_t max)
{
	struct pinyin_query q;
	size_t n = 0;

	pinyin_prepare(&q, typed);
	for (int want = 0; want < RANKS; want++)
		for (size_t i = 0; i < l->rows.n && n < max; i++)
			if (units_rank(units_at(l, i), typed, &q) == want)
				out[n++] = units_at(l, i);
	return n;
}
