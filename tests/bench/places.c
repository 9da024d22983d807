/* How fast places are found, what the worst text costs, and what a large gazetteer weighs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/routing.h"
#include "conf/sample.h"
#include "core/ctl/place_table.h"
#include "core/machine/boundary.h"
#include "core/machine/place.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"

static struct gazetteer *
gazetteer_of(const char *path)
{
	struct routing_doc doc;
	struct err_list errs = { 0 };
	struct gazetteer *g;

	if (!routing_load_part(ROUTING_PLACES, path, &doc, &errs))
		bench_die("%s cannot be loaded", path);
	g = place_table_of(&doc);
	routing_free(&doc);
	return g;
}

struct texts { char **at; size_t *len, n, cap, points; struct arena arena; };

static void
texts_add(struct texts *t, const char *text, size_t len)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 1024;
		t->at = realloc(t->at, t->cap * sizeof *t->at);
		t->len = realloc(t->len, t->cap * sizeof *t->len);
	}
	t->at[t->n] = arena_strndup(&t->arena, text, len);
	t->len[t->n++] = len;
	for (size_t i = 0; i < len; i++)
		t->points += (text[i] & 0xc0) != 0x80;
}

static void
run(const char *name, const struct gazetteer *g, const struct texts *t)
{
	struct samples each = { 0 };
	char what[80];
	size_t found = 0, narrow = 0, unsure = 0, done = 0;
	double begun = bench_cpu_us(), spent;

	do
		for (size_t i = 0; i < t->n; i++, done++) {
			struct place_match m;

			place_find(g, NULL, t->at[i], t->len[i], NULL, &m);
			if (done < t->n) {
				found += m.code != NULL;
				unsure += m.ambiguous;
				narrow += m.code && (strcmp(m.level, "community") == 0 || strcmp(m.level, "landmark") == 0);
			}
		}
	while ((spent = (bench_cpu_us() - begun) / 1e6) < 1);
	for (size_t i = 0; i < t->n; i++) {
		struct place_match m;
		double start = bench_cpu_us();

		place_find(g, NULL, t->at[i], t->len[i], NULL, &m);
		samples_add(&each, bench_cpu_us() - start);
	}
#define PUT(key, value) (snprintf(what, sizeof what, "places_%s_%s", name, key), bench_put(what, (value)))
	PUT("texts", (double)t->n);
	PUT("characters", (double)t->points / (double)t->n);
	PUT("per_s", (double)done / spent);
	PUT("p99_us", samples_at(&each, 0.99));
	PUT("longest_us", samples_at(&each, 1));
	PUT("found", (double)found / (double)t->n);
	PUT("narrow", (double)narrow / (double)t->n);
	PUT("ambiguous", (double)unsure / (double)t->n);
#undef PUT
	samples_free(&each);
}

static void
haikou(void)
{
	const char *list = rows_data("divisions_haikou.csv"), *tickets;
	struct gazetteer *g;
	struct texts t = { 0 };
	struct rows r;
	char *path;

	if (!list || !(path = strdup(list)) || !(tickets = rows_data("haikou12345_tickets.csv")) || !rows_load(&r, tickets))
		return;
	g = gazetteer_of(path);
	for (size_t i = 0; i < r.n; i++)
		texts_add(&t, rows_get(&r, i, "content"), strlen(rows_get(&r, i, "content")));
	run("haikou", g, &t);
	gazetteer_free(g);
	arena_free(&t.arena);
	free(t.at);
	free(t.len);
	rows_free(&r);
	free(path);
}

static void
samples(size_t n)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	struct sample_options o = { .seed = 7, .hostile_per_mille = -1, .repeat_per_mille = -1 };
	struct sample_appeal ap = { 0 };
	struct gazetteer *g;
	struct sample *gen;
	struct texts t = { 0 };

	if (!routing_load("conf", &doc, &errs) || !(gen = sample_new(&doc, &o)))
		bench_die("conf/ cannot be loaded");
	g = place_table_of(&doc);
	while (t.n < n) {
		sample_next(gen, &ap);
		texts_add(&t, buf_text(&ap.text), ap.text.len);
	}
	run("samples", g, &t);
	gazetteer_free(g);
	sample_appeal_free(&ap);
	sample_free(gen);
	routing_free(&doc);
	arena_free(&t.arena);
	free(t.at);
	free(t.len);
}

/* --- the worst texts, against the shipped gazetteer -------------------------------------------------------------------- */

static void
worst_one(const struct gazetteer *g, const char *name, const char *unit)
{
	enum { BIG = 1 << 20, TIMES = 5 };
	size_t n = strlen(unit), len = 0;
	char *text = malloc(BIG + 64), what[80];
	double least = INFINITY;

	while (len + n <= BIG) {
		memcpy(text + len, unit, n);
		len += n;
	}
	for (int i = 0; i < TIMES; i++) {
		struct place_match m;
		double start = bench_cpu_us();

		place_find(g, text, text, len, NULL, &m); /* as address (NUL at its end or not) and as text */
		start = bench_cpu_us() - start;
		least = start < least ? start : least;
	}
	snprintf(what, sizeof what, "places_worst_%s_us", name);
	bench_put(what, least);
	free(text);
}

