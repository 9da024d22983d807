#include "core/machine/boundary.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/arena.h"

enum {
	GRID_MOST = 256, /* cells of the map in one direction */
	STRIPS_MOST = 4096,
	SPREAD = 6       /* times an edge, or an area, is noted on average; more, and strips or cells are made larger */
};

struct edge { double x1, y1, x2, y2; };

/* Edges are noted in the horizontal strips they touch: a ray from the point crosses none but those of its own strip. */
struct area {
	const char *code;
	double west, south, east, north;
	struct edge *edge; size_t edges;
	uint32_t *first; /* by strip: where its edges begin in `noted`; one more than there are strips */
	uint32_t *noted;
	int strips;
};

struct boundaries {
	struct arena arena;
	struct area *area; size_t areas, cap;
	size_t points;
	double west, south, east, north;
	int cells;       /* in one direction; 0 = not done, or no area */
	uint32_t *first; /* by cell: where its areas begin in `noted` */
	uint32_t *noted;
};

struct boundaries *
boundaries_new(void)
{
	return calloc(1, sizeof(struct boundaries));
}

void
boundaries_free(struct boundaries *b)
{
	if (!b)
		return;
	arena_free(&b->arena);
	free(b->area);
	free(b->first);
	free(b->noted);
	free(b);
}

/* --- adding ----------------------------------------------------------------------------------------------------------- */

static bool
on_earth(const struct boundary_ring *r)
{
	for (size_t i = 0; i < r->points; i++)
		if (!(r->at[2 * i] >= -180 && r->at[2 * i] <= 180 && r->at[2 * i + 1] >= -90 && r->at[2 * i + 1] <= 90)) /* also when it is no number */
			return false;
	return true;
}

static void
put_edges(struct area *a, const struct boundary_ring *r)
{
	size_t begun = a->edges;

	for (size_t i = 0; i < r->points; i++) {
		size_t k = (i + 1) % r->points;
		struct edge e = { r->at[2 * i], r->at[2 * i + 1], r->at[2 * k], r->at[2 * k + 1] };

		if (e.x1 != e.x2 || e.y1 != e.y2)
			a->edge[a->edges++] = e;
	}
	if (a->edges - begun < 3)
		a->edges = begun;
	for (size_t i = begun; i < a->edges; i++) {
		a->west = fmin(a->west, a->edge[i].x1);
		a->east = fmax(a->east, a->edge[i].x1);
		a->south = fmin(a->south, a->edge[i].y1);
		a->north = fmax(a->north, a->edge[i].y1);
	}
}

static int
slice(double v, double from, double to, int n)
{
	double at = to > from ? (v - from) / (to - from) * n : 0;

	return at <= 0 ? 0 : at >= n ? n - 1 : (int)at;
}

static size_t
touches(const struct area *a, int strips)
{
	size_t n = 0;

	for (size_t i = 0; i < a->edges; i++)
		n += (size_t)abs(slice(a->edge[i].y1, a->south, a->north, strips) - slice(a->edge[i].y2, a->south, a->north, strips)) + 1;
	return n;
}

/* Strips of about four edges, or wider ones where long edges would stand in too many. */
static bool
make_strips(struct boundaries *b, struct area *a)
{
	size_t total;
	uint32_t *fill;

	a->strips = a->edges / 4 < 1 ? 1 : a->edges / 4 > STRIPS_MOST ? STRIPS_MOST : (int)(a->edges / 4);
	while ((total = touches(a, a->strips)) > a->edges * SPREAD && a->strips > 1)
		a->strips /= 2;
	a->first = arena_alloc(&b->arena, ((size_t)a->strips + 2) * sizeof *a->first);
	a->noted = arena_alloc(&b->arena, (total + 1) * sizeof *a->noted);
	if (!a->first || !a->noted)
		return false;
	fill = a->first + 1; /* counts first, then ends, as in a counting sort; moved down by one place while filling */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < a->edges; i++) {
			int one = slice(a->edge[i].y1, a->south, a->north, a->strips), two = slice(a->edge[i].y2, a->south, a->north, a->strips);

			for (int s = one < two ? one : two; s <= (one < two ? two : one); s++)
				if (pass == 0)
					fill[s + 1]++;
				else
					a->noted[fill[s]++] = (uint32_t)i;
		}
		for (int s = 0; pass == 0 && s < a->strips; s++)
			fill[s + 1] += fill[s];
	}
	return true;
}

