/* What this person has been told: who and what it is about, since when, and who has acknowledged it. Enter opens the case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/alarms.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/views.h"

struct alarms_view {
	int64_t at_id;   /* the cursor holds an alarm, not a row */
	int at, top, page;
	size_t shown[1000];
	int n;
};

/* Which rows are shown: what has settled itself is not. */
static void gather(const struct console *c, struct alarms_view *v)
{
	const struct alarm_list *l = c->alarm_list;

	v->n = 0;
	for (size_t i = 0; i < alarms_count(l) && v->n < (int)(sizeof v->shown / sizeof v->shown[0]); i++)
		if (alarms_at(l, i)->acked != 0 || alarms_stands(c, alarms_at(l, i)))
			v->shown[v->n++] = i;
	for (int i = 0; i < v->n && v->at_id != 0; i++)
		if (alarms_at(l, v->shown[i])->id == v->at_id)
			v->at = i;
	if (v->at >= v->n)
		v->at = v->n > 0 ? v->n - 1 : 0;
	v->at_id = v->n > 0 ? alarms_at(l, v->shown[v->at])->id : 0;
}

static const struct alarm_row *here(const struct console *c, const struct alarms_view *v)
{
	return v->n > 0 ? alarms_at(c->alarm_list, v->shown[v->at]) : NULL;
}

static void *alarms_open(struct console *c, const void *args)
{
	struct alarms_view *v = calloc(1, sizeof *v);

	(void)args;
	if (!v)
		return NULL;
	c->alarms.budget.held = 0; /* who looks has been told */
	alarms_load(c);
	gather(c, v);
	return v;
}

static void alarms_close(struct console *c, void *state)
{
	(void)c;
	free(state);
}

static void alarms_apply(struct console *c, void *state, case_no no)
{
	(void)no;
	gather(c, state);
}

static case_no alarms_subject(const struct console *c, const void *state)
{
	const struct alarm_row *r = here(c, state);

	return r ? r->no : 0;
}

/* This one; the cursor goes to the next that stands. */
static void acknowledge(struct console *c, struct alarms_view *v)
{
	const struct alarm_row *r = here(c, v);
	int64_t id = r ? r->id : 0;
	bool last = v->at + 1 >= v->n || alarms_at(c->alarm_list, v->shown[v->at + 1])->acked != 0;

	if (!r || r->acked != 0) {
		console_say(c, ST_INFO, "%s", r ? _("acknowledged already") : _("there is nothing to acknowledge"));
		return;
	}
	v->at_id = v->n > 1 ? alarms_at(c->alarm_list, v->shown[last ? (v->at > 0 ? v->at - 1 : 0) : v->at + 1])->id : 0;
	alarms_ack(c, &id, 1);
	gather(c, v);
}

static bool alarms_key(struct console *c, void *state, const struct key *k)
{
	struct alarms_view *v = state;

	switch (k->code) {
	case 'a':
		acknowledge(c, v);
		return true;
	case 'A':
		if (alarms_ack(c, NULL, 0) == 0 && console_can_act(c))
			console_say(c, ST_INFO, "%s", _("there is nothing to acknowledge"));
		v->at_id = 0;
		v->at = 0;
		gather(c, v);
		return true;
	case 'r':
		alarms_load(c);
		return true;
	default:
		return false;
	}
}

static bool alarms_command(struct console *c, void *state, enum command id)
{
	struct alarms_view *v = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_ACKNOWLEDGE) {
		acknowledge(c, v);
		return true;
	}
	if (key == 0)
		return id == COMMAND_OPEN && alarms_subject(c, state) == 0;
	list_key(&v->at, v->n, v->page, key);
	v->at_id = v->n > 0 ? alarms_at(c->alarm_list, v->shown[v->at])->id : 0;
	return true;
}

static void draw_row(const struct console *c, struct grid *g, int row, int cols, const struct alarm_row *r, usec_t now)
{
	static const char *const signs[] = { "·", "!", "‼" };
	bool stands = r->acked == 0;
	/* On a narrow screen one column says what and about which case, and gives way to who has acknowledged it. */
	int by = cols >= 118 ? 26 : stands ? 0 : 15, title = cols >= 118 ? 44 : 0, col = 2, words = cols - 2 - 3 - 6 - 16 - title - by - 1;
	style_t style = !stands ? ST_DIM : r->level == ALARM_DANGER ? ST_LATE : r->level == ALARM_ALARM ? ST_STRONG : ST_TEXT;
	int year, month, day, hour, minute, second;
	char text[ALARM_WORDS + 16], said[ALARM_WORDS], no[16] = "";

	(void)c;
	grid_puts(g, row, col, 2, !stands ? ST_DIM : r->level == ALARM_NOTICE ? ST_DIM : ST_BAD, signs[r->level]);
	col += 3;
	clock_local(r->at, &year, &month, &day, &hour, &minute, &second);
	snprintf(text, sizeof text, "%02d:%02d", hour, minute);
	grid_field(g, row, col, 5, ST_DIM, text);
	col += 6;
	if (r->no != 0)
		number_show(r->no, no);
	grid_field(g, row, col, 15, ST_NUMBER, no);
	col += 16;
	alarms_words(r, now, said);
	if (r->count > 1)
		snprintf(text, sizeof text, "%s ×%d", said, r->count);
	else
		snprintf(text, sizeof text, "%s", said);
	if (title == 0 && r->title[0]) { /* one column for both */
		char both[sizeof text + sizeof r->title + 8];

		snprintf(both, sizeof both, "%s · %s", text, r->title);
		grid_field(g, row, col, words - 1, style, both);
	} else
		grid_field(g, row, col, words - 1, style, text);
	col += words;
	if (title > 0)
		grid_field(g, row, col, title - 1, stands ? ST_TEXT : ST_DIM, r->title);
	col += title;
	if (stands)
		return;
	clock_local(r->acked, &year, &month, &day, &hour, &minute, &second);
	snprintf(text, sizeof text, "✓ %02d:%02d %s", hour, minute, r->by);
	grid_field(g, row, col, by, ST_GOOD, text);
}

static void alarms_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct alarms_view *v = state;

	gather(c, v);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("alarms: %zu stand"), alarms_standing(c));
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (v->n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, ST_DIM, _("nothing: all is acknowledged or has settled itself"));
	v->page = area.rows > 3 ? area.rows - 3 : 1;
	v->top = list_top(v->top, v->at, v->n, area.rows - 2);
	for (int i = 0; i < area.rows - 2 && v->top + i < v->n; i++) {
		int row = area.row + 2 + i;
		bool on = v->top + i == v->at;

		if (on)
			grid_puts(g, row, 0, 1, ST_KEY, "▸");
		draw_row(c, g, row, area.cols, alarms_at(c->alarm_list, v->shown[v->top + i]), now);
		if (on)
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
	}
}

static const struct view_key alarms_keys[] = {
	{ "Enter", N_("open the case") }, { "a", N_("acknowledge this one") }, { "A", N_("acknowledge all") }, { "r", N_("read anew") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_alarms = {
	.name = "alarms", .title = N_("alarms"), .place = KEYMAP_LIST, .keys = alarms_keys,
	.open = alarms_open, .apply = alarms_apply, .key = alarms_key, .command = alarms_command, .render = alarms_render, .subject = alarms_subject, .close = alarms_close,
};
