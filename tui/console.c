#include "tui/console.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "tui/act.h"
#include "tui/alarms.h"
#include "tui/bars.h"
#include "tui/bursts.h"
#include "tui/desk.h"
#include "tui/drafts.h"
#include "tui/facts.h"
#include "tui/i18n.h"
#include "tui/items.h"
#include "tui/promises.h"
#include "tui/times.h"
#include "tui/units.h"
#include "tui/views.h"

enum { MESSAGE_S = 12, NARROW_COLS = 20, SHORT_ROWS = 6 };

struct console *console_new(const struct console_options *o)
{
	struct console *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->port = o->port;
	c->port_ctx = o->port_ctx;
	c->keymap = *o->keymap;
	c->theme = o->theme;
	c->guard = o->guard;
	c->alarm_every = o->alarm_every;
	c->wall = o->wall;
	c->wall_shift = o->wall_shift;
	c->queue = queue_new();
	c->units = units_new();
	c->items = items_new();
	c->bursts = bursts_new();
	c->promises = promises_new();
	c->alarm_list = alarms_new();
	c->facts = facts_new();
	c->drafts = drafts_new(o->state_dir);
	if (!c->queue || !c->units || !c->items || !c->bursts || !c->promises || !c->alarm_list || !c->facts || !c->drafts) {
		console_free(c);
		return NULL;
	}
	c->loading = true;
	queue_set_who(c->queue, (struct queue_who){ c->who.account, c->who.desk });
	console_open(c, &view_queue, NULL);
	if (c->wall)
		console_open(c, &view_wall, NULL);
	return c;
}

void console_free(struct console *c)
{
	if (!c)
		return;
	turn_free(c);
	console_close_to(c, 0);
	console_forget_case(c, 0);
	times_free(c->times);
	queue_free(c->queue);
	units_free(c->units);
	items_free(c->items);
	bursts_free(c->bursts);
	promises_free(c->promises);
	alarms_free(c->alarm_list);
	facts_free(c->facts);
	drafts_free(c->drafts);
	free(c->marked);
	free(c);
}

/* --- the stack of views ------------------------------------------------------------------------------------------- */

struct frame *console_top(struct console *c)
{
	return c->depth > 0 ? &c->stack[c->depth - 1] : NULL;
}

void console_open(struct console *c, const struct view *v, const void *args)
{
	void *state;

	if (c->depth == STACK_MAX) {
		console_say(c, ST_WARN, "%s", _("too many things are open: close one first"));
		return;
	}
	state = v->open(c, args);
	if (!state)
		return;
	c->stack[c->depth++] = (struct frame){ v, state };
	if (c->locked && c->depth > 1 && c->stack[c->depth - 2].view == &view_lock) { /* an answer that comes late waits below the lock */
		c->stack[c->depth - 1] = c->stack[c->depth - 2];
		c->stack[c->depth - 2] = (struct frame){ v, state };
	}
	if (c->message.style == ST_GOOD || c->message.style == ST_INFO)
		c->message.until = 0; /* the keys of what has opened matter more */
	c->ntyped = 0;
	c->seen.no = 0;
	c->dirty = true;
}

void console_close(struct console *c)
{
	struct frame f;

	if (c->depth == 0)
		return;
	/* Off the stack first: closing may call back and open something else. */
	f = c->stack[--c->depth];
	c->seen.no = 0;
	c->dirty = true;
	f.view->close(c, f.state);
}

void console_close_to(struct console *c, int depth)
{
	while (c->depth > depth)
		console_close(c);
}

