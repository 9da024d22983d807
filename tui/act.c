#include "tui/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/asks.h"
#include "tui/asks_needed.h"
#include "tui/i18n.h"
#include "tui/send.h"
#include "tui/units.h"
#include "tui/views.h"

void act_go(struct console *c, struct deed *d)
{
	if (asks_needed(c, d) || asks_more(c, d))
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
		act_go(c, d);
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
	if (c->seen.no != no || c->mono - c->seen.since < c->guard || deed_version(c, no) > f->version) {
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
	act_go(c, d);
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
	act_go(c, d);
}
