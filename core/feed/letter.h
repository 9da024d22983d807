/*
 * What a message says: a template with fields 【name】, filled from a JSON object. Values come from citizens and clerks, so a value
 * can change nothing but the place it fills: it is one line, holds no field itself, and no 【】 (which in a short message would look like
 * the signature of another sender).
 *
 * Short messages. A text of the GSM 03.38 alphabet takes 160 places in one part, 153 in each of several; any other (all Chinese) is sent
 * as UCS-2, 70 in one part and 67 in each of several; a character beyond the BMP takes two, one of GSM's extension table two.
 */
#ifndef FENBO_FEED_LETTER_H
#define FENBO_FEED_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "core/base/buf.h"

/* Append the filled template. A field without a value is left out. With `parts` > 0 the text is made to fit so many parts of a short
 * message: the longest values are shortened first, each with an ellipsis. A text that passes the bound of `out` is of no use: out->failed. */
void letter_write(struct buf *out, const char *template, const json_t *fields, int parts);

struct sms_size {
	bool gsm;   /* in the GSM alphabet */
	int places; /* septets, or UTF-16 units */
	int parts;
};
struct sms_size sms_measure(const char *text, size_t len);

#endif
