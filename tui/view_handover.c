/*
 * The handover between shifts. While it is a draft the outgoing supervisor adds, remarks and drops, and sends it; then the incoming one acknowledges item by
 * item. All at once is possible only when every open item has stood on the screen for a moment. Enter opens the case; the keys of
 * actions are about it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/width.h"
#include "tui/alarms.h"
#include "tui/case_pane.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/papers.h"
#include "tui/units.h"
#include "tui/views.h"

enum { ANEW_US = 15 * 1000000, SEEN_US = 700000, ITEMS_MAX = 4000, DETAIL_ROWS = 4, WIDE_COLS = 140 };
enum { PAPER_SHOWN, PAPER_LIST, PAPERS };

struct handover {
	struct console *c;
	struct papers papers[PAPERS];
	int at, top, page;
	int64_t id;               /* the one that is looked at; 0 = the one that matters now */
	int64_t seen_of;          /* `seen` is of this handover … */
	usec_t seen[ITEMS_MAX];   /* … by number of the item: since when it stood on the screen (monotonic); 0 = never for long enough */
	usec_t asked;
	struct paper_about about; /* the item that the open question is about, and its handover */
	struct case_pane pane;    /* on a wide screen the case stands beside the list */
};

static const struct { const char *kind, *words; enum style style; } kinds[] = {
	{ "danger", N_("danger"), ST_URGENT }, { "alarm", N_("alarm"), ST_URGENT }, { "late", N_("late"), ST_LATE }, { "urgent", N_("urgent"), ST_URGENT },
	{ "disputed", N_("disputed"), ST_WARN }, { "escalated", N_("sent up"), ST_WARN }, { "promise", N_("promised"), ST_WARN },
	{ "soon", N_("soon late"), ST_SOON }, { "instruction", N_("instruction"), ST_WARN }, { "asked", N_("unit asks"), ST_TEXT },
	{ "held", N_("held"), ST_TEXT }, { "dead", N_("undelivered"), ST_WARN }, { "paused", N_("paused"), ST_TEXT }, { "added", N_("by hand"), ST_INFO },
	{ "overdue", N_("past due"), ST_LATE }, { "open", N_("in all"), ST_TEXT },
};

static const char *kind_words(const char *kind, enum style *style)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0) {
			*style = kinds[i].style;
			return _(kinds[i].words);
		}
	*style = ST_TEXT;
	return kind;
}

/* --- what is looked at ---------------------------------------------------------------------------------------------- */

static const json_t *shown(const struct handover *v)
{
	return papers_at(&v->papers[PAPER_SHOWN], 0);
}

static const json_t *items(const struct handover *v)
{
	return json_object_get(shown(v), "items");
}

static int count(const struct handover *v)
{
	return (int)json_array_size(items(v));
}

static const json_t *here(const struct handover *v)
{
	return json_array_get(items(v), (size_t)v->at);
}

static bool is(const json_t *o, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && strcmp(s, value) == 0;
}

static bool waits(const json_t *item)
{
	return is(item, "state", "open") || is(item, "state", "queued");
}

static void ask(struct handover *v)
{
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)v->id);
	v->asked = v->c->mono;
	papers_ask(&v->papers[PAPER_SHOWN], SQL_HANDOVER_SHOW, (const char *[]){ v->id ? id : NULL }, 1);
	papers_ask(&v->papers[PAPER_LIST], SQL_HANDOVER_LIST, (const char *[]){ "50" }, 1);
}

static void *handover_open(struct console *c, const void *args)
{
	struct handover *v;

	(void)args;
	if (c->who.role == ROLE_UNIT) {
		console_say(c, ST_WARN, "%s", _("this view is for the dispatch centre"));
		return NULL;
	}
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	v->c = c;
	for (int i = 0; i < PAPERS; i++)
		papers_init(&v->papers[i], c);
	papers_follow(&v->papers[PAPER_SHOWN], (struct paper_cursor){ &v->at, "items", "id", { "n" } });
	ask(v);
	return v;
}

static void handover_close(struct console *c, void *state)
{
	struct handover *v = state;

	(void)c;
	for (int i = 0; i < PAPERS; i++)
		papers_free(&v->papers[i]);
	paper_about_set(&v->about, NULL, NULL);
	free(v);
}

static bool handover_work(struct console *c, void *state)
{
	struct handover *v = state;

	/* Not while a question stands over the list. */
	if (console_top(c)->state == state && c->mono - v->asked >= ANEW_US && !v->papers[PAPER_SHOWN].asking && c->db == LINK_UP && !c->locked)
		ask(v);
	return false;
}

