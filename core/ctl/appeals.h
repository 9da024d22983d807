/*
 * A table of appeals as other systems export it, turned into the NDJSON of POST /v1/appeals.
 */
#ifndef FENBO_CTL_APPEALS_H
#define FENBO_CTL_APPEALS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/buf.h"
#include "core/base/err.h"

/* Puts the process into the centre's zone (clock_zone); false with the code in *e when it is not to be had. */
struct appeals_zone {
	bool (*join)(void *ctx, struct err *e);
	void *ctx;
};

/*
 * CSV in UTF-8 or GB18030, first row the headings. `map` is "COL=FIELD,…" (NULL = none): a column that is not in it and is
 * not called like a field is left out; columns of one field are joined, text by lines. A row without external_id gets one made
 * of its content, so that importing the file twice is harmless. A time without offset is one of the centre: `zone` is
 * asked for its zone when the first of them comes, and the table is refused when it does not know. Appends one line
 * for each row; false with *e set when the table or the map is no good.
 */
bool appeals_of_csv(const char *name, const char *bytes, size_t len, const char *map, const struct appeals_zone *zone, struct buf *out,
    struct err *e);

#endif
