#include "tui/text_pane.h"

#include <string.h>
#include "tui/theme.h"

void text_pane_scroll(struct text_pane *p, int by)
{
	p->scroll += by;
	if (p->scroll > p->lines - p->rows)
		p->scroll = p->lines - p->rows;
	if (p->scroll < 0)
		p->scroll = 0;
}

bool text_pane_command(struct text_pane *p, enum command id)
{
	int page = p->rows > 2 ? p->rows - 1 : 1;

	switch (id) {
	case COMMAND_PAGE_UP:   text_pane_scroll(p, -page); return true;
	case COMMAND_PAGE_DOWN: text_pane_scroll(p, page); return true;
	case COMMAND_TOP:       text_pane_scroll(p, -p->lines); return true;
	case COMMAND_BOTTOM:    text_pane_scroll(p, p->lines); return true;
	default:                return false;
	}
}

void text_pane_show(struct text_pane *p, struct rect area, const char *text, int point)
{
	int at = wrap_line_of(text, strlen(text), area.cols, point);

	if (at < p->scroll || at >= p->scroll + area.rows)
		p->scroll = at - area.rows / 2;
}

void text_pane_draw(struct text_pane *p, struct grid *g, struct rect area, const char *text, const struct wrap_mark *marks, int nmarks)
{
	size_t len = strlen(text);

	p->lines = wrap_count(text, len, area.cols);
	p->rows = area.rows;
	text_pane_scroll(p, 0);
	wrap_draw(g, area, ST_TEXT, text, len, p->scroll, marks, nmarks);
	if (p->scroll > 0)
		grid_puts(g, area.row, area.col + area.cols, 1, ST_KEY, "▲");
	if (p->scroll + p->rows < p->lines)
		grid_puts(g, area.row + p->rows - 1, area.col + area.cols, 1, ST_KEY, "▼");
}
