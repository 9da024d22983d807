/* Attacks for the sample generator and for tests of every door that text comes in by. */
#ifndef FENBO_CONF_SAMPLE_HOSTILE_H
#define FENBO_CONF_SAMPLE_HOSTILE_H

#include <stddef.h>
#include "core/base/buf.h"

size_t sample_hostile_kinds(void);
/* Append attack `kind` (below sample_hostile_kinds) around an everyday text. Valid UTF-8, but full of what must be
 * cleaned. */
void sample_hostile(struct buf *out, size_t kind, const char *text);

#endif
