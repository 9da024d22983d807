/*
 * What a supervisor's queues say beside a case: who sent it back and why, what its unit asks for, the letters that wait, the instruction that
 * stands, how it was rated. Read from PostgreSQL for the rows that are shown, a screenful in one question, and kept by version.
 */
#ifndef FENBO_TUI_FACTS_H
#define FENBO_TUI_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/queue.h"

struct console;
struct facts; /* opaque */

struct facts *facts_new(void);
void facts_free(struct facts *f);
/* Whether the rows of this queue have words of their own, and what their column is called (msgid); NULL: they have not. */
const char *facts_heading(enum view_kind kind);
/* Ask for those of the n rows that are not known as they are now; from a view's work. Does nothing while an answer is awaited. */
void facts_want(struct console *c, enum view_kind kind, const struct summary *const *rows, size_t n);
/* The words for one row; "" while they are not known, or where there are none. `now` is the server's time. */
void facts_words(const struct console *c, enum view_kind kind, const struct summary *s, usec_t now, char *out, size_t size);

#endif
