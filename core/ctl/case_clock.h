/*
 * How the due times of a case came about, line by line (fenbo.clock_explain, db/schema/0049), for `fenboctl show --clock`.
 */
#ifndef FENBO_CTL_CASE_CLOCK_H
#define FENBO_CTL_CASE_CLOCK_H

#include <jansson.h>
#include "core/ctl/ctl.h"

/* The lines of the case with this plain number, as SQL gives them: [{clock, what, at, until, seconds, who, action, source, name, days, revision,
 * reason}], what is empty left out. NULL and an exit status when it cannot be read. A new reference. */
json_t *case_clock_read(struct ctl *ctl, const char *plain, int *status);
/* For people. Lines are borrowed. */
void case_clock_say(const json_t *lines);

#endif
