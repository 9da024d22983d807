#include "core/machine/automaton.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

enum { WORD_MAX = 64, PAGES = 0x1100, PAGE = 256 };

/* Edges of a state form a list; most states have one, so a list is smaller and as fast as a table. The root, which has
 * hundreds, has a table of its own. */
struct edge { uint32_t symbol; int to, next; };
struct node { int fail, suffix, output, first, depth; };
struct output { int id, next; };

struct automaton {
	struct node *nodes; int nnodes, cap_nodes;
	struct edge *edges; int nedges, cap_edges;
	struct output *outputs; int noutputs, cap_outputs;
	int *root;            /* children of the root by symbol; 0 = none */
	uint32_t symbols, cap_root; /* symbol 0 = a code point in no word */
	uint32_t *page[PAGES];
};

static bool
grow(void **p, int n, int *cap, size_t size)
{
	void *bigger;
	int want;

	if (n < *cap)
		return true;
	want = *cap ? *cap * 2 : 64;
	bigger = realloc(*p, (size_t)want * size);
	if (!bigger)
		return false;
	*p = bigger;
	*cap = want;
	return true;
}

struct automaton *
automaton_new(void)
{
	struct automaton *a = calloc(1, sizeof *a);

	if (!a || !grow((void **)&a->nodes, 0, &a->cap_nodes, sizeof *a->nodes)) {
		automaton_free(a);
		return NULL;
	}
	a->nodes[0] = (struct node){ 0, 0, -1, -1, 0 };
	a->nnodes = 1;
	a->symbols = 1;
	return a;
}

void
automaton_free(struct automaton *a)
{
	if (!a)
		return;
	for (int i = 0; i < PAGES; i++)
		free(a->page[i]);
	free(a->nodes);
	free(a->edges);
	free(a->outputs);
	free(a->root);
	free(a);
}

static uint32_t
symbol_of(const struct automaton *a, uint32_t cp)
{
	const uint32_t *page = cp < PAGES * PAGE ? a->page[cp / PAGE] : NULL;

	return page ? page[cp % PAGE] : 0;
}

static uint32_t
symbol_make(struct automaton *a, uint32_t cp)
{
	uint32_t **page;

	if (cp >= PAGES * PAGE)
		return 0;
	if (a->symbols >= a->cap_root) {
		uint32_t cap = a->cap_root ? a->cap_root * 2 : 256;
		int *root = realloc(a->root, cap * sizeof *root);

		if (!root)
			return 0;
		memset(root + a->cap_root, 0, (cap - a->cap_root) * sizeof *root);
		a->root = root;
		a->cap_root = cap;
	}
	page = &a->page[cp / PAGE];
	if (!*page && !(*page = calloc(PAGE, sizeof **page)))
		return 0;
	if (!(*page)[cp % PAGE])
		(*page)[cp % PAGE] = a->symbols++;
	return (*page)[cp % PAGE];
}

static int
child(const struct automaton *a, int state, uint32_t symbol)
{
	for (int e = a->nodes[state].first; e >= 0; e = a->edges[e].next)
		if (a->edges[e].symbol == symbol)
			return a->edges[e].to;
	return -1;
}

static int
child_make(struct automaton *a, int state, uint32_t symbol)
{
	int to = state == 0 ? a->root[symbol] : child(a, state, symbol);

	if (to > 0)
		return to;
	if (!grow((void **)&a->nodes, a->nnodes, &a->cap_nodes, sizeof *a->nodes) ||
	    !grow((void **)&a->edges, a->nedges, &a->cap_edges, sizeof *a->edges))
		return -1;
	to = a->nnodes++;
	a->nodes[to] = (struct node){ 0, 0, -1, -1, a->nodes[state].depth + 1 };
	a->edges[a->nedges] = (struct edge){ symbol, to, a->nodes[state].first };
	a->nodes[state].first = a->nedges++;
	if (state == 0)
		a->root[symbol] = to;
	return to;
}

bool
automaton_add(struct automaton *a, const char *word, size_t len, int id)
{
	size_t at = 0;
	int state = 0;

	if (len == 0 || utf8_count(word, len) > WORD_MAX)
		return true;
	while (at < len) {
		uint32_t cp, symbol;

		at += utf8_decode(word + at, len - at, &cp);
		symbol = symbol_make(a, fold_point(cp));
		if (symbol == 0 || (state = child_make(a, state, symbol)) < 0)
			return false;
	}
	if (!grow((void **)&a->outputs, a->noutputs, &a->cap_outputs, sizeof *a->outputs))
		return false;
	a->outputs[a->noutputs] = (struct output){ id, a->nodes[state].output };
	a->nodes[state].output = a->noutputs++;
	return true;
}

/* Fail links, breadth first: a state's link is known before its children's are asked for. */
bool
automaton_done(struct automaton *a)
{
	int *queue = malloc((size_t)a->nnodes * sizeof *queue);
	int head = 0, tail = 0;

	if (!queue || (!a->root && !(a->root = calloc(1, sizeof *a->root)))) {
		free(queue);
		return false;
	}
	for (int e = a->nodes[0].first; e >= 0; e = a->edges[e].next)
		queue[tail++] = a->edges[e].to;
	while (head < tail) {
		int s = queue[head++];

		for (int e = a->nodes[s].first; e >= 0; e = a->edges[e].next) {
			int f = a->nodes[s].fail, to = a->edges[e].to, next = -1;

			while (f != 0 && (next = child(a, f, a->edges[e].symbol)) < 0)
				f = a->nodes[f].fail;
			if (f == 0)
				next = a->root[a->edges[e].symbol];
			a->nodes[to].fail = next;
			a->nodes[to].suffix = a->nodes[next].output >= 0 ? next : a->nodes[next].suffix;
			queue[tail++] = to;
		}
	}
	free(queue);
	return true;
}

size_t
automaton_bytes(const struct automaton *a)
{
	size_t n = sizeof *a + (size_t)a->cap_nodes * sizeof *a->nodes + (size_t)a->cap_edges * sizeof *a->edges +
	    (size_t)a->cap_outputs * sizeof *a->outputs + a->cap_root * sizeof *a->root;

	for (int i = 0; i < PAGES; i++)
		n += a->page[i] ? PAGE * sizeof **a->page : 0;
	return n;
}

int
automaton_step(const struct automaton *a, int state, uint32_t cp)
{
	uint32_t symbol = symbol_of(a, cp);

	if (symbol == 0)
		return 0;
	while (state != 0) {
		int to = child(a, state, symbol);

		if (to >= 0)
			return to;
		state = a->nodes[state].fail;
	}
	return a->root[symbol];
}

/* `*at` codes where the walk stands: which output record was given last. Its state is found again by walking the
 * suffix links, which are few. */
bool
automaton_hits(const struct automaton *a, int state, int *at, struct automaton_hit *out)
{
	bool seen = *at < 0;

	for (int s = a->nodes[state].output >= 0 ? state : a->nodes[state].suffix; s != 0; s = a->nodes[s].suffix)
		for (int o = a->nodes[s].output; o >= 0; o = a->outputs[o].next) {
			if (seen) {
				*out = (struct automaton_hit){ a->outputs[o].id, a->nodes[s].depth };
				*at = o;
				return true;
			}
			seen = o == *at;
		}
	return false;
}
