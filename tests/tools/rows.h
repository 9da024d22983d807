/*
 * A CSV file as rows of text, for tests and benchmarks that measure on data beside the repository. Read whole through libcsv;
 * the first row names the columns.
 */
#ifndef FENBO_TESTS_ROWS_H
#define FENBO_TESTS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"

struct rows {
	const char ***row; /* row[i][column]; row[-1] would be the heading: see head */
	const char **head;
	size_t n, columns;
	struct arena arena;
};

/* The path of a file in ../shared/data beside the repository (or $FENBO_DATA), NULL with a line on stderr when it is not there. */
const char *rows_data(const char *name);
bool rows_load(struct rows *r, const char *path);
void rows_free(struct rows *r);
int rows_column(const struct rows *r, const char *name); /* -1 when missing */
const char *rows_get(const struct rows *r, size_t i, const char *column); /* "" when missing */

#endif
