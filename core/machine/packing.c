#include "core/machine/packing.h"

#include <stdlib.h>
#include <string.h>

void
pack_var(struct buf *b, uint64_t v)
{
	unsigned char out[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (unsigned char)(v | 0x80);
	out[n++] = (unsigned char)v;
	buf_add(b, out, n);
}

void
pack_u32(struct buf *b, uint32_t v)
{
	unsigned char out[4] = { (unsigned char)v, (unsigned char)(v >> 8), (unsigned char)(v >> 16), (unsigned char)(v >> 24) };

	buf_add(b, out, sizeof out);
}

void
pack_f32(struct buf *b, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof bits);
	pack_u32(b, bits == 0x80000000 ? 0 : bits); /* one zero */
}

void
pack_text(struct buf *b, const char *s)
{
	size_t len = strlen(s);

	pack_var(b, len);
	buf_add(b, s, len);
}

static uint64_t
fail(struct unpack *u)
{
	u->failed = true;
	u->p = u->end;
	return 0;
}

uint64_t
unpack_var(struct unpack *u, uint64_t most)
{
	uint64_t v = 0;

	for (int shift = 0; shift < 63; shift += 7) {
		if (u->p == u->end)
			break;
		v |= (uint64_t)(*u->p & 0x7f) << shift;
		if (!(*u->p++ & 0x80))
			return v <= most ? v : fail(u);
	}
	return fail(u);
}

uint32_t
unpack_u32(struct unpack *u)
{
	const unsigned char *p = u->p;

	if (u->end - p < 4)
		return (uint32_t)fail(u);
	u->p += 4;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

float
unpack_f32(struct unpack *u)
{
	uint32_t bits = unpack_u32(u);
	float v;

	if ((bits & 0x7f800000) == 0x7f800000)
		return (float)fail(u);
	memcpy(&v, &bits, sizeof v);
	return v;
}

char *
unpack_text(struct unpack *u, size_t most)
{
	size_t len = unpack_var(u, most);
	char *s;

	if (u->failed || len > unpack_left(u) || memchr(u->p, 0, len) || !(s = malloc(len + 1))) {
		fail(u);
		return NULL;
	}
	memcpy(s, u->p, len);
	s[len] = '\0';
	u->p += len;
	return s;
}

size_t
unpack_left(const struct unpack *u)
{
	return (size_t)(u->end - u->p);
}

uint64_t
pack_checksum(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t h = UINT64_C(0x243f6a8885a308d3) ^ len;

	for (; len >= 8; p += 8, len -= 8) {
		uint64_t v = 0;

		for (int i = 0; i < 8; i++)
			v |= (uint64_t)p[i] << 8 * i;
		h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	for (; len > 0; p++, len--)
		h = ((h ^ *p) * UINT64_C(0x9e3779b97f4a7c15)) ^ (h >> 29);
	return h ^ h >> 32;
}
