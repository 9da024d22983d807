/*
 * One appeal as a channel sends it (DESIGN, section 8), judged alone: what is wrong with it is said with the field and a
 * reason. What passes is clean text.
 */
#ifndef FENBO_FEED_APPEAL_H
#define FENBO_FEED_APPEAL_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/err.h"

/* Bounds in characters, but for the line. */
struct appeal_limits { size_t line_bytes, text; };
enum { APPEAL_ID = 200, APPEAL_TITLE = 200, APPEAL_ADDRESS = 500, APPEAL_NAME = 100, APPEAL_PHONE = 60, APPEAL_WORD = 64 };

/* One appeal, cleaned. Strings are the arena's, "" when absent. */
struct appeal_in {
	const char *external_id, *title, *text, *address, *name, *phone, *type, *duty_item;
	size_t text_len;
	usec_t received_at; /* 0 = now */
	bool located, confidential, reply_wanted;
	double lat, lng;
};

/* False with *e set: code invalid, missing or too_large, the field, and a message. */
bool appeal_parse(struct arena *a, const char *line, size_t len, const struct appeal_limits *limits, struct appeal_in *out,
    struct err *e);
/* The same judgement on one field given as text (a form). Cleans into *out; false with *e set. */
bool appeal_field(struct arena *a, const char *field, const char *value, size_t len, size_t most, bool many_lines,
    const char **out, struct err *e);
/* An identifier: kept byte for byte, so it must be free of controls and blanks at its ends. */
bool appeal_identifier(struct arena *a, const char *field, const char *value, size_t len, size_t most, const char **out,
    struct err *e);
bool appeal_place(double lat, double lng, struct err *e);

#endif