static void
worst(void)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	struct gazetteer *g;
	struct buf names = { 0 };

	if (!routing_load_part(ROUTING_PLACES, "conf/gazetteer.csv", &doc, &errs))
		bench_die("conf/gazetteer.csv cannot be loaded");
	g = place_table_of(&doc);
	for (size_t i = 0; i < doc.sheet[ROUTING_PLACES].rows; i++)
		buf_puts(&names, doc.sheet[ROUTING_PLACES].row[i].cell[1]);
	worst_one(g, "one_character", "社");
	worst_one(g, "one_letter", "x");
	worst_one(g, "half_names", "深圳宝安航城钟");
	worst_one(g, "all_names", buf_text(&names));
	worst_one(g, "one_name", "凤凰社区");
	worst_one(g, "broken", "\xe7\xa4\xff社");
	buf_free(&names);
	gazetteer_free(g);
	routing_free(&doc);
}

/* --- a province ---------------------------------------------------------------------------------------------------------- */

static void
large(size_t n)
{
	static const char *const a[] = { "东", "西", "南", "北", "上", "下", "大", "小", "新", "老", "黄", "白", "青", "红", "石", "沙", "水", "龙", "凤", "马" };
	static const char *const b[] = { "山", "河", "湖", "田", "村", "屋", "桥", "塘", "坑", "岭", "井", "洞", "门", "林", "坪", "湾", "岗", "尾", "头", "围" };
	struct place_entry *e = calloc(n, sizeof *e);
	struct arena arena = { 0 };
	struct gazetteer *g;
	struct texts t = { 0 };
	double start;

	for (size_t i = 0; i < n; i++) {
		size_t street = i / 20, district = i / 400;
		const char *level = i % 400 == 0 ? "district" : i % 20 == 0 ? "street" : "community";
		char code[16], parent[16] = "", name[64], text[160];

		snprintf(code, sizeof code, "%zu", i);
		if (i % 400 != 0)
			snprintf(parent, sizeof parent, "%zu", i % 20 == 0 ? district * 400 : street * 20);
		snprintf(name, sizeof name, "%s%s%s%s%s%s", a[i % 20], b[i / 20 % 20], a[i / 400 % 20], b[i / 8000 % 20], i < 64000 ? "" : "墟",
		    i % 400 == 0 ? "区" : i % 20 == 0 ? "街道" : "社区居民委员会");
		e[i] = (struct place_entry){ .code = arena_strdup(&arena, code), .name = arena_strdup(&arena, name), .level = level,
			.parent = arena_strdup(&arena, parent) };
		if (i % 50 == 0) {
			int k = snprintf(text, sizeof text, "市民来电反映：%s附近晚上施工噪音很大，影响休息，希望有关部门尽快处理，谢谢", name);

			texts_add(&t, text, (size_t)k);
		}
	}
	start = bench_cpu_us();
	g = gazetteer_new(e, n);
	if (!g)
		bench_die("memory is gone");
	bench_put("places_large_entries", (double)n);
	bench_put("places_large_build_ms", (bench_cpu_us() - start) / 1e3);
	bench_put("places_large_mib", (double)gazetteer_bytes(g) / 1048576);
	run("large", g, &t);
	gazetteer_free(g);
	free(e);
	arena_free(&arena);
	arena_free(&t.arena);
	free(t.at);
	free(t.len);
}

/* A city's communities as polygons of 200 points each, and a million coordinates. */
static void
bounds(void)
{
	enum { SIDE = 70, POINTS = 200, ASKED = 1000000 };
	struct boundaries *b = boundaries_new();
	double ring[2 * POINTS], start = bench_cpu_us();
	size_t found = 0;

	for (int x = 0; x < SIDE; x++)
		for (int y = 0; y < SIDE; y++) {
			char code[16];

			for (int i = 0; i < POINTS; i++) {
				double a = 2 * M_PI * i / POINTS, r = 0.006 + 0.001 * sin(7 * a);

				ring[2 * i] = 113.7 + x * 0.01 + r * cos(a);
				ring[2 * i + 1] = 22.4 + y * 0.01 + r * sin(a);
			}
			snprintf(code, sizeof code, "%d", x * SIDE + y);
			if (!boundaries_add(b, code, &(struct boundary_ring){ ring, POINTS }, 1))
				bench_die("a boundary is refused");
		}
	if (!boundaries_done(b))
		bench_die("memory is gone");
	bench_put("places_bounds_areas", (double)boundaries_count(b));
	bench_put("places_bounds_points", (double)SIDE * SIDE * POINTS);
	bench_put("places_bounds_build_ms", (bench_cpu_us() - start) / 1e3);
	bench_put("places_bounds_mib", (double)boundaries_bytes(b) / 1048576);
	srand(7);
	start = bench_cpu_us();
	for (int i = 0; i < ASKED; i++) {
		const char *code[4];

		found += boundaries_find(b, 22.4 + 0.7 * rand() / RAND_MAX, 113.7 + 0.7 * rand() / RAND_MAX, code, 4) > 0;
	}
	bench_put("places_bounds_ns", (bench_cpu_us() - start) * 1e3 / ASKED);
	bench_put("places_bounds_found", (double)found / ASKED);
	boundaries_free(b);
}

int
main(void)
{
	haikou();
	samples(10000);
	worst();
	large(100000);
	bounds();
	return 0;
}
