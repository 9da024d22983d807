/* `:`: everything that can be done, found by typing its name (in the person's language, in pinyin, or in English). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/pinyin.h"
#include "tui/act.h"
#include "tui/desk.h"
#include "tui/dialog.h"
#include "tui/edit.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/pick.h"
#include "tui/views.h"

enum { CHOICES_MAX = ACTION_COUNT + COMMAND_COUNT + 16 };
enum kind { A_ACTION, A_COMMAND, A_THEME, A_LANGUAGE };

struct choice { enum kind kind; int id; const char *name, *which, *help; }; /* which: of several of one name, "" = the only one */
struct palette { struct edit edit; struct choice choice[CHOICES_MAX]; int n, at, top, page; };

static const struct { const char *code, *name; } languages[] = { { "zh_CN", "中文" }, { "en", "English" } };

static int rank(const struct pinyin_query *q, const char *typed, const char *name, const char *which, const char *help)
{
	size_t len = strlen(typed);

	if (len == 0 || strncasecmp(name, typed, len) == 0 || strncasecmp(which, typed, len) == 0)
		return 0;
	if (pinyin_find(q, _(name), strlen(_(name))))
		return 1;
	return pinyin_find(q, _(help), strlen(_(help))) || strstr(name, typed) ? 2 : -1;
}

static void consider(struct palette *p, const struct pinyin_query *q, int want, enum kind kind, int id, const char *name,
    const char *which, const char *help)
{
	if (p->n < CHOICES_MAX && rank(q, edit_text(&p->edit), name, which, help) == want)
		p->choice[p->n++] = (struct choice){ kind, id, name, which, help };
}

static void look_up(const struct console *c, struct palette *p)
{
	struct pinyin_query q;

	pinyin_prepare(&q, edit_text(&p->edit));
	p->n = 0;
	for (int want = 0; want <= 2; want++) {
		for (int i = 0; i < ACTION_COUNT; i++)
			if (action_table[i].roles & (unsigned)c->who.role)
				consider(p, &q, want, A_ACTION, i, action_table[i].name, "", action_table[i].help);
		for (int i = 0; i < COMMAND_COUNT; i++)
			consider(p, &q, want, A_COMMAND, i, command_table[i].name, "", desk_help(c, (enum command)i));
		for (int i = 0; i < theme_count; i++)
			consider(p, &q, want, A_THEME, i, N_("theme"), theme_table[i].name, theme_table[i].help);
		for (int i = 0; i < (int)(sizeof languages / sizeof languages[0]); i++)
			consider(p, &q, want, A_LANGUAGE, i, N_("language"), languages[i].name,
			    N_("language of the screen"));
	}
	if (p->at >= p->n)
		p->at = p->n > 0 ? p->n - 1 : 0;
}

static void *palette_open(struct console *c, const void *args)
{
	struct palette *p = calloc(1, sizeof *p);

	(void)args;
	if (!p)
		return NULL;
	p->edit.max = 80;
	look_up(c, p);
	return p;
}

static void palette_close(struct console *c, void *state)
{
	struct palette *p = state;

	(void)c;
	edit_free(&p->edit);
	free(p);
}

static void do_choice(struct console *c, struct choice ch)
{
	switch (ch.kind) {
	case A_ACTION:
		act_start(c, (enum action)ch.id);
		break;
	case A_COMMAND:
		console_command(c, (enum command)ch.id);
		break;
	case A_THEME:
		c->theme = &theme_table[ch.id];
		console_effect(c, EFFECT_THEME, NULL);
		break;
	case A_LANGUAGE:
		i18n_switch(languages[ch.id].code);
		console_effect(c, EFFECT_REPAINT, NULL);
		break;
	}
}

static bool palette_key(struct console *c, void *state, const struct key *k)
{
	struct palette *p = state;
	struct choice ch;

	if (k->code == '\t' && p->n > 0) {
		edit_set(&p->edit, *p->choice[p->at].which ? p->choice[p->at].which : _(p->choice[p->at].name));
		look_up(c, p);
		return true;
	}
	switch (pick_key(&p->edit, &p->at, p->n, p->page, k)) {
	case PICK_TYPED:
		look_up(c, p);
		return true;
	case PICK_TAKEN:
		if (p->n == 0)
			return true;
		ch = p->choice[p->at];
		console_close(c);
		do_choice(c, ch);
		return true;
	case PICK_LEFT:
		console_close(c);
		return true;
	case PICK_IGNORED:
		return false;
	default:
		return true;
	}
}

static void palette_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct palette *p = state;
	int cols = area.cols > 90 ? 84 : area.cols - 4, rows = area.rows - 4 < 22 ? area.rows - 4 : 22;
	struct rect in = dialog_box(g, area, rows, cols, _("what do you want to do?"));

	(void)now;
	grid_puts(g, in.row, in.col, 2, ST_BOX_TITLE, ":");
	edit_draw(&p->edit, g, (struct rect){ in.row, in.col + 2, 1, in.cols - 2 }, ST_INPUT, true);
	p->page = in.rows > 2 ? in.rows - 2 : 1;
	p->top = list_top(p->top, p->at, p->n, in.rows - 1);
	for (int i = 0; i < in.rows - 1 && p->top + i < p->n; i++) {
		const struct choice *ch = &p->choice[p->top + i];
		style_t style = p->top + i == p->at ? ST_PICK : ST_BOX;
		char key[32] = "", name[80];
		int row = in.row + 1 + i;

		grid_fill(g, (struct rect){ row, in.col, 1, in.cols }, style);
		if (ch->kind == A_ACTION || ch->kind == A_COMMAND)
			console_key_name(c, ch->kind == A_ACTION, ch->id, key);
		grid_puts(g, row, in.col, 1, style, p->top + i == p->at ? "▸" : " ");
		snprintf(name, sizeof name, "%s %s", _(ch->name), ch->which);
		grid_field(g, row, in.col + 2, 16, style, name);
		grid_field(g, row, in.col + 19, in.cols - 19 - 8, style, _(ch->help));
		grid_field_right(g, row, in.col + in.cols - 7, 7, style, key);
	}
	if (p->n == 0)
		grid_puts(g, in.row + 2, in.col + 2, in.cols - 2, ST_BOX, _("nothing is called that"));
}

static const struct view_key palette_keys[] = {
	{ "↑↓", N_("choose") }, { "Enter", N_("do it") }, { "Tab", N_("complete") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_palette = {
	.name = "palette", .title = N_("commands"), .overlay = true, .types = true, .keys = palette_keys,
	.open = palette_open, .key = palette_key, .render = palette_render, .close = palette_close,
};
