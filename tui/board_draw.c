#include "tui/board_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/case_pane.h"
#include "tui/digits.h"
#include "tui/i18n.h"
#include "tui/meter.h"
#include "tui/units.h"

enum { ROOMY = 24, MORE_ROWS = 5, WIDE_COLS = 150, HIGH_ROWS = 18, FIGURES = 4, FLOW_LABEL = 14, HOUR_SLOTS = 12, TIME_CELLS = 9 };

/* --- rooms -------------------------------------------------------------------------------------------------------- */

/* The scale at which all four figures fit; 0 = they are written small. One for all, because they are compared. */
static int figures_scale(const struct tally *t, int cols, int rows)
{
	const size_t n[FIGURES] = { t->triage, t->all.late, t->all.in30, t->guess.n };
	int scale = DIGITS_SCALE_MAX;

	for (int i = 0; i < FIGURES; i++) {
		char text[24];

		snprintf(text, sizeof text, "%zu", n[i]);
		scale = digits_fit(text, cols / FIGURES - 2, rows - 2, scale);
	}
	return scale;
}

struct board_rooms board_rooms(const struct tally *t, struct rect area)
{
	struct board_rooms r = { 0 };
	int row = area.row, end = area.row + area.rows, head = area.rows >= 50 ? 12 : area.rows >= 32 ? 7 : 5, flow = area.rows >= 50 ? 12 : area.rows >= 32 ? 7 : 3,
	    danger = t->danger > 0 ? area.rows >= 50 ? 3 : 1 : 0, scale = figures_scale(t, area.cols, head), body;

	r.danger = (struct rect){ row, area.col, danger, area.cols };
	row += danger + (danger == 0 && area.rows >= 50);
	r.figures = (struct rect){ row, area.col, (scale > 0 ? digits_rows(scale) : 1) + 2, area.cols };
	row += r.figures.rows + (area.rows >= 50);
	if (area.rows < 16)
		flow = 0;
	r.flow = (struct rect){ end - flow, area.col, flow, area.cols };
	body = end - flow - row;
	r.case_tabs = r.line_tabs = row;
	r.cases = r.lines = (struct rect){ row + 1, area.col, body - 1, area.cols };
	if (area.cols >= WIDE_COLS) {
		int half = area.cols >= 180 ? area.cols * 9 / 20 : area.cols / 2;

		r.both = true;
		r.cases.cols = half - 1;
		r.lines.col += half;
		r.lines.cols -= half;
	} else if (body >= HIGH_ROWS) {
		r.both = true;
		r.cases.rows = body / 2 - 1;
		r.line_tabs = row + body / 2;
		r.lines.row = r.line_tabs + 1;
		r.lines.rows = body - body / 2 - 1;
	}
	return r;
}

/* --- the head ----------------------------------------------------------------------------------------------------- */

void board_draw_danger(const struct tally *t, const char *key, struct grid *g, struct rect area, usec_t now)
{
	char since[40] = "", text[200];
	style_t style;
	int cells;

	if (t->danger == 0 || area.rows < 1)
		return;
	if (t->danger_since)
		case_countdown(t->danger_since, now, since, &style);
	snprintf(text, sizeof text, _("‼ DANGER TO LIFE: %zu not with a unit yet, the first waits %s"), t->danger, since[0] == '-' ? since + 1 : since);
	cells = width_text(text, strlen(text));
	grid_fill(g, area, ST_LATE);
	if (*key)
		grid_printf(g, area.row + area.rows / 2, area.col + area.cols - 14, 13, ST_LATE, _("%s the cases"), key);
	grid_puts(g, area.row + area.rows / 2, area.rows > 1 && cells < area.cols ? area.col + (area.cols - cells) / 2 : area.col + 2, area.cols - 4,
	    ST_LATE, text);
}

struct figure { size_t n; const char *label; char below[80]; style_t loud; bool alarms; };

