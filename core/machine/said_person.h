/*
 * The caller's own name as he gives it: 我叫李明, 我是李女士, 联系人：…, a signature at the end. Names of others are not looked for: a
 * wrong name in the form is worse than none, so a surname must stand first and a border behind.
 */
#ifndef FENBO_MACHINE_SAID_PERSON_H
#define FENBO_MACHINE_SAID_PERSON_H

#include <stdbool.h>
#include "core/machine/points.h"

struct said_person; /* opaque, immutable once built, thread-safe */
struct said_person *said_person_new(void); /* NULL when memory is gone */
void said_person_free(struct said_person *r);
bool said_person_find(const struct said_person *r, const struct points *p, struct span *out);

/* Is it a common surname? What holds one may be a name. */
bool said_person_surname(uint32_t cp);

#endif
