/* Times and lists as a person types them into a form. */
#ifndef FENBO_TUI_TYPED_H
#define FENBO_TUI_TYPED_H

#include <jansson.h>
#include <stdbool.h>
#include "core/base/clock.h"

/* "2026-11-22 17:00" in the centre's zone; "" = none. */
void typed_show_time(usec_t t, char out[40]);
/* The same, or a day, a day and a time of this year, or a time of today (`now` says which). False when it is none of them. */
bool typed_time(const char *s, usec_t now, usec_t *out);
/* Words with a blank between them. */
void typed_show_list(const char *const *item, int n, char *out, size_t size);
/* Words with blanks, commas or 、 between them, as a JSON array; the caller's. */
json_t *typed_list(const char *s);

#endif
