#include "tui/items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/console.h"
#include "tui/listing.h"

enum { PLACE_BYTES = 64, WIDE_BYTES = 3 };

struct lead { char *rule, *unit; };
struct item_list {
	struct listing items, leads; /* leads: by rule */
	char place[PLACE_BYTES];  /* of the leads */
	bool fresh, leads_fresh;
};

static void drop_item(void *row)
{
	struct item_row *r = row;

	free(r->code);
	free(r->name);
	free(r->class);
	free(r->words);
	free(r->lead);
}

static void drop_lead(void *row)
{
	struct lead *r = row;

	free(r->rule);
	free(r->unit);
}

struct item_list *items_new(void)
{
	struct item_list *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	listing_init(&l->items, sizeof(struct item_row), drop_item);
	listing_init(&l->leads, sizeof(struct lead), drop_lead);
	return l;
}

void items_free(struct item_list *l)
{
	if (!l)
		return;
	listing_free(&l->items);
	listing_free(&l->leads);
	free(l);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void item_read(void *who, int columns, const char *const *column)
{
	struct listing *l = &((struct console *)who)->items->items;
	struct item_row *r = columns >= 5 ? listing_add(l) : NULL;

	if (!r)
		return;
	*r = (struct item_row){ strdup(column[0]), strdup(column[1]), strdup(column[2]), strdup(column[3]), strdup(column[4]) };
	if (!r->code || !r->name || !r->class || !r->words || !r->lead)
		l->broken = true;
}

static void items_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)rows;
	if (listing_end(&c->items->items, !e))
		c->dirty = true;
	else
		c->items->fresh = false;
}

static void lead_read(void *who, int columns, const char *const *column)
{
	struct listing *l = &((struct console *)who)->items->leads;
	struct lead *r = columns >= 2 ? listing_add(l) : NULL;

	if (!r)
		return;
	*r = (struct lead){ strdup(column[0]), strdup(column[1]) };
	if (!r->rule || !r->unit)
		l->broken = true;
}

static void leads_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)rows;
	c->items->leads_fresh = listing_end(&c->items->leads, !e);
	c->dirty = true;
}

/* What was said of another place is not said of this one. */
static void forget_leads(struct item_list *l)
{
	listing_free(&l->leads);
	l->leads_fresh = false;
}

void items_want(struct console *c, const char *place)
{
	struct item_list *l = c->items;
	const char *args[] = { l->place };

	if (c->db != LINK_UP)
		return;
	if (!l->fresh && listing_begin(&l->items)) {
		l->fresh = true;
		console_ask(c, SQL_PICK_ITEMS, NULL, 0, item_read, items_read, c);
	}
	if (l->leads.reading || (l->leads_fresh && strcmp(l->place, place) == 0))
		return;
	forget_leads(l);
	listing_begin(&l->leads);
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
	return l->items.age;
}

size_t items_count(const struct item_list *l)
{
	return l->items.n;
}

const struct item_row *items_at(const struct item_list *l, size_t i)
{
	return listing_at(&l->items, i);
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
	for (size_t i = 0; i < l->leads.n; i++) {
		const struct lead *lead = listing_at(&l->leads, i);

		if (strcmp(lead->rule, r->lead) == 0)
			return lead->unit;
	}
	return l->leads_fresh ? "" : NULL;
}
