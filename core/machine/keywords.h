/*
 * Keywords: the few words of a text that carry the matter. First the duty list's own (names and keywords of its items), the rarer
 * the better; then what the text itself repeats. For reading at a glance, for search and for the tags of the form.
 */
#ifndef FENBO_MACHINE_KEYWORDS_H
#define FENBO_MACHINE_KEYWORDS_H

#include "core/appeal/duty.h"
#include "core/machine/points.h"

enum { KEYWORDS_MAX = 6 };
struct keywords; /* opaque, immutable once built, thread-safe */
struct keywords *keywords_new(const struct duty_list *duty); /* copies; NULL when memory is gone */
void keywords_free(struct keywords *k);
/* Up to `max` words, best first, none inside another and each once. `avoid` (n of them) are spans that only say where or who. */
int keywords_find(const struct keywords *k, const struct points *p, const struct span *avoid, int n, struct span *out, int max);

#endif
