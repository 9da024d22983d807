/*
 * Case numbers: 13 digits, YYMMDD + six-digit serial + Damm check digit, shown 261122-000012-3. The Damm scheme finds
 * every single wrong digit and every transposition of neighbours, so a misheard number is refused rather than taken for
 * somebody else's case. The same computation stands in SQL (fenbo.case_check).
 */
#ifndef FENBO_APPEAL_NUMBER_H
#define FENBO_APPEAL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t case_no; /* 0 = none */

/* Accepts 13 digits with `-`, full-width digits and blanks between; false when the length, the date or the check is
 * wrong. */
bool number_parse(const char *s, size_t len, case_no *out);
void number_show(case_no no, char out[16]);   /* 261122-000012-3 */
void number_plain(case_no no, char out[14]);  /* 2611220000123 */
int number_check(const char *digits, size_t len); /* Damm digit 0–9 of the given decimal digits */

#endif
