/*
 * The one answer to "how many cells is this" (STYLE 11). Independent of the locale: 0 for combining marks, 2 for East
 * Asian wide and full-width, 1 otherwise (ambiguous counts one, as terminals in a Chinese locale are set up today), -1
 * for what must not be printed.
 */
#ifndef FENBO_BASE_WIDTH_H
#define FENBO_BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

int width_point(uint32_t cp);
int width_text(const char *s, size_t len);              /* cells; malformed or unprintable counts 1 */
/* The longest prefix of s that fits in `cells`, in bytes; never splits a character or leaves marks behind.
 * *used (may be NULL) gets its width. */
size_t width_clip(const char *s, size_t len, int cells, int *used);

#endif
