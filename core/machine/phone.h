/*
 * Telephone numbers in free text, and their masking wherever a text must not carry personal data (titles, frames of the feed).
 * Mobile numbers of 11 digits, land lines with area code, in brackets or not, 400 and 800 numbers, and numbers of seven or eight digits right
 * after a word such as 电话; in plain, full-width and Chinese digits (一三八…, 壹叁捌…), with blanks or hyphens between.
 */
#ifndef FENBO_MACHINE_PHONE_H
#define FENBO_MACHINE_PHONE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/buf.h"

struct field_phone {
	char digits[16];     /* plain digits */
	int start, end;      /* code points, [start, end) */
	size_t byte, bytes;  /* the same in bytes */
};
/* The first telephone number at or after byte `from`. False when there is none. */
bool field_phone(const char *text, size_t len, size_t from, struct field_phone *out);
/* Append the text with the middle digits of telephone numbers and of 15- and 18-character identity numbers as `*`; the number
 * of code points stays the same. Returns how many were masked. */
int field_mask(struct buf *out, const char *text, size_t len);

#endif
