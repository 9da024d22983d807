/*
 * The handover between shifts. While it is a draft the outgoing supervisor adds, remarks and drops, and sends it; then the incoming one acknowledges item by
 * item. All at once is possible only when every open item has stood on the screen for a moment. Enter opens the case; the keys of
 * actions are about it.
 */
#include "tui/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/views.h"

enum { ANEW_US = 15 * 1000000 };

/* --- what is looked at ---------------------------------------------------------------------------------------------- */

const json_t *handover_shown(const struct handover *v)
{
	return papers_at(&v->papers[PAPER_SHOWN], 0);
}

const json_t *handover_items(const struct handover *v)
{
	return json_object_get(handover_shown(v), "items");
}

int handover_count(const struct handover *v)
{
	return (int)json_array_size(handover_items(v));
}

const json_t *handover_here(const struct handover *v)
{
	return json_array_get(handover_items(v), (size_t)v->at);
}

bool handover_is(const json_t *o, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && strcmp(s, value) == 0;
}

bool handover_waits(const json_t *item)
{
	return !handover_is(item, "kind", "open") && (handover_is(item, "state", "open") || handover_is(item, "state", "queued"));
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
	return paper_case(handover_here(state), "id");
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

	snprintf(note, sizeof note, "%s → %s", paper_text(handover_shown(v), "from", from, sizeof from), paper_text(handover_shown(v), "to", to, sizeof to));
	dialog_yes(c, _("hand over to the next shift"), note, _("hand over as it stands"), _("not yet"), send_confirmed, NULL);
}

static void acknowledge(struct console *c, struct handover *v, bool whole)
{
	struct ids ids = ids_of(handover_shown(v), NULL);
	struct buf list = { 0 };
	const json_t *item;
	size_t i;
	int n = 0, unseen = 0, beyond = 0;

	json_array_foreach(handover_items(v), i, item) {
		int64_t number = paper_int(item, "n");

		if (!handover_waits(item) || (!whole && (int)i != v->at))
			continue;
		if (whole && (number < 1 || number >= HANDOVER_ITEMS_MAX)) {
			beyond++;
			continue;
		}
		if (whole && (v->seen[number] == 0 || c->mono - v->seen[number] < HANDOVER_SEEN_US)) {
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
		if (!whole && v->at + 1 < handover_count(v))
			v->at++;
	}
	buf_free(&list);
}

static void older(struct handover *v, bool back)
{
	int n = (int)papers_count(&v->papers[PAPER_LIST]), at = 0;
	int64_t id = paper_int(handover_shown(v), "id");

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

	paper_about_set(&v->about, handover_shown(v), handover_here(v));
	switch (code) {
	case '+':
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("add an item"), .note = _("what the next shift must know; a case number may stand first") }, got_item, NULL);
		return true;
	case ';':
		if (handover_here(v))
			dialog_prompt(c, &(struct dialog_prompt){ .title = _("remark for the next shift"), .initial = paper_text(handover_here(v), "text", text, sizeof text),
			    .may_be_empty = true }, got_remark, NULL);
		return true;
	case '-':
		if (handover_is(handover_here(v), "state", "dropped"))
			edit(c, "keep", NULL, NULL);
		else if (handover_here(v))
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
	if (!handover_shown(v))
		return false;
	if (k->code == '<') {
		ids = ids_of(handover_shown(v), NULL);
		paper_send(c, SQL_HANDOVER_UNDO, (const char *[]){ ids.id }, 1, _("taken back"), again, NULL);
		return true;
	}
	if (handover_is(handover_shown(v), "state", "draft"))
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
	return code && (list_key(&v->at, handover_count(v), v->page > 0 ? v->page : 10, code), true);
}

static const struct view_key handover_keys[] = {
	{ "Space", N_("seen") }, { "A", N_("everything") }, { ">", N_("hand over") }, { "<", N_("take back") }, { "+", N_("add") }, { ";", N_("remark") },
	{ "-", N_("drop or keep") }, { ".", N_("draft anew") }, { "[ ]", N_("older, newer") }, { NULL, NULL }
};
const struct view view_handover = {
	.name = "handover", .title = N_("handover"), .place = KEYMAP_LIST, .keys = handover_keys,
	.open = handover_open, .key = handover_key, .command = handover_command, .render = handover_draw, .subject = handover_subject,
	.work = handover_work, .close = handover_close,
};
