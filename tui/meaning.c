#include "tui/meaning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"

static void item_row(void *who, int columns, const char *const *column)
{
	struct meaning *m = who;
	struct buf clean = { 0 };

	if (columns < 5 || m->definition)
		return;
	clean_text(&clean, column[2], strlen(column[2]), CLEAN_LINE);
	m->definition = strdup(buf_text(&clean));
	m->days = atoi(column[4]);
	buf_free(&clean);
}

static void item_done(void *who, const struct err *e, size_t rows)
{
	struct meaning *m = who;

	(void)rows;
	m->asking = false;
	if (e)
		m->item[0] = '\0'; /* asked for again when somebody looks again */
	m->c->dirty = true;
}

void meaning_forget(struct meaning *m)
{
	if (m->asking)
		m->c->port->forget(m->c->port_ctx, m->handle);
	free(m->definition);
	*m = (struct meaning){ .c = m->c };
}

bool meaning_is(const struct meaning *m, const char *item)
{
	return *item && strcmp(m->item, item) == 0;
}

void meaning_want(struct meaning *m, struct console *c, const char *item)
{
	const char *args[] = { m->item };
	uint64_t handle;

	if (c->db != LINK_UP || strcmp(m->item, item) == 0)
		return;
	m->c = c;
	meaning_forget(m);
	if (!*item || strlen(item) >= sizeof m->item)
		return;
	strcpy(m->item, item);
	m->asking = true;
	handle = console_ask(c, SQL_ITEM_TEXT, args, 1, item_row, item_done, m);
	if (m->asking)
		m->handle = handle;
}
