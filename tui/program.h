/* The program around the console: one loop with the keyboard, the screen, the timers and the signals. */
#ifndef FENBO_TUI_PROGRAM_H
#define FENBO_TUI_PROGRAM_H

#include "conf/keymap.h"
#include "conf/options.h"

/* Runs until the person leaves. `wall`: nothing but the time board. Returns the exit status. The terminal is as it was when this returns. */
int program_run(struct conf *conf, const struct keymap *keymap, const char *state_dir, bool wall);

#endif
