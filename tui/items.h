/*
 * The duty items of the current routing revision, found by typing as units are. Read when somebody first looks for one, not at
 * start; which unit an item leads to depends on where the appeal happened, and PostgreSQL says it for one place at a time.
 */
#ifndef FENBO_TUI_ITEMS_H
#define FENBO_TUI_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/pinyin.h"

struct console;
struct item_list; /* opaque */

struct item_row { char *code, *name, *class, *words, *lead; };

struct item_list *items_new(void);
void items_free(struct item_list *l);
/* Ask for what is missing: the items, and the units they lead to at this place ("" = not known). Costs nothing when all is there. */
void items_want(struct console *c, const char *place);
void items_stale(struct item_list *l);           /* the revision has changed: what is here serves until items_want has got the new */
/* Counts what has come: rows looked up before it grew are no longer there. */
unsigned items_age(const struct item_list *l);
size_t items_count(const struct item_list *l);
const struct item_row *items_at(const struct item_list *l, size_t i);
/* How well it matches, 0 the best, -1 not at all. */
int items_rank(const struct item_row *r, const char *typed, const struct pinyin_query *q);
/* The unit it leads to at the place last wanted; NULL while that is not known, "" when there is none. */
const char *items_unit(const struct item_list *l, const struct item_row *r);

#endif
