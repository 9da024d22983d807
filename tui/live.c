#include "tui/live.h"

#include <stdlib.h>
#include <string.h>

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
