#include "core/machine/phone.h"

#include <stdint.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/points.h"

enum { GROUPS = 4, DIGITS = 20 };

/* Digits at one place of a text: up to four groups with one blank or hyphen between, as people write numbers. */
struct run {
	char digits[DIGITS + 1];
	int count[GROUPS], groups;       /* of digits; a group too long for any number counts as DIGITS + 1 */
	size_t end[GROUPS];              /* byte behind each group */
	int points[GROUPS];              /* code points from the start to there */
	bool x;                          /* an X right behind the first group: an identity number's check digit */
};

/* A digit in either script, as figures on a cheque too (壹贰叁), as 0–9; -1 for anything else. */
static int
digit_of(uint32_t cp)
{
	static const uint32_t formal[] = { 0x96f6, 0x58f9, 0x8d30, 0x53c1, 0x8086, 0x4f0d, 0x9646, 0x67d2, 0x634c, 0x7396 };

	if (cp == 0x5e7a) /* 幺, which folds to 么 */
		return 1;
	cp = fold_point(cp);
	for (int i = 1; cp > 0x80 && i < 10; i++)
		if (cp == formal[i])
			return i;
	return points_digit(cp);
}

/* A number is written in one script from end to end: 唯一13800138000 begins with the 1 of the number. */
static bool
same_script(uint32_t cp, bool han)
{
	return points_is_digit(fold_point(cp)) != han;
}

static void
read_run(const char *s, size_t len, size_t at, struct run *r)
{
	int total = 0, points = 0, d;
	uint32_t cp;
	bool han, bracket = (at > 0 && s[at - 1] == '(') || (at > 2 && memcmp(s + at - 3, "（", 3) == 0);

	memset(r, 0, sizeof *r);
	utf8_decode(s + at, len - at, &cp);
	han = !points_is_digit(fold_point(cp));
	while (r->groups < GROUPS) {
		int n = 0;
		size_t step;

		while ((step = utf8_decode(s + at, len - at, &cp)) > 0 && (d = digit_of(cp)) >= 0 && same_script(cp, han)) {
			if (total < DIGITS)
				r->digits[total++] = (char)('0' + d);
			n = n > DIGITS ? n : n + 1;
			at += step;
			points++;
		}
		if (n == 0)
			break;
		r->count[r->groups] = n;
		r->end[r->groups] = at;
		r->points[r->groups++] = points;
		cp = step > 0 ? fold_point(cp) : 0;
		if (r->groups == 1) {
			r->x = cp == 'x';
			if (han && digit_of(cp) >= 0) /* 一三八…零零1: a run of both is no number */
				r->count[0] = DIGITS + 1;
		}
		if (cp == ')' && r->groups == 1 && bracket) { /* (0755) 8456… */
			at += step;
			points++;
			step = utf8_decode(s + at, len - at, &cp);
			cp = step > 0 ? fold_point(cp) : 0;
			if (digit_of(cp) >= 0)
				continue;
		}
		if (cp != ' ' && cp != '-' && cp != 0x2013 && cp != 0x2014)
			break;
		at += step;
		points++;
	}
}

/* Does a word such as 电话 end right before byte `at`, with nothing but a few signs or words between (电话号码是：)? */
static bool
announced(const char *s, size_t at)
{
	static const char *const words[] = { "电话", "電話", "座机", "座機", "联系方式", "聯繫方式", "热线", "tel", "Tel", "TEL" };
	size_t from = at > 24 ? at - 24 : 0;

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		const char *found = memmem(s + from, at - from, words[w], strlen(words[w]));
		const char *p = found ? found + strlen(words[w]) : NULL;

		while (p && p < s + at && !(*p >= '0' && *p <= '9') && *p != '\n')
			p++;
		if (p == s + at)
			return true;
	}
	return false;
}