case_no console_subject(const struct console *c)
{
	for (int i = c->depth - 1; i >= 0; i--)
		if (c->stack[i].view->subject)
			return c->stack[i].view->subject(c, c->stack[i].state);
	return 0;
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

bool console_marked(const struct console *c, case_no no)
{
	for (size_t i = 0; i < c->nmarked; i++)
		if (c->marked[i] == no)
			return true;
	return false;
}

void console_mark(struct console *c, case_no no, bool on)
{
	case_no *more;

	for (size_t i = 0; i < c->nmarked; i++)
		if (c->marked[i] == no) {
			if (!on)
				c->marked[i] = c->marked[--c->nmarked];
			return;
		}
	more = on ? realloc(c->marked, (c->nmarked + 1) * sizeof *more) : NULL;
	if (!more)
		return;
	c->marked = more;
	c->marked[c->nmarked++] = no;
}

void console_unmark_all(struct console *c)
{
	c->nmarked = 0;
	c->dirty = true;
}

size_t console_targets(const struct console *c, case_no **out)
{
	const struct frame *f = NULL;
	size_t n = 0;

	for (int i = c->depth - 1; i >= 0 && !f; i--)
		if (c->stack[i].view->subject)
			f = &c->stack[i];
	*out = calloc(c->nmarked + 1, sizeof **out);
	if (!f || !*out)
		return 0;
	for (size_t i = 0; f->view->shows && i < c->nmarked; i++)
		if (f->view->shows(c, f->state, c->marked[i]))
			(*out)[n++] = c->marked[i];
	if (n == 0 && (c->nmarked == 0 || !f->view->shows)) {
		(*out)[0] = f->view->subject(c, f->state);
		n = (*out)[0] != 0;
	}
	return n;
}

/* --- whole cases -------------------------------------------------------------------------------------------------- */

const struct casefile *console_case(const struct console *c, case_no no)
{
	for (int i = 0; i < CASES_KEPT; i++)
		if (c->cases[i].file && c->cases[i].file->no == no)
			return c->cases[i].file;
	return NULL;
}

bool console_failed(const struct console *c, case_no no)
{
	for (int i = 0; i < FAILED_KEPT; i++)
		if (no != 0 && c->failed[i] == no)
			return true;
	return false;
}

void console_forget_case(struct console *c, case_no no)
{
	for (int i = 0; i < CASES_KEPT; i++)
		if (c->cases[i].file && (no == 0 || c->cases[i].file->no == no)) {
			casefile_free(c->cases[i].file);
			c->cases[i].file = NULL;
		}
	for (int i = 0; i < FAILED_KEPT; i++)
		if (no == 0 || c->failed[i] == no)
			c->failed[i] = 0;
}

static void keep_case(struct console *c, struct casefile *f)
{
	int oldest = 0;

	console_forget_case(c, f->no);
	for (int i = 0; i < CASES_KEPT; i++) {
		if (!c->cases[i].file) {
			oldest = i;
			break;
		}
		if (c->cases[i].used < c->cases[oldest].used)
			oldest = i;
	}
	casefile_free(c->cases[oldest].file);
	c->cases[oldest] = (struct kept_case){ f, ++c->uses };
}

static void tell_views(struct console *c, case_no no)
{
	for (int i = 0; i < c->depth; i++)
		if (c->stack[i].view->apply)
			c->stack[i].view->apply(c, c->stack[i].state, no);
	/* What shows counts is read no better when each change is painted: the tick of the second does. */
	c->dirty = c->dirty || c->depth == 0 || !c->stack[c->depth - 1].view->calm;
}

static void case_row(void *who, int columns, const char *const *column)
{
	struct console *c = who;
	struct casefile *f = columns > 0 && *column[0] ? casefile_read(column[0], strlen(column[0])) : NULL;

	if (!f)
		return;
	keep_case(c, f);
	if (f->no == c->asked)
		c->asked = 0;
	tell_views(c, f->no);
}

static void case_done(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)rows;
	/* Still asked for: there was no row. Not asked again until something happens to the case. */
	if (c->asked != 0 && (!e || e->code != ERR_UNAVAILABLE))
		c->failed[c->nfailed++ % FAILED_KEPT] = c->asked;
	c->asked = 0;
	c->ask_handle = 0;
	if (e && e->code != ERR_UNAVAILABLE)
		log_write(LOG_WARN, "case not read", "error", err_name(e->code), "message", e->message, NULL);
}

static bool needs_reading(struct console *c, case_no no)
{
	const struct summary *s = queue_find(c->queue, no);

	for (int i = 0; i < CASES_KEPT; i++)
		if (c->cases[i].file && c->cases[i].file->no == no) {
			c->cases[i].used = ++c->uses;
			return s && s->version > c->cases[i].file->version;
		}
	return !console_failed(c, no);
}

static void read_case(struct console *c, case_no no)
{
	char text[14];
	const char *args[] = { text };

	number_plain(no, text);
	c->asked = no;
	c->ask_handle = console_ask(c, SQL_SHOW, args, 1, case_row, case_done, c);
	if (c->ask_handle == 0)
		c->asked = 0;
}

