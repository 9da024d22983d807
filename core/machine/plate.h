/*
 * Number plates in free text: 粤B12345, new-energy 粤BD12345, also with a dot or blanks between (粤B·D12345) and in full-width or lower
 * case letters; without the province right after 车牌号. The province is in the form of folded text.
 */
#ifndef FENBO_MACHINE_PLATE_H
#define FENBO_MACHINE_PLATE_H

#include <stdbool.h>
#include "core/machine/points.h"

/* The first plate at or after *from; sets *from behind it. False when there is none. */
bool plate_find(const struct points *p, int *from, struct span *out);

#endif
