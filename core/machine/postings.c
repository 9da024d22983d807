#include "core/machine/postings.h"

#include <stdlib.h>
#include <string.h>

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ (x >> 32);
}

/* --- table: open addressing, removal by moving back ------------------------------------------------------------------ */

struct cell { uint64_t key; int number; bool used; };
struct table { struct cell *cells; size_t cap, count; };

struct table *
table_new(void)
{
	return calloc(1, sizeof(struct table));
}

void
table_free(struct table *t)
{
	if (t)
		free(t->cells);
	free(t);
}

static size_t
table_slot(const struct table *t, uint64_t key)
{
	size_t i = mix(key) & (t->cap - 1);

	while (t->cells[i].used && t->cells[i].key != key)
		i = (i + 1) & (t->cap - 1);
	return i;
}

bool
table_put(struct table *t, uint64_t key, int number)
{
	struct cell *c;

	if (t->count * 4 >= t->cap * 3) {
		struct table bigger = { .cap = t->cap ? t->cap * 2 : 64 };

		bigger.cells = calloc(bigger.cap, sizeof *bigger.cells);
		if (!bigger.cells)
			return false;
		for (size_t i = 0; i < t->cap; i++)
			if (t->cells[i].used)
				bigger.cells[table_slot(&bigger, t->cells[i].key)] = t->cells[i];
		free(t->cells);
		t->cells = bigger.cells;
		t->cap = bigger.cap;
	}
	c = &t->cells[table_slot(t, key)];
	t->count += !c->used;
	*c = (struct cell){ key, number, true };
	return true;
}

int
table_get(const struct table *t, uint64_t key)
{
	const struct cell *c;

	if (t->cap == 0)
		return -1;
	c = &t->cells[table_slot(t, key)];
	return c->used ? c->number : -1;
}

void
table_remove(struct table *t, uint64_t key)
{
	size_t hole, i;

	if (t->cap == 0)
		return;
	hole = table_slot(t, key);
	if (!t->cells[hole].used)
		return;
	t->cells[hole].used = false;
	t->count--;
	for (i = (hole + 1) & (t->cap - 1); t->cells[i].used; i = (i + 1) & (t->cap - 1)) {
		size_t home = mix(t->cells[i].key) & (t->cap - 1);

		if (((i - home) & (t->cap - 1)) >= ((i - hole) & (t->cap - 1))) {
			t->cells[hole] = t->cells[i];
			t->cells[i].used = false;
			hole = i;
		}
	}
}

size_t
table_bytes(const struct table *t)
{
	return sizeof *t + t->cap * sizeof *t->cells;
}

/* --- postings ------------------------------------------------------------------------------------------------------- */

/* Most keys have one or two numbers: those live in the list itself. */
struct list { int n, cap; union { int *many; int few[2]; } v; };
struct postings {
	struct table *lists_by_key;
	struct list *lists; int nlists, cap_lists;
	int *spare; int nspare, cap_spare; /* lists whose key is gone */
	size_t bytes;
};

struct postings *
postings_new(void)
{
	struct postings *p = calloc(1, sizeof *p);

	if (p && !(p->lists_by_key = table_new())) {
		free(p);
		return NULL;
	}
	return p;
}

void
postings_free(struct postings *p)
{
	if (!p)
		return;
	for (int i = 0; i < p->nlists; i++)
		if (p->lists[i].cap > 2)
			free(p->lists[i].v.many);
	free(p->lists);
	free(p->spare);
	table_free(p->lists_by_key);
	free(p);
}

static int *
list_items(struct list *l)
{
	return l->cap > 2 ? l->v.many : l->v.few;
}

static int
list_new(struct postings *p, uint32_t key)
{
	int at;

	if (p->nspare == 0 && p->nlists == p->cap_lists) {
		int cap = p->cap_lists ? p->cap_lists * 2 : 256;
		struct list *lists = realloc(p->lists, (size_t)cap * sizeof *lists);

		if (!lists)
			return -1;
		p->lists = lists;
		p->cap_lists = cap;
	}
	at = p->nspare > 0 ? p->spare[p->nspare - 1] : p->nlists;
	if (!table_put(p->lists_by_key, key, at))
		return -1;
	if (p->nspare > 0)
		p->nspare--;
	else
		p->nlists++;
	p->lists[at] = (struct list){ .cap = 2 };
	return at;
}

