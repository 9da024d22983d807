/*
 * Texts with the label a person gave them, as the learner's benchmarks want them: labels numbered, rows in five folds that part no two
 * near copies. From a city's file beside the repository, or out of the sample generator.
 */
#ifndef FENBO_TESTS_CORPUS_H
#define FENBO_TESTS_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"
#include "core/base/strmap.h"
#include "core/machine/learner.h"

enum { CORPUS_FOLDS = 5 };

struct corpus_row {
	const char *title, *text; size_t len; /* cleaned, as intake would */
	const char *raw_title, *raw_text;     /* as in the file */
	int label, group, fold;
};
struct corpus {
	struct corpus_row *row; size_t n;
	const char **label; int labels;       /* by number, in order of first appearance */
	struct strmap by_label;
	struct arena arena;
};

/* Columns by name; title NULL = none; several label columns, separated by commas, are joined by '/'. False with a line on stderr when the
 * file is not there. */
struct corpus_kind { const char *name, *file, *title, *text, *label; };
bool corpus_load(struct corpus *c, const struct corpus_kind *kind);
/* n appeals of the sample generator, labelled with their duty item; groups are incidents. False when conf/ cannot be loaded. */
bool corpus_sample(struct corpus *c, size_t n, uint64_t seed);
/* Make exactly n labels of fewer, or as many as there are rows for: the commoner ones fall into parts by a hash of the row's group. */
void corpus_split(struct corpus *c, int n);
void corpus_free(struct corpus *c);

struct learner_text corpus_text(const struct corpus_row *r);
struct lesson corpus_lesson(const struct corpus_row *r, size_t i, int label);
/* A learner with all rows outside the fold (-1: all rows) learnt; its label numbers by ours in at[c->labels], -1 where there was no row. */
struct learner *corpus_train(const struct corpus *c, int fold, int *at, double *cpu_s);

#endif
