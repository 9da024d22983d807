/*
 * The list of enterprises in and out. It stands beside the routing revisions, may have a million names, and goes in pages of lines.
 */
#include "core/ctl/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/ctl/print.h"

enum { PAGE = 20000, PAGE_PATIENCE_MS = 120000 };

static void
on_number(void *ctx, const struct db_row *row)
{
	*(int *)ctx = (int)db_row_int(row, 0);
}

/* name, tab, tags; a tab within the name would end it. */
static void
put_line(struct buf *lines, const char *name, const char *tags)
{
	for (; *name; name++)
		buf_putc(lines, *name == '\t' ? ' ' : *name);
	buf_printf(lines, "\t%s\n", tags);
}

static bool
send_pages(struct sync *db, const struct sheet *s, const char *list, struct err *e)
{
	struct buf lines = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < s->rows; ) {
		buf_reset(&lines);
		for (size_t end = i + PAGE; i < s->rows && i < end; i++)
			put_line(&lines, s->row[i].cell[0], s->row[i].cell[1]);
		ok = sync_run(db, SQL_ENTERPRISES_PUT, (struct db_param[]){ DB_TEXT(list), DB_TEXT(buf_text(&lines)) }, 2, NULL, NULL, e);
	}
	buf_free(&lines);
	return ok;
}

int
enterprises_apply(struct ctl *ctl, const struct sheet *s, const char *note)
{
	int status, list = 0;
	struct sync *db = ctl_db_patient(ctl, PAGE_PATIENCE_MS, &status);
	char number[16], rows[24];
	struct err e;
	json_t *o;

	if (db == NULL)
		return status;
	if (!sync_run(db, SQL_ENTERPRISES_BEGIN, (struct db_param[]){ DB_TEXT(note) }, 1, on_number, &list, &e))
		return ctl_fail_database(&e);
	snprintf(number, sizeof number, "%d", list);
	snprintf(rows, sizeof rows, "%zu", s->rows);
	if (!send_pages(db, s, number, &e) ||
	    !sync_run(db, SQL_ENTERPRISES_DONE, (struct db_param[]){ DB_TEXT(number), DB_TEXT(rows) }, 2, NULL, NULL, &e))
		return ctl_fail_database(&e);
	o = json_pack("{s:i, s:I}", "enterprises", list, "names", (json_int_t)s->rows);
	if (ctl->json)
		print_row(ctl, NULL, o);
	print_said(ctl, "enterprises: list %d, %zu names", list, s->rows);
	json_decref(o);
	return EXIT_DONE;
}

struct writing {
	FILE *out;
	char last[1024];
	struct buf line;
};

static void
on_name(void *ctx, const struct db_row *row)
{
	struct writing *w = ctx;
	const char *name = db_row_text(row, 0, NULL);

	snprintf(w->last, sizeof w->last, "%s", name);
	buf_reset(&w->line);
	sheet_put_cell(&w->line, name, true);
	sheet_put_cell(&w->line, db_row_text(row, 1, NULL), false);
	fprintf(w->out, "%s\n", buf_text(&w->line));
}

/* Page after page until one is not full. */
static bool
write_pages(struct sync *db, const char *list, size_t names, struct writing *w, struct err *e)
{
	char most[16];

	snprintf(most, sizeof most, "%d", PAGE);
	for (size_t seen = 0; seen < names; seen += PAGE)
		if (!sync_run(db, SQL_ENTERPRISES_PAGE, (struct db_param[]){ DB_TEXT(list), DB_TEXT(w->last), DB_TEXT(most) }, 3, on_name, w, e))
			return false;
	return true;
}

struct current { int list; size_t names; };

static void
on_current(void *ctx, const struct db_row *row)
{
	*(struct current *)ctx = (struct current){ (int)db_row_int(row, 0), (size_t)db_row_int(row, 1) };
}

int
enterprises_export(struct ctl *ctl, const char *path, bool english, bool bom)
{
	const struct sheet_column *c = routing_kind[ROUTING_ENTERPRISES].columns;
	struct writing w = { 0 };
	struct current now = { 0 };
	int status;
	struct sync *db = ctl_db_patient(ctl, PAGE_PATIENCE_MS, &status);
	char list[16];
	struct err e;
	bool ok;

	if (db == NULL)
		return status;
	if (!sync_run(db, SQL_ENTERPRISES_CURRENT, NULL, 0, on_current, &now, &e))
		return ctl_fail_database(&e);
	w.out = path == NULL || strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
	if (w.out != NULL) {
		fprintf(w.out, "%s%s,%s\n", bom ? "\xef\xbb\xbf" : "", english ? c[0].name : c[0].zh, english ? c[1].name : c[1].zh);
		snprintf(list, sizeof list, "%d", now.list);
		ok = write_pages(db, list, now.names, &w, &e);
		buf_free(&w.line);
		if (!ok) {
			if (w.out != stdout)
				fclose(w.out);
			return ctl_fail_database(&e);
		}
		if (!ferror(w.out) && (w.out == stdout ? fflush(w.out) : fclose(w.out)) == 0)
			return EXIT_DONE;
	}
	err_set(&e, ERR_INTERNAL, NULL, "%s: %s", path != NULL ? path : "standard output", strerror(errno));
	return ctl_fail(&e);
}
