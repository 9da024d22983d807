/*
 * The duty list in memory: units, duty items, and what PostgreSQL's resolver made of their lead rules. Immutable once
 * built; a new routing revision makes a new list. Codes and names are owned by the list.
 */
#ifndef FENBO_APPEAL_DUTY_H
#define FENBO_APPEAL_DUTY_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/stage.h"

struct unit {
	const char *code, *name, *shrt, *level, *function, *area; /* function and area may be "" */
	const struct unit *parent;
	bool desk, active;
};
struct duty_item {
	const char *code, *category, *class_, *name, *definition;
	const char *const *keywords; int nkeywords;
	enum priority priority;
	int handle_days;
	const char *lead;        /* unit code, or function@level */
	const char *const *assist; int nassist;
	int number;              /* its place in the list, set by the list */
};

struct duty_list; /* opaque */
struct duty_list *duty_list_new(int revision);
void duty_list_free(struct duty_list *d);
/* Builders: copy everything; false when a code is given twice or a parent is unknown (units: parents first or later,
 * linked at duty_list_done). */
bool duty_add_unit(struct duty_list *d, const char *code, const char *name, const char *shrt, const char *parent,
    const char *level, const char *function, const char *area, bool desk, bool active);
/* keywords and assist: NULL-terminated arrays of strings. */
bool duty_add_item(struct duty_list *d, const struct duty_item *item);
bool duty_add_resolved(struct duty_list *d, const char *function, const char *level, const char *area,
    const char *unit);
bool duty_list_done(struct duty_list *d);

int duty_revision(const struct duty_list *d);
size_t duty_units(const struct duty_list *d);
const struct unit *duty_unit_at(const struct duty_list *d, size_t i);
const struct unit *duty_unit(const struct duty_list *d, const char *code); /* NULL if unknown */
size_t duty_items(const struct duty_list *d);
const struct duty_item *duty_item_at(const struct duty_list *d, size_t i);
const struct duty_item *duty_item(const struct duty_list *d, const char *code);
/* The lead unit of an item where the appeal happened: areas are tried from the given list, narrowest first. NULL when
 * the rule cannot be resolved there. */
const struct unit *duty_lead(const struct duty_list *d, const struct duty_item *item, const char *const *areas,
    int nareas);

#endif
