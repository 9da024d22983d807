/* What happened to a case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/alarms.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/views.h"
#include "tui/wrap.h"

enum { EVENTS_MAX = 500 };

struct line { usec_t at; int version; char what[32], who[80]; char *remark; };
struct history {
	struct console *c;
	case_no no;
	struct line *line; /* owned */
	int n, top, drawn;
	uint64_t handle;
	char error[120];
};

/* What the citizen said of the result, and whether he was reached. */
static void rating_words(const char *args, struct buf *out)
{
	static const struct { const char *key, *words; } marks[] = { { "speed", N_("speed") }, { "effect", N_("effect") }, { "service", N_("service") },
		{ "feedback", N_("feedback") } };
	static const struct { const char *outcome, *words; } calls[] = { { "reached", N_("reached") }, { "unreached", N_("not reached") },
		{ "refused", N_("will not be asked") } };
	json_t *o = json_loads(args, 0, NULL);
	const json_t *r = json_object_get(o, "rating");
	const char *outcome = json_string_value(json_object_get(o, "outcome"));

	for (size_t i = 0; outcome && i < sizeof calls / sizeof calls[0]; i++)
		if (strcmp(outcome, calls[i].outcome) == 0)
			buf_printf(out, "%s ", _(calls[i].words));
	for (size_t i = 0; r && i < sizeof marks / sizeof marks[0]; i++)
		buf_printf(out, "%s %d ", _(marks[i].words), (int)json_integer_value(json_object_get(r, marks[i].key)));
	json_decref(o);
}

static void event_row(void *who, int columns, const char *const *column)
{
	struct history *h = who;
	struct line *more, *l;
	struct buf clean = { 0 };

	if (columns < 7 || h->n == EVENTS_MAX)
		return;
	more = realloc(h->line, ((size_t)h->n + 1) * sizeof *more);
	if (!more)
		return;
	h->line = more;
	l = &h->line[h->n++];
	memset(l, 0, sizeof *l);
	l->version = atoi(column[0]);
	if (!clock_parse(column[1], strlen(column[1]), &l->at))
		l->at = 0;
	snprintf(l->what, sizeof l->what, "%s", column[2]);
	snprintf(l->who, sizeof l->who, "%s", *column[4] ? column[4] : column[3]);
	if (strcmp(l->what, "rung") == 0 || strcmp(l->what, "breach") == 0) {
		json_t *args = json_loads(column[5], 0, NULL);
		char words[ALARM_WORDS];

		alarms_rung(args, words);
		json_decref(args);
		buf_puts(&clean, words);
		if (*column[6]) /* the letter it wrote */
			buf_putc(&clean, '\n');
	}
	if (strcmp(l->what, "rate") == 0 || strcmp(l->what, "visit") == 0) {
		rating_words(column[5], &clean);
		if (*column[6] && clean.len > 0)
			buf_putc(&clean, '\n');
	}
	clean_text(&clean, column[6], strlen(column[6]), CLEAN_TEXT);
	l->remark = strdup(buf_text(&clean));
	buf_free(&clean);
}

static void events_done(void *who, const struct err *e, size_t rows)
{
	struct history *h = who;

	(void)rows;
	h->handle = 0;
	snprintf(h->error, sizeof h->error, "%s", e ? _(err_sentence(e->code)) : "");
	h->c->dirty = true;
}

static void clear(struct history *h)
{
	for (int i = 0; i < h->n; i++)
		free(h->line[i].remark);
	free(h->line);
	h->line = NULL;
	h->n = 0;
}

static void ask(struct history *h)
{
	char no[14];
	const char *args[] = { no };

	number_plain(h->no, no);
	clear(h);
	h->handle = console_ask(h->c, SQL_HISTORY, args, 1, event_row, events_done, h);
}

static void *history_open(struct console *c, const void *args)
{
	struct history *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->c = c;
	h->no = *(const case_no *)args;
	ask(h);
	return h;
}

static void history_close(struct console *c, void *state)
{
	struct history *h = state;

	if (h->handle != 0)
		c->port->forget(c->port_ctx, h->handle);
	clear(h);
	free(h);
}

static void history_changed(struct console *c, void *state, case_no no)
{
	struct history *h = state;
	const struct summary *s = queue_find(c->queue, h->no);

	if (no == h->no && h->handle == 0 && s && h->n > 0 && s->version > h->line[h->n - 1].version)
		ask(h);
}

static case_no history_subject(const struct console *c, const void *state)
{
	(void)c;
	return ((const struct history *)state)->no;
}

static bool history_command(struct console *c, void *state, enum command id)
{
	struct history *h = state;
	int by = id == COMMAND_UP ? -1 : id == COMMAND_DOWN ? 1 : id == COMMAND_PAGE_UP ? -10 : id == COMMAND_PAGE_DOWN ? 10 :
	    id == COMMAND_TOP ? -EVENTS_MAX : id == COMMAND_BOTTOM ? EVENTS_MAX : 0;

	(void)c;
	if (by == 0)
		return false;
	h->top += by;
	if (h->top >= h->n)
		h->top = h->n - 1;
	if (h->top < 0)
		h->top = 0;
	return true;
}

static void history_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct history *h = state;
	int row = area.row + 2, end = area.row + area.rows, who = area.cols - 37;
	char no[16];

	(void)c;
	(void)now;
	number_show(h->no, no);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("what happened to %s"), no);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (h->n == 0)
		grid_puts(g, row, 2, area.cols - 4, h->error[0] ? ST_BAD : ST_DIM, h->error[0] ? h->error : _("reading …"));
	for (int i = h->top; i < h->n && row < end; i++) {
		const struct line *l = &h->line[i];
		int year, month, day, hour, minute, second;

		clock_local(l->at, &year, &month, &day, &hour, &minute, &second);
		grid_printf(g, row, 1, 20, ST_DIM, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute, second);
		grid_field(g, row, 22, 12, ST_INFO, _(l->what));
		grid_field(g, row, 35, who, ST_TEXT, l->who);
		row++;
		if (l->remark && *l->remark && row < end)
			row += wrap_draw(g, (struct rect){ row, 22, end - row, area.cols - 24 }, ST_DIM, l->remark, strlen(l->remark), 0, NULL, 0);
	}
}

const struct view view_history = {
	.name = "history", .title = N_("history"), .place = KEYMAP_CASE,
	.open = history_open, .apply = history_changed, .command = history_command, .render = history_render,
	.subject = history_subject, .close = history_close,
};
