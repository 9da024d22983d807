#include "core/machine/points.h"

#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

void
points_read(struct points *p, const char *text, size_t len)
{
	uint32_t cp;

	p->n = 0;
	for (size_t at = 0; at < len && p->n < POINTS_MAX; ) {
		at += utf8_decode(text + at, len - at, &cp);
		p->point[p->n++] = fold_point(cp);
	}
}

uint32_t
points_at(const struct points *p, int i)
{
	return i >= 0 && i < p->n ? p->point[i] : 0;
}

bool
points_is_han(uint32_t cp)
{
	return (cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0x3400 && cp <= 0x4dbf) || (cp >= 0x20000 && cp <= 0x3ffff);
}

bool
points_is_latin(uint32_t cp)
{
	return cp >= 'a' && cp <= 'z';
}

bool
points_is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

bool
points_is_stop(uint32_t cp)
{
	switch (cp) {
	case 0: case '\n': case ',': case '.': case ';': case '!': case '?': case 0x3002: case 0x3001: case 0x2026:
		return true;
	default:
		return false;
	}
}

int
points_digit(uint32_t cp)
{
	static const uint32_t han[] = { 0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d }; /* 零 to 九 */

	if (points_is_digit(cp))
		return (int)(cp - '0');
	for (int i = 0; i < 10; i++)
		if (cp == han[i])
			return i;
	return cp == 0x3007 ? 0 : cp == 0x4e24 ? 2 : -1; /* 〇 两 */
}

static int
arabic(const struct points *p, int at, int *value)
{
	int i = at;

	*value = 0;
	for (; points_is_digit(points_at(p, i)); i++)
		if (i - at < 4)
			*value = *value * 10 + (int)(p->point[i] - '0');
	return i - at <= 4 && !points_is_digit(points_at(p, at - 1)) ? i - at : 0;
}

int
points_number(const struct points *p, int at, int *value)
{
	int i = at, total = 0, last = -1, plain = 0;
	bool unit = false;

	if (points_is_digit(points_at(p, at)))
		return arabic(p, at, value);
	for (; i - at < 9; i++) {
		uint32_t cp = points_at(p, i);
		int d = points_is_digit(cp) ? -1 : points_digit(cp), of = cp == 0x5341 ? 10 : cp == 0x767e ? 100 : cp == 0x5343 ? 1000 : 0; /* 十百千 */

		if (d >= 0) {
			plain = plain * 10 + d;
			last = d;
		} else if (of && (last > 0 || (i == at && of == 10) || (unit && of == 10))) {
			total += (last > 0 ? last : 1) * of;
			unit = true;
			last = plain = 0;
		} else {
			break;
		}
	}
	if (i == at || i - at > 8)
		return 0;
	*value = unit ? total + (last > 0 ? last : 0) : plain;
	return *value < 10000 && (unit || i - at <= 4) ? i - at : 0;
}

/* The bytes of a point, and how many. */
static size_t
bytes_of(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return cp != 0;
	}
	return utf8_encode(cp, out);
}

int
points_word(const struct points *p, int at, const char *word)
{
	char bytes[4];
	int n = 0;

	for (; *word; n++) {
		size_t len = at + n < p->n && at + n >= 0 ? bytes_of(p->point[at + n], bytes) : 0;

		if (len == 0 || strncmp(word, bytes, len) != 0)
			return 0;
		word += len;
	}
	return n;
}

/* Most words fail at their first point, so its bytes are made once for all of them. */
int
points_one_of(const struct points *p, int at, const char *const *words)
{
	char bytes[4] = { 0 };
	size_t len = at < p->n && at >= 0 ? bytes_of(p->point[at], bytes) : 0;
	int n = 0;

	for (; len > 0 && *words && n == 0; words++)
		if (**words == *bytes && (len == 1 || ((*words)[1] == bytes[1] && (len == 2 || (*words)[2] == bytes[2]))))
			n = points_word(p, at, *words);
	return n;
}

int
points_one_before(const struct points *p, int at, const char *const *words)
{
	for (; *words; words++) {
		int n = (int)utf8_count(*words, strlen(*words));

		if (n <= at && points_word(p, at - n, *words) == n)
			return n;
	}
	return 0;
}

int
points_scan(const struct points *p, const struct automaton *words, struct words_hit *out, int max)
{
	int n = 0, state = 0;

	for (int i = 0; i < p->n; i++) {
		struct automaton_hit hit;
		int walk = -1;

		state = automaton_step(words, state, p->point[i]);
		while (state != 0 && n < max && automaton_hits(words, state, &walk, &hit))
			out[n++] = (struct words_hit){ i + 1 - hit.points, i + 1, hit.id };
		if (n == max)
			break;
	}
	return n;
}

struct automaton *
words_new(const char *const *first, size_t n, size_t stride)
{
	struct automaton *a = automaton_new();
	const char *at = (const char *)first;
	bool ok = a != NULL;

	for (size_t i = 0; ok && i < n; i++, at += stride) {
		const char *word = *(const char *const *)(const void *)at;

		ok = automaton_add(a, word, strlen(word), (int)i);
	}
	if (ok && automaton_done(a))
		return a;
	automaton_free(a);
	return NULL;
}
