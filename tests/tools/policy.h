/*
 * A policy directory (conf/) as the recommender uses it, without a database: duty list with units and gazetteer. For tests and benchmarks.
 */
#ifndef FENBO_TESTS_POLICY_H
#define FENBO_TESTS_POLICY_H

#include "conf/routing.h"
#include "core/appeal/duty.h"
#include "core/base/arena.h"
#include "core/machine/place.h"

/* Both borrow from the document and the arena; the caller frees what is returned. */
struct duty_list *policy_duty(const struct routing_doc *doc, struct arena *a);
struct gazetteer *policy_places(const struct routing_doc *doc, struct arena *a);

#endif
