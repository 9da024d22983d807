/*
 * Messages that left the house and did not arrive: dead letters, and those parked because nobody knows. Enter shows one whole, `+` sends it
 * again, `-` drops it with a reason; `.` turns to those that wait, were sent, or had nobody to go to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/papers.h"
#include "tui/views.h"

static const struct { const char *states, *words; } turns[] = {
	{ NULL, N_("did not arrive") }, { "{waiting,sending}", N_("on their way") }, { "{unaddressed}", N_("nobody to send to") },
	{ "{sent}", N_("sent") }, { "{cancelled}", N_("called back") },
};
enum { TURNS = sizeof turns / sizeof turns[0] };

struct outbox { struct papers papers; int at, top, page, turn; struct paper_about about; /* the message that the open question is about */ };

static const char *state_words(const char *state)
{
	static const struct { const char *state, *words; } all[] = { { "waiting", N_("waiting") }, { "sending", N_("sending") }, { "sent", N_("sent") },
		{ "parked", N_("parked") }, { "dead", N_("dead") }, { "unaddressed", N_("no address") }, { "cancelled", N_("called back") } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].state, state) == 0)
			return _(all[i].words);
	return state;
}

static const char *kind_words(const char *kind)
{
	static const struct { const char *kind, *words; } all[] = { { "dispatched", N_("taken in hand") }, { "answer", N_("the answer") },
		{ "ended", N_("ended so") }, { "result", N_("the result") }, { "rate", N_("please rate") }, { "redo", N_("done again") },
		{ "closed", N_("case closed") }, { "dispatch", N_("a new case") }, { "assist", N_("to assist") }, { "priority", N_("new priority") },
		{ "chase", N_("asked again") }, { "taken", N_("taken away") }, { "supervised", N_("supervision") }, { "lifted", N_("supervision over") },
		{ "letter", N_("reminder") }, { "instruction", N_("instruction") }, { "rung", N_("time limit") }, { "emergency", N_("emergency") },
		{ "bulletin", N_("bulletin") }, { "handback", N_("handed back") }, { "paused", N_("paused") }, { "resumed", N_("running again") },
		{ "granted", N_("granted") }, { "refused", N_("refused") }, { "leaders", N_("leaders' list") }, { "danger", N_("danger to life") } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].kind, kind) == 0)
			return _(all[i].words);
	return kind;
}

/* What fenbod and SQL say of a message themselves; anything else is the receiver's own word. */
static const char *const own_answers[] = {
	N_("no address"), N_("no template for a short message"), N_("no gateway for short messages is configured"),
	N_("no line of the receivers file covers this address"), N_("its carrier ended before it was answered"), N_("of no use any more"), N_("undone"),
};

static const char *answer_words(const char *said)
{
	for (size_t i = 0; i < sizeof own_answers / sizeof own_answers[0]; i++)
		if (strcmp(own_answers[i], said) == 0)
			return _(own_answers[i]);
	return said;
}

static void ask(struct outbox *v)
{
	const char *args[] = { turns[v->turn].states, NULL, NULL, NULL, "500" };

	papers_ask(&v->papers, SQL_OUTBOX_LIST, args, 5);
}

static void *outbox_open(struct console *c, const void *args)
{
	struct outbox *v = calloc(1, sizeof *v);

	(void)args;
	if (!v)
		return NULL;
	papers_init(&v->papers, c);
	papers_follow(&v->papers, (struct paper_cursor){ &v->at, NULL, NULL, { "id" } });
	ask(v);
	return v;
}

static void outbox_close(struct console *c, void *state)
{
	struct outbox *v = state;

	(void)c;
	papers_free(&v->papers);
	paper_about_set(&v->about, NULL, NULL);
	free(v);
}

static const json_t *here(const struct outbox *v)
{
	return papers_at(&v->papers, (size_t)v->at);
}

static case_no outbox_subject(const struct console *c, const void *state)
{
	(void)c;
	return paper_case(here(state), "no");
}

static struct outbox *open_state(struct console *c)
{
	struct frame *top = console_top(c);

	return top && top->view == &view_outbox ? top->state : NULL;
}

