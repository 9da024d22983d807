/*
 * What the city's leaders are told and what they say: the list of key cases of the day, drafted by the machine and edited here; instructions that
 * stand, until they are settled; bulletins about what was late or redone. Tab goes from one to the next. Keys of actions are about the case
 * under the cursor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/leaders.h"
#include "tui/list.h"
#include "tui/views.h"

enum { ANEW_US = 20 * 1000000, SOON_US = 2 * 1000000 };

static void ask(struct leaders *v, enum leaders_tab tab)
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
		ask(v, (enum leaders_tab)i);
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
const json_t *leaders_rows(const struct leaders *v)
{
	const struct papers *p = &v->papers[v->tab];

	return v->tab == TAB_LIST ? json_object_get(papers_at(p, 0), "items") : p->list;
}

int leaders_count(const struct leaders *v)
{
	return (int)json_array_size(leaders_rows(v));
}

const json_t *leaders_here(const struct leaders *v)
{
	int n = leaders_count(v), at = v->at[v->tab];

	return n > 0 ? json_array_get(leaders_rows(v), (size_t)(at < n ? at : n - 1)) : NULL;
}

static case_no leaders_subject(const struct console *c, const void *state)
{
	const struct leaders *v = state;

	(void)c;
	return v->tab == TAB_BULLETINS ? 0 : paper_case(leaders_here(v), "id");
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
	const json_t *row = leaders_here(v), *list = papers_at(&v->papers[TAB_LIST], 0);
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
		if (rank > 0 && rank < leaders_count(v))
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
	const json_t *b = leaders_here(v);
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
		v->tab = (enum leaders_tab)((v->tab + (k->code == '\t' ? 1 : TABS - 1)) % TABS);
		return true;
	}
	if (k->code == 'f' && v->tab != TAB_INSTRUCTIONS && leaders_count(v) > 0) {
		paper_about_set(&v->about, v->tab == TAB_LIST ? papers_at(&v->papers[TAB_LIST], 0) : NULL, leaders_here(v));
		if (v->tab == TAB_LIST)
			ask_publish(c, _("publish the leaders' list"), NULL, got_publish);
		else
			ask_publish(c, _("publish the bulletin"), paper_text(leaders_here(v), "title", title, sizeof title), got_bulletin_publish);
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
	return code && (list_key(&v->at[v->tab], leaders_count(v), v->page > 0 ? v->page : 10, code), true);
}

static const struct view_key leaders_keys[] = {
	{ "Tab", N_("next list") }, { ".", N_("draft") }, { "f", N_("publish") }, { "+ -", N_("add, drop") }, { "[ ]", N_("up, down") },
	{ ";", N_("remark, text") }, { "Enter", N_("open") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_leaders = {
	.name = "leaders", .title = N_("leaders"), .place = KEYMAP_LIST, .keys = leaders_keys,
	.open = leaders_open, .apply = leaders_apply, .key = leaders_key, .command = leaders_command, .render = leaders_draw, .subject = leaders_subject,
	.work = leaders_work, .close = leaders_close,
};
