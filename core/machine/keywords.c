#include "core/machine/keywords.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/said_person.h"
#include "core/machine/stop_words.h"

/* Grams of LONGEST to SHORTEST points that stand twice in the first HEAD points are words the text turns about. */
enum { HAN_FIRST = 0x4e00, HAN_LAST = 0x9fff, HITS = 256, HEAD = 640, SLOTS = 2048, LONGEST = 4, SHORTEST = 2, FOUND = 64, GIVEN = 2, WHOLE = 12 };

struct keywords {
	struct automaton *words, *stops;
	float *weight;   /* by number of the word */
	int n;
	uint8_t little[(HAN_LAST - HAN_FIRST) / 8 + 1]; /* characters that are part of no repeated word */
	uint8_t surname[(HAN_LAST - HAN_FIRST) / 8 + 1];
};

static const char little[] = "的了是在我你他她它们这那有和也就都而及与或被把对从到为以于请吗呢吧很太最又再还没不无上下里中前后左右个次年月日时点分号其之所让给向本"
    "该每各多少些什怎谁哪几已将要会能可想说去来做得着过等但因此天晚早市只";

/* On the duty list for its matching, but no words to read at a glance: halves of others, and how long something took. */
static const char *const halves[] = { "要跳", "半小时", "小时", "半天", "分钟", NULL };

/* Words that a listed one may be half of. */
static const char *const wholes[] = { "被困难", "被困扰", "贫困", "特困", "微信号", NULL };

static size_t
words_of(const struct duty_list *duty)
{
	size_t n = 0;

	for (size_t i = 0; i < duty_items(duty); i++)
		n += (size_t)duty_item_at(duty, i)->nkeywords + 1;
	return n;
}

/* Of one character, of the words every appeal uses, or half a word: no keyword, whoever put it on the list. */
static bool
carries(const char *word)
{
	if (utf8_count(word, strlen(word)) < SHORTEST)
		return false;
	for (const char *const *s = stop_words; *s; s++)
		if (strcmp(*s, word) == 0)
			return false;
	for (const char *const *s = halves; *s; s++)
		if (strcmp(*s, word) == 0)
			return false;
	return true;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words of the list in order, each once; how many items have it decides its weight. */
static bool
add_words(struct keywords *k, const char **word, size_t n, size_t items)
{
	qsort(word, n, sizeof *word, compare);
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && strcmp(word[next], word[i]) == 0; next++)
			;
		k->weight[k->n] = (float)(log((double)(items + 1) / (double)(next - i)) * sqrt((double)utf8_count(word[i], strlen(word[i]))));
		if (!automaton_add(k->words, word[i], strlen(word[i]), k->n++))
			return false;
	}
	return true;
}

static void
mark_little(struct keywords *k)
{
	for (uint32_t cp = HAN_FIRST; k && cp <= HAN_LAST; cp++)
		if (said_person_surname(cp))
			k->surname[(cp - HAN_FIRST) / 8] |= (uint8_t)(1 << (cp - HAN_FIRST) % 8);
	for (size_t at = 0; k && at < sizeof little - 1; ) {
		uint32_t cp;

		at += utf8_decode(little + at, sizeof little - 1 - at, &cp);
		k->little[(cp - HAN_FIRST) / 8] |= (uint8_t)(1 << (cp - HAN_FIRST) % 8);
	}
}

static bool
in_set(const uint8_t *set, uint32_t cp)
{
	return cp >= HAN_FIRST && cp <= HAN_LAST && (set[(cp - HAN_FIRST) / 8] >> (cp - HAN_FIRST) % 8 & 1);
}

struct keywords *
keywords_new(const struct duty_list *duty)
{
	size_t n = 0, most = words_of(duty), stops = 0;
	const char **word = calloc(most + 1, sizeof *word);
	struct keywords *k = calloc(1, sizeof *k);
	bool ok;

	while (stop_words[stops])
		stops++;
	ok = word && k && (k->words = automaton_new()) && (k->weight = calloc(most + 1, sizeof *k->weight)) &&
	    (k->stops = words_new(stop_words, stops, sizeof *stop_words));
	for (size_t i = 0; ok && i < duty_items(duty); i++) {
		const struct duty_item *item = duty_item_at(duty, i);

		for (int w = -1; w < item->nkeywords; w++)
			if (carries(w < 0 ? item->name : item->keywords[w]))
				word[n++] = w < 0 ? item->name : item->keywords[w];
	}
	mark_little(k);
	ok = ok && add_words(k, word, n, duty_items(duty)) && automaton_done(k->words);
	free(word);
	if (ok)
		return k;
	keywords_free(k);
	return NULL;
}

void
keywords_free(struct keywords *k)
{
	if (!k)
		return;
	automaton_free(k->words);
	automaton_free(k->stops);
	free(k->weight);
	free(k);
}

/* --- candidates ---------------------------------------------------------------------------------------------------- */

struct candidate { struct span at; float weight; };
struct candidates { struct candidate of[FOUND]; int n; };

static bool
overlaps(struct span a, struct span b)
{
	return a.start < b.end && b.start < a.end;
}

static bool
same_word(const struct points *p, struct span a, struct span b)
{
	return a.end - a.start == b.end - b.start && memcmp(p->point + a.start, p->point + b.start, (size_t)(a.end - a.start) * sizeof *p->point) == 0;
}