/* "8 to 17", or nothing where the pace leaves no doubt. */
static void range_text(const struct tally_guess *guess, char *out, size_t size)
{
	if (guess->low != guess->high)
		snprintf(out, size, _("%zu to %zu"), guess->low, guess->high);
	else
		out[0] = '\0';
}

static void make_figures(const struct tally *t, int box, struct figure f[FIGURES])
{
	char range[48], left[40];
	style_t style;

	f[0] = (struct figure){ .n = t->triage, .label = t->of_unit ? _("with the unit") : _("to dispatch"), .loud = ST_STRONG };
	snprintf(f[0].below, sizeof f[0].below, box < ROOMY ? _("%u in, %u out") : _("30′: %u in, %u out"), t->came30, t->went30);
	f[1] = (struct figure){ .n = t->all.late, .label = _("late"), .loud = ST_BAD, .alarms = true };
	if (t->all.late > 0) {
		case_countdown(t->all.first, t->at, left, &style);
		snprintf(f[1].below, sizeof f[1].below, _("the longest %s"), left[0] == '-' ? left + 1 : left);
	}
	f[2] = (struct figure){ .n = t->all.in30, .label = _("due in 30 min"), .loud = ST_WARN };
	snprintf(f[2].below, sizeof f[2].below, box < ROOMY ? "5′ %zu  15′ %zu" : "5′ %zu  15′ %zu  60′ %zu", t->all.in5, t->all.in15, t->all.in60);
	f[3] = (struct figure){ .n = t->guess.n, .label = _("will be late"), .loud = ST_BAD, .alarms = true };
	range_text(&t->guess, range, sizeof range);
	snprintf(f[3].below, sizeof f[3].below, "%s%s%s", range, range[0] && t->guess.thin && box >= ROOMY ? " · " : "",
	    t->guess.thin && (!range[0] || box >= ROOMY) ? _("little to go by") : "");
	if (!f[3].below[0])
		snprintf(f[3].below, sizeof f[3].below, "%s", _("of those, at this pace"));
}

static void centred(struct grid *g, int row, int col, int cells, style_t style, const char *text)
{
	int wide = width_text(text, strlen(text));

	if (wide > cells)
		wide = cells;
	grid_puts(g, row, col + (cells - wide) / 2, wide, style, text);
}

void board_draw_figures(const struct tally *t, struct grid *g, struct rect area, bool stale)
{
	struct figure f[FIGURES];
	int box = area.cols / FIGURES, scale = figures_scale(t, area.cols, area.rows), high;

	make_figures(t, box, f);
	high = scale > 0 ? digits_rows(scale) : 1;
	for (int i = 0; i < FIGURES; i++) {
		int col = area.col + i * box;
		bool loud = f[i].alarms && f[i].n > 0;
		style_t style = f[i].n == 0 ? ST_GOOD : stale ? ST_DIM : f[i].loud;
		char text[24], label[80];

		snprintf(text, sizeof text, "%zu", f[i].n);
		snprintf(label, sizeof label, loud ? "▲ %s" : "%s", f[i].label);
		if (loud) /* a band: seen before it is read */
			grid_fill(g, (struct rect){ area.row + high, col + 1, 1, box - 2 }, ST_LATE);
		if (scale > 0)
			digits_draw(g, area.row, col + (box - digits_cells(text, scale)) / 2, scale, style, text);
		else
			centred(g, area.row, col, box, style, text);
		centred(g, area.row + high, col, box, loud ? ST_LATE : ST_STRONG, label);
		centred(g, area.row + high + 1, col, box - 1, ST_LABEL, f[i].below);
	}
}

/* --- cases -------------------------------------------------------------------------------------------------------- */

static const char *where(const struct console *c, const struct summary *s)
{
	const char *code = s->stage == STAGE_DISPATCHED || s->stage == STAGE_HANDLING ? s->unit : s->desk;

	return strcmp(code, "centre") == 0 ? _("the centre") : units_short(c->units, code);
}

