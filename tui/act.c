#include "tui/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/asks.h"
#include "tui/desk.h"
#include "tui/asks_visit.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/send.h"
#include "tui/units.h"
#include "tui/views.h"

enum { REASONS_MAX = 40 };

/* --- deeds -------------------------------------------------------------------------------------------------------- */

static int version_seen(const struct console *c, case_no no)
{
	const struct summary *s = queue_find(c->queue, no);
	const struct casefile *f = console_case(c, no);

	if (s)
		return s->version;
	return f ? f->version : 0;
}

/* About the n cases in *no, which is malloc'ed and becomes the deed's. */
static struct deed *make_deed(struct console *c, enum action a, case_no *no, size_t n)
{
	struct deed *d = calloc(1, sizeof *d);

	if (!d) {
		free(no);
		return NULL;
	}
	d->action = a;
	d->args = json_object();
	d->no = no;
	d->n = no ? n : 0;
	d->version = calloc(d->n + 1, sizeof *d->version);
	if (!d->args || !d->version) {
		deed_free(d);
		return NULL;
	}
	for (size_t i = 0; i < d->n; i++)
		d->version[i] = version_seen(c, d->no[i]);
	return d;
}

struct deed *deed_new(struct console *c, enum action a)
{
	bool alone = a == ACTION_NEXT || a == ACTION_UNDO;
	case_no *no = NULL;
	struct deed *d;
	size_t n;

	if (!console_can_act(c))
		return NULL;
	n = alone ? 0 : console_targets(c, &no);
	d = make_deed(c, a, no, n);
	if (d && d->n == 0 && !alone) {
		console_say(c, ST_WARN, "%s", c->nmarked > 0 ? _("the marked cases are hidden by the filter: nothing is done") :
		    _("no case stands under the cursor"));
		deed_free(d);
		return NULL;
	}
	return d;
}

struct deed *deed_for(struct console *c, enum action a, const case_no *no, size_t n)
{
	case_no *own = console_can_act(c) ? calloc(n + 1, sizeof *own) : NULL;

	if (!own)
		return NULL;
	memcpy(own, no, n * sizeof *own);
	return make_deed(c, a, own, n);
}

void deed_free(struct deed *d)
{
	if (!d)
		return;
	free(d->no);
	free(d->version);
	json_decref(d->args);
	free(d);
}

void deed_put(struct deed *d, enum action_arg arg, const char *value)
{
	json_object_set_new(d->args, arg_name(arg), json_string(value));
}

void deed_put_list(struct deed *d, enum action_arg arg, const char *const *values, int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_string(values[i]));
	json_object_set_new(d->args, arg_name(arg), list);
}

void deed_put_json(struct deed *d, enum action_arg arg, json_t *value)
{
	json_object_set_new(d->args, arg_name(arg), value);
}

bool deed_has(const struct deed *d, enum action_arg arg)
{
	return json_object_get(d->args, arg_name(arg)) != NULL;
}

const char *deed_title(const struct deed *d, char out[160])
{
	char no[16] = "";

	if (d->n == 1)
		number_show(d->no[0], no);
	if (d->n > 1)
		snprintf(out, 160, _("%s · %zu cases"), _(action_table[d->action].name), d->n);
	else
		snprintf(out, 160, "%s · %s", _(action_table[d->action].name), no);
	return out;
}

/* --- what is missing ---------------------------------------------------------------------------------------------- */

/* Each asker takes the deed and gives it back to deed_go with one argument more, or frees it. */
static void got_value(struct console *c, struct deed *d, enum action_arg arg, const char *value)
{
	if (!value) {
		deed_free(d);
		return;
	}
	deed_put(d, arg, value);
	deed_go(c, d);
}

