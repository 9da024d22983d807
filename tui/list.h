/* A list somebody walks in: where its window stands, and the keys that move. Lists of cases hold a case, not a row; see view_queue. */
#ifndef FENBO_TUI_LIST_H
#define FENBO_TUI_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include "conf/keymap.h"
#include "tui/console.h"

/* The first row to show so that `at` is in sight, moving the window as little as possible. */
int list_top(int top, int at, int count, int height);
/* Arrow and vim keys; true = taken. *at stays within 0 … count - 1. */
bool list_key(int *at, int count, int page, uint32_t code);
/* May one key decide about the row under the cursor? Not in the moment after the row that stood there has gone (`lost`: when that was found,
 * monotonic; 0 = never), and another slid under the key; said then. */
bool list_sure(struct console *c, usec_t lost);
/* The key of a command that moves in a list, for list_key; 0 = it is another command. */
uint32_t list_command(enum command id);

#endif