static void draw_case(const struct console *c, const struct summary *s, struct grid *g, struct rect area, bool wall, usec_t now)
{
	bool wide = area.cols >= 90;
	int col = area.col + 2, end = area.col + area.cols, place = wide ? 12 : 10, owner = wall ? 0 : wide ? 12 : 9, kind = wide && !i18n_chinese() ? 8 : 4;
	char text[80], no[16];
	style_t style;

	grid_puts(g, area.row, col, 1, s->priority == PRIORITY_FAST ? ST_FAST : ST_URGENT, case_sign(s));
	col += 2;
	case_countdown(summary_due(s), now, text, &style);
	grid_field_right(g, area.row, col, TIME_CELLS, style, text);
	col += TIME_CELLS + 1;
	number_show(s->no, no);
	grid_field(g, area.row, col, 15, ST_NUMBER, no);
	col += 16;
	grid_field(g, area.row, col, kind, ST_LABEL, *s->clock ? _(s->clock) : "");
	col += kind + 1;
	grid_field(g, area.row, col, place, ST_TEXT, where(c, s));
	col += place + 1;
	if (owner > 0) {
		bool mine = strcmp(s->owner, c->who.account) == 0;

		snprintf(text, sizeof text, "@%s", mine ? _("me") : s->owner);
		grid_field(g, area.row, col, owner, mine ? ST_MINE : ST_OTHERS, *s->owner ? text : "");
		col += owner + 1;
		if (col < end)
			grid_field(g, area.row, col, end - col, ST_TEXT, s->title);
	} else if (col < end) {
		grid_field(g, area.row, col, end - col, ST_DIM, s->stage != STAGE_TRIAGE ? _(stage_label(s->stage)) : *s->owner ? _("somebody has it") :
		    _("nobody has it"));
	}
}

void board_draw_cases(const struct console *c, const case_no *no, int n, int at, struct grid *g, struct rect area, bool wall, usec_t now)
{
	for (int i = 0; i < n && i < area.rows; i++) {
		const struct summary *s = queue_find(c->queue, no[i]);
		struct rect row = { area.row + i, area.col, 1, area.cols };

		if (!s)
			continue;
		draw_case(c, s, g, row, wall, now);
		if (i == at) {
			grid_puts(g, row.row, row.col, 1, ST_KEY, "▸");
			grid_mark(g, row, STYLE_CURSOR);
		}
	}
}

/* --- lines of a grouping ------------------------------------------------------------------------------------------ */

struct columns { int name, bar, pace, guess, spark; };

static struct columns lay_out(int cols, enum board_by by)
{
	bool flows = by == BOARD_DESK || by == BOARD_UNIT;
	struct columns k = { .name = 14, .guess = flows ? 15 : 0 };
	int left = cols - 3 - 6 - 7 - 4 * 5 - (TIME_CELLS + 1) - k.name - k.guess;

	if (flows && left >= 9) {
		k.pace = 9;
		left -= 9;
	}
	if (flows && left >= TALLY_SPARK + 2) {
		k.spark = TALLY_SPARK + 2;
		left -= k.spark;
	}
	if (left >= 8) {
		int more = left / 2 < 12 ? left / 2 : 12;

		k.name += more;
		left -= more;
	}
	if (left >= 8)
		k.bar = left < 24 ? left : 24;
	return k;
}

static int number(struct grid *g, int row, int col, int cells, style_t style, size_t n)
{
	char text[24];

	/* Five digits would touch the next column. */
	snprintf(text, sizeof text, n >= 10000 && cells <= 5 ? "%zuk" : "%zu", n >= 10000 && cells <= 5 ? n / 1000 : n);
	grid_field_right(g, row, col, cells, n > 0 ? style : ST_DIM, n > 0 ? text : "·");
	return col + cells;
}

