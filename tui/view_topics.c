/*
 * Topics (类案治理): cases of one kind under an owner, with a plan, a date, notes and figures of before and since. The list, and one topic with
 * its cases. `+` opens a topic (and takes the marked cases in), or puts the marked cases into the one under the cursor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/papers.h"
#include "tui/views.h"
#include "tui/wrap.h"

static const struct { const char *wire, *label; } stages[] = {
	{ "open", N_("opened") }, { "working", N_("at work") }, { "review", N_("under review") }, { "done", N_("done") }, { "dropped", N_("given up") },
};
enum { STAGES = sizeof stages / sizeof stages[0] };

static const char *stage_words(const char *wire)
{
	for (int i = 0; i < STAGES; i++)
		if (strcmp(stages[i].wire, wire) == 0)
			return _(stages[i].label);
	return wire;
}

static bool walk(int *at, int n, int page, enum command id)
{
	uint32_t key = list_command(id);

	return key && (list_key(at, n, page > 0 ? page : 10, key), true);
}

/* The numbers of the marked cases as an array of PostgreSQL; "" when none is. */
static void marked(const struct console *c, struct buf *out)
{
	for (size_t i = 0; i < c->nmarked; i++)
		buf_printf(out, "%c%lld", i ? ',' : '{', (long long)c->marked[i]);
	if (c->nmarked > 0)
		buf_putc(out, '}');
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

struct topics { struct papers papers; int at, top, page; };

static void *topics_open(struct console *c, const void *args)
{
	struct topics *v;

	(void)args;
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	papers_init(&v->papers, c);
	papers_follow(&v->papers, (struct paper_cursor){ &v->at, NULL, NULL, { "topic" } });
	papers_ask(&v->papers, SQL_TOPICS, NULL, 0);
	return v;
}

static void topics_close(struct console *c, void *state)
{
	(void)c;
	papers_free(&((struct topics *)state)->papers);
	free(state);
}

/* Nothing here is a case. */
static case_no no_case(const struct console *c, const void *state)
{
	(void)c;
	(void)state;
	return 0;
}

static const json_t *topic_here(const struct topics *v)
{
	return papers_at(&v->papers, (size_t)v->at);
}

static struct topics *list_state(struct console *c)
{
	struct frame *top = console_top(c);

	return top && top->view == &view_topics ? top->state : NULL;
}

static void list_again(struct console *c, void *ctx)
{
	struct topics *v = list_state(c);

	(void)ctx;
	if (v)
		papers_ask(&v->papers, SQL_TOPICS, NULL, 0);
}

static void put_marked(struct console *c, int64_t topic)
{
	struct buf list = { 0 };
	char id[24];
	const char *args[] = { id, NULL, "f" };

	marked(c, &list);
	snprintf(id, sizeof id, "%lld", (long long)topic);
	args[1] = buf_text(&list);
	if (c->nmarked > 0 && !list.failed)
		paper_send(c, SQL_TOPIC_CASES, args, 3, _("the marked cases are in the topic"), list_again, NULL);
	buf_free(&list);
}

static void got_title(struct console *c, void *ctx, const char *value)
{
	json_t *fields = value ? json_pack("{s:s}", "title", value) : NULL;
	char *text = fields ? json_dumps(fields, 0) : NULL;
	const char *args[] = { NULL, NULL, text };

	(void)ctx;
	if (text)
		paper_send(c, SQL_TOPIC_PUT, args, 3, _("opened: Enter shows it, + puts marked cases in"), list_again, NULL);
	free(text);
	json_decref(fields);
}

static bool topics_key(struct console *c, void *state, const struct key *k)
{
	struct topics *v = state;
	const json_t *t = topic_here(v);

	if (k->code == '\n' && t) {
		int64_t id = paper_int(t, "topic");

		console_open(c, &view_topic, &id);
	} else if (k->code == '+') {
		if (t && c->nmarked > 0)
			put_marked(c, paper_int(t, "topic"));
		else
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("open a topic"), .note = _("its title") }, got_title, NULL);
	} else {
		return false;
	}
	return true;
}

