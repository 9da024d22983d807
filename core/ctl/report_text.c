#include <stdio.h>
#include <string.h>
#include "core/base/i18n.h"
#include "core/base/width.h"
#include "core/ctl/report.h"

enum { ROWS = 12, WIDE = 120 };

/* A text in so many cells, cut with … or filled up. */
static void put_cells(struct buf *out, const char *text, int cells, bool right)
{
	size_t len = strlen(text);
	int used = width_text(text, len);

	if (used > cells) {
		size_t fits = width_clip(text, len, cells - 1, &used);

		buf_add(out, text, fits);
		buf_puts(out, "…");
		buf_printf(out, "%*s", cells - 1 - used, "");
		return;
	}
	if (right)
		buf_printf(out, "%*s", cells - used, "");
	buf_add(out, text, len);
	if (!right)
		buf_printf(out, "%*s", cells - used, "");
}

/* Blanks at the end of a line say nothing. */
static void end_line(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		buf_cut(out, out->len - 1);
	buf_putc(out, '\n');
}

static void rule(struct buf *out, const char *title, int columns)
{
	int used = width_text(title, strlen(title));

	buf_printf(out, "\n%s ", title);
	for (int i = used + 1; i < columns; i++)
		buf_puts(out, "─");
	buf_putc(out, '\n');
}

static void put_bar(struct buf *out, double share, int cells)
{
	static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int eighths = (int)((share > 1 ? 1 : share > 0 ? share : 0) * cells * 8 + 0.5), used = 0;

	if (eighths == 0 && share > 0)
		eighths = 1;
	for (; used < eighths / 8; used++)
		buf_puts(out, "█");
	if (eighths % 8 != 0) {
		buf_puts(out, parts[eighths % 8]);
		used++;
	}
	buf_printf(out, "%*s", cells - used, "");
}

/* --- headline ------------------------------------------------------------------------------------------------------------ */

static void put_figure(const struct report *r, enum figure f, int label, struct buf *out)
{
	char now[24], was[24], change[24];
	int good;

	put_cells(out, _(figure_table[f].label), label, false);
	figure_show(&r->all.now, f, r->day_s, now);
	figure_show(&r->all.was, f, r->day_s, was);
	figure_change(&r->all.now, &r->all.was, f, r->day_s, change, &good);
	put_cells(out, now, 9, true);
	put_cells(out, was, 9, true);
	put_cells(out, change, 8, true);
	buf_puts(out, good < 0 ? " !" : "  "); /* worse */
}

static void put_figures(const struct report *r, int columns, struct buf *out)
{
	int across = columns >= WIDE ? 2 : 1, label = (columns - (across - 1) * 4) / across - 29, rows = (FIGURE_COUNT_OF + across - 1) / across;

	label = label > 44 ? 44 : label;
	for (int i = 0; i < across; i++) {
		put_cells(out, _("figure"), label, false);
		put_cells(out, _("now"), 9, true);
		put_cells(out, _("before"), 9, true);
		put_cells(out, _("against before"), 8, true);
		buf_puts(out, i + 1 < across ? "      " : "");
	}
	end_line(out);
	for (int row = 0; row < rows; row++) {
		for (int i = 0; i < across && row + i * rows < FIGURE_COUNT_OF; i++) {
			put_figure(r, (enum figure)(row + i * rows), label, out);
			buf_puts(out, "    ");
		}
		end_line(out);
	}
}

static void put_trend(const struct report *r, struct buf *out)
{
	static const char *const heights[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const enum figure rows[] = { FIG_RECEIVED, FIG_RESOLVED };
	char from[11], to[11];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		double most = 0, v;
		char text[24];
		int n = 0;

		for (int d = 0; d < r->ntrend && r->trend[d].begun; d++, n++)
			most = figure_value(&r->trend[d].now, rows[i], r->day_s, &v) && v > most ? v : most;
		if (n == 0)
			return;
		put_cells(out, _(figure_table[rows[i]].label), 12, false);
		for (int d = 0; d < n; d++) {
			int h = figure_value(&r->trend[d].now, rows[i], r->day_s, &v) && most > 0 ? (int)(v / most * 8) : 0;

			buf_puts(out, heights[h > 7 ? 7 : h]);
		}
		day_show(r->trend[0].day, from);
		day_show(r->trend[n - 1].day, to);
		figure_show_value(FIGURE_COUNT, most, text);
		buf_printf(out, "  %.5s – %.5s, %s %s\n", from + 5, to + 5, _("at most"), text);
	}
}

/* --- tables -------------------------------------------------------------------------------------------------------------- */

static void put_lines(const struct report *r, enum report_by by, int most, int columns, struct buf *out)
{
	static const enum figure shown[] = { FIG_DISPATCH, FIG_HANDLE, FIG_DAYS, FIG_SATISFIED };
	const char *heads[] = { _("received"), _("against before"), _("on time"), _("handled"), _("w. days"), _("satisf.") };
	const struct report_lines *l = &r->by[by];
	int bar = columns >= WIDE ? 24 : 6, cells = columns >= WIDE ? 10 : 9, name = columns - bar - 1 - 6 * cells, n = 0;
	int64_t top = l->n > 0 ? l->row[0].now.received : 0;

	if (l->n == 0)
		return;
	name = name > 40 ? 40 : name;
	rule(out, _(report_by_heading(by)), columns);
	put_cells(out, "", name + bar + 1, false);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		put_cells(out, heads[i], cells, true);
	end_line(out);
	for (int i = 0; i < l->n && n < most; i++, n++) {
		const struct report_line *row = &l->row[i];
		char text[24];
		int good;

		put_cells(out, report_line_name(by, row), name, false);
		buf_putc(out, ' ');
		put_bar(out, top > 0 ? (double)row->now.received / (double)top : 0, bar);
		figure_show(&row->now, FIG_RECEIVED, r->day_s, text);
		put_cells(out, text, cells, true);
		figure_change(&row->now, &row->was, FIG_RECEIVED, r->day_s, text, &good);
		put_cells(out, text, cells, true);
		for (size_t f = 0; f < sizeof shown / sizeof *shown; f++) {
			figure_show(&row->now, shown[f], r->day_s, text);
			put_cells(out, text, cells, true);
		}
		end_line(out);
	}
	if (l->n > n)
		buf_printf(out, _("… and %d more: --csv has them all\n"), l->n - n);
}