static struct handover *mine(struct console *c)
{
	struct frame *top = console_top(c);

	return top && top->view == &view_handover ? top->state : NULL;
}

static void again(struct console *c, void *ctx)
{
	struct handover *v = mine(c);

	(void)ctx;
	if (v)
		ask(v);
}

static case_no handover_subject(const struct console *c, const void *state)
{
	(void)c;
	return paper_case(here(state), "id");
}

/* --- changing ------------------------------------------------------------------------------------------------------- */

struct ids { char id[24], version[16], n[16]; };

static struct ids ids_of(const json_t *handover, const json_t *item)
{
	struct ids out;

	snprintf(out.id, sizeof out.id, "%lld", (long long)paper_int(handover, "id"));
	snprintf(out.version, sizeof out.version, "%lld", (long long)paper_int(handover, "version"));
	snprintf(out.n, sizeof out.n, "%lld", (long long)paper_int(item, "n"));
	return out;
}

/* About what stood there when the key was pressed. */
static void edit(struct console *c, const char *what, const char *text, const char *no)
{
	struct handover *v = mine(c);
	struct ids ids;

	if (!v || !v->about.head)
		return;
	ids = ids_of(v->about.head, v->about.row);
	paper_send(c, SQL_HANDOVER_EDIT, (const char *[]){ ids.id, ids.version, what, strcmp(what, "add") ? ids.n : NULL, text, no }, 6, NULL, again, NULL);
}

static void got_item(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value) {
		size_t n = strcspn(value, " ");
		char plain[14];
		case_no no;

		/* "261122-000012-3 the press asks": an item about that case */
		if (number_parse(value, n, &no)) {
			number_plain(no, plain);
			edit(c, "add", value[n] ? value + n + 1 : "", plain);
		} else {
			edit(c, "add", value, NULL);
		}
	}
}

static void got_remark(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value)
		edit(c, "remark", value, NULL);
}

static void got_reason(struct console *c, void *ctx, const char *value)
{
	(void)ctx;
	if (value)
		edit(c, "drop", value, NULL);
}

static void send_confirmed(struct console *c, void *ctx, const char *value)
{
	struct handover *v = mine(c);
	struct ids ids;

	(void)ctx;
	if (!v || !value || strcmp(value, "yes") != 0)
		return;
	ids = ids_of(v->about.head, NULL);
	paper_send(c, SQL_HANDOVER_SEND, (const char *[]){ ids.id, ids.version }, 2, _("handed over · < takes it back until somebody acknowledges"), again, NULL);
}

static void ask_send(struct console *c, const struct handover *v)
{
	char from[40], to[40], note[120];

	snprintf(note, sizeof note, "%s → %s", paper_text(shown(v), "from", from, sizeof from), paper_text(shown(v), "to", to, sizeof to));
	dialog_yes(c, _("hand over to the next shift"), note, _("hand over as it stands"), _("not yet"), send_confirmed, NULL);
}

static void acknowledge(struct console *c, struct handover *v, bool whole)
{
	struct ids ids = ids_of(shown(v), NULL);
	struct buf list = { 0 };
	const json_t *item;
	size_t i;
	int n = 0, unseen = 0, beyond = 0;

	json_array_foreach(items(v), i, item) {
		int64_t number = paper_int(item, "n");

		if (!waits(item) || (!whole && (int)i != v->at))
			continue;
		if (whole && (number < 1 || number >= ITEMS_MAX)) {
			beyond++;
			continue;
		}
		if (whole && (v->seen[number] == 0 || c->mono - v->seen[number] < SEEN_US)) {
			unseen++;
			continue;
		}
		buf_printf(&list, "%c%lld", n++ ? ',' : '{', (long long)number);
	}
	buf_putc(&list, '}');
	if (unseen > 0)
		console_say(c, ST_WARN, _("%d items have not been shown yet: go through the list first"), unseen);
	else if (beyond > 0)
		console_say(c, ST_WARN, _("%d items are beyond what one key acknowledges: take them one by one"), beyond);
	else if (n == 0)
		console_say(c, ST_INFO, "%s", _("there is nothing to acknowledge here"));
	else {
		paper_send(c, SQL_HANDOVER_ACK, (const char *[]){ ids.id, buf_text(&list), whole ? "true" : "false" }, 3,
		    whole ? _("everything is acknowledged") : _("acknowledged"), again, NULL);
		if (!whole && v->at + 1 < count(v))
			v->at++;
	}
	buf_free(&list);
}

