#include "tui/asks_visit.h"

#include <stdio.h>
#include <string.h>

#include "tui/act.h"
#include "tui/asks.h"
#include "tui/dialog.h"
#include "tui/i18n.h"

static void got_outcome(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_OUTCOME, value); }

void asks_visit_outcome(struct console *c, struct deed *d)
{
	static const struct { const char *value, *words; } all[] = { { "reached", N_("reached: he says what he thinks of it") },
		{ "unreached", N_("nobody answered: call again later") }, { "refused", N_("he will not be asked: nobody calls again") } };
	struct dialog_item item[3];
	char title[160];

	for (int i = 0; i < 3; i++) {
		snprintf(item[i].value, sizeof item[i].value, "%s", all[i].value);
		snprintf(item[i].text, sizeof item[i].text, "%s", _(all[i].words));
	}
	dialog_menu(c, deed_title(d, title), NULL, item, 3, got_outcome, d);
}

static bool is_outcome(const struct deed *d, const char *wanted)
{
	const char *outcome = json_string_value(json_object_get(d->args, arg_name(ARG_OUTCOME)));

	return outcome && strcmp(outcome, wanted) == 0;
}

/* --- what he says ------------------------------------------------------------------------------------------------- */

json_t *asks_visit_read(const char *text)
{
	static const char *const names[] = { "speed", "effect", "service", "feedback" };
	json_t *r = json_object();
	int n = 0;

	for (; *text; text++) {
		if (*text == ' ')
			continue;
		if (*text < '1' || *text > '5' || n == 4)
			break;
		json_object_set_new(r, names[n++], json_integer(*text - '0'));
	}
	if (*text || n != 4) {
		json_decref(r);
		return NULL;
	}
	return r;
}

static void got_rating(struct console *c, void *ctx, const char *value)
{
	struct deed *d = ctx;
	json_t *r = value && *value ? asks_visit_read(value) : NULL;

	if (!value) {
		deed_free(d);
		return;
	}
	if (*value && !r) {
		console_say(c, ST_WARN, "%s", _("four digits from 1 to 5 are expected"));
		asks_visit_rating(c, d);
		return;
	}
	if (r)
		deed_put_json(d, ARG_RATING, r);
	act_go(c, d);
}

bool asks_visit_rating(struct console *c, struct deed *d)
{
	char title[160];

	if (!is_outcome(d, "reached"))
		return false;
	dialog_prompt(c, &(struct dialog_prompt){ .title = deed_title(d, title),
	    .note = _("speed, effect, service, feedback: a digit each, 5 is best, as 5454; empty: he does not rate"), .may_be_empty = true }, got_rating, d);
	return true;
}

/* --- when to call again ------------------------------------------------------------------------------------------- */

static void got_until(struct console *c, void *ctx, const char *value) { asks_got(c, ctx, ARG_UNTIL, value); }

static void put_time(struct dialog_item *item, usec_t t, const char *words)
{
	int year, month, day, hour, minute, second;
	char iso[40];

	clock_rfc3339(t, iso);
	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	snprintf(item->value, sizeof item->value, "%s", iso);
	snprintf(item->text, sizeof item->text, "%s  %02d-%02d %02d:%02d", words, month, day, hour, minute);
}

bool asks_visit_until(struct console *c, struct deed *d)
{
	int year, month, day, hour, minute, second;
	struct dialog_item item[4];
	char title[160];
	usec_t ten;

	if (!is_outcome(d, "unreached"))
		return false;
	clock_local(c->now, &year, &month, &day, &hour, &minute, &second);
	ten = c->now + ((10 - hour) * 3600 - minute * 60 - second) * USEC_S - c->now % USEC_S + 86400 * USEC_S;
	put_time(&item[0], c->now + 3600 * USEC_S, _("in an hour"));
	put_time(&item[1], c->now + 4 * 3600 * USEC_S, _("in four hours"));
	put_time(&item[2], ten, _("tomorrow"));
	snprintf(item[3].value, sizeof item[3].value, "…");
	snprintf(item[3].text, sizeof item[3].text, "%s", _("another time: type it, as 2026-11-23T09:00:00+08:00"));
	dialog_menu(c, deed_title(d, title), _("when to call again?"), item, 4, got_until, d);
	return true;
}
