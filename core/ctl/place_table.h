/*
 * A gazetteer built outside fenbod: out of a routing document's table, or out of the rows of the revision in force.
 */
#ifndef FENBO_CTL_PLACE_TABLE_H
#define FENBO_CTL_PLACE_TABLE_H

#include <jansson.h>
#include "conf/routing.h"
#include "core/machine/place.h"

enum { PLACE_TABLE_MAX = 1000000 };

/* Places on their way into a gazetteer. A zeroed struct is empty. */
struct place_table { struct arena arena; struct place_entry *at; size_t n; };
/* One place as SQL gives it ({code, name, level, parent, aliases, lat, long, active}); one that is not active is left out. False when memory
 * is gone or there are too many. */
bool place_table_add(struct place_table *t, const json_t *row);
struct gazetteer *place_table_done(struct place_table *t); /* frees the table; NULL when memory is gone */

/* The places of a document that was loaded; NULL when it has none or memory is gone. */
struct gazetteer *place_table_of(const struct routing_doc *doc);

#endif
