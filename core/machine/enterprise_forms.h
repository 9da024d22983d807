/*
 * The forms in which people write the name of an enterprise: as registered; without the place in front; without the legal form
 * behind; without a bracket; without the general word a name ends in (…发展, …实业). Short ones must be distinctive: four points at
 * least, and not made of general words alone (物业管理, 建设集团).
 */
#ifndef FENBO_MACHINE_ENTERPRISE_FORMS_H
#define FENBO_MACHINE_ENTERPRISE_FORMS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/machine/points.h"

enum { FORM_MIN = 4, FORM_SHORT = 5, FORM_MAX = 60, FORMS_MAX = 8 };
struct form { uint32_t point[FORM_MAX]; int n; };
/* Folded forms of the name, the registered one first. Returns how many; 0 when the name is too short or too long to be looked for. */
int enterprise_forms(const char *name, struct form out[FORMS_MAX]);
/* A form of FORM_SHORT points or fewer could be anything: does the text speak of an enterprise there (公司, 员工, 工资 …)? */
bool enterprise_spoken_of(const struct points *p, struct span at);

#endif