static void got_text(struct console *c, void *ctx, const char *value) { got_value(c, ctx, ARG_TEXT, value); }
static void got_reason(struct console *c, void *ctx, const char *value) { got_value(c, ctx, ARG_REASON, value); }
static void got_priority(struct console *c, void *ctx, const char *value)
{
	struct deed *d = ctx;
	enum priority p;

	if (value && priority_parse(value, &p))
		snprintf(d->whom, sizeof d->whom, "%s", _(priority_label(p)));
	got_value(c, d, ARG_PRIORITY, value);
}

static void got_outcome(struct console *c, void *ctx, const char *value) { got_value(c, ctx, ARG_OUTCOME, value); }

struct reasons {
	struct console *c;
	struct deed *d;
	struct dialog_item item[REASONS_MAX];
	int n;
};

static void reason_row(void *who, int columns, const char *const *column)
{
	struct reasons *r = who;

	if (columns < 2 || r->n >= REASONS_MAX - 1)
		return;
	snprintf(r->item[r->n].value, sizeof r->item[r->n].value, "%s", column[0]);
	snprintf(r->item[r->n].text, sizeof r->item[r->n].text, "%s%s", column[1],
	    columns > 2 && column[2][0] == 't' && desk_is(r->c) ? _(" (the supervisor decides)") : "");
	r->n++;
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
	snprintf(r->item[r->n].value, sizeof r->item[r->n].value, "…");
	snprintf(r->item[r->n].text, sizeof r->item[r->n].text, "%s", _("another reason: type it"));
	r->n++;
	dialog_menu(r->c, deed_title(r->d, title), r->d->whom[0] ? r->d->whom : NULL, r->item, r->n, got_reason, r->d);
	free(r);
}

static void ask_reason(struct console *c, struct deed *d)
{
	struct reasons *r = calloc(1, sizeof *r);
	const char *args[] = { action_table[d->action].name };

	if (!r) {
		deed_free(d);
		return;
	}
	r->c = c;
	r->d = d;
	console_ask(c, SQL_REASONS, args, 1, reason_row, reasons_done, r);
}

static void ask_text(struct console *c, struct deed *d)
{
	char title[160];

	snprintf(d->draft, sizeof d->draft, "%s:%lld", action_table[d->action].name, (long long)(d->n == 1 ? d->no[0] : 0));
	dialog_prompt(c, &(struct dialog_prompt){ .title = deed_title(d, title), .draft = d->draft, .lines = true }, got_text, d);
}

static void ask_priority(struct console *c, struct deed *d)
{
	struct dialog_item item[PRIORITY_COUNT];
	char title[160];

	for (int i = 0; i < PRIORITY_COUNT; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", priority_name((enum priority)i));
		snprintf(item[i].text, sizeof item[i].text, "%s", _(priority_label((enum priority)i)));
	}
	dialog_menu(c, deed_title(d, title), NULL, item, PRIORITY_COUNT, got_priority, d);
}

static void ask_outcome(struct console *c, struct deed *d)
{
	static const enum outcome ends[] = { OUTCOME_INVALID, OUTCOME_WITHDRAWN, OUTCOME_EMERGENCY };
	struct dialog_item item[3];
	char title[160];

	if (d->action == ACTION_VISIT) {
		asks_visit_outcome(c, d);
		return;
	}
	for (int i = 0; i < 3; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", outcome_name(ends[i]));
		snprintf(item[i].text, sizeof item[i].text, "%s", _(outcome_label(ends[i])));
	}
	dialog_menu(c, deed_title(d, title), NULL, item, 3, got_outcome, d);
}

static void got_days(struct console *c, void *ctx, const char *value) { got_value(c, ctx, ARG_DAYS, value); }