static bool topics_command(struct console *c, void *state, enum command id)
{
	struct topics *v = state;

	(void)c;
	return walk(&v->at, (int)papers_count(&v->papers), v->page, id);
}

static void topics_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct topics *v = state;
	int n = (int)papers_count(&v->papers), rows = area.rows - 3, title = area.cols - 58;
	char text[300];

	(void)now;
	if (v->at >= n)
		v->at = n > 0 ? n - 1 : 0;
	v->page = rows > 1 ? rows - 1 : 1;
	v->top = list_top(v->top, v->at, n, rows);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("topics (%d)"), n);
	if (c->nmarked > 0)
		grid_printf(g, area.row, area.cols - 34, 33, ST_KEY, _("%zu marked: + puts them in"), c->nmarked);
	grid_field(g, area.row + 1, 2, title, ST_HEAD, _("topic"));
	grid_field(g, area.row + 1, 3 + title, 10, ST_HEAD, _("stage"));
	grid_field(g, area.row + 1, 14 + title, 18, ST_HEAD, _("owner"));
	grid_field(g, area.row + 1, 33 + title, 11, ST_HEAD, _("target"));
	grid_field_right(g, area.row + 1, 45 + title, 6, ST_HEAD, _("cases"));
	for (int i = 0; i < rows && v->top + i < n; i++) {
		const json_t *t = papers_at(&v->papers, (size_t)(v->top + i));
		struct rect line = { area.row + 2 + i, 0, 1, area.cols };
		bool ended = paper_time(t, "ended_at") != 0;

		if (v->top + i == v->at)
			grid_puts(g, line.row, 0, 1, ST_KEY, "▸");
		grid_field(g, line.row, 2, title, ended ? ST_DIM : ST_TEXT, paper_text(t, "title", text, sizeof text));
		grid_field(g, line.row, 3 + title, 10, ended ? ST_DIM : ST_INFO, stage_words(paper_text(t, "stage", text, sizeof text)));
		grid_field(g, line.row, 14 + title, 18, ST_TEXT, paper_text(t, "owner_name", text, sizeof text));
		grid_field(g, line.row, 33 + title, 11, paper_true(t, "late") ? ST_BAD : ST_TEXT, paper_text(t, "target", text, sizeof text));
		snprintf(text, sizeof text, "%lld", (long long)paper_int(t, "cases"));
		grid_field_right(g, line.row, 45 + title, 6, ST_TEXT, text);
		if (v->top + i == v->at)
			grid_mark(g, line, STYLE_CURSOR);
	}
	if (n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, v->papers.error[0] ? ST_BAD : ST_DIM, v->papers.error[0] ? v->papers.error :
		    v->papers.asking ? _("reading …") : _("no topic yet: + opens one"));
}

