/* The units that cases go to, as the current routing revision has them: names for codes, and finding one by typing. */
#ifndef FENBO_TUI_UNITS_H
#define FENBO_TUI_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/pinyin.h"

struct console;
struct unit_list; /* opaque */

struct unit_row { char *code, *name, *shrt, *parent, *level; bool desk, active; };

struct unit_list *units_new(void);
void units_free(struct unit_list *l);
void units_load(struct console *c);              /* asks PostgreSQL; the old list stays until the new one is whole */
size_t units_count(const struct unit_list *l);
const struct unit_row *units_at(const struct unit_list *l, size_t i);
/* The short name of a code, the code itself when it is not known. */
const char *units_short(const struct unit_list *l, const char *code);
const char *units_name(const struct unit_list *l, const char *code);
const struct unit_row *units_find(const struct unit_list *l, const char *code); /* NULL when it is not known */
/* Grows whenever the list is read anew: rows looked up before that are no longer there. */
unsigned units_age(const struct unit_list *l);
/* How well a unit matches what was typed, 0 the best, 3 the worst; -1 not at all, or no longer active. */
int units_rank(const struct unit_row *r, const char *typed, const struct pinyin_query *q);
/* Active units that match what was typed (Chinese, pinyin, initials, code), best first. Returns how many; "" matches all. */
size_t units_match(const struct unit_list *l, const char *typed, const struct unit_row **out, size_t max);

#endif
