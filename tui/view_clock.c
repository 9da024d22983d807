/*
 * How the due times of a case came about, line by line: start, limit and where it comes from, working time a day, pauses, extensions, changes of the
 * limit, stops, and what is left. The lines are PostgreSQL's (fenbo.clock_explain, db/schema/0049); here they get words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "tui/i18n.h"
#include "tui/views.h"
#include "tui/wrap.h"

enum { LINES_MAX = 2000, LEFT_CELLS = 33 };

struct line { usec_t at; const char *label; enum style style; bool heading; char *text; /* owned */ };
struct clocks {
	struct console *c;
	case_no no;
	struct line *line; /* owned */
	int n, top;
	char kind[16];     /* of the last line that came */
	uint64_t handle;
	char error[120];
};

/* As fenbo.clock_line has them. */
enum column { KIND, WHAT, AT, UNTIL, SECONDS, WHO, ACTION, SOURCE, NAME, DAYS, REVISION, REASON, COLUMNS };

static const struct word { const char *what, *label; enum style style; } words[] = {
	{ "start",  N_("started"),      ST_TEXT },
	{ "limit",  N_("new limit"),    ST_TEXT },
	{ "extend", N_("extended"),     ST_INFO },
	{ "pause",  N_("paused"),       ST_INFO },
	{ "stop",   N_("stopped"),      ST_TEXT },
	{ "go_on",  N_("goes on"),      ST_TEXT },
	{ "retime", N_("counted anew"), ST_INFO },
	{ "day",    N_("worked"),       ST_DIM },
	{ "due",    N_("due"),          ST_STRONG },
	{ "left",   N_("time left"),    ST_STRONG },
	{ "late",   N_("late"),         ST_BAD },
};

static const struct word *word_of(const char *what)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].what, what) == 0)
			return &words[i];
	return NULL;
}

static struct line *add(struct clocks *v)
{
	struct line *more;

	if (v->n == LINES_MAX || !(more = realloc(v->line, ((size_t)v->n + 1) * sizeof *more)))
		return NULL;
	v->line = more;
	v->line[v->n] = (struct line){ .label = "" };
	return &v->line[v->n++];
}

