/*
 * Values as people write them, read whole or refused: "12abc" is not 12, and nothing wraps (iniparser's own numbers do
 * both). Used for fenbo.ini, routing.ini, the CSV tables and command lines.
 */
#ifndef FENBO_CONF_VALUE_H
#define FENBO_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool value_int(const char *s, int64_t *out);         /* decimal, optional sign */
bool value_real(const char *s, double *out);         /* decimal, locale-independent, finite; no exponent, no hex */
bool value_flag(const char *s, bool *out);           /* yes no on off true false 1 0 是 否 */
bool value_duration(
    const char *s, int64_t *ms); /* 250ms 15s 30m 2h 1d, or several: 1h30m; minus allowed in front; bare 0 */
bool value_size(const char *s, int64_t *bytes);      /* 512, 64KiB, 4MiB, 1GiB */
bool value_date(const char *s, int *year, int *month, int *day); /* 2026-10-01, 2026/10/1, 2026年10月1日; must exist */
bool value_clock_time(const char *s, int *minutes);  /* 08:00 … 24:00 as minutes after midnight */
bool value_code(const char *s);                      /* a unit's, item's or place's code: ^[A-Za-z0-9_.-]{1,32}$ */
/* The shortest text that reads back as ms: 90000 → "1m30s"; out has room for 32 bytes. */
void value_duration_show(int64_t ms, char out[32]);

#endif
