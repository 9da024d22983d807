#include "core/machine/place.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/automaton.h"
#include "core/machine/place_names.h"

enum {
	CHAIN_MAX = 8,      /* city, district, street, community, landmark, and room for a region above */
	POINTS_MAX = 8192,  /* of a text that are read */
	MENTIONS_MAX = 256, /* of names in a text, before nested ones are dropped */
	EVIDENCE_MAX = 48,  /* different names taken into account */
	SCORED_MAX = 256    /* places weighed against each other */
};

enum level { LEVEL_CITY, LEVEL_DISTRICT, LEVEL_STREET, LEVEL_COMMUNITY, LEVEL_LANDMARK };
static const char *const level_names[] = { "city", "district", "street", "community", "landmark" };

struct entry {
	char *code, *name;
	enum level level;
	int parent;
	int chain[CHAIN_MAX]; /* itself, then upwards */
	int nchain;
	bool located;
	double lat, lng;
};

/* A spelling and the places that are spelt so. */
struct pattern {
	char *word;
	float weight;
	bool stem;  /* not a full name: counts less, and not before 路, 大道 … */
	bool latin; /* wants word boundaries */
	struct sense { int entry; float worth; } *sense; /* 新安 is a street before it is a community */
	int nsense;
};

struct gazetteer {
	const struct boundaries *bounds;
	struct entry *entries;
	size_t nentries;
	int *by_code;         /* indexes, sorted by code */
	struct pattern *patterns;
	size_t npatterns, cap_patterns;
	int *slot;            /* hash of word → pattern + 1, while building */
	size_t nslots;
	struct automaton *words;
};

/* --- building ---------------------------------------------------------------------------------------------------- */

static uint64_t
hash_text(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h ^ (h >> 29);
}

static bool
slots_grow(struct gazetteer *g)
{
	size_t n = g->nslots ? g->nslots * 2 : 1024;
	int *slot = calloc(n, sizeof *slot);

	if (!slot)
		return false;
	for (size_t i = 0; i < g->npatterns; i++) {
		size_t h = hash_text(g->patterns[i].word) & (n - 1);

		while (slot[h])
			h = (h + 1) & (n - 1);
		slot[h] = (int)i + 1;
	}
	free(g->slot);
	g->slot = slot;
	g->nslots = n;
	return true;
}

static struct pattern *
pattern_of(struct gazetteer *g, const char *word)
{
	struct pattern *p;
	size_t h;

	if (g->npatterns * 2 >= g->nslots && !slots_grow(g))
		return NULL;
	for (h = hash_text(word) & (g->nslots - 1); g->slot[h]; h = (h + 1) & (g->nslots - 1))
		if (strcmp(g->patterns[g->slot[h] - 1].word, word) == 0)
			return &g->patterns[g->slot[h] - 1];
	if (g->npatterns == g->cap_patterns) {
		size_t cap = g->cap_patterns ? g->cap_patterns * 2 : 512;

		p = realloc(g->patterns, cap * sizeof *p);
		if (!p)
			return NULL;
		g->patterns = p;
		g->cap_patterns = cap;
	}
	p = &g->patterns[g->npatterns];
	memset(p, 0, sizeof *p);
	if (!(p->word = strdup(word)))
		return NULL;
	p->latin = (unsigned char)word[0] < 128 && (unsigned char)word[strlen(word) - 1] < 128;
	g->slot[h] = (int)++g->npatterns;
	return p;
}

