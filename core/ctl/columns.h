/*
 * A CSV file as rows of text under named columns, for the commands that measure on tables of any shape. UTF-8 and GB18030 are told apart; a
 * row that is short has empty cells at its end.
 */
#ifndef FENBO_CTL_COLUMNS_H
#define FENBO_CTL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"
#include "core/base/clean.h"
#include "core/base/err.h"

enum { COLUMNS_MOST = 1024, COLUMNS_TEXTS = 8 };

struct columns {
	const char *path; /* as it was given to columns_load, whose it stays */
	const char **head;
	int columns;
	const char ***row; /* row[i][column], never NULL */
	size_t rows;
	struct arena arena;
};

/* The whole file ("-" = standard input), at most 1 GiB. False with *e naming it. */
bool columns_load(struct columns *c, const char *path, struct err *e);
void columns_free(struct columns *c);
/* The column of that name; -1 with *e set, naming the file, when there is none, or more than one. */
int columns_find(const struct columns *c, const char *name, struct err *e);
/* The columns of "a,b,c"; returns how many, -1 with *e set when one is unknown or there are more than `most`. */
int columns_list(const struct columns *c, const char *names, int *out, int most, struct err *e);
/* What a row says, in the columns of a list: one column is the text; of several the first is the title, and the others, one after the other,
 * are the text. Borrowed from the row, or made in *a; NULL only when memory is gone. */
const char *columns_title(const char **cell, const int *text, int texts); /* "" without one */
const char *columns_text(const char **cell, const int *text, int texts, struct arena *a);
/* As text from outside is cleaned at every other door; a copy in *a of *len bytes. NULL only when memory is gone. */
const char *columns_clean(const char *s, enum clean_mode mode, struct arena *a, size_t *len);

#endif
