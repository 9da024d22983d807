#include "tui/case_pane.h"

#include <stdio.h>
#include <string.h>

#include "core/appeal/due.h"
#include "core/base/width.h"
#include "tui/case_work.h"
#include "tui/i18n.h"
#include "tui/units.h"
#include "tui/wrap.h"

enum { TEXT_MIN_ROWS = 2, REPEATS_SHOWN = 3 };

void case_countdown(usec_t due_at, usec_t now, char out[40], style_t *style)
{
	enum due_class class = due_class(due_at, 0, now);
	char text[DUE_TEXT];

	due_text(due_at, now, _("d"), _("h"), text);
	snprintf(out, 40, "%s", text);
	*style = class == DUE_LATE ? ST_LATE : class == DUE_SOON ? ST_SOON : class == DUE_OK ? ST_TEXT : ST_DIM;
}

const char *case_sign(const struct summary *s)
{
	return s->flags & FLAG_DANGER || s->priority == PRIORITY_URGENT ? "‼" : s->priority == PRIORITY_FAST ? "!" : " ";
}

void case_badges(unsigned flags, int chased, int returned, int redo, char *out, size_t size)
{
	static const enum flag shown[] = {
		FLAG_DANGER, FLAG_SUPERVISED, FLAG_DISPUTED, FLAG_RULED, FLAG_ESCALATED, FLAG_CONFIDENTIAL, FLAG_RELAPSE,
		FLAG_REPLY, FLAG_DELEGATE, FLAG_ENTERPRISE, FLAG_ASKED, FLAG_PAUSED, FLAG_POOR, FLAG_SPECIAL, FLAG_INSTRUCTED, FLAG_ALERT, FLAG_HEADED, FLAG_REMINDED,
	};
	size_t at = 0;

	out[0] = '\0';
	if (chased > 0)
		at += (size_t)snprintf(out + at, size - at, _("chased %d "), chased);
	if (returned > 0 && at < size)
		at += (size_t)snprintf(out + at, size - at, _("returned %d "), returned);
	if (redo > 0 && at < size)
		at += (size_t)snprintf(out + at, size - at, _("redo %d "), redo);
	for (size_t i = 0; i < sizeof shown / sizeof shown[0] && at < size; i++)
		if (flags & (unsigned)shown[i])
			at += (size_t)snprintf(out + at, size - at, "%s ", _(flag_label(shown[i])));
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* Draws into rows from the top; what does not fit is left out. */
struct pen { struct grid *g; struct rect area; int row; };

static bool room(const struct pen *p)
{
	return p->row < p->area.rows;
}

static int line_at(const struct pen *p)
{
	return p->area.row + p->row;
}

static int write_at(struct pen *p, int col, style_t style, const char *s)
{
	return room(p) && col < p->area.cols ?
	    col + grid_puts(p->g, line_at(p), p->area.col + col, p->area.cols - col, style, s) : col;
}

static style_t priority_style(enum priority p)
{
	return p == PRIORITY_URGENT ? ST_URGENT : p == PRIORITY_FAST ? ST_FAST : ST_TEXT;
}

static void clock_words(usec_t t, usec_t now, char out[40])
{
	int year, month, day, hour, minute, second, y, m, d, h, mi, s;

	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	clock_local(now, &y, &m, &d, &h, &mi, &s);
	if (year == y && month == m && day == d)
		snprintf(out, 40, "%02d:%02d:%02d", hour, minute, second);
	else if (year == y)
		snprintf(out, 40, "%02d-%02d %02d:%02d", month, day, hour, minute);
	else
		snprintf(out, 40, "%04d-%02d-%02d", year, month, day);
}

static void head_line(const struct console *c, struct pen *p, const struct summary *s, const struct casefile *f, usec_t now)
{
	char no[16], when[40], badges[160], left[40];
	style_t style;
	int col;

	number_show(s ? s->no : f->no, no);
	clock_words(s ? s->received_at : f->received_at, now, when);
	col = write_at(p, 0, ST_NUMBER, no) + 2;
	col = write_at(p, col, priority_style(s ? s->priority : f->priority), _(priority_label(s ? s->priority : f->priority))) + 2;
	if (s && s->due_at) {
		case_countdown(s->due_at, now, left, &style);
		col = write_at(p, col, style, left) + 2;
	}
	if (!s || s->stage != STAGE_TRIAGE)
		col = write_at(p, col, ST_INFO, _(stage_label(s ? s->stage : f->stage))) + 1;
	if (f && *f->channel)
		col = write_at(p, col, ST_TEXT, f->channel) + 1;
	else if (s)
		col = write_at(p, col, ST_TEXT, s->channel) + 1;
	col = write_at(p, col, ST_DIM, when) + 2;
	case_badges(s ? s->flags : f->flags, s ? s->chased : f->chased, s ? s->returned : f->returned_times,
	    s ? s->redo : f->redo, badges, sizeof badges);
	col = write_at(p, col, ST_BADGE, badges);
	p->row++;
	if (s && *s->owner && strcmp(s->owner, c->who.account) != 0) {
		char text[160];

		snprintf(text, sizeof text, _("claimed by %s: not yours to decide"), f && *f->owner ? f->owner : s->owner);
		write_at(p, 0, ST_WARN, text);
		p->row++;
	}
}

static void return_lines(const struct console *c, struct pen *p, const struct casefile *f, usec_t now, int at_most)
{
	for (int i = 0; i < f->nreturned && i < at_most && room(p); i++) {
		char text[400], when[40];

		clock_words(f->returned[i].at, now, when);
		snprintf(text, sizeof text, _("↩ returned by %s: %s (%s %s)"), units_short(c->units, f->returned[i].unit), f->returned[i].reason,
		    f->returned[i].person, when);
		write_at(p, 0, ST_WARN, text);
		p->row++;
	}
}

/* A leader's word and letters that wait for an answer stand right below the head; the topic the case belongs to after them. */
static void order_lines(struct pen *p, const struct casefile *f, usec_t now, int at_most)
{
	for (int i = 0; i < f->orders && i < at_most && room(p); i++) {
		const struct case_order *o = &f->order[i];
		char text[600], when[40] = "";

		if (o->letter) {
			clock_words(o->at, now, when);
			snprintf(text, sizeof text, _("✉ reminder, %s, not answered: %s"), when, o->text);
		} else if (o->complied) {
			snprintf(text, sizeof text, _("✍ %s instruction answered: %s"), o->leader, o->text);
		} else {
			if (o->until)
				clock_words(o->until, now, when);
			snprintf(text, sizeof text, o->overdue ? _("✍ %s instructs (late, %s): %s") : o->until ? _("✍ %s instructs (until %s): %s") : _("✍ %s instructs%s: %s"),
			    o->leader, when, o->text);
		}
		write_at(p, 0, o->overdue ? ST_BAD : o->complied ? ST_INFO : ST_WARN, text);
		p->row++;
	}
	for (int i = 0; i < f->topics && i < at_most && room(p); i++) {
		write_at(p, write_at(p, 0, ST_LABEL, _("topic ")), ST_TEXT, f->topic[i]);
		p->row++;
	}
}

static void recommendations(const struct console *c, struct pen *p, const struct casefile *f)
{
	if (f->stage != STAGE_TRIAGE && *f->unit_name) {
		int col = write_at(p, 0, ST_LABEL, _("with ")) ;

		col = write_at(p, col, ST_STRONG, f->unit_name) + 1;
		for (int i = 0; i < f->nassist; i++)
			col = write_at(p, col, ST_TEXT, units_short(c->units, f->assist[i])) + 1;
		write_at(p, col, ST_TEXT, f->item_name);
		p->row++;
		return;
	}
	p->row += advice_draw(c, &f->rec, p->g, (struct rect){ line_at(p), p->area.col, p->area.rows - p->row, p->area.cols }, -1);
}

static void place_line(struct pen *p, const struct casefile *f)
{
	char text[120];
	int col = write_at(p, 0, ST_LABEL, _("place ")) ;

	col = write_at(p, col, *f->place_name ? ST_TEXT : ST_WARN, *f->place_name ? f->place_name :
	    f->read_place.candidates > 0 ? _("one of these: which?") : _("unknown")) + 1;
	for (int i = 0; !*f->place_name && i < f->read_place.candidates && i < 3; i++)
		col = write_at(p, col, ST_TEXT, f->read_place.candidate[i].name) + 1;
	if (*f->address)
		col = write_at(p, col, ST_DIM, f->address) + 1;
	if (*f->citizen.name || *f->citizen.phone) {
		col = write_at(p, col + 1, ST_LABEL, _("caller ")) ;
		col = write_at(p, col, ST_TEXT, f->citizen.name) + 1;
		col = write_at(p, col, ST_TEXT, f->citizen.phone) + 1;
	}
	if (f->citizen.earlier > 0) {
		snprintf(text, sizeof text, _("%d earlier (w)"), f->citizen.earlier);
		write_at(p, col, ST_INFO, text);
	}
	p->row++;
}

static void repeat_lines(struct pen *p, const struct casefile *f, usec_t now, int at_most)
{
	for (int i = 0; i < f->repeats && i < at_most && room(p); i++) {
		const struct case_repeat *r = &f->repeat[i];
		char no[16], text[80];
		int col = write_at(p, 0, ST_LABEL, i == 0 ? _("like  ") : _("      "));
		enum stage stage;

		number_show(r->no, no);
		col = write_at(p, col, ST_NUMBER, no) + 1;
		snprintf(text, sizeof text, "%3d%%", (int)(r->score * 100 + 0.5));
		col = write_at(p, col, ST_TEXT, text) + 1;
		if (stage_parse(r->stage, &stage))
			col = write_at(p, col, ST_INFO, _(stage_label(stage))) + 1;
		if (r->received_at && now > r->received_at) {
			long minutes = (long)((now - r->received_at) / USEC_S / 60);

			if (minutes < 120)
				snprintf(text, sizeof text, _("%ld min ago"), minutes);
			else if (minutes < 48 * 60)
				snprintf(text, sizeof text, _("%ld h ago"), minutes / 60);
			else
				snprintf(text, sizeof text, _("%ld days ago"), minutes / 1440);
			col = write_at(p, col, ST_DIM, text) + 1;
		}
		if (*r->reason)
			col = write_at(p, col, ST_TEXT, r->reason) + 1;
		write_at(p, col, ST_DIM, r->title);
		p->row++;
	}
}

static void link_line(struct pen *p, const char *label, const struct case_link *link, int n)
{
	char no[16];
	int col;

	if (n == 0 || !room(p))
		return;
	col = write_at(p, 0, ST_LABEL, label) + 1;
	for (int i = 0; i < n; i++) {
		number_show(link[i].no, no);
		col = write_at(p, col, ST_NUMBER, no) + 1;
		if (*link[i].title)
			col = write_at(p, col, ST_DIM, link[i].title) + 1;
	}
	p->row++;
}

/* Earlier cases that this one belongs to. */
static void tie_lines(struct pen *p, const struct casefile *f, int at_most)
{
	for (int i = 0; i < f->ties && i < at_most && room(p); i++) {
		const struct case_tie *t = &f->tie[i];
		bool relapse = strcmp(t->kind, "relapse") == 0;
		int col = write_at(p, 0, relapse ? ST_WARN : ST_LABEL, relapse ? _("again ") : _("names ")) ;
		enum stage stage;
		char no[16];

		number_show(t->no, no);
		col = write_at(p, col, ST_NUMBER, no) + 1;
		if (stage_parse(t->stage, &stage))
			col = write_at(p, col, ST_INFO, _(stage_label(stage))) + 1;
		if (*t->reason)
			col = write_at(p, col, ST_TEXT, t->reason) + 1;
		write_at(p, col, ST_DIM, t->title);
		p->row++;
	}
}

/* "one incident 12 people, 15 cases since 16:40: …" */
static void burst_line(const struct console *c, struct pen *p, const struct casefile *f, usec_t now)
{
	char text[160], when[40] = "", key[32];
	int col;

	if (f->burst.id == 0 || !room(p))
		return;
	clock_words(f->burst.since, now, when);
	if (strlen(when) == 8) /* of today: the second says nothing */
		when[5] = '\0';
	col = write_at(p, 0, ST_LABEL, _("burst ")) ;
	snprintf(text, sizeof text, _("%d people, %d cases since %s"), f->burst.people, f->burst.cases, when);
	col = write_at(p, col, ST_WARN, text) + 1;
	console_key_name(c, false, COMMAND_BURST, key);
	snprintf(text, sizeof text, _("(%s)"), key);
	col = write_at(p, col, ST_KEY, text) + 1;
	col = write_at(p, col, ST_TEXT, f->burst.place) + 1;
	write_at(p, col, ST_DIM, f->burst.title);
	p->row++;
}

static void kinship_lines(struct pen *p, const struct casefile *f)
{
	if (f->primary)
		link_line(p, _("merged into"), &(struct case_link){ f->primary, "", "" }, 1);
	if (f->parent)
		link_line(p, _("part of"), &(struct case_link){ f->parent, "", "" }, 1);
	link_line(p, _("merged here"), f->merged, f->nmerged);
	link_line(p, _("parts"), f->part, f->parts);
}

/* What a remark is, as PostgreSQL names it: "answer", "letter 2" (the second of an action), "undone answer". */
static const char *note_label(const char *kind, char out[80])
{
	static const char *const kinds[] = { N_("answer"), N_("approve"), N_("ask"), N_("attach"), N_("chase"), N_("close"), N_("comply"), N_("confirm-head"),
		N_("contact"), N_("drop"), N_("erase"), N_("head"), N_("instruction"), N_("leader"), N_("letter"), N_("lift"), N_("note"), N_("pause"),
		N_("progress"), N_("rated"), N_("reason"), N_("result"), N_("resume"), N_("reveal"), N_("ruling"), N_("settle"), N_("step"),
		N_("supervise"), N_("visit") };
	static const char undone[] = "undone ";
	bool gone = strncmp(kind, undone, sizeof undone - 1) == 0;
	size_t len;

	kind += gone ? sizeof undone - 1 : 0;
	len = strcspn(kind, " ");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strncmp(kinds[i], kind, len) == 0 && kinds[i][len] == '\0') {
			kind = _(kinds[i]);
			break;
		}
	snprintf(out, 80, gone ? _("%s (taken back)") : "%s", kind);
	return out;
}