/* A spelling that is a full name somewhere is not a stem there; the stronger reading of a word wins as a whole. */
static bool
add_word(struct gazetteer *g, int entry, const char *word, float weight, bool stem)
{
	struct pattern *p;
	struct buf folded = { 0 };
	struct sense *more;
	bool ok = false;

	fold_text(&folded, word, strlen(word));
	if (folded.len == 0 || folded.failed || utf8_count(folded.data, folded.len) < 2) {
		buf_free(&folded);
		return true;
	}
	p = pattern_of(g, folded.data);
	buf_free(&folded);
	if (!p)
		return false;
	if (weight > p->weight) {
		if (p->nsense > 0 && p->stem && !stem)
			p->nsense = 0;
		p->weight = weight;
		p->stem = stem;
	} else if (stem && !p->stem)
		return true;
	for (int i = 0; i < p->nsense; i++)
		if (p->sense[i].entry == entry)
			return true;
	more = realloc(p->sense, (size_t)(p->nsense + 1) * sizeof *more);
	if (more) {
		p->sense = more;
		p->sense[p->nsense++] = (struct sense){ entry, weight };
		ok = true;
	}
	return ok;
}

static bool
add_with(struct gazetteer *g, int entry, const char *base, const char *suffix, float weight)
{
	char word[200];

	if (strlen(base) + strlen(suffix) >= sizeof word)
		return true;
	strcpy(word, base);
	strcat(word, suffix);
	return add_word(g, entry, word, weight, false);
}

static bool
add_spellings(struct gazetteer *g, int i)
{
	const struct entry *e = &g->entries[i];
	const struct place_form *form = &place_forms[e->level];
	char base[160];
	size_t points;
	bool ok = add_word(g, i, e->name, 1.0f, false);

	place_base(form, e->name, base, sizeof base);
	points = utf8_count(base, strlen(base));
	if (points < 2)
		return ok;
	for (int k = 0; ok && form->spoken[k]; k++)
		ok = add_with(g, i, base, form->spoken[k], 0.95f);
	if (ok && form->stem > 0 && !place_is_common(base))
		ok = add_word(g, i, base, points > 2 ? form->stem : form->short_stem, true);
	return ok;
}

static int
by_code(const void *a, const void *b, void *ctx)
{
	const struct entry *entries = ctx;

	return strcmp(entries[*(const int *)a].code, entries[*(const int *)b].code);
}

