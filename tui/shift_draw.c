#include "tui/shifts.h"

#include <stdio.h>
#include <string.h>

#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/meter.h"

enum { BOTH_COLS = 180, LEFT_COLS = 104, FULL_HAND = 10 };

static const char *const tab_names[SHIFTS_TABS] = { N_("who is on"), N_("the week"), N_("swaps and leave"), N_("attendance") };

static void span(int64_t seconds, char out[16])
{
	if (seconds < 3600)
		snprintf(out, 16, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
	else
		snprintf(out, 16, "%dh%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60));
}

static void hour_text(const json_t *o, const char *key, char out[24])
{
	usec_t t = paper_time(o, key);
	char hms[9];

	out[0] = '\0';
	if (t) {
		clock_hms(t, hms);
		snprintf(out, 24, "%.5s", hms);
	}
}

static enum style state_style(const char *state)
{
	return strcmp(state, "absent") == 0 ? ST_BAD : strcmp(state, "late") == 0 || strcmp(state, "early") == 0 ? ST_WARN :
	    strcmp(state, "present") == 0 ? ST_TEXT : ST_DIM;
}

static void draw_cursor(const struct shifts *v, enum shifts_tab tab, struct grid *g, struct rect line, int i)
{
	if (v->tab == tab && v->at[tab] == i) {
		grid_puts(g, line.row, line.col, 1, ST_KEY, "▸");
		grid_mark(g, line, STYLE_CURSOR);
	}
}

static void draw_empty(const struct papers *p, struct grid *g, struct rect area, const char *words)
{
	if (papers_count(p) == 0 && area.rows > 0)
		grid_puts(g, area.row, area.col + 2, area.cols - 3, p->error[0] ? ST_BAD : ST_DIM, p->error[0] ? p->error : p->asking ? _("reading …") : words);
}

static void draw_person(const struct shifts *v, const json_t *p, struct grid *g, struct rect line)
{
	bool alive = paper_true(p, "alive"), wide = line.cols >= 100;
	int64_t held = paper_int(p, "held"), idle = paper_int(p, "idle_s"), late = paper_int(p, "late_s");
	int name = wide ? 16 : 10, bar = wide ? 20 : 10, col = line.col + 2;
	char text[80], state[16], when[24];

	(void)v;
	paper_text(p, "state", state, sizeof state);
	grid_puts(g, line.row, col, 2, alive ? ST_GOOD : ST_DIM, alive ? "●" : "○");
	grid_field(g, line.row, col + 2, name, alive ? ST_TEXT : ST_DIM, paper_text(p, "person", text, sizeof text));
	col += name + 3;
	snprintf(text, sizeof text, "%s", strcmp(json_string_value(json_object_get(p, "role")) ? json_string_value(json_object_get(p, "role")) : "", "supervisor") == 0 ?
	    _("chief") : "");
	grid_field(g, line.row, col, 6, ST_LABEL, text);
	col += 7;
	snprintf(text, sizeof text, "%s%s", shifts_words(state), paper_true(p, "corrected") ? "*" : "");
	grid_field(g, line.row, col, 10, state_style(state), text);
	col += 11;
	hour_text(p, "came_at", when);
	if (late > 0)
		snprintf(when + strlen(when), sizeof when - strlen(when), " +%lld", (long long)(late / 60));
	grid_field(g, line.row, col, 10, late > 0 ? ST_WARN : ST_DIM, when);
	col += 11;
	meter_bar(g, line.row, col, bar, (double)held / FULL_HAND);
	snprintf(text, sizeof text, "%lld", (long long)held);
	grid_field_right(g, line.row, col + bar, 4, held > 0 ? ST_STRONG : ST_DIM, text);
	col += bar + 5;
	snprintf(text, sizeof text, "%lld", (long long)paper_int(p, "decided"));
	grid_field_right(g, line.row, col, 6, ST_TEXT, text);
	text[0] = '\0';
	if (alive)
		span(idle, text);
	grid_field_right(g, line.row, col + 6, 7, idle >= 900 ? ST_WARN : ST_DIM, text);
}

static void draw_on(struct shifts *v, struct grid *g, struct rect area)
{
	bool wide = area.cols >= 100;
	int name = wide ? 16 : 10, bar = wide ? 20 : 10, col = area.col + 2, n = shifts_count(v, SHIFTS_ON), height = area.rows - 1;

	grid_field(g, area.row, col + 2, name, ST_HEAD, _("who"));
	grid_field(g, area.row, col + name + 10, 10, ST_HEAD, _("attends"));
	grid_field(g, area.row, col + name + 21, 10, ST_HEAD, _("came at"));
	grid_field(g, area.row, col + name + 32, bar, ST_HEAD, _("holds"));
	grid_field_right(g, area.row, col + name + 37 + bar, 6, ST_HEAD, _("did"));
	grid_field_right(g, area.row, col + name + 43 + bar, 7, ST_HEAD, _("idle"));
	draw_empty(&v->papers[PAPER_ON], g, (struct rect){ area.row + 2, area.col, 1, area.cols }, _("nobody is on"));
	v->page = height > 1 ? height - 1 : 1;
	v->top[SHIFTS_ON] = list_top(v->top[SHIFTS_ON], v->at[SHIFTS_ON], n, height);
	for (int i = 0; i < height && v->top[SHIFTS_ON] + i < n; i++) {
		struct rect line = { area.row + 1 + i, area.col, 1, area.cols };

		draw_person(v, papers_at(&v->papers[PAPER_ON], (size_t)(v->top[SHIFTS_ON] + i)), g, line);
		draw_cursor(v, SHIFTS_ON, g, line, v->top[SHIFTS_ON] + i);
	}
}

static void draw_turn(const struct shifts *v, const json_t *t, struct grid *g, int row, int col, int cells, bool here)
{
	char text[80], crews[40];
	usec_t start = paper_time(t, "start_at"), end = paper_time(t, "end_at");
	bool now = start <= v->c->now && v->c->now < end, own = paper_true(t, "mine");

	if (!t) {
		grid_puts(g, row, col, cells, ST_DIM, "·");
	} else {
		paper_text(t, "crew_names", crews, sizeof crews);
		snprintf(text, sizeof text, "%s%s%s", own ? "★" : "", *crews ? crews : "—", paper_int(t, "swapped") + paper_int(t, "leave") > 0 ? "*" : "");
		grid_field(g, row, col, cells - 1, now ? ST_CHOSEN : own ? ST_MINE : end <= v->c->now ? ST_DIM : ST_TEXT, text);
	}
	if (here)
		grid_mark(g, (struct rect){ row, col, 1, cells - 1 }, STYLE_CURSOR);
}

/* 0 is Sunday. */
static int weekday(usec_t t)
{
	static const int shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
	int year, month, day;

	clock_local(t, &year, &month, &day, NULL, NULL, NULL);
	year -= month < 3;
	return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7;
}

static void draw_week(struct shifts *v, struct grid *g, struct rect area)
{
	static const char *const weekdays[] = { N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat") };
	int label = 15, cells = (area.cols - label - 1) / WEEK_DAYS, today;
	char text[80], crews[64];
	struct week w;
	const json_t *t;

	shifts_week(v, &w);
	today = weekday(v->c->now);
	for (int d = 0; d < WEEK_DAYS; d++) {
		snprintf(text, sizeof text, "%s %s", w.day[d] + 5, _(weekdays[(today + d) % 7]));
		grid_field(g, area.row, area.col + label + d * cells, cells - 1, ST_HEAD, text);
	}
	for (int s = 0; s < w.shifts && s < area.rows - 2; s++) {
		t = NULL;
		for (int d = 0; d < WEEK_DAYS && !t; d++)
			t = w.turn[s][d];
		grid_field(g, area.row + 1 + s, area.col + 2, label - 3, ST_LABEL, paper_text(t, "label", text, sizeof text));
		for (int d = 0; d < WEEK_DAYS; d++)
			draw_turn(v, w.turn[s][d], g, area.row + 1 + s, area.col + label + d * cells, cells, v->tab == SHIFTS_WEEK && s == v->at[SHIFTS_WEEK] && d == v->day);
	}
	draw_empty(&v->papers[PAPER_WEEK], g, (struct rect){ area.row + 2, area.col, 1, area.cols }, _("there are no shifts: the routing policy names none"));
	t = shifts_turn(v);
	if (t && w.shifts + 2 < area.rows) {
		snprintf(text, sizeof text, _("%s %s: %lld people"), w.day[v->day] + 5, paper_text(t, "crew_names", crews, sizeof crews), (long long)paper_int(t, "on"));
		grid_puts(g, area.row + 2 + w.shifts, area.col + 2, area.cols - 3, ST_TEXT, text);
		snprintf(text, sizeof text, _("swapped %lld · on leave %lld"), (long long)paper_int(t, "swapped"), (long long)paper_int(t, "leave"));
		if (w.shifts + 3 < area.rows)
			grid_puts(g, area.row + 3 + w.shifts, area.col + 2, area.cols - 3, ST_DIM, text);
	}
}

static const char *swap_state(const char *state)
{
	return strcmp(state, "agreed") == 0 ? _("agreed: to be approved") : strcmp(state, "asked") == 0 ? _("asked: to be answered") : state;
}

static void draw_waiting(struct shifts *v, struct grid *g, struct rect area)
{
	int n = shifts_count(v, SHIFTS_WAITING), height = area.rows;

	if (n == 0)
		draw_empty(&v->papers[PAPER_SWAPS], g, area, _("no swap and no leave waits"));
	v->top[SHIFTS_WAITING] = list_top(v->top[SHIFTS_WAITING], v->at[SHIFTS_WAITING], n, height);
	for (int i = 0; i < height && v->top[SHIFTS_WAITING] + i < n; i++) {
		bool is_swap;
		const json_t *row = shifts_waiting(v, v->top[SHIFTS_WAITING] + i, &is_swap);
		struct rect line = { area.row + i, area.col, 1, area.cols };
		char person[64], other[64], day[16], shift[33], day2[16], shift2[33], from[24], until[24], state[16], kind[16], reason[240], text[480];

		paper_text(row, "person", person, sizeof person);
		paper_text(row, "state", state, sizeof state);
		paper_text(row, "reason", reason, sizeof reason);
		if (is_swap) {
			paper_text(row, "other_day", day2, sizeof day2);
			snprintf(text, sizeof text, "%s %s %s → %s", person, paper_text(row, "day", day, sizeof day) + (*day ? 5 : 0),
			    paper_text(row, "name", shift, sizeof shift), paper_text(row, "other_person", other, sizeof other));
			if (*day2)
				snprintf(text + strlen(text), sizeof text - strlen(text), _(" for %s %s"), day2 + 5, paper_text(row, "other_name", shift2, sizeof shift2));
		} else {
			snprintf(text, sizeof text, "%s %s %s – %s", person, shifts_words(paper_text(row, "kind", kind, sizeof kind)), paper_when(row, "from_at", from),
			    paper_when(row, "until_at", until));
		}
		snprintf(text + strlen(text), sizeof text - strlen(text), "  %s", reason);
		grid_field(g, line.row, area.col + 2, 8, ST_LABEL, is_swap ? _("swap") : _("leave"));
		grid_field(g, line.row, area.col + 11, area.cols - 36, ST_TEXT, text);
		grid_field(g, line.row, area.col + area.cols - 24, 23, ST_WARN, is_swap ? swap_state(state) : _("asked: to be approved"));
		draw_cursor(v, SHIFTS_WAITING, g, line, v->top[SHIFTS_WAITING] + i);
	}
}

static void draw_attendance(struct shifts *v, struct grid *g, struct rect area)
{
	int n = shifts_count(v, SHIFTS_ATTENDANCE), height = area.rows - 1;
	char day[16];

	shifts_date(v->c->now, -v->back, day);
	grid_field(g, area.row, area.col + 2, 12, ST_HEAD, day);
	grid_field(g, area.row, area.col + 15, 10, ST_HEAD, _("who"));
	grid_field(g, area.row, area.col + 26, 10, ST_HEAD, _("attends"));
	grid_field(g, area.row, area.col + 37, 13, ST_HEAD, _("came and left"));
	grid_field_right(g, area.row, area.col + 50, 6, ST_HEAD, _("did"));
	grid_field(g, area.row, area.col + 58, area.cols - 59, ST_HEAD, _("corrected"));
	draw_empty(&v->papers[PAPER_ATTENDANCE], g, (struct rect){ area.row + 2, area.col, 1, area.cols }, _("no shift of this day has begun"));
	v->top[SHIFTS_ATTENDANCE] = list_top(v->top[SHIFTS_ATTENDANCE], v->at[SHIFTS_ATTENDANCE], n, height);
	for (int i = 0; i < height && v->top[SHIFTS_ATTENDANCE] + i < n; i++) {
		const json_t *row = papers_at(&v->papers[PAPER_ATTENDANCE], (size_t)(v->top[SHIFTS_ATTENDANCE] + i));
		struct rect line = { area.row + 1 + i, area.col, 1, area.cols };
		char text[300], state[16], derived[16], came[24], left[24], by[64];

		paper_text(row, "state", state, sizeof state);
		grid_field(g, line.row, area.col + 2, 12, ST_LABEL, paper_text(row, "name", text, sizeof text));
		grid_field(g, line.row, area.col + 15, 10, ST_TEXT, paper_text(row, "person", text, sizeof text));
		grid_field(g, line.row, area.col + 26, 10, state_style(state), shifts_words(state));
		hour_text(row, "came_at", came);
		hour_text(row, "left_at", left);
		snprintf(text, sizeof text, "%s%s%s", came, *came ? "–" : "", left);
		grid_field(g, line.row, area.col + 37, 13, ST_TEXT, text);
		snprintf(text, sizeof text, "%lld", (long long)paper_int(row, "decided"));
		grid_field_right(g, line.row, area.col + 50, 6, ST_TEXT, text);
		if (*paper_text(row, "corrected_by", by, sizeof by)) {
			char note[200];

			snprintf(text, sizeof text, _("%s by %s: %s"), shifts_words(paper_text(row, "derived", derived, sizeof derived)), by, paper_text(row, "note", note, sizeof note));
			grid_field(g, line.row, area.col + 58, area.cols - 59, ST_DIM, text);
		}
		draw_cursor(v, SHIFTS_ATTENDANCE, g, line, v->top[SHIFTS_ATTENDANCE] + i);
	}
}

static void draw_tab(struct shifts *v, enum shifts_tab tab, struct grid *g, struct rect area)
{
	if (area.rows < 2)
		return;
	switch (tab) {
	case SHIFTS_WEEK:       draw_week(v, g, area); break;
	case SHIFTS_WAITING:    draw_waiting(v, g, area); break;
	case SHIFTS_ATTENDANCE: draw_attendance(v, g, area); break;
	default:             draw_on(v, g, area); break;
	}
}

void shifts_draw(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct shifts *v = state;
	const json_t *t = papers_at(&v->papers[PAPER_TURN], 0);
	int col = area.col + 1, on = 0, held = 0, n = shifts_count(v, SHIFTS_ON);
	char name[40], crews[64], from[24], until[24];
	struct rect rest = { area.row + 2, area.col, area.rows - 2, area.cols };

	(void)c;
	(void)now;
	for (int i = 0; i < n; i++) {
		const json_t *p = papers_at(&v->papers[PAPER_ON], (size_t)i);

		on += paper_true(p, "alive");
		held += (int)paper_int(p, "held");
	}
	hour_text(t, "start_at", from);
	hour_text(t, "end_at", until);
	if (t)
		col += grid_printf(g, area.row, col, area.cols - col, ST_STRONG, "%s %s–%s %s", paper_text(t, "name", name, sizeof name), from, until,
		    paper_text(t, "crew_names", crews, sizeof crews)) + 2;
	grid_printf(g, area.row, col, area.cols - col, ST_TEXT, _("%d here, %d cases in hand"), on, held);
	col = area.col + 1;
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	for (int i = 0; i < SHIFTS_TABS; i++)
		col += grid_printf(g, area.row + 1, col, area.cols - col, i == (int)v->tab ? ST_TAB_ON : ST_TAB, " %s ", _(tab_names[i]));
	if (area.cols >= BOTH_COLS && area.rows >= 20) {
		int right = area.col + LEFT_COLS + 1, cols = area.cols - LEFT_COLS - 1, half = 16;

		grid_vline(g, rest.row, area.col + LEFT_COLS, rest.rows, ST_RULE);
		draw_tab(v, v->tab == SHIFTS_ATTENDANCE ? SHIFTS_ATTENDANCE : SHIFTS_ON, g, (struct rect){ rest.row, rest.col, rest.rows, LEFT_COLS });
		draw_tab(v, SHIFTS_WEEK, g, (struct rect){ rest.row, right, half, cols });
		grid_hline(g, rest.row + half, right, cols, ST_RULE);
		draw_tab(v, SHIFTS_WAITING, g, (struct rect){ rest.row + half + 1, right, rest.rows - half - 1, cols });
	} else {
		draw_tab(v, v->tab, g, rest);
	}
}

