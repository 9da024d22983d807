#include "tui/leaders.h"

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/units.h"
#include "tui/wrap.h"

static const char *const tab_names[TABS] = { N_("leaders' list"), N_("instructions"), N_("bulletins") };

static const struct { const char *code, *words; } reasons[] = {
	{ "danger", N_("danger to life") }, { "group", N_("%lld people") }, { "merged", N_("%lld reports") }, { "special", N_("special supervision") },
	{ "instructed", N_("instruction stands") }, { "disputed", N_("returned %lld times") }, { "media", N_("media: %s") },
	{ "delegate", N_("delegate's item") }, { "supervised", N_("supervised") }, { "enterprise", N_("key enterprise") },
	{ "overdue", N_("late %lld days") }, { "chased", N_("chased %lld times") },
};

/* Why a case is on the list, the heaviest first. */
static void reason_words(const json_t *row, char *out, size_t size)
{
	const json_t *list = json_object_get(row, "reasons"), *r;
	size_t at = 0, i;
	char word[64];

	out[0] = '\0';
	json_array_foreach((json_t *)list, i, r) {
		const char *code = json_string_value(json_object_get(r, "code"));
		long long n = (long long)paper_int(r, "n");

		for (size_t k = 0; code && k < sizeof reasons / sizeof reasons[0]; k++) {
			if (strcmp(reasons[k].code, code) != 0 || at >= size)
				continue;
			at += (size_t)snprintf(out + at, size - at, "%s", at ? " · " : "");
			if (at >= size)
				break;
			if (strcmp(code, "media") == 0)
				at += (size_t)snprintf(out + at, size - at, _(reasons[k].words), paper_text(r, "text", word, sizeof word));
			else
				at += (size_t)snprintf(out + at, size - at, _(reasons[k].words), strcmp(code, "overdue") == 0 ? n / 86400 : n);
		}
	}
}

static void draw_list_row(const struct console *c, const json_t *row, struct grid *g, struct rect line)
{
	int title = (line.cols - 24) * 11 / 24, col = line.col + 2;
	char text[400], no[16];

	(void)c;
	grid_printf(g, line.row, col, 3, ST_STRONG, "%2lld", (long long)paper_int(row, "rank"));
	number_show(paper_case(row, "id"), no);
	grid_field(g, line.row, col + 3, 15, ST_NUMBER, no);
	grid_puts(g, line.row, col + 19, 2, ST_KEY, paper_int(row, "instructions") > 0 ? _("I") : "");
	grid_field(g, line.row, col + 22, title, ST_TEXT, paper_text(row, "title", text, sizeof text));
	reason_words(row, text, sizeof text);
	grid_field(g, line.row, col + 23 + title, line.cols - 26 - title, ST_WARN, text);
}

static void draw_instruction_row(const struct console *c, const json_t *row, struct grid *g, struct rect line)
{
	bool late = paper_true(row, "overdue"), answered = paper_time(row, "complied_at") != 0;
	int col = line.col + 2, words = (line.cols - 52) / 2;
	char text[400], no[16], when[24];

	number_show(paper_case(row, "id"), no);
	grid_field(g, line.row, col, 15, ST_NUMBER, no);
	grid_field(g, line.row, col + 16, 12, late ? ST_BAD : ST_DIM, answered ? _("answered") : *paper_when(row, "until", when) ? when : "–");
	grid_field(g, line.row, col + 29, 8, ST_TEXT, paper_text(row, "leader", text, sizeof text));
	grid_field(g, line.row, col + 38, 10, ST_TEXT, units_short(c->units, paper_text(row, "unit", text, sizeof text)));
	grid_field(g, line.row, col + 49, words, answered ? ST_DIM : ST_STRONG, paper_text(row, "text", text, sizeof text));
	grid_field(g, line.row, col + 50 + words, line.cols - 53 - words, ST_TEXT, paper_text(row, answered ? "complied" : "title", text, sizeof text));
}

static void draw_bulletin_row(const struct console *c, const json_t *row, struct grid *g, struct rect line)
{
	int col = line.col + 2;
	char text[240], when[24];
	bool out = *paper_when(row, "published_at", when);

	(void)c;
	grid_printf(g, line.row, col, 5, ST_NUMBER, "%lld", (long long)paper_int(row, "bulletin"));
	grid_field(g, line.row, col + 6, line.cols - 38, out ? ST_TEXT : ST_STRONG, paper_text(row, "title", text, sizeof text));
	grid_printf(g, line.row, line.col + line.cols - 30, 10, ST_DIM, _("%zu units"), json_array_size(json_object_get(row, "units")));
	grid_field(g, line.row, line.col + line.cols - 19, 18, out ? ST_DIM : ST_WARN, out ? when : _("draft"));
}

