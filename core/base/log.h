/*
 * Structured log: one line of logfmt a record, to stderr or a file, `ts=… level=… msg="…" key=value`. Values are
 * cleaned and quoted. Never log a password, an API key, or a citizen's data. fenbo (the console) logs to a file only.
 */
#ifndef FENBO_BASE_LOG_H
#define FENBO_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

bool log_open(const char *path, enum log_level at_least); /* NULL = stderr; also reopens */
/* Pairs of key, value (char *) after msg, ended by NULL: log_write(LOG_INFO, "listening", "addr", a, NULL). */
void log_write(enum log_level level, const char *msg, ...) __attribute__((sentinel));

#endif
