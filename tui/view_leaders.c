/*
 * What the city's leaders are told and what they say: the list of key cases of the day, drafted by the machine and edited here; instructions that
 * stand, until they are settled; bulletins about what was late or redone. Tab goes from one to the next. Keys of actions are about the case
 * under the cursor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/case_pane.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/papers.h"
#include "tui/units.h"
#include "tui/views.h"
#include "tui/wrap.h"

enum tab { TAB_LIST, TAB_INSTRUCTIONS, TAB_BULLETINS, TABS };
enum { ANEW_US = 20 * 1000000, SOON_US = 2 * 1000000, WIDE_COLS = 118 };

static const char *const tab_names[TABS] = { N_("leaders' list"), N_("instructions"), N_("bulletins") };

struct leaders {
	enum tab tab;
	struct papers papers[TABS];
	int at[TABS], top[TABS], page;
	usec_t asked;
	struct paper_about about; /* the row that the open question is about, and the list it stands in */
	bool to_newest;           /* a bulletin has been drafted: it will be the first */
	struct case_pane pane;
};

static void ask(struct leaders *v, enum tab tab)
{
	if (tab == TAB_LIST)
		papers_ask(&v->papers[tab], SQL_LEADERS_SHOW, (const char *[]){ NULL }, 1);
	else if (tab == TAB_INSTRUCTIONS)
		papers_ask(&v->papers[tab], SQL_INSTRUCTIONS, (const char *[]){ "f" }, 1);
	else
		papers_ask(&v->papers[tab], SQL_BULLETINS, (const char *[]){ "50" }, 1);
	v->asked = v->papers[tab].c->mono;
}

static void *leaders_open(struct console *c, const void *args)
{
	struct leaders *v;

	(void)args;
	if (!(c->who.role & (ROLE_SUPERVISOR | ROLE_ADMIN))) {
		console_say(c, ST_WARN, "%s", _("this view is for supervisors and administrators"));
		return NULL;
	}
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	for (int i = 0; i < TABS; i++)
		papers_init(&v->papers[i], c);
	papers_follow(&v->papers[TAB_LIST], (struct paper_cursor){ &v->at[TAB_LIST], "items", "day", { "id" } });
	papers_follow(&v->papers[TAB_INSTRUCTIONS], (struct paper_cursor){ &v->at[TAB_INSTRUCTIONS], NULL, NULL, { "instruction" } });
	papers_follow(&v->papers[TAB_BULLETINS], (struct paper_cursor){ &v->at[TAB_BULLETINS], NULL, NULL, { "bulletin" } });
	for (int i = 0; i < TABS; i++)
		ask(v, (enum tab)i);
	return v;
}

static void leaders_close(struct console *c, void *state)
{
	struct leaders *v = state;

	(void)c;
	for (int i = 0; i < TABS; i++)
		papers_free(&v->papers[i]);
	paper_about_set(&v->about, NULL, NULL);
	free(v);
}

/* Somebody else may edit the list: it is read anew now and then, and after every change. */
static bool leaders_work(struct console *c, void *state)
{
	struct leaders *v = state;

	if (v->to_newest && !v->papers[TAB_BULLETINS].asking) {
		v->to_newest = false;
		v->at[TAB_BULLETINS] = 0;
		c->dirty = true;
	}
	/* Not while a question stands over the list. */
	if (console_top(c)->state == state && c->mono - v->asked >= ANEW_US && !v->papers[v->tab].asking && c->db == LINK_UP && !c->locked)
		ask(v, v->tab);
	return false;
}

