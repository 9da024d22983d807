#include "core/machine/place_inside.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"

const char *const place_level_names[PLACE_LEVELS] = { "city", "district", "street", "community", "landmark" };

/* --- spellings ------------------------------------------------------------------------------------------------------ */

static struct pattern *
pattern_of(struct gazetteer *g, const char *word)
{
	uintptr_t known = (uintptr_t)strmap_get(&g->slots, word);
	struct pattern *p;

	if (known)
		return &g->patterns[known - 1];
	if (g->npatterns == g->cap_patterns) {
		int cap = g->cap_patterns ? g->cap_patterns * 2 : 512;

		p = realloc(g->patterns, (size_t)cap * sizeof *p);
		if (!p)
			return NULL;
		g->patterns = p;
		g->cap_patterns = cap;
	}
	p = &g->patterns[g->npatterns];
	*p = (struct pattern){ .word = arena_strdup(&g->arena, word) };
	if (!p->word || !strmap_add(&g->slots, p->word, (void *)(uintptr_t)(g->npatterns + 1)))
		return NULL;
	p->latin = (unsigned char)word[0] < 128 && (unsigned char)word[strlen(word) - 1] < 128;
	p->generic = place_is_generic(word);
	g->npatterns++;
	return p;
}

static bool
add_sense(struct gazetteer *g, struct pattern *p, struct sense s)
{
	for (int i = 0; i < p->nsense; i++)
		if (p->sense[i].entry == s.entry) {
			if (s.how > p->sense[i].how)
				p->sense[i].how = s.how;
			return true;
		}
	if (p->nsense == p->cap) {
		int cap = p->cap ? p->cap * 2 : 1;
		struct sense *more = arena_alloc(&g->arena, (size_t)cap * sizeof *more);

		if (!more)
			return false;
		if (p->nsense)
			memcpy(more, p->sense, (size_t)p->nsense * sizeof *more);
		p->sense = more;
		p->cap = cap;
	}
	p->sense[p->nsense++] = s;
	return true;
}

static bool
add_word(struct gazetteer *g, int entry, const char *word, size_t len, enum spelling how)
{
	struct pattern *p;
	struct buf folded = { 0 };

	fold_text(&folded, word, len);
	if (folded.failed || utf8_count(buf_text(&folded), folded.len) < 2) {
		bool ok = !folded.failed;

		buf_free(&folded);
		return ok;
	}
	if (place_is_common(buf_text(&folded)))
		how = SPELT_COMMON;
	p = pattern_of(g, buf_text(&folded));
	buf_free(&folded);
	if (!p)
		return false;
	if (p->nsense == 0 || how > p->best)
		p->best = how;
	return add_sense(g, p, (struct sense){ entry, how });
}

static bool
add_with(struct gazetteer *g, int entry, const char *base, size_t len, const char *suffix)
{
	char word[240];
	size_t n = strlen(suffix);

	if (len + n >= sizeof word)
		return true;
	memcpy(word, base, len);
	memcpy(word + len, suffix, n);
	/* A station is called after a place; it is not the place, so that an ordinary word or a wider place of the name goes before. */
	return add_word(g, entry, word, len + n, strcmp(suffix, "地铁站") == 0 && g->entries[entry].level != LEVEL_LANDMARK ? SPELT_STEM : SPELT_SPOKEN);
}

/* 友谊小区, 和平村: with an ordinary word these are as likely an estate, or a village elsewhere. */
static bool
is_loose(const char *suffix)
{
	static const char *const loose[] = { "小区", "村", "社", "街" };

	for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
		if (strcmp(suffix, loose[i]) == 0)
			return true;
	return false;
}

