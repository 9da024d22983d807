/*
 * The form of a case, to be corrected: what is changed is sent, the rest is left alone. Tab goes from field to field. Below it, or beside it
 * where there is room, stand what the machine would recommend for the form as it is now, and the citizen's words with those marked that the
 * field under the cursor was read from.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/act.h"
#include "tui/drafts.h"
#include "tui/edit.h"
#include "tui/edited.h"
#include "tui/i18n.h"
#include "tui/live.h"
#include "tui/typed.h"
#include "tui/views.h"
#include "tui/wrap.h"

enum { CTRL_S = 19, LABEL_CELLS = 12, WIDE_COLS = 118, CODE_CELLS = 18 };
enum field { F_TITLE, F_TYPE, F_ADDRESS, F_PLACE, F_TIME, F_NAME, F_PHONE, F_ITEM, F_TAGS, F_COUNT };

static const struct { const char *wire, *label; int read; bool asks; } fields[F_COUNT] = {
	/* read: what of the machine's reading stands in it, -1 = nothing; asks: what it says changes the recommendation */
	[F_TITLE] = { "title", N_("title"), -1, true }, [F_TYPE] = { "type", N_("type"), READ_TYPE, false },
	[F_ADDRESS] = { "address", N_("address"), -1, true }, [F_PLACE] = { "place", N_("place code"), READ_PLACE, true },
	[F_NAME] = { "name", N_("name"), READ_PERSON, false }, [F_PHONE] = { "phone", N_("phone"), READ_PHONE, false },
	[F_ITEM] = { "duty_item", N_("duty item"), -1, true }, [F_TIME] = { "happened_at", N_("happened"), READ_TIME, false },
	[F_TAGS] = { "tags", N_("keywords"), READ_KEYWORD, false },
};
static const struct { enum flag flag; const char *wire; } boxes[] = {
	{ FLAG_CONFIDENTIAL, "confidential" }, { FLAG_REPLY, "reply_wanted" },
};
enum { BOXES = sizeof boxes / sizeof boxes[0] };

struct form {
	struct deed *d;
	struct edit edit[F_COUNT];
	char *was[F_COUNT];
	bool on[BOXES], was_on[BOXES];
	int at; /* a field, then the boxes */
	struct live live;
	struct edited edited;
};
struct form_args { struct deed *d; const char *field; };

/* What stands in the form of the case now, as it is typed; masked data are no data: those fields are empty, and empty means unchanged. */
static void values_of(const struct casefile *f, char value[F_COUNT][500])
{
	const char *plain[F_COUNT] = {
		[F_TITLE] = f->title, [F_TYPE] = f->type, [F_ADDRESS] = f->address, [F_NAME] = f->citizen.masked ? "" : f->citizen.name,
		[F_PHONE] = f->citizen.masked ? "" : f->citizen.phone, [F_ITEM] = f->item, [F_PLACE] = f->place,
	};

	for (int i = 0; i < F_COUNT; i++)
		snprintf(value[i], 500, "%s", plain[i] ? plain[i] : "");
	typed_show_time(f->happened_at, value[F_TIME]);
	typed_show_list(f->tags, f->ntags, value[F_TAGS], 500);
}

/* What was typed and could not be sent, or was refused, is there again. */
static void take_draft(struct console *c, struct form *m)
{
	const char *draft = drafts_get(c->drafts, m->d->draft);
	json_t *o = draft ? json_loads(draft, 0, NULL) : NULL;

	for (int i = 0; i < F_COUNT; i++) {
		const char *typed = json_string_value(json_object_get(o, fields[i].wire));

		if (typed)
			edit_set(&m->edit[i], typed);
	}
	for (int i = 0; i < BOXES; i++)
		if (json_object_get(o, boxes[i].wire))
			m->on[i] = json_is_true(json_object_get(o, boxes[i].wire));
	if (json_object_size(o) > 0) {
		console_say(c, ST_INFO, "%s", _("what you had typed is here again"));
		live_touch(&m->live); /* what was recommended was of the form before */
	}
	json_decref(o);
}

