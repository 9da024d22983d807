/* A citizen's name and telephone number, shown after a reason was given, on the record. */
#ifndef FENBO_TUI_REVEAL_H
#define FENBO_TUI_REVEAL_H

#include "tui/console.h"

void reveal_start(struct console *c, case_no no);

#endif
