#include "tui/case_work.h"

#include <stdio.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/case_pane.h"
#include "tui/i18n.h"
#include "tui/moment.h"

struct work { struct grid *g; struct rect area; int row, col; usec_t now; };

static void label(struct work *w, const char *text)
{
	w->col = grid_puts(w->g, w->area.row + w->row, w->area.col, w->area.cols, ST_LABEL, text);
}

static void put(struct work *w, style_t style, const char *text)
{
	if (w->col < w->area.cols)
		w->col += grid_puts(w->g, w->area.row + w->row, w->area.col + w->col, w->area.cols - w->col, style, text) + 1;
}

static bool room(const struct work *w)
{
	return w->row < w->area.rows;
}

void case_work_size(int64_t bytes, char out[24])
{
	if (bytes < 1024)
		snprintf(out, 24, "%lld B", (long long)bytes);
	else if (bytes < 1024 * 1024)
		snprintf(out, 24, "%lld KB", (long long)(bytes / 1024));
	else
		snprintf(out, 24, "%.1f MB", (double)bytes / (1024 * 1024));
}

static bool with_unit(const struct summary *s, const struct casefile *f)
{
	enum stage stage = s ? s->stage : f->stage;

	return stage == STAGE_DISPATCHED || stage == STAGE_HANDLING || stage == STAGE_RESOLVED;
}

/* Each clock that counts now: how long it has, or that it is done, or that it stands still. */
static void clock_line(struct work *w, const struct summary *s, const struct casefile *f)
{
	static const struct { const char *kind, *words, *done; } kinds[] = {
		{ "contact", N_("contact"), N_("made") }, { "handle", N_("handling"), "" }, { "rate", N_("rating"), "" } };
	char left[40], text[80];
	style_t style;
	int n = 0;

	if (!with_unit(s, f))
		return;
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (int i = 0; i < f->clocks; i++) {
			const struct case_clock *clock = &f->clock[i];

			if (strcmp(clock->kind, kinds[k].kind) != 0 || (clock->stopped_at && !*kinds[k].done) ||
			    (clock->stopped_at && (s ? s->stage : f->stage) == STAGE_RESOLVED))
				continue;
			if (n++ == 0)
				label(w, _("time  "));
			put(w, ST_LABEL, _(kinds[k].words));
			if (clock->stopped_at) {
				put(w, ST_GOOD, _(kinds[k].done));
			} else if (clock->paused_since) {
				put(w, ST_DIM, _("stands still"));
			} else {
				case_countdown(clock->due_at, w->now, left, &style);
				put(w, style, left);
				moment_show(clock->due_at, w->now, left);
				snprintf(text, sizeof text, _("(till %s)"), left);
				put(w, ST_DIM, text);
			}
			w->col++;
		}
	if (f->paused_until) {
		moment_show(f->paused_until, w->now, left);
		snprintf(text, sizeof text, _("paused till %s"), left);
		put(w, ST_WARN, text);
	}
	w->row += n > 0;
}

/* What is asked for, and what became of it. */
static void request_line(struct work *w, const struct casefile *f)
{
	const struct case_request *r = &f->request;
	char text[400], when[40];
	bool more = strcmp(r->kind, "extend") == 0, yes = strcmp(r->decision, "yes") == 0;

	if (!*r->kind || !room(w) || strcmp(r->decision, "lapsed") == 0)
		return;
	label(w, _("asks  "));
	if (more) {
		snprintf(text, sizeof text, _("%d working days more"), r->days);
	} else {
		moment_show(r->until, w->now, when);
		snprintf(text, sizeof text, _("to pause till %s"), when);
	}
	put(w, *r->decision ? ST_TEXT : ST_WARN, text);
	put(w, ST_TEXT, r->reason);
	if (!*r->decision) {
		moment_show(r->asked_at, w->now, when);
		snprintf(text, sizeof text, _("(%s, since %s)"), r->person, when);
		put(w, ST_DIM, text);
		put(w, ST_WARN, _("the supervisor decides"));
		put(w, ST_DIM, r->text);
	} else {
		snprintf(text, sizeof text, yes ? _("granted by %s") : _("refused by %s"), r->decided_by);
		put(w, yes ? ST_GOOD : ST_BAD, text);
		put(w, ST_TEXT, r->answer);
	}
	w->row++;
}

