#include "tests/tools/rows.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reading {
	struct rows *r;
	const char **cell; size_t ncells, cap_cells;
	size_t cap_rows;
	bool failed;
};

static void
on_cell(void *s, size_t len, void *ctx)
{
	struct reading *in = ctx;

	if (in->ncells == in->cap_cells) {
		in->cap_cells = in->cap_cells ? in->cap_cells * 2 : 32;
		in->cell = realloc(in->cell, in->cap_cells * sizeof *in->cell);
	}
	in->cell[in->ncells++] = arena_strndup(&in->r->arena, s ? s : "", s ? len : 0);
}

static void
on_row(int end, void *ctx)
{
	struct reading *in = ctx;
	struct rows *r = in->r;
	const char **row;

	(void)end;
	if (!r->head)
		r->columns = in->ncells;
	row = arena_alloc(&r->arena, r->columns * sizeof *row);
	for (size_t i = 0; i < r->columns; i++)
		row[i] = i < in->ncells ? in->cell[i] : "";
	in->ncells = 0;
	if (!r->head) {
		r->head = row;
		return;
	}
	if (r->n == in->cap_rows) {
		in->cap_rows = in->cap_rows ? in->cap_rows * 2 : 1024;
		r->row = realloc(r->row, in->cap_rows * sizeof *r->row);
	}
	r->row[r->n++] = row;
}

const char *
rows_data(const char *name)
{
	static char path[512];
	const char *dir = getenv("FENBO_DATA");

	snprintf(path, sizeof path, "%s/%s", dir ? dir : "../shared/data", name);
	if (access(path, R_OK) == 0)
		return path;
	fprintf(stderr, "SKIPPED: %s is not here\n", path);
	return NULL;
}

bool
rows_load(struct rows *r, const char *path)
{
	struct reading in = { .r = r };
	struct csv_parser p;
	char chunk[65536];
	size_t n;
	FILE *f = fopen(path, "rb");
	bool ok = f != NULL;

	memset(r, 0, sizeof *r);
	if (!f || csv_init(&p, 0) != 0)
		return false;
	while (ok && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		ok = csv_parse(&p, chunk, n, on_cell, on_row, &in) == n;
	csv_fini(&p, on_cell, on_row, &in);
	csv_free(&p);
	free(in.cell);
	fclose(f);
	return ok && r->head;
}

void
rows_free(struct rows *r)
{
	free(r->row);
	arena_free(&r->arena);
	memset(r, 0, sizeof *r);
}

int
rows_column(const struct rows *r, const char *name)
{
	for (size_t i = 0; i < r->columns; i++)
		if (strcmp(r->head[i], name) == 0)
			return (int)i;
	return -1;
}

const char *
rows_get(const struct rows *r, size_t i, const char *column)
{
	int c = rows_column(r, column);

	return c < 0 ? "" : r->row[i][c];
}
