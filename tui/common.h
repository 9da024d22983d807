/* Which words of one text stand in another too, for two cases side by side: runs of two characters or more, without what every appeal says. */
#ifndef FENBO_TUI_COMMON_H
#define FENBO_TUI_COMMON_H

#include "tui/wrap.h"

enum { COMMON_MAX = 96, COMMON_POINTS = 4000 /* of either text; what lies beyond is not looked at */ };

/* Spans of `text` in code points, in order; returns how many. */
int common_words(const char *text, const char *other, struct wrap_mark out[COMMON_MAX]);

#endif
