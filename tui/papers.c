#include "tui/papers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/refusal.h"

void papers_init(struct papers *p, struct console *c)
{
	memset(p, 0, sizeof *p);
	p->c = c;
}

void papers_free(struct papers *p)
{
	if (p->asking && p->handle)
		p->c->port->forget(p->c->port_ctx, p->handle);
	json_decref(p->list);
	json_decref(p->fresh);
}

static void paper_row(void *who, int columns, const char *const *column)
{
	struct papers *p = who;

	if (columns > 0)
		json_array_append_new(p->fresh, json_loads(column[0], JSON_DECODE_ANY, NULL));
}

static const json_t *rows_of(const struct papers *p, const json_t *list)
{
	return p->cursor.inside ? json_object_get(json_array_get(list, 0), p->cursor.inside) : list;
}

static bool same(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

static void follow(struct papers *p)
{
	const struct paper_cursor *q = &p->cursor;
	const json_t *was = q->at ? json_array_get(rows_of(p, p->list), (size_t)*q->at) : NULL, *row;
	size_t i;

	if (!was || (q->inside && !same(json_array_get(p->list, 0), json_array_get(p->fresh, 0), q->head)))
		return;
	json_array_foreach((json_t *)rows_of(p, p->fresh), i, row) {
		int k = 0;

		while (k < 3 && q->key[k] && same(was, row, q->key[k]))
			k++;
		if (k == 3 || !q->key[k]) {
			*q->at = (int)i;
			return;
		}
	}
	p->lost = p->c->mono;
}

static void papers_read(void *who, const struct err *e, size_t rows)
{
	struct papers *p = who;
	char words[REFUSAL_BYTES];

	(void)rows;
	p->asking = false;
	p->handle = 0;
	p->error[0] = '\0';
	if (e) {
		snprintf(p->error, sizeof p->error, "%s", e->message[0] && e->code != ERR_UNAVAILABLE ? refusal_words(e->message, words) : _(err_sentence(e->code)));
		json_decref(p->fresh);
	} else {
		follow(p);
		json_decref(p->list);
		p->list = p->fresh;
	}
	p->fresh = NULL;
	p->c->dirty = true;
}

void papers_ask(struct papers *p, enum statement s, const char *const *args, int nargs)
{
	uint64_t handle;

	if (p->asking) {
		if (p->handle)
			p->c->port->forget(p->c->port_ctx, p->handle);
		json_decref(p->fresh);
	}
	p->fresh = json_array();
	p->handle = 0;
	p->asking = true;
	handle = console_ask(p->c, s, args, nargs, paper_row, papers_read, p);
	if (p->asking)
		p->handle = handle;
}

size_t papers_count(const struct papers *p)
{
	return json_array_size(p->list);
}

const json_t *papers_at(const struct papers *p, size_t i)
{
	return json_array_get(p->list, i);
}

void papers_follow(struct papers *p, struct paper_cursor cursor)
{
	p->cursor = cursor;
}

bool papers_sure(const struct papers *p)
{
	return list_sure(p->c, p->lost);
}

void paper_about_set(struct paper_about *a, const json_t *head, const json_t *row)
{
	struct paper_about was = *a;

	a->head = json_incref((json_t *)head);
	a->row = json_incref((json_t *)row);
	json_decref(was.head);
	json_decref(was.row);
}

/* --- members ------------------------------------------------------------------------------------------------------ */

const char *paper_text(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s = json_string_value(json_object_get(o, key));

	out[0] = '\0';
	if (s)
		clean_into(out, size, s);
	return out;
}

int64_t paper_int(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool paper_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

usec_t paper_time(const json_t *o, const char *key)
{
	return clock_read(json_string_value(json_object_get(o, key)));
}

case_no paper_case(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	case_no no;

	return s && number_parse(s, strlen(s), &no) ? no : 0;
}

const char *paper_when(const json_t *o, const char *key, char out[24])
{
	usec_t t = paper_time(o, key);
	int year, month, day, hour, minute, second;

	out[0] = '\0';
	if (t) {
		clock_local(t, &year, &month, &day, &hour, &minute, &second);
		snprintf(out, 24, "%02d-%02d %02d:%02d", month, day, hour, minute);
	}
	return out;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

struct change { struct console *c; const char *good; paper_fn done; void *ctx; paper_told_fn told; json_t *rows; };

static void change_row(void *who, int columns, const char *const *column)
{
	struct change *w = who;

	if (w->told && columns > 0)
		json_array_append_new(w->rows, json_loads(column[0], JSON_DECODE_ANY, NULL));
}

static void changed(void *who, const struct err *e, size_t rows)
{
	struct change *w = who;
	char words[REFUSAL_BYTES];

	(void)rows;
	if (e)
		console_say(w->c, ST_BAD, "✗ %s%s%s", _(err_sentence(e->code)), e->message[0] ? _(": ") : "", refusal_words(e->message, words));
	else if (w->told)
		w->told(w->c, w->rows);
	else if (w->good)
		console_say(w->c, ST_GOOD, "%s", w->good);
	if (w->done)
		w->done(w->c, w->ctx);
	json_decref(w->rows);
	free(w);
}

static void change_send(struct console *c, enum statement s, const char *const *args, int nargs, struct change change)
{
	struct change *w = console_can_act(c) ? calloc(1, sizeof *w) : NULL;

	if (!w)
		return;
	*w = change;
	w->c = c;
	w->rows = change.told ? json_array() : NULL;
	console_ask(c, s, args, nargs, change_row, changed, w);
}

void paper_send(struct console *c, enum statement s, const char *const *args, int nargs, const char *good, paper_fn done, void *ctx)
{
	change_send(c, s, args, nargs, (struct change){ .good = good, .done = done, .ctx = ctx });
}

void paper_send_told(struct console *c, enum statement s, const char *const *args, int nargs, paper_told_fn told)
{
	change_send(c, s, args, nargs, (struct change){ .told = told });
}