static void draw_heading(enum board_by by, const struct columns *k, struct grid *g, int row, int col)
{
	static const char *const minutes[] = { "5′", "15′", "30′", "60′" };

	grid_field(g, row, col + 2, k->name, ST_HEAD, _(board_label(by)));
	col += 2 + k->name;
	grid_field_right(g, row, col, 6, ST_HEAD, _("in all"));
	grid_field_right(g, row, col + 6, 7, ST_HEAD, _("late"));
	col += 13;
	for (int i = 0; i < 4; i++, col += 5)
		grid_field_right(g, row, col, 5, ST_HEAD, minutes[i]);
	grid_field_right(g, row, col, TIME_CELLS + 1, ST_HEAD, _("next due"));
	col += TIME_CELLS + 1;
	if (k->guess > 0)
		grid_field_right(g, row, col, k->guess, ST_HEAD, _("will be late"));
	col += k->guess;
	if (k->pace > 0)
		grid_field_right(g, row, col, k->pace, ST_HEAD, _("an hour"));
	col += k->pace;
	if (k->spark > 0)
		grid_field(g, row, col + 2, TALLY_SPARK, ST_HEAD, _("went, 1 h"));
	col += k->spark;
	if (k->bar > 0)
		grid_field(g, row, col + 1, k->bar - 2, ST_HEAD, _("pressing"));
}

static void draw_guess(const struct tally_line *l, struct grid *g, int row, int col, int cells)
{
	char text[64];

	if (l->guess.n == 0 && l->guess.high == 0) {
		grid_field_right(g, row, col, cells, ST_DIM, "·");
		return;
	}
	if (l->guess.low != l->guess.high)
		snprintf(text, sizeof text, "%s%zu (%zu–%zu)", l->guess.thin ? "~" : "", l->guess.n, l->guess.low, l->guess.high);
	else
		snprintf(text, sizeof text, "%s%zu", l->guess.thin ? "~" : "", l->guess.n);
	grid_field_right(g, row, col, cells, l->guess.n > 0 ? ST_BAD : ST_WARN, text);
}

static void draw_line(const struct tally_line *l, const struct columns *k, size_t most, struct grid *g, int row, int col, usec_t now)
{
	char text[48];
	style_t style;

	if (l->n.late > 0)
		grid_puts(g, row, col + 1, 1, ST_BAD, "▲");
	grid_field(g, row, col + 2, k->name, l->n.late > 0 ? ST_STRONG : ST_TEXT, l->name);
	col = number(g, row, col + 2 + k->name, 6, ST_TEXT, l->n.open);
	col = number(g, row, col, 7, ST_BAD, l->n.late);
	col = number(g, row, col, 5, ST_BAD, l->n.in5);
	col = number(g, row, col, 5, ST_WARN, l->n.in15);
	col = number(g, row, col, 5, ST_TEXT, l->n.in30);
	col = number(g, row, col, 5, ST_TEXT, l->n.in60);
	case_countdown(l->n.next, now, text, &style);
	grid_field_right(g, row, col + 1, TIME_CELLS, style, text);
	col += TIME_CELLS + 1;
	if (k->guess > 0)
		draw_guess(l, g, row, col, k->guess);
	col += k->guess;
	if (k->pace > 0) {
		snprintf(text, sizeof text, l->pace.per_min * 60 < 10 ? "%s%.1f" : "%s%.0f", l->pace.thin ? "~" : "", l->pace.per_min * 60);
		grid_field_right(g, row, col, k->pace, ST_DIM, text);
	}
	col += k->pace;
	if (k->spark > 0) {
		double value[TALLY_SPARK], high = 1;

		for (int i = 0; i < TALLY_SPARK; i++) {
			value[i] = l->went[i];
			high = value[i] > high ? value[i] : high;
		}
		meter_spark(g, row, col + 2, TALLY_SPARK, value, TALLY_SPARK, 0, high);
	}
	col += k->spark;
	if (k->bar > 0 && most > 0)
		meter_bar(g, row, col + 1, k->bar - 2, (double)(l->n.late + l->n.in60) / (double)most);
}

