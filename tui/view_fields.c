/*
 * What the machine read out of a case: type, place, time, telephone, persons, plates, keywords, words of danger, enterprises. The words that
 * the line under the cursor came from are marked in the text; what somebody corrected since is shown as theirs. Enter corrects it: in the form,
 * or at once where the line is one of several places that were meant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/act.h"
#include "tui/edited.h"
#include "tui/i18n.h"
#include "tui/text_pane.h"
#include "tui/views.h"
#include "tui/wrap.h"

enum { WIDE_COLS = 118, LABEL_CELLS = 14, MARKS_MAX = FIELDS_MAX };

struct line { enum read_kind kind; int candidate; }; /* candidate -1: the kind itself */
struct fields {
	struct console *c;
	case_no no;
	int at;
	struct text_pane text;
	bool placed;            /* the cursor has been put where there is something to decide */
	struct edited edited;
};

static const struct casefile *case_of(const struct fields *v)
{
	return console_case(v->c, v->no);
}

static const char *form_field(enum read_kind k)
{
	switch (k) {
	case READ_TYPE:    return "type";
	case READ_PLACE:   return "place";
	case READ_TIME:    return "happened_at";
	case READ_PHONE:   return "phone";
	case READ_PERSON:  return "name";
	case READ_KEYWORD: return "tags";
	default:           return NULL;
	}
}

/* Somebody's correction of this kind; NULL when nobody made one. A corrected address is a corrected place. */
static const struct edited_field *corrected(const struct fields *v, enum read_kind k)
{
	const struct edited_field *e = form_field(k) ? edited_find(&v->edited, form_field(k)) : NULL, *address;

	address = k == READ_PLACE ? edited_find(&v->edited, "address") : NULL;
	return address && (!e || address->at > e->at) ? address : e;
}

static bool has(const struct casefile *f, enum read_kind k)
{
	for (int i = 0; i < f->fields; i++)
		if (f->field[i].kind == k)
			return true;
	return false;
}

/* The lines that stand there: what was read, and what somebody put in its place since. Returns how many. */
static int lay_out(const struct fields *v, const struct casefile *f, struct line line[READ_KINDS + PLACE_CANDIDATES])
{
	int n = 0;

	for (int k = 0; f && k < READ_KINDS; k++) {
		if (!has(f, (enum read_kind)k) && !corrected(v, (enum read_kind)k))
			continue;
		line[n++] = (struct line){ (enum read_kind)k, -1 };
		for (int i = 0; k == READ_PLACE && i < f->read_place.candidates; i++)
			line[n++] = (struct line){ READ_PLACE, i };
	}
	return n;
}

/* --- the view ----------------------------------------------------------------------------------------------------- */

/* An ambiguous place is what there is to decide here: the cursor begins on the first one meant. */
static void place_cursor(struct fields *v)
{
	struct line line[READ_KINDS + PLACE_CANDIDATES];
	const struct casefile *f = case_of(v);
	int n = lay_out(v, f, line);

	if (!f || v->placed)
		return;
	v->placed = true;
	for (int i = 0; i < n && !*f->read_place.code && !*f->place; i++)
		if (line[i].candidate == 0)
			v->at = i;
}

static void *fields_open(struct console *c, const void *args)
{
	struct fields *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->c = c;
	v->no = *(const case_no *)args;
	edited_want(&v->edited, c, v->no);
	place_cursor(v);
	return v;
}

static void fields_close(struct console *c, void *state)
{
	struct fields *v = state;

	(void)c;
	edited_forget(&v->edited);
	free(v);
}

static void fields_apply(struct console *c, void *state, case_no no)
{
	struct fields *v = state;

	if (no != 0 && no != v->no)
		return;
	place_cursor(v);
	edited_want(&v->edited, c, v->no);
}

static case_no fields_subject(const struct console *c, const void *state)
{
	(void)c;
	return ((const struct fields *)state)->no;
}

static void correct(struct console *c, struct fields *v)
{
	struct line line[READ_KINDS + PLACE_CANDIDATES];
	const struct casefile *f = case_of(v);
	int n = lay_out(v, f, line);
	const struct line *l = v->at < n ? &line[v->at] : NULL;

	if (!l)
		act_edit(c, "address", NULL);
	else if (l->candidate >= 0)
		act_edit(c, "place", f->read_place.candidate[l->candidate].code);
	else if (form_field(l->kind))
		act_edit(c, form_field(l->kind), NULL);
	else
		console_say(c, ST_INFO, _("“%s” is no field of the form: it is only pointed at"), _(read_label(l->kind)));
}

static bool fields_command(struct console *c, void *state, enum command id)
{
	struct fields *v = state;
	struct line line[READ_KINDS + PLACE_CANDIDATES];
	int n = lay_out(v, case_of(v), line);

	switch (id) {
	case COMMAND_UP:     v->at -= v->at > 0; return true;
	case COMMAND_DOWN:   v->at += v->at + 1 < n; return true;
	case COMMAND_FIELDS: console_close(c); return true;
	default:             return text_pane_command(&v->text, id);
	}
}

