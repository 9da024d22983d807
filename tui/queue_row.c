#include "tui/queue_row.h"

#include <stdio.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/bursts.h"
#include "tui/case_pane.h"
#include "tui/facts.h"
#include "tui/i18n.h"
#include "tui/units.h"

enum { NUMBER_CELLS = 15, TIME_CELLS = 8, TIMES_CELLS = 5, WIDE_TIMES_CELLS = 11 };

void queue_row_tabs(const struct console *c, enum view_kind kind, struct grid *g, int row)
{
	int col = 0;
	bool tight = false;

	/* What does not fit leaves out the empty tabs; the current one always shows. */
	for (int pass = 0; pass < 2; pass++) {
		int need = 0;

		for (int i = 0; i < VIEW_COUNT; i++) {
			const char *label = _(view_label((enum view_kind)i));

			if (i >= VIEW_TABS && i != (int)kind)
				continue;
			if (!tight || c->counts[i] > 0 || i == (int)kind)
				need += width_text(label, strlen(label)) + 4 + (c->counts[i] > 9) + (c->counts[i] > 99) +
				    (c->counts[i] > 999) + (c->counts[i] > 9999) + (c->counts[i] > 99999);
		}
		if (need <= g->cols)
			break;
		tight = true;
	}
	for (int i = 0; i < VIEW_COUNT && col < g->cols; i++) {
		style_t style = i == (int)kind ? ST_TAB_ON : ST_TAB;
		char text[80];

		if (i != (int)kind && (i >= VIEW_TABS || (tight && c->counts[i] == 0)))
			continue;
		if (i == VIEW_OVERDUE && c->counts[i] > 0 && i != (int)kind)
			style = ST_SOON;
		snprintf(text, sizeof text, " %s %zu ", _(view_label((enum view_kind)i)), c->counts[i]);
		if (col + width_text(text, strlen(text)) > g->cols - 2 && i != (int)kind) {
			grid_puts(g, row, g->cols - 1, 1, ST_TAB, "…"); /* half a tab would be misread */
			continue;
		}
		col += grid_puts(g, row, col, g->cols - col, style, text);
	}
}

/* Where a queue has words of its own for each case, they stand in the place of `place` and `advice`, and take half of the title's room. */
struct columns { int title, times, place, advice, fact, title_cells, times_cells, place_cells, advice_cells, fact_cells; };

static struct columns lay_out(int cols, enum view_kind kind)
{
	struct columns k = { .title = 4 + TIME_CELLS + 1 + NUMBER_CELLS + 1 };

	k.advice_cells = cols >= 100 ? 14 : 11;
	k.times_cells = cols >= 100 ? WIDE_TIMES_CELLS : TIMES_CELLS;
	k.place_cells = cols >= 100 ? 12 : 8;
	if (facts_heading(kind)) {
		k.title_cells = (cols - k.title - k.times_cells) * 2 / 5;
		k.times = k.title + k.title_cells;
		k.fact = k.times + k.times_cells;
		k.fact_cells = cols - k.fact - 1;
		k.place_cells = k.advice_cells = 0;
		return k;
	}
	k.title_cells = cols - k.title - k.times_cells - k.place_cells - k.advice_cells - 2;
	if (k.title_cells < 8) {
		k.title_cells += k.place_cells + 1;
		k.place_cells = 0;
	}
	k.times = k.title + k.title_cells;
	k.place = k.times + k.times_cells;
	k.advice = k.place + k.place_cells + (k.place_cells > 0);
	return k;
}

void queue_row_head(const struct queue_heading *h, struct grid *g, struct rect area)
{
	struct columns k = lay_out(area.cols, h->kind);
	char text[200];

	grid_field_right(g, area.row, area.col + 4, TIME_CELLS, ST_HEAD, _("left"));
	grid_field(g, area.row, area.col + 5 + TIME_CELLS, NUMBER_CELLS, ST_HEAD, _("number"));
	if (*h->filter) {
		snprintf(text, sizeof text, _("filter “%s”: %zu"), h->filter, h->found);
		grid_field(g, area.row, area.col + k.title, k.title_cells + k.times_cells, ST_KEY, text);
	} else {
		grid_field(g, area.row, area.col + k.title, k.title_cells, ST_HEAD, _("appeal"));
	}
	if (k.fact_cells > 0) {
		grid_field(g, area.row, area.col + k.fact, k.fact_cells, ST_HEAD, _(facts_heading(h->kind)));
		return;
	}
	grid_field(g, area.row, area.col + k.place, k.place_cells, ST_HEAD, _("place"));
	grid_field(g, area.row, area.col + k.advice, k.advice_cells, ST_HEAD,
	    h->kind == VIEW_OUT ? _("unit") : _("advice"));
}

