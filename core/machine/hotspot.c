#include "core/machine/hotspot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/hotspot_inside.h"

/* --- names ------------------------------------------------------------------------------------------------------------ */

static int
name_id(struct hotspots *h, const char *code, bool make)
{
	void *known = code && *code ? strmap_get(&h->names, code) : NULL;
	char *copy;

	if (known || !code || !*code || !make)
		return (int)(intptr_t)known; /* 0: the whole, or nobody knows it */
	if (h->nnames == h->cap_names) {
		int cap = h->cap_names ? 2 * h->cap_names : 256;
		char **more = realloc(h->name, (size_t)cap * sizeof *more);

		if (!more)
			return -1;
		h->name = more;
		h->cap_names = cap;
	}
	if (!(copy = strdup(code)))
		return -1;
	if (!strmap_add(&h->names, copy, (void *)(intptr_t)(h->nnames + 1))) {
		free(copy);
		return -1;
	}
	h->name[h->nnames++] = copy;
	h->bytes += strlen(copy) + 1 + sizeof(char *);
	return h->nnames;
}

int
hotspots_name_id(struct hotspots *h, const char *code)
{
	return name_id(h, code, false);
}

const char *
hotspots_name(const struct hotspots *h, int id)
{
	return id > 0 ? h->name[id - 1] : "";
}

/* --- cells ------------------------------------------------------------------------------------------------------------- */

static size_t
slot_of(const struct hotspots *h, uint64_t key)
{
	uint64_t x = key * 0x9e3779b97f4a7c15u;
	size_t at = (size_t)(x ^ x >> 29) & (h->slots - 1);

	while (h->slot[at] && h->slot[at]->key != key)
		at = (at + 1) & (h->slots - 1);
	return at;
}