static void leaders_apply(struct console *c, void *state, case_no no)
{
	struct leaders *v = state;
	usec_t soon = c->mono - ANEW_US + SOON_US;

	/* Soon, but not for every one of the many events of a bad day. */
	if (no != 0 && v->tab == TAB_INSTRUCTIONS && v->asked > soon)
		v->asked = soon;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* The list itself is one object with its items in it; the others are a row each. */
static const json_t *rows_of(const struct leaders *v)
{
	const struct papers *p = &v->papers[v->tab];

	return v->tab == TAB_LIST ? json_object_get(papers_at(p, 0), "items") : p->list;
}

static int count(const struct leaders *v)
{
	return (int)json_array_size(rows_of(v));
}

static const json_t *here(const struct leaders *v)
{
	int n = count(v), at = v->at[v->tab];

	return n > 0 ? json_array_get(rows_of(v), (size_t)(at < n ? at : n - 1)) : NULL;
}

static case_no leaders_subject(const struct console *c, const void *state)
{
	const struct leaders *v = state;

	(void)c;
	return v->tab == TAB_BULLETINS ? 0 : paper_case(here(v), "id");
}

static void again(struct console *c, void *ctx)
{
	struct frame *top = console_top(c);

	(void)ctx;
	if (top && top->view == &view_leaders)
		ask(top->state, ((struct leaders *)top->state)->tab);
}

/* --- changing the list -------------------------------------------------------------------------------------------- */

static void edit_list(struct console *c, const json_t *list, const char *op, case_no no, int at, const char *text)
{
	char day[16], version[16], plain[14], place[16];
	const char *args[] = { day, version, op, plain, at > 0 ? place : NULL, text };

	if (no == 0 || !*paper_text(list, "day", day, sizeof day)) {
		console_say(c, ST_WARN, "%s", _("there is no list of today: . drafts it"));
		return;
	}
	snprintf(version, sizeof version, "%lld", (long long)paper_int(list, "version"));
	snprintf(place, sizeof place, "%d", at);
	number_plain(no, plain);
	paper_send(c, SQL_LEADERS_EDIT, args, 6, NULL, again, NULL);
}

static struct leaders *mine(struct console *c)
{
	struct frame *top = console_top(c);

	return top && top->view == &view_leaders ? top->state : NULL;
}

static void got_case(struct console *c, void *ctx, const char *value)
{
	struct leaders *v = mine(c);
	case_no no;

	(void)ctx;
	if (!value || !v)
		return;
	if (!number_parse(value, strlen(value), &no))
		console_say(c, ST_WARN, "%s", _("this is not a case number"));
	else
		edit_list(c, papers_at(&v->papers[TAB_LIST], 0), "add", no, 0, NULL);
}

static void got_remark(struct console *c, void *ctx, const char *value)
{
	struct leaders *v = mine(c);

	(void)ctx;
	if (value && v)
		edit_list(c, v->about.head, "remark", paper_case(v->about.row, "id"), 0, value);
}

static void got_publish(struct console *c, void *ctx, const char *value)
{
	struct leaders *v = mine(c);
	char day[16], version[16];
	const char *args[] = { day, version };

	(void)ctx;
	if (!value || !v || strcmp(value, "yes") != 0)
		return;
	paper_text(v->about.head, "day", day, sizeof day);
	snprintf(version, sizeof version, "%lld", (long long)paper_int(v->about.head, "version"));
	paper_send(c, SQL_LEADERS_PUBLISH, args, 2, _("published: the leaders are told"), again, NULL);
}

static bool list_keys(struct console *c, struct leaders *v, uint32_t code)
{
	const json_t *row = here(v), *list = papers_at(&v->papers[TAB_LIST], 0);
	case_no no = paper_case(row, "id");
	int rank = (int)paper_int(row, "rank");
	char text[2100];

	switch (code) {
	case '.':
		paper_send(c, SQL_LEADERS_DRAFT, NULL, 0, _("drafted: what people did to the list has stayed"), again, NULL);
		return true;
	case '+':
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("add a case to the list"), .note = _("its number") }, got_case, NULL);
		return true;
	case '-':
		if (papers_sure(&v->papers[TAB_LIST]))
			edit_list(c, list, "drop", no, 0, NULL);
		return true;
	case '[':
		if (rank > 1 && v->at[TAB_LIST] > 0) /* the cursor goes with it when the list is read */
			edit_list(c, list, "move", no, rank - 1, NULL);
		return true;
	case ']':
		if (rank > 0 && rank < count(v))
			edit_list(c, list, "move", no, rank + 1, NULL);
		return true;
	case ';':
		paper_about_set(&v->about, list, row);
		if (no != 0)
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("remark for the leaders"), .initial = paper_text(row, "remark", text, sizeof text), .lines = true,
			    .may_be_empty = true }, got_remark, NULL);
		return true;
	default:
		return false;
	}
}

/* --- bulletins ---------------------------------------------------------------------------------------------------- */

static void day_text(usec_t t, char out[16])
{
	int year, month, day;

	clock_local(t, &year, &month, &day, NULL, NULL, NULL);
	snprintf(out, 16, "%04d-%02d-%02d", year, month, day);
}

static void drafted(struct console *c, void *ctx)
{
	struct leaders *v = mine(c);

	again(c, ctx);
	if (v)
		v->to_newest = true;
}

static void got_period(struct console *c, void *ctx, const char *value)
{
	char from[16], to[16];
	const char *args[] = { from, to };

	(void)ctx;
	if (!value)
		return;
	day_text(c->now - (atoi(value) - 1) * 86400 * USEC_S, from);
	day_text(c->now, to);
	paper_send(c, SQL_BULLETIN_DRAFT, args, 2, _("drafted"), drafted, NULL);
}

/* The bulletin that the question was about, and the version of it that was seen then. */
static void change_bulletin(struct console *c, enum statement s, const char *text, const char *good)
{
	struct leaders *v = mine(c);
	const json_t *b = v ? v->about.row : NULL;
	char id[24], version[16];
	const char *args[] = { id, version, NULL, text };

	if (!b)
		return;
	snprintf(id, sizeof id, "%lld", (long long)paper_int(b, "bulletin"));
	snprintf(version, sizeof version, "%lld", (long long)paper_int(b, "version"));
	paper_send(c, s, args, s == SQL_BULLETIN_EDIT ? 4 : 2, good, again, NULL);
}

