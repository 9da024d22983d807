#include "core/machine/crowds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/postings.h"

/* Where no place is known a name that both speak of stands for it (log odds, as repeats_find weighs the same place). The bound is by trial:
 * tests/bench/README.md. */
static const float LINKED = 0.35f, NAMED = 1.2f;
/* An incident is told of within hours; an item is enough only within an hour, and where the words do not speak against it. */
static const usec_t APART = 12 * 3600 * USEC_S, ITEM_APART = 3600 * USEC_S;
static const float MATTER = 0.35f, CLASS_MATTER = 0.1f, ITEM_MATTER = 0.05f;

enum { WEIGHED = 3 /* a group is as like as its three members most like */, CANDIDATES = 16 };

struct node {
	case_no no;            /* 0 = free, then `next` is the next free one */
	usec_t at;
	uint64_t person;
	int group, next, prev; /* among its group, newest first */
	bool out, echo;        /* echo: nobody's number, and word for word what another said */
};

struct group {
	int first, size;       /* size 0 = free, then `first` is the next free one */
	int64_t id;
	bool closed;
};

struct crowds {
	struct node *nodes; int nnodes, cap_nodes, free_node;
	struct group *groups; int ngroups, cap_groups, free_group; /* [0] is never used */
	struct table *by_no, *by_id;
	int expire_at;
	size_t count;
};

struct crowds *
crowds_new(void)
{
	struct crowds *b = calloc(1, sizeof *b);

	if (!b)
		return NULL;
	b->free_node = b->free_group = -1;
	b->ngroups = 1;
	b->by_no = table_new();
	b->by_id = table_new();
	if (!b->by_no || !b->by_id) {
		crowds_free(b);
		return NULL;
	}
	return b;
}

void
crowds_free(struct crowds *b)
{
	if (!b)
		return;
	free(b->nodes);
	free(b->groups);
	table_free(b->by_no);
	table_free(b->by_id);
	free(b);
}

size_t
crowds_count(const struct crowds *b)
{
	return b->count;
}

size_t
crowds_bytes(const struct crowds *b)
{
	return sizeof *b + (size_t)b->cap_nodes * sizeof *b->nodes + (size_t)b->cap_groups * sizeof *b->groups + table_bytes(b->by_no) +
	    table_bytes(b->by_id);
}

/* --- groups ----------------------------------------------------------------------------------------------------------- */

static int
group_new(struct crowds *b)
{
	int g = b->free_group;

	if (g > 0) {
		b->free_group = b->groups[g].first;
	} else {
		if (b->ngroups >= b->cap_groups) {
			int cap = b->cap_groups ? b->cap_groups + b->cap_groups / 2 : 256;
			struct group *more = realloc(b->groups, (size_t)cap * sizeof *more);

			if (!more)
				return 0;
			b->groups = more;
			b->cap_groups = cap;
		}
		g = b->ngroups++;
	}
	b->groups[g] = (struct group){ .first = -1 };
	return g;
}

static void
enter(struct crowds *b, int g, int n)
{
	struct group *group = &b->groups[g];

	b->nodes[n].group = g;
	b->nodes[n].prev = -1;
	b->nodes[n].next = group->first;
	if (group->first >= 0)
		b->nodes[group->first].prev = n;
	group->first = n;
	group->size++;
}

static void
leave(struct crowds *b, int n)
{
	struct node *x = &b->nodes[n];
	struct group *group = &b->groups[x->group];

	if (x->prev >= 0)
		b->nodes[x->prev].next = x->next;
	else
		group->first = x->next;
	if (x->next >= 0)
		b->nodes[x->next].prev = x->prev;
	if (--group->size == 0) {
		if (group->id)
			table_remove(b->by_id, (uint64_t)group->id);
		*group = (struct group){ .first = b->free_group };
		b->free_group = x->group;
	}
	x->group = 0;
}

/* --- cases ------------------------------------------------------------------------------------------------------------ */

static int
node_new(struct crowds *b, const struct crowd_case *c)
{
	int n = b->free_node;

	if (n >= 0) {
		b->free_node = b->nodes[n].next;
	} else {
		if (b->nnodes == b->cap_nodes) {
			int cap = b->cap_nodes ? b->cap_nodes + b->cap_nodes / 2 : 1024;
			struct node *more = realloc(b->nodes, (size_t)cap * sizeof *more);

			if (!more)
				return -1;
			b->nodes = more;
			b->cap_nodes = cap;
		}
		n = b->nnodes++;
	}
	b->nodes[n] = (struct node){ .no = c->no, .at = c->at, .person = c->person, .next = -1, .prev = -1 };
	if (!table_put(b->by_no, (uint64_t)c->no, n)) {
		b->nodes[n] = (struct node){ .next = b->free_node };
		b->free_node = n;
		return -1;
	}
	b->count++;
	return n;
}

