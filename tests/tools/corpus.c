#include "tests/tools/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "conf/routing.h"
#include "conf/sample.h"
#include "core/base/clean.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"

static const char *
cleaned(struct corpus *c, const char *s, size_t n, enum clean_mode mode, size_t *len)
{
	struct buf b = { 0 };
	const char *out;

	clean_text(&b, s, n, mode);
	out = arena_strndup(&c->arena, buf_text(&b), b.len);
	*len = b.len;
	buf_free(&b);
	return out;
}

static int
label_number(struct corpus *c, const char *code)
{
	int *number = strmap_get(&c->by_label, code);

	if (!number) {
		number = arena_alloc(&c->arena, sizeof *number);
		*number = c->labels;
		c->label = realloc(c->label, ((size_t)c->labels + 1) * sizeof *c->label);
		code = arena_strdup(&c->arena, code);
		if (!c->label || !code || !strmap_add(&c->by_label, code, number))
			bench_die("memory is gone");
		c->label[c->labels++] = code;
	}
	return *number;
}

static void
put(struct corpus *c, size_t i, const char *title, const char *text, size_t n, const char *label, int group)
{
	struct corpus_row *r = &c->row[i];
	size_t len;

	r->raw_title = arena_strdup(&c->arena, title);
	r->raw_text = arena_strndup(&c->arena, text, n);
	r->title = cleaned(c, title, strlen(title), CLEAN_LINE, &len);
	r->text = cleaned(c, text, n, CLEAN_TEXT, &r->len);
	r->label = label_number(c, label);
	r->group = group;
	r->fold = (int)((uint32_t)((uint32_t)group * UINT32_C(2654435761)) % CORPUS_FOLDS);
}

bool
corpus_load(struct corpus *c, const struct corpus_kind *kind)
{
	const char *path = rows_data(kind->file);
	struct rows r;

	memset(c, 0, sizeof *c);
	if (!path || !rows_load(&r, path))
		return false;
	if (!(c->row = calloc(r.n + 1, sizeof *c->row)))
		bench_die("memory is gone");
	for (c->n = 0; c->n < r.n; c->n++) {
		const char *text = rows_get(&r, c->n, kind->text);
		struct buf label = { 0 };
		char columns[200];

		snprintf(columns, sizeof columns, "%s", kind->label);
		for (char *save = NULL, *col = strtok_r(columns, ",", &save); col; col = strtok_r(NULL, ",", &save))
			buf_printf(&label, "%s%s", label.len ? "/" : "", rows_get(&r, c->n, col));
		put(c, c->n, kind->title ? rows_get(&r, c->n, kind->title) : "", text, strlen(text), buf_text(&label),
		    atoi(rows_get(&r, c->n, "dup_group")));
		buf_free(&label);
	}
	rows_free(&r);
	return true;
}

bool
corpus_sample(struct corpus *c, size_t n, uint64_t seed)
{
	struct sample_options o = { .seed = seed, .hostile_per_mille = -1 };
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	struct sample_appeal ap = { 0 };
	struct sample *gen;

	memset(c, 0, sizeof *c);
	if (!routing_load("conf", &doc, &errs) || !(gen = sample_new(&doc, &o)) || !(c->row = calloc(n + 1, sizeof *c->row)))
		return false;
	while (c->n < n) {
		sample_next(gen, &ap);
		if (!ap.item || !ap.item[0])
			continue;
		put(c, c->n, ap.title, buf_text(&ap.text), ap.text.len, ap.item, ap.incident ? ap.incident : 1000000 + (int)c->n);
		c->n++;
	}
	sample_appeal_free(&ap);
	sample_free(gen);
	routing_free(&doc);
	return true;
}

void
corpus_split(struct corpus *c, int n)
{
	enum { COMMON = 8, PARTS = 8 };
	int had = c->labels;
	long *rows = calloc((size_t)had + 1, sizeof *rows);

	for (size_t i = 0; i < c->n; i++)
		rows[c->row[i].label]++;
	for (uint32_t part = 1; part < PARTS; part++) /* one part of each common label at a time, so that the many shrink alike */
		for (size_t i = 0; i < c->n; i++) {
			struct corpus_row *r = &c->row[i];
			char name[1200];

			if (r->label >= had || rows[r->label] < COMMON ||
			    ((uint32_t)r->group * UINT32_C(2246822519) >> 16) % PARTS != part)
				continue;
			snprintf(name, sizeof name, "%s#%u", c->label[r->label], (unsigned)part);
			if (c->labels < n || strmap_get(&c->by_label, name))
				r->label = label_number(c, name);
		}
	free(rows);
}

void
corpus_free(struct corpus *c)
{
	free(c->row);
	free(c->label);
	strmap_free(&c->by_label);
	arena_free(&c->arena);
	memset(c, 0, sizeof *c);
}

struct learner_text
corpus_text(const struct corpus_row *r)
{
	return (struct learner_text){ .text = r->text, .len = r->len, .title = r->title };
}

struct lesson
corpus_lesson(const struct corpus_row *r, size_t i, int label)
{
	return (struct lesson){ .what = corpus_text(r), .label = label, .no = (case_no)i + 1, .weight = 1 };
}

static double
process_cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct learner *
corpus_train(const struct corpus *c, int fold, int *at, double *cpu_s)
{
	struct learner *l = learner_new(c->labels);
	struct lesson *lesson = calloc(c->n + 1, sizeof *lesson);
	int *group = calloc(c->n + 1, sizeof *group);
	size_t n = 0;
	double begun;

	for (int i = 0; i < c->labels; i++)
		at[i] = -1;
	for (size_t i = 0; i < c->n; i++) {
		const struct corpus_row *r = &c->row[i];

		if (r->fold == fold)
			continue;
		if (at[r->label] < 0 && (at[r->label] = learner_label(l, c->label[r->label], NULL)) < 0)
			bench_die("a label more than the learner takes");
		group[n] = r->group;
		lesson[n++] = corpus_lesson(r, i, at[r->label]);
	}
	begun = process_cpu_s();
	if (!learner_train(l, lesson, n, group, NULL))
		bench_die("training failed");
	*cpu_s = process_cpu_s() - begun;
	free(lesson);
	free(group);
	return l;
}
