#include "tui/theme.h"

#include <string.h>

#include "tui/i18n.h"

/* fg, fg8: foreground with 256 and with 8 colours */
#define FG(c, c8, a) { c, -1, c8, -1, a }
#define ON(c, c8, b, b8, a) { c, b, c8, b8, a }

/* What all coloured themes share: the calm part. */
#define COMMON \
	[ST_TEXT] = FG(-1, -1, 0), [ST_DIM] = FG(245, -1, LOOK_FAINT), [ST_STRONG] = FG(-1, -1, LOOK_BOLD), \
	[ST_TOP] = ON(252, 7, 236, 4, 0), [ST_TOP_WEAK] = ON(246, 7, 236, 4, 0), \
	[ST_TAB] = FG(248, -1, 0), [ST_TAB_ON] = FG(-1, -1, LOOK_BOLD | LOOK_REVERSE), \
	[ST_RULE] = FG(240, -1, LOOK_FAINT), [ST_HEAD] = FG(245, -1, 0), [ST_LABEL] = FG(245, -1, 0), \
	[ST_HINT] = FG(247, -1, 0), [ST_INPUT] = ON(-1, -1, 237, -1, LOOK_UNDER), \
	[ST_BOX] = ON(253, 7, 237, 4, 0), [ST_BOX_TITLE] = ON(253, 7, 237, 4, LOOK_BOLD), \
	[ST_PICK] = ON(255, 0, 24, 6, LOOK_BOLD), [ST_CHOSEN] = FG(-1, -1, LOOK_BOLD), [ST_BAR_REST] = FG(238, -1, LOOK_FAINT)

