/* A report as rows for other programs: CSV, and one JSON object a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "core/ctl/report.h"

/* Would a spreadsheet take it for a formula? Some of East Asia take the full-width signs as well. */
static bool is_formula(const char *text)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" };

	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (strncmp(text, wide[i], strlen(wide[i])) == 0)
			return true;
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

/* A cell that a spreadsheet would take for a formula is made a text; what holds a comma, a quote or a line end is quoted. */
static void put_cell(struct buf *out, const char *text)
{
	bool formula = is_formula(text);

	if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	if (formula)
		buf_putc(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static void figure_plain(const struct counts *c, enum figure f, double day_s, char out[32])
{
	double value;

	*out = '\0';
	if (figure_value(c, f, day_s, &value))
		snprintf(out, 32, figure_table[f].kind == FIGURE_COUNT ? "%.0f" : figure_table[f].kind == FIGURE_SHARE ? "%.4f" : "%.2f", value);
}

static void csv_line(const struct report *r, const char *by, const struct report_line *l, const char *name, struct buf *out)
{
	char text[32];

	put_cell(out, by);
	buf_putc(out, ',');
	put_cell(out, l->key);
	buf_putc(out, ',');
	put_cell(out, name);
	for (int f = 0; f < FIGURE_COUNT_OF; f++) {
		figure_plain(&l->now, (enum figure)f, r->day_s, text);
		buf_printf(out, ",%s", text);
	}
	for (int f = 0; f < FIGURE_COUNT_OF; f++) {
		figure_plain(&l->was, (enum figure)f, r->day_s, text);
		buf_printf(out, ",%s", text);
	}
#define X(column) buf_printf(out, ",%lld", (long long)l->now.column);
	COUNT_TABLE(X)
#undef X
	buf_puts(out, "\r\n");
}

void report_csv(const struct report *r, bool bom, struct buf *out)
{
	if (bom)
		buf_puts(out, "\xef\xbb\xbf");
	buf_puts(out, "by,key,name");
	for (int f = 0; f < FIGURE_COUNT_OF; f++)
		buf_printf(out, ",%s", figure_table[f].wire);
	for (int f = 0; f < FIGURE_COUNT_OF; f++)
		buf_printf(out, ",before_%s", figure_table[f].wire);
#define X(column) buf_puts(out, ",n_" #column);
	COUNT_TABLE(X)
#undef X
	buf_puts(out, "\r\n");
	csv_line(r, "all", &r->all, "", out);
	for (int by = 0; by < REPORT_BY_COUNT; by++)
		for (int i = 0; i < r->by[by].n; i++)
			csv_line(r, report_by_wire((enum report_by)by), &r->by[by].row[i], report_line_name((enum report_by)by, &r->by[by].row[i]), out);
	for (int i = 0; i < r->ntrend; i++) {
		char day[11];
		struct report_line l = { day, day, r->trend[i].now, r->trend[i].was };

		day_show(r->trend[i].day, day);
		csv_line(r, "day", &l, "", out);
	}
}

/* --- JSON ---------------------------------------------------------------------------------------------------------------- */

static json_t *figures_of(const struct report *r, const struct counts *c)
{
	json_t *o = json_object();
	char text[32];
	double value;

	for (int f = 0; f < FIGURE_COUNT_OF; f++) {
		figure_plain(c, (enum figure)f, r->day_s, text);
		json_object_set_new(o, figure_table[f].wire, !*text ? json_null() : figure_table[f].kind == FIGURE_COUNT ?
		    json_integer(figure_value(c, (enum figure)f, r->day_s, &value) ? (json_int_t)value : 0) : json_real(strtod(text, NULL)));
	}
	return o;
}

static void put_object(json_t *o, struct buf *out)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(10));

	if (text != NULL)
		buf_printf(out, "%s\n", text);
	free(text);
	json_decref(o);
}

static void json_line(const struct report *r, const char *by, const struct report_line *l, const char *name, struct buf *out)
{
	json_t *counts = json_object();

#define X(column) json_object_set_new(counts, #column, json_integer(l->now.column));
	COUNT_TABLE(X)
#undef X
	put_object(json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "by", by, "key", l->key, "name", name, "figures", figures_of(r, &l->now), "before",
	    figures_of(r, &l->was), "counts", counts), out);
}

void report_json(const struct report *r, struct buf *out)
{
	char from[11], to[11], before_from[11], before_to[11];

	day_show(r->span.from, from);
	day_show(r->span.to, to);
	day_show(r->span.before_from, before_from);
	day_show(r->span.before_to, before_to);
	put_object(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b}", "centre", r->centre, "unit", r->unit, "from", from, "to", to, "before_from",
	    before_from, "before_to", before_to, "at", r->at, "open", (json_int_t)r->open_cases, "overdue", (json_int_t)r->overdue, "waiting", (json_int_t)r->waiting, "running", r->span.running), out);
	json_line(r, "all", &r->all, "", out);
	for (int by = 0; by < REPORT_BY_COUNT; by++)
		for (int i = 0; i < r->by[by].n; i++)
			json_line(r, report_by_wire((enum report_by)by), &r->by[by].row[i], report_line_name((enum report_by)by, &r->by[by].row[i]), out);
	for (int i = 0; i < r->ntrend; i++) {
		char day[11];
		struct report_line l = { day, day, r->trend[i].now, r->trend[i].was };

		day_show(r->trend[i].day, day);
		json_line(r, "day", &l, "", out);
	}
	for (int i = 0; i < r->nranks; i++) {
		const struct report_rank *k = &r->rank[i];

		put_object(json_pack("{s:s, s:s, s:s, s:o, s:o, s:I}", "by", "ranking", "key", k->unit, "name", k->name, "place", k->place > 0 ? json_integer(k->place) :
		    json_null(), "score", k->score >= 0 ? json_real(k->score) : json_null(), "resolved", (json_int_t)k->resolved), out);
	}
}
