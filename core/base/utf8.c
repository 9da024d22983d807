#include "core/base/utf8.h"

enum { BAD = 0xfffd };

size_t
utf8_decode(const char *s, size_t len, uint32_t *cp)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t more;
	uint32_t c, least;

	*cp = BAD;
	if (len == 0)
		return 0;
	c = u[0];
	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		c &= 0x1f;
		more = 1;
		least = 0x80;
	} else if (c >= 0xe0 && c <= 0xef) {
		c &= 0x0f;
		more = 2;
		least = 0x800;
	} else if (c >= 0xf0 && c <= 0xf4) {
		c &= 0x07;
		more = 3;
		least = 0x10000;
	} else
		return 1;
	if (len <= more)
		return 1;
	for (size_t i = 1; i <= more; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 1;
	*cp = c;
	return more + 1;
}

size_t
utf8_encode(uint32_t cp, char *out)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = BAD;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t
utf8_first_bad(const char *s, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint32_t cp;
		size_t n = utf8_decode(s + at, len - at, &cp);
		/* U+FFFD itself is three bytes; one byte that decodes to it is damage. */
		if (cp == BAD && n == 1)
			return at;
		at += n;
	}
	return len;
}

bool
utf8_valid(const char *s, size_t len)
{
	return utf8_first_bad(s, len) == len;
}

size_t
utf8_count(const char *s, size_t len)
{
	size_t points = 0;
	uint32_t cp;

	for (size_t at = 0; at < len; points++)
		at += utf8_decode(s + at, len - at, &cp);
	return points;
}

size_t
utf8_offset(const char *s, size_t len, size_t points)
{
	size_t at = 0;
	uint32_t cp;

	while (points-- > 0 && at < len)
		at += utf8_decode(s + at, len - at, &cp);
	return at;
}
