/* Making several cases out of one: the citizen's words above, the parts below, one paragraph each. A draft is kept by case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/act.h"
#include "tui/i18n.h"
#include "tui/views.h"
#include "tui/wrap.h"
#include "tui/writing.h"

enum { PARTS_MAX = 20 };

struct split { struct writing w; int scroll; };

static void *split_open(struct console *c, const void *args)
{
	struct split *s = calloc(1, sizeof *s);
	struct deed *d = *(struct deed *const *)args;
	const struct casefile *f = console_case(c, d->no[0]);

	if (!s)
		return NULL;
	writing_open(&s->w, c, d, f ? f->text : "");
	s->w.edit.at = 0;
	return s;
}

static void split_close(struct console *c, void *state)
{
	struct split *s = state;

	(void)c;
	writing_free(&s->w);
	free(s);
}

/* Paragraphs: what stands between empty lines. Returns how many; part[] points into the text. */
static int paragraphs(const char *text, const char *part[], size_t len[], int max)
{
	int n = 0;

	while (*text && n < max) {
		const char *end;

		while (*text == '\n' || *text == ' ')
			text++;
		if (!*text)
			break;
		end = strstr(text, "\n\n");
		if (!end)
			end = text + strlen(text);
		part[n] = text;
		len[n] = (size_t)(end - text);
		while (len[n] > 0 && (text[len[n] - 1] == '\n' || text[len[n] - 1] == ' '))
			len[n]--;
		n++;
		text = end;
	}
	return n;
}

static void send(struct console *c, struct split *s)
{
	const char *part[PARTS_MAX];
	size_t len[PARTS_MAX];
	int n = paragraphs(edit_text(&s->w.edit), part, len, PARTS_MAX);
	json_t *list;
	struct deed *d;

	if (!console_can_act(c))
		return;
	if (n < 2) {
		console_say(c, ST_WARN, "%s", _("one part is no split: an empty line stands between two parts"));
		return;
	}
	list = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_stringn(part[i], len[i]));
	d = writing_take(&s->w, c); /* the text is gone with it */
	deed_put_json(d, ARG_PARTS, list);
	snprintf(d->whom, sizeof d->whom, _("%d new cases"), n);
	act_go(c, d);
}

static bool split_key(struct console *c, void *state, const struct key *k)
{
	struct split *s = state;

	if (writing_sends(k)) {
		send(c, s);
		return true;
	}
	if (k->code == KEYMAP_PGUP || k->code == KEYMAP_PGDN) {
		s->scroll += k->code == KEYMAP_PGUP ? -3 : 3;
		if (s->scroll < 0)
			s->scroll = 0;
		return true;
	}
	return writing_key(&s->w, c, k);
}

static void split_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct split *s = state;
	const struct casefile *f = console_case(c, s->w.d->no[0]);
	const char *part[PARTS_MAX];
	size_t len[PARTS_MAX];
	int above = area.rows / 3, n = paragraphs(edit_text(&s->w.edit), part, len, PARTS_MAX);
	char title[160];

	(void)now;
	grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, deed_title(s->w.d, title));
	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (f)
		wrap_draw(g, (struct rect){ area.row + 2, 1, above - 2, area.cols - 2 }, ST_DIM, f->text, strlen(f->text), s->scroll, NULL, 0);
	grid_hline(g, area.row + above, 0, area.cols, ST_RULE);
	grid_printf(g, area.row + above, 2, area.cols - 4, ST_KEY, _(" %d parts: an empty line stands between two parts "), n);
	edit_draw(&s->w.edit, g, (struct rect){ area.row + above + 1, 1, area.rows - above - 1, area.cols - 2 }, ST_INPUT, true);
}

static const struct view_key split_keys[] = {
	{ "F2", N_("send") }, { "PgUp PgDn", N_("scroll the citizen's text") }, { "Esc", N_("back, the draft is kept") }, { NULL, NULL }
};
const struct view view_split = {
	.name = "split", .title = N_("split"), .types = true, .keys = split_keys,
	.open = split_open, .key = split_key, .render = split_render, .close = split_close,
};

void split_start(struct console *c, struct deed *d)
{
	int depth = c->depth;

	if (d->n != 1) {
		console_say(c, ST_WARN, "%s", _("one case at a time can be split"));
		deed_free(d);
		return;
	}
	console_open(c, &view_split, &d);
	if (c->depth == depth)
		deed_free(d);
}
