#include "tui/units.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "tui/console.h"

struct unit_list {
	struct unit_row *row;
	size_t n, cap;
	unsigned age;
	struct unit_list *coming; /* what is being read; takes the place of the rest when whole */
};

struct unit_list *units_new(void)
{
	return calloc(1, sizeof(struct unit_list));
}

static void clear(struct unit_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->row[i].code);
		free(l->row[i].name);
		free(l->row[i].shrt);
		free(l->row[i].parent);
		free(l->row[i].level);
	}
	free(l->row);
	l->row = NULL;
	l->n = l->cap = 0;
}

void units_free(struct unit_list *l)
{
	if (!l)
		return;
	units_free(l->coming);
	clear(l);
	free(l);
}

static char *copy(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return strdup(s ? s : "");
}

bool units_add_json(struct unit_list *l, const char *json, size_t len)
{
	json_t *o = json_loadb(json, len, 0, NULL);
	struct unit_row *r;

	if (!json_is_object(o)) {
		json_decref(o);
		return false;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;

		r = realloc(l->row, cap * sizeof *r);
		if (!r) {
			json_decref(o);
			return false;
		}
		l->row = r;
		l->cap = cap;
	}
	r = &l->row[l->n++];
	*r = (struct unit_row){
		.code = copy(o, "code"), .name = copy(o, "name"), .shrt = copy(o, "short"), .parent = copy(o, "parent"),
		.level = copy(o, "level"), .desk = json_is_true(json_object_get(o, "desk")),
		.active = !json_is_false(json_object_get(o, "active")),
	};
	json_decref(o);
	return r->code && r->name && r->shrt && r->parent && r->level;
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct unit_row *)a)->code, ((const struct unit_row *)b)->code);
}

static void unit_read(void *who, int columns, const char *const *column)
{
	struct console *c = who;

	if (columns > 0 && c->units->coming)
		units_add_json(c->units->coming, column[0], strlen(column[0]));
}

static void units_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct unit_list *l = c->units, *coming = l->coming;

	(void)rows;
	l->coming = NULL;
	if (!e && coming) {
		clear(l);
		l->row = coming->row;
		l->n = coming->n;
		l->cap = coming->cap;
		coming->row = NULL;
		coming->n = 0;
		l->age++;
		qsort(l->row, l->n, sizeof *l->row, by_code);
		c->dirty = true;
	}
	units_free(coming);
}

void units_load(struct console *c)
{
	if (c->units->coming)
		return;
	c->units->coming = units_new();
	console_ask(c, SQL_ROUTING_UNITS, NULL, 0, unit_read, units_read, c);
}

unsigned units_age(const struct unit_list *l)
{
	return l->age;
}

size_t units_count(const struct unit_list *l)
{
	return l->n;
}

const struct unit_row *units_at(const struct unit_list *l, size_t i)
{
	return i < l->n ? &l->row[i] : NULL;
}

static const struct unit_row *find(const struct unit_list *l, const char *code)
{
	struct unit_row key = { .code = (char *)code };

	return l->n ? bsearch(&key, l->row, l->n, sizeof *l->row, by_code) : NULL;
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
		for (size_t i = 0; i < l->n && n < max; i++)
			if (units_rank(&l->row[i], typed, &q) == want)
				out[n++] = &l->row[i];
	return n;
}
