#include "core/appeal/duty.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/strmap.h"

/* Pointers in the order they were added. */
struct row {
	void **at;
	size_t n, cap;
};

struct duty_list {
	struct arena arena; /* every text and every row */
	int revision;
	bool failed;        /* memory was gone once: the list must not be used */
	struct row units, items;
	struct strmap unit_by_code, item_by_code;
	struct strmap resolved;  /* function, level and area in one text → struct lead */
	struct strmap parent_of; /* unit code → parent's code, until duty_list_done */
};

struct lead {
	const char *unit;
};

static bool
push(struct row *r, void *thing)
{
	if (r->n == r->cap) {
		size_t cap = r->cap != 0 ? r->cap * 2 : 64;
		void **at = realloc(r->at, cap * sizeof *at);
		if (at == NULL)
			return false;
		r->at = at;
		r->cap = cap;
	}
	r->at[r->n++] = thing;
	return true;
}

static bool
out_of_memory(struct duty_list *d)
{
	d->failed = true;
	return false;
}

/* A copy that is never NULL in a good list: absent texts are "". */
static const char *
copy(struct duty_list *d, const char *text)
{
	if (text == NULL || *text == '\0')
		return "";
	const char *p = arena_strdup(&d->arena, text);
	d->failed |= p == NULL;
	return p;
}

static const char *const *
copy_all(struct duty_list *d, const char *const *texts, int *n)
{
	*n = 0;
	while (texts != NULL && texts[*n] != NULL)
		(*n)++;
	const char **all = arena_alloc(&d->arena, ((size_t)*n + 1) * sizeof *all);
	if (all == NULL) {
		d->failed = true;
		*n = 0;
		return NULL;
	}
	for (int i = 0; i < *n; i++)
		all[i] = copy(d, texts[i]);
	return all;
}

struct duty_list *
duty_list_new(int revision)
{
	struct duty_list *d = calloc(1, sizeof *d);

	if (d != NULL)
		d->revision = revision;
	return d;
}

void
duty_list_free(struct duty_list *d)
{
	if (d == NULL)
		return;
	free(d->units.at);
	free(d->items.at);
	strmap_free(&d->unit_by_code);
	strmap_free(&d->item_by_code);
	strmap_free(&d->resolved);
	strmap_free(&d->parent_of);
	arena_free(&d->arena);
	free(d);
}

bool
duty_add_unit(struct duty_list *d, const char *code, const char *name, const char *shrt, const char *parent,
    const char *level, const char *function, const char *area, bool desk, bool active)
{
	if (code == NULL || *code == '\0' || strmap_get(&d->unit_by_code, code) != NULL)
		return false;
	struct unit *u = arena_alloc(&d->arena, sizeof *u);
	if (u == NULL)
		return out_of_memory(d);
	*u = (struct unit){
		.code = copy(d, code), .name = copy(d, name), .shrt = copy(d, shrt), .level = copy(d, level),
		.function = copy(d, function), .area = copy(d, area), .desk = desk, .active = active
	};
	if (u->shrt != NULL && *u->shrt == '\0')
		u->shrt = u->name;
	if (d->failed || !push(&d->units, u) || !strmap_add(&d->unit_by_code, u->code, u))
		return out_of_memory(d);
	if (parent != NULL && *parent != '\0') {
		char *above = arena_strdup(&d->arena, parent);
		if (above == NULL || !strmap_add(&d->parent_of, u->code, above))
			return out_of_memory(d);
	}
	return true;
}

bool
duty_add_item(struct duty_list *d, const struct duty_item *item)
{
	if (item->code == NULL || *item->code == '\0' || strmap_get(&d->item_by_code, item->code) != NULL)
		return false;
	struct duty_item *i = arena_alloc(&d->arena, sizeof *i);
	if (i == NULL)
		return out_of_memory(d);
	*i = (struct duty_item){
		.code = copy(d, item->code), .category = copy(d, item->category), .class_ = copy(d, item->class_),
		.name = copy(d, item->name), .definition = copy(d, item->definition), .lead = copy(d, item->lead),
		.priority = item->priority, .handle_days = item->handle_days
	};
	i->keywords = copy_all(d, item->keywords, &i->nkeywords);
	i->assist = copy_all(d, item->assist, &i->nassist);
	i->number = (int)d->items.n;
	if (d->failed || !push(&d->items, i) || !strmap_add(&d->item_by_code, i->code, i))
		return out_of_memory(d);
	return true;
}

