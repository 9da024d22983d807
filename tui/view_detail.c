/* One case in full: everything known of it, the citizen's words first in line for the room there is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/case_pane.h"
#include "tui/i18n.h"
#include "tui/views.h"

struct detail { case_no no; struct case_pane pane; };

static void *detail_open(struct console *c, const void *args)
{
	struct detail *d = calloc(1, sizeof *d);

	(void)c;
	if (d)
		d->no = *(const case_no *)args;
	return d;
}

static void detail_close(struct console *c, void *state)
{
	(void)c;
	free(state);
}

static case_no detail_subject(const struct console *c, const void *state)
{
	(void)c;
	return ((const struct detail *)state)->no;
}

static bool detail_command(struct console *c, void *state, enum command id)
{
	struct detail *d = state;

	(void)c;
	switch (id) {
	case COMMAND_UP:   text_pane_scroll(&d->pane.text, -1); return true;
	case COMMAND_DOWN: text_pane_scroll(&d->pane.text, 1); return true;
	default:           return text_pane_command(&d->pane.text, id);
	}
}

static void detail_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct detail *d = state;
	int margin = area.cols > 120 ? (area.cols - 116) / 2 : 1;
	const struct casefile *f = console_case(c, d->no);

	if (f) {
		char model[80] = "";
		int cells;

		if (*f->rec.model && f->stage == STAGE_TRIAGE)
			snprintf(model, sizeof model, _("model %s"), f->rec.model);
		cells = width_text(model, strlen(model));
		grid_field(g, area.row, area.col + margin, area.cols - 2 * margin - (cells ? cells + 2 : 0), ST_STRONG, f->title);
		grid_puts(g, area.row, area.col + area.cols - margin - cells, cells, ST_DIM, model);
	}
	grid_hline(g, area.row + 1, area.col, area.cols, ST_RULE);
	case_pane_render(c, &d->pane, d->no, g,
	    (struct rect){ area.row + 2, area.col + margin, area.rows - 2, area.cols - 2 * margin }, PANE_FULL, now);
}

const struct view view_detail = {
	.name = "detail", .title = N_("case in full"), .place = KEYMAP_CASE, .decides = true,
	.open = detail_open, .command = detail_command, .render = detail_render, .subject = detail_subject, .close = detail_close,
};