bool
boundaries_add(struct boundaries *b, const char *code, const struct boundary_ring *ring, size_t rings)
{
	struct area a = { .west = INFINITY, .south = INFINITY, .east = -INFINITY, .north = -INFINITY };
	size_t points = 0;

	for (size_t i = 0; i < rings; i++) {
		points += ring[i].points;
		if (points > BOUNDARY_POINTS || !on_earth(&ring[i]))
			return false;
	}
	if (b->points + points > BOUNDARY_ALL || b->areas == BOUNDARY_AREAS)
		return false;
	if (b->areas == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		struct area *more = realloc(b->area, cap * sizeof *more);

		if (!more)
			return false;
		b->area = more;
		b->cap = cap;
	}
	a.edge = arena_alloc(&b->arena, (points + 1) * sizeof *a.edge);
	a.code = arena_strdup(&b->arena, code);
	if (!a.edge || !a.code)
		return false;
	for (size_t i = 0; i < rings; i++)
		put_edges(&a, &ring[i]);
	if (a.edges == 0)
		return true;
	if (!make_strips(b, &a))
		return false;
	b->points += points;
	b->area[b->areas++] = a;
	return true;
}

/* --- the map ------------------------------------------------------------------------------------------------------------ */

struct cells { int x1, x2, y1, y2; };

static struct cells
cells_of(const struct boundaries *b, const struct area *a, int n)
{
	return (struct cells){ slice(a->west, b->west, b->east, n), slice(a->east, b->west, b->east, n), slice(a->south, b->south, b->north, n),
		slice(a->north, b->south, b->north, n) };
}

bool
boundaries_done(struct boundaries *b)
{
	size_t total;
	int n = GRID_MOST;

	if (b->areas == 0)
		return true;
	b->west = b->south = INFINITY;
	b->east = b->north = -INFINITY;
	for (size_t i = 0; i < b->areas; i++) {
		b->west = fmin(b->west, b->area[i].west);
		b->south = fmin(b->south, b->area[i].south);
		b->east = fmax(b->east, b->area[i].east);
		b->north = fmax(b->north, b->area[i].north);
	}
	for (;; n /= 2) {
		total = 0;
		for (size_t i = 0; i < b->areas; i++) {
			struct cells c = cells_of(b, &b->area[i], n);

			total += (size_t)(c.x2 - c.x1 + 1) * (size_t)(c.y2 - c.y1 + 1);
		}
		if (n == 1 || total <= b->areas * SPREAD * 4)
			break;
	}
	b->first = calloc((size_t)n * (size_t)n + 2, sizeof *b->first);
	b->noted = malloc((total + 1) * sizeof *b->noted);
	if (!b->first || !b->noted)
		return false;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < b->areas; i++) {
			struct cells c = cells_of(b, &b->area[i], n);

			for (int y = c.y1; y <= c.y2; y++)
				for (int x = c.x1; x <= c.x2; x++)
					if (pass == 0)
						b->first[y * n + x + 2]++;
					else
						b->noted[b->first[y * n + x + 1]++] = (uint32_t)i;
		}
		for (int k = 0; pass == 0 && k < n * n; k++)
			b->first[k + 2] += b->first[k + 1];
	}
	b->cells = n;
	return true;
}

/* --- asking ------------------------------------------------------------------------------------------------------------- */

static bool
holds(const struct area *a, double x, double y)
{
	bool in = false;
	int s;

	if (x < a->west || x > a->east || y < a->south || y > a->north)
		return false;
	s = slice(y, a->south, a->north, a->strips);
	for (uint32_t i = a->first[s]; i < a->first[s + 1]; i++) {
		const struct edge *e = &a->edge[a->noted[i]];

		/* One end counts, the other does not: a ray through a corner crosses once, and a shared edge has one owner. Both ways round an
		 * edge must give one crossing, to the last bit. */
		if ((e->y1 > y) != (e->y2 > y)) {
			bool up = e->y1 < e->y2;
			double xa = up ? e->x1 : e->x2, ya = up ? e->y1 : e->y2, xb = up ? e->x2 : e->x1, yb = up ? e->y2 : e->y1;

			in ^= x < (xb - xa) * (y - ya) / (yb - ya) + xa;
		}
	}
	return in;
}

int
boundaries_find(const struct boundaries *b, double lat, double lng, const char **codes, int max)
{
	int n = 0, cell;

	if (!b || b->cells == 0 || !(lng >= b->west && lng <= b->east && lat >= b->south && lat <= b->north))
		return 0;
	cell = slice(lat, b->south, b->north, b->cells) * b->cells + slice(lng, b->west, b->east, b->cells);
	for (uint32_t i = b->first[cell]; i < b->first[cell + 1] && n < max; i++)
		if (holds(&b->area[b->noted[i]], lng, lat))
			codes[n++] = b->area[b->noted[i]].code;
	return n;
}

size_t
boundaries_count(const struct boundaries *b)
{
	return b ? b->areas : 0;
}

size_t
boundaries_bytes(const struct boundaries *b)
{
	return b ? sizeof *b + b->arena.used_bytes + b->cap * sizeof *b->area +
	    (b->cells ? ((size_t)b->cells * (size_t)b->cells + 2 + b->first[b->cells * b->cells]) * sizeof *b->first : 0) : 0;
}
