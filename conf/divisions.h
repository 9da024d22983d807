/*
 * The national division list as it is passed around: one row a community, with its street and district and the codes of all three
 * (code,district,areaCode,street,streetCode,community). It is taken in as a gazetteer: districts, streets and communities become rows of
 * their own, and a community gets the name people see (钟屋社区) with the official one (钟屋社区居民委员会) as an alias.
 */
#ifndef FENBO_CONF_DIVISIONS_H
#define FENBO_CONF_DIVISIONS_H

#include <stdbool.h>
#include <stddef.h>
#include "conf/sheet.h"

/* Is the first row the heading of a division list? In UTF-8 or GB18030. */
bool divisions_are(const char *bytes, size_t len);
/* As sheet_parse, into a sheet of the kind `gazetteer` (that of conf/routing_kind.c). The list names no city: districts stand at the
 * top. A code that the list gives two names or two parents is an error. */
bool divisions_parse(struct sheet *out, const struct sheet_kind *gazetteer, const char *file, const char *bytes, size_t len,
    struct err_list *errs);

#endif