static void ask_days(struct console *c, struct deed *d)
{
	static const int choice[] = { 1, 2, 3, 5, 10 };
	struct dialog_item item[sizeof choice / sizeof choice[0] + 1];
	int n = 0;
	char title[160];

	for (size_t i = 0; i < sizeof choice / sizeof choice[0]; i++, n++) {
		snprintf(item[n].value, sizeof item[n].value, "%d", choice[i]);
		snprintf(item[n].text, sizeof item[n].text, _("%d working days more"), choice[i]);
	}
	snprintf(item[n].value, sizeof item[n].value, "…");
	snprintf(item[n++].text, sizeof item[0].text, "%s", _("another number of days: type it"));
	dialog_menu(c, deed_title(d, title), _("the supervisor decides"), item, n, got_days, d);
}

/* What asks for which argument, in the order the questions come. */
static const struct {
	enum action_arg arg;
	void (*ask)(struct console *c, struct deed *d);
} askers[] = {
	{ ARG_PRIORITY, ask_priority }, { ARG_OUTCOME, ask_outcome }, { ARG_FIELDS, form_start }, { ARG_PARTS, split_start },
	{ ARG_INTO, merge_start }, { ARG_ASSIST, override_start }, { ARG_UNIT, override_start }, { ARG_DAYS, ask_days },
	{ ARG_DECISION, asks_decision }, { ARG_PERSON, asks_person }, { ARG_TEXT, ask_text }, { ARG_REASON, ask_reason },
};

static bool wants(const struct deed *d, enum action_arg arg)
{
	const struct action_info *info = &action_table[d->action];

	if (deed_has(d, arg))
		return false;
	if (info->needs & (unsigned)arg)
		return true;
	/* An override names a unit or a duty item; the table can only say "may". */
	return d->action == ACTION_OVERRIDE && arg == ARG_UNIT && !deed_has(d, ARG_ITEM);
}

/* --- going on ----------------------------------------------------------------------------------------------------- */

void deed_go(struct console *c, struct deed *d)
{
	for (size_t i = 0; i < sizeof askers / sizeof askers[0]; i++)
		if (wants(d, askers[i].arg)) {
			askers[i].ask(c, d);
			return;
		}
	if (asks_more(c, d))
		return;
	/* Wide is more than one: those are always shown first. */
	if (!d->confirmed && (action_table[d->action].asks || (d->n > 1 && d->action != ACTION_CLAIM && d->action != ACTION_RELEASE))) {
		confirm_start(c, d);
		return;
	}
	send_deed(c, d);
}

/* --- from keys ---------------------------------------------------------------------------------------------------- */

static bool possible_here(struct console *c, const struct deed *d)
{
	const struct action_info *info = &action_table[d->action];

	if (!(info->roles & (unsigned)c->who.role)) {
		console_say(c, ST_WARN, _("%s: not within your rights"), _(info->name));
		return false;
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct summary *s = queue_find(c->queue, d->no[i]);
		const struct casefile *f = console_case(c, d->no[i]);
		enum stage stage = s ? s->stage : f ? f->stage : STAGE_TRIAGE;

		if (d->n == 1 && !(info->stages & 1u << stage)) {
			console_say(c, ST_WARN, _("%s: not possible while the case is “%s”"), _(info->name), _(stage_label(stage)));
			return false;
		}
	}
	return true;
}

void act_start(struct console *c, enum action a)
{
	struct deed *d;

	if (a == ACTION_CONFIRM) {
		act_confirm(c, 0);
		return;
	}
	d = deed_new(c, a);
	if (!d)
		return;
	if (!possible_here(c, d)) {
		deed_free(d);
		return;
	}
	if (a == ACTION_ANSWER)
		answer_start(c, d);
	else if (report_takes(a))
		report_start(c, d);
	else
		deed_go(c, d);
}

