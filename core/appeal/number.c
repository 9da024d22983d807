#include "core/appeal/number.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/utf8.h"

enum { DIGITS = 13 };
#define NUMBER_MAX INT64_C(9999999999999)

/* The quasigroup of H. Michael Damm, "Total anti-symmetrische Quasigruppen" (2004), of order 10. */
static const unsigned char damm[10][10] = {
	{ 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 },
	{ 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
	{ 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 },
	{ 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
	{ 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 },
	{ 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
	{ 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 },
	{ 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
	{ 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 },
	{ 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 }
};

int
number_check(const char *digits, size_t len)
{
	int check = 0;

	for (size_t i = 0; i < len; i++)
		check = damm[check][(digits[i] - '0') % 10];
	return check;
}

/* What people put between the groups: hyphens and dashes of all widths, blanks. */
static bool
is_separator(uint32_t cp)
{
	return cp == '-' || cp == ' ' || cp == 0xa0 || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 ||
	    cp == 0x3000 || cp == 0xff0d;
}

bool
number_parse(const char *s, size_t len, case_no *out)
{
	char d[DIGITS] = "";
	int n = 0;
	uint32_t cp;

	for (size_t at = 0; at < len;) {
		at += utf8_decode(s + at, len - at, &cp);
		if (cp >= 0xff10 && cp <= 0xff19)
			cp = cp - 0xff10 + '0';
		if (cp >= '0' && cp <= '9') {
			if (n == DIGITS)
				return false;
			d[n++] = (char)cp;
		} else if (!is_separator(cp))
			return false;
	}
	/* Serials begin at 1 (fenbo.case_check). */
	if (n != DIGITS || number_check(d, DIGITS) != 0 || memcmp(d + 6, "000000", 6) == 0)
		return false;
	int pair[3];
	case_no no = 0;
	for (size_t i = 0; i < 3; i++)
		pair[i] = (d[2 * i] - '0') * 10 + (d[2 * i + 1] - '0');
	if (!clock_is_date(2000 + pair[0], pair[1], pair[2]))
		return false;
	for (int i = 0; i < DIGITS; i++)
		no = no * 10 + (d[i] - '0');
	*out = no;
	return true;
}

void
number_plain(case_no no, char out[14])
{
	if (no <= 0 || no > NUMBER_MAX) {
		*out = '\0';
		return;
	}
	for (int i = DIGITS; i-- > 0; no /= 10)
		out[i] = (char)('0' + no % 10);
	out[DIGITS] = '\0';
}

void
number_show(case_no no, char out[16])
{
	char d[14];

	number_plain(no, d);
	if (*d == '\0')
		*out = '\0';
	else
		snprintf(out, 16, "%.6s-%.6s-%.1s", d, d + 6, d + 12);
}