static const struct view_key topics_keys[] = {
	{ "Enter", N_("the topic") }, { "+", N_("open one, or put the marked cases in") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_topics = {
	.name = "topics", .title = N_("topics"), .place = KEYMAP_LIST, .keys = topics_keys,
	.open = topics_open, .key = topics_key, .command = topics_command, .render = topics_render, .subject = no_case, .close = topics_close,
};

/* --- one topic ---------------------------------------------------------------------------------------------------- */

struct topic { struct papers papers; int64_t id; int at, top, page; };

static void show(struct topic *v)
{
	char id[24];
	const char *args[] = { id };

	snprintf(id, sizeof id, "%lld", (long long)v->id);
	papers_ask(&v->papers, SQL_TOPIC_SHOW, args, 1);
}

static void *topic_open(struct console *c, const void *args)
{
	struct topic *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	papers_init(&v->papers, c);
	papers_follow(&v->papers, (struct paper_cursor){ &v->at, "members", "topic", { "id" } });
	v->id = *(const int64_t *)args;
	show(v);
	return v;
}

static void topic_close(struct console *c, void *state)
{
	(void)c;
	papers_free(&((struct topic *)state)->papers);
	free(state);
}

static const json_t *members(const struct topic *v)
{
	return json_object_get(papers_at(&v->papers, 0), "members");
}

static case_no topic_subject(const struct console *c, const void *state)
{
	const struct topic *v = state;

	(void)c;
	return paper_case(json_array_get(members(v), (size_t)v->at), "id");
}

static struct topic *topic_state(struct console *c)
{
	struct frame *top = console_top(c);

	return top && top->view == &view_topic ? top->state : NULL;
}

static void topic_again(struct console *c, void *ctx)
{
	struct topic *v = topic_state(c);

	(void)ctx;
	if (v)
		show(v);
}

static void put_field(struct console *c, const char *field, const char *value)
{
	struct topic *v = topic_state(c);
	json_t *fields = v && value ? json_pack("{s:s}", field, value) : NULL;
	char *text = fields ? json_dumps(fields, 0) : NULL, id[24], version[16];
	const char *args[] = { id, version, text };

	if (text) {
		snprintf(id, sizeof id, "%lld", (long long)v->id);
		snprintf(version, sizeof version, "%lld", (long long)paper_int(papers_at(&v->papers, 0), "version"));
		paper_send(c, SQL_TOPIC_PUT, args, 3, _("kept"), topic_again, NULL);
	}
	free(text);
	json_decref(fields);
}

static void got_plan(struct console *c, void *ctx, const char *value) { (void)ctx; put_field(c, "plan", value); }
static void got_owner(struct console *c, void *ctx, const char *value) { (void)ctx; put_field(c, "owner", value); }
static void got_target(struct console *c, void *ctx, const char *value) { (void)ctx; put_field(c, "target", value); }
static void got_item(struct console *c, void *ctx, const char *value) { (void)ctx; put_field(c, "item", value); }
static void got_place(struct console *c, void *ctx, const char *value) { (void)ctx; put_field(c, "place", value); }
static void got_stage(struct console *c, void *ctx, const char *value) { (void)ctx; put_field(c, "stage", value); }

static void got_note(struct console *c, void *ctx, const char *value)
{
	struct topic *v = topic_state(c);
	char id[24];
	const char *args[] = { id, value };

	(void)ctx;
	if (!value || !v)
		return;
	snprintf(id, sizeof id, "%lld", (long long)v->id);
	paper_send(c, SQL_TOPIC_NOTE, args, 2, _("kept"), topic_again, NULL);
}

static void ask_stage(struct console *c)
{
	struct dialog_item item[STAGES];

	for (int i = 0; i < STAGES; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", stages[i].wire);
		snprintf(item[i].text, sizeof item[i].text, "%s", _(stages[i].label));
	}
	dialog_menu(c, _("how far is the topic?"), NULL, item, STAGES, got_stage, NULL);
}

static void got_field(struct console *c, void *ctx, const char *value)
{
	static const struct { const char *field, *note; dialog_fn fn; bool lines; } fields[] = {
		{ "plan", N_("what is to be done, by whom, by when"), got_plan, true }, { "owner", N_("a unit's code, or an account"), got_owner, false },
		{ "target", N_("a day, as 2026-12-31"), got_target, false }, { "item", N_("code of the duty item whose cases are gathered by themselves"), got_item, false },
		{ "place", N_("code of the place whose cases are gathered by themselves"), got_place, false },
	};
	struct topic *v = topic_state(c);
	const char *was;

	(void)ctx;
	if (!value || !v)
		return;
	if (strcmp(value, "stage") == 0)
		ask_stage(c);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(fields[i].field, value) == 0) {
			was = json_string_value(json_object_get(papers_at(&v->papers, 0), value));
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("change the topic"), .note = _(fields[i].note), .initial = was ? was : "",
			    .lines = fields[i].lines, .may_be_empty = true }, fields[i].fn, NULL);
		}
}