/* One grouping; returns the rows used, its heading with them. */
static int draw_grouping(const struct tally *t, enum board_by by, int top, int at, struct grid *g, struct rect area, usec_t now)
{
	struct columns k = lay_out(area.cols, by);
	size_t most = 0;
	int i = 0;

	draw_heading(by, &k, g, area.row, area.col);
	if (t->n[by] == 0)
		grid_puts(g, area.row + 1, area.col + 4, area.cols - 6, ST_DIM, _("nothing here: well done"));
	for (int l = 0; l < t->n[by]; l++)
		most = t->line[by][l].n.late + t->line[by][l].n.in60 > most ? t->line[by][l].n.late + t->line[by][l].n.in60 : most;
	for (; i + 1 < area.rows && top + i < t->n[by]; i++) {
		int row = area.row + 1 + i;

		draw_line(&t->line[by][top + i], &k, most, g, row, area.col, now);
		if (top + i == at) {
			grid_puts(g, row, area.col, 1, ST_KEY, "▸");
			grid_mark(g, (struct rect){ row, area.col, 1, area.cols }, STYLE_CURSOR);
		}
	}
	return 1 + (i > 0 ? i : 1);
}

void board_draw_lines(const struct tally *t, enum board_by by, bool wall, int top, int at, struct grid *g, struct rect area, usec_t now)
{
	int used = draw_grouping(t, by, top, at, g, area, now);

	/* What room is left shows the other groupings, as far as it goes. */
	for (int step = 1; step < BOARD_BY_COUNT - BOARD_DESK && area.rows - used >= MORE_ROWS; step++) {
		enum board_by next = BOARD_DESK + ((int)by - BOARD_DESK + step) % (BOARD_BY_COUNT - BOARD_DESK);

		if (t->n[next] == 0 || (wall && next == BOARD_PERSON))
			continue;
		used++;
		used += draw_grouping(t, next, 0, -1, g, (struct rect){ area.row + used, area.col, area.rows - used, area.cols }, now);
	}
}

/* --- flow --------------------------------------------------------------------------------------------------------- */

