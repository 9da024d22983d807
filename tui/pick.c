#include "tui/pick.h"

#include "conf/keymap.h"
#include "tui/list.h"

enum pick_said pick_key(struct edit *field, int *at, int n, int page, const struct key *k)
{
	bool walks = k->code == KEYMAP_UP || k->code == KEYMAP_DOWN || k->code == KEYMAP_PGUP || k->code == KEYMAP_PGDN;

	/* Not whatever list_key knows: j and k are letters here. */
	if (walks && list_key(at, n, page, k->code))
		return PICK_WALKED;
	switch (edit_key(field, k)) {
	case EDIT_CHANGED:
		*at = 0;
		return PICK_TYPED;
	case EDIT_ENTER:
		return PICK_TAKEN;
	case EDIT_CANCEL:
		return PICK_LEFT;
	case EDIT_MOVED:
		return PICK_MOVED;
	default:
		return PICK_IGNORED;
	}
}