static bool
add_base(struct gazetteer *g, int i, const struct place_form *form, const char *base, size_t len)
{
	bool ok = true, is_common;
	char word[240];

	if (utf8_count(base, len) < 2 || len >= sizeof word)
		return true;
	memcpy(word, base, len);
	word[len] = '\0';
	is_common = place_is_common(word);
	for (int k = 0; ok && form->spoken[k]; k++)
		if (!is_common || !is_loose(form->spoken[k]))
			ok = add_with(g, i, base, len, form->spoken[k]);
	return ok && (!form->stem || add_word(g, i, base, len, SPELT_STEM));
}

static bool
add_spellings(struct gazetteer *g, int i)
{
	const struct entry *e = &g->entries[i];
	const struct place_form *form = place_form(e->level, e->name);
	size_t len = place_base(form, e->name);
	const char *inner = place_inner(e->name, len);
	bool ok = add_word(g, i, e->name, strlen(e->name), SPELT_EXACT);

	if (e->level == LEVEL_LANDMARK && len == strlen(e->name))
		return ok; /* a landmark that has no ending to vary */
	ok = ok && add_base(g, i, form, e->name, len);
	if (ok && e->level == LEVEL_COMMUNITY && len > strlen("村") * 3 && memcmp(e->name + len - strlen("村"), "村", strlen("村")) == 0)
		ok = add_word(g, i, e->name, len - strlen("村"), SPELT_STEM); /* 南岭村社区 is called 南岭 */
	if (ok && inner) { /* 杨美社区嘉丽园: one of several in 杨美, called 嘉丽园 */
		size_t outer = (size_t)(inner - e->name); /* with its 社区 */

		ok = add_base(g, i, form, inner, len - outer) && add_word(g, i, e->name, outer, SPELT_STEM) &&
		    add_word(g, i, e->name, outer - strlen("社区"), SPELT_STEM);
	}
	return ok;
}

/* --- the words around ------------------------------------------------------------------------------------------------ */

/* The first two and the first four digits of the national codes that are ours, as bits. */
struct around { struct gazetteer *g; uint8_t province[100 / 8 + 1], city[10000 / 8 + 1]; };

static void
note_codes(struct around *a)
{
	for (int i = 0; i < a->g->nentries; i++) {
		const char *code = a->g->entries[i].code;
		size_t digits = strspn(code, "0123456789");
		int city = 0;

		if (digits < 6 || code[digits])
			continue;
		for (int k = 0; k < 4; k++)
			city = city * 10 + code[k] - '0';
		a->city[city / 8] |= (uint8_t)(1 << city % 8);
		a->province[city / 100 / 8] |= (uint8_t)(1 << city / 100 % 8);
	}
}

static bool
owns(const struct around *a, const char *prefix)
{
	int n = atoi(prefix);

	return strlen(prefix) == 2 ? a->province[n / 8] >> n % 8 & 1 : a->city[n / 8] >> n % 8 & 1;
}

static bool
add_around(void *ctx, const struct place_word *w)
{
	const struct around *a = ctx;
	struct gazetteer *g = a->g;
	char text[64];

	if (w->len + 4 > sizeof text)
		return true;
	memcpy(text, w->text, w->len);
	strcpy(text + w->len, w->narrow ? "市" : "");
	if (w->kind == WORD_OUTSIDE && (owns(a, w->prefix) || strmap_get(&g->slots, text)))
		return true; /* ours, or called like a place of ours */
	if (g->nkinds == g->cap_kinds) {
		int cap = g->cap_kinds ? g->cap_kinds * 2 : 1024;
		uint8_t *kinds = realloc(g->kinds, (size_t)cap);

		if (!kinds)
			return false;
		g->kinds = kinds;
		g->cap_kinds = cap;
	}
	g->kinds[g->nkinds] = (uint8_t)w->kind;
	return automaton_add(g->words, text, strlen(text), g->npatterns + g->nkinds++);
}

/* --- places ------------------------------------------------------------------------------------------------------------ */

static int
by_code(const void *a, const void *b, void *ctx)
{
	const struct entry *entries = ctx;

	return strcmp(entries[*(const int *)a].code, entries[*(const int *)b].code);
}

