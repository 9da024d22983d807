/*
 * What is personal in a text by its looks, though no field of the form: identity numbers, e-mail addresses, the ids of messengers behind
 * their names (微信号：…, QQ …). Readers that cut words out of a text keep away from it. Erasing has the same forms in SQL (0074_fields.sql).
 */
#ifndef FENBO_MACHINE_PERSONAL_H
#define FENBO_MACHINE_PERSONAL_H

#include "core/machine/points.h"

enum { PERSONAL_MAX = 16 };
/* At most PERSONAL_MAX spans, in order, each with the word that announces it (微信号). Returns how many. */
int personal_find(const struct points *p, struct span out[PERSONAL_MAX]);

#endif
