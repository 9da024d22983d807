/*
 * The door for text from outside (STYLE 10). What passes has no C0 or C1 control (but \n, and \t as a space), no escape
 * sequence (removed whole: CSI, OSC, DCS and their strings), no bidirectional control, no zero-width joiner or
 * variation selector, no unassigned plane, and is valid UTF-8: a malformed byte becomes U+FFFD. A citizen's message can
 * never move an operator's cursor.
 */
#ifndef FENBO_BASE_CLEAN_H
#define FENBO_BASE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/buf.h"

enum clean_mode {
	CLEAN_LINE, /* newlines become one space, runs of blanks one blank, ends trimmed: titles, names, addresses */
	CLEAN_TEXT  /* \n kept (\r\n and \r become it), at most two in a row, ends trimmed: the message itself */
};

/* Append the cleaned form of s[0..len) to out. Returns true when nothing had to be removed or replaced. */
bool clean_text(struct buf *out, const char *s, size_t len, enum clean_mode mode);
/* True when the text would pass unchanged. Cheap; for asserting at the screen. */
bool clean_is(const char *s, size_t len, enum clean_mode mode);

/*
 * The form for matching only, never for showing: full-width to plain, lower case, traditional to simplified, blanks and
 * punctuation as they stand. One code point gives exactly one code point, so offsets in the folded text are offsets in
 * the original. Appends to out.
 */
void fold_text(struct buf *out, const char *s, size_t len);
unsigned fold_point(unsigned cp);

/* The text as one clean line into out, which has room for `size` bytes with the NUL; what does not fit is cut between two characters. */
void clean_into(char *out, size_t size, const char *text);

#endif