static void older(struct handover *v, bool back)
{
	int n = (int)papers_count(&v->papers[PAPER_LIST]), at = 0;
	int64_t id = paper_int(shown(v), "id");

	while (at < n && paper_int(papers_at(&v->papers[PAPER_LIST], (size_t)at), "id") != id)
		at++;
	at += back ? 1 : -1;
	if (at < 0 || at >= n)
		return;
	v->id = paper_int(papers_at(&v->papers[PAPER_LIST], (size_t)at), "id");
	v->at = v->top = 0;
	ask(v);
}

/* --- keys ----------------------------------------------------------------------------------------------------------- */

static bool draft_key(struct console *c, struct handover *v, uint32_t code)
{
	char text[520];

	paper_about_set(&v->about, shown(v), here(v));
	switch (code) {
	case '+':
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("add an item"), .note = _("what the next shift must know; a case number may stand first") }, got_item, NULL);
		return true;
	case ';':
		if (here(v))
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("remark for the next shift"), .initial = paper_text(here(v), "text", text, sizeof text),
			    .may_be_empty = true }, got_remark, NULL);
		return true;
	case '-':
		if (is(here(v), "state", "dropped"))
			edit(c, "keep", NULL, NULL);
		else if (here(v))
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("why is it dropped?") }, got_reason, NULL);
		return true;
	case '>':
		ask_send(c, v);
		return true;
	default:
		return false;
	}
}

static bool handover_key(struct console *c, void *state, const struct key *k)
{
	struct handover *v = state;
	bool chief = c->who.role == ROLE_SUPERVISOR;
	struct ids ids;

	if (k->code == '[' || k->code == ']') {
		older(v, k->code == '[');
		return true;
	}
	if (!chief)
		return false;
	if (k->code == '.') {
		v->id = 0;
		paper_send(c, SQL_HANDOVER_DRAFT, NULL, 0, _("drafted: what people did to it has stayed"), again, NULL);
		return true;
	}
	if (!shown(v))
		return false;
	if (k->code == '<') {
		ids = ids_of(shown(v), NULL);
		paper_send(c, SQL_HANDOVER_UNDO, (const char *[]){ ids.id }, 1, _("taken back"), again, NULL);
		return true;
	}
	if (is(shown(v), "state", "draft"))
		return draft_key(c, v, k->code);
	if (k->code == ' ' || k->code == 'A') {
		if (k->code == 'A' || papers_sure(&v->papers[PAPER_SHOWN]))
			acknowledge(c, v, k->code == 'A');
		return true;
	}
	return false;
}