static void draw_advice(const struct console *c, const struct summary *s, struct grid *g, int row, int col, int cells)
{
	char text[120];
	bool mine = strcmp(s->owner, c->who.account) == 0;

	if (*s->owner) {
		snprintf(text, sizeof text, "@%s", mine ? _("me") : s->owner);
		grid_field(g, row, col, cells, mine ? ST_MINE : ST_OTHERS, text);
	} else if (*s->unit) {
		grid_field(g, row, col, cells, ST_TEXT, units_short(c->units, s->unit));
	} else if (*s->top_unit) {
		/* Never 100: nothing is that certain, and two digits leave a blank after the unit. */
		snprintf(text, sizeof text, "%d", s->top_p >= .99f ? 99 : (int)(s->top_p * 100 + 0.5));
		grid_field(g, row, col, cells - 3, ST_TEXT, units_short(c->units, s->top_unit));
		grid_field_right(g, row, col + cells - 3, 3, ST_DIM, text);
	}
}

/* As many as the column holds, the weightiest first: a unit sent it back, so many people told of it, the citizen asks again, it has come up
 * again after it was closed, a key enterprise is named, so many messages were merged here. */
static void badges(const struct console *c, const struct summary *s, int cells, char *out, size_t size)
{
	char badge[6][24];
	int people = s->burst ? bursts_people(c->bursts, s->burst) : 0, used = 0;
	size_t at = 0;

	for (int i = 0; i < 6; i++)
		badge[i][0] = '\0';
	if (s->returned > 0)
		snprintf(badge[0], sizeof badge[0], _("ret%d"), s->returned);
	if (people > 0)
		snprintf(badge[1], sizeof badge[1], people < 100 ? _("%dppl") : _("%dp"), people);
	else if (s->burst)
		snprintf(badge[1], sizeof badge[1], "%s", _("many"));
	if (s->chased > 0)
		snprintf(badge[2], sizeof badge[2], _("ask%d"), s->chased);
	if (s->flags & FLAG_RELAPSE)
		snprintf(badge[3], sizeof badge[3], "%s", _("again"));
	if (s->flags & FLAG_ENTERPRISE)
		snprintf(badge[4], sizeof badge[4], "%s", _("key"));
	if (s->repeats > 0)
		snprintf(badge[5], sizeof badge[5], "×%d", s->repeats + 1);
	out[0] = '\0';
	for (int i = 0; i < 6; i++) {
		int wide;

		if (!badge[i][0])
			continue;
		wide = width_text(badge[i], strlen(badge[i])) + (used > 0);
		if (used > 0 && used + wide > cells - 1)
			continue;
		at += (size_t)snprintf(out + at, size - at, "%s%s", used ? " " : "", badge[i]);
		used += wide;
	}
}

void queue_row_draw(const struct console *c, enum view_kind kind, const struct summary *s, struct grid *g, struct rect area, bool cursor, usec_t now)
{
	struct columns k = lay_out(area.cols, kind);
	bool others = *s->owner && strcmp(s->owner, c->who.account) != 0;
	style_t style, words = others ? ST_OTHERS : ST_TEXT, sign = s->priority == PRIORITY_FAST ? ST_FAST : ST_URGENT;
	char text[400], no[16];

	if (cursor)
		grid_puts(g, area.row, area.col, 1, ST_KEY, "▸");
	if (console_marked(c, s->no))
		grid_puts(g, area.row, area.col + 1, 1, ST_KEY, "■");
	grid_puts(g, area.row, area.col + 2, 1, sign, case_sign(s));
	case_countdown(s->due_at, now, text, &style);
	grid_field_right(g, area.row, area.col + 4, TIME_CELLS, style == ST_TEXT ? words : style, text);
	number_show(s->no, no);
	grid_field(g, area.row, area.col + 5 + TIME_CELLS, NUMBER_CELLS, others ? ST_OTHERS : ST_NUMBER, no);
	badges(c, s, k.times_cells, text, sizeof text);
	/* Without a badge the title has its room. */
	grid_field(g, area.row, area.col + k.title, k.title_cells - 1 + (text[0] ? 0 : k.times_cells), words, s->title);
	if (text[0])
		grid_field(g, area.row, area.col + k.times, k.times_cells, ST_BADGE, text);
	if (k.fact_cells > 0) {
		facts_words(c, kind, s, now, text, sizeof text);
		grid_field(g, area.row, area.col + k.fact, k.fact_cells, words, text);
	}
	grid_field(g, area.row, area.col + k.place, k.place_cells, words, s->place);
	if (k.advice_cells > 0)
		draw_advice(c, s, g, area.row, area.col + k.advice, k.advice_cells);
	if (cursor)
		grid_mark(g, area, STYLE_CURSOR);
}
