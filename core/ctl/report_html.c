#include <stdio.h>
#include <string.h>
#include "core/base/i18n.h"
#include "core/ctl/chart.h"
#include "core/ctl/report.h"

#define BLUE "#1f5fa6"
#define TEAL "#1d8a7a"
#define AMBER "#c98a12"
#define RED "#b8403a"
#define GREY "#9aa5b1"

enum { AREAS = 12, ITEMS = 15, PAGE_PX = 1040, HALF_PX = 500 };

/* Everything the page needs to look as it does, on a screen and on paper. */
static const char style[] =
    "*{box-sizing:border-box}html{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "body{margin:0;background:#eef1f5;color:#1c2733;font:14px/1.5 'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',"
    "'WenQuanYi Micro Hei','Noto Sans',sans-serif}"
    "main{width:1104px;margin:24px auto;background:#fff;padding:40px 32px 32px;box-shadow:0 1px 4px rgba(20,40,70,.12)}"
    "header{border-bottom:3px solid #1f5fa6;padding-bottom:14px;margin-bottom:22px;display:flex;justify-content:space-between;align-items:flex-end}"
    "h1{font-size:27px;line-height:1.25;margin:0;letter-spacing:.5px}header .sub{color:#52606d;font-size:14px;margin-top:4px}"
    "header .when{text-align:right;color:#52606d;font-size:13px}header .when b{display:block;font-size:19px;color:#1c2733;font-weight:600}"
    "h2{font-size:17px;margin:30px 0 10px;padding-left:10px;border-left:4px solid #1f5fa6;line-height:1.3;break-after:avoid}"
    "h2 small{font-weight:400;color:#697684;font-size:13px;margin-left:8px}h3{font-size:14px;margin:0 0 6px;color:#3e4c59}"
    ".tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}"
    ".tile{border:1px solid #dde3ea;border-radius:6px;padding:12px 14px 8px;break-inside:avoid}"
    ".tile .what{color:#52606d;font-size:13px}.tile .row{display:flex;justify-content:space-between;align-items:flex-end}"
    ".tile .value{font-size:28px;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums}.tile .value small{font-size:13px;font-weight:400;color:#697684;margin-left:3px}"
    ".tile .change{font-size:12.5px;color:#697684;font-variant-numeric:tabular-nums}"
    ".good{color:#1d7a53!important}.bad{color:#b8403a!important}"
    ".two{display:grid;grid-template-columns:1fr 1fr;gap:28px}.two>div{min-width:0;break-inside:avoid}"
    "table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}"
    "th{font-weight:600;color:#52606d;text-align:right;border-bottom:2px solid #c6d0da;padding:5px 8px;white-space:nowrap}"
    "td{text-align:right;border-bottom:1px solid #e8ecf1;padding:4px 8px}tr{break-inside:avoid}thead{display:table-header-group}"
    "th.t,td.t{text-align:left}td.t{max-width:330px;overflow-wrap:anywhere}tbody tr:nth-child(even){background:#f8fafc}td.place{font-weight:600}"
    "td svg.share{vertical-align:middle;margin-right:8px}.none{color:#8a96a3;padding:6px 0}"
    "svg{display:block;max-width:100%}td svg{display:inline-block}svg text{font-family:inherit;fill:#3e4c59}"
    ".tick{font-size:11px;fill:#697684!important}.legend,.label{font-size:12.5px}.note{font-size:12px;fill:#1c2733!important}.in{font-size:10.5px;fill:#24466b!important}"
    ".in.light{fill:#fff!important}.grid{stroke:#e6ebf0}.axis{stroke:#aab4bf}.line{fill:none;stroke-width:2.2;stroke-linejoin:round}.faint{stroke-width:1.4;stroke-dasharray:4 3}"
    ".area{opacity:.1}.rail{fill:#eef2f6}.was{fill:#5b6875}"
    "footer{margin-top:30px;border-top:1px solid #dde3ea;padding-top:10px;color:#697684;font-size:12px}footer dl{display:grid;grid-template-columns:1fr 1fr;gap:2px 28px;margin:6px 0 0}"
    "footer dt{display:inline;font-weight:600;color:#52606d}footer dd{display:inline;margin:0}footer div{break-inside:avoid}"
    "@page{size:A4;margin:12mm}@media print{body{background:#fff;font-size:12px}main{width:auto;margin:0;padding:0;box-shadow:none}}";

static void put(struct buf *out, const char *tag, const char *text)
{
	buf_printf(out, "<%s>", tag);
	chart_text(out, text);
	buf_printf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void heading(struct buf *out, const char *text, const char *more)
{
	buf_puts(out, "<h2>");
	chart_text(out, text);
	if (more != NULL && *more) {
		buf_puts(out, "<small>");
		chart_text(out, more);
		buf_puts(out, "</small>");
	}
	buf_puts(out, "</h2>\n");
}

static const char *shade(int good)
{
	return good > 0 ? " good" : good < 0 ? " bad" : "";
}

/* --- headline ------------------------------------------------------------------------------------------------------------ */

static void put_tile(const struct report *r, enum figure f, const char *what, const char *unit, const char *color, struct buf *out)
{
	double days[REPORT_TREND], value;
	char text[24], change[24];
	int good, n = 0;

	for (int i = 0; i < r->ntrend && r->trend[i].begun; i++)
		days[n++] = figure_value(&r->trend[i].now, f, r->day_s, &value) ? value : -1;
	figure_show(&r->all.now, f, r->day_s, text);
	figure_change(&r->all.now, &r->all.was, f, r->day_s, change, &good);
	buf_puts(out, "<div class=\"tile\">");
	put(out, "div class=\"what\"", what);
	buf_puts(out, "<div class=\"row\"><div class=\"value\">");
	chart_text(out, text);
	put(out, "small", unit);
	buf_puts(out, "</div>");
	chart_spark(out, 96, 34, days, n, color);
	buf_printf(out, "</div><div class=\"change%s\">", shade(good));
	if (*change) {
		char was[24];

		figure_show(&r->all.was, f, r->day_s, was);
		chart_text(out, change);
		if (figure_table[f].kind == FIGURE_SHARE && strcmp(change, "±0") != 0)
			chart_text(out, _(" points"));
		buf_puts(out, " <span style=\"color:#8a96a3\">");
		chart_text(out, _("before: "));
		chart_text(out, was);
		buf_puts(out, "</span>");
	} else
		buf_puts(out, "&nbsp;");
	buf_puts(out, "</div></div>\n");
}

static void put_tiles(const struct report *r, struct buf *out)
{
	buf_puts(out, "<div class=\"tiles\">\n");
	put_tile(r, FIG_RECEIVED, _("received"), _("appeals"), BLUE, out);
	put_tile(r, FIG_DISPATCH, _("dispatched in time"), "", TEAL, out);
	put_tile(r, FIG_CONTACT, _("citizen contacted in time"), "", TEAL, out);
	put_tile(r, FIG_HANDLE, _("handled in time"), "", TEAL, out);
	put_tile(r, FIG_DAYS, _("mean handling time"), _("working days"), AMBER, out);
	put_tile(r, FIG_SATISFIED, _("satisfied"), "", TEAL, out);
	put_tile(r, FIG_RETURNED, _("sent back by the unit"), "", RED, out);
	put_tile(r, FIG_REDONE, _("done over"), "", RED, out);
	buf_puts(out, "</div>\n");
}

static void put_header(const struct report *r, struct buf *out)
{
	char period[64], before[32], from[11], to[11];

	report_period_text(r, period);
	day_show(r->span.before_from, from);
	day_show(r->span.before_to, to);
	if (day_compare(r->span.before_from, r->span.before_to) == 0)
		snprintf(before, sizeof before, "%s", from);
	else
		snprintf(before, sizeof before, "%s – %s", from, to);
	buf_puts(out, "<header><div><h1>");
	chart_text(out, r->centre);
	buf_puts(out, " ");
	chart_text(out, report_title(r));
	buf_puts(out, "</h1><div class=\"sub\">");
	if (*r->unit) {
		chart_text(out, r->unit_name);
		buf_puts(out, " · ");
	}
	chart_text(out, _("compared with "));
	chart_text(out, before);
	if (r->span.running) {
		buf_puts(out, " · ");
		chart_text(out, _("still running: as of the time it was made"));
	}
	buf_puts(out, "</div></div><div class=\"when\">");
	put(out, "b", period);
	chart_text(out, _("made "));
	chart_text(out, r->at);
	buf_puts(out, "</div></header>\n");
}

/* --- charts -------------------------------------------------------------------------------------------------------------- */

static void put_trend(const struct report *r, struct buf *out)
{
	char label[REPORT_TREND][8];
	const char *labels[REPORT_TREND];
	double received[REPORT_TREND], resolved[REPORT_TREND], before[REPORT_TREND], late[REPORT_TREND];

	for (int i = 0; i < r->ntrend; i++) {
		const struct counts *c = &r->trend[i].now;
		bool begun = r->trend[i].begun;

		snprintf(label[i], sizeof label[i], "%d/%d", r->trend[i].day.month & 15, r->trend[i].day.day & 31);
		labels[i] = label[i];
		received[i] = begun ? (double)c->received : -1;
		resolved[i] = begun ? (double)c->resolved : -1;
		late[i] = begun ? (double)(c->dispatch_late + c->contact_late + c->handle_late) : -1;
		before[i] = (double)r->trend[i].was.received;
	}
	heading(out, _("By day"), NULL);
	chart_lines(out, PAGE_PX, 250, labels, r->ntrend, (struct chart_series[]){
	    { _("received"), BLUE, received, false, true }, { _("resolved"), TEAL, resolved, false, false },
	    { _("late in dispatch, contact or handling"), RED, late, false, false }, { _("received, the period before"), GREY, before, true, false } }, 4);
}

static void put_bars(const struct report *r, enum report_by by, const char *title, int most, const char *color, struct buf *out)
{
	const struct report_lines *l = &r->by[by];
	struct chart_bar bar[40];
	char note[40][48];
	int n = 0;

	buf_puts(out, "<div>");
	put(out, "h3", title);
	for (int i = 0; i < l->n && n < most && n < 40; i++) {
		char count[24], change[24];
		int good;

		if (l->row[i].now.received == 0)
			continue;
		figure_show(&l->row[i].now, FIG_RECEIVED, r->day_s, count);
		figure_change(&l->row[i].now, &l->row[i].was, FIG_RECEIVED, r->day_s, change, &good);
		snprintf(note[n], sizeof note[n], "%s %s", count, change);
		bar[n] = (struct chart_bar){ report_line_name(by, &l->row[i]), note[n], (double)l->row[i].now.received, (double)l->row[i].was.received, color };
		n++;
	}
	if (n > 0)
		chart_bars(out, HALF_PX, 150, bar, n);
	else
		put(out, "div class=\"none\"", _("nothing in this period"));
	buf_puts(out, "</div>\n");
}

static void put_where(const struct report *r, struct buf *out)
{
	heading(out, _("Where it came from"), _("cases received; the stroke marks the period before"));
	buf_puts(out, "<div class=\"two\">\n");
	put_bars(r, REPORT_BY_CHANNEL, _("channel"), AREAS, BLUE, out);
	put_bars(r, REPORT_BY_AREA, _("street"), AREAS, "#3f86c4", out);
	buf_puts(out, "</div><div class=\"two\" style=\"margin-top:14px\">\n");
	put_bars(r, REPORT_BY_TYPE, _("type"), 8, TEAL, out);
	put_bars(r, REPORT_BY_PRIORITY, _("priority"), 3, AMBER, out);
	buf_puts(out, "</div>\n");
}

static void put_heat(const struct report *r, struct buf *out)
{
	char hour[24][8];
	const char *hours[24], *days[7];
	int rows = r->period == REPORT_DAY ? 1 : 7, first = r->period == REPORT_DAY ? day_weekday(r->span.from) - 1 : 0;
	double column[24];

	for (int h = 0; h < 24; h++) {
		snprintf(hour[h], sizeof hour[h], "%d", h);
		hours[h] = hour[h];
		column[h] = r->heat[first * 24 + h];
	}
	for (int d = 0; d < 7; d++)
		days[d] = report_weekday(d + 1);
	heading(out, rows == 1 ? _("By hour of receipt") : _("By weekday and hour of receipt"), NULL);
	if (rows == 1)
		chart_columns(out, PAGE_PX, 160, hours, column, 24, "#3f86c4");
	else
		chart_heat(out, PAGE_PX, days, rows, hours, 24, r->heat);
}

/* --- tables -------------------------------------------------------------------------------------------------------------- */

static void cell(struct buf *out, const char *class, const char *text)
{
	buf_printf(out, *class ? "<td class=\"%s\">" : "<td>", class);
	chart_text(out, text);
	buf_puts(out, "</td>");
}

/* The heads of a table, ended by NULL; "<" before one: its column stands to the left. Each is a msgid. */
static void head(struct buf *out, const char *const *heads)
{
	buf_puts(out, "<table><thead><tr>");
	for (int i = 0; heads[i] != NULL; i++) {
		bool left = *heads[i] == '<';

		buf_puts(out, left ? "<th class=\"t\">" : "<th>");
		chart_text(out, _(heads[i] + left));
		buf_puts(out, "</th>");
	}
	buf_puts(out, "</tr></thead><tbody>\n");
}

static void share_cell(struct buf *out, double share)
{
	char text[24] = "–";

	if (share >= 0)
		figure_show_value(FIGURE_SHARE, share, text);
	cell(out, "", text);
}

static void put_ranking(const struct report *r, struct buf *out)
{
	static const char *const heads[] = { N_("rank"), "<" N_("unit"), "<" N_("score"), N_("resolved"), N_("handled in time"), N_("contacted"), N_("satisfied"), N_("done over"), N_("chased"),
		N_("w. days"), NULL };

	heading(out, _("Units compared"), _("score out of 100; units with too few cases stand below without a place"));
	if (r->nranks == 0) {
		put(out, "div class=\"none\"", _("nothing in this period"));
		return;
	}
	head(out, heads);
	for (int i = 0; i < r->nranks; i++) {
		const struct report_rank *k = &r->rank[i];
		char text[40] = "–";

		buf_puts(out, "<tr>");
		if (k->place > 0)
			snprintf(text, sizeof text, k->was_place > 0 && k->was_place != k->place ? "%d %s%d" : "%d", k->place, k->was_place > k->place ? "▲" : "▼",
			    k->was_place > k->place ? k->was_place - k->place : k->place - k->was_place);
		cell(out, "place", text);
		cell(out, "t", *k->name ? k->name : k->unit);
		buf_puts(out, "<td class=\"t\">");
		if (k->score >= 0 && k->place > 0) {
			chart_share(out, 110, 10, k->score / 100, k->score >= 90 ? TEAL : k->score >= 75 ? AMBER : RED);
			snprintf(text, sizeof text, "%.2f", k->score);
			chart_text(out, text);
		} else
			chart_text(out, "–");
		buf_puts(out, "</td>");
		figure_show_value(FIGURE_COUNT, (double)k->resolved, text);
		cell(out, "", text);
		share_cell(out, k->handle);
		share_cell(out, k->contact);
		share_cell(out, k->satisfied);
		share_cell(out, k->redo);
		share_cell(out, k->chased);
		snprintf(text, sizeof text, k->days >= 0 ? "%.2f" : "–", k->days);
		cell(out, "", text);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody></table>\n");
}

static void figure_cell(const struct report *r, const struct counts *c, enum figure f, struct buf *out)
{
	char text[24];

	figure_show(c, f, r->day_s, text);
	cell(out, "", text);
}

static void put_items(const struct report *r, struct buf *out)
{
	const struct report_lines *l = &r->by[REPORT_BY_ITEM];
	static const char *const heads[] = { "<" N_("duty item"), N_("received"), N_("against before"), N_("resolved"), N_("handled in time"), N_("w. days"), N_("satisfied"), N_("done over"), NULL };
	int n = 0;

	heading(out, _("Duty items"), _("most frequent first"));
	head(out, heads);
	for (int i = 0; i < l->n && n < ITEMS; i++) {
		const struct report_line *row = &l->row[i];
		char change[24];
		int good;

		if (row->now.received == 0)
			continue;
		n++;
		buf_puts(out, "<tr>");
		cell(out, "t", report_line_name(REPORT_BY_ITEM, row));
		figure_cell(r, &row->now, FIG_RECEIVED, out);
		figure_change(&row->now, &row->was, FIG_RECEIVED, r->day_s, change, &good);
		cell(out, "", *change ? change : _("new"));
		figure_cell(r, &row->now, FIG_RESOLVED, out);
		figure_cell(r, &row->now, FIG_HANDLE, out);
		figure_cell(r, &row->now, FIG_DAYS, out);
		figure_cell(r, &row->now, FIG_SATISFIED, out);
		figure_cell(r, &row->now, FIG_REDONE, out);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody></table>\n");
}

/* What rises: an item and how much more of it than before. */
static void put_hot(const struct report *r, struct buf *out)
{
	struct chart_bar bar[10];
	char note[10][48];
	int hot[10], n = report_hot(r, hot, 10);

	buf_puts(out, "<div>");
	put(out, "h3", _("rising most"));
	for (int i = 0; i < n; i++) {
		const struct report_line *l = &r->by[REPORT_BY_ITEM].row[hot[i]];

		snprintf(note[i], sizeof note[i], "%lld → %lld", (long long)l->was.received, (long long)l->now.received);
		bar[i] = (struct chart_bar){ report_line_name(REPORT_BY_ITEM, l), note[i], (double)l->now.received, (double)l->was.received, RED };
	}
	if (n > 0)
		chart_bars(out, HALF_PX, 180, bar, n);
	else
		put(out, "div class=\"none\"", _("nothing rises"));
	buf_puts(out, "</div>\n");
}

static void put_satisfaction(const struct report *r, struct buf *out)
{
	static const struct { enum figure mean; const char *ok; } dims[] = {
		{ FIG_SPEED, "speed_ok" }, { FIG_EFFECT, "effect_ok" }, { FIG_SERVICE, "service_ok" }, { FIG_FEEDBACK, "feedback_ok" },
	};
	static const char *const heads[] = { "<" N_("rated"), "<" N_("3 or more of 5"), N_("mean"), N_("before"), NULL };
	char text[24];

	buf_puts(out, "<div>");
	put(out, "h3", _("what citizens say"));
	head(out, heads);
	for (int i = 0; i < 4; i++) {
		double share = r->all.now.rated > 0 ? (double)counts_get(&r->all.now, dims[i].ok) / (double)r->all.now.rated : -1;

		buf_puts(out, "<tr>");
		cell(out, "t", _(figure_table[dims[i].mean].label));
		buf_puts(out, "<td class=\"t\">");
		chart_share(out, 150, 10, share, share >= 0.9 ? TEAL : share >= 0.75 ? AMBER : RED);
		strcpy(text, "–");
		if (share >= 0)
			figure_show_value(FIGURE_SHARE, share, text);
		chart_text(out, text);
		buf_puts(out, "</td>");
		figure_cell(r, &r->all.now, dims[i].mean, out);
		figure_cell(r, &r->all.was, dims[i].mean, out);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody></table></div>\n");
}

/* The other figures in a table of two columns of pairs. */
static void put_figures(const struct report *r, struct buf *out)
{
	static const enum figure figures[] = { FIG_ANSWERED, FIG_MINUTES, FIG_ACCEPTED, FIG_DAYS_P50, FIG_DAYS_P90, FIG_DAYS_P95, FIG_CLOSED, FIG_RATED, FIG_CHASED, FIG_GROUPED,
		FIG_MERGED, FIG_RELAPSED, FIG_RIGHT1, FIG_RIGHT3 };
	static const char *const heads[] = { "<" N_("figure"), N_("now"), N_("before"), N_("against before"), NULL };

	buf_puts(out, "<div>");
	put(out, "h3", _("further figures"));
	head(out, heads);
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		enum figure f = figures[i];
		char change[24];
		int good;

		buf_puts(out, "<tr><td class=\"t\">");
		chart_text(out, _(figure_table[f].label));
		if (figure_table[f].kind == FIGURE_DAYS || figure_table[f].kind == FIGURE_MINUTES) {
			buf_puts(out, " <span style=\"color:#8a96a3\">");
			chart_text(out, figure_table[f].kind == FIGURE_DAYS ? _("working days") : _("minutes"));
			buf_puts(out, "</span>");
		}
		buf_puts(out, "</td>");
		figure_cell(r, &r->all.now, f, out);
		figure_cell(r, &r->all.was, f, out);
		figure_change(&r->all.now, &r->all.was, f, r->day_s, change, &good);
		cell(out, shade(good) + (good != 0), change);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody></table></div>\n");
}

static void put_groups(const struct report *r, struct buf *out)
{
	static const char *const heads[] = { N_("appeals"), "<" N_("oldest"), "<" N_("what about"), "<" N_("street"), "<" N_("unit"), NULL };

	if (r->ngroups == 0)
		return;
	heading(out, _("Groups of one incident"), NULL);
	head(out, heads);
	for (int i = 0; i < r->ngroups; i++) {
		const struct report_group *g = &r->group[i];
		char text[24];

		buf_puts(out, "<tr>");
		figure_show_value(FIGURE_COUNT, (double)g->cases, text);
		cell(out, "place", text);
		cell(out, "t", g->first);
		cell(out, "t", g->title);
		cell(out, "t", g->area);
		cell(out, "t", g->unit);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody></table>\n");
}

/* --- the page ------------------------------------------------------------------------------------------------------------ */

static void put_footer(const struct report *r, struct buf *out)
{
	static const struct { const char *what, *means; } notes[] = {
		{ N_("dispatched in time"), N_("of the cases first sent to a unit in the period, those never sent or sent again after the dispatch limit") },
		{ N_("citizen contacted in time"), N_("of those with a citizen whose contact is decided, those reached within the limit of first contact") },
		{ N_("handled in time"), N_("of the cases first resolved in the period, those resolved within their limit in every round") },
		{ N_("mean handling time"), N_("working time from the case's arrival at the unit to its result, less pauses, over all rounds") },
		{ N_("satisfied"), N_("of the rated cases closed in the period, those with 3 or more of 5 on all four dimensions") },
		{ N_("sent back by the unit"), N_("of the cases first sent to a unit in the period, those sent back at least once") },
		{ N_("done over"), N_("of the cases first resolved in the period, those that a bad rating sent back for a redo") },
		{ N_("machine's first unit was right"), N_("of the first dispatches with a recommendation, those that named its first unit and were not sent back") },
	};
	char text[24];

	buf_puts(out, "<footer>");
	figure_show_value(FIGURE_COUNT, (double)r->open_cases, text);
	chart_text(out, _("Open at the end of the period: "));
	chart_text(out, text);
	buf_puts(out, " · ");
	figure_show_value(FIGURE_COUNT, (double)r->overdue, text);
	chart_text(out, _("Late and still open now: "));
	chart_text(out, text);
	if (r->whole) {
		double share = r->accepted.due > 0 ? (double)r->accepted.given / (double)r->accepted.due : -1;

		buf_puts(out, " · ");
		chart_text(out, _("notices of acceptance given: "));
		strcpy(text, "–");
		if (share >= 0)
			figure_show_value(FIGURE_SHARE, share, text);
		chart_text(out, text);
		share = r->handled.due > 0 ? (double)r->handled.given / (double)r->handled.due : -1;
		buf_puts(out, " · ");
		chart_text(out, _("notices of handling given: "));
		strcpy(text, "–");
		if (share >= 0)
			figure_show_value(FIGURE_SHARE, share, text);
		chart_text(out, text);
	}
	buf_puts(out, "<dl>");
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		buf_puts(out, "<div>");
		put(out, "dt", _(notes[i].what));
		buf_puts(out, ": ");
		put(out, "dd", _(notes[i].means));
		buf_puts(out, "</div>");
	}
	buf_puts(out, "</dl></footer>\n");
}

void report_html(const struct report *r, struct buf *out)
{
	char period[64];

	report_period_text(r, period);
	buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>", i18n_chinese() ? "zh-CN" : "en");
	chart_text(out, r->centre);
	buf_puts(out, " ");
	chart_text(out, report_title(r));
	buf_puts(out, " ");
	chart_text(out, period);
	buf_printf(out, "</title>\n<style>%s</style></head><body><main>\n", style);
	put_header(r, out);
	put_tiles(r, out);
	put_trend(r, out);
	put_heat(r, out);
	put_where(r, out);
	heading(out, _("How well it was done"), NULL);
	buf_puts(out, "<div class=\"two\">\n");
	put_figures(r, out);
	buf_puts(out, "<div>");
	put_satisfaction(r, out);
	buf_puts(out, "<div style=\"height:22px\"></div>");
	put_hot(r, out);
	buf_puts(out, "</div></div>\n");
	put_items(r, out);
	if (r->whole)
		put_ranking(r, out);
	put_groups(r, out);
	put_footer(r, out);
	buf_puts(out, "</main></body></html>\n");
}