static bool handover_command(struct console *c, void *state, enum command id)
{
	struct handover *v = state;
	uint32_t code = list_command(id);

	(void)c;
	return code && (list_key(&v->at, count(v), v->page > 0 ? v->page : 10, code), true);
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */

static void draw_head(const struct handover *v, const struct console *c, struct grid *g, struct rect area)
{
	const json_t *h = shown(v);
	int col = area.col + 1, n = count(v), open = 0, queued = 0;
	char from[40], to[40], by[64], when[24];
	const json_t *item;
	size_t i;

	json_array_foreach(items(v), i, item) {
		open += is(item, "state", "open");
		queued += is(item, "state", "queued");
	}
	col += grid_printf(g, area.row, col, area.cols - col, ST_STRONG, _("handover %s → %s"), paper_text(h, "from", from, sizeof from),
	    paper_text(h, "to", to, sizeof to)) + 2;
	if (is(h, "state", "draft"))
		col += grid_printf(g, area.row, col, area.cols - col, ST_INFO, _("draft %lld by %s"), (long long)paper_int(h, "version"),
		    paper_text(h, "drafted_by", by, sizeof by)) + 2;
	else
		col += grid_printf(g, area.row, col, area.cols - col, is(h, "state", "done") ? ST_GOOD : ST_WARN, is(h, "state", "done") ? _("done, sent by %s at %s") :
		    _("sent by %s at %s"), paper_text(h, "sent_by", by, sizeof by), paper_when(h, "sent_at", when)) + 2;
	if (is(h, "state", "draft"))
		grid_printf(g, area.row, col, area.cols - col, ST_TEXT, _("%d items"), n);
	else
		col += grid_printf(g, area.row, col, area.cols - col, open + queued > 0 ? ST_STRONG : ST_TEXT, _("%d of %d open"), open + queued, n) + 2;
	if (is(h, "state", "sent") && open > 0) {
		usec_t due = paper_time(h, "due_at");
		int left = due > c->now ? (int)((due - c->now) / USEC_S) : 0;

		grid_printf(g, area.row, col, area.cols - col, left < 300 ? ST_LATE : ST_SOON, _("to be acknowledged in %d:%02d"), left / 60, left % 60);
	} else if (queued > 0) {
		grid_puts(g, area.row, col, area.cols - col, ST_LATE, _("overdue: it stands in the supervisor's queue"));
	}
}

/* What an item that is no case says of itself. */
static void say_item(const struct handover *v, const json_t *first, char *out, size_t size)
{
	long long n = paper_int(first, "n");
	const char *code = json_string_value(json_object_get(first, "code"));
	char words[ALARM_WORDS];

	if (n > 0 && is(first, "kind", "open"))
		snprintf(out, size, _("%lld open, %lld of them with units"), n, (long long)paper_int(first, "units"));
	else if (n > 0)
		snprintf(out, size, _("and %lld more"), n);
	else if (code) {
		alarms_sentence(v->c, code, json_object_get(first, "args"), v->c->now, words);
		snprintf(out, size, "%s", words);
	} else
		paper_text(first, "who", out, size);
}

static void draw_item(const struct handover *v, const json_t *item, struct grid *g, struct rect line, bool on)
{
	static const struct { const char *state, *sign; enum style style; } signs[] = {
		{ "open", "□", ST_STRONG }, { "acknowledged", "✓", ST_GOOD }, { "taken", "→", ST_GOOD }, { "queued", "!", ST_BAD }, { "dropped", "✗", ST_DIM },
	};
	char kind[16], no[24] = "", text[700], remark[520];
	enum style style;
	const char *words;
	bool dim = !waits(item) && !is(shown(v), "state", "draft");
	int col = line.col + 2;
	case_no of = paper_case(item, "id");

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (is(item, "state", signs[i].state))
			grid_puts(g, line.row, col, 2, signs[i].style, signs[i].sign);
	dim |= is(item, "state", "dropped");
	paper_text(item, "kind", kind, sizeof kind);
	words = kind_words(kind, &style);
	grid_field(g, line.row, col + 2, 8, dim ? ST_DIM : style, words);
	if (of)
		number_show(of, no);
	grid_field(g, line.row, col + 11, 15, dim ? ST_DIM : ST_NUMBER, no);
	paper_text(item, "title", text, sizeof text / 2);
	paper_text(item, "text", remark, sizeof remark);
	if (!of)
		say_item(v, json_array_get(json_object_get(item, "reasons"), 0), text, sizeof text / 2);
	if (*remark)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " · " : "", remark);
	grid_field(g, line.row, col + 27, line.cols - 28 - 2, dim ? ST_DIM : ST_TEXT, text);
	if (on) {
		grid_puts(g, line.row, line.col, 1, ST_KEY, "▸");
		grid_mark(g, line, STYLE_CURSOR);
	}
}

/* Everything about the item under the cursor. */
static void draw_detail(const struct handover *v, const struct console *c, struct grid *g, struct rect area)
{
	const json_t *item = here(v), *r;
	int row = area.row, col = area.col + 1, end = area.row + area.rows;
	char text[640], who[96], when[24], by[64], kind[16], words[ALARM_WORDS];
	case_no of = paper_case(item, "id");
	enum style style;
	size_t i;

	if (!item || area.rows < 1)
		return;
	json_array_foreach(json_object_get(item, "reasons"), i, r) {
		snprintf(text, sizeof text, "%s", kind_words(paper_text(r, "kind", kind, sizeof kind), &style));
		if (*paper_when(r, "at", when))
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s", when + 6);
		if (of && json_string_value(json_object_get(r, "code"))) { /* where there is no case the line itself says it */
			alarms_sentence(c, json_string_value(json_object_get(r, "code")), json_object_get(r, "args"), c->now, words);
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s", words);
		}
		if (*paper_text(r, "who", who, sizeof who))
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s", strcmp(kind, "instruction") == 0 ? units_short(c->units, who) : who);
		if (col + width_text(text, strlen(text)) >= area.col + area.cols) {
			row++;
			col = area.col + 1;
		}
		if (row < end)
			col += grid_puts(g, row, col, area.col + area.cols - col, style, text) + 3;
	}
	if (++row < end && *paper_text(item, "text", text, sizeof text)) {
		char all[760];

		snprintf(all, sizeof all, "%s: %s", paper_text(item, "text_by", by, sizeof by), text);
		grid_field(g, row, area.col + 1, area.cols - 2, ST_INFO, all);
	}
	row++;
	if (row < end && *paper_text(item, "dropped", text, sizeof text))
		grid_printf(g, row, area.col + 1, area.cols - 2, ST_DIM, _("dropped by %s: %s"), paper_text(item, "ended_by", by, sizeof by), text);
	else if (row < end && *paper_text(item, "ended_by", by, sizeof by))
		grid_printf(g, row, area.col + 1, area.cols - 2, ST_GOOD, is(item, "state", "taken") ? _("taken by %s at %s") : _("acknowledged by %s at %s"), by,
		    paper_when(item, "ended_at", when) + (*when ? 6 : 0));
}