static void
node_free(struct crowds *b, int n)
{
	if (b->nodes[n].group)
		leave(b, n);
	table_remove(b->by_no, (uint64_t)b->nodes[n].no);
	b->nodes[n] = (struct node){ .next = b->free_node };
	b->free_node = n;
	b->count--;
}

/* Full: the oldest of a handful goes, as good as the oldest of all. */
static void
make_room(struct crowds *b)
{
	int oldest = -1;

	for (int i = 0; i < 64; i++) {
		int n = b->expire_at++ % b->nnodes;

		b->expire_at %= b->nnodes;
		if (b->nodes[n].no && (oldest < 0 || b->nodes[n].at < b->nodes[oldest].at))
			oldest = n;
	}
	if (oldest >= 0)
		node_free(b, oldest);
}

static bool
same_class(const struct crowd_case *c, const struct repeat_hit *h)
{
	const struct duty_item *mine = c->duty && c->item && *c->item ? duty_item(c->duty, c->item) : NULL;
	const struct duty_item *other = mine && *h->item ? duty_item(c->duty, h->item) : NULL;

	return other && *mine->class_ && !strcmp(mine->class_, other->class_) && !strcmp(mine->category, other->category);
}

/* Do they tell of one incident? Cases of one place that have nothing else in common do not. */
static bool
is_one(const struct crowd_case *c, const struct repeat_hit *h)
{
	usec_t apart = c->at > h->at ? c->at - h->at : h->at - c->at;

	if (apart > APART)
		return false;
	if (!h->within)
		return h->same_name && !h->placed;
	if (h->matter >= MATTER)
		return true;
	return apart <= ITEM_APART && ((h->same_item && h->matter >= ITEM_MATTER) || (h->matter >= CLASS_MATTER && same_class(c, h)));
}

/* How surely, 0–1. */
static float
link_of(const struct crowd_case *c, const struct repeat_hit *h)
{
	float odds = h->odds + (h->same_name && !h->same_place ? NAMED : 0);

	return is_one(c, h) ? 1 / (1 + expf(-odds)) : 0;
}

struct candidate { int group, n; float best[WEIGHED]; };

/* How like the group is: the mean of its members most like, as many of them as it has (up to WEIGHED). Those not among the hits count as not
 * alike at all. */
static float
likeness(const struct crowds *b, const struct candidate *c)
{
	int of = b->groups[c->group].size < WEIGHED ? b->groups[c->group].size : WEIGHED;
	float sum = 0;

	for (int i = 0; i < c->n && i < of; i++)
		sum += c->best[i];
	return sum / (float)of;
}

static int
candidates(const struct crowds *b, const struct crowd_case *of, const struct repeat_hit *hit, int hits, struct candidate *c)
{
	int n = 0;

	for (int i = 0; i < hits; i++) {
		int at = table_get(b->by_no, (uint64_t)hit[i].no), k = 0, g = at < 0 ? 0 : b->nodes[at].group;

		float link = g == 0 || b->groups[g].closed ? 0 : link_of(of, &hit[i]);

		if (link <= 0)
			continue;
		while (k < n && c[k].group != g)
			k++;
		if (k == CANDIDATES)
			continue;
		if (k == n)
			c[n++] = (struct candidate){ .group = g };
		if (c[k].n < WEIGHED)
			c[k].best[c[k].n++] = link; /* hits come best first, or nearly */
	}
	return n;
}

/* Two groups that nobody has seen yet turn out to be one. */
static void
unite(struct crowds *b, int into, int from)
{
	while (b->groups[from].size > 1) {
		int n = b->groups[from].first;

		leave(b, n);
		enter(b, into, n);
	}
	int last = b->groups[from].first;

	leave(b, last);
	enter(b, into, last);
}

static bool
is_echo(const struct crowds *b, const struct crowd_case *c, int group, const struct repeat_hit *hit, int hits)
{
	if (c->person)
		return false;
	for (int i = 0; i < hits; i++) {
		int at = table_get(b->by_no, (uint64_t)hit[i].no);

		if (at >= 0 && b->nodes[at].group == group && hit[i].overlap >= 0.98f)
			return true;
	}
	return false;
}