static void *form_open(struct console *c, const void *args)
{
	const struct form_args *a = args;
	const struct casefile *f = console_case(c, a->d->no[0]);
	struct form *m = f ? calloc(1, sizeof *m) : NULL;
	char value[F_COUNT][500];

	if (!m)
		return NULL;
	values_of(f, value);
	m->d = a->d;
	snprintf(m->d->draft, sizeof m->d->draft, "edit:%lld", (long long)f->no);
	live_init(&m->live, c);
	edited_want(&m->edited, c, f->no);
	for (int i = 0; i < F_COUNT; i++) {
		m->edit[i].max = 499;
		edit_set(&m->edit[i], value[i]);
		m->was[i] = strdup(value[i]);
		if (a->field && strcmp(a->field, fields[i].wire) == 0)
			m->at = i;
	}
	for (int i = 0; i < BOXES; i++)
		m->on[i] = m->was_on[i] = f->flags & (unsigned)boxes[i].flag;
	take_draft(c, m);
	return m;
}

static void form_close(struct console *c, void *state)
{
	struct form *m = state;

	(void)c;
	live_free(&m->live);
	edited_forget(&m->edited);
	for (int i = 0; i < F_COUNT; i++) {
		edit_free(&m->edit[i]);
		free(m->was[i]);
	}
	deed_free(m->d);
	free(m);
}

static bool changed(const struct form *m, int i)
{
	return m->was[i] && strcmp(m->was[i], edit_text(&m->edit[i])) != 0;
}

static void keep_draft(struct console *c, const struct form *m)
{
	json_t *o = json_object();
	char *text;

	for (int i = 0; i < F_COUNT; i++)
		if (changed(m, i))
			json_object_set_new(o, fields[i].wire, json_string(edit_text(&m->edit[i])));
	for (int i = 0; i < BOXES; i++)
		if (m->on[i] != m->was_on[i])
			json_object_set_new(o, boxes[i].wire, json_boolean(m->on[i]));
	text = json_object_size(o) > 0 ? json_dumps(o, JSON_COMPACT) : NULL;
	drafts_put(c->drafts, m->d->draft, text);
	free(text);
	json_decref(o);
}

/* The case has another version by now, but nothing of its form has changed (the machine gathered it into a group, somebody noted something):
 * then what the person saw is what stands there, and the newer version may be named. */
static void catch_up(const struct console *c, struct form *m)
{
	const struct casefile *f = console_case(c, m->d->no[0]);
	char value[F_COUNT][500];

	if (!f || f->version <= m->d->version[0])
		return;
	values_of(f, value);
	for (int i = 0; i < F_COUNT; i++)
		if (!m->was[i] || strcmp(m->was[i], value[i]) != 0)
			return;
	for (int i = 0; i < BOXES; i++)
		if (m->was_on[i] != !!(f->flags & (unsigned)boxes[i].flag))
			return;
	m->d->version[0] = f->version;
}

/* A field's value as it is sent; NULL, said why, when it cannot be. */
static json_t *value_of(struct console *c, struct form *m, int i)
{
	const char *typed = edit_text(&m->edit[i]);
	char text[40];
	usec_t t;

	if (i == F_TAGS)
		return typed_list(typed);
	if (i != F_TIME)
		return json_string(typed);
	if (!*typed)
		return json_null();
	if (!typed_time(typed, c->now, &t)) {
		console_say(c, ST_BAD, "%s", _("a time is written 2026-11-22 17:00, 11-22 17:00 or 17:00"));
		m->at = i;
		return NULL;
	}
	clock_rfc3339(t, text);
	return json_string(text);
}