/* How many groups make a telephone number: 0 = none. s[0..at) stands before it. */
static int
phone_groups(const struct run *r, const char *s, size_t at)
{
	const char *d = r->digits;
	bool mobile = d[0] == '1' && d[1] >= '3';

	if (r->x)
		return 0;
	if (r->count[0] == 11 && mobile)
		return 1;
	if (r->count[0] == 13 && memcmp(d, "861", 3) == 0 && d[3] >= '3')
		return 1;
	if (d[0] == '0' && (memcmp(d, "0400", 4) == 0 || memcmp(d, "0800", 4) == 0)) /* no area code */
		return 0;
	if (memcmp(d, "400", 3) == 0 || memcmp(d, "800", 3) == 0) {
		if (r->count[0] == 10)
			return 1;
		if (r->count[0] == 3 && r->groups >= 2 && r->count[1] == 7)
			return 2;
		return r->groups >= 3 && ((r->count[0] == 3 && r->count[1] + r->count[2] == 7) || (r->count[0] == 4 && r->count[1] == 3 && r->count[2] == 3)) ? 3 : 0;
	}
	if (r->count[0] >= 10 && r->count[0] <= 12 && d[0] == '0' && d[1] != '0')
		return 1;
	if (r->count[0] == 3 && mobile && r->groups >= 3 && r->count[1] == 4 && r->count[2] == 4)
		return 3;
	if ((r->count[0] == 3 || r->count[0] == 4) && d[0] == '0' && d[1] != '0' && r->groups >= 2 &&
	    (r->count[1] == 7 || r->count[1] == 8))
		return 2;
	if ((r->count[0] == 3 || r->count[0] == 4) && d[0] == '0' && d[1] != '0' && r->groups >= 3 && r->count[2] == 4 &&
	    (r->count[1] == 3 || r->count[1] == 4))
		return 3;
	if (r->count[0] == 2 && memcmp(d, "86", 2) == 0 && at > 0 && s[at - 1] == '+' && r->groups >= 3 && (r->count[1] == 2 || (r->count[1] == 3 && d[2] != '1'))) {
		if (r->count[2] == 7 || r->count[2] == 8)
			return 3;
		return r->groups == 4 && (r->count[2] == 3 || r->count[2] == 4) && r->count[3] == 4 ? 4 : 0;
	}
	if (r->groups == 1 && (r->count[0] == 7 || r->count[0] == 8) && d[0] >= '2' && announced(s, at))
		return 1;
	return 0;
}

static bool
is_identity(const struct run *r)
{
	return r->digits[0] != '0' && ((r->count[0] == 17 && r->x) || (!r->x && (r->count[0] == 18 || r->count[0] == 15)));
}

/* Walk to the next group of digits at or after *at; counts code points on the way. A Chinese digit alone (一个) is none. */
static bool
next_digit(const char *s, size_t len, size_t *at, int *points)
{
	uint32_t cp;

	while (*at < len) {
		size_t step = utf8_decode(s + *at, len - *at, &cp);

		if (cp < 0x80 ? cp >= '0' && cp <= '9' : digit_of(cp) >= 0) {
			uint32_t next = 0;

			utf8_decode(s + *at + step, len - *at - step, &next);
			if (points_is_digit(fold_point(cp)) || digit_of(next) >= 0 || next == ' ' || next == '-')
				return true;
		}
		*at += step;
		(*points)++;
	}
	return false;
}

static void
skip_group(const char *s, size_t len, size_t *at, int *points)
{
	uint32_t cp, first;
	size_t step;

	utf8_decode(s + *at, len - *at, &first);
	while (*at < len && (step = utf8_decode(s + *at, len - *at, &cp)) > 0 && digit_of(cp) >= 0 &&
	    same_script(cp, !points_is_digit(fold_point(first)))) {
		*at += step;
		(*points)++;
	}
}

bool
field_phone(const char *text, size_t len, size_t from, struct field_phone *out)
{
	size_t at = from < len ? from : len;
	int points = (int)utf8_count(text, at);
	struct run r;

	while (next_digit(text, len, &at, &points)) {
		int groups, digits = 0;

		read_run(text, len, at, &r);
		groups = phone_groups(&r, text, at);
		if (groups > 0) {
			for (int i = 0; i < groups; i++)
				digits += r.count[i];
			memset(out, 0, sizeof *out);
			memcpy(out->digits, r.digits, (size_t)digits);
			out->start = points;
			out->end = points + r.points[groups - 1];
			out->byte = at;
			out->bytes = r.end[groups - 1] - at;
			return true;
		}
		skip_group(text, len, &at, &points);
	}
	return false;
}

/* Copy s[0..len), the digits between the first `head` and the last `tail` of `total` as stars. */
static void
mask(struct buf *out, const char *s, size_t len, int total, int head, int tail)
{
	int seen = 0;

	for (size_t at = 0; at < len; ) {
		uint32_t cp;
		size_t step = utf8_decode(s + at, len - at, &cp);
		bool digit = digit_of(cp) >= 0;

		if (digit && seen >= head && seen < total - tail)
			buf_putc(out, '*');
		else
			buf_add(out, s + at, step);
		seen += digit;
		at += step;
	}
}

int
field_mask(struct buf *out, const char *text, size_t len)
{
	size_t at = 0, copied = 0;
	int points = 0, masked = 0;
	struct run r;

	while (next_digit(text, len, &at, &points)) {
		int groups, digits = 0;
		size_t end;

		read_run(text, len, at, &r);
		groups = is_identity(&r) ? 1 : phone_groups(&r, text, at);
		if (groups == 0) {
			skip_group(text, len, &at, &points);
			continue;
		}
		end = r.end[groups - 1];
		for (int i = 0; i < groups; i++)
			digits += r.count[i];
		buf_add(out, text + copied, at - copied);
		mask(out, text + at, end - at, digits, digits > 13 ? 4 : 3, digits > 13 ? 2 : 4);
		points += r.points[groups - 1];
		copied = at = end;
		masked++;
	}
	buf_add(out, text + copied, len - copied);
	return masked;
}
