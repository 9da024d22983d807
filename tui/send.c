#include "tui/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "tui/dialog.h"
#include "tui/drafts.h"
#include "tui/i18n.h"
#include "tui/refusal.h"
#include "tui/units.h"
#include "tui/views.h"

enum { SINCE_EVENTS = 3 };

struct answer { case_no no; bool ok; int version; enum stage stage; enum err_code code; char line[260]; };
struct sent {
	struct console *c;
	struct deed *d;
	struct answer *answer;
	size_t n, good;
};

static void sent_free(struct sent *s)
{
	deed_free(s->d);
	free(s->answer);
	free(s);
}

/* What PostgreSQL said of one case, for a person. */
static void refusal_text(struct answer *a, const char *message, const char *by, const char *at)
{
	char when[9] = "", no[16], words[REFUSAL_BYTES];
	usec_t t;

	number_show(a->no, no);
	if (*at && clock_parse(at, strlen(at), &t))
		clock_hms(t, when);
	if (*by)
		snprintf(a->line, sizeof a->line, _("✗ %s  %s (%s, %s)"), no, _(err_sentence(a->code)), by, when);
	else
		snprintf(a->line, sizeof a->line, "✗ %s  %s%s%s", no, _(err_sentence(a->code)), *message ? _(": ") : "",
		    refusal_words(message, words));
}

static void answer_row(void *who, int columns, const char *const *column)
{
	struct sent *s = who;
	struct answer *more, *a;
	char no[16];

	if (columns < 10)
		return;
	more = realloc(s->answer, (s->n + 1) * sizeof *more);
	if (!more)
		return;
	s->answer = more;
	a = &s->answer[s->n++];
	*a = (struct answer){ .no = atoll(column[0]), .ok = column[1][0] == 't', .version = atoi(column[2]) };
	if (!stage_parse(column[3], &a->stage))
		a->stage = STAGE_TRIAGE;
	number_show(a->no, no);
	if (a->ok) {
		s->good++;
		snprintf(a->line, sizeof a->line, "✓ %s  %s", no, _(stage_label(a->stage)));
	} else {
		a->code = err_by_name(column[5]);
		refusal_text(a, column[6], column[8], column[9]);
	}
}

/* --- what happened since: asked for when an action was refused as stale ------------------------------------------- */

struct since { struct console *c; case_no no; int version; char text[200]; int n; };

static void since_row(void *who, int columns, const char *const *column)
{
	struct since *s = who;
	size_t at = strlen(s->text);
	char when[9] = "";
	usec_t t;

	if (columns < 5 || atoi(column[0]) <= s->version || s->n++ >= SINCE_EVENTS)
		return;
	if (clock_parse(column[1], strlen(column[1]), &t))
		clock_hms(t, when);
	snprintf(s->text + at, sizeof s->text - at, "%s%.5s %s %s", at ? "; " : "", when,
	    *column[4] ? column[4] : column[3], _(column[2]));
}

static void since_done(void *who, const struct err *e, size_t rows)
{
	struct since *s = who;

	(void)rows;
	if (!e && s->text[0])
		console_say(s->c, ST_WARN, _("not done, the case has moved on: %s. Look, then decide again"), s->text);
	free(s);
}