static void send(struct console *c, struct form *m)
{
	json_t *fresh = json_object();
	struct deed *d = m->d;

	if (!console_can_act(c)) {
		json_decref(fresh);
		return;
	}
	for (int i = 0; i < F_COUNT; i++)
		if (changed(m, i)) {
			json_t *value = value_of(c, m, i);

			if (!value) {
				json_decref(fresh);
				return;
			}
			json_object_set_new(fresh, fields[i].wire, value);
		}
	for (int i = 0; i < BOXES; i++)
		if (m->on[i] != m->was_on[i])
			json_object_set_new(fresh, boxes[i].wire, json_boolean(m->on[i]));
	if (json_object_size(fresh) == 0) {
		json_decref(fresh);
		console_say(c, ST_INFO, "%s", _("nothing is changed"));
		return;
	}
	catch_up(c, m);
	deed_put_json(d, ARG_FIELDS, fresh);
	m->d = NULL;
	console_close(c);
	act_go(c, d);
}

/* --- asking as one types ------------------------------------------------------------------------------------------ */

static bool form_work(struct console *c, void *state)
{
	struct form *m = state;
	const struct casefile *f = m->d ? console_case(c, m->d->no[0]) : NULL;
	json_t *q;

	if (!f || !live_due(&m->live))
		return false;
	q = json_pack("{s:s, s:s}", "text", f->text, "channel", f->channel_code);
	for (int i = 0; q && i < F_COUNT; i++)
		/* A place that was read from another address than the one typed now says nothing. */
		if (fields[i].asks && m->edit[i].len > 0 && (i != F_PLACE || changed(m, F_PLACE) || !changed(m, F_ADDRESS)))
			json_object_set_new(q, i == F_ITEM ? "item" : fields[i].wire, json_string(edit_text(&m->edit[i])));
	if (q && (changed(m, F_ADDRESS) || edited_find(&m->edited, fields[F_ADDRESS].wire)))
		json_object_set_new(q, "corrected", json_true());
	if (q)
		live_ask(&m->live, q);
	return false;
}

/* The places that may be meant, in the order in which F3 goes through them: what was read first. */
static int choices(const struct read_place *p, struct place_choice out[PLACE_CANDIDATES + 1])
{
	int n = 0;

	if (*p->code)
		out[n++] = (struct place_choice){ p->code, p->name };
	for (int i = 0; i < p->candidates; i++)
		if (strcmp(p->candidate[i].code, p->code) != 0)
			out[n++] = p->candidate[i];
	return n;
}

static int choice_at(const struct form *m, const struct place_choice *choice, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(choice[i].code, edit_text(&m->edit[F_PLACE])) == 0)
			return i;
	return -1;
}