static void put_heat(const struct report *r, int columns, struct buf *out)
{
	static const char *const shades[] = { "··", "░░", "▒▒", "▓▓", "██" };
	double most = 0;

	for (int i = 0; i < 7 * 24; i++)
		most = r->heat[i] > most ? r->heat[i] : most;
	if (most == 0)
		return;
	rule(out, _("By weekday and hour of receipt"), columns);
	put_cells(out, "", 6, false);
	for (int h = 0; h < 24; h += 2)
		buf_printf(out, "%-4d", h);
	end_line(out);
	for (int d = 0; d < 7; d++) {
		if (r->period == REPORT_DAY && d + 1 != day_weekday(r->span.from))
			continue;
		put_cells(out, report_weekday(d + 1), 6, false);
		for (int h = 0; h < 24; h++) {
			double share = r->heat[d * 24 + h] / most;

			buf_puts(out, shades[share <= 0 ? 0 : share > 0.75 ? 4 : share > 0.5 ? 3 : share > 0.25 ? 2 : 1]);
		}
		end_line(out);
	}
}

static void put_share(struct buf *out, double share)
{
	char text[24] = "–";

	if (share >= 0)
		figure_show_value(FIGURE_SHARE, share, text);
	put_cells(out, text, 8, true);
}

static void put_ranking(const struct report *r, int columns, struct buf *out)
{
	const char *heads[] = { _("score"), _("resolved"), _("handled"), _("contact."), _("satisf."), _("redone"), _("w. days") };
	int name = columns - 5 - 7 * 8, n = 0;

	if (r->nranks == 0)
		return;
	name = name > 40 ? 40 : name;
	rule(out, _("Units compared"), columns);
	put_cells(out, "", 5 + name, false);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		put_cells(out, heads[i], 8, true);
	end_line(out);
	for (int i = 0; i < r->nranks && n < 30; i++) {
		const struct report_rank *k = &r->rank[i];
		char text[40] = "–";

		if (k->place == 0)
			break;
		n++;
		snprintf(text, sizeof text, "%d", k->place);
		put_cells(out, text, 4, true);
		buf_putc(out, ' ');
		put_cells(out, *k->name ? k->name : k->unit, name, false);
		snprintf(text, sizeof text, "%.2f", k->score);
		put_cells(out, text, 8, true);
		figure_show_value(FIGURE_COUNT, (double)k->resolved, text);
		put_cells(out, text, 8, true);
		put_share(out, k->handle);
		put_share(out, k->contact);
		put_share(out, k->satisfied);
		put_share(out, k->redo);
		snprintf(text, sizeof text, k->days >= 0 ? "%.2f" : "–", k->days);
		put_cells(out, text, 8, true);
		end_line(out);
	}
	if (n == 0)
		buf_printf(out, "%s\n", _("no unit has resolved enough cases to be compared"));
}

static void put_groups(const struct report *r, int columns, struct buf *out)
{
	if (r->ngroups == 0)
		return;
	rule(out, _("Groups of one incident"), columns);
	for (int i = 0; i < r->ngroups && i < ROWS; i++) {
		char text[24];

		figure_show_value(FIGURE_COUNT, (double)r->group[i].cases, text);
		put_cells(out, text, 6, true);
		buf_puts(out, "  ");
		put_cells(out, r->group[i].first, 16, false);
		put_cells(out, r->group[i].area, 14, false);
		put_cells(out, r->group[i].title, columns - 39, false);
		end_line(out);
	}
}

void report_text(const struct report *r, int columns, struct buf *out)
{
	static const struct { enum report_by by; int most; } tables[] = { { REPORT_BY_CHANNEL, ROWS }, { REPORT_BY_TYPE, 8 }, { REPORT_BY_PRIORITY, 3 }, { REPORT_BY_AREA, ROWS },
		{ REPORT_BY_ITEM, ROWS }, { REPORT_BY_UNIT, ROWS }, { REPORT_BY_SHIFT, 6 } };
	char period[64], from[11], to[11], open[24], overdue[24];

	columns = columns < 80 ? 80 : columns > 200 ? 200 : columns;
	report_period_text(r, period);
	day_show(r->span.before_from, from);
	day_show(r->span.before_to, to);
	buf_printf(out, "%s %s  %s", r->centre, report_title(r), period);
	if (*r->unit)
		buf_printf(out, "  %s", r->unit_name);
	figure_show_value(FIGURE_COUNT, (double)r->open_cases, open);
	figure_show_value(FIGURE_COUNT, (double)r->overdue, overdue);
	buf_printf(out, "\n%s%s", _("compared with "), from);
	if (strcmp(from, to) != 0)
		buf_printf(out, " – %s", to);
	buf_printf(out, " · %s%s · %s%s · %s%s\n\n", _("made "), r->at, _("Open at the end of the period: "), open, _("Late and still open now: "), overdue);
	put_figures(r, columns, out);
	buf_putc(out, '\n');
	put_trend(r, out);
	put_heat(r, columns, out);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		put_lines(r, tables[i].by, tables[i].most, columns, out);
	put_ranking(r, columns, out);
	put_groups(r, columns, out);
}
