#include "core/feed/letter.h"

#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

#define OPEN  "【"
#define CLOSE "】"
enum { MARK = 3, VALUE_MAX = 2000, GSM_ONE = 160, GSM_MANY = 153, UCS_ONE = 70, UCS_MANY = 67 };

/* --- size --------------------------------------------------------------------------------------------------------- */

/* Places in the GSM 03.38 alphabet: 1, 2 for the extension table, 0 when it is not in there. */
static int gsm_places(uint32_t cp)
{
	static const uint32_t more[] = { 0xA3, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0xD8, 0xF8, 0xC5, 0xE5, 0x394, 0x3A6, 0x393, 0x39B, 0x3A9,
		0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, 0xC6, 0xE6, 0xDF, 0xC9, 0xA4, 0xA1, 0xC4, 0xD6, 0xD1, 0xDC, 0xA7, 0xBF, 0xE4, 0xF6, 0xF1, 0xFC, 0xE0 };

	if (cp == '\n' || cp == '\r')
		return 1;
	if (cp >= ' ' && cp < 0x7F && !strchr("[]\\^{}|~`", (int)cp))
		return 1;
	if (cp == 0x20AC || (cp < 0x7F && cp > ' ' && strchr("[]\\^{}|~", (int)cp)))
		return 2;
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (cp == more[i])
			return 1;
	return 0;
}

struct sms_size sms_measure(const char *text, size_t len)
{
	struct sms_size z = { .gsm = true };
	int septets = 0, units = 0, one, many;

	for (size_t at = 0; at < len;) {
		uint32_t cp;
		int n;

		at += utf8_decode(text + at, len - at, &cp);
		n = gsm_places(cp);
		z.gsm = z.gsm && n > 0;
		septets += n;
		units += cp > 0xFFFF ? 2 : 1;
	}
	z.places = z.gsm ? septets : units;
	one = z.gsm ? GSM_ONE : UCS_ONE;
	many = z.gsm ? GSM_MANY : UCS_MANY;
	z.parts = z.places == 0 ? 0 : z.places <= one ? 1 : (z.places + many - 1) / many;
	return z;
}

/* --- filling ------------------------------------------------------------------------------------------------------ */

/* One clean line, of at most `most` characters. */
static void put_value(struct buf *out, const char *value, size_t most)
{
	struct buf line = { 0 };
	const char *s;
	size_t points, cut;

	clean_text(&line, value, strlen(value), CLEAN_LINE);
	points = utf8_count(buf_text(&line), line.len);
	if (points > most)
		buf_cut(&line, utf8_offset(buf_text(&line), line.len, most > 0 ? most - 1 : 0));
	for (s = buf_text(&line); *s; s += cut) {
		cut = strcspn(s, "\xE3"); /* the first byte of both marks */
		buf_add(out, s, cut);
		if (s[cut] == '\0')
			break;
		if (!strncmp(s + cut, OPEN, MARK) || !strncmp(s + cut, CLOSE, MARK)) {
			buf_putc(out, strncmp(s + cut, OPEN, MARK) ? ']' : '[');
			cut += MARK;
		} else {
			buf_putc(out, s[cut++]);
		}
	}
	if (points > most && most > 0)
		buf_puts(out, "…");
	buf_free(&line);
}

static const char *value_of(const json_t *fields, const char *name, size_t len)
{
	char key[64];
	const char *text;

	if (len >= sizeof key)
		return "";
	memcpy(key, name, len);
	key[len] = '\0';
	text = json_string_value(json_object_get(fields, key));
	return text ? text : "";
}

static void fill(struct buf *out, const char *template, const json_t *fields, size_t most)
{
	for (const char *s = template, *open, *close; *s; s = close + MARK) {
		open = strstr(s, OPEN);
		close = open ? strstr(open, CLOSE) : NULL;
		if (close == NULL) {
			buf_puts(out, s);
			return;
		}
		buf_add(out, s, (size_t)(open - s));
		put_value(out, value_of(fields, open + MARK, (size_t)(close - open) - MARK), most);
	}
}

static bool fits(const struct buf *out, size_t start, size_t len, int parts)
{
	return sms_measure(buf_text(out) + start, len).parts <= parts;
}

/* A template too long by itself is cut: to as many characters as fit. */
static void cut_to_fit(struct buf *out, size_t start, int parts)
{
	const char *text = buf_text(out) + start;
	size_t len = out->len - start, low = 0, high = utf8_count(text, len);

	while (low < high) {
		size_t mid = (low + high + 1) / 2;

		if (fits(out, start, utf8_offset(text, len, mid), parts))
			low = mid;
		else
			high = mid - 1;
	}
	buf_cut(out, start + utf8_offset(text, len, low));
}

void letter_write(struct buf *out, const char *template, const json_t *fields, int parts)
{
	size_t start = out->len, low = 0, high = VALUE_MAX;

	fill(out, template, fields, VALUE_MAX);
	if (parts <= 0 || out->failed || fits(out, start, out->len - start, parts))
		return;
	while (low < high) { /* the longest bound on every value that still fits */
		size_t mid = (low + high + 1) / 2;

		buf_cut(out, start);
		fill(out, template, fields, mid);
		if (fits(out, start, out->len - start, parts))
			low = mid;
		else
			high = mid - 1;
	}
	buf_cut(out, start);
	fill(out, template, fields, low);
	cut_to_fit(out, start, parts);
}
