/*
 * UTF-8 by hand, because the program must be right in any locale. Offsets that leave the program count code points
 * (DESIGN, section 8); inside, everything counts bytes.
 */
#ifndef FENBO_BASE_UTF8_H
#define FENBO_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode one code point of s[0..len). Returns its length in bytes (1–4) and sets *cp; for a malformed byte returns 1
 * and sets *cp to 0xFFFD; returns 0 only when len is 0. Overlong forms and surrogates are malformed. */
size_t utf8_decode(const char *s, size_t len, uint32_t *cp);
/* Encode into out (room for 4 bytes); returns the bytes written. */
size_t utf8_encode(uint32_t cp, char *out);
bool utf8_valid(const char *s, size_t len);
/* Offset in bytes of the first malformed byte, or len. */
size_t utf8_first_bad(const char *s, size_t len);
size_t utf8_count(const char *s, size_t len);                  /* code points */
size_t utf8_offset(const char *s, size_t len, size_t points);  /* bytes before code point `points`, at most len */

#endif