static void say_span(struct buf *b, const char *seconds)
{
	long long s = atoll(seconds);

	buf_printf(b, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static void say_until(struct buf *b, const char *until, bool day)
{
	int year, month, mday, hour, minute, second;
	usec_t t = clock_read(until);

	if (t == 0) {
		buf_puts(b, _("until now"));
		return;
	}
	clock_local(t, &year, &month, &mday, &hour, &minute, &second);
	if (day)
		buf_printf(b, _("to %02d:%02d:%02d"), hour, minute, second);
	else
		buf_printf(b, _("to %02d-%02d %02d:%02d:%02d"), month, mday, hour, minute, second);
}

static void say_source(struct buf *b, const char *const *column)
{
	int days = atoi(column[DAYS]);

	if (days > 0)
		buf_printf(b, strcmp(column[KIND], "handle") == 0 ? _(" (%d working days)") : _(" (%d days)"), days);
	if (strcmp(column[SOURCE], "item") == 0)
		buf_printf(b, _(", duty item %s"), column[NAME]);
	else if (strcmp(column[SOURCE], "priority") == 0)
		buf_printf(b, _(", priority %s"), _(column[NAME]));
	if (atoi(column[REVISION]) > 0)
		buf_printf(b, _(", revision %s"), column[REVISION]);
}

/* What stands behind the time and the label. */
static void say(struct buf *b, const char *const *column)
{
	const char *what = column[WHAT];

	if (strcmp(what, "start") == 0 || strcmp(what, "limit") == 0) {
		buf_puts(b, _("limit "));
		say_span(b, column[SECONDS]);
		say_source(b, column);
	} else if (strcmp(what, "pause") == 0 || strcmp(what, "day") == 0) {
		say_until(b, column[UNTIL], *what == 'd');
		buf_puts(b, "  ");
		if (*column[SECONDS])
			say_span(b, column[SECONDS]);
		if (strcmp(column[ACTION], "ahead") == 0)
			buf_printf(b, "  %s", _("to come"));
	} else if (strcmp(what, "retime") == 0) {
		buf_printf(b, _("working hours or holidays changed, revision %s"), column[REVISION]);
	} else if (strcmp(what, "go_on") == 0) {
		buf_puts(b, _("as if it had not stopped"));
	} else if (*column[SECONDS]) {
		say_span(b, column[SECONDS]);
	}
	if (*what != 'd' && strcmp(what, "retime") != 0 && (*column[WHO] || *column[ACTION]))
		buf_printf(b, "%s%s%s%s", b->len > 0 ? " · " : "", *column[ACTION] ? _(column[ACTION]) : "", *column[WHO] ? " " : "", column[WHO]);
	if (*column[REASON])
		buf_printf(b, " · %s", column[REASON]);
}

static void clock_row(void *who, int columns, const char *const *column)
{
	struct clocks *v = who;
	struct buf text = { 0 }, clean = { 0 };
	const struct word *word;
	struct line *l;

	if (columns < COLUMNS || !(word = word_of(column[WHAT])))
		return;
	if (strcmp(v->kind, column[KIND]) != 0 && (l = add(v))) {
		snprintf(v->kind, sizeof v->kind, "%s", column[KIND]);
		buf_printf(&text, _("clock “%s”"), _(column[KIND]));
		l->heading = true;
		if (!(l->text = strdup(buf_text(&text))))
			v->n--;
		buf_reset(&text);
	}
	if ((l = add(v))) {
		say(&text, column);
		clean_text(&clean, buf_text(&text), text.len, CLEAN_LINE);
		l->at = clock_read(column[AT]);
		l->label = word->label;
		l->style = word->style;
		if (!(l->text = strdup(buf_text(&clean))))
			v->n--;
	}
	buf_free(&text);
	buf_free(&clean);
}

static void clock_done(void *who, const struct err *e, size_t rows)
{
	struct clocks *v = who;

	v->handle = 0;
	snprintf(v->error, sizeof v->error, "%s", e ? _(err_sentence(e->code)) : rows == 0 ? _("no clock runs for this case") : "");
	v->c->dirty = true;
}

static void clear(struct clocks *v)
{
	for (int i = 0; i < v->n; i++)
		free(v->line[i].text);
	free(v->line);
	v->line = NULL;
	v->n = 0;
	v->kind[0] = '\0';
}

static void ask(struct clocks *v)
{
	char no[14];
	const char *args[] = { no };

	number_plain(v->no, no);
	clear(v);
	v->handle = console_ask(v->c, SQL_CLOCK_EXPLAIN, args, 1, clock_row, clock_done, v);
}

static void *clocks_open(struct console *c, const void *args)
{
	struct clocks *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->c = c;
	v->no = *(const case_no *)args;
	ask(v);
	return v;
}

static void clocks_close(struct console *c, void *state)
{
	struct clocks *v = state;

	if (v->handle != 0)
		c->port->forget(c->port_ctx, v->handle);
	clear(v);
	free(v);
}

static void clocks_changed(struct console *c, void *state, case_no no)
{
	struct clocks *v = state;

	(void)c;
	if (no == v->no && v->handle == 0)
		ask(v);
}

static case_no clocks_subject(const struct console *c, const void *state)
{
	(void)c;
	return ((const struct clocks *)state)->no;
}

static bool clocks_command(struct console *c, void *state, enum command id)
{
	struct clocks *v = state;
	int by = id == COMMAND_UP ? -1 : id == COMMAND_DOWN ? 1 : id == COMMAND_PAGE_UP ? -10 : id == COMMAND_PAGE_DOWN ? 10 :
	    id == COMMAND_TOP ? -LINES_MAX : id == COMMAND_BOTTOM ? LINES_MAX : 0;

	(void)c;
	if (by == 0)
		return false;
	v->top += by;
	if (v->top >= v->n)
		v->top = v->n - 1;
	if (v->top < 0)
		v->top = 0;
	return true;
}

static void clocks_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct clocks *v = state;
	int row = area.row + 2, end = area.row + area.rows;
	char no[16];

	(void)c;
	(void)now;
	number_show(v->no, no);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, "%s  %s", _("how the due time came about"), no);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (v->n == 0)
		grid_puts(g, row, 2, area.cols - 4, v->error[0] && v->handle == 0 ? ST_TEXT : ST_DIM, v->error[0] ? v->error : _("reading …"));
	for (int i = v->top; i < v->n && row < end; i++) {
		const struct line *l = &v->line[i];
		int year, month, day, hour, minute, second;

		if (l->heading) {
			grid_puts(g, row++, 1, area.cols - 2, ST_STRONG, l->text);
			continue;
		}
		clock_local(l->at, &year, &month, &day, &hour, &minute, &second);
		grid_printf(g, row, 1, 19, ST_DIM, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute, second);
		grid_field(g, row, 22, LEFT_CELLS - 23, l->style, _(l->label));
		row += wrap_draw(g, (struct rect){ row, LEFT_CELLS, end - row, area.cols - LEFT_CELLS - 1 }, l->style, l->text, strlen(l->text), 0, NULL, 0);
	}
}

const struct view view_clock = {
	.name = "clock", .title = N_("clocks"), .place = KEYMAP_CASE,
	.open = clocks_open, .apply = clocks_changed, .command = clocks_command, .render = clocks_render,
	.subject = clocks_subject, .close = clocks_close,
};
