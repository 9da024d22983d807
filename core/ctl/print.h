/*
 * What fenboctl prints: with --json one object a line, else a table in aligned cells. Text that others wrote is cleaned on
 * its way to a terminal.
 */
#ifndef FENBO_CTL_PRINT_H
#define FENBO_CTL_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "core/base/clock.h"
#include "core/ctl/ctl.h"

/* A column of a table; a row of the list without key ends it. cells 0: the last column, not cut. A key may lead into an object,
 * "units.top1": what is measured there is shown to four decimals. */
struct column {
	const char *key, *heading;
	int cells;
	bool right;
};

/* One object, borrowed. With columns == NULL everything in it, one key a line. */
void print_row(struct ctl *ctl, const struct column *columns, const json_t *object);
/* A sentence for people; with --json nothing. */
void print_said(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text from outside on standard output, cleaned, lines kept. */
void print_text(const char *text, size_t len);
/* As the contract writes them: a case number of 13 digits, a time in RFC 3339; null for 0. New references. */
json_t *print_number(int64_t no);
json_t *print_time(usec_t t);
json_t *print_share(double share); /* a score or probability, to four decimals */

#endif
