/*
 * Return visits: results that want to be asked about by phone, those that can be called now first. W is the visit, R shows the number (on the
 * record), Enter the case in full.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/papers.h"
#include "tui/units.h"
#include "tui/views.h"

enum { VISITS_MAX = 500 };

enum { APART_US = 2 * 1000000, FAILED_US = 10 * 1000000 };

struct visits { struct papers papers; int at, top, page; case_no no; usec_t asked, due; /* due: to be asked for anew then (monotonic); 0 = no need */ };

static const char *why_words(const char *why)
{
	static const struct { const char *why, *words; } all[] = { { "poor", N_("done again") }, { "reply", N_("reply wanted") },
		{ "sample", N_("by lot") }, { "silent", N_("not rated") } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].why, why) == 0)
			return _(all[i].words);
	return why;
}

static void ask(struct visits *v)
{
	const char *most = "500";

	v->due = 0;
	v->asked = v->papers.c->mono;
	papers_ask(&v->papers, SQL_VISITS, &most, 1);
}

static void *visits_open(struct console *c, const void *args)
{
	struct visits *v = calloc(1, sizeof *v);

	(void)args;
	if (!v)
		return NULL;
	papers_init(&v->papers, c);
	ask(v);
	return v;
}

static void visits_close(struct console *c, void *state)
{
	(void)c;
	papers_free(&((struct visits *)state)->papers);
	free(state);
}

static case_no visits_subject(const struct console *c, const void *state)
{
	const struct visits *v = state;

	(void)c;
	return paper_case(papers_at(&v->papers, (size_t)v->at), "id");
}

/* One of them has been called, or went back to its unit: the list is asked for anew, the cursor stays on its case. */
static void visits_apply(struct console *c, void *state, case_no no)
{
	struct visits *v = state;

	for (size_t i = 0; i < papers_count(&v->papers) && v->due == 0; i++)
		if (no != 0 && paper_case(papers_at(&v->papers, i), "id") == no)
			v->due = c->mono > v->asked + APART_US ? c->mono : v->asked + APART_US;
}

/* At once after a single event, and every two seconds on a day when they do not end; and what could not be read is asked for again. */
static bool visits_work(struct console *c, void *state)
{
	struct visits *v = state;

	if (v->papers.error[0] && v->due == 0)
		v->due = v->asked + FAILED_US;
	if (v->due != 0 && c->mono >= v->due && !v->papers.asking && c->db == LINK_UP && !c->locked)
		ask(v);
	return false;
}

static bool visits_command(struct console *c, void *state, enum command id)
{
	struct visits *v = state;
	uint32_t key = list_command(id);

	if (key == 0)
		return false;
	list_key(&v->at, (int)papers_count(&v->papers), v->page, key);
	v->no = visits_subject(c, v);
	return true;
}

static void keep_cursor(struct visits *v)
{
	int n = (int)papers_count(&v->papers);

	for (int i = 0; v->no && i < n; i++)
		if (paper_case(papers_at(&v->papers, (size_t)i), "id") == v->no)
			v->at = i;
	if (v->at >= n)
		v->at = n > 0 ? n - 1 : 0;
}

static void draw_row(const struct console *c, const json_t *o, struct grid *g, int row)
{
	bool wide = g->cols >= 118, waits = paper_true(o, "waits");
	int col = 2, unit = wide ? 20 : 10, title = g->cols - 2 - 16 - 9 - 12 - 4 - unit - (wide ? 26 : 0);
	char text[200], when[24];

	number_show(paper_case(o, "id"), text);
	grid_field(g, row, col, 15, ST_NUMBER, text);
	col += 16;
	paper_text(o, "why", text, sizeof text);
	grid_field(g, row, col, 8, strcmp(text, "poor") == 0 ? ST_BAD : ST_LABEL, why_words(text));
	col += 9;
	/* When the result came; or, once nobody answered, when to call again. */
	grid_field(g, row, col, 11, waits ? ST_INFO : ST_DIM, paper_when(o, waits ? "next_at" : "resolved_at", when));
	col += 12;
	if (paper_int(o, "calls") > 0) {
		snprintf(text, sizeof text, "×%lld", (long long)paper_int(o, "calls"));
		grid_field(g, row, col, 3, ST_WARN, text);
	}
	col += 4;
	grid_field(g, row, col, title - 1, waits ? ST_DIM : ST_TEXT, paper_text(o, "title", text, sizeof text));
	col += title;
	grid_field(g, row, col, unit - 1, ST_TEXT, units_short(c->units, paper_text(o, "unit", text, sizeof text)));
	col += unit;
	if (wide) {
		grid_field(g, row, col, 9, ST_TEXT, paper_text(o, "name", text, sizeof text));
		grid_field(g, row, col + 10, 15, ST_TEXT, paper_text(o, "phone", text, sizeof text));
	}
}

static void visits_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct visits *v = state;
	int n = (int)papers_count(&v->papers);

	(void)now;
	keep_cursor(v);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, n >= VISITS_MAX ? _("return visits (%d or more)") : _("return visits (%d)"), n);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	v->page = area.rows > 3 ? area.rows - 3 : 1;
	v->top = list_top(v->top, v->at, n, area.rows - 2);
	for (int i = 0; i < area.rows - 2 && v->top + i < n; i++) {
		int row = area.row + 2 + i;

		draw_row(c, papers_at(&v->papers, (size_t)(v->top + i)), g, row);
		if (v->top + i == v->at) {
			grid_puts(g, row, 0, 1, ST_KEY, "▸");
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
		}
	}
	if (n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, v->papers.error[0] ? ST_BAD : ST_DIM, v->papers.error[0] ? v->papers.error :
		    v->papers.asking ? _("reading …") : _("nobody is to be called"));
}

static const struct view_key visits_keys[] = {
	{ "W", N_("the visit") }, { "R", N_("show the number") }, { "Enter", N_("in full") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_visits = {
	.name = "visits", .title = N_("return visits"), .place = KEYMAP_LIST, .keys = visits_keys,
	.open = visits_open, .apply = visits_apply, .work = visits_work, .command = visits_command, .render = visits_render, .subject = visits_subject, .close = visits_close,
};