int
crowds_add(struct crowds *b, const struct crowd_case *c, const struct repeat_hit *hit, int hits)
{
	struct candidate cand[CANDIDATES];
	int known = table_get(b->by_no, (uint64_t)c->no), n, ncand, best = -1, g;
	float most = 0;

	if (known >= 0)
		return b->nodes[known].group;
	if (b->count >= CROWDS_CASES)
		make_room(b);
	if ((n = node_new(b, c)) < 0)
		return 0;
	ncand = candidates(b, c, hit, hits, cand);
	for (int i = 0; i < ncand; i++) {
		float like = likeness(b, &cand[i]);

		if (like >= LINKED && like > most && b->groups[cand[i].group].size < CROWDS_MEMBERS) {
			most = like;
			best = i;
		}
	}
	g = best >= 0 ? cand[best].group : group_new(b);
	if (g == 0) {
		node_free(b, n);
		return 0;
	}
	b->nodes[n].echo = is_echo(b, c, g, hit, hits);
	enter(b, g, n);
	for (int i = 0; i < ncand && best >= 0; i++) {
		const struct group *other = &b->groups[cand[i].group];

		if (i != best && other->id == 0 && b->groups[g].size + other->size <= CROWDS_MEMBERS && likeness(b, &cand[i]) >= LINKED)
			unite(b, g, cand[i].group);
	}
	return g;
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

static int
by_person(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int
crowds_size(const struct crowds *b, int group, int *people)
{
	uint64_t person[CROWDS_MEMBERS];
	int n = 0, nameless = 0;

	for (int i = b->groups[group].first; i >= 0; i = b->nodes[i].next) {
		if (b->nodes[i].person && n < CROWDS_MEMBERS)
			person[n++] = b->nodes[i].person;
		else
			nameless += !b->nodes[i].echo;
	}
	if (people) {
		qsort(person, (size_t)n, sizeof *person, by_person);
		*people = nameless + (n > 0);
		for (int i = 1; i < n; i++)
			*people += person[i] != person[i - 1];
	}
	return b->groups[group].size;
}

int
crowds_members(const struct crowds *b, int group, case_no *out, int max)
{
	int n = 0;

	for (int i = b->groups[group].first; i >= 0 && n < max; i = b->nodes[i].next)
		out[n++] = b->nodes[i].no;
	return n;
}

int
crowds_group(const struct crowds *b, case_no no)
{
	int n = table_get(b->by_no, (uint64_t)no);

	return n < 0 ? 0 : b->nodes[n].group;
}

/* --- what the database says ------------------------------------------------------------------------------------------- */

void
crowds_name(struct crowds *b, int group, int64_t id)
{
	struct group *g = &b->groups[group];

	if (g->size == 0 || g->id == id)
		return;
	if (g->id)
		table_remove(b->by_id, (uint64_t)g->id);
	g->id = table_put(b->by_id, (uint64_t)id, group) ? id : 0;
}

int64_t
crowds_id(const struct crowds *b, int group)
{
	return b->groups[group].id;
}

void
crowds_seed(struct crowds *b, int64_t id, const struct crowd_case *c)
{
	int g = table_get(b->by_id, (uint64_t)id), n = table_get(b->by_no, (uint64_t)c->no);

	if (n >= 0 && g > 0 && b->nodes[n].group == g)
		return;
	if (n < 0 && (n = node_new(b, c)) < 0)
		return;
	if (b->nodes[n].group)
		leave(b, n);
	if (g < 0 && (g = group_new(b)) == 0) {
		node_free(b, n);
		return;
	}
	enter(b, g, n);
	crowds_name(b, g, id);
}

void
crowds_out(struct crowds *b, case_no no)
{
	int n = table_get(b->by_no, (uint64_t)no);

	if (n < 0)
		return;
	if (b->nodes[n].group)
		leave(b, n);
	b->nodes[n].out = true;
}

void
crowds_close(struct crowds *b, int64_t id)
{
	int g = table_get(b->by_id, (uint64_t)id);

	if (g > 0)
		b->groups[g].closed = true;
}

size_t
crowds_expire(struct crowds *b, usec_t before)
{
	size_t gone = 0;

	for (int n = 0; n < b->nnodes; n++)
		if (b->nodes[n].no && b->nodes[n].at < before) {
			node_free(b, n);
			gone++;
		}
	return gone;
}
