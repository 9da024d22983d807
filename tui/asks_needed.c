#include "tui/asks_needed.h"

#include <stdio.h>

#include "tui/asks.h"
#include "tui/asks_visit.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/views.h"

static void got_text(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_TEXT, value); }
static void got_priority(struct console *c, void *ctx, const char *value)
{
	struct deed *d = ctx;
	enum priority p;

	if (value && priority_parse(value, &p))
		snprintf(d->whom, sizeof d->whom, "%s", _(priority_label(p)));
	asks_got(c, d, ARG_PRIORITY, value);
}

static void got_outcome(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_OUTCOME, value); }

static void ask_reason(struct console *c, struct deed *d) { asks_reason(c, d, false); }

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

static void got_days(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_DAYS, value); }

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

bool asks_needed(struct console *c, struct deed *d)
{
	for (size_t i = 0; i < sizeof askers / sizeof askers[0]; i++)
		if (wants(d, askers[i].arg)) {
			askers[i].ask(c, d);
			return true;
		}
	return false;
}
