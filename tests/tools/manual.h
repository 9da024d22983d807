/*
 * Parts of the manuals that are made from tables: what stands between `.\" begin NAME` and `.\" end NAME` is made anew and
 * compared, or written back under FENBO_GOLDEN=write.
 */
#ifndef FENBO_TESTS_MANUAL_H
#define FENBO_TESTS_MANUAL_H

#include "core/base/buf.h"

/* Append a text so that mdoc takes it as text. */
void manual_text(struct buf *out, const char *s);
/* Fails the cmocka test where the block of the manual at `path` is not what `make` makes. */
void manual_block(const char *path, const char *name, void (*make)(struct buf *));

#endif