static void note_lines(struct pen *p, const struct casefile *f, usec_t now)
{
	for (int i = 0; i < f->notes && room(p); i++) {
		char when[40], label[80];
		int col, lines;
		size_t len = strlen(f->note[i].text);

		clock_words(f->note[i].at, now, when);
		col = write_at(p, 0, ST_LABEL, note_label(f->note[i].kind, label)) + 1;
		col = write_at(p, col, ST_DIM, when) + 1;
		write_at(p, col, ST_TEXT, f->note[i].person);
		p->row++;
		lines = wrap_draw(p->g, (struct rect){ line_at(p), p->area.col + 2, p->area.rows - p->row, p->area.cols - 2 },
		    ST_TEXT, f->note[i].text, len, 0, NULL, 0);
		p->row += lines;
	}
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* How many lines stand below the text: they are reserved before the text gets the rest. */
static int tail_rows(const struct casefile *f, int repeats, bool units_too)
{
	int kin = (f->primary != 0) + (f->parent != 0) + (f->nmerged > 0) + (f->parts > 0) + (f->burst.id != 0) +
	    (f->ties < (repeats ? repeats : 1) ? f->ties : (repeats ? repeats : 1));
	int units = f->stage != STAGE_TRIAGE && *f->unit_name ? 1 : units_too ? advice_rows(&f->rec) : 0;

	return 1 + units + kin + (f->repeats < repeats ? f->repeats : repeats);
}

static int collect_marks(const struct casefile *f, struct wrap_mark *marks, int max)
{
	int n = 0;

	for (int r = 0; f->rec.n > 0 && r < f->rec.unit[0].reasons && n < max; r++) {
		const struct case_reason *why = &f->rec.unit[0].reason[r];

		if (why->from >= 0 && why->to > why->from && strcmp(why->kind, "place") != 0)
			marks[n++] = (struct wrap_mark){ why->from, why->to };
	}
	return n;
}

static void text_part(struct case_pane *p, struct pen *pen, const struct casefile *f, int rows)
{
	struct wrap_mark marks[CASE_REASONS];
	struct rect area = { line_at(pen), pen->area.col, rows, pen->area.cols - 1 };
	int n = p->marks ? p->nmarks : collect_marks(f, marks, CASE_REASONS);

	text_pane_draw(&p->text, pen->g, area, f->text, p->marks ? p->marks : marks, n);
	pen->row += p->text.lines < rows ? p->text.lines : rows;
}

void case_pane_render(const struct console *c, struct case_pane *p, case_no no, struct grid *g, struct rect area,
    enum pane_how how, usec_t now)
{
	const struct summary *s = queue_find(c->queue, no);
	const struct casefile *f = console_case(c, no);
	struct pen pen = { g, area, 0 };
	bool full = how == PANE_FULL, units = how != PANE_OTHER;
	int repeats = full ? 9 : how >= PANE_ALONE ? 0 : area.rows >= 12 ? REPEATS_SHOWN : 1, rows, wanted;

	if (p->no != no) {
		p->no = no;
		p->text.scroll = 0;
	}
	if (no == 0 || (!s && !f)) {
		write_at(&pen, 0, ST_DIM, no ? _("reading …") : "");
		return;
	}
	head_line(c, &pen, s, f, now);
	if (how == PANE_HEAD && s) {
		write_at(&pen, 0, ST_TEXT, s->title);
		return;
	}
	if (!f) {
		write_at(&pen, 0, ST_TEXT, s->title);
		pen.row++;
		write_at(&pen, 0, ST_DIM, console_failed(c, no) ? _("the case cannot be read") : _("reading …"));
		return;
	}
	return_lines(c, &pen, f, now, full ? 9 : 1);
	order_lines(&pen, f, now, full ? 9 : 1);
	if (how != PANE_OTHER)
		pen.row += case_work_draw(c, s, f, g, (struct rect){ line_at(&pen), area.col, area.rows - pen.row - 3, area.cols }, full, now);
	wanted = wrap_count(f->text, strlen(f->text), area.cols - 1);
	rows = area.rows - pen.row - tail_rows(f, repeats, units);
	if (rows > wanted + 1 && area.rows >= 14)
		rows = wanted + 1; /* one blank line before what follows */
	if (rows < TEXT_MIN_ROWS)
		rows = TEXT_MIN_ROWS;
	if (full && rows < wanted && f->notes > 0)
		rows = rows > 6 ? rows - rows / 4 : rows;
	if (rows > area.rows - pen.row)
		rows = area.rows - pen.row;
	{
		int from = pen.row;

		text_part(p, &pen, f, rows < wanted ? rows : wanted);
		pen.row = from + rows;
	}
	if (pen.row > area.rows - tail_rows(f, repeats, units) && area.rows > tail_rows(f, repeats, units) + 2)
		pen.row = area.rows - tail_rows(f, repeats, units);
	if (units || (f->stage != STAGE_TRIAGE && *f->unit_name))
		recommendations(c, &pen, f);
	place_line(&pen, f);
	if (how == PANE_BESIDE || full)
		burst_line(c, &pen, f, now);
	tie_lines(&pen, f, how == PANE_BESIDE || full ? repeats : 1);
	repeat_lines(&pen, f, now, repeats);
	kinship_lines(&pen, f);
	if (full || area.rows > 24)
		note_lines(&pen, f, now);
}
