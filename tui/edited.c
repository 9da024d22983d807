#include "tui/edited.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void note(struct edited *e, const char *field, const char *who, usec_t at)
{
	struct edited_field *f = NULL;

	for (int i = 0; i < e->n && !f; i++)
		if (strcmp(e->row[i].field, field) == 0)
			f = &e->row[i];
	if (!f && e->n < EDITED_MAX)
		f = &e->row[e->n++];
	if (!f)
		return;
	snprintf(f->field, sizeof f->field, "%s", field);
	snprintf(f->who, sizeof f->who, "%s", who);
	f->at = at;
}

/* A row of the record: version, at, action, actor, person, args, remark. */
static void event_row(void *ctx, int columns, const char *const *column)
{
	struct edited *e = ctx;
	json_t *args, *field;
	usec_t at = 0;
	size_t i;

	if (columns < 6 || strcmp(column[2], "edit") != 0)
		return;
	if (!clock_parse(column[1], strlen(column[1]), &at))
		at = 0;
	args = json_loads(column[5], 0, NULL);
	json_array_foreach(json_object_get(args, "fields"), i, field)
		if (json_is_string(field))
			note(e, json_string_value(field), *column[4] ? column[4] : column[3], at);
	json_decref(args);
}

static void events_done(void *ctx, const struct err *err, size_t rows)
{
	struct edited *e = ctx;

	(void)rows;
	e->asking = false;
	if (err)
		e->version = 0;
	e->c->dirty = true;
}

void edited_want(struct edited *e, struct console *c, case_no no)
{
	const struct casefile *f = console_case(c, no);
	char text[14];
	const char *args[] = { text };

	e->c = c;
	if (!f || f->version <= 1 || e->version == f->version || e->asking || c->db != LINK_UP)
		return;
	e->version = f->version;
	e->n = 0;
	e->asking = true;
	number_plain(no, text);
	e->handle = console_ask(c, SQL_HISTORY, args, 1, event_row, events_done, e);
}

void edited_forget(struct edited *e)
{
	if (e->asking)
		e->c->port->forget(e->c->port_ctx, e->handle);
	e->asking = false;
}

const struct edited_field *edited_find(const struct edited *e, const char *field)
{
	for (int i = 0; i < e->n; i++)
		if (strcmp(e->row[i].field, field) == 0)
			return &e->row[i];
	return NULL;
}
