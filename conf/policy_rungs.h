/*
 * The ladders of routing.ini: what happens before and after a clock has run out. [clock.KIND] rungs holds for every priority,
 * [clock.KIND.PRIORITY] rungs for one. A ladder is "TIME WHO WHAT | …":
 *   TIME  before (-10m) or after (0, 4h) the due time, or a share of the limit (80%, 120%); of a clock that counts working time the
 *         times are working time, and a day is a working day;
 *   WHO   is told: whoever holds the case (owner), dispatchers, supervisor, unit, head (of the unit), district, leader;
 *   WHAT  is done beside: notice and alarm only tell; supervise, priority, reassign, letter.
 * What db/schema/0080_ladder.sql makes of it stands there.
 */
#ifndef FENBO_CONF_POLICY_RUNGS_H
#define FENBO_CONF_POLICY_RUNGS_H

#include <stdbool.h>
#include <jansson.h>
#include "conf/err_list.h"
#include "conf/ini.h"

enum { POLICY_RUNGS_MAX = 8 };

/* One ladder as JSON: [{"at_s", "days", "tell", "do"} or {"share", "tell", "do"}], both parts of a time with its sign. NULL, with a
 * sentence in why, when it is no ladder. */
json_t *policy_rungs_read(const char *text, char why[200]);
/* Does [section] belong here ([clock.KIND.PRIORITY])? Then *known says whether it may hold the key; "" asks for the section alone. */
bool policy_rungs_own(const char *section, const char *key, bool *known);
/* Reads every [clock.KIND.PRIORITY] into policy.clocks.KIND.priorities.PRIORITY. False with what is wrong in errs. */
bool policy_rungs_members(const struct ini *ini, const char *file, json_t *policy, struct err_list *errs);
/* Every ladder ascends under the limits it will run with: a share of the limit and a time from the due time in the wrong order show only
 * there. */
bool policy_rungs_check(const char *file, const json_t *policy, struct err_list *errs);

#endif
