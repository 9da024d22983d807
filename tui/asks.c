#include "tui/asks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/act.h"
#include "tui/asks_visit.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/drafts.h"
#include "tui/facts.h"
#include "tui/i18n.h"
#include "tui/moment.h"

enum { REASONS = 40 };

void asks_got(struct console *c, struct deed *d, enum action_arg arg, const char *value)
{
	if (!value) {
		deed_free(d);
		return;
	}
	if (*value)
		deed_put(d, arg, value);
	act_go(c, d);
}

static void got_text(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_TEXT, value); }
static void got_reason(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_REASON, value); }
static void got_person(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_PERSON, value); }
static void got_decision(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_DECISION, value); }

/* --- a letter ----------------------------------------------------------------------------------------------------- */

struct drafting { struct console *c; struct deed *d; char *text; };

static void draft_row(void *who, int columns, const char *const *column)
{
	struct drafting *w = who;

	if (columns > 0 && !w->text)
		w->text = strdup(column[0]);
}

static void drafted(void *who, const struct err *e, size_t rows)
{
	struct drafting *w = who;
	char title[160];

	(void)rows;
	if (e && e->code == ERR_UNAVAILABLE) {
		console_can_act(w->c);
		deed_free(w->d);
	} else {
		snprintf(w->d->draft, sizeof w->d->draft, "remind:%lld", (long long)w->d->no[0]);
		dialog_prompt(w->c, &(struct dialog_prompt){ .title = deed_title(w->d, title), .note = _("the letter as the unit will read it"),
		    .initial = w->text ? w->text : "", .draft = w->d->draft, .lines = true, .may_be_empty = true }, got_text, w->d);
	}
	free(w->text);
	free(w);
}

/* One case: the letter is looked over first. Several: each gets its own, drafted when it is written; the preview names them. */
static bool ask_letter(struct console *c, struct deed *d)
{
	struct drafting *w = d->n == 1 ? calloc(1, sizeof *w) : NULL;
	char no[14];
	const char *args[] = { no };

	if (!w)
		return false;
	w->c = c;
	w->d = d;
	number_plain(d->no[0], no);
	console_ask(c, SQL_LETTER_DRAFT, args, 1, draft_row, drafted, w);
	return true;
}

/* --- by when ------------------------------------------------------------------------------------------------------ */

static void put_time(struct dialog_item *item, usec_t t, const char *words)
{
	int year, month, day, hour, minute, second;
	char iso[40];

	clock_rfc3339(t, iso);
	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	snprintf(item->value, sizeof item->value, "%s", iso);
	snprintf(item->text, sizeof item->text, "%s  %02d-%02d %02d:%02d", words, month, day, hour, minute);
}

static void got_until(struct console *c, void *ctx, const char *value)
{
	asks_got(c, ctx, ARG_UNTIL, value && strcmp(value, "-") == 0 ? "" : value);
}

/* A pause has an end: at the time named, or after the longest that policy allows. */
static bool ask_pause_end(struct console *c, struct deed *d)
{
	char title[160];

	moment_ask(c, deed_title(d, title), _("the clocks run on by themselves then"), _("as long as the rules allow"), got_until, d);
	return true;
}

/* Today's, and later days', six o'clock in the evening. */
static bool ask_until(struct console *c, struct deed *d)
{
	static const struct { int days; const char *words; } ends[] = { { 0, N_("today") }, { 1, N_("tomorrow") }, { 3, N_("in 3 days") },
		{ 7, N_("in 7 days") } };
	struct dialog_item item[6];
	int n = 0, year, month, day, hour, minute, second;
	usec_t six;
	char title[160];

	clock_local(c->now, &year, &month, &day, &hour, &minute, &second);
	six = c->now + ((18 - hour) * 3600 - minute * 60 - second) * USEC_S - c->now % USEC_S;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (six + ends[i].days * 86400 * USEC_S > c->now)
			put_time(&item[n++], six + ends[i].days * 86400 * USEC_S, _(ends[i].words));
	snprintf(item[n].value, sizeof item[n].value, "-");
	snprintf(item[n++].text, sizeof item[0].text, "%s", _("no time is set"));
	snprintf(item[n].value, sizeof item[n].value, "…");
	snprintf(item[n++].text, sizeof item[0].text, "%s", _("another time: type it, as 2026-11-23T09:00:00+08:00"));
	dialog_menu(c, deed_title(d, title), _("by when?"), item, n, got_until, d);
	return true;
}

/* --- the others --------------------------------------------------------------------------------------------------- */

