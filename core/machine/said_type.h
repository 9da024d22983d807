/*
 * What kind of appeal a text is, by the words people use for it: consultation (咨询), complaint (投诉), suggestion (建议), help (求助), and
 * other (表扬: what asks for nothing). A word's weight counts more where a text opens; what is not said stays unknown.
 */
#ifndef FENBO_MACHINE_SAID_TYPE_H
#define FENBO_MACHINE_SAID_TYPE_H

#include <stdbool.h>
#include "core/machine/points.h"

enum said_kind { SAID_NOTHING, SAID_CONSULTATION, SAID_COMPLAINT, SAID_SUGGESTION, SAID_HELP, SAID_OTHER, SAID_KINDS };
const char *said_kind_name(enum said_kind k); /* wire name; "" for SAID_NOTHING */
const char *said_kind_zh(enum said_kind k);   /* 咨询 … as hotlines write it */

/* Words of the policy's own, beside the built-in ones: [kind], n of them. */
struct said_words { const char *const *word[SAID_KINDS]; int n[SAID_KINDS]; };

struct said_type; /* opaque, immutable once built, thread-safe */
struct said_type *said_type_new(const struct said_words *more); /* more may be NULL. Copies. NULL when memory is gone */
void said_type_free(struct said_type *t);
/* The kind, and in *at the word that spoke for it most; SAID_NOTHING when no word does, or two kinds equally. */
enum said_kind said_type_find(const struct said_type *t, const struct points *p, struct span *at);

#endif