static void read_wanted(struct console *c)
{
	if (c->db != LINK_UP || c->asked != 0 || c->locked)
		return;
	for (int at = c->depth - 1; at >= 0; at--) {
		const struct frame *f = &c->stack[at];
		case_no no;

		if (!f->view->subject)
			continue;
		for (int i = 0; i < CASES_KEPT / 2; i++) {
			no = f->view->wants ? f->view->wants(c, f->state, i) : i == 0 ? f->view->subject(c, f->state) : 0;
			if (no == 0)
				return;
			if (needs_reading(c, no)) {
				read_case(c, no);
				return;
			}
		}
		return;
	}
}

bool console_settle(struct console *c, usec_t mono)
{
	bool more = false;

	c->mono = mono;
	alarm_tick(c);
	if (c->wake != 0 && mono >= c->wake) {
		c->wake = 0;
		c->dirty = true;
	}
	for (int i = 0; i < c->depth; i++)
		if (c->stack[i].view->work && c->stack[i].view->work(c, c->stack[i].state))
			more = true;
	read_wanted(c);
	bursts_work(c);
	promises_work(c);
	turn_work(c);
	times_work(c);
	if (drafts_due(c->drafts, mono))
		drafts_save(c->drafts);
	return more;
}

/* --- news --------------------------------------------------------------------------------------------------------- */

void console_login(struct console *c, const struct who *who)
{
	c->who = *who;
	c->ready = true;
	queue_set_who(c->queue, (struct queue_who){ c->who.account, c->who.desk });
	drafts_account(c->drafts, who->account);
	units_load(c);
	items_stale(c->items); /* a new revision may have come while we were away */
	if (c->who.role == ROLE_UNIT) /* what waits for its hand comes first */
		view_queue_tab(c, VIEW_SIGN);
	tell_views(c, 0);
}

void console_links(struct console *c, enum link_state db, enum link_state feed, const char *db_why)
{
	if (db == LINK_UP && c->db != LINK_UP && c->ready)
		memset(c->failed, 0, sizeof c->failed);
	if (db != LINK_UP && c->db == LINK_UP)
		c->asked = 0;
	c->db = db;
	c->feed = feed;
	snprintf(c->db_why, sizeof c->db_why, "%s", db_why ? db_why : "");
	c->dirty = true;
}

enum queue_change console_apply(struct console *c, const struct summary *s)
{
	const struct summary *was = s->flags & FLAG_DANGER ? queue_find(c->queue, s->no) : NULL;
	bool called = was && alarm_calls(c, was); /* before what it points to is overwritten */
	enum queue_change change = queue_apply(c->queue, s);

	if (change == QUEUE_OLD)
		return change;
	bursts_touch(c->bursts, s->burst);
	promises_touch(c->promises);
	if (s->flags & FLAG_DANGER || c->alarms.n > 0) {
		alarm_apply(c, s, called);
		c->dirty = true; /* this is shown at once, whatever is open */
	}
	tell_views(c, s->no);
	return change;
}

/* Somebody else has put the case into this person's hands, or taken it out of them. */
static void say_moved(struct console *c, const struct summary *s, const char *action, const char *by, bool was_mine)
{
	char no[16];

	number_show(s->no, no);
	if (strcmp(action, "assign") == 0 && strcmp(s->owner, c->who.account) == 0)
		console_say(c, ST_INFO, _("%s gave you %s"), by, no);
	else if (strcmp(action, "assign") == 0 && was_mine)
		console_say(c, ST_WARN, _("%s gave %s to %s"), by, no, s->owner);
	else if (strcmp(action, "handover") == 0 && was_mine)
		console_say(c, ST_WARN, _("your shift is over: %s went back to those who are on"), no);
}

void console_news(struct console *c, const struct summary *s, const char *action, const char *by)
{
	const struct summary *known = queue_find(c->queue, s->no);
	bool was_mine = known && *known->owner && strcmp(known->owner, c->who.account) == 0; /* before what it points to is overwritten */
	enum queue_change change = console_apply(c, s);
	enum action a;

	if (strcmp(action, "breach") == 0)
		times_late(c, s);

	if (change == QUEUE_OLD)
		return;
	if (change == QUEUE_ADDED && strcmp(action, "create") == 0 && strcmp(s->desk, c->who.desk) == 0)
		alarm_created(c, s);
	if (desk_is(c) && s->stage == STAGE_DISPATCHED && change == QUEUE_ADDED)
		console_say(c, ST_INFO, _("new to sign for: %s"), s->title);
	if (s->no == console_subject(c) && *by && strcmp(by, c->who.account) != 0 && action_parse(action, &a))
		console_say(c, ST_INFO, _("this case: %s by %s just now"), _(action_table[a].name), by);
	say_moved(c, s, action, by, was_mine);
}