static bool ask_leader(struct console *c, struct deed *d)
{
	char title[160];

	dialog_prompt(c, &(struct dialog_prompt){ .title = deed_title(d, title), .note = _("whose instruction? May be left empty"), .may_be_empty = true },
	    got_person, d);
	return true;
}

static bool ask_words(struct console *c, struct deed *d)
{
	char title[160];

	dialog_prompt(c, &(struct dialog_prompt){ .title = deed_title(d, title), .note = _("in a word, why? May be left empty"), .may_be_empty = true },
	    got_text, d);
	return true;
}

/* --- a reason of the policy ---------------------------------------------------------------------------------------------- */

struct reasons { struct console *c; struct deed *d; bool may_be_none; struct dialog_item item[REASONS]; int n; };

static void reason_row(void *who, int columns, const char *const *column)
{
	struct reasons *r = who;

	if (columns < 2 || r->n >= REASONS - 2)
		return;
	snprintf(r->item[r->n].value, sizeof r->item[0].value, "%s", column[0]);
	snprintf(r->item[r->n++].text, sizeof r->item[0].text, "%s%s", column[1],
	    columns > 2 && column[2][0] == 't' && desk_is(r->c) ? _(" (the supervisor decides)") : "");
}

static void reasons_done(void *who, const struct err *e, size_t rows)
{
	struct reasons *r = who;
	char title[160];

	(void)rows;
	if (e && e->code == ERR_UNAVAILABLE) {
		console_can_act(r->c);
		deed_free(r->d);
		free(r);
		return;
	}
	if (r->may_be_none)
		snprintf(r->item[r->n++].text, sizeof r->item[0].text, "%s", _("without a reason"));
	snprintf(r->item[r->n].value, sizeof r->item[0].value, "…");
	snprintf(r->item[r->n++].text, sizeof r->item[0].text, "%s", _("another reason: type it"));
	dialog_menu(r->c, deed_title(r->d, title), r->d->whom[0] ? r->d->whom : NULL, r->item, r->n, got_reason, r->d);
	free(r);
}

void asks_reason(struct console *c, struct deed *d, bool may_be_none)
{
	struct reasons *r = calloc(1, sizeof *r);
	const char *args[] = { action_table[d->action].name };

	if (!r) {
		deed_free(d);
		return;
	}
	r->c = c;
	r->d = d;
	r->may_be_none = may_be_none;
	console_ask(c, SQL_REASONS, args, 1, reason_row, reasons_done, r);
}

static bool ask_reason(struct console *c, struct deed *d)
{
	asks_reason(c, d, true);
	return true;
}

static const struct { enum action action; enum action_arg arg; bool (*ask)(struct console *c, struct deed *d); } questions[] = {
	{ ACTION_REMIND, ARG_TEXT, ask_letter }, { ACTION_INSTRUCT, ARG_PERSON, ask_leader }, { ACTION_INSTRUCT, ARG_UNTIL, ask_until },
	{ ACTION_SUPERVISE, ARG_REASON, ask_reason }, { ACTION_LIFT, ARG_TEXT, ask_words }, { ACTION_SETTLE, ARG_TEXT, ask_words },
	{ ACTION_PAUSE, ARG_UNTIL, ask_pause_end }, { ACTION_EXTEND, ARG_TEXT, ask_words },
	{ ACTION_VISIT, ARG_RATING, asks_visit_rating }, { ACTION_VISIT, ARG_UNTIL, asks_visit_until }, { ACTION_VISIT, ARG_TEXT, ask_words },
};

bool asks_more(struct console *c, struct deed *d)
{
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		if (questions[i].action != d->action || d->asked & (unsigned)questions[i].arg || deed_has(d, questions[i].arg))
			continue;
		d->asked |= (unsigned)questions[i].arg;
		if (questions[i].ask(c, d))
			return true;
	}
	return false;
}

void asks_person(struct console *c, struct deed *d)
{
	char title[160];

	dialog_prompt(c, &(struct dialog_prompt){ .title = deed_title(d, title), .note = _("who is it?") }, got_person, d);
}

void asks_decision(struct console *c, struct deed *d)
{
	static const struct { const char *value, *words; } both[] = { { "yes", N_("yes: it is granted") }, { "no", N_("no: it stays as it is") } };
	const struct summary *s = d->n == 1 ? queue_find(c->queue, d->no[0]) : NULL;
	struct dialog_item item[2];
	char title[160], words[300] = "";

	for (int i = 0; i < 2; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", both[i].value);
		snprintf(item[i].text, sizeof item[i].text, "%s", _(both[i].words));
	}
	if (s)
		facts_words(c, VIEW_ASKED, s, c->now, words, sizeof words);
	dialog_menu(c, deed_title(d, title), *words ? words : NULL, item, 2, got_decision, d);
}