static void again(struct console *c, void *ctx)
{
	struct outbox *v = open_state(c);

	(void)ctx;
	if (v)
		ask(v);
}

/* --- one of them -------------------------------------------------------------------------------------------------- */

struct shown { struct console *c; json_t *o; };

static void shown_row(void *who, int columns, const char *const *column)
{
	struct shown *s = who;

	if (columns > 0 && !s->o)
		s->o = json_loads(column[0], 0, NULL);
}

static void put(char (*line)[200], int *n, const char *label, const char *text)
{
	if (*text)
		snprintf(line[(*n)++], 200, "%s  %s", label, text);
}

static void shown_done(void *who, const struct err *e, size_t rows)
{
	struct shown *s = who;
	char line[10][200], text[180], when[24];
	const char *lines[10];
	int n = 0;

	(void)rows;
	if (e || !s->o) {
		console_say(s->c, ST_BAD, "%s", _(err_sentence(e ? e->code : ERR_NOT_FOUND)));
	} else {
		put(line, &n, _("state"), state_words(paper_text(s->o, "state", text, sizeof text)));
		put(line, &n, _("to"), paper_text(s->o, "target", text, sizeof text));
		put(line, &n, _("address"), paper_text(s->o, "address", text, sizeof text));
		put(line, &n, _("told"), paper_when(s->o, "at", when));
		put(line, &n, _("last try"), paper_when(s->o, "taken_at", when));
		snprintf(text, sizeof text, "%lld", (long long)paper_int(s->o, "tries"));
		put(line, &n, _("tries"), text);
		snprintf(text, sizeof text, paper_int(s->o, "status") ? "%lld" : "", (long long)paper_int(s->o, "status"));
		put(line, &n, _("HTTP status"), text);
		put(line, &n, _("what came back"), answer_words(paper_text(s->o, "answer", text, sizeof text)));
		put(line, &n, _("words"), paper_text(s->o, "template", text, sizeof text));
		for (int i = 0; i < n; i++)
			lines[i] = line[i];
		dialog_lines(s->c, _("message"), lines, n);
	}
	json_decref(s->o);
	free(s);
}

static void show(struct console *c, const struct outbox *v)
{
	struct shown *s = calloc(1, sizeof *s);
	char id[24];
	const char *args[] = { id };

	if (!s)
		return;
	s->c = c;
	snprintf(id, sizeof id, "%lld", (long long)paper_int(here(v), "id"));
	console_ask(c, SQL_OUTBOX_SHOW, args, 1, shown_row, shown_done, s);
}

static void got_reason(struct console *c, void *ctx, const char *value)
{
	struct outbox *v = open_state(c);
	char id[24];
	const char *args[] = { id, value };

	(void)ctx;
	if (!v || !value)
		return;
	snprintf(id, sizeof id, "%lld", (long long)paper_int(v->about.row, "id"));
	paper_send(c, SQL_OUTBOX_DROP, args, 2, _("dropped"), again, NULL);
}

static void got_again(struct console *c, void *ctx, const char *value)
{
	struct outbox *v = open_state(c);
	char id[24];
	const char *args[] = { id };

	(void)ctx;
	if (!v || !value || strcmp(value, "yes") != 0)
		return;
	snprintf(id, sizeof id, "%lld", (long long)paper_int(v->about.row, "id"));
	paper_send(c, SQL_OUTBOX_RETRY, args, 1, _("to be sent again"), again, NULL);
}

/* Where nobody knows whether it arrived, this is the one key that can make it arrive twice. */
static void retry(struct console *c)
{
	char state[16];

	if (strcmp(paper_text(open_state(c)->about.row, "state", state, sizeof state), "parked") == 0)
		dialog_yes(c, _("send it again"), _("it may have arrived: then it arrives twice"), _("send it again"), _("leave it"), got_again, NULL);
	else
		got_again(c, NULL, "yes");
}