static int
find_code(const struct gazetteer *g, const char *code)
{
	size_t lo = 0, hi = g->nentries;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(g->entries[g->by_code[mid]].code, code);

		if (c == 0)
			return g->by_code[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

static bool
copy_entries(struct gazetteer *g, const struct place_entry *in)
{
	for (size_t i = 0; i < g->nentries; i++) {
		struct entry *e = &g->entries[i];

		e->parent = -1;
		e->level = LEVEL_LANDMARK;
		for (size_t k = 0; k < sizeof level_names / sizeof *level_names; k++)
			if (in[i].level && strcmp(in[i].level, level_names[k]) == 0)
				e->level = (enum level)k;
		e->located = in[i].located;
		e->lat = in[i].lat;
		e->lng = in[i].lng;
		e->code = strdup(in[i].code);
		e->name = strdup(in[i].name);
		if (!e->code || !e->name)
			return false;
		g->by_code[i] = (int)i;
	}
	qsort_r(g->by_code, g->nentries, sizeof *g->by_code, by_code, g->entries);
	for (size_t i = 0; i < g->nentries; i++)
		if (in[i].parent && in[i].parent[0])
			g->entries[i].parent = find_code(g, in[i].parent);
	/* A loop of parents in a bad file ends at the length of a chain. */
	for (size_t i = 0; i < g->nentries; i++)
		for (int at = (int)i; at >= 0 && g->entries[i].nchain < CHAIN_MAX; at = g->entries[at].parent)
			g->entries[i].chain[g->entries[i].nchain++] = at;
	return true;
}

struct gazetteer *
gazetteer_new(const struct place_entry *entries, size_t n)
{
	struct gazetteer *g = calloc(1, sizeof *g);
	bool ok;

	if (!g)
		return NULL;
	g->nentries = n;
	g->entries = calloc(n + 1, sizeof *g->entries);
	g->by_code = calloc(n + 1, sizeof *g->by_code);
	g->words = automaton_new();
	ok = g->entries && g->by_code && g->words && copy_entries(g, entries);
	for (size_t i = 0; ok && i < n; i++) {
		ok = add_spellings(g, (int)i);
		for (int k = 0; ok && k < entries[i].naliases; k++)
			ok = add_word(g, (int)i, entries[i].aliases[k], 0.98f, false);
	}
	for (size_t i = 0; ok && i < g->npatterns; i++)
		ok = automaton_add(g->words, g->patterns[i].word, strlen(g->patterns[i].word), (int)i);
	if (!ok || !automaton_done(g->words)) {
		gazetteer_free(g);
		return NULL;
	}
	free(g->slot);
	g->slot = NULL;
	return g;
}

void
gazetteer_bound(struct gazetteer *g, const struct boundaries *b)
{
	g->bounds = b;
}

size_t
gazetteer_bytes(const struct gazetteer *g)
{
	return sizeof *g + g->nentries * (sizeof *g->entries + sizeof *g->by_code) + g->cap_patterns * sizeof *g->patterns;
}

void
gazetteer_free(struct gazetteer *g)
{
	if (!g)
		return;
	for (size_t i = 0; g->entries && i < g->nentries; i++) {
		free(g->entries[i].code);
		free(g->entries[i].name);
	}
	for (size_t i = 0; i < g->npatterns; i++) {
		free(g->patterns[i].word);
		free(g->patterns[i].sense);
	}
	free(g->patterns);
	free(g->entries);
	free(g->by_code);
	free(g->slot);
	automaton_free(g->words);
	free(g);
}

/* --- finding ----------------------------------------------------------------------------------------------------- */

struct mention { int start, end, pattern; };

/* What one name says: where it stands first, and how much that counts. */
struct evidence { int pattern, start, end; float factor; bool in_address; };

struct hunt {
	const struct gazetteer *g;
	struct evidence found[EVIDENCE_MAX];
	int nfound;
	int place[SCORED_MAX]; /* places named */
	float score[SCORED_MAX];
	int nplaces;
};

static bool
is_word(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
}

/* Every name in the text. A bare stem before a word such as 路 or 医院 names something else; a Latin name needs its
 * boundaries. `held` waits for the code points after it: two are enough. */
static int
mentions(const struct gazetteer *g, const char *text, size_t len, struct mention *out)
{
	uint32_t point[POINTS_MAX + 2];
	size_t at = 0;
	int n = 0, count = 0, state = 0;

	while (at < len && n < POINTS_MAX) {
		uint32_t cp;

		at += utf8_decode(text + at, len - at, &cp);
		point[n++] = fold_point(cp);
	}
	point[n] = point[n + 1] = 0;
	for (int i = 0; i < n && count < MENTIONS_MAX; i++) {
		struct automaton_hit hit;
		int walk = -1;

		state = automaton_step(g->words, state, point[i]);
		while (state != 0 && count < MENTIONS_MAX && automaton_hits(g->words, state, &walk, &hit)) {
			const struct pattern *p = &g->patterns[hit.id];
			int start = i + 1 - hit.points;

			if (p->latin && ((start > 0 && is_word(point[start - 1])) || is_word(point[i + 1])))
				continue;
			if (p->stem && place_is_tail(point[i + 1], point[i + 2]))
				continue;
			out[count++] = (struct mention){ start, i + 1, hit.id };
			break; /* the longest that may stand here; shorter ones are nested in it */
		}
	}
	return count;
}

static int
by_position(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

static void
collect(struct hunt *h, const char *text, size_t len, float factor, bool in_address)
{
	struct mention m[MENTIONS_MAX];
	int n = mentions(h->g, text, len, m), end = -1;

	qsort(m, (size_t)n, sizeof *m, by_position);
	for (int i = 0; i < n; i++) {
		int k = 0;

		if (m[i].end <= end)
			continue; /* nested in a longer name */
		end = m[i].end;
		while (k < h->nfound && h->found[k].pattern != m[i].pattern)
			k++;
		if (k < h->nfound) {
			if (h->found[k].factor < 2.0f)
				h->found[k].factor += 0.1f;
			continue;
		}
		if (k == EVIDENCE_MAX)
			continue;
		h->found[h->nfound++] = (struct evidence){ m[i].pattern, m[i].start, m[i].end, factor, in_address };
	}
}

static bool
in_chain(const struct entry *e, int place)
{
	for (int i = 0; i < e->nchain; i++)
		if (e->chain[i] == place)
			return true;
	return false;
}

/* What a name says of a place: its worth when it names the place or one above it, 0 when it names only places inside
 * it, and against it when it names others. */
static float
speaks(const struct gazetteer *g, const struct pattern *p, int place)
{
	float best = 0;
	bool inside = false;

	for (int i = 0; i < p->nsense; i++) {
		if (in_chain(&g->entries[place], p->sense[i].entry) && p->sense[i].worth > best)
			best = p->sense[i].worth;
		inside |= in_chain(&g->entries[p->sense[i].entry], place);
	}
	return best > 0 || inside ? best : p->weight * (p->stem ? -0.25f : -0.5f);
}

static void
weigh(struct hunt *h, int hint)
{
	for (int i = 0; i < h->nfound; i++) {
		const struct pattern *p = &h->g->patterns[h->found[i].pattern];

		for (int k = 0; k < p->nsense && h->nplaces < SCORED_MAX; k++) {
			int j = 0;

			while (j < h->nplaces && h->place[j] != p->sense[k].entry)
				j++;
			if (j == h->nplaces)
				h->place[h->nplaces++] = p->sense[k].entry;
		}
	}
	for (int j = 0; j < h->nplaces; j++) {
		float score = 0;

		for (int i = 0; i < h->nfound; i++)
			score += h->found[i].factor * speaks(h->g, &h->g->patterns[h->found[i].pattern], h->place[j]);
		if (hint >= 0 && in_chain(&h->g->entries[h->place[j]], hint))
			score += 0.2f;
		h->score[j] = score;
	}
}

/* Best first; of equals the wider place, because nothing spoke for more. */
static void
order(struct hunt *h)
{
	for (int i = 1; i < h->nplaces; i++) {
		int place = h->place[i], j = i;
		float score = h->score[i];

		while (j > 0 && (h->score[j - 1] < score - 1e-4f || (h->score[j - 1] < score + 1e-4f &&
		    h->g->entries[h->place[j - 1]].level > h->g->entries[place].level))) {
			h->place[j] = h->place[j - 1];
			h->score[j] = h->score[j - 1];
			j--;
		}
		h->place[j] = place;
		h->score[j] = score;
	}
}

static int
common_ancestor(const struct gazetteer *g, int a, int b)
{
	for (int i = 0; i < g->entries[a].nchain; i++)
		if (in_chain(&g->entries[b], g->entries[a].chain[i]))
			return g->entries[a].chain[i];
	return -1;
}

/* The span of the names that decided: the narrowest one, and those that stand right before it (宝安区航城街道). */
static void
span(const struct hunt *h, int place, struct place_match *out)
{
	int own = -1, depth = CHAIN_MAX;

	for (int i = 0; i < h->nfound; i++) {
		const struct pattern *p = &h->g->patterns[h->found[i].pattern];

		for (int k = 0; k < p->nsense; k++)
			for (int c = 0; c < h->g->entries[place].nchain && c < depth; c++)
				if (h->g->entries[place].chain[c] == p->sense[k].entry) {
					own = i;
					depth = c;
				}
	}
	if (own < 0)
		own = 0; /* a common ancestor that is not named itself: the first name stands for it */
	out->start = h->found[own].start;
	out->end = h->found[own].end;
	out->in_address = h->found[own].in_address;
	for (int again = 1; again; ) {
		again = 0;
		for (int i = 0; i < h->nfound; i++)
			if (h->found[i].in_address == out->in_address && h->found[i].end == out->start &&
			    speaks(h->g, &h->g->patterns[h->found[i].pattern], place) > 0) {
				out->start = h->found[i].start;
				again = 1;
			}
	}
}

static void
decide(struct hunt *h, struct place_match *out)
{
	enum { ENOUGH = 40 }; /* hundredths: a lone stem of a community is not enough, a street's is */
	const struct gazetteer *g = h->g;
	int best, top[PLACE_CANDIDATES], ntop = 0;

	if (h->nplaces == 0 || h->score[0] * 100 < ENOUGH)
		return;
	best = h->place[0];
	for (int i = 0; i < h->nplaces && h->score[i] > h->score[0] - 0.05f; i++) {
		/* a place inside the best with no word of its own is no rival */
		if (i > 0 && in_chain(&g->entries[h->place[i]], h->place[0]))
			continue;
		if (ntop < PLACE_CANDIDATES)
			top[ntop++] = h->place[i];
		if (i > 0)
			best = best < 0 ? best : common_ancestor(g, best, h->place[i]);
	}
	if (ntop > 1) {
		out->ambiguous = true;
		out->candidates = ntop;
		for (int i = 0; i < ntop; i++)
			out->candidate[i] = g->entries[top[i]].code;
	}
	span(h, best >= 0 ? best : top[0], out);
	if (best >= 0) {
		out->code = g->entries[best].code;
		out->name = g->entries[best].name;
		out->level = level_names[g->entries[best].level];
	}
}

static void
finish(const struct gazetteer *g, struct place_match *out)
{
	int i = out->code ? find_code(g, out->code) : -1;

	for (int k = 0; i >= 0 && k < g->entries[i].nchain; k++) {
		const struct entry *e = &g->entries[g->entries[i].chain[k]];

		if (!out->chain[e->level])
			out->chain[e->level] = e->code;
	}
	if (i >= 0)
		out->in = out->in_address ? PLACE_IN_ADDRESS : PLACE_IN_TEXT;
	for (int k = 0; k < out->candidates; k++) {
		out->candidate_score[k] = 1;
		out->candidate_in[k] = out->in_address ? PLACE_IN_ADDRESS : PLACE_IN_TEXT;
	}
}

void
place_seek(const struct gazetteer *g, const struct place_query *q, struct place_match *out)
{
	struct hunt h = { .g = g };

	memset(out, 0, sizeof *out);
	out->start = out->end = -1;
	if (!g || g->nentries == 0)
		return;
	if (q->address && q->address[0])
		collect(&h, q->address, strlen(q->address), 1.5f, true);
	if (q->text)
		collect(&h, q->text, q->text_len, 1.0f, false);
	if (h.nfound == 0)
		return;
	weigh(&h, q->hint && q->hint[0] ? find_code(g, q->hint) : -1);
	order(&h);
	decide(&h, out);
	finish(g, out);
}

void
place_find(const struct gazetteer *g, const char *address, const char *text, size_t text_len, const char *hint,
    struct place_match *out)
{
	place_seek(g, &(struct place_query){ .address = address, .text = text, .text_len = text_len, .hint = hint }, out);
}

const char *
place_in_name(enum place_in in)
{
	static const char *const names[] = { "", "text", "address", "coordinates", "channel" };

	return names[in];
}

bool
place_where(const struct gazetteer *g, const char *code, double *lat, double *lng)
{
	int i = code && code[0] ? find_code(g, code) : -1;

	if (i < 0 || !g->entries[i].located)
		return false;
	*lat = g->entries[i].lat;
	*lng = g->entries[i].lng;
	return true;
}

int
place_ancestors(const struct gazetteer *g, const char *code, const char **out, int max)
{
	int i = code && code[0] ? find_code(g, code) : -1, n = 0;

	if (i < 0)
		return 0;
	while (n < g->entries[i].nchain && n < max) {
		out[n] = g->entries[g->entries[i].chain[n]].code;
		n++;
	}
	return n;
}

const char *
place_name(const struct gazetteer *g, const char *code)
{
	int i = code && code[0] ? find_code(g, code) : -1;

	return i < 0 ? NULL : g->entries[i].name;
}

const char *
place_level(const struct gazetteer *g, const char *code)
{
	int i = code && code[0] ? find_code(g, code) : -1;

	return i < 0 ? NULL : level_names[g->entries[i].level];
}