void console_gone(struct console *c, case_no no, enum stage stage, int version)
{
	const struct summary *known = queue_find(c->queue, no);
	struct summary s;

	if (!known)
		return;
	s = *known;
	s.stage = stage == STAGE_MERGED ? STAGE_MERGED : STAGE_CLOSED;
	s.version = version > known->version ? version : known->version + 1;
	s.at = 0;
	console_apply(c, &s);
}

void console_loaded(struct console *c)
{
	c->loading = false;
	alarm_check(c);
	alarms_load(c);
	times_reread(c);
	tell_views(c, 0);
}

void console_password(struct console *c, bool right, const char *why)
{
	lock_answer(c, right, why);
	c->dirty = true;
}

/* --- what the views need ------------------------------------------------------------------------------------------ */

void console_say(struct console *c, enum style style, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->message.text, sizeof c->message.text, format, ap);
	va_end(ap);
	c->message.style = style;
	c->message.until = c->mono + MESSAGE_S * USEC_S;
	c->dirty = true;
}

uint64_t console_ask(struct console *c, enum statement s, const char *const *args, int nargs,
    port_row_fn row, port_done_fn done, void *who)
{
	return c->port->send(c->port_ctx, s, args, nargs, row, done, who);
}

void console_effect(struct console *c, enum effect e, const char *text)
{
	c->port->effect(c->port_ctx, e, text);
}

bool console_can_act(struct console *c)
{
	if (c->db == LINK_UP && c->ready)
		return true;
	console_say(c, ST_BAD, "%s", _("no database: nothing can be decided now; what you typed is kept"));
	return false;
}

const char *console_key_name(const struct console *c, bool is_action, int id, char out[32])
{
	const struct keymap_bind *b = is_action ? keymap_action(&c->keymap, (enum action)id) :
	    keymap_command(&c->keymap, (enum command)id);

	out[0] = '\0';
	if (b && b->nkeys > 0)
		keymap_show(&b->keys[0], out);
	return out;
}

/* --- painting ----------------------------------------------------------------------------------------------------- */

void console_render(struct console *c, struct grid *g, usec_t now)
{
	int from = c->depth - 1;
	struct rect area = { 1, 0, g->rows - 2, g->cols };

	grid_clear(g);
	c->now = now;
	queue_counts(c->queue, now, c->counts, &c->soon);
	if (g->rows < SHORT_ROWS || g->cols < NARROW_COLS) {
		grid_puts(g, 0, 0, g->cols, ST_TEXT, _("too small"));
		return;
	}
	while (from > 0 && c->stack[from].view->overlay)
		from--;
	if (c->locked) { /* nothing of what is below may be seen */
		area.row = 0;
		area.rows = g->rows;
		from = c->depth - 1;
	}
	if (c->depth > 0 && c->stack[c->depth - 1].view->whole) {
		c->stack[c->depth - 1].view->render(c, c->stack[c->depth - 1].state, g, (struct rect){ 0, 0, g->rows, g->cols }, now);
		return;
	}
	area.row += c->alarms.n > 0;
	area.rows -= c->alarms.n > 0;
	for (int i = from; i >= 0 && i < c->depth; i++) {
		grid_caret(g, 0, 0);
		g->caret_row = -1;
		c->stack[i].view->render(c, c->stack[i].state, g, area, now);
	}
	if (c->alarms.n > 0) /* over whatever is open */
		alarm_draw(c, g, (struct rect){ area.row - 1, 0, 1, g->cols });
	if (c->locked)
		return;
	bars_status(c, g, 0, now);
	bars_hint(c, g, g->rows - 1);
}

void console_painted(struct console *c, usec_t mono)
{
	case_no no = console_subject(c);
	const struct casefile *f = console_case(c, no);
	const struct summary *s = queue_find(c->queue, no);
	const struct frame *top = console_top(c);

	c->dirty = false;
	/* While the cursor runs (wake), only the head of the case is drawn. */
	if (c->wake != 0 || !f || !s || f->version < s->version || !top || !top->view->decides) {
		c->seen.no = 0;
		return;
	}
	if (c->seen.no == no && c->seen.version == f->version)
		return;
	c->seen.no = no;
	c->seen.version = f->version;
	c->seen.since = mono;
}
