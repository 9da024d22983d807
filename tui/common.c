#include "tui/common.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/grams.h"
#include "core/machine/stop_words.h"

/* One text, folded: what is not a letter, a digit or a Chinese character is 0. */
struct points { uint32_t cp[COMMON_POINTS]; int n; };

static void read_points(const char *s, struct points *p)
{
	size_t len = strlen(s);

	p->n = 0;
	while (len > 0 && p->n < COMMON_POINTS) {
		uint32_t cp;
		size_t n = utf8_decode(s, len, &cp);

		cp = fold_point(cp);
		p->cp[p->n++] = grams_is_text(cp) ? cp : 0;
		s += n;
		len -= n;
	}
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Two characters that only hold words together say nothing of the matter. */
static bool is_particle(uint32_t cp)
{
	static const uint32_t particles[] = { 0x7684, 0x4E86, 0x662F, 0x5728, 0x6709, 0x548C, 0x6211, 0x4F60, 0x4ED6, 0x4E0D, 0x8FD9, 0x90A3,
		0x6765, 0x53BB, 0x5230, 0x4E2A, 0x4E5F, 0x5C31, 0x90FD, 0x8BE5, 0x4E00, 0x4E0E, 0x5BF9, 0x4E3A, 0x65F6, 0x88AB, 0x628A };

	for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++)
		if (particles[i] == cp)
			return true;
	return false;
}

static bool is_latin(uint32_t cp)
{
	return cp > ' ' && cp < 0x2E80;
}

/* Two Chinese characters side by side; 0 = none. Latin words and numbers count whole or not at all: half a telephone number is nothing in
 * common. */
static uint64_t pair_at(const struct points *p, int i)
{
	return p->cp[i] && p->cp[i + 1] && !is_latin(p->cp[i]) && !is_latin(p->cp[i + 1]) ? (uint64_t)p->cp[i] << 32 | p->cp[i + 1] : 0;
}

/* The Latin word or number that begins at i, as a hash above every pair; 0 = none begins there, or it is one letter. *end gets where it ends. */
static uint64_t word_at(const struct points *p, int i, int *end)
{
	uint64_t h = UINT64_C(1469598103934665603);

	if (!is_latin(p->cp[i]) || (i > 0 && is_latin(p->cp[i - 1])))
		return 0;
	for (*end = i; *end < p->n && is_latin(p->cp[*end]); ++*end)
		h = (h ^ p->cp[*end]) * UINT64_C(1099511628211);
	return *end - i > 1 ? h | UINT64_C(1) << 63 : 0;
}

/* Bytes of the formula that the text begins with, 0 = none; the longest. */
static size_t formula(const char *s, size_t len)
{
	size_t best = 0;

	for (int i = 0; stop_words[i]; i++) {
		size_t n = strlen(stop_words[i]);

		if (n > best && n <= len && memcmp(s, stop_words[i], n) == 0)
			best = n;
	}
	return best;
}

static bool is_formula(const char *s, size_t len)
{
	while (len > 0) {
		size_t n = formula(s, len);

		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

static int spans(const char *text, const bool *on, int n, struct wrap_mark *out)
{
	int found = 0, from = 0;
	size_t at = 0, len = strlen(text);

	for (int i = 0; i < n && found < COMMON_MAX; i = from) {
		size_t bytes;
		int to;

		for (from = i + 1; from < n && on[from] == on[i]; from++)
			;
		to = from;
		bytes = utf8_offset(text + at, len - at, (size_t)(to - i));
		if (on[i] && !is_formula(text + at, bytes))
			out[found++] = (struct wrap_mark){ i, to };
		at += bytes;
	}
	return found;
}

static int sort_keys(const struct points *p, uint64_t *key)
{
	int n = 0, end;

	for (int i = 0; i < p->n; i++) {
		uint64_t pair = i + 1 < p->n ? pair_at(p, i) : 0, word = word_at(p, i, &end);

		if (pair || word)
			key[n++] = pair ? pair : word;
	}
	qsort(key, (size_t)n, sizeof *key, by_value);
	return n;
}

static bool has(const uint64_t *key, int n, uint64_t one)
{
	return one && bsearch(&one, key, (size_t)n, sizeof *key, by_value);
}

static void mark(const struct points *p, const uint64_t *key, int n, bool *on)
{
	int end;

	for (int i = 0; i < p->n; i++) {
		if (i + 1 < p->n && !is_particle(p->cp[i]) && !is_particle(p->cp[i + 1]) && has(key, n, pair_at(p, i)))
			on[i] = on[i + 1] = true;
		if (has(key, n, word_at(p, i, &end)))
			memset(on + i, true, (size_t)(end - i));
	}
	/* A particle that stands between the same two characters in both texts belongs to the word: 社区和平路. */
	for (int i = 1; i + 1 < p->n; i++)
		if (!on[i] && on[i - 1] && on[i + 1] && has(key, n, pair_at(p, i - 1)) && has(key, n, pair_at(p, i)))
			on[i] = true;
}

int common_words(const char *text, const char *other, struct wrap_mark out[COMMON_MAX])
{
	struct { struct points a, b; uint64_t key[COMMON_POINTS]; bool on[COMMON_POINTS]; } *w = calloc(1, sizeof *w);
	int found;

	if (!w)
		return 0;
	read_points(text, &w->a);
	read_points(other, &w->b);
	mark(&w->a, w->key, sort_keys(&w->b, w->key), w->on);
	found = spans(text, w->on, w->a.n, out);
	free(w);
	return found;
}