/* What citizens thought of it: of all in the case alone, else the last word. */
static void rating_lines(struct work *w, const struct casefile *f, bool full)
{
	char text[120], when[40];

	for (int i = 0; i < f->ratings && (full || i < 1) && room(w); i++) {
		const struct case_rating *r = &f->rating[i];

		label(w, _("rated "));
		snprintf(text, sizeof text, _("speed %d  effect %d  service %d  feedback %d"), r->speed, r->effect, r->service, r->feedback);
		put(w, r->bad ? ST_BAD : ST_GOOD, text);
		if (r->round > 0) {
			snprintf(text, sizeof text, _("done again %d×"), r->round);
			put(w, ST_WARN, text);
		}
		if (r->phone)
			put(w, ST_DIM, _("by phone"));
		moment_show(r->at, w->now, when);
		put(w, ST_DIM, when);
		put(w, ST_TEXT, r->words);
		w->row++;
	}
}

static void promise_lines(struct work *w, const struct casefile *f)
{
	char text[160], when[40];

	for (int i = 0; i < f->promises && room(w); i++) {
		if (f->promise[i].kept_at)
			continue;
		label(w, _("call  "));
		moment_show(f->promise[i].until, w->now, when);
		snprintf(text, sizeof text, _("promised for %s"), when);
		put(w, f->promise[i].until < w->now ? ST_LATE : ST_WARN, text);
		if (f->promise[i].until < w->now)
			put(w, ST_LATE, _("overdue"));
		put(w, ST_DIM, f->promise[i].person);
		w->row++;
	}
}

static void step_line(struct work *w, const struct casefile *f)
{
	char text[120];

	if (f->steps == 0 || !room(w))
		return;
	label(w, _("steps "));
	for (int i = 0; i < f->steps; i++) {
		bool done = strcmp(f->step[i].state, "done") == 0, on = strcmp(f->step[i].state, "on") == 0;

		snprintf(text, sizeof text, "%s%d %s", done ? "✓" : on ? "▸" : " ", i + 1, f->step[i].name);
		put(w, done ? ST_GOOD : on ? ST_STRONG : ST_DIM, text);
	}
	w->row++;
}

static void way_line(struct work *w, const struct casefile *f)
{
	if (f->npassed == 0 || !room(w))
		return;
	label(w, _("from  "));
	for (int i = 0; i < f->npassed; i++) {
		put(w, ST_TEXT, f->passed[i]);
		put(w, ST_DIM, "›");
	}
	put(w, ST_STRONG, f->unit_name);
	w->row++;
}

static void file_lines(struct work *w, const struct casefile *f, bool full)
{
	char size[24];

	if (f->files == 0 || !room(w))
		return;
	label(w, _("files "));
	for (int i = 0; i < f->files && room(w); i++) {
		case_work_size(f->file[i].size, size);
		put(w, ST_TEXT, f->file[i].name);
		put(w, ST_DIM, size);
		if (!full)
			continue;
		put(w, ST_INFO, f->file[i].link);
		w->row++;
		w->col = width_text(_("files "), strlen(_("files ")));
	}
	w->row += !full;
}

int case_work_draw(const struct console *c, const struct summary *s, const struct casefile *f, struct grid *g, struct rect area, bool full, usec_t now)
{
	struct work w = { g, area, 0, 0, now };

	(void)c;
	if (area.rows < 1)
		return 0;
	clock_line(&w, s, f);
	request_line(&w, f);
	rating_lines(&w, f, full);
	promise_lines(&w, f);
	step_line(&w, f);
	way_line(&w, f);
	file_lines(&w, f, full);
	return w.row;
}
