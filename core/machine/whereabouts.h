/*
 * Words that only say where: 公交站旁边, 市场路口, 小学门口 and the place itself. "龙田市场路口跑步的人很多" is not about markets. They are
 * found so that the duty list is not matched against them.
 */
#ifndef FENBO_MACHINE_WHEREABOUTS_H
#define FENBO_MACHINE_WHEREABOUTS_H

#include <stdbool.h>
#include "core/base/arena.h"
#include "core/machine/duty_match.h"

/* For each point of the reading whether it only says where; from the arena, NULL when memory is gone. [start, end) is the place found
 * in the text, in its code points, start = -1 when there is none. */
const bool *whereabouts(const struct reading *r, int start, int end, struct arena *a);

#endif