void act_confirm(struct console *c, int which)
{
	case_no no = console_subject(c);
	const struct casefile *f = console_case(c, no);
	struct deed *d;

	if (c->nmarked > 0 && c->depth == 1) {
		console_say(c, ST_WARN, "%s", _("cases are marked: a digit is for one case. U removes the marks"));
		return;
	}
	if (no == 0 || !f) {
		console_say(c, ST_WARN, "%s", no ? _("the case is still being read") : _("no case stands under the cursor"));
		return;
	}
	if (c->seen.no != no || c->mono - c->seen.since < c->guard || version_seen(c, no) > f->version) {
		/* A key meant for the case before this one, or for an older version of it. */
		console_say(c, ST_INFO, "%s", _("this case has only just come up: look, then press again"));
		return;
	}
	if (which >= f->rec.n) {
		console_say(c, ST_WARN, _("there is no recommendation %d; o chooses a unit"), which + 1);
		return;
	}
	d = deed_new(c, ACTION_CONFIRM);
	if (!d)
		return;
	if (!possible_here(c, d)) {
		deed_free(d);
		return;
	}
	d->version[0] = f->version;
	deed_put(d, ARG_RECOMMENDATION, f->rec.id);
	deed_put(d, ARG_UNIT, f->rec.unit[which].code);
	snprintf(d->whom, sizeof d->whom, "%s", *units_short(c->units, f->rec.unit[which].code) &&
	    strcmp(units_short(c->units, f->rec.unit[which].code), f->rec.unit[which].code) != 0 ?
	    units_short(c->units, f->rec.unit[which].code) : f->rec.unit[which].name);
	deed_go(c, d);
}

void act_edit(struct console *c, const char *field, const char *value)
{
	struct deed *d = deed_new(c, ACTION_EDIT);

	if (!d)
		return;
	if (!possible_here(c, d)) {
		deed_free(d);
		return;
	}
	if (!value) {
		form_start_at(c, d, field);
		return;
	}
	deed_put_json(d, ARG_FIELDS, json_pack("{s:s}", field, value));
	deed_go(c, d);
}

/* --- name and phone ----------------------------------------------------------------------------------------------- */

struct reveal { struct console *c; case_no no; char line[3][200]; int n; };

static void reveal_row(void *who, int columns, const char *const *column)
{
	struct reveal *r = who;

	if (columns < 3)
		return;
	snprintf(r->line[0], sizeof r->line[0], "%s  %s", _("name"), column[0]);
	snprintf(r->line[1], sizeof r->line[1], "%s  %s", _("phone"), column[1]);
	snprintf(r->line[2], sizeof r->line[2], "%s  %s", _("identity"), column[2]);
	r->n = *column[2] ? 3 : 2;
}

static void reveal_done(void *who, const struct err *e, size_t rows)
{
	struct reveal *r = who;
	const char *lines[] = { r->line[0], r->line[1], r->line[2] };

	(void)rows;
	if (e)
		console_say(r->c, ST_BAD, "%s", _(err_sentence(e->code)));
	else if (r->n > 0)
		dialog_lines(r->c, _("shown on the record"), lines, r->n);
	free(r);
}

static void reveal_why(struct console *c, void *ctx, const char *value)
{
	struct reveal *r = ctx;
	char no[14];
	const char *args[2] = { no, value };

	if (!value || !console_can_act(c)) {
		free(r);
		return;
	}
	number_plain(r->no, no);
	console_ask(c, SQL_REVEAL, args, 2, reveal_row, reveal_done, r);
}

void act_reveal(struct console *c, case_no no)
{
	struct dialog_item items[] = { { "", "call back" }, { "", "check identity" }, { "", "emergency" }, { "", "…" } };
	struct reveal *r = calloc(1, sizeof *r);

	if (!r)
		return;
	r->c = c;
	r->no = no;
	snprintf(items[0].text, sizeof items[0].text, "%s", _("to call the citizen back"));
	snprintf(items[1].text, sizeof items[1].text, "%s", _("to check who is asking"));
	snprintf(items[2].text, sizeof items[2].text, "%s", _("danger: help must be sent"));
	snprintf(items[3].text, sizeof items[3].text, "%s", _("another reason: type it"));
	dialog_menu(c, _("Show name and phone"), _("this goes on the record with your name"), items, 4, reveal_why, r);
}