const struct theme theme_table[] = {
	{ "dark", N_("the usual one, for long shifts"), {
		COMMON,
		[ST_NUMBER] = FG(110, 6, 0), [ST_URGENT] = FG(210, 1, LOOK_BOLD), [ST_FAST] = FG(222, 3, 0),
		[ST_LATE] = ON(231, 7, 124, 1, LOOK_BOLD), [ST_SOON] = FG(210, 1, LOOK_BOLD),
		[ST_GOOD] = FG(114, 2, 0), [ST_BAD] = FG(210, 1, LOOK_BOLD), [ST_WARN] = FG(222, 3, LOOK_BOLD),
		[ST_INFO] = FG(117, 6, 0), [ST_BADGE] = FG(222, 3, 0), [ST_OTHERS] = FG(244, 5, LOOK_FAINT),
		[ST_MINE] = FG(114, 2, LOOK_BOLD), [ST_BAR] = FG(74, 6, 0), [ST_KEY] = FG(117, 6, LOOK_BOLD),
	  }, { -1, 238, -1, -1, LOOK_BOLD }, { 222, -1, 3, -1, LOOK_UNDER } },
	/* Blue and orange stay apart for all common kinds of colour blindness (after Okabe and Ito's palette). */
	{ "safe", N_("safe for red-green blindness, dark"), {
		COMMON,
		[ST_NUMBER] = FG(153, 6, 0), [ST_URGENT] = FG(214, 3, LOOK_BOLD), [ST_FAST] = FG(228, 3, 0),
		[ST_LATE] = ON(16, 0, 214, 3, LOOK_BOLD), [ST_SOON] = FG(214, 3, LOOK_BOLD | LOOK_UNDER),
		[ST_GOOD] = FG(75, 4, 0), [ST_BAD] = FG(214, 3, LOOK_BOLD), [ST_WARN] = FG(228, 3, LOOK_BOLD),
		[ST_INFO] = FG(117, 6, 0), [ST_BADGE] = FG(228, 3, 0), [ST_OTHERS] = FG(246, -1, LOOK_FAINT),
		[ST_MINE] = FG(75, 4, LOOK_BOLD), [ST_BAR] = FG(75, 4, 0), [ST_KEY] = FG(117, 6, LOOK_BOLD),
	  }, { -1, 238, -1, -1, LOOK_BOLD }, { 228, -1, 3, -1, LOOK_UNDER } },
	{ "light", N_("safe for all colour blindness, for light terminals"), {
		[ST_TEXT] = FG(-1, -1, 0), [ST_DIM] = FG(242, -1, LOOK_FAINT), [ST_STRONG] = FG(-1, -1, LOOK_BOLD),
		[ST_TOP] = ON(232, 0, 252, 7, 0), [ST_TOP_WEAK] = ON(240, 0, 252, 7, 0),
		[ST_TAB] = FG(240, -1, 0), [ST_TAB_ON] = FG(-1, -1, LOOK_BOLD | LOOK_REVERSE),
		[ST_RULE] = FG(246, -1, LOOK_FAINT), [ST_HEAD] = FG(241, -1, 0), [ST_LABEL] = FG(241, -1, 0),
		[ST_NUMBER] = FG(25, 4, 0), [ST_URGENT] = FG(130, 3, LOOK_BOLD), [ST_FAST] = FG(94, 3, 0),
		[ST_LATE] = ON(255, 7, 130, 3, LOOK_BOLD), [ST_SOON] = FG(130, 3, LOOK_BOLD | LOOK_UNDER),
		[ST_GOOD] = FG(25, 4, 0), [ST_BAD] = FG(130, 3, LOOK_BOLD), [ST_WARN] = FG(94, 3, LOOK_BOLD),
		[ST_INFO] = FG(25, 4, 0), [ST_BADGE] = FG(94, 3, 0), [ST_OTHERS] = FG(243, -1, LOOK_FAINT),
		[ST_MINE] = FG(25, 4, LOOK_BOLD), [ST_BAR] = FG(25, 4, 0), [ST_BAR_REST] = FG(251, -1, LOOK_FAINT),
		[ST_KEY] = FG(25, 4, LOOK_BOLD), [ST_HINT] = FG(240, -1, 0), [ST_INPUT] = ON(-1, -1, 254, -1, LOOK_UNDER),
		[ST_BOX] = ON(232, 0, 253, 7, 0), [ST_BOX_TITLE] = ON(232, 0, 253, 7, LOOK_BOLD),
		[ST_PICK] = ON(255, 7, 25, 4, LOOK_BOLD), [ST_CHOSEN] = FG(-1, -1, LOOK_BOLD),
	  }, { -1, 253, -1, -1, LOOK_BOLD }, { 25, -1, 4, -1, LOOK_UNDER } },
	{ "mono", N_("no colour at all"), {
		[ST_TEXT] = FG(-1, -1, 0), [ST_DIM] = FG(-1, -1, LOOK_FAINT), [ST_STRONG] = FG(-1, -1, LOOK_BOLD),
		[ST_TOP] = FG(-1, -1, LOOK_REVERSE), [ST_TOP_WEAK] = FG(-1, -1, LOOK_REVERSE),
		[ST_TAB] = FG(-1, -1, 0), [ST_TAB_ON] = FG(-1, -1, LOOK_BOLD | LOOK_REVERSE),
		[ST_RULE] = FG(-1, -1, LOOK_FAINT), [ST_HEAD] = FG(-1, -1, LOOK_FAINT), [ST_LABEL] = FG(-1, -1, LOOK_FAINT),
		[ST_NUMBER] = FG(-1, -1, 0), [ST_URGENT] = FG(-1, -1, LOOK_BOLD), [ST_FAST] = FG(-1, -1, 0),
		[ST_LATE] = FG(-1, -1, LOOK_BOLD | LOOK_REVERSE), [ST_SOON] = FG(-1, -1, LOOK_BOLD | LOOK_UNDER),
		[ST_GOOD] = FG(-1, -1, 0), [ST_BAD] = FG(-1, -1, LOOK_BOLD), [ST_WARN] = FG(-1, -1, LOOK_BOLD),
		[ST_INFO] = FG(-1, -1, 0), [ST_BADGE] = FG(-1, -1, LOOK_BOLD), [ST_OTHERS] = FG(-1, -1, LOOK_FAINT),
		[ST_MINE] = FG(-1, -1, LOOK_BOLD), [ST_BAR] = FG(-1, -1, 0), [ST_BAR_REST] = FG(-1, -1, LOOK_FAINT),
		[ST_KEY] = FG(-1, -1, LOOK_BOLD), [ST_HINT] = FG(-1, -1, 0), [ST_INPUT] = FG(-1, -1, LOOK_UNDER),
		[ST_BOX] = FG(-1, -1, 0), [ST_BOX_TITLE] = FG(-1, -1, LOOK_BOLD), [ST_PICK] = FG(-1, -1, LOOK_REVERSE),
		[ST_CHOSEN] = FG(-1, -1, LOOK_BOLD),
	  }, { -1, -1, -1, -1, LOOK_REVERSE }, { -1, -1, -1, -1, LOOK_UNDER } },
};
const int theme_count = (int)(sizeof theme_table / sizeof theme_table[0]);

const struct theme *theme_find(const char *name, const char *no_color)
{
	bool mono = no_color && *no_color;

	if ((!name || !*name) && mono)
		name = "mono";
	for (int i = 0; name && i < theme_count; i++)
		if (strcmp(theme_table[i].name, name) == 0)
			return &theme_table[i];
	return &theme_table[0];
}

static void lay_over(struct look *look, const struct look *over)
{
	if (over->fg >= 0)
		look->fg = over->fg;
	if (over->fg8 >= 0)
		look->fg8 = over->fg8;
	if (over->bg >= 0)
		look->bg = over->bg;
	if (over->bg8 >= 0)
		look->bg8 = over->bg8;
	look->attr = (look->attr & ~LOOK_FAINT) | over->attr;
}

struct look theme_look(const struct theme *t, style_t style)
{
	struct look look = t->look[(style & 0xFF) < ST_COUNT ? style & 0xFF : ST_TEXT];

	if (style & STYLE_MATCH)
		lay_over(&look, &t->match);
	if (style & STYLE_CURSOR) {
		/* What says "late" keeps its own ground, or the cursor would hide it. */
		short bg = look.bg, bg8 = look.bg8;

		lay_over(&look, &t->cursor);
		if (bg >= 0)
			look.bg = bg;
		if (bg8 >= 0)
			look.bg8 = bg8;
		if (t->cursor.bg8 < 0 && bg8 < 0)
			look.attr |= t->cursor.bg >= 0 ? 0 : LOOK_REVERSE;
	}
	return look;
}