static void next_place(struct console *c, struct form *m)
{
	const struct casefile *f = console_case(c, m->d->no[0]);
	struct place_choice choice[PLACE_CANDIDATES + 1];
	int n = f ? choices(live_place(&m->live, f), choice) : 0;

	m->at = F_PLACE;
	if (n == 0) {
		console_say(c, ST_INFO, "%s", _("no place was read: type its code"));
		return;
	}
	edit_set(&m->edit[F_PLACE], choice[(choice_at(m, choice, n) + 1) % n].code);
	keep_draft(c, m);
	live_touch(&m->live);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static bool type_key(struct console *c, struct form *m, const struct key *k)
{
	enum edit_said said = edit_key(&m->edit[m->at], k);

	if (said == EDIT_CHANGED)
		keep_draft(c, m);
	if (said == EDIT_CHANGED && fields[m->at].asks)
		live_touch(&m->live);
	return said != EDIT_IGNORED;
}

static bool form_key(struct console *c, void *state, const struct key *k)
{
	struct form *m = state;
	int n = F_COUNT + BOXES;

	if (k->code == CTRL_S || k->code == KEYMAP_F0 + 2) {
		send(c, m);
		return true;
	}
	if (k->code == KEYMAP_F0 + 3) {
		next_place(c, m);
		return true;
	}
	if (k->code == '\t' || k->code == KEYMAP_DOWN || k->code == '\n') {
		m->at = (m->at + 1) % n;
		return true;
	}
	if (k->code == KEYMAP_BACK_TAB || k->code == KEYMAP_UP) {
		m->at = (m->at + n - 1) % n;
		return true;
	}
	if (m->at >= F_COUNT && k->code == ' ') {
		m->on[m->at - F_COUNT] = !m->on[m->at - F_COUNT];
		keep_draft(c, m);
		return true;
	}
	if (k->code == 27) { /* a person who leaves a form means it */
		drafts_put(c->drafts, m->d->draft, NULL);
		console_close(c);
		return true;
	}
	if (m->at < F_COUNT)
		return type_key(c, m, k);
	return k->code < KEYMAP_F0;
}

static void form_apply(struct console *c, void *state, case_no no)
{
	struct form *m = state;

	if (m->d && (no == 0 || no == m->d->no[0]))
		edited_want(&m->edited, c, m->d->no[0]);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

/* Beside the code: what the place is called, and that there are others. Returns the cells used, from the right. */
static void draw_place_name(const struct form *m, const struct casefile *f, struct grid *g, int row, int col, int end)
{
	struct place_choice choice[PLACE_CANDIDATES + 1];
	int n = choices(live_place(&m->live, f), choice), at = choice_at(m, choice, n);
	const char *code = edit_text(&m->edit[F_PLACE]);
	char text[160];

	if (at >= 0)
		col += grid_puts(g, row, col, end - col, ST_TEXT, choice[at].name) + 2;
	else if (*code && strcmp(code, f->place) == 0)
		col += grid_puts(g, row, col, end - col, ST_TEXT, f->place_name) + 2;
	if (n > 1 || (n == 1 && at < 0)) {
		if (at >= 0)
			snprintf(text, sizeof text, _("F3: another one (%d/%d)"), at + 1, n);
		else if (n > 1)
			snprintf(text, sizeof text, _("F3: %s or one of %d others"), choice[0].name, n - 1);
		else
			snprintf(text, sizeof text, "F3: %s", choice[0].name);
		grid_puts(g, row, col, end - col, *code ? ST_DIM : ST_WARN, text);
	}
}

/* Where the value comes from: a person, with name and time, or the machine's reading. */
static void draw_origin(const struct form *m, const struct casefile *f, int i, struct grid *g, int row, int end)
{
	const struct edited_field *e = edited_find(&m->edited, fields[i].wire);
	char text[120], when[9];

	text[0] = '\0';
	if (e) {
		clock_hms(e->at, when);
		snprintf(text, sizeof text, _("%s %.5s"), e->who, when);
	} else if (fields[i].read >= 0 && i != F_PLACE && m->edit[i].len > 0) {
		for (int k = 0; k < f->fields; k++)
			if ((int)f->field[k].kind == fields[i].read)
				snprintf(text, sizeof text, "%s", _("read from the text"));
	}
	if (text[0] && !changed(m, i))
		grid_field_right(g, row, end - 18, 18, e ? ST_MINE : ST_DIM, text);
}

static void draw_fields(struct form *m, const struct casefile *f, struct grid *g, struct rect area)
{
	int end = area.col + area.cols, left = area.col + 2 + LABEL_CELLS, col = left;

	for (int i = 0; i < F_COUNT && i < area.rows; i++) {
		int row = area.row + i, cells = i == F_PLACE && f ? CODE_CELLS : area.cols - 2 - LABEL_CELLS - 1;

		grid_puts(g, row, area.col, 1, ST_KEY, m->at == i ? "▸" : changed(m, i) ? "*" : " ");
		grid_field(g, row, area.col + 2, LABEL_CELLS - 1, ST_LABEL, _(fields[i].label));
		edit_draw(&m->edit[i], g, (struct rect){ row, left, 1, cells }, ST_INPUT, m->at == i);
		if (i == F_PLACE && f)
			draw_place_name(m, f, g, row, left + CODE_CELLS + 1, end);
		else if (f && width_text(edit_text(&m->edit[i]), m->edit[i].len) < cells - 20)
			draw_origin(m, f, i, g, row, end - 1);
	}
	for (int i = 0; i < BOXES && F_COUNT < area.rows; i++) {
		int row = area.row + F_COUNT;
		char text[80];

		grid_puts(g, row, col - 2, 1, ST_KEY, m->at == F_COUNT + i ? "▸" : m->on[i] != m->was_on[i] ? "*" : " ");
		if (m->at == F_COUNT + i)
			grid_caret(g, row, col + 1);
		snprintf(text, sizeof text, "[%s] %s", m->on[i] ? "x" : " ", _(flag_label(boxes[i].flag)));
		col += grid_puts(g, row, col, end - col, ST_TEXT, text) + 5;
	}
}

static void draw_text(const struct form *m, const struct casefile *f, struct grid *g, struct rect area)
{
	struct wrap_mark marks[FIELDS_MAX];
	int n = 0, first = 0, read = m->at < F_COUNT ? fields[m->at].read : -1;

	if (area.rows < 2)
		return;
	for (int i = 0; i < f->fields; i++)
		if ((int)f->field[i].kind == read && f->field[i].in == IN_TEXT && f->field[i].from >= 0)
			marks[n++] = (struct wrap_mark){ f->field[i].from, f->field[i].to };
	grid_hline(g, area.row, area.col, area.cols, ST_RULE);
	if (n > 0) {
		int line = wrap_line_of(f->text, strlen(f->text), area.cols - 2, marks[0].from);

		first = line >= area.rows - 1 ? line - (area.rows - 1) / 2 : 0;
	}
	wrap_draw(g, (struct rect){ area.row + 1, area.col + 1, area.rows - 1, area.cols - 2 }, n > 0 ? ST_TEXT : ST_DIM, f->text, strlen(f->text),
	    first, marks, n);
}

static void form_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct form *m = state;
	const struct casefile *f = console_case(c, m->d->no[0]);
	struct rect left = { area.row + 2, 1, area.rows - 2, area.cols - 2 }, right;
	char title[160];
	int rows;

	(void)now;
	grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, deed_title(m->d, title));
	grid_field_right(g, area.row, area.cols / 2, area.cols / 2 - 1, ST_DIM, _("masked fields: empty is unchanged"));
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (area.cols >= WIDE_COLS) {
		left.cols = area.cols / 2 - 2;
		right = (struct rect){ area.row + 2, area.cols / 2 + 1, area.rows - 2, area.cols - area.cols / 2 - 1 };
		grid_vline(g, area.row + 2, area.cols / 2, area.rows - 2, ST_RULE);
	} else {
		right = (struct rect){ left.row + F_COUNT + 1, 0, left.rows - F_COUNT - 1, area.cols };
	}
	draw_fields(m, f, g, left);
	if (!f)
		return;
	rows = live_draw(&m->live, f, g, right);
	draw_text(m, f, g, (struct rect){ right.row + rows, right.col, right.rows - rows, right.cols });
}

static const struct view_key form_keys[] = {
	{ "F2", N_("send") }, { "Tab ↑↓", N_("other field") }, { "F3", N_("next place meant") }, { "Space", N_("tick") }, { "Esc", N_("back") },
	{ NULL, NULL }
};
const struct view view_form = {
	.name = "form", .title = N_("form"), .types = true, .keys = form_keys,
	.open = form_open, .apply = form_apply, .key = form_key, .render = form_render, .work = form_work, .close = form_close,
};

void form_start_at(struct console *c, struct deed *d, const char *field)
{
	int depth = c->depth;

	if (d->n != 1) {
		console_say(c, ST_WARN, "%s", _("one case at a time can be edited"));
		deed_free(d);
		return;
	}
	console_open(c, &view_form, &(struct form_args){ d, field });
	if (c->depth == depth) {
		console_say(c, ST_INFO, "%s", _("the case is still being read"));
		deed_free(d);
	}
}

void form_start(struct console *c, struct deed *d)
{
	form_start_at(c, d, NULL);
}
