/*
 * One action on many cases, for the commands that know which: the answers are printed row by row, as `act` prints them.
 */
#ifndef FENBO_CTL_ACT_H
#define FENBO_CTL_ACT_H

#include "core/appeal/action.h"
#include "core/ctl/ctl.h"

/* ids "{n,…}", versions "{v,…}" as they were seen, args a JSON object. Returns the exit status. */
int act_deliver(struct ctl *ctl, enum action action, const char *ids, const char *versions, const char *args, bool atomic);

#endif
