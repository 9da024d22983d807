#include "core/machine/quoted.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "core/base/utf8.h"

enum { RUN_MAX = 64, LOOKED_AT = 1 << 20, TICKET_DIGITS = 6, MOBILE = 11 };

/* A run of letters, digits and hyphens, half-width; `whole` counts what did not fit as well. */
struct run { char text[RUN_MAX]; int len, whole, digits; };

/* The half-width form of what may stand in a number; 0 for anything else. */
static char
plain(uint32_t cp)
{
	if (cp >= 0xff10 && cp <= 0xff5a)
		cp -= 0xfee0;
	if ((cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '-' || cp == '_')
		return (char)cp;
	if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xff0d)
		return '-';
	return 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
own_number(struct quoted *q, case_no no)
{
	for (int i = 0; i < q->owns; i++)
		if (q->own[i] == no)
			return;
	if (q->owns < QUOTED_MAX)
		q->own[q->owns++] = no;
}

static void
ticket(struct quoted *q, const char *text, size_t len)
{
	for (int i = 0; i < q->tickets; i++)
		if (strlen(q->ticket[i]) == len && memcmp(q->ticket[i], text, len) == 0)
			return;
	if (q->tickets == QUOTED_MAX)
		return;
	memcpy(q->ticket[q->tickets], text, len);
	q->ticket[q->tickets++][len] = '\0';
}

/* 2018-01-02, 18-1-2: a day, and nobody's number. */
static bool
is_day(const char *s, int len)
{
	int part = 0, digits = 0;

	for (int i = 0; i < len; i++) {
		if (s[i] == '-') {
			if (digits == 0 || ++part > 2)
				return false;
			digits = 0;
		} else if (!is_digit(s[i]) || ++digits > (part == 0 ? 4 : 2))
			return false;
	}
	return part == 2 && digits > 0;
}

static bool
is_mobile(const char *s, int len)
{
	return len == MOBILE && s[0] == '1' && s[1] >= '3' && s[1] <= '9';
}

static void
take_run(struct quoted *q, const struct run *r)
{
	const char *s = r->text;
	int len = r->len;
	case_no no;

	while (len > 0 && (*s == '-' || *s == '_')) {
		s++;
		len--;
	}
	while (len > 0 && (s[len - 1] == '-' || s[len - 1] == '_'))
		len--;
	if (r->whole > RUN_MAX || len < QUOTED_SHORTEST || r->digits < TICKET_DIGITS)
		return;
	if (number_parse(s, (size_t)len, &no))
		own_number(q, no);
	else if (len < QUOTED_TICKET && !is_day(s, len) && !(r->digits == len && is_mobile(s, len)))
		ticket(q, s, (size_t)len);
}

void
quoted_find(const char *text, size_t len, struct quoted *out)
{
	struct run r = { .len = 0 };
	const char *p = text, *end = text + (len < LOOKED_AT ? len : LOOKED_AT);
	uint32_t cp;

	out->owns = out->tickets = 0;
	while (p < end) {
		char c;

		p += utf8_decode(p, (size_t)(end - p), &cp);
		c = plain(cp);
		if (c == 0) {
			if (r.digits >= TICKET_DIGITS)
				take_run(out, &r);
			r = (struct run){ .len = 0 };
			continue;
		}
		if (r.len < RUN_MAX)
			r.text[r.len++] = c;
		r.whole += r.whole <= RUN_MAX;
		r.digits += is_digit(c);
	}
	if (r.digits >= TICKET_DIGITS)
		take_run(out, &r);
}