/* Keys come and go for years (callers); an empty list must not stay. Without memory to note it, it stays empty. */
static void
list_drop(struct postings *p, uint32_t key, int at)
{
	if (p->nspare == p->cap_spare) {
		int cap = p->cap_spare ? p->cap_spare * 2 : 256;
		int *spare = realloc(p->spare, (size_t)cap * sizeof *spare);

		if (!spare)
			return;
		p->spare = spare;
		p->cap_spare = cap;
	}
	if (p->lists[at].cap > 2) {
		free(p->lists[at].v.many);
		p->bytes -= (size_t)p->lists[at].cap * sizeof(int);
	}
	p->lists[at] = (struct list){ .cap = 2 };
	p->spare[p->nspare++] = at;
	table_remove(p->lists_by_key, key);
}

bool
postings_add(struct postings *p, uint32_t key, int number)
{
	int at = table_get(p->lists_by_key, key);
	struct list *l;

	if (at < 0 && (at = list_new(p, key)) < 0)
		return false;
	l = &p->lists[at];
	if (l->n == l->cap) {
		int cap = l->cap < 8 ? 8 : l->cap + l->cap / 2;
		int *many = realloc(l->cap > 2 ? l->v.many : NULL, (size_t)cap * sizeof *many);

		if (!many)
			return false;
		if (l->cap == 2)
			memcpy(many, l->v.few, sizeof l->v.few);
		p->bytes += (size_t)(cap - (l->cap > 2 ? l->cap : 0)) * sizeof *many;
		l->v.many = many;
		l->cap = cap;
	}
	list_items(l)[l->n++] = number;
	return true;
}

void
postings_remove(struct postings *p, uint32_t key, int number)
{
	int at = table_get(p->lists_by_key, key);
	struct list *l;
	int *v;

	if (at < 0)
		return;
	l = &p->lists[at];
	v = list_items(l);
	for (int i = 0; i < l->n; i++)
		if (v[i] == number) {
			memmove(v + i, v + i + 1, (size_t)(l->n - i - 1) * sizeof *v);
			if (--l->n == 0)
				list_drop(p, key, at);
			return;
		}
}

const int *
postings_get(const struct postings *p, uint32_t key, int *n)
{
	int at = table_get(p->lists_by_key, key);

	*n = at < 0 ? 0 : p->lists[at].n;
	return at < 0 ? NULL : list_items(&p->lists[at]);
}

size_t
postings_bytes(const struct postings *p)
{
	return sizeof *p + table_bytes(p->lists_by_key) + (size_t)p->cap_lists * sizeof *p->lists +
	    (size_t)p->cap_spare * sizeof *p->spare + p->bytes;
}

/* --- names ---------------------------------------------------------------------------------------------------------- */

struct names { struct table *by_hash; char **text; int n, cap; size_t bytes; };

static uint64_t
hash_name(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h;
}

struct names *
names_new(void)
{
	struct names *n = calloc(1, sizeof *n);

	if (n && !(n->by_hash = table_new())) {
		free(n);
		return NULL;
	}
	return n;
}

void
names_free(struct names *n)
{
	if (!n)
		return;
	for (int i = 0; i < n->n; i++)
		free(n->text[i]);
	free(n->text);
	table_free(n->by_hash);
	free(n);
}

int
names_get(const struct names *n, const char *text)
{
	return text && text[0] ? table_get(n->by_hash, hash_name(text)) + 1 : 0;
}

int
names_put(struct names *n, const char *text)
{
	int at = names_get(n, text);

	if (at > 0 || !text || !text[0])
		return at;
	if (n->n == n->cap) {
		int cap = n->cap ? n->cap * 2 : 64;
		char **more = realloc(n->text, (size_t)cap * sizeof *more);

		if (!more)
			return 0;
		n->text = more;
		n->cap = cap;
	}
	if (!(n->text[n->n] = strdup(text)))
		return 0;
	if (!table_put(n->by_hash, hash_name(text), n->n)) {
		free(n->text[n->n]);
		return 0;
	}
	n->bytes += strlen(text) + 17;
	return ++n->n;
}

const char *
names_text(const struct names *n, int number)
{
	return number > 0 && number <= n->n ? n->text[number - 1] : "";
}

size_t
names_bytes(const struct names *n)
{
	return sizeof *n + n->bytes + (size_t)n->cap * sizeof *n->text + table_bytes(n->by_hash);
}
