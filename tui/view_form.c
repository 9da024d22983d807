/* The form of a case, to be corrected: what is changed is sent, the rest is left alone. Tab goes from field to field. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/views.h"

enum { CTRL_S = 19 };
enum field { F_TITLE, F_TYPE, F_ADDRESS, F_NAME, F_PHONE, F_ITEM, F_PLACE, F_COUNT };

static const struct { const char *wire, *label; } fields[F_COUNT] = {
	[F_TITLE] = { "title", N_("title") }, [F_TYPE] = { "type", N_("type") }, [F_ADDRESS] = { "address", N_("address") },
	[F_NAME] = { "name", N_("name") }, [F_PHONE] = { "phone", N_("phone") }, [F_ITEM] = { "duty_item", N_("duty item") },
	[F_PLACE] = { "place", N_("place code") },
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
};

static void *form_open(struct console *c, const void *args)
{
	struct deed *d = *(struct deed *const *)args;
	const struct casefile *f = console_case(c, d->no[0]);
	struct form *m = f ? calloc(1, sizeof *m) : NULL;

	if (!m)
		return NULL;
	/* Masked data are no data: those fields begin empty, and empty means unchanged. */
	const char *value[F_COUNT] = {
		[F_TITLE] = f->title, [F_TYPE] = f->type, [F_ADDRESS] = f->address, [F_NAME] = f->citizen.masked ? "" : f->citizen.name,
		[F_PHONE] = f->citizen.masked ? "" : f->citizen.phone, [F_ITEM] = f->item, [F_PLACE] = f->place,
	};

	m->d = d;
	for (int i = 0; i < F_COUNT; i++) {
		m->edit[i].max = 500;
		edit_set(&m->edit[i], value[i]);
		m->was[i] = strdup(value[i]);
	}
	for (int i = 0; i < BOXES; i++)
		m->on[i] = m->was_on[i] = f->flags & (unsigned)boxes[i].flag;
	return m;
}

static void form_close(struct console *c, void *state)
{
	struct form *m = state;

	(void)c;
	for (int i = 0; i < F_COUNT; i++) {
		edit_free(&m->edit[i]);
		free(m->was[i]);
	}
	deed_free(m->d);
	free(m);
}

static void send(struct console *c, struct form *m)
{
	json_t *changed = json_object();
	struct deed *d = m->d;

	if (!console_can_act(c)) {
		json_decref(changed);
		return;
	}
	for (int i = 0; i < F_COUNT; i++)
		if (m->was[i] && strcmp(m->was[i], edit_text(&m->edit[i])) != 0)
			json_object_set_new(changed, fields[i].wire, json_string(edit_text(&m->edit[i])));
	for (int i = 0; i < BOXES; i++)
		if (m->on[i] != m->was_on[i])
			json_object_set_new(changed, boxes[i].wire, json_boolean(m->on[i]));
	if (json_object_size(changed) == 0) {
		json_decref(changed);
		console_say(c, ST_INFO, "%s", _("nothing is changed"));
		return;
	}
	deed_put_json(d, ARG_FIELDS, changed);
	m->d = NULL;
	console_close(c);
	deed_go(c, d);
}

static bool form_key(struct console *c, void *state, const struct key *k)
{
	struct form *m = state;
	int n = F_COUNT + BOXES;

	if (k->code == CTRL_S || k->code == KEYMAP_F0 + 2) {
		send(c, m);
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
		return true;
	}
	if (k->code == 27) {
		console_close(c);
		return true;
	}
	if (m->at < F_COUNT)
		return edit_key(&m->edit[m->at], k) != EDIT_IGNORED;
	return k->code < KEYMAP_F0;
}

static void form_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct form *m = state;
	char title[160];
	int label = 16;

	(void)c;
	(void)now;
	grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, deed_title(m->d, title));
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	for (int i = 0; i < F_COUNT; i++) {
		bool changed = m->was[i] && strcmp(m->was[i], edit_text(&m->edit[i])) != 0;

		grid_puts(g, area.row + 2 + i, 1, 1, ST_KEY, m->at == i ? "▸" : changed ? "*" : " ");
		grid_field(g, area.row + 2 + i, 3, label - 4, ST_LABEL, _(fields[i].label));
		edit_draw(&m->edit[i], g, (struct rect){ area.row + 2 + i, label, 1, area.cols - label - 2 }, ST_INPUT, m->at == i);
	}
	for (int i = 0; i < BOXES; i++) {
		int row = area.row + 3 + F_COUNT + i;

		grid_puts(g, row, 1, 1, ST_KEY, m->at == F_COUNT + i ? "▸" : m->on[i] != m->was_on[i] ? "*" : " ");
		grid_printf(g, row, label, area.cols - label, ST_TEXT, "[%s] %s", m->on[i] ? "x" : " ", _(flag_label(boxes[i].flag)));
		if (m->at == F_COUNT + i)
			grid_caret(g, row, label + 1);
	}
	grid_puts(g, area.row + 4 + F_COUNT + BOXES, 3, area.cols - 4, ST_DIM,
	    _("Recommendations are made anew when the form has changed. Masked fields stay as they are unless you type."));
}

static const struct view_key form_keys[] = {
	{ "F2", N_("send") }, { "Tab ↑↓", N_("other field") }, { "Space", N_("tick") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_form = {
	.name = "form", .title = N_("form"), .types = true, .keys = form_keys,
	.open = form_open, .key = form_key, .render = form_render, .close = form_close,
};

void form_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	if (d->n != 1) {
		console_say(c, ST_WARN, "%s", _("one case at a time can be edited"));
		deed_free(d);
		return;
	}
	console_open(c, &view_form, &d);
	if (c->depth == depth) {
		console_say(c, ST_INFO, "%s", _("the case is still being read"));
		deed_free(d);
	}
}