static void ask_field(struct console *c)
{
	static const struct { const char *value, *words; } what[] = { { "plan", N_("plan") }, { "stage", N_("stage") }, { "owner", N_("owner") }, { "target", N_("target") },
		{ "item", N_("duty item") }, { "place", N_("place") } };
	struct dialog_item item[6];

	for (int i = 0; i < 6; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", what[i].value);
		snprintf(item[i].text, sizeof item[i].text, "%s", _(what[i].words));
	}
	dialog_menu(c, _("change the topic"), NULL, item, 6, got_field, NULL);
}

static void take_out(struct console *c, const struct topic *v)
{
	char id[24], list[24];
	const char *args[] = { id, list, "t" };
	case_no no = topic_subject(c, v);

	if (no == 0)
		return;
	snprintf(id, sizeof id, "%lld", (long long)v->id);
	snprintf(list, sizeof list, "{%lld}", (long long)no);
	paper_send(c, SQL_TOPIC_CASES, args, 3, _("taken out of the topic"), topic_again, NULL);
}

static bool topic_key(struct console *c, void *state, const struct key *k)
{
	if (k->code == '.')
		ask_field(c);
	else if (k->code == ';')
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("how it goes"), .lines = true }, got_note, NULL);
	else if (k->code == '-')
		take_out(c, state);
	else
		return false;
	return true;
}

static bool topic_command(struct console *c, void *state, enum command id)
{
	struct topic *v = state;

	(void)c;
	return walk(&v->at, (int)json_array_size(members(v)), v->page, id);
}

/* "eight weeks before: 12.5 a week, 100 cases, 3 again, effect 3.20 (41)" */
static void draw_span(struct grid *g, int row, int cols, const char *label, const json_t *s)
{
	const json_t *effect = json_object_get(s, "effect");
	int col = 1 + grid_printf(g, row, 1, cols - 2, ST_LABEL, "%s ", label);

	col += grid_printf(g, row, col, cols - col, ST_STRONG, _("%.1f a week "), json_number_value(json_object_get(s, "per_week")));
	col += grid_printf(g, row, col, cols - col, ST_TEXT, _("· %lld cases in %.1f weeks · %lld done again "), (long long)paper_int(s, "cases"),
	    json_number_value(json_object_get(s, "weeks")), (long long)paper_int(s, "redo"));
	if (json_is_number(effect))
		grid_printf(g, row, col, cols - col, ST_TEXT, _("· effect %.2f of 5 (%lld rated)"), json_number_value(effect), (long long)paper_int(s, "rated"));
}

static int draw_text(struct grid *g, struct rect area, style_t style, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	struct buf clean = { 0 };
	int lines;

	if (!s || !*s || area.rows < 1)
		return 0;
	clean_text(&clean, s, strlen(s), CLEAN_TEXT);
	lines = wrap_draw(g, area, style, buf_text(&clean), clean.len, 0, NULL, 0);
	buf_free(&clean);
	return lines < area.rows ? lines : area.rows;
}

static int draw_head(struct grid *g, struct rect area, const json_t *t)
{
	char text[300], name[120];
	int row = area.row, col = 1 + grid_printf(g, row, 1, area.cols - 2, ST_STRONG, "%s  ", paper_text(t, "title", text, sizeof text));

	col += grid_printf(g, row, col, area.cols - col, ST_INFO, "%s  ", stage_words(paper_text(t, "stage", text, sizeof text)));
	col += grid_printf(g, row, col, area.cols - col, ST_TEXT, "%s  ", paper_text(t, "owner_name", text, sizeof text));
	if (*paper_text(t, "target", text, sizeof text))
		grid_printf(g, row, col, area.cols - col, paper_true(t, "late") ? ST_BAD : ST_TEXT, _("by %s"), text);
	row++;
	if (*paper_text(t, "item_name", text, sizeof text) || *paper_text(t, "place_name", name, sizeof name))
		grid_printf(g, row++, 1, area.cols - 2, ST_DIM, _("gathers by itself: %s %s"), text, paper_text(t, "place_name", name, sizeof name));
	draw_span(g, row++, area.cols, _("8 weeks before"), json_object_get(t, "before"));
	draw_span(g, row++, area.cols, _("since"), json_object_get(t, "since"));
	row += draw_text(g, (struct rect){ row, 1, area.rows / 4, area.cols - 2 }, ST_TEXT, t, "plan");
	return row;
}

