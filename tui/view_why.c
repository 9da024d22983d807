/*
 * Why these units: for the one under the cursor the words of this text that spoke for it, marked where they stand, the duty item and what it
 * means, solved cases like this one, the place, who sent it back. Enter opens a solved case; digits confirm, as everywhere else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/base/width.h"
#include "tui/case_pane.h"
#include "tui/i18n.h"
#include "tui/meaning.h"
#include "tui/text_pane.h"
#include "tui/units.h"
#include "tui/views.h"
#include "tui/wrap.h"

enum { WIDE_COLS = 118, DEFINITION_ROWS = 4, ALL_ROWS = 30 };

struct why {
	struct console *c;
	case_no no;
	int unit, line;   /* under the cursor; line 0 = the unit itself, then its solved cases */
	struct text_pane text;
	struct meaning item; /* of the unit under the cursor */
};

static const struct casefile *case_of(const struct why *v)
{
	return console_case(v->c, v->no);
}

static const struct case_unit *unit_of(const struct why *v)
{
	const struct casefile *f = case_of(v);

	return f && v->unit < f->rec.n ? &f->rec.unit[v->unit] : NULL;
}

/* The i-th solved case among a unit's reasons, from 0; NULL beyond them. */
static const struct case_reason *solved(const struct case_unit *u, int i)
{
	for (int r = 0; u && r < u->reasons; r++)
		if (strcmp(u->reason[r].kind, "case") == 0 && i-- == 0)
			return &u->reason[r];
	return NULL;
}

static int solved_count(const struct case_unit *u)
{
	int n = 0;

	while (solved(u, n))
		n++;
	return n;
}

static void want_item(struct why *v)
{
	const struct case_unit *u = unit_of(v);

	if (u)
		meaning_want(&v->item, v->c, u->item);
}

/* --- the view ----------------------------------------------------------------------------------------------------- */

static void *why_open(struct console *c, const void *args)
{
	struct why *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->c = c;
	v->no = *(const case_no *)args;
	want_item(v);
	return v;
}

static void why_close(struct console *c, void *state)
{
	struct why *v = state;

	(void)c;
	meaning_forget(&v->item);
	free(v);
}

/* The case has come, or has another recommendation than before. */
static void why_apply(struct console *c, void *state, case_no no)
{
	struct why *v = state;
	const struct casefile *f = case_of(v);

	(void)c;
	if (no != 0 && no != v->no)
		return;
	if (!f || v->unit >= f->rec.n)
		v->unit = v->line = 0;
	if (v->line > solved_count(unit_of(v)))
		v->line = 0;
	want_item(v);
}

static case_no why_subject(const struct console *c, const void *state)
{
	(void)c;
	return ((const struct why *)state)->no;
}

/* The case, then the solved ones that its unit under the cursor rests on: their titles are not told with the reasons. */
static case_no why_wants(const struct console *c, const void *state, int i)
{
	const struct why *v = state;
	const struct case_reason *like = i > 0 ? solved(unit_of(v), i - 1) : NULL;

	(void)c;
	return i == 0 ? v->no : like ? like->no : 0;
}

static void to_unit(struct why *v, int unit, bool at_end)
{
	v->unit = unit;
	v->line = at_end ? solved_count(unit_of(v)) : 0;
	want_item(v);
}

static void move(struct why *v, int by)
{
	const struct casefile *f = case_of(v);
	int n = solved_count(unit_of(v));

	if (!f || f->rec.n == 0)
		return;
	if (by > 0 && v->line < n)
		v->line++;
	else if (by > 0 && v->unit + 1 < f->rec.n)
		to_unit(v, v->unit + 1, false);
	else if (by < 0 && v->line > 0)
		v->line--;
	else if (by < 0 && v->unit > 0)
		to_unit(v, v->unit - 1, true);
}

static bool why_command(struct console *c, void *state, enum command id)
{
	struct why *v = state;
	const struct casefile *f = case_of(v);

	switch (id) {
	case COMMAND_UP:   move(v, -1); return true;
	case COMMAND_DOWN: move(v, 1); return true;
	case COMMAND_PANE: if (f && f->rec.n > 0) to_unit(v, (v->unit + 1) % f->rec.n, false); return true;
	case COMMAND_WHY:  console_close(c); return true; /* the same key again */
	default:           return text_pane_command(&v->text, id);
	}
}