int
place_index(const struct gazetteer *g, const char *code)
{
	int lo = 0, hi = g->nentries;

	while (lo < hi) {
		int mid = (lo + hi) / 2;
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
	for (int i = 0; i < g->nentries; i++) {
		struct entry *e = &g->entries[i];

		e->parent = -1;
		e->level = LEVEL_LANDMARK;
		for (int k = 0; k < PLACE_LEVELS; k++)
			if (in[i].level && strcmp(in[i].level, place_level_names[k]) == 0)
				e->level = (enum level)k;
		e->located = in[i].located;
		e->lat = in[i].lat;
		e->lng = in[i].lng;
		e->code = arena_strdup(&g->arena, in[i].code);
		e->name = arena_strdup(&g->arena, in[i].name);
		if (!e->code || !e->name)
			return false;
		g->by_code[i] = i;
	}
	qsort_r(g->by_code, (size_t)g->nentries, sizeof *g->by_code, by_code, g->entries);
	for (int i = 0; i < g->nentries; i++)
		if (in[i].parent && in[i].parent[0])
			g->entries[i].parent = place_index(g, in[i].parent);
	/* A loop of parents in a bad file ends at the length of a chain. */
	for (int i = 0; i < g->nentries; i++)
		for (int at = i; at >= 0 && g->entries[i].nchain < CHAIN_MAX; at = g->entries[at].parent)
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
	g->nentries = (int)n;
	g->entries = calloc(n + 1, sizeof *g->entries);
	g->by_code = calloc(n + 1, sizeof *g->by_code);
	g->words = automaton_new();
	ok = g->entries && g->by_code && g->words && copy_entries(g, entries);
	for (int i = 0; ok && i < g->nentries; i++) {
		ok = add_spellings(g, i);
		for (int k = 0; ok && k < entries[i].naliases; k++)
			ok = add_word(g, i, entries[i].aliases[k], strlen(entries[i].aliases[k]), SPELT_EXACT);
	}
	for (int i = 0; ok && i < g->npatterns; i++)
		ok = automaton_add(g->words, g->patterns[i].word, strlen(g->patterns[i].word), i);
	struct around around = { .g = g };
	note_codes(&around);
	ok = ok && place_words(add_around, &around);
	if (!ok || !automaton_done(g->words) || !(g->slips = place_slips_new(g)) || !place_grid_make(g)) {
		gazetteer_free(g);
		return NULL;
	}
	strmap_free(&g->slots);
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
	return sizeof *g + (size_t)g->nentries * (sizeof *g->entries + sizeof *g->by_code) +
	    (size_t)g->cap_patterns * sizeof *g->patterns + g->arena.used_bytes + automaton_bytes(g->words) + place_slips_bytes(g->slips);
}

void
gazetteer_free(struct gazetteer *g)
{
	if (!g)
		return;
	arena_free(&g->arena);
	strmap_free(&g->slots);
	free(g->patterns);
	free(g->entries);
	free(g->by_code);
	free(g->kinds);
	automaton_free(g->words);
	place_slips_free(g->slips);
	place_grid_free(g);
	free(g);
}

/* --- asked by code ------------------------------------------------------------------------------------------------------ */

int
place_ancestors(const struct gazetteer *g, const char *code, const char **out, int max)
{
	int i = code && code[0] ? place_index(g, code) : -1, n = 0;

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
	int i = code && code[0] ? place_index(g, code) : -1;

	return i < 0 ? NULL : g->entries[i].name;
}

const char *
place_level(const struct gazetteer *g, const char *code)
{
	int i = code && code[0] ? place_index(g, code) : -1;

	return i < 0 ? NULL : place_level_names[g->entries[i].level];
}

bool
place_where(const struct gazetteer *g, const char *code, double *lat, double *lng)
{
	int i = code && code[0] ? place_index(g, code) : -1;

	if (i < 0 || !g->entries[i].located)
		return false;
	*lat = g->entries[i].lat;
	*lng = g->entries[i].lng;
	return true;
}
