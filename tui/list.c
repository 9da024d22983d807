#include "tui/list.h"

#include "tui/i18n.h"

enum { LOST_US = 700000 };

int list_top(int top, int at, int count, int height)
{
	if (height < 1)
		height = 1;
	if (at < top)
		top = at;
	if (at >= top + height)
		top = at - height + 1;
	if (top > count - height)
		top = count - height;
	return top < 0 ? 0 : top;
}

bool list_key(int *at, int count, int page, uint32_t code)
{
	int to = *at;

	switch (code) {
	case 'j': case KEYMAP_DOWN: case 14: to++; break;
	case 'k': case KEYMAP_UP: case 16:   to--; break;
	case KEYMAP_PGDN: case 6: to += page; break;
	case KEYMAP_PGUP: case 2: to -= page; break;
	case KEYMAP_HOME:         to = 0; break;
	case 'G': case KEYMAP_END: to = count - 1; break;
	default: return false;
	}
	*at = to >= count ? (count > 0 ? count - 1 : 0) : to < 0 ? 0 : to;
	return true;
}

bool list_sure(struct console *c, usec_t lost)
{
	if (lost == 0 || c->mono - lost >= LOST_US)
		return true;
	console_say(c, ST_WARN, "%s", _("the list has just changed under the cursor: look again"));
	return false;
}

uint32_t list_command(enum command id)
{
	static const struct { enum command id; uint32_t key; } keys[] = {
		{ COMMAND_UP, 'k' }, { COMMAND_DOWN, 'j' }, { COMMAND_PAGE_UP, KEYMAP_PGUP }, { COMMAND_PAGE_DOWN, KEYMAP_PGDN },
		{ COMMAND_TOP, KEYMAP_HOME }, { COMMAND_BOTTOM, KEYMAP_END },
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (keys[i].id == id)
			return keys[i].key;
	return 0;
}
