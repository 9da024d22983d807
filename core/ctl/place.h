/*
 * fenboctl place and fenboctl import boundaries: commands whose rows stand in the tables of status.c and exchange.c.
 */
#ifndef FENBO_CTL_PLACE_H
#define FENBO_CTL_PLACE_H

#include "core/ctl/ctl.h"

extern const struct ctl_option place_options[], boundaries_options[];
int place_command(struct ctl *ctl, const struct ctl_args *a);
int boundaries_command(struct ctl *ctl, const struct ctl_args *a);

#endif
