/*
 * Looking for cases, open and past: by number, words, telephone number or place, newest first. And the other cases of one caller,
 * which is the same list without the question.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/past.h"
#include "tui/pick.h"
#include "tui/views.h"

enum { PAGE_ROWS = 100 };

struct search {
	struct console *c;
	struct edit edit;
	struct past past;
	uint64_t handle;
	bool stale;       /* typed on since it was asked */
	bool all;         /* there is no more to fetch */
	bool asked_once;
	case_no of;       /* a caller's cases: the case whose caller; 0 = search */
	case_no down;    /* the server stopped reading here before the page was full; 0 = it did not */
	char error[160];
};

static void found(void *who, int columns, const char *const *column)
{
	struct search *s = who;

	if (columns > 1 && column[1] && !column[1][0]) { /* no stage: not a case, but how far the search has read */
		s->down = strtoll(column[0], NULL, 10);
		return;
	}
	past_add(&s->past, columns, column);
}

static void ask(struct search *s, bool more);

static void found_all(void *who, const struct err *e, size_t rows)
{
	struct search *s = who;

	s->handle = 0;
	s->all = rows < PAGE_ROWS && s->down == 0;
	snprintf(s->error, sizeof s->error, "%s", e ? _(err_sentence(e->code)) : "");
	s->c->dirty = true;
	if (s->stale)
		ask(s, false);
	else if (!e && s->down != 0 && s->past.n < PAGE_ROWS)
		ask(s, true);
}

static void ask(struct search *s, bool more)
{
	char before[24], most[12], of[24];
	const char *args[] = { edit_text(&s->edit), more ? before : NULL, most };
	const char *caller[] = { of };

	if (s->handle != 0) {
		s->stale = !more;
		return;
	}
	s->stale = false;
	s->asked_once = true;
	snprintf(before, sizeof before, "%lld", s->down != 0 ? (long long)s->down :
	    s->past.n > 0 ? (long long)s->past.row[s->past.n - 1].no : 0);
	s->down = 0;
	snprintf(most, sizeof most, "%d", PAGE_ROWS);
	snprintf(of, sizeof of, "%lld", (long long)s->of);
	if (!more)
		past_clear(&s->past);
	s->handle = s->of ? console_ask(s->c, SQL_CALLERS_CASES, caller, 1, found, found_all, s) :
	    console_ask(s->c, SQL_SEARCH, args, 3, found, found_all, s);
}

static void *search_open(struct console *c, const void *args)
{
	struct search *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->c = c;
	s->edit.max = 200;
	if (args) {
		s->of = *(const case_no *)args;
		ask(s, false);
	}
	return s;
}

static void search_close(struct console *c, void *state)
{
	struct search *s = state;

	if (s->handle != 0)
		c->port->forget(c->port_ctx, s->handle);
	edit_free(&s->edit);
	past_free(&s->past);
	free(s);
}

/* The end of what is here has been reached: the page after it. */
static void walked(struct search *s)
{
	if (s->past.at == s->past.n - 1 && !s->all && !s->of && s->past.n > 0)
		ask(s, true);
}

static bool open_found(struct console *c, struct search *s)
{
	case_no no = past_subject(&s->past);

	if (no != 0)
		console_open(c, &view_detail, &no);
	return true;
}

static bool search_key(struct console *c, void *state, const struct key *k)
{
	struct search *s = state;

	switch (pick_key(&s->edit, &s->past.at, s->past.n, s->past.page, k)) {
	case PICK_WALKED:
		walked(s);
		return true;
	case PICK_TYPED:
		/* One character says nothing, unless it is a Chinese one. */
		if (s->edit.len >= 2)
			ask(s, false);
		else
			past_clear(&s->past);
		return true;
	case PICK_TAKEN:
		if (past_subject(&s->past) == 0 && s->edit.len > 0)
			ask(s, false);
		return open_found(c, s);
	case PICK_LEFT:
		console_close(c);
		return true;
	case PICK_MOVED:
		return true;
	default:
		return false;
	}
}

static void search_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct search *s = state;
	int col = grid_puts(g, area.row, 1, 30, ST_LABEL, _("search: "));
	const char *say = s->error[0] ? s->error : s->handle ? _("looking …") : !s->asked_once ?
	    _("number, words, telephone number or place; ↑↓ to choose, Enter to open") : s->past.n == 0 ? _("nothing found") : NULL;

	edit_draw(&s->edit, g, (struct rect){ area.row, col + 1, 1, area.cols - col - 2 }, ST_INPUT, true);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (say && s->past.n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 4, s->error[0] ? ST_BAD : ST_DIM, say);
	past_draw(c, &s->past, g, (struct rect){ area.row + 2, 1, area.rows - 2, area.cols - 2 }, now);
}

static const struct view_key search_keys[] = {
	{ "↑↓", N_("choose") }, { "Enter", N_("open") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_search = {
	.name = "search", .title = N_("search"), .types = true, .keys = search_keys,
	.open = search_open, .key = search_key, .render = search_render, .close = search_close,
};

/* --- a caller's other cases --------------------------------------------------------------------------------------- */

static bool cases_command(struct console *c, void *state, enum command id)
{
	struct search *s = state;
	uint32_t key = list_command(id);

	if (id == COMMAND_OPEN)
		return open_found(c, s);
	if (key && list_key(&s->past.at, s->past.n, s->past.page, key))
		walked(s);
	return key != 0;
}

static case_no cases_subject(const struct console *c, const void *state)
{
	(void)c;
	return past_subject(&((const struct search *)state)->past);
}

static void cases_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct search *s = state;
	char no[16];

	number_show(s->of, no);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("other cases of the caller of %s: %d"), no, s->past.n);
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (s->error[0] || s->past.n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 4, s->error[0] ? ST_BAD : ST_DIM,
		    s->error[0] ? s->error : s->handle ? _("looking …") : _("no other case"));
	past_draw(c, &s->past, g, (struct rect){ area.row + 2, 1, area.rows - 2, area.cols - 2 }, now);
}

const struct view view_cases = {
	.name = "cases", .title = N_("the caller's cases"), .place = KEYMAP_LIST,
	.open = search_open, .command = cases_command, .render = cases_render, .subject = cases_subject, .close = search_close,
};
