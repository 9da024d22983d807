/*
 * Numbers as bytes for a saved model: little-endian whatever the machine, small ones short. A reader never reads beyond its
 * bytes: what is not there, or not a number that can be, turns it `failed` and reads as 0 from then on; check before use.
 */
#ifndef FENBO_MACHINE_PACKING_H
#define FENBO_MACHINE_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"

void pack_var(struct buf *b, uint64_t v);    /* 7 bits a byte */
void pack_u32(struct buf *b, uint32_t v);
void pack_f32(struct buf *b, float v);
void pack_text(struct buf *b, const char *s);

struct unpack { const unsigned char *p, *end; bool failed; };
/* A number not above most. */
uint64_t unpack_var(struct unpack *u, uint64_t most);
uint32_t unpack_u32(struct unpack *u);
float unpack_f32(struct unpack *u);          /* finite */
/* A text without NUL, copied with malloc; NULL when failed. */
char *unpack_text(struct unpack *u, size_t most);
size_t unpack_left(const struct unpack *u);
/* Of all the bytes: two machines that agree on it hold the same model. */
uint64_t pack_checksum(const void *bytes, size_t len);

#endif
