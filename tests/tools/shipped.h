/*
 * The shipped policy (conf/) as the machine uses it, for tests and benchmarks: duty list and readers of fields. Run from the top of the
 * repository.
 */
#ifndef FENBO_TESTS_SHIPPED_H
#define FENBO_TESTS_SHIPPED_H

#include <stdbool.h>
#include "conf/routing.h"
#include "core/appeal/duty.h"
#include "core/machine/fields.h"

struct shipped {
	struct routing_doc doc;
	struct duty_list *duty;
	struct fields *fields;
};
bool shipped_load(struct shipped *s);
void shipped_free(struct shipped *s);

#endif