static bool outbox_key(struct console *c, void *state, const struct key *k)
{
	struct outbox *v = state;

	if (k->code == '.') {
		v->turn = (v->turn + 1) % TURNS;
		v->at = v->top = 0;
		ask(v);
	} else if (!here(v)) {
		return false;
	} else if (k->code == '\n') {
		show(c, v);
	} else if (k->code == '+' && console_can_act(c)) {
		paper_about_set(&v->about, NULL, here(v));
		if (papers_sure(&v->papers))
			retry(c);
	} else if (k->code == '-' && console_can_act(c)) {
		paper_about_set(&v->about, NULL, here(v));
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("do not send it any more"), .note = _("why? It goes on the record") }, got_reason, NULL);
	} else {
		return false;
	}
	return true;
}

static bool outbox_command(struct console *c, void *state, enum command id)
{
	struct outbox *v = state;
	uint32_t key = list_command(id);

	(void)c;
	if (key == 0)
		return false;
	list_key(&v->at, (int)papers_count(&v->papers), v->page, key);
	return true;
}

/* --- the screen --------------------------------------------------------------------------------------------------- */

static void draw_row(const json_t *o, struct grid *g, int row)
{
	int target = g->cols >= 118 ? 24 : 12, answer = g->cols - 2 - 16 - 9 - 12 - 10 - 4 - target, col = 2;
	char text[300], when[24];
	case_no no = paper_case(o, "no");

	text[0] = '\0';
	if (no)
		number_show(no, text);
	grid_field(g, row, col, 15, ST_NUMBER, text);
	col += 16;
	paper_text(o, "state", text, sizeof text);
	grid_field(g, row, col, 8, strcmp(text, "dead") == 0 || strcmp(text, "parked") == 0 ? ST_BAD : ST_LABEL, state_words(text));
	col += 9;
	grid_field(g, row, col, 11, ST_DIM, paper_when(o, "at", when));
	col += 12;
	if (!*paper_text(o, "target_name", text, sizeof text))
		paper_text(o, "target", text, sizeof text);
	grid_field(g, row, col, target - 1, ST_TEXT, strcmp(text, "citizen") == 0 ? _("citizen") : text);
	col += target;
	grid_field(g, row, col, 9, ST_INFO, kind_words(paper_text(o, "kind", text, sizeof text)));
	col += 10;
	snprintf(text, sizeof text, "×%lld", (long long)paper_int(o, "tries"));
	grid_field(g, row, col, 3, ST_DIM, text);
	col += 4;
	if (paper_int(o, "status"))
		col += grid_printf(g, row, col, answer, ST_BAD, "%lld ", (long long)paper_int(o, "status"));
	if (g->cols - col > 2)
		grid_field(g, row, col, g->cols - col - 1, ST_TEXT, answer_words(paper_text(o, "answer", text, sizeof text)));
}

static void outbox_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct outbox *v = state;
	int n = (int)papers_count(&v->papers);

	(void)c, (void)now;
	if (v->at >= n)
		v->at = n > 0 ? n - 1 : 0;
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("messages: %s (%d)"), _(turns[v->turn].words), n);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	v->page = area.rows > 3 ? area.rows - 3 : 1;
	v->top = list_top(v->top, v->at, n, area.rows - 2);
	for (int i = 0; i < area.rows - 2 && v->top + i < n; i++) {
		int row = area.row + 2 + i;

		draw_row(papers_at(&v->papers, (size_t)(v->top + i)), g, row);
		if (v->top + i == v->at) {
			grid_puts(g, row, 0, 1, ST_KEY, "▸");
			grid_mark(g, (struct rect){ row, 0, 1, area.cols }, STYLE_CURSOR);
		}
	}
	if (n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, v->papers.error[0] ? ST_BAD : ST_DIM, v->papers.error[0] ? v->papers.error :
		    v->papers.asking ? _("reading …") : _("no messages"));
}

static const struct view_key outbox_keys[] = {
	{ "Enter", N_("the message") }, { "+", N_("send again") }, { "-", N_("drop") }, { ".", N_("others") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_outbox = {
	.name = "outbox", .title = N_("messages"), .place = KEYMAP_LIST, .keys = outbox_keys,
	.open = outbox_open, .key = outbox_key, .command = outbox_command, .render = outbox_render, .subject = outbox_subject, .close = outbox_close,
};
