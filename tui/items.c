#include "tui/items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/console.h"

enum { PLACE_BYTES = 64, WIDE_BYTES = 3 };

struct lead { char *rule, *unit; };
struct item_list {
	struct item_row *row;
	size_t n, cap;
	struct lead *lead;        /* by rule */
	size_t nlead, lead_cap;
	char place[PLACE_BYTES];  /* of the leads */
	bool fresh, leads_fresh, asking;
	unsigned age;
	struct item_list *coming; /* what is being read; takes the place of the rest when whole */
};

struct item_list *items_new(void)
{
	return calloc(1, sizeof(struct item_list));
}

static void drop_rows(struct item_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->row[i].code);
		free(l->row[i].name);
		free(l->row[i].class);
		free(l->row[i].words);
		free(l->row[i].lead);
	}
	free(l->row);
	l->row = NULL;
	l->n = l->cap = 0;
}

static void drop_leads(struct item_list *l)
{
	for (size_t i = 0; i < l->nlead; i++) {
		free(l->lead[i].rule);
		free(l->lead[i].unit);
	}
	free(l->lead);
	l->lead = NULL;
	l->nlead = l->lead_cap = 0;
}

void items_free(struct item_list *l)
{
	if (!l)
		return;
	items_free(l->coming);
	drop_rows(l);
	drop_leads(l);
	free(l);
}

static bool room(void **rows, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 128;
	void *grown;

	if (n < *cap)
		return true;
	grown = realloc(*rows, more * size);
	if (!grown)
		return false;
	*rows = grown;
	*cap = more;
	return true;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void item_read(void *who, int columns, const char *const *column)
{
	struct item_list *l = ((struct console *)who)->items->coming;
	struct item_row *r;

	if (columns < 5 || !l || !room((void **)&l->row, l->n, &l->cap, sizeof *l->row))
		return;
	r = &l->row[l->n];
	*r = (struct item_row){ strdup(column[0]), strdup(column[1]), strdup(column[2]), strdup(column[3]), strdup(column[4]) };
	l->n++;
	if (!r->code || !r->name || !r->class || !r->words || !r->lead) { /* counted, so that it is freed with the rest */
		items_free(l);
		l = ((struct console *)who)->items;
		l->coming = NULL;
		l->fresh = false;
	}
}

static void items_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct item_list *l = c->items, *coming = l->coming;

	(void)rows;
	l->coming = NULL;
	if (!coming)
		return;
	if (e) {
		l->fresh = false;
	} else {
		drop_rows(l);
		l->row = coming->row;
		l->n = coming->n;
		l->cap = coming->cap;
		coming->row = NULL;
		coming->n = 0;
		l->age++;
		c->dirty = true;
	}
	items_free(coming);
}

static void lead_read(void *who, int columns, const char *const *column)
{
	struct item_list *l = ((struct console *)who)->items;
	struct lead *r;

	if (columns < 2 || !room((void **)&l->lead, l->nlead, &l->lead_cap, sizeof *l->lead))
		return;
	r = &l->lead[l->nlead];
	*r = (struct lead){ strdup(column[0]), strdup(column[1]) };
	if (r->rule && r->unit) {
		l->nlead++;
		return;
	}
	free(r->rule);
	free(r->unit);
}

static void leads_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)rows;
	c->items->asking = false;
	c->items->leads_fresh = !e;
	c->dirty = true;
}

void items_want(struct console *c, const char *place)
{
	struct item_list *l = c->items;
	const char *args[] = { l->place };

	if (c->db != LINK_UP)
		return;
	if (!l->fresh && !l->coming && (l->coming = items_new())) {
		l->fresh = true;
		console_ask(c, SQL_PICK_ITEMS, NULL, 0, item_read, items_read, c);
	}
	if (l->asking || (l->leads_fresh && strcmp(l->place, place) == 0))
		return;
	drop_leads(l);
	l->asking = true;
	l->leads_fresh = false;
	snprintf(l->place, sizeof l->place, "%s", place);
	console_ask(c, SQL_LEADS, args, 1, lead_read, leads_read, c);
}

void items_stale(struct item_list *l)
{
	l->fresh = l->leads_fresh = false;
}

/* --- what is here ------------------------------------------------------------------------------------------------- */

unsigned items_age(const struct item_list *l)
{
	return l->age;
}

size_t items_count(const struct item_list *l)
{
	return l->n;
}

const struct item_row *items_at(const struct item_list *l, size_t i)
{
	return i < l->n ? &l->row[i] : NULL;
}

int items_rank(const struct item_row *r, const char *typed, const struct pinyin_query *q)
{
	size_t len = strlen(typed);

	if (len == 0)
		return 1;
	if (strncasecmp(r->code, typed, len) == 0 || strncmp(r->name, typed, len) == 0)
		return 0;
	if (pinyin_find(q, r->name, strlen(r->name)))
		return 2;
	/* Two initials are somewhere in nearly everything that is this long. */
	if (len < WIDE_BYTES)
		return -1;
	return pinyin_find(q, r->class, strlen(r->class)) || pinyin_find(q, r->words, strlen(r->words)) ? 3 : -1;
}

const char *items_unit(const struct item_list *l, const struct item_row *r)
{
	if (!strchr(r->lead, '@'))
		return r->lead;
	for (size_t i = 0; i < l->nlead; i++)
		if (strcmp(l->lead[i].rule, r->lead) == 0)
			return l->lead[i].unit;
	return l->leads_fresh ? "" : NULL;
}
