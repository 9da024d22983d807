/* The cases of an index, one by one, as they are known now: what was counted under another item or place is moved, what was no appeal taken out. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/hotspot_inside.h"
#include "core/machine/postings.h"

enum { PLAIN = 5 };

/* A case as it was added: names of its levels. A free one has no number. */
struct kept { int64_t no, at; uint64_t person; int matter[HOTSPOT_MATTERS - 1], place[HOTSPOT_PLACES - 1]; };

struct hotspot_past { struct table *at; struct kept *kept; int n, cap; };

static bool
past_make(struct hotspots *h)
{
	if (!h->past && (h->past = calloc(1, sizeof *h->past)) && !(h->past->at = table_new())) {
		free(h->past);
		h->past = NULL;
	}
	return h->past != NULL;
}

void
hotspots_past_free(struct hotspots *h)
{
	if (!h->past)
		return;
	table_free(h->past->at);
	free(h->past->kept);
	free(h->past);
}

size_t
hotspots_past_bytes(const struct hotspots *h)
{
	return h->past ? sizeof *h->past + table_bytes(h->past->at) + (size_t)h->past->cap * sizeof *h->past->kept : 0;
}

static struct hotspot_case
case_of(const struct hotspots *h, const struct kept *k)
{
	struct hotspot_case x = { .no = k->no, .at = k->at, .person = k->person };

	for (int i = 0; i < HOTSPOT_MATTERS - 1; i++)
		x.matter[i] = hotspots_name(h, k->matter[i]);
	for (int i = 0; i < HOTSPOT_PLACES - 1; i++)
		x.place[i] = hotspots_name(h, k->place[i]);
	return x;
}

static bool
is_same(const struct hotspots *h, const struct kept *k, const struct hotspot_case *x)
{
	bool same = k->at == x->at && k->person == x->person;

	for (int i = 0; i < HOTSPOT_MATTERS - 1 && same; i++)
		same = strcmp(hotspots_name(h, k->matter[i]), x->matter[i] ? x->matter[i] : "") == 0;
	for (int i = 0; i < HOTSPOT_PLACES - 1 && same; i++)
		same = strcmp(hotspots_name(h, k->place[i]), x->place[i] ? x->place[i] : "") == 0;
	return same;
}

static int
kept_of(const struct hotspots *h, int64_t no)
{
	return h->past ? table_get(h->past->at, (uint64_t)no) : -1;
}

void
hotspots_take(struct hotspots *h, int64_t no)
{
	int at = kept_of(h, no);
	struct hotspot_case x;

	if (at < 0)
		return;
	x = case_of(h, &h->past->kept[at]);
	hotspots_drop(h, &x);
	table_remove(h->past->at, (uint64_t)no);
	h->past->kept[at] = h->past->kept[--h->past->n]; /* the last one fills the gap */
	if (at < h->past->n)
		table_put(h->past->at, (uint64_t)h->past->kept[at].no, at);
}

static bool
keep(struct hotspots *h, const struct hotspot_case *x)
{
	struct hotspot_past *p = h->past;
	struct kept k = { .no = x->no, .at = x->at, .person = x->person };

	if (p->n == INT_MAX / 2)
		return false;
	if (p->n == p->cap) {
		int cap = p->cap ? p->cap + p->cap / 2 : 1024;
		struct kept *more = realloc(p->kept, (size_t)cap * sizeof *more);

		if (!more)
			return false;
		p->kept = more;
		p->cap = cap;
	}
	for (int i = 0; i < HOTSPOT_MATTERS - 1; i++)
		k.matter[i] = hotspots_name_id(h, x->matter[i]);
	for (int i = 0; i < HOTSPOT_PLACES - 1; i++)
		k.place[i] = hotspots_name_id(h, x->place[i]);
	if (!table_put(p->at, (uint64_t)x->no, p->n))
		return false;
	p->kept[p->n++] = k;
	return true;
}

bool
hotspots_put(struct hotspots *h, const struct hotspot_case *x)
{
	int at = kept_of(h, x->no);

	if (!past_make(h))
		return false;
	if (at >= 0 && is_same(h, &h->past->kept[at], x))
		return true;
	hotspots_take(h, x->no);
	return hotspots_add(h, x) && keep(h, x);
}

size_t
hotspots_count(const struct hotspots *h)
{
	return h->past ? (size_t)h->past->n : 0;
}

struct hotspot_case *
hotspots_cases(const struct hotspots *h, size_t *n)
{
	struct hotspot_case *x;

	*n = hotspots_count(h);
	if (!(x = calloc(*n + 1, sizeof *x)))
		return NULL;
	for (size_t i = 0; i < *n; i++)
		x[i] = case_of(h, &h->past->kept[i]);
	return x;
}

static int
up(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

bool *
hotspots_quiet(const struct hotspots *h, int first_day, int ndays)
{
	bool *quiet = calloc((size_t)ndays + 1, sizeof *quiet);
	int *city = calloc((size_t)ndays + 1, 2 * sizeof *city), *sorted = city ? city + ndays : NULL;

	if (!quiet || !city) {
		free(quiet);
		free(city);
		return NULL;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < h->slots; i++) {
			const struct cell *c = h->slot[i];
			bool whole = c && c->mlevel == HOTSPOT_MATTERS - 1 && c->plevel == HOTSPOT_PLACES - 1;
			double all = 0;

			if (!c || (pass == 0) != whole || (!whole && (c->mlevel != 0 || (c->plevel != 0 && c->plevel != HOTSPOT_PLACES - 1))))
				continue;
			for (int k = 0; k < c->ndays; k++)
				all += c->day[k].n;
			for (int k = 0; k < c->ndays; k++) {
				int day = c->day[k].day - first_day;

				if (day < 0 || day >= ndays)
					continue;
				if (whole)
					city[day] = c->day[k].n;
				else if (c->day[k].n > PLAIN + 3 * all / ndays)
					quiet[day] = false;
			}
			if (whole) {
				memcpy(sorted, city, (size_t)ndays * sizeof *city);
				qsort(sorted, (size_t)ndays, sizeof *sorted, up);
				for (int day = 0; day < ndays; day++)
					quiet[day] = city[day] * 2 <= sorted[ndays / 2] * 3;
			}
		}
	free(city);
	return quiet;
}