static int draw_notes(struct grid *g, struct rect area, const json_t *notes, int row)
{
	size_t n = json_array_size(notes), shown = area.rows > 30 ? 5 : 2;
	char when[24], by[64];

	for (size_t i = n > shown ? n - shown : 0; i < n; i++) {
		const json_t *one = json_array_get(notes, i);
		int col = 1 + grid_printf(g, row, 1, area.cols - 2, ST_LABEL, "%s %s  ", paper_when(one, "at", when), paper_text(one, "by", by, sizeof by));

		row += draw_text(g, (struct rect){ row, col, area.rows > 30 ? 3 : 1, area.cols - col - 1 }, ST_TEXT, one, "text");
	}
	return row;
}

static void topic_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct topic *v = state;
	const json_t *t = papers_at(&v->papers, 0), *list = members(v);
	int n = (int)json_array_size(list), row, rows;
	char text[300], no[16];

	(void)c;
	(void)now;
	if (!t) {
		grid_puts(g, area.row + 1, 4, area.cols - 8, v->papers.error[0] ? ST_BAD : ST_DIM, v->papers.error[0] ? v->papers.error : _("reading …"));
		return;
	}
	row = draw_notes(g, area, json_object_get(t, "notes"), draw_head(g, area, t));
	grid_hline(g, row++, 0, area.cols, ST_RULE);
	rows = area.row + area.rows - row;
	if (v->at >= n)
		v->at = n > 0 ? n - 1 : 0;
	v->page = rows > 1 ? rows - 1 : 1;
	v->top = list_top(v->top, v->at, n, rows);
	for (int i = 0; i < rows && v->top + i < n; i++) {
		const json_t *m = json_array_get(list, (size_t)(v->top + i));
		struct rect line = { row + i, 0, 1, area.cols };
		enum stage stage = STAGE_TRIAGE;
		char when[24];

		if (v->top + i == v->at)
			grid_puts(g, line.row, 0, 1, ST_KEY, "▸");
		number_show(paper_case(m, "id"), no);
		grid_field(g, line.row, 2, 15, ST_NUMBER, no);
		grid_field(g, line.row, 18, 11, ST_DIM, paper_when(m, "received_at", when));
		stage_parse(paper_text(m, "stage", text, sizeof text), &stage);
		grid_field(g, line.row, 30, 10, ST_INFO, _(stage_label(stage)));
		grid_field(g, line.row, 41, area.cols - 56, ST_TEXT, paper_text(m, "title", text, sizeof text));
		grid_field(g, line.row, area.cols - 14, 13, ST_TEXT, paper_text(m, "place", text, sizeof text));
		if (v->top + i == v->at)
			grid_mark(g, line, STYLE_CURSOR);
	}
	if (n == 0)
		grid_puts(g, row, 4, area.cols - 8, ST_DIM, _("no case yet: mark cases and press + in the list of topics"));
}

static const struct view_key topic_keys[] = {
	{ ".", N_("change") }, { ";", N_("note") }, { "-", N_("take the case out") }, { "Enter", N_("open") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_topic = {
	.name = "topic", .title = N_("topic"), .place = KEYMAP_LIST, .keys = topic_keys,
	.open = topic_open, .key = topic_key, .command = topic_command, .render = topic_render, .subject = topic_subject, .close = topic_close,
};