static bool
grow(struct hotspots *h)
{
	struct cell **old = h->slot;
	size_t n = h->slots;

	h->slots = n ? 2 * n : 1024;
	if (!(h->slot = calloc(h->slots, sizeof *h->slot))) {
		h->slot = old;
		h->slots = n;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (old[i])
			h->slot[slot_of(h, old[i]->key)] = old[i];
	free(old);
	h->bytes += (h->slots - n) * sizeof *h->slot;
	return true;
}

/* The key of a cell: two names and their levels. */
static uint64_t
key_of(int matter, int mlevel, int place, int plevel)
{
	return (uint64_t)(unsigned)matter << 34 | (uint64_t)(unsigned)mlevel << 32 | (uint64_t)(unsigned)place << 4 | (unsigned)plevel << 2 | 1;
}

struct cell *
hotspots_at(const struct hotspots *h, int matter, int mlevel, int place, int plevel)
{
	return h->slots ? h->slot[slot_of(h, key_of(matter, mlevel, place, plevel))] : NULL;
}

static struct cell *
cell_make(struct hotspots *h, int matter, int mlevel, int place, int plevel)
{
	uint64_t key = key_of(matter, mlevel, place, plevel);
	struct cell *c;
	size_t at;

	if (h->ncells * 2 >= h->slots && !grow(h))
		return NULL;
	at = slot_of(h, key);
	if (h->slot[at])
		return h->slot[at];
	if (!(c = calloc(1, sizeof *c)))
		return NULL;
	c->key = key;
	c->told = INT64_MIN / 2;
	c->matter = matter;
	c->place = place;
	c->mlevel = (uint8_t)mlevel;
	c->plevel = (uint8_t)plevel;
	h->bytes += sizeof *c;
	h->ncells++;
	return h->slot[at] = c;
}

/* Room for one more in a growing list. */
static bool
room(struct hotspots *h, void **list, int n, int *cap, size_t size)
{
	int more = *cap ? *cap + *cap / 2 + 1 : 2;
	void *p;

	if (n < *cap)
		return true;
	if (!(p = realloc(*list, (size_t)more * size)))
		return false;
	h->bytes += (size_t)(more - *cap) * size;
	*list = p;
	*cap = more;
	return true;
}

enum { LOOK_BACK = 2000 }; /* how many cases of a cell are gone through for another of the same person: hours in a whole city */

/* Has this person been counted in the cell on that day? */
static bool
counted(const struct cell *c, uint64_t person, int day)
{
	for (int i = c->nrecent - 1; person && i >= 0 && c->nrecent - i < LOOK_BACK; i--) {
		int of = hotspot_day(c->recent[i].at);

		if (of < day)
			return false;
		if (c->recent[i].person == person && of == day)
			return true;
	}
	return false;
}

/* When this person was here before: said anew of the cases from `i` on that one more or one less may concern. */
static void
link_person(struct cell *c, int i, uint64_t person)
{
	int64_t before = INT64_MIN;
	int k;

	if (!person)
		return;
	for (k = i - 1; k >= 0 && i - k < LOOK_BACK && c->recent[k].person != person; k--)
		;
	if (k >= 0 && i - k < LOOK_BACK)
		before = c->recent[k].at;
	for (k = i; k < c->nrecent && k - i < LOOK_BACK; k++)
		if (c->recent[k].person == person) {
			c->recent[k].before = before;
			before = c->recent[k].at;
		}
}

static bool
count_day(struct hotspots *h, struct cell *c, int day, int by)
{
	int at = c->ndays;

	while (at > 0 && c->day[at - 1].day > day)
		at--;
	if (at == 0 || c->day[at - 1].day != day) {
		if (by < 0)
			return true;
		if (!room(h, (void **)&c->day, c->ndays, &c->cap_days, sizeof *c->day))
			return false;
		memmove(c->day + at + 1, c->day + at, (size_t)(c->ndays - at) * sizeof *c->day);
		c->day[at++] = (struct day){ day, 0 };
		c->ndays++;
	}
	if (by > 0 ? c->day[at - 1].n < UINT16_MAX : c->day[at - 1].n > 0)
		c->day[at - 1].n = (uint16_t)(c->day[at - 1].n + by);
	return true;
}

static bool
cell_add(struct hotspots *h, struct cell *c, const struct hotspot_case *x)
{
	int day = hotspot_day(x->at), at;

	if (!counted(c, x->person, day) && !count_day(h, c, day, 1))
		return false;
	if (day <= h->today - RECENT_DAYS)
		return true;
	if (c->nrecent == 0 && !c->listed) {
		if (!room(h, (void **)&h->live, h->nlive, &h->cap_live, sizeof *h->live))
			return false;
		h->live[h->nlive++] = c;
		c->listed = true;
	}
	if (!room(h, (void **)&c->recent, c->nrecent, &c->cap_recent, sizeof *c->recent))
		return false;
	for (at = c->nrecent++; at > 0 && c->recent[at - 1].at > x->at; at--)
		c->recent[at] = c->recent[at - 1];
	c->recent[at] = (struct recent){ x->at, x->no, INT64_MIN, x->person };
	link_person(c, at, x->person);
	c->look = true;
	return true;
}

static void
cell_drop(struct hotspots *h, struct cell *c, const struct hotspot_case *x)
{
	int day = hotspot_day(x->at);

	for (int i = c->nrecent - 1; i >= 0; i--)
		if (c->recent[i].no == x->no) {
			memmove(c->recent + i, c->recent + i + 1, (size_t)(c->nrecent - 1 - i) * sizeof *c->recent);
			c->nrecent--;
			link_person(c, i, x->person);
			break;
		}
	if (!counted(c, x->person, day))
		count_day(h, c, day, -1);
	c->look = true;
}

/* --- the city's rhythm --------------------------------------------------------------------------------------------------- */

bool
hotspots_day_off(const struct hotspots *h, int day)
{
	int weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; Monday = 0 */

	return h->policy.day_off ? h->policy.day_off(h->policy.ctx, day) : weekday >= 5;
}

/* A day is over: what it was goes into the rhythm, and into how clumpy the cells are. */
static void
close_day(struct hotspots *h, int day)
{
	int kind = hotspots_day_off(h, day);
	double fade = exp2(-1 / h->policy.half_life_days), total = 0;

	for (int k = 0; k < 2; k++) {
		h->kind_days[k] *= fade;
		for (int i = 0; i < 24; i++)
			h->hour[k][i] *= fade;
	}
	h->kind_days[kind] += 1;
	for (int i = 0; i < 24; i++) {
		h->hour[kind][i] += h->hours_today[i];
		total += h->hours_today[i];
		h->hours_today[i] = 0;
	}
	hotspots_learn_clumps(h, day, fade);
}

/* The day begins: what lies too far back goes. */
static void
begin_day(struct hotspots *h, int day)
{
	if (h->first_day == 0)
		h->first_day = day;
	else
		for (int d = h->today; d < day && d < h->today + 400; d++)
			close_day(h, d);
	h->today = day;
	for (int i = 0; i < h->nlive;) {
		struct cell *c = h->live[i];
		int gone = 0;

		while (gone < c->nrecent && hotspot_day(c->recent[gone].at) <= day - RECENT_DAYS)
			gone++;
		memmove(c->recent, c->recent + gone, (size_t)(c->nrecent -= gone) * sizeof *c->recent);
		for (gone = 0; gone < c->ndays && c->day[gone].day < day - PAST_DAYS; gone++)
			;
		memmove(c->day, c->day + gone, (size_t)(c->ndays -= gone) * sizeof *c->day);
		if (c->nrecent == 0) {
			c->listed = false;
			h->live[i] = h->live[--h->nlive];
		} else
			i++;
	}
}

/* --- the module ----------------------------------------------------------------------------------------------------------- */

/* Every cell the case falls into, in turn. */
static bool
each_cell(struct hotspots *h, const struct hotspot_case *x, bool make, bool (*f)(struct hotspots *, struct cell *, const struct hotspot_case *))
{
	for (int m = 0; m < HOTSPOT_MATTERS; m++) {
		int matter = m < HOTSPOT_MATTERS - 1 ? name_id(h, x->matter[m], make) : 0;

		if (matter < 0)
			return false;
		for (int p = 0; p < HOTSPOT_PLACES && (matter || m == HOTSPOT_MATTERS - 1); p++) {
			int place = p < HOTSPOT_PLACES - 1 ? name_id(h, x->place[p], make) : 0;
			struct cell *c;

			if (place < 0)
				return false;
			if (!place && p < HOTSPOT_PLACES - 1)
				continue;
			c = make ? cell_make(h, matter, m, place, p) : hotspots_at(h, matter, m, place, p);
			if (c ? !f(h, c, x) : make)
				return false;
		}
	}
	return true;
}

bool
hotspots_add(struct hotspots *h, const struct hotspot_case *x)
{
	int day = hotspot_day(x->at);

	if (day > h->today)
		begin_day(h, day);
	if (day == h->today)
		h->hours_today[hotspot_hour(x->at)]++;
	return each_cell(h, x, true, cell_add);
}

static bool
drop_one(struct hotspots *h, struct cell *c, const struct hotspot_case *x)
{
	cell_drop(h, c, x);
	return true;
}

void
hotspots_drop(struct hotspots *h, const struct hotspot_case *x)
{
	if (hotspot_day(x->at) == h->today && h->hours_today[hotspot_hour(x->at)] > 0)
		h->hours_today[hotspot_hour(x->at)]--;
	each_cell(h, x, false, drop_one);
}

/* What was weighed is weighed anew. */
static void
look_again(struct hotspots *h)
{
	for (int i = 0; i < h->nlive; i++)
		h->live[i]->look = true;
}

void
hotspots_policy(struct hotspots *h, const struct hotspot_policy *p)
{
	if (p->people != h->policy.people)
		look_again(h);
	h->policy = *p;
	if (!(h->policy.half_life_days > 0))
		h->policy.half_life_days = 28;
	if (h->policy.people < 1)
		h->policy.people = 3;
	if (!(h->policy.false_a_day > 0))
		h->policy.false_a_day = 0.5;
}

void
hotspots_bars(struct hotspots *h, double hot, double weak)
{
	if (weak < h->bar_weak || (weak > 0 && !(h->bar_weak > 0)))
		look_again(h);
	h->bar_hot = hot;
	h->bar_weak = weak;
}

struct hotspots *
hotspots_new(const struct hotspot_policy *p)
{
	struct hotspots *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	hotspots_policy(h, p);
	for (int i = 0; i < HOTSPOT_MATTERS; i++)
		for (int k = 0; k < HOTSPOT_PLACES; k++)
			h->uneven[i][k] = 1;
	h->bytes = sizeof *h;
	return h;
}

void
hotspots_free(struct hotspots *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->slots; i++)
		if (h->slot[i]) {
			free(h->slot[i]->day);
			free(h->slot[i]->recent);
			free(h->slot[i]);
		}
	for (int i = 0; i < h->nnames; i++)
		free(h->name[i]);
	hotspots_past_free(h);
	strmap_free(&h->names);
	free(h->name);
	free(h->slot);
	free(h->live);
	free(h);
}

size_t
hotspots_bytes(const struct hotspots *h)
{
	return h->bytes + hotspots_past_bytes(h);
}
