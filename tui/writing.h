/* Several lines written about one deed: an editor whose text is kept as a draft by action and case until the deed is done. */
#ifndef FENBO_TUI_WRITING_H
#define FENBO_TUI_WRITING_H

#include <stdbool.h>
#include "tui/deed.h"
#include "tui/edit.h"

struct writing { struct deed *d; /* owned until writing_take */ struct edit edit; };

/* Takes the deed. Begins with the draft, if there is one (true), else with `initial` (NULL = empty). */
bool writing_open(struct writing *w, struct console *c, struct deed *d, const char *initial);
void writing_free(struct writing *w);
/* A key for the text: what changes is kept, Esc closes the view with the draft kept. True = taken. */
bool writing_key(struct writing *w, struct console *c, const struct key *k);
/* Another text altogether; the caret stands at its beginning. */
void writing_set(struct writing *w, struct console *c, const char *text);
/* F2 or Ctrl-S: the text is to be sent. */
bool writing_sends(const struct key *k);
/* The view is done with it and closes: the deed is the caller's, to go on with. */
struct deed *writing_take(struct writing *w, struct console *c);

#endif
