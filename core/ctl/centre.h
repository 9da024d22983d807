/*
 * The routing in force as the recommender uses it, read from the database: for commands that ask the whole recommender.
 */
#ifndef FENBO_CTL_CENTRE_H
#define FENBO_CTL_CENTRE_H

#include "core/ctl/ctl.h"
#include "core/machine/recommend.h"

struct centre {
	struct duty_list *duty;
	struct gazetteer *places;
	struct recommender *recommender;
};
/* False with the reason on stderr and *status set. Free it either way. */
bool centre_load(struct ctl *ctl, struct centre *c, int *status);
void centre_free(struct centre *c);

#endif
