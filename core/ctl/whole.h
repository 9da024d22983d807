/*
 * The whole recommender, as fenbod asks it: duty list, learners, and how much each source counts. For commands that say what a model is
 * worth in use, and not the learner alone.
 */
#ifndef FENBO_CTL_WHOLE_H
#define FENBO_CTL_WHOLE_H

#include "core/ctl/centre.h"
#include "core/machine/evaluate.h"
#include "core/machine/model.h"

/* One past decision: what would have been recommended, counted in *e by the numbers that `all` gives unit codes; then the weights of the
 * sources learn from it, as they do in fenbod. False when memory is gone. */
bool whole_ask(const struct centre *c, struct blend *voices, const struct model *m, const struct model_lesson *row, const struct learner *all,
    struct arena *a, struct evaluate *e);

#endif