static void draw_tabs(const struct leaders *v, struct grid *g, int row)
{
	int col = 0;

	for (int i = 0; i < TABS; i++)
		col += grid_printf(g, row, col, g->cols - col, i == (int)v->tab ? ST_TAB_ON : ST_TAB, " %s ", _(tab_names[i]));
	if (v->tab == TAB_LIST) {
		const json_t *list = papers_at(&v->papers[TAB_LIST], 0), *editions = json_object_get(list, "editions");
		size_t n = json_array_size(editions);
		char day[16], when[24], by[64];

		if (!*paper_text(list, "day", day, sizeof day))
			return;
		if (n > 0)
			grid_printf(g, row, col + 2, g->cols - col - 2, ST_GOOD, _("%s · edition %zu, %s %s"), day, n,
			    paper_when(json_array_get(editions, n - 1), "at", when), paper_text(json_array_get(editions, n - 1), "by", by, sizeof by));
		else
			grid_printf(g, row, col + 2, g->cols - col - 2, ST_WARN, _("%s · draft %s, not published"), day, paper_when(list, "drafted_at", when));
	}
}

/* What stands below the list: the remark and the case, or the bulletin's text. */
static void draw_below(const struct console *c, struct leaders *v, struct grid *g, struct rect area, usec_t now)
{
	const json_t *row = leaders_here(v);
	const char *body;
	char text[2100];

	if (!row)
		return;
	if (v->tab == TAB_BULLETINS) {
		struct buf clean = { 0 };

		body = json_string_value(json_object_get(row, "text"));
		clean_text(&clean, body ? body : "", body ? strlen(body) : 0, CLEAN_TEXT);
		wrap_draw(g, area, ST_TEXT, buf_text(&clean), clean.len, 0, NULL, 0);
		buf_free(&clean);
		return;
	}
	if (*paper_text(row, v->tab == TAB_LIST ? "remark" : "complied", text, sizeof text)) {
		grid_printf(g, area.row, area.col, area.cols, ST_KEY, "%s %s", v->tab == TAB_LIST ? _("remark:") : _("answered:"), text);
		area.row++;
		area.rows--;
	}
	case_pane_render(c, &v->pane, paper_case(row, "id"), g, area, PANE_ALONE, now);
}

void leaders_draw(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	static const char *const empty[TABS] = { N_("there is no list of today: . drafts it"), N_("no instruction stands"), N_("no bulletin yet: . drafts one") };
	struct leaders *v = state;
	struct papers *p = &v->papers[v->tab];
	int n = leaders_count(v), rows = (area.rows - 3) * 11 / 20, *at = &v->at[v->tab], *top = &v->top[v->tab];

	if (*at >= n)
		*at = n > 0 ? n - 1 : 0;
	if (n > 0 && rows > n)
		rows = n;
	rows = rows < 3 ? 3 : rows;
	v->page = rows > 1 ? rows - 1 : 1;
	*top = list_top(*top, *at, n, rows);
	draw_tabs(v, g, area.row);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	for (int i = 0; i < rows && *top + i < n; i++) {
		struct rect line = { area.row + 2 + i, 0, 1, area.cols };
		const json_t *row = json_array_get(leaders_rows(v), (size_t)(*top + i));

		if (*top + i == *at)
			grid_puts(g, line.row, 0, 1, ST_KEY, "▸");
		(v->tab == TAB_LIST ? draw_list_row : v->tab == TAB_INSTRUCTIONS ? draw_instruction_row : draw_bulletin_row)(c, row, g, line);
		if (*top + i == *at)
			grid_mark(g, line, STYLE_CURSOR);
	}
	if (n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, p->error[0] ? ST_BAD : ST_DIM, p->error[0] ? p->error : p->asking ? _("reading …") : _(empty[v->tab]));
	grid_hline(g, area.row + 2 + rows, 0, area.cols, ST_RULE);
	draw_below(c, v, g, (struct rect){ area.row + 3 + rows, 1, area.rows - rows - 3, area.cols - 2 }, now);
}