/* Keep the better of two that overlap, and the first of the same word. */
static void
offer(struct candidates *c, const struct points *p, struct span at, float weight)
{
	int into = c->n;

	for (int i = 0; i < c->n; i++) {
		if (same_word(p, c->of[i].at, at))
			return;
		if (overlaps(c->of[i].at, at)) {
			if (c->of[i].weight >= weight)
				return;
			into = i;
		}
	}
	if (into == FOUND)
		return;
	c->of[into] = (struct candidate){ at, weight };
	if (into == c->n)
		c->n++;
}

/* Half of a word or number: 119 in a longer number, le in sleep. Groups of digits with a blank or hyphen between are one number. */
static bool
is_whole(const struct points *p, struct span at)
{
	uint32_t first = points_at(p, at.start), last = points_at(p, at.end - 1), before = points_at(p, at.start - 1), behind = points_at(p, at.end);

	if (points_is_latin(first) && points_is_latin(before))
		return false;
	for (int i = at.start > 2 ? at.start - 2 : 0; i < at.end; i++) {
		int n = points_one_of(p, i, wholes);

		if (n > 0 && i + n > at.start && (i < at.start || i + n > at.end))
			return false;
	}
	if (points_is_latin(last) && points_is_latin(behind))
		return false;
	if (before == ' ' || before == '-')
		before = points_at(p, at.start - 2);
	if (behind == ' ' || behind == '-')
		behind = points_at(p, at.end + 1);
	return !(points_digit(first) >= 0 && points_digit(before) >= 0) && !(points_digit(last) >= 0 && points_digit(behind) >= 0);
}

static void
offer_listed(const struct keywords *k, const struct points *p, const struct span *avoid, int navoid, struct candidates *c)
{
	struct words_hit hit[HITS];
	int n = points_scan(p, k->words, hit, HITS);

	for (int i = 0; i < n; i++) {
		struct span at = { hit[i].start, hit[i].end };
		bool aside = !is_whole(p, at);

		for (int a = 0; a < navoid && !aside; a++)
			aside = overlaps(avoid[a], at);
		if (!aside)
			offer(c, p, at, k->weight[hit[i].id]);
	}
}

/* Points of words that stand in every text, and whatever is no Han character or may be a name, may be no part of a repeated word. */
static void
mark_plain(const struct keywords *k, const struct points *p, int n, bool *plain)
{
	struct words_hit hit[HITS];
	int hits = points_scan(p, k->stops, hit, HITS);

	/* A name that stands twice is personal: a surname and the two characters behind it are part of no keyword of the text's own. */
	for (int i = 0, named = 0; i < n; i++, named--) {
		named = in_set(k->surname, p->point[i]) ? GIVEN + 1 : named;
		plain[i] = points_is_han(p->point[i]) && named <= 0 && !in_set(k->little, p->point[i]);
	}
	for (int i = 0; i < hits; i++)
		for (int at = hit[i].start; at < hit[i].end && at < n; at++)
			plain[at] = false;
}

/* As far as both places go on alike: 住宅小区 and not 住宅小. */
static struct span
whole(const struct points *p, const bool *plain, int n, struct span first, struct span again)
{
	while (again.end < n && first.end < again.start && plain[first.end] && plain[again.end] && p->point[first.end] == p->point[again.end] &&
	    first.end - first.start < WHOLE)
		first.end++, again.end++;
	while (first.start > 0 && again.start > first.end && plain[first.start - 1] && plain[again.start - 1] &&
	    p->point[first.start - 1] == p->point[again.start - 1] && first.end - first.start < WHOLE)
		first.start--, again.start--;
	return first;
}

static void
offer_repeated(const struct keywords *k, const struct points *p, const struct span *avoid, int navoid, struct candidates *c)
{
	int n = p->n < HEAD ? p->n : HEAD;
	bool plain[HEAD];
	int16_t slot[SLOTS]; /* first place of a gram, + 1 */

	mark_plain(k, p, n, plain);
	for (int a = 0; a < navoid; a++)
		for (int at = avoid[a].start > 0 ? avoid[a].start : 0; at < avoid[a].end && at < n; at++) /* "touching" may begin before the text */
			plain[at] = false;
	for (int len = LONGEST; len >= SHORTEST; len--) {
		memset(slot, 0, sizeof slot);
		for (int i = 0, run = 0; i < n; i++) {
			uint32_t h = 2166136261u;
			int start = i + 1 - len;
			struct span at = { start, i + 1 }, first;

			run = plain[i] ? run + 1 : 0;
			if (run < len)
				continue;
			for (int j = start; j <= i; j++)
				h = (h ^ p->point[j]) * 16777619u;
			h = (h ^ h >> 15) % SLOTS;
			first = (struct span){ slot[h] - 1, slot[h] - 1 + len };
			if (slot[h] && first.end <= start && same_word(p, first, at))
				offer(c, p, whole(p, plain, n, first, at), 0.5f * (float)len);
			else if (!slot[h])
				slot[h] = (int16_t)(start + 1);
		}
	}
}

int
keywords_find(const struct keywords *k, const struct points *p, const struct span *avoid, int navoid, struct span *out, int max)
{
	struct candidates c = { .n = 0 };
	int n = 0;

	offer_listed(k, p, avoid, navoid, &c);
	if (c.n < max)
		offer_repeated(k, p, avoid, navoid, &c);
	while (n < max && n < c.n) {
		int best = n;

		for (int i = n + 1; i < c.n; i++)
			if (c.of[i].weight > c.of[best].weight)
				best = i;
		struct candidate it = c.of[best];
		memmove(c.of + n + 1, c.of + n, (size_t)(best - n) * sizeof c.of[0]);
		c.of[n] = it;
		out[n++] = it.at;
	}
	return n;
}