static bool fields_key(struct console *c, void *state, const struct key *k)
{
	if (k->code != '\n' && k->code != KEYMAP_RIGHT)
		return false;
	correct(c, state);
	return true;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

static const char *type_words(const char *value)
{
	return strcmp(value, "complaint") == 0 ? _("complaint") : strcmp(value, "consultation") == 0 ? _("consultation") :
	    strcmp(value, "suggestion") == 0 ? _("suggestion") : strcmp(value, "help") == 0 ? _("request for help") :
	    strcmp(value, "other") == 0 ? _("praise or other") : value;
}

static void moment(const char *value, bool precise, char *out, size_t size)
{
	int year, month, day, hour, minute, second;
	usec_t t;

	if (!clock_parse(value, strlen(value), &t)) {
		snprintf(out, size, "%s", value);
		return;
	}
	clock_local(t, &year, &month, &day, &hour, &minute, &second);
	if (precise)
		snprintf(out, size, "%04d-%02d-%02d %02d:%02d", year, month, day, hour, minute);
	else
		snprintf(out, size, "%04d-%02d-%02d", year, month, day);
}

/* What one field says: a word of ours, or what stands in the text. */
static void field_words(const struct casefile *f, const struct read_field *r, char *out, size_t size)
{
	size_t len;
	const char *s = casefile_span(f, r, &len);

	if (r->kind == READ_TYPE)
		snprintf(out, size, "%s", type_words(r->value));
	else if (r->kind == READ_TIME && *r->value)
		moment(r->value, r->precise, out, size);
	else if (r->kind == READ_ENTERPRISE && *r->value)
		snprintf(out, size, "%s%s%s%s", r->value, *r->tags ? " (" : "", r->tags, *r->tags ? ")" : "");
	else if (len > 0 && !(r->kind == READ_PLACE && *r->value))
		snprintf(out, size, "%.*s", (int)len, s);
	else
		snprintf(out, size, "%s", r->value);
}

/* All that was read of a kind, on one line. */
static int draw_values(const struct casefile *f, enum read_kind k, struct grid *g, int row, int col, int end)
{
	bool first = true;

	if (k == READ_PLACE && has(f, k) && !*f->read_place.code)
		return col + grid_puts(g, row, col, end - col, ST_WARN, f->read_place.candidates ? _("one of these: which?") : _("unknown"));
	for (int i = 0; i < f->fields; i++) {
		char words[200];

		if (f->field[i].kind != k)
			continue;
		field_words(f, &f->field[i], words, sizeof words);
		if (!first)
			col += grid_puts(g, row, col, end - col, ST_DIM, " · ");
		first = false;
		col += grid_puts(g, row, col, end - col, k == READ_DANGER ? ST_URGENT : ST_TEXT, words);
	}
	return col;
}

/* What stands in the form now, where that is somebody's and no longer the machine's reading. */
static void form_words(const struct casefile *f, enum read_kind k, char *out, size_t size)
{
	char when[40];
	size_t at = 0;

	out[0] = '\0';
	if (k == READ_TIME && f->happened_at) {
		clock_rfc3339(f->happened_at, when);
		moment(when, true, out, size);
	} else if (k == READ_KEYWORD) {
		for (int i = 0; i < f->ntags && at < size; i++)
			at += (size_t)snprintf(out + at, size - at, "%s%s", i ? " · " : "", f->tags[i]);
	} else if (k != READ_TIME) {
		snprintf(out, size, "%s", k == READ_TYPE ? f->type : k == READ_PLACE ? f->place_name : k == READ_PHONE ? f->citizen.phone :
		    k == READ_PERSON ? f->citizen.name : "");
	}
	if (!*out)
		snprintf(out, size, "%s", _("empty"));
}

static void draw_theirs(const struct fields *v, const struct casefile *f, enum read_kind k, struct grid *g, int row, int col, int end)
{
	const struct edited_field *e = corrected(v, k);
	char when[9] = "", words[160], text[240];

	if (!e)
		return;
	if (has(f, k))
		col += grid_puts(g, row, col, end - col, ST_DIM, "  → ");
	clock_hms(e->at, when);
	form_words(f, k, words, sizeof words);
	snprintf(text, sizeof text, _("%s (corrected by %s, %.5s)"), words, e->who, when);
	grid_puts(g, row, col, end - col, ST_MINE, text);
}

static void draw_lines(const struct fields *v, const struct casefile *f, struct grid *g, struct rect area)
{
	struct line line[READ_KINDS + PLACE_CANDIDATES];
	int n = lay_out(v, f, line), end = area.col + area.cols;

	if (n == 0)
		grid_puts(g, area.row, area.col + 2, area.cols - 2, ST_DIM, _("the machine read nothing it is sure of"));
	for (int i = 0; i < n && i < area.rows; i++) {
		int row = area.row + i, col = area.col + 2 + LABEL_CELLS;

		if (v->at == i)
			grid_puts(g, row, area.col, 1, ST_KEY, "▸");
		if (line[i].candidate >= 0) {
			const struct place_choice *p = &f->read_place.candidate[line[i].candidate];
			bool chosen = strcmp(p->code, f->place) == 0;

			grid_puts(g, row, col, 1, ST_KEY, chosen ? "✓" : "?");
			col += 2 + grid_puts(g, row, col + 2, end - col - 2, chosen ? ST_STRONG : ST_TEXT, p->name);
			grid_puts(g, row, col + 1, end - col - 1, ST_DIM, p->code);
		} else {
			grid_field(g, row, area.col + 2, LABEL_CELLS - 1, ST_LABEL, _(read_label(line[i].kind)));
			col = draw_values(f, line[i].kind, g, row, col, end);
			draw_theirs(v, f, line[i].kind, g, row, col, end);
		}
		if (v->at == i)
			grid_mark(g, (struct rect){ row, area.col, 1, area.cols }, STYLE_CURSOR);
	}
}

static int marks_of(const struct casefile *f, enum read_kind k, enum read_in in, struct wrap_mark *marks)
{
	int n = 0;

	for (int i = 0; i < f->fields; i++)
		if (f->field[i].kind == k && f->field[i].in == in && f->field[i].from >= 0)
			marks[n++] = (struct wrap_mark){ f->field[i].from, f->field[i].to };
	return n;
}

/* Some of it is read from the title. */
static void draw_title(const struct fields *v, const struct casefile *f, struct grid *g, struct rect area)
{
	struct line line[READ_KINDS + PLACE_CANDIDATES];
	struct wrap_mark marks[MARKS_MAX];
	int n = lay_out(v, f, line), marked = v->at < n ? marks_of(f, line[v->at].kind, IN_TITLE, marks) : 0;

	wrap_draw(g, area, marked ? ST_TEXT : ST_DIM, f->title, strlen(f->title), 0, marks, marked);
}

static void draw_text(struct fields *v, const struct casefile *f, struct grid *g, struct rect area)
{
	struct line line[READ_KINDS + PLACE_CANDIDATES];
	struct wrap_mark marks[MARKS_MAX];
	int n = lay_out(v, f, line), marked, address = *f->address ? 1 : 0;
	struct rect window = { area.row, area.col, area.rows - address, area.cols };

	marked = v->at < n ? marks_of(f, line[v->at].kind, IN_TEXT, marks) : 0;
	if (marked > 0)
		text_pane_show(&v->text, window, f->text, marks[0].from);
	text_pane_draw(&v->text, g, window, f->text, marks, marked);
	if (address) {
		int row = area.row + (v->text.lines < window.rows ? v->text.lines : window.rows);
		int col = area.col + grid_puts(g, row, area.col, area.cols, ST_LABEL, _("address "));

		marked = v->at < n ? marks_of(f, line[v->at].kind, IN_ADDRESS, marks) : 0;
		wrap_draw(g, (struct rect){ row, col, 1, area.col + area.cols - col }, ST_TEXT, f->address, strlen(f->address), 0, marks, marked);
	}
}

static void fields_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct fields *v = state;
	const struct casefile *f = console_case(c, v->no);
	int row = area.row + 2, rows = area.rows - 2, lines, text_rows, col;
	char no[16];

	(void)now;
	number_show(v->no, no);
	col = 3 + grid_printf(g, area.row, 1, area.cols - 2, ST_STRONG, _("what the machine read: %s"), no);
	if (f)
		draw_title(v, f, g, (struct rect){ area.row, col, 1, area.cols - col - 1 });
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (!f) {
		grid_puts(g, row, 2, area.cols - 4, ST_DIM, _("reading …"));
		return;
	}
	if (area.cols >= WIDE_COLS) {
		int left = area.cols / 2 - 1;

		draw_text(v, f, g, (struct rect){ row, 1, rows, left - 3 });
		grid_vline(g, row, left, rows, ST_RULE);
		draw_lines(v, f, g, (struct rect){ row, left + 2, rows, area.cols - left - 3 });
		return;
	}
	lines = wrap_count(f->text, strlen(f->text), area.cols - 3) + (*f->address != '\0');
	text_rows = lines < rows / 2 ? lines : rows / 2;
	draw_text(v, f, g, (struct rect){ row, 1, text_rows < 2 ? 2 : text_rows, area.cols - 3 });
	grid_hline(g, row + text_rows, 0, area.cols, ST_RULE);
	draw_lines(v, f, g, (struct rect){ row + text_rows + 1, 1, rows - text_rows - 1, area.cols - 2 });
}

static const struct view_key fields_keys[] = {
	{ "↑↓", N_("choose") }, { "Enter", N_("correct it") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_fields = {
	.name = "fields", .title = N_("what the machine read"), .place = KEYMAP_CASE, .keys = fields_keys,
	.open = fields_open, .apply = fields_apply, .key = fields_key, .command = fields_command, .render = fields_render,
	.subject = fields_subject, .close = fields_close,
};
