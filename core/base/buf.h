/*
 * A growable byte buffer with a stated bound. It always ends in a NUL that `len` does not count, so a text in it can be
 * handed to libc. When memory is gone, or the bound is passed, the buffer turns `failed` and ignores what follows;
 * check once, at the end.
 */
#ifndef FENBO_BASE_BUF_H
#define FENBO_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;   /* owned; NULL until the first byte */
	size_t len;
	size_t cap;
	size_t limit; /* bytes; 0 = 256 MiB */
	bool failed;
};

void buf_free(struct buf *b);               /* frees and zeroes; safe on a zeroed buf */
void buf_reset(struct buf *b);              /* empties, keeps memory, clears `failed` */
void buf_cut(struct buf *b, size_t len);    /* back to a length it had; longer changes nothing */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text, never NULL ("" when empty or failed before the first byte). Borrowed until the next change of `b`. */
const char *buf_text(const struct buf *b);

#endif
