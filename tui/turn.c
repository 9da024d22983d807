#include "tui/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/console.h"
#include "tui/i18n.h"

enum { ANEW_S = 300, END_S = 5 }; /* after an end it is asked again until the new shift is told */

static void turn_row(void *who, int columns, const char *const *column)
{
	struct console *c = who;
	char label[40];

	if (columns < 5)
		return;
	clean_into(label, sizeof label, column[0]);
	if (*label && c->who.crew > 0 && column[1][0] != 't')
		snprintf(c->who.shift, sizeof c->who.shift, _("%s (not yours)"), label);
	else
		snprintf(c->who.shift, sizeof c->who.shift, "%s", label);
	if (!clock_parse(column[2], strlen(column[2]), &c->turn.ends_at))
		c->turn.ends_at = 0;
	if (c->pending == 0) { /* else what is under way would be counted twice */
		c->who.handled = atoi(column[3]);
		c->who.late = atoi(column[4]);
	}
	c->dirty = true;
}

static void turn_done(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)e;
	(void)rows;
	c->turn.asking = false;
	c->turn.handle = 0;
}

void turn_work(struct console *c)
{
	usec_t since = c->mono - c->turn.asked;
	bool over = c->turn.ends_at != 0 && c->now >= c->turn.ends_at;
	uint64_t handle;

	if (!c->ready || c->db != LINK_UP || c->turn.asking)
		return;
	/* The log-in told the label, but not until when it holds: the first time it is asked at once. */
	if (c->turn.asked != 0 && since < (over ? END_S : ANEW_S) * USEC_S)
		return;
	c->turn.asked = c->mono;
	c->turn.asking = true;
	handle = console_ask(c, SQL_MINE, NULL, 0, turn_row, turn_done, c);
	if (c->turn.asking)
		c->turn.handle = handle;
}

void turn_free(struct console *c)
{
	if (c->turn.asking && c->turn.handle)
		c->port->forget(c->port_ctx, c->turn.handle);
}
