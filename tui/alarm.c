#include "tui/alarm.h"

#include <stdio.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/alarms.h"
#include "tui/console.h"
#include "tui/i18n.h"

enum { AGAIN_S = 15, APART_S = 2 };

static int find(const struct alarms *a, case_no no)
{
	for (int i = 0; i < a->n; i++)
		if (a->no[i] == no)
			return i;
	return -1;
}

static void drop(struct console *c, int i)
{
	struct alarms *a = &c->alarms;

	memmove(a->no + i, a->no + i + 1, (size_t)(--a->n - i) * sizeof a->no[0]);
	if (a->n == 0)
		a->again = 0;
	c->dirty = true;
}

static void ring(struct console *c)
{
	struct alarms *a = &c->alarms;

	/* Ten at once are one noise. */
	if (a->rang != 0 && c->mono - a->rang < APART_S * USEC_S) {
		a->again = a->rang + APART_S * USEC_S;
		return;
	}
	a->rang = c->mono;
	a->again = c->mono + AGAIN_S * USEC_S;
	console_effect(c, EFFECT_BELL, NULL);
}

/* Into the banner, and heard. */
static void call(struct console *c, case_no no)
{
	struct alarms *a = &c->alarms;

	if (find(a, no) < 0) {
		if (a->n == ALARMS_MAX) /* nobody reads the sixty-fifth: the oldest has been in the banner long enough */
			drop(c, 0);
		a->no[a->n++] = no;
	}
	ring(c);
	c->dirty = true;
}

bool alarm_calls(const struct console *c, const struct summary *s)
{
	return s->flags & FLAG_DANGER && s->stage == STAGE_TRIAGE && strcmp(s->desk, c->who.desk) == 0;
}

void alarm_apply(struct console *c, const struct summary *s, bool before)
{
	struct alarms *a = &c->alarms;
	int i = find(a, s->no);
	bool calls = alarm_calls(c, s);

	if (i >= 0 && !calls)
		drop(c, i);
	if (i >= 0 || !calls || before || c->loading || !(c->who.role & (ROLE_DISPATCHER | ROLE_SUPERVISOR)))
		return;
	call(c, s->no);
}

void alarm_told(struct console *c, const struct alarm_row *r)
{
	const struct summary *s = r->no != 0 ? queue_find(c->queue, r->no) : NULL;
	char words[ALARM_WORDS];

	if (r->level == ALARM_DANGER) {
		/* Told again it is known here; to whoever was not at this desk when it began it is new. */
		if (s && alarm_calls(c, s) && (r->count == 1 || find(&c->alarms, r->no) < 0))
			call(c, r->no);
		return;
	}
	if (r->level != ALARM_ALARM)
		return;
	alarms_words(r, c->now, words);
	console_say(c, ST_URGENT, "! %s %s", words, s ? s->title : "");
	if (budget_take(&c->alarms.budget, c->alarm_every, c->mono))
		console_effect(c, EFFECT_BELL, NULL);
}

void alarm_listed(struct console *c)
{
	for (size_t i = 0; i < alarms_count(c->alarm_list); i++) {
		const struct alarm_row *r = alarms_at(c->alarm_list, i);
		const struct summary *s = r->level == ALARM_DANGER && r->acked == 0 && r->no != 0 ? queue_find(c->queue, r->no) : NULL;

		if (s && alarm_calls(c, s) && find(&c->alarms, r->no) < 0 && !c->loading)
			call(c, r->no);
	}
}

void alarm_over(struct console *c, case_no no)
{
	int i = find(&c->alarms, no);

	if (i >= 0)
		drop(c, i);
}

void alarm_created(struct console *c, const struct summary *s)
{
	struct alarms *a = &c->alarms;
	char no[16];

	if (s->priority != PRIORITY_URGENT || s->flags & FLAG_DANGER)
		return;
	number_show(s->no, no);
	console_say(c, ST_URGENT, _("‼ new and urgent: %s %s"), no, s->title);
	if (budget_take(&a->budget, c->alarm_every, c->mono))
		console_effect(c, EFFECT_BELL, NULL);
}

void alarm_check(struct console *c)
{
	for (int i = c->alarms.n - 1; i >= 0; i--) {
		const struct summary *s = queue_find(c->queue, c->alarms.no[i]);

		if (!s || !alarm_calls(c, s))
			drop(c, i);
	}
}

void alarm_tick(struct console *c)
{
	if (c->alarms.n > 0 && c->alarms.again != 0 && c->mono >= c->alarms.again)
		ring(c);
}

bool alarm_seen(struct console *c)
{
	if (c->alarms.n == 0)
		return false;
	alarms_seen(c, c->alarms.no, c->alarms.n);
	c->alarms.n = 0;
	c->alarms.again = 0;
	console_say(c, ST_INFO, "%s", _("the alarm is quiet: the cases are still in the queue"));
	return true;
}

void alarm_draw(const struct console *c, struct grid *g, struct rect row)
{
	const struct alarms *a = &c->alarms;
	const struct summary *s = queue_find(c->queue, a->no[0]);
	char key[32], no[16], tail[80], more[48] = "";
	int cells;

	grid_fill(g, row, ST_LATE);
	if (c->locked) {
		grid_printf(g, row.row, row.col + 1, row.cols - 2, ST_LATE, _("‼ DANGER TO LIFE: %d waiting, not yet seen"), a->n);
		return;
	}
	number_show(a->no[0], no);
	console_key_name(c, false, COMMAND_ACKNOWLEDGE, key);
	if (a->n > 1)
		snprintf(more, sizeof more, _("and %d more · "), a->n - 1);
	snprintf(tail, sizeof tail, _("%s%s seen"), more, key);
	cells = width_text(tail, strlen(tail));
	grid_printf(g, row.row, row.col + 1, row.cols - cells - 4, ST_LATE, _("‼ DANGER TO LIFE  %s %s"), no, s ? s->title : "");
	grid_puts(g, row.row, row.col + row.cols - cells - 1, cells, ST_LATE, tail);
}
