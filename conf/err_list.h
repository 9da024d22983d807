/*
 * Everything that is wrong with what somebody configured, at once: file, line, column, and what was expected. A loader
 * adds as it reads and goes on; the caller prints the whole list and refuses the whole.
 */
#ifndef FENBO_CONF_ERR_LIST_H
#define FENBO_CONF_ERR_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

enum { ERR_LIST_MAX = 500 }; /* more are counted, not kept: nobody reads the 501st */

struct err_item {
	struct err err;  /* code, line (0 = the file as a whole), field = option or column, message */
	int column;      /* 1-based cell of a table, or character of a line; 0 = none */
	char file[256];  /* as the person named it; "" = the environment or the whole set */
};

struct err_list {
	struct err_item *items; /* owned */
	size_t count, cap;
	size_t dropped;         /* found beyond ERR_LIST_MAX, or while memory was gone */
};

void err_list_free(struct err_list *l); /* frees and zeroes; safe on a zeroed list */
bool err_list_empty(const struct err_list *l);
/* Always false, so that `return err_list_add(…)` reads as "fail with". The message is cut at 255 bytes, between
 * characters. */
bool err_list_add(struct err_list *l, enum err_code code, const char *file, int line, int column, const char *field,
    const char *format, ...) __attribute__((format(printf, 7, 8)));
/* By file, then line, then column; stable. */
void err_list_sort(struct err_list *l);
/* "routing.ini:12:3: shift.1.start: expected a time of day such as 08:00, found …" into out (at most `size` bytes with
 * NUL). */
void err_item_show(const struct err_item *item, char *out, size_t size);

#endif
