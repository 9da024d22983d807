#include "tui/list.h"

#include "conf/keymap.h"

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
