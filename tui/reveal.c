#include "tui/reveal.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/dialog.h"
#include "tui/i18n.h"

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

void reveal_start(struct console *c, case_no no)
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