static void ask_since(struct console *c, case_no no, int version)
{
	struct since *s = calloc(1, sizeof *s);
	char text[14];
	const char *args[] = { text };

	if (!s)
		return;
	s->c = c;
	s->no = no;
	s->version = version;
	number_plain(no, text);
	console_ask(c, SQL_HISTORY, args, 1, since_row, since_done, s);
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

static void say_count(struct console *c, size_t n, const char *one, const char *many, const char *no)
{
	char text[120];

	if (n == 1)
		snprintf(text, sizeof text, one, no);
	else
		snprintf(text, sizeof text, many, n);
	console_say(c, ST_GOOD, "%s", text);
}

static void say_done(struct console *c, const struct sent *s)
{
	const struct deed *d = s->d;
	char key[32], no[16] = "";

	console_key_name(c, true, ACTION_UNDO, key);
	if (s->n > 0)
		number_show(s->answer[0].no, no);
	if (d->action == ACTION_UNDO)
		say_count(c, s->good, _("undone: %s"), _("undone: %zu cases"), no);
	else if (d->action == ACTION_NEXT || d->action == ACTION_CLAIM)
		say_count(c, s->good, _("claimed: %s"), _("claimed: %zu cases"), no);
	else if (s->good > 1)
		console_say(c, ST_GOOD, _("%s: %zu cases done · %s undo"), _(action_table[d->action].name), s->good, key);
	else if (d->action == ACTION_CONFIRM || d->action == ACTION_OVERRIDE || d->action == ACTION_PARALLEL)
		console_say(c, ST_GOOD, _("dispatched to %s · %s undo"), d->whom, key);
	else
		console_say(c, ST_GOOD, _("%s done: %s · %s undo"), _(action_table[d->action].name), no, key);
}

static void say_refused(struct console *c, const struct sent *s)
{
	const char **lines = calloc(s->n + 1, sizeof *lines);
	char title[160];

	if (s->n == 1) {
		console_say(c, ST_BAD, "%s", s->answer[0].line);
		if (s->answer[0].code == ERR_STALE || s->answer[0].code == ERR_IMPOSSIBLE || s->answer[0].code == ERR_LEASED)
			ask_since(c, s->answer[0].no, s->d->n > 0 ? s->d->version[0] : 0);
	} else if (lines) {
		snprintf(title, sizeof title, _("%s: %zu done, %zu not"), _(action_table[s->d->action].name), s->good,
		    s->n - s->good);
		for (size_t i = 0; i < s->n; i++)
			lines[i] = s->answer[i].line;
		dialog_lines(c, title, lines, (int)s->n);
	}
	free(lines);
}

static bool leaves_triage(enum action a)
{
	return a == ACTION_CONFIRM || a == ACTION_OVERRIDE || a == ACTION_PARALLEL || a == ACTION_MERGE || a == ACTION_ANSWER ||
	    a == ACTION_END || a == ACTION_ESCALATE;
}

static void take_in(struct console *c, const struct sent *s)
{
	case_no *ids = calloc(s->n + 1, sizeof *ids);

	for (size_t i = 0; i < s->n; i++) {
		const struct answer *a = &s->answer[i];

		const struct summary *was = queue_find(c->queue, a->no);

		if (a->ok)
			console_mark(c, a->no, false);
		if (a->ok && leaves_triage(s->d->action)) {
			c->who.handled++;
			c->who.late += was && was->due_at && was->due_at < c->now;
		}
		if (a->ok && (a->stage == STAGE_CLOSED || a->stage == STAGE_MERGED))
			console_gone(c, a->no, a->stage, a->version);
		if (!queue_find(c->queue, a->no))
			console_forget_case(c, a->no);
		if (ids)
			ids[i] = a->no;
	}
	if (ids && s->n > 0)
		c->port->refresh(c->port_ctx, ids, s->n);
	free(ids);
}

static void sent_done(void *who, const struct err *e, size_t rows)
{
	struct sent *s = who;
	struct console *c = s->c;
	const struct deed *d = s->d;

	(void)rows;
	c->pending--;
	c->dirty = true;
	if (e && e->code == ERR_UNAVAILABLE) {
		console_say(c, ST_BAD, "%s", _("the database went away: it may or may not have been done; look before you press again"));
		sent_free(s);
		return;
	}
	if (e) {
		char words[REFUSAL_BYTES];

		console_say(c, ST_BAD, "✗ %s%s%s", _(err_sentence(e->code)), e->message[0] ? _(": ") : "", refusal_words(e->message, words));
		sent_free(s);
		return;
	}
	take_in(c, s);
	if (s->n == 0) {
		console_say(c, ST_INFO, "%s", d->action == ACTION_NEXT ? _("no free case is waiting") :
		    d->action == ACTION_UNDO ? _("there is nothing of yours to undo") : _("nothing was done"));
	} else if (s->good == s->n) {
		if (d->draft[0])
			drafts_put(c->drafts, d->draft, NULL);
		say_done(c, s);
		if (d->action == ACTION_NEXT || d->action == ACTION_UNDO)
			view_queue_go(c, s->answer[0].no, s->answer[0].version);
		else if (leaves_triage(d->action))
			view_queue_onward(c, d->no, d->n);
	} else {
		say_refused(c, s);
	}
	sent_free(s);
}

static void put_list(struct buf *out, const struct deed *d, bool versions)
{
	buf_putc(out, '{');
	for (size_t i = 0; i < d->n; i++) {
		if (i > 0)
			buf_putc(out, ',');
		if (!versions)
			buf_printf(out, "%lld", (long long)d->no[i]);
		else if (d->version[i] > 0)
			buf_printf(out, "%d", d->version[i]);
		else
			buf_puts(out, "NULL");
	}
	buf_putc(out, '}');
}

void send_ids(struct buf *out, const struct deed *d)
{
	put_list(out, d, false);
}

void send_deed(struct console *c, struct deed *d)
{
	struct sent *s = calloc(1, sizeof *s);
	struct buf ids = { 0 }, versions = { 0 };
	char *json = json_dumps(d->args, JSON_COMPACT);
	const char *args[5];

	if (!s || !json || !console_can_act(c)) {
		free(s);
		free(json);
		deed_free(d);
		return;
	}
	s->c = c;
	s->d = d;
	put_list(&ids, d, false);
	put_list(&versions, d, true);
	args[0] = action_table[d->action].name;
	args[1] = buf_text(&ids);
	args[2] = buf_text(&versions);
	args[3] = json;
	args[4] = "false";
	c->pending++;
	view_queue_deciding(c, d->no, d->n);
	console_ask(c, SQL_ACT, args, 5, answer_row, sent_done, s);
	buf_free(&ids);
	buf_free(&versions);
	free(json);
}
