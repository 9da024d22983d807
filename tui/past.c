#include "tui/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/units.h"

void past_free(struct past *p)
{
	free(p->row);
	memset(p, 0, sizeof *p);
}

void past_clear(struct past *p)
{
	p->n = p->at = p->top = 0;
}

void past_add(struct past *p, int columns, const char *const *column)
{
	struct past_row *r;

	if (columns < 7 || p->n == PAST_MAX)
		return;
	if (p->n == p->cap) {
		int cap = p->cap ? p->cap * 2 : 64;

		r = realloc(p->row, (size_t)cap * sizeof *r);
		if (!r)
			return;
		p->row = r;
		p->cap = cap;
	}
	r = &p->row[p->n++];
	memset(r, 0, sizeof *r);
	r->no = atoll(column[0]);
	clean_into(r->stage, sizeof r->stage, column[1]);
	clean_into(r->outcome, sizeof r->outcome, column[2]);
	if (!clock_parse(column[3], strlen(column[3]), &r->received_at))
		r->received_at = 0;
	clean_into(r->title, sizeof r->title, column[4]);
	clean_into(r->place, sizeof r->place, column[5]);
	clean_into(r->unit, sizeof r->unit, column[6]);
}

case_no past_subject(const struct past *p)
{
	return p->at < p->n ? p->row[p->at].no : 0;
}

static const char *state_words(const struct past_row *r)
{
	enum stage stage;
	enum outcome outcome;

	if (*r->outcome && outcome_parse(r->outcome, &outcome))
		return _(outcome_label(outcome));
	return stage_parse(r->stage, &stage) ? _(stage_label(stage)) : r->stage;
}

void past_draw(const struct console *c, struct past *p, struct grid *g, struct rect area, usec_t now)
{
	bool wide = area.cols >= 100;
	int date = wide ? 16 : 11, state = wide ? 14 : 8, place = wide ? 16 : 8, unit = wide ? 16 : 0;
	int title = area.cols - 2 - 16 - date - 1 - state - 1 - 1 - place - (wide ? unit + 1 : 0);

	(void)now;
	p->page = area.rows > 1 ? area.rows - 1 : 1;
	p->top = list_top(p->top, p->at, p->n, area.rows);
	for (int i = 0; i < area.rows && p->top + i < p->n; i++) {
		const struct past_row *r = &p->row[p->top + i];
		int row = area.row + i, col = area.col + 2, year, month, day, hour, minute, second;
		char no[16], when[40];

		if (p->top + i == p->at)
			grid_puts(g, row, area.col, 1, ST_KEY, "▸");
		number_show(r->no, no);
		clock_local(r->received_at, &year, &month, &day, &hour, &minute, &second);
		snprintf(when, sizeof when, "%04d-%02d-%02d %02d:%02d", year, month, day, hour, minute);
		grid_field(g, row, col, 15, ST_NUMBER, no);
		col += 16;
		/* The number says the year where there is no room for it. */
		grid_field(g, row, col, date, ST_DIM, !r->received_at ? "" : wide ? when : when + 5);
		col += date + 1;
		grid_field(g, row, col, state, ST_INFO, state_words(r));
		col += state + 1;
		grid_field(g, row, col, title, ST_TEXT, r->title);
		col += title + 1;
		grid_field(g, row, col, place, ST_TEXT, r->place);
		if (wide)
			grid_field(g, row, col + place + 1, unit, ST_TEXT, *r->unit ? units_short(c->units, r->unit) : "");
		if (p->top + i == p->at)
			grid_mark(g, (struct rect){ row, area.col, 1, area.cols }, STYLE_CURSOR);
	}
}
