/*
 * Text files of an office: what encoding they are in, and bytes to UTF-8 and back. Chinese spreadsheets still write
 * GB18030; nothing in a CSV file says so, but text of a sentence's length is hardly ever valid in both.
 */
#ifndef FENBO_CONF_TEXT_H
#define FENBO_CONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "conf/err_list.h"
#include "core/base/buf.h"

/* Blanks, tabs and ideographic spaces off both ends. */
void text_trim(const char **s, size_t *len);
/* Append bytes as UTF-8 without byte order mark; *gb tells that they were GB18030. False, with an error naming file and
 * line, when they are neither. */
bool text_decode(
    struct buf *out, const char *file, const char *bytes, size_t len, bool *gb, bool *bom, struct err_list *errs);
/* Append UTF-8 text as a file of the encoding named. False when memory is gone or a character has no form there. */
bool text_encode(struct buf *out, const char *text, size_t len, bool gb, bool bom);
/* A whole regular file of at most `max` bytes, appended to out; false with an error. "-" reads standard input. */
bool text_read(struct buf *out, const char *path, size_t max, struct err_list *errs);

#endif
