#include "tui/live.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/i18n.h"

enum { REST_US = 300000 };

void live_init(struct live *l, struct console *c)
{
	*l = (struct live){ .c = c };
	advice_read(&l->arena, NULL, &l->advice);
}

void live_free(struct live *l)
{
	if (l->asking)
		l->c->port->recommend(l->c->port_ctx, NULL, NULL, NULL);
	arena_free(&l->arena);
}

void live_touch(struct live *l)
{
	l->due = l->c->mono + REST_US;
	l->c->wake = l->due;
	if (l->asking) { /* what it would answer is of older keystrokes */
		l->asking = false;
		l->c->port->recommend(l->c->port_ctx, NULL, NULL, NULL);
	}
	if (l->state != LIVE_AWAY)
		l->state = LIVE_WAITING;
}

bool live_due(const struct live *l)
{
	return l->due != 0 && l->c->mono >= l->due;
}

static void said(void *who, const struct err *e, const char *json, size_t len)
{
	struct live *l = who;
	json_t *o = e ? NULL : json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	l->asking = false;
	l->c->dirty = true;
	l->state = json_is_object(o) ? LIVE_HERE : LIVE_AWAY;
	if (l->state == LIVE_HERE) {
		arena_free(&l->arena);
		l->arena = (struct arena){ 0 };
		advice_read(&l->arena, o, &l->advice);
	}
	json_decref(o);
}

void live_ask(struct live *l, json_t *question)
{
	char *json = json_dumps(question, JSON_COMPACT);

	l->due = 0;
	if (json) {
		l->asking = true;
		l->c->port->recommend(l->c->port_ctx, json, said, l);
	}
	free(json);
	json_decref(question);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

const struct advice *live_advice(const struct live *l, const struct casefile *f)
{
	return l->state == LIVE_NONE || !*l->advice.model ? &f->rec : &l->advice;
}

const struct read_place *live_place(const struct live *l, const struct casefile *f)
{
	return live_advice(l, f) == &f->rec ? &f->read_place : &l->advice.place;
}

static const char *whose(const struct live *l)
{
	switch (l->state) {
	case LIVE_WAITING: return _(" what it would recommend now … ");
	case LIVE_HERE:    return _(" what it would recommend now ");
	case LIVE_AWAY:    return _(" fenbod is away: recommended anew once this is sent ");
	default:           return _(" recommended ");
	}
}

int live_draw(const struct live *l, const struct casefile *f, struct grid *g, struct rect area)
{
	const struct advice *a = live_advice(l, f);
	const struct read_place *p = live_place(l, f);
	const char *place = *p->name ? p->name : a == &f->rec ? f->place_name : "";
	int rows, col, model = width_text(a->model, strlen(a->model)), end = area.col + area.cols;

	grid_hline(g, area.row, area.col, area.cols, ST_RULE);
	grid_puts(g, area.row, area.col + 2, area.cols - 4, l->state == LIVE_AWAY ? ST_WARN : ST_LABEL, whose(l));
	if (model > 0 && model + 40 < area.cols)
		grid_printf(g, area.row, end - 4 - model, model + 2, ST_DIM, " %s ", a->model);
	rows = 1 + advice_draw(l->c, a, g, (struct rect){ area.row + 1, area.col + 1, area.rows - 1, area.cols - 2 }, -1);
	if (rows >= area.rows)
		return rows;
	col = area.col + 1 + grid_puts(g, area.row + rows, area.col + 1, area.cols - 1, ST_LABEL, _("place "));
	col += grid_puts(g, area.row + rows, col, end - col, *place ? ST_TEXT : ST_WARN,
	    *place ? place : p->candidates > 0 ? _("one of these: which?") : _("unknown")) + 1;
	for (int i = 0; !*place && i < p->candidates && col < end; i++)
		col += grid_puts(g, area.row + rows, col, end - col, ST_DIM, p->candidate[i].name) + 1;
	return rows + 1;
}
