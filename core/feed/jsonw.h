/*
 * Writing JSON straight into a buffer, for what is written thousands of times a second. Texts are UTF-8 already (they came
 * through core/base/clean.h or out of PostgreSQL).
 */
#ifndef FENBO_FEED_JSONW_H
#define FENBO_FEED_JSONW_H

#include <stddef.h>
#include "core/base/buf.h"

void jsonw_text(struct buf *out, const char *s, size_t len); /* with its quotes */
void jsonw_real(struct buf *out, double v);                  /* shortest that reads back; null when not finite */
/* A member with a comma before it unless it is the first of its object (the byte before is '{'). */
void jsonw_member(struct buf *out, const char *name, const char *value); /* value NULL or "": nothing is written */
void jsonw_member_raw(struct buf *out, const char *name, const char *json);

#endif