/* Who leafs through with a key held down has not read what was there for one frame: the time counts only as long as the item stays. */
static void look_at(struct handover *v, int64_t number, bool drawn, usec_t mono)
{
	usec_t *since = number > 0 && number < ITEMS_MAX ? &v->seen[number] : NULL;

	if (since && drawn && *since == 0)
		*since = mono;
	else if (since && !drawn && *since != 0 && mono - *since < SEEN_US)
		*since = 0;
}

static void handover_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct handover *v = state;
	const struct papers *p = &v->papers[PAPER_SHOWN];
	int n = count(v), detail = area.rows >= 12 ? DETAIL_ROWS : 0, height = area.rows - 2 - detail;
	bool settled = !json_is_object(shown(v));

	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (settled) {
		grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, _("handover"));
		grid_puts(g, area.row + 3, 4, area.cols - 8, p->error[0] ? ST_BAD : ST_DIM, p->error[0] ? p->error : p->asking && papers_count(p) == 0 ? _("reading …") :
		    _("no handover yet: the machine drafts one before the shift ends; . drafts it now"));
		return;
	}
	if (v->at >= n)
		v->at = n > 0 ? n - 1 : 0;
	if (v->seen_of != paper_int(shown(v), "id")) {
		memset(v->seen, 0, sizeof v->seen);
		v->seen_of = paper_int(shown(v), "id");
	}
	draw_head(v, c, g, area);
	if (n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, ST_DIM, _("nothing had to be handed over"));
	if (area.cols >= WIDE_COLS) {
		int left = area.cols * 11 / 20;

		grid_vline(g, area.row + 2, area.col + left, area.rows - 2, ST_RULE);
		if (paper_case(here(v), "id"))
			case_pane_render(c, &v->pane, paper_case(here(v), "id"), g, (struct rect){ area.row + 2, area.col + left + 2, area.rows - 2, area.cols - left - 3 },
			    PANE_BESIDE, now);
		area.cols = left;
	}
	v->page = height > 1 ? height - 1 : 1;
	v->top = list_top(v->top, v->at, n, height);
	for (int i = 0; i < n; i++) {
		const json_t *item = json_array_get(items(v), (size_t)i);
		bool drawn = i >= v->top && i < v->top + height;

		if (drawn)
			draw_item(v, item, g, (struct rect){ area.row + 2 + i - v->top, area.col, 1, area.cols }, i == v->at);
		look_at(v, paper_int(item, "n"), drawn && !c->locked, c->mono > 0 ? c->mono : 1);
	}
	if (detail) {
		grid_hline(g, area.row + area.rows - detail, area.col, area.cols, ST_RULE);
		draw_detail(v, c, g, (struct rect){ area.row + area.rows - detail + 1, area.col, detail - 1, area.cols });
	}
}

static const struct view_key handover_keys[] = {
	{ "Space", N_("seen") }, { "A", N_("everything") }, { ">", N_("hand over") }, { "<", N_("take back") }, { "+", N_("add") }, { ";", N_("remark") },
	{ "-", N_("drop or keep") }, { ".", N_("draft anew") }, { "[ ]", N_("older, newer") }, { NULL, NULL }
};
const struct view view_handover = {
	.name = "handover", .title = N_("handover"), .place = KEYMAP_LIST, .keys = handover_keys,
	.open = handover_open, .key = handover_key, .command = handover_command, .render = handover_render, .subject = handover_subject,
	.work = handover_work, .close = handover_close,
};
