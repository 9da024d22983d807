#include "tui/writing.h"

#include <stdio.h>

#include "tui/drafts.h"

enum { CTRL_S = 19 };

bool writing_open(struct writing *w, struct console *c, struct deed *d, const char *initial)
{
	const char *draft;

	w->d = d;
	w->edit.lines = true;
	snprintf(d->draft, sizeof d->draft, "%s:%lld", action_table[d->action].name, (long long)(d->n == 1 ? d->no[0] : 0));
	draft = drafts_get(c->drafts, d->draft);
	edit_set(&w->edit, draft ? draft : initial ? initial : "");
	return draft != NULL;
}

void writing_free(struct writing *w)
{
	deed_free(w->d);
	edit_free(&w->edit);
}

bool writing_key(struct writing *w, struct console *c, const struct key *k)
{
	switch (edit_key(&w->edit, k)) {
	case EDIT_CHANGED:
		drafts_put(c->drafts, w->d->draft, edit_text(&w->edit));
		return true;
	case EDIT_CANCEL:
		console_close(c);
		return true;
	default:
		return k->code < KEYMAP_F0;
	}
}

void writing_set(struct writing *w, struct console *c, const char *text)
{
	edit_set(&w->edit, text);
	w->edit.at = 0;
	drafts_put(c->drafts, w->d->draft, edit_text(&w->edit));
}

bool writing_sends(const struct key *k)
{
	return k->code == CTRL_S || k->code == KEYMAP_F0 + 2;
}

struct deed *writing_take(struct writing *w, struct console *c)
{
	struct deed *d = w->d;

	w->d = NULL;
	console_close(c);
	return d;
}
