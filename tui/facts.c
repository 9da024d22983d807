#include "tui/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/console.h"
#include "tui/i18n.h"
#include "tui/units.h"

/* Kept: several screens full. Asked for at once: one. */
enum { KEPT = 512, ASKED = 120, WORDS = 160, AGAIN_US = 1000000 };

struct fact {
	case_no no;               /* 0 = free */
	int version;
	char by[40], reason[WORDS], ask[12], ask_reason[WORDS], instruction[WORDS], rated_words[WORDS];
	int days, letters, rated;
	usec_t until, letter_at, instruction_until;
	bool complied;
};

struct facts {
	struct fact *kept;        /* a ring */
	int next;
	bool asking;
	struct { case_no no; int version; } asked[ASKED];
	int nasked;
	usec_t wait;              /* monotonic; after a failure nothing is asked before */
	struct console *c;
};

static const char *const headings[VIEW_COUNT] = {
	[VIEW_RETURNED] = N_("who sent it back, and why"), [VIEW_DISPUTED] = N_("who sent it back, and why"),
	[VIEW_ASKED] = N_("what is asked for"), [VIEW_REMINDED] = N_("letters without an answer"),
	[VIEW_INSTRUCTED] = N_("instruction"), [VIEW_POOR] = N_("how it was rated"), [VIEW_SPECIAL] = N_("how it was rated"),
};

struct facts *facts_new(void)
{
	struct facts *f = calloc(1, sizeof *f);

	if (f)
		f->kept = calloc(KEPT, sizeof *f->kept);
	if (f && !f->kept) {
		free(f);
		return NULL;
	}
	return f;
}

void facts_free(struct facts *f)
{
	if (f)
		free(f->kept);
	free(f);
}

const char *facts_heading(enum view_kind kind)
{
	return headings[kind];
}

static struct fact *find(const struct facts *f, case_no no)
{
	for (int i = 0; i < KEPT; i++)
		if (f->kept[i].no == no)
			return &f->kept[i];
	return NULL;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static struct fact *place_for(struct facts *f, case_no no)
{
	struct fact *r = find(f, no);

	if (!r) {
		r = &f->kept[f->next];
		f->next = (f->next + 1) % KEPT;
	}
	return r;
}

static void fact_row(void *who, int columns, const char *const *column)
{
	struct facts *f = who;
	struct fact *r;

	if (columns < 15)
		return;
	r = place_for(f, atoll(column[0]));
	*r = (struct fact){ .no = atoll(column[0]), .version = atoi(column[1]), .days = atoi(column[5]), .until = clock_read(column[6]),
		.letters = atoi(column[8]), .letter_at = clock_read(column[9]), .instruction_until = clock_read(column[11]),
		.complied = column[12][0] == 't', .rated = atoi(column[13]) };
	clean_into(r->by, sizeof r->by, column[2]);
	clean_into(r->reason, sizeof r->reason, column[3]);
	clean_into(r->ask, sizeof r->ask, column[4]);
	clean_into(r->ask_reason, sizeof r->ask_reason, column[7]);
	clean_into(r->instruction, sizeof r->instruction, column[10]);
	clean_into(r->rated_words, sizeof r->rated_words, column[14]);
}

static void facts_done(void *who, const struct err *e, size_t rows)
{
	struct facts *f = who;

	(void)rows;
	f->asking = false;
	f->wait = e ? f->c->mono + AGAIN_US : 0;
	/* Of which nothing was said (closed a moment ago): that is known now, and not asked again before there is another version. */
	for (int i = 0; !e && i < f->nasked; i++) {
		const struct fact *known = find(f, f->asked[i].no);

		if (!known || known->version < f->asked[i].version)
			*place_for(f, f->asked[i].no) = (struct fact){ .no = f->asked[i].no, .version = f->asked[i].version };
	}
	f->c->dirty = true;
}

void facts_want(struct console *c, enum view_kind kind, const struct summary *const *rows, size_t n)
{
	struct facts *f = c->facts;
	struct buf list = { 0 };
	const char *args[1];
	int asked = 0;

	if (!headings[kind] || f->asking || c->db != LINK_UP || c->loading || c->mono < f->wait)
		return;
	for (size_t i = 0; i < n && asked < ASKED; i++) {
		const struct fact *known = find(f, rows[i]->no);

		/* What is newer than the row has been told here before the row's own frame. */
		if (!known || known->version < rows[i]->version) {
			buf_printf(&list, "%c%lld", asked ? ',' : '{', (long long)rows[i]->no);
			f->asked[asked].no = rows[i]->no;
			f->asked[asked++].version = rows[i]->version;
		}
	}
	if (asked > 0 && !list.failed) {
		buf_putc(&list, '}');
		args[0] = buf_text(&list);
		f->asking = true;
		f->nasked = asked;
		f->c = c;
		console_ask(c, SQL_QUEUE_FACTS, args, 1, fact_row, facts_done, f);
	}
	buf_free(&list);
}

/* --- saying ------------------------------------------------------------------------------------------------------- */

static void day_hour(usec_t t, char out[24])
{
	int year, month, day, hour, minute, second;

	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	snprintf(out, 24, "%02d-%02d %02d:%02d", month, day, hour, minute);
}

static void ask_words(const struct console *c, const struct fact *r, const struct summary *s, char *out, size_t size)
{
	const char *unit = units_short(c->units, s->unit), *sep = *r->ask_reason ? _(": ") : "";
	char when[24];

	if (strcmp(r->ask, "extend") == 0)
		snprintf(out, size, _("%s +%d days%s%s"), unit, r->days, sep, r->ask_reason);
	else if (r->until) {
		day_hour(r->until, when);
		snprintf(out, size, _("%s pause to %s%s%s"), unit, when, sep, r->ask_reason);
	} else if (*r->ask)
		snprintf(out, size, _("%s pause%s%s"), unit, sep, r->ask_reason);
}

static void instruction_words(const struct fact *r, usec_t now, char *out, size_t size)
{
	char when[24];

	if (r->complied)
		snprintf(out, size, _("answered: %s"), r->instruction);
	else if (r->instruction_until) {
		day_hour(r->instruction_until, when);
		snprintf(out, size, r->instruction_until <= now ? _("late since %s: %s") : _("until %s: %s"), when, r->instruction);
	} else
		snprintf(out, size, "%s", r->instruction);
}

void facts_words(const struct console *c, enum view_kind kind, const struct summary *s, usec_t now, char *out, size_t size)
{
	const struct fact *r = find(c->facts, s->no);
	char when[24];

	out[0] = '\0';
	if (!r || r->version < s->version)
		return;
	switch (kind) {
	case VIEW_RETURNED:
	case VIEW_DISPUTED:
		if (*r->by)
			snprintf(out, size, "%s%s%s", units_short(c->units, r->by), *r->reason ? _(": ") : "", r->reason);
		break;
	case VIEW_ASKED:
		ask_words(c, r, s, out, size);
		break;
	case VIEW_REMINDED:
		day_hour(r->letter_at, when);
		snprintf(out, size, _("%s · %d unanswered, last %s"), units_short(c->units, s->unit), r->letters, when);
		break;
	case VIEW_INSTRUCTED:
		instruction_words(r, now, out, size);
		break;
	case VIEW_POOR:
	case VIEW_SPECIAL:
		if (r->rated > 0)
			snprintf(out, size, _("%s · effect %d%s%s"), units_short(c->units, s->unit), r->rated, *r->rated_words ? _(": ") : "", r->rated_words);
		else
			snprintf(out, size, "%s", units_short(c->units, s->unit));
		break;
	default:
		break;
	}
}