/* Columns of `rows` cells, in eighths. */
static void draw_chart(struct grid *g, struct rect area, style_t style, const unsigned *n, int slots, unsigned most)
{
	static const char *const heights[] = { "", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

	for (int i = 0; i < slots; i++) {
		int eighths = most > 0 ? (int)((double)(n[i] < most ? n[i] : most) / most * area.rows * 8 + .5) : 0;

		if (n[i] > 0 && eighths == 0)
			eighths = 1;
		for (int r = area.rows - 1; r >= 0; r--) {
			int here = eighths > 8 ? 8 : eighths;

			if (here > 0)
				grid_puts(g, area.row + r, area.col + i, 1, style, heights[here]);
			else if (r == area.rows - 1)
				grid_puts(g, area.row + r, area.col + i, 1, ST_BAR_REST, "·");
			eighths -= here;
		}
	}
}

static int cmp_unsigned(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The height to draw to: a third more than all but one in fifty of the slots, so that one burst does not make a flat line of the day. What
 * is higher ends at the edge. */
static unsigned ordinary(const unsigned *came, const unsigned *went, int slots, unsigned most)
{
	unsigned all[2 * TALLY_FLOW], high;

	memcpy(all, came, (size_t)slots * sizeof *all);
	memcpy(all + slots, went, (size_t)slots * sizeof *all);
	qsort(all, (size_t)slots * 2, sizeof *all, cmp_unsigned);
	high = all[slots * 2 - 1 - slots * 2 / 50] * 4 / 3;
	return high > 3 && high < most ? high : most;
}

static unsigned sum(const unsigned *n, int from, int to)
{
	unsigned all = 0;

	for (int i = from < 0 ? 0 : from; i < to; i++)
		all += n[i];
	return all;
}

/* What it is, and how many in the last hour. */
static void flow_label(struct grid *g, int row, int col, style_t style, const char *sign, const char *what, unsigned hour)
{
	grid_puts(g, row, col, 2, style, sign);
	grid_field(g, row, col + 2, 6, ST_LABEL, what);
	grid_printf(g, row, col + 8, FLOW_LABEL - 9, ST_STRONG, "%4u", hour);
}

static void draw_axis(struct grid *g, int row, int col, int slots, usec_t now)
{
	int64_t last = now / (FLOW_SLOT_S * USEC_S);
	int free_from = 0;

	for (int i = 0; i < slots; i++) {
		usec_t t = (last - slots + 1 + i) * FLOW_SLOT_S * USEC_S;
		int hour, minute;
		char text[12];

		clock_local(t, NULL, NULL, NULL, &hour, &minute, NULL);
		if (minute >= FLOW_SLOT_S / 60 || i < free_from || i + 5 > slots)
			continue;
		snprintf(text, sizeof text, "%02d:00", hour);
		grid_puts(g, row, col + i, 5, ST_DIM, text);
		free_from = i + HOUR_SLOTS / 2;
	}
}

void board_draw_flow(const struct console *c, struct grid *g, struct rect area, usec_t now)
{
	unsigned came[TALLY_FLOW], went[TALLY_FLOW], late[TALLY_FLOW], of_units[TALLY_FLOW], most = 1;
	int slots = area.cols - FLOW_LABEL - 2 < TALLY_FLOW ? area.cols - FLOW_LABEL - 2 : TALLY_FLOW, high = (area.rows - 1) / 2,
	    col = area.col + FLOW_LABEL;
	enum flow_side side = c->who.role == ROLE_UNIT ? FLOW_UNIT : FLOW_DESK;
	bool third = area.rows >= 6;

	if (slots < HOUR_SLOTS || area.rows < 3 || !c->times)
		return;
	if (third)
		high = (area.rows - 2) / 2;
	flow_series(c->times->flow, side, NULL, FLOW_ANY, FLOW_CAME, now, slots, came);
	flow_series(c->times->flow, side, NULL, FLOW_ANY, FLOW_WENT, now, slots, went);
	flow_series(c->times->flow, FLOW_DESK, NULL, FLOW_ANY, FLOW_LATE, now, slots, late);
	flow_series(c->times->flow, FLOW_UNIT, NULL, FLOW_ANY, FLOW_LATE, now, slots, of_units);
	for (int i = 0; i < slots; i++) {
		late[i] += of_units[i];
		most = came[i] > most ? came[i] : most;
		most = went[i] > most ? went[i] : most;
	}
	most = ordinary(came, went, slots, most);
	flow_label(g, area.row + high - 1, area.col + 1, ST_WARN, "↓", _("came"), sum(came, slots - HOUR_SLOTS, slots));
	draw_chart(g, (struct rect){ area.row, col, high, slots }, ST_BAR, came, slots, most);
	flow_label(g, area.row + 2 * high - 1, area.col + 1, ST_GOOD, "↑", _("went"), sum(went, slots - HOUR_SLOTS, slots));
	draw_chart(g, (struct rect){ area.row + high, col, high, slots }, ST_GOOD, went, slots, most);
	if (third) {
		unsigned worst = 4;

		for (int i = 0; i < slots; i++)
			worst = late[i] > worst ? late[i] : worst;
		flow_label(g, area.row + 2 * high, area.col + 1, ST_BAD, "▲", _("late"), sum(late, slots - HOUR_SLOTS, slots));
		draw_chart(g, (struct rect){ area.row + 2 * high, col, 1, slots }, ST_BAD, late, slots, worst);
	}
	if (!flow_known(c->times->flow))
		grid_puts(g, area.row, col + 2, slots - 2, ST_DIM, c->db == LINK_UP ? _("reading …") : _("no database: what came and went is not known"));
	grid_printf(g, area.row + 2 * high + third, area.col + 2, FLOW_LABEL - 2, ST_DIM, "(%s)", _("last hour")); /* below the numbers */
	draw_axis(g, area.row + 2 * high + third, col, slots, now);
}
