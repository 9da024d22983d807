/*
 * The part of routing.ini that says who works when: [shift.CODE] (name, start, end), [crew.N] (name) and [rotation] (first, cycle).
 * Shifts cover the day once. The cycle has one entry for each day, separated by |, and in it one for each shift in the order of the file:
 * the number of the crew that is on, several joined by +, or - for nobody. It begins on the day `first` and goes round for ever, backwards
 * too. Without a rotation crew N works the shift called N on every day.
 */
#ifndef FENBO_CONF_POLICY_SHIFTS_H
#define FENBO_CONF_POLICY_SHIFTS_H

#include <stdbool.h>
#include <jansson.h>
#include "conf/err_list.h"
#include "conf/ini.h"

enum { CREW_MAX = 99, CYCLE_MAX = 120 };

/* Whether the section is one of these; *key_known says whether it has such a key. */
bool policy_shifts_own(const char *section, const char *key, bool *key_known);
/* Reads all of it into `policy`: "shifts" [{"code", "name", "start", "end" minutes after midnight}], "crews" [{"crew", "name"}] and, when there is
 * one, "rotation" {"first": "2026-01-01", "cycle": [[[crews of the first shift], …], …]}. False with every error in errs. */
bool policy_shifts_read(const struct ini *ini, const char *file, json_t *policy, struct err_list *errs);

#endif