static void got_body(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value)
		change_bulletin(c, SQL_BULLETIN_EDIT, value, _("kept"));
}

static void got_bulletin_publish(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value && strcmp(value, "yes") == 0)
		change_bulletin(c, SQL_BULLETIN_PUBLISH, NULL, _("published: the units in it are told"));
}

static void ask_period(struct console *c)
{
	static const struct { const char *value, *words; } spans[] = { { "1", N_("today") }, { "7", N_("the last 7 days") }, { "30", N_("the last 30 days") } };
	struct dialog_item item[3];

	for (int i = 0; i < 3; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", spans[i].value);
		snprintf(item[i].text, sizeof item[i].text, "%s", _(spans[i].words));
	}
	dialog_menu(c, _("a bulletin of what was late or redone"), NULL, item, 3, got_period, NULL);
}

static void got_drop(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value && strcmp(value, "yes") == 0)
		change_bulletin(c, SQL_BULLETIN_DROP, NULL, _("dropped"));
}

static void ask_publish(struct console *c, const char *title, const char *note, dialog_fn fn)
{
	dialog_yes(c, title, note, _("publish it as it stands"), _("not yet"), fn, NULL);
}

static bool bulletin_keys(struct console *c, struct leaders *v, uint32_t code)
{
	const json_t *b = here(v);
	const char *body = json_string_value(json_object_get(b, "text"));
	char title[240];

	switch (code) {
	case '.':
		ask_period(c);
		return true;
	case '-':
		paper_about_set(&v->about, NULL, b);
		if (b)
			dialog_yes(c, _("drop the bulletin"), paper_text(b, "title", title, sizeof title), _("drop it"), _("keep it"), got_drop, NULL);
		return true;
	case ';':
		paper_about_set(&v->about, NULL, b);
		if (b && !paper_time(b, "published_at"))
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("text of the bulletin"), .initial = body ? body : "", .lines = true }, got_body, NULL);
		return true;
	default:
		return false;
	}
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static bool leaders_key(struct console *c, void *state, const struct key *k)
{
	struct leaders *v = state;
	char title[240];

	if (k->code == '\t' || k->code == KEYMAP_BACK_TAB) {
		v->tab = (enum tab)((v->tab + (k->code == '\t' ? 1 : TABS - 1)) % TABS);
		return true;
	}
	if (k->code == 'f' && v->tab != TAB_INSTRUCTIONS && count(v) > 0) {
		paper_about_set(&v->about, v->tab == TAB_LIST ? papers_at(&v->papers[TAB_LIST], 0) : NULL, here(v));
		if (v->tab == TAB_LIST)
			ask_publish(c, _("publish the leaders' list"), NULL, got_publish);
		else
			ask_publish(c, _("publish the bulletin"), paper_text(here(v), "title", title, sizeof title), got_bulletin_publish);
	}
	if (k->code == 'f' && v->tab != TAB_INSTRUCTIONS)
		return true;
	return v->tab == TAB_LIST ? list_keys(c, v, k->code) : v->tab == TAB_BULLETINS && bulletin_keys(c, v, k->code);
}

static bool leaders_command(struct console *c, void *state, enum command id)
{
	struct leaders *v = state;
	uint32_t code = list_command(id);

	(void)c;
	return code && (list_key(&v->at[v->tab], count(v), v->page > 0 ? v->page : 10, code), true);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

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
	const json_t *row = here(v);
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
	case_pane_render(c, &v->pane, leaders_subject(c, v), g, area, PANE_ALONE, now);
}

static void leaders_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	static const char *const empty[TABS] = { N_("there is no list of today: . drafts it"), N_("no instruction stands"), N_("no bulletin yet: . drafts one") };
	struct leaders *v = state;
	struct papers *p = &v->papers[v->tab];
	int n = count(v), rows = (area.rows - 3) * 11 / 20, *at = &v->at[v->tab], *top = &v->top[v->tab];

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
		const json_t *row = json_array_get(rows_of(v), (size_t)(*top + i));

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

static const struct view_key leaders_keys[] = {
	{ "Tab", N_("next list") }, { ".", N_("draft") }, { "f", N_("publish") }, { "+ -", N_("add, drop") }, { "[ ]", N_("up, down") },
	{ ";", N_("remark, text") }, { "Enter", N_("open") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_leaders = {
	.name = "leaders", .title = N_("leaders"), .place = KEYMAP_LIST, .keys = leaders_keys,
	.open = leaders_open, .apply = leaders_apply, .key = leaders_key, .command = leaders_command, .render = leaders_render, .subject = leaders_subject,
	.work = leaders_work, .close = leaders_close,
};
