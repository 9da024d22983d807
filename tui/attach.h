/*
 * Files named beside a deed: name, size, hash and link. A path on this machine is read here for its size and hash, slice by slice so that the console
 * never waits; what lies elsewhere is typed. The file itself goes nowhere: the link says where it is kept.
 */
#ifndef FENBO_TUI_ATTACH_H
#define FENBO_TUI_ATTACH_H

#include <jansson.h>
#include "tui/console.h"

enum { ATTACH_MAX = 20 };

struct attach;  /* opaque: one file on its way */

/* Ask for one more file; it is appended to `list` (which must live until attach_free, or the dialogs are closed). NULL when memory is gone. */
struct attach *attach_new(struct console *c, json_t *list);
void attach_ask(struct attach *a);
/* A slice of the reading; true = more to do. For the view's work. */
bool attach_work(struct attach *a);
/* How far the reading is, for people; "" when nothing is read. */
const char *attach_busy(const struct attach *a, char out[80]);
/* Lets go of whatever is asked for. */
void attach_free(struct attach *a);

#endif