/* What is between blanks, appended: "urban management @ district" and "urban management@district" are one rule. */
static void
add_trimmed(struct buf *b, const char *s, size_t len)
{
	while (len > 0 && *s == ' ') {
		s++;
		len--;
	}
	while (len > 0 && s[len - 1] == ' ')
		len--;
	buf_add(b, s, len);
}

/* "function@level" cut at its sign, or all of a function with its level apart, and the area. */
static bool
resolved_key(struct buf *key, const char *function, size_t function_len, const char *level, const char *area)
{
	buf_reset(key);
	add_trimmed(key, function, function_len);
	buf_putc(key, '\x1f');
	add_trimmed(key, level, strlen(level));
	buf_putc(key, '\x1f');
	buf_puts(key, area);
	return !key->failed;
}

bool
duty_add_resolved(struct duty_list *d, const char *function, const char *level, const char *area, const char *unit)
{
	struct buf key = { 0 };
	struct lead *lead = arena_alloc(&d->arena, sizeof *lead);

	if (lead == NULL || !resolved_key(&key, function, strlen(function), level, area)) {
		buf_free(&key);
		return out_of_memory(d);
	}
	bool known = strmap_get(&d->resolved, buf_text(&key)) != NULL;
	if (!known) {
		lead->unit = copy(d, unit);
		const char *kept = copy(d, buf_text(&key));
		d->failed |= kept == NULL || !strmap_add(&d->resolved, kept, lead);
	}
	buf_free(&key);
	return !known && !d->failed;
}

bool
duty_list_done(struct duty_list *d)
{
	if (d->failed)
		return false;
	for (size_t i = 0; i < d->units.n; i++) {
		struct unit *u = d->units.at[i];
		const char *above = strmap_get(&d->parent_of, u->code);
		if (above != NULL && (u->parent = strmap_get(&d->unit_by_code, above)) == NULL)
			return false;
	}
	/* A tree: whoever climbs from a unit must arrive. No way up is longer than there are units. */
	for (size_t i = 0; i < d->units.n; i++) {
		size_t steps = 0;
		for (const struct unit *u = d->units.at[i]; u->parent != NULL; u = u->parent)
			if (++steps > d->units.n)
				return false;
	}
	strmap_free(&d->parent_of);
	return true;
}

int
duty_revision(const struct duty_list *d)
{
	return d->revision;
}

size_t
duty_units(const struct duty_list *d)
{
	return d->units.n;
}

const struct unit *
duty_unit_at(const struct duty_list *d, size_t i)
{
	return i < d->units.n ? d->units.at[i] : NULL;
}

const struct unit *
duty_unit(const struct duty_list *d, const char *code)
{
	return code != NULL ? strmap_get(&d->unit_by_code, code) : NULL;
}

size_t
duty_items(const struct duty_list *d)
{
	return d->items.n;
}

const struct duty_item *
duty_item_at(const struct duty_list *d, size_t i)
{
	return i < d->items.n ? d->items.at[i] : NULL;
}

const struct duty_item *
duty_item(const struct duty_list *d, const char *code)
{
	return code != NULL ? strmap_get(&d->item_by_code, code) : NULL;
}

/* A unit that is closed gets nothing. */
static const struct unit *
working(const struct unit *u)
{
	return u != NULL && u->active ? u : NULL;
}

const struct unit *
duty_lead(const struct duty_list *d, const struct duty_item *item, const char *const *areas, int nareas)
{
	const char *at = strchr(item->lead, '@');
	const struct unit *found = NULL;
	struct buf key = { 0 };

	if (at == NULL)
		return working(duty_unit(d, item->lead));
	for (int i = 0; i < nareas && found == NULL; i++) {
		const struct lead *lead = NULL;
		if (resolved_key(&key, item->lead, (size_t)(at - item->lead), at + 1, areas[i]))
			lead = strmap_get(&d->resolved, buf_text(&key));
		if (lead != NULL)
			found = working(duty_unit(d, lead->unit));
	}
	buf_free(&key);
	return found;
}