static bool why_key(struct console *c, void *state, const struct key *k)
{
	struct why *v = state;
	const struct case_reason *like = v->line > 0 ? solved(unit_of(v), v->line - 1) : NULL;

	if (k->code != '\n' && k->code != KEYMAP_RIGHT)
		return false;
	if (like && like->no != 0)
		console_open(c, &view_detail, &like->no);
	else
		console_open(c, &view_detail, &v->no);
	return true;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

/* Draws downwards; what does not fit is left out. */
struct pen { struct grid *g; struct rect area; int row; };

static bool room(const struct pen *p)
{
	return p->row < p->area.rows;
}

static int write_at(struct pen *p, int col, style_t style, const char *s)
{
	return room(p) && col < p->area.cols ?
	    col + grid_puts(p->g, p->area.row + p->row, p->area.col + col, p->area.cols - col, style, s) : col;
}

/* A label of the one width that all labels have. */
static int label(struct pen *p, const char *text)
{
	write_at(p, 4, ST_LABEL, text);
	return 14;
}

static void words_line(struct pen *p, const struct case_unit *u)
{
	int col = -1;

	for (int r = 0; r < u->reasons; r++) {
		const struct case_reason *why = &u->reason[r];

		if (strcmp(why->kind, "word") != 0 || advice_said_before(u, r))
			continue;
		if (col < 0)
			col = label(p, _("words"));
		else
			col = write_at(p, col, ST_DIM, " · ");
		col = write_at(p, col, ST_TEXT | STYLE_MATCH, why->text);
	}
	if (col >= 0)
		p->row++;
}

/* What the item means, as the routing has it, or as the machine's reason quotes it ("name：what it means"); "" when nobody said. */
static const char *definition_of(const struct why *v, const struct case_unit *u)
{
	if (meaning_is(&v->item, u->item) && v->item.definition)
		return v->item.definition;
	for (int r = 0; r < u->reasons; r++) {
		const char *at = strcmp(u->reason[r].kind, "item") == 0 ? strstr(u->reason[r].text, "：") : NULL;

		if (at)
			return at + strlen("：");
	}
	return "";
}

static void item_lines(const struct why *v, struct pen *p, const struct case_unit *u)
{
	const char *definition = definition_of(v, u);
	char text[80];
	int col;

	if (!*u->item && !*u->item_name)
		return;
	col = label(p, _("duty item"));
	col = write_at(p, col, ST_STRONG, *u->item_name ? u->item_name : u->item) + 1;
	if (*u->item_name)
		col = write_at(p, col, ST_DIM, u->item) + 1;
	if (meaning_is(&v->item, u->item) && v->item.days > 0) {
		snprintf(text, sizeof text, _("%d working days"), v->item.days);
		write_at(p, col, ST_DIM, text);
	}
	p->row++;
	if (*definition && room(p)) {
		struct rect area = { p->area.row + p->row, p->area.col + 14, p->area.rows - p->row, p->area.cols - 14 };
		int lines;

		if (area.rows > DEFINITION_ROWS)
			area.rows = DEFINITION_ROWS;
		lines = wrap_draw(p->g, area, ST_TEXT, definition, strlen(definition), 0, NULL, 0);
		p->row += lines < area.rows ? lines : area.rows;
	} else if (v->item.asking && meaning_is(&v->item, u->item)) {
		write_at(p, 14, ST_DIM, _("reading …"));
		p->row++;
	}
}

/* How alike, what it was about, and where it went if that was elsewhere: out of the reason, or of the case itself, which is read meanwhile. */
static void solved_line(const struct why *v, struct pen *p, const struct case_unit *u, const struct case_reason *like, int col)
{
	const struct casefile *f = console_case(v->c, like->no);
	const char *title = *like->text ? like->text : f ? f->title : "", *unit = *like->unit ? like->unit : f ? f->unit : "";
	char text[32];

	if (like->no != 0) {
		number_show(like->no, text);
		col = write_at(p, col, ST_NUMBER, text) + 1;
	}
	if (like->likeness > 0) {
		snprintf(text, sizeof text, "%3d%%", (int)(like->likeness * 100 + 0.5));
		col = write_at(p, col, ST_DIM, text) + 1;
	}
	if (*unit && strcmp(unit, u->code) != 0) {
		col = write_at(p, col, ST_WARN, "→ ");
		col = write_at(p, col, ST_WARN, units_short(v->c->units, unit)) + 1;
	}
	if (col < p->area.cols)
		grid_field(p->g, p->area.row + p->row, p->area.col + col, p->area.cols - col, ST_TEXT, title);
}

static void solved_lines(const struct why *v, struct pen *p, const struct case_unit *u)
{
	const struct case_reason *like;

	for (int i = 0; (like = solved(u, i)) && room(p); i++) {
		bool on = u == unit_of(v) && v->line == i + 1;
		int col = i == 0 ? label(p, _("cases")) : 14;

		if (on)
			write_at(p, 2, ST_KEY, "▸");
		solved_line(v, p, u, like, col);
		if (on)
			grid_mark(p->g, (struct rect){ p->area.row + p->row, p->area.col + 2, 1, p->area.cols - 2 }, STYLE_CURSOR);
		p->row++;
	}
}

static void other_lines(struct pen *p, const struct case_unit *u)
{
	static const char *const kinds[] = { "picked", "place", "returned" };

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (int r = 0; r < u->reasons && room(p); r++)
			if (strcmp(u->reason[r].kind, kinds[k]) == 0) {
				int col = label(p, advice_kind(kinds[k]));

				col = col < 14 ? 14 : col;
				if (width_text(advice_kind(kinds[k]), strlen(advice_kind(kinds[k]))) > 9)
					col = 5 + width_text(advice_kind(kinds[k]), strlen(advice_kind(kinds[k])));
				write_at(p, col, strcmp(kinds[k], "returned") == 0 ? ST_WARN : ST_TEXT, u->reason[r].text);
				p->row++;
			}
}

/* Where there is room every unit says why. Short of it the others keep their one line, and the unit under the cursor gives up what is said
 * last. */
static void draw_units(const struct why *v, const struct casefile *f, struct grid *g, struct rect area)
{
	struct pen p = { g, area, 0 };

	if (f->rec.novel) {
		write_at(&p, 0, ST_WARN, _("unlike anything known: read it twice"));
		p.row++;
	}
	if (f->rec.n == 0) {
		write_at(&p, 0, ST_DIM, _("no recommendation: o chooses a unit"));
		return;
	}
	for (int i = 0; i < f->rec.n && room(&p); i++) {
		const struct case_unit *u = &f->rec.unit[i];
		struct rect line = { area.row + p.row, area.col + 2, 1, area.cols - 2 };
		bool on = i == v->unit;

		if (on && v->line == 0)
			write_at(&p, 0, ST_KEY, "▸");
		advice_unit(v->c, u, i, g, line, on);
		p.row++;
		if (!on && area.rows < ALL_ROWS)
			continue;
		p.area.rows = area.rows - (f->rec.n - 1 - i);
		words_line(&p, u);
		item_lines(v, &p, u);
		solved_lines(v, &p, u);
		other_lines(&p, u);
		if (u->reasons == 0 && room(&p)) {
			write_at(&p, 4, ST_DIM, _("nothing in particular: it is left over when the others are less likely"));
			p.row++;
		}
		p.row += area.rows >= ALL_ROWS;
		p.area.rows = area.rows;
	}
}

/* Where the reasons stand in the text; a word that was found in the title stands there too, most likely. */
static int word_marks(const struct casefile *f, const struct case_unit *u, struct wrap_mark *marks)
{
	int n = 0;

	for (int r = 0; u && r < u->reasons; r++) {
		const struct case_reason *why = &u->reason[r];
		const char *at;

		if (why->from >= 0) {
			marks[n++] = (struct wrap_mark){ why->from, why->to };
		} else if (strcmp(why->kind, "word") == 0 && *why->text && (at = strstr(f->text, why->text))) {
			int from = (int)utf8_count(f->text, (size_t)(at - f->text));

			marks[n++] = (struct wrap_mark){ from, from + (int)utf8_count(why->text, strlen(why->text)) };
		}
	}
	return n;
}

static void draw_text(struct why *v, const struct casefile *f, struct grid *g, struct rect area)
{
	struct wrap_mark marks[CASE_REASONS];
	int n = word_marks(f, unit_of(v), marks);

	text_pane_draw(&v->text, g, area, f->text, marks, n);
}

static void why_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct why *v = state;
	const struct casefile *f = console_case(c, v->no);
	char no[16];
	int row = area.row + 2, rows = area.rows - 2, lines, text_rows;

	(void)now;
	number_show(v->no, no);
	grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("why these units: %s"), no);
	if (f && *f->rec.model) {
		char model[120];

		snprintf(model, sizeof model, _("model %s"), f->rec.model);
		grid_field_right(g, area.row, area.cols / 2, area.cols / 2 - 1, ST_DIM, model);
	}
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (!f) {
		grid_puts(g, row, 2, area.cols - 4, ST_DIM, _("reading …"));
		return;
	}
	if (area.cols >= WIDE_COLS) {
		int left = area.cols / 2 - 1;

		draw_text(v, f, g, (struct rect){ row, 1, rows, left - 3 });
		grid_vline(g, row, left, rows, ST_RULE);
		draw_units(v, f, g, (struct rect){ row, left + 2, rows, area.cols - left - 3 });
		return;
	}
	lines = wrap_count(f->text, strlen(f->text), area.cols - 3);
	text_rows = lines < rows * 2 / 5 ? lines : rows * 2 / 5;
	draw_text(v, f, g, (struct rect){ row, 1, text_rows < 1 ? 1 : text_rows, area.cols - 3 });
	grid_hline(g, row + text_rows, 0, area.cols, ST_RULE);
	draw_units(v, f, g, (struct rect){ row + text_rows + 1, 1, rows - text_rows - 1, area.cols - 2 });
}

static const struct view_key why_keys[] = {
	{ "↑↓", N_("unit or solved case") }, { "Enter", N_("open the case") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_why = {
	.name = "why", .title = N_("why these units"), .place = KEYMAP_CASE, .decides = true, .keys = why_keys,
	.open = why_open, .apply = why_apply, .key = why_key, .command = why_command, .render = why_render, .subject = why_subject,
	.wants = why_wants, .close = why_close,
};
