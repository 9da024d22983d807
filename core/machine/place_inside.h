/* What the files of the place module share; nobody else includes it. gazetteer.c builds, place_read.c finds names in a text, place_group.c
 * makes places of them, place.c decides. */
#ifndef FENBO_MACHINE_PLACE_INSIDE_H
#define FENBO_MACHINE_PLACE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/arena.h"
#include "core/base/strmap.h"
#include "core/machine/automaton.h"
#include "core/machine/place.h"
#include "core/machine/place_names.h"
#include "core/machine/place_words.h"

enum {
	CHAIN_MAX = 8,      /* city, district, street, community, landmark, and room for a region above */
	POINTS_MAX = 8192,  /* of a text that are read */
	NAMES_MAX = 512,    /* names in a text before nested ones are dropped */
	WORDS_MAX = 1024,   /* words around them */
	MENTIONS_MAX = 96,  /* names that stand */
	SENSES_MAX = 24     /* places of one name that are weighed */
};

enum level { LEVEL_CITY, LEVEL_DISTRICT, LEVEL_STREET, LEVEL_COMMUNITY, LEVEL_LANDMARK };
extern const char *const place_level_names[PLACE_LEVELS];

struct entry {
	const char *code, *name;
	enum level level;
	int parent;
	int chain[CHAIN_MAX]; /* itself, then upwards */
	int nchain;
	bool located;
	double lat, lng;
};

/* How well a spelling names a place, worst first. */
enum spelling {
	SPELT_COMMON, /* a stem that is an ordinary word: only right behind the place it lies in */
	SPELT_STEM,   /* 航城 */
	SPELT_SPOKEN, /* 航城街办, 钟屋村 */
	SPELT_EXACT   /* the name itself, or an alias */
};
struct sense { int entry; enum spelling how; };
/* A spelling and the places that are spelt so. 国贸 is the tower before it is the stem of a community. */
struct pattern {
	const char *word;
	enum spelling best;
	bool latin;   /* wants word boundaries */
	bool generic; /* 机场, 北站: wants no other name before it */
	struct sense *sense; int nsense, cap;
};

struct gazetteer {
	struct arena arena;
	struct entry *entries; int nentries;
	int *by_code;         /* indexes, sorted by code */
	struct pattern *patterns; int npatterns, cap_patterns;
	struct strmap slots;  /* word → pattern index + 1, while building */
	uint8_t *kinds; int nkinds, cap_kinds; /* enum word_kind of the word with number npatterns + i */
	struct automaton *words;
	struct place_slips *slips; /* names less one character, for slips of the pen */
	const struct boundaries *bounds;
	struct place_grid *located;  /* places with coordinates */
};

int place_index(const struct gazetteer *g, const char *code); /* -1 when unknown */
static inline bool
place_within(const struct entry *e, int place)
{
	for (int i = 0; i < e->nchain; i++)
		if (e->chain[i] == place)
			return true;
	return false;
}

/* --- reading a text --- */
struct mention {
	int start, end;  /* code points */
	int pattern;     /* -1: a city that is not ours, with what stands behind it */
	bool guessed;    /* written with a slip: 固戌社区 */
};
struct word_hit { int start, end; enum word_kind kind; };
struct place_reading {
	uint32_t point[POINTS_MAX + 8]; /* folded; zeros behind */
	int n;
	struct mention mention[MENTIONS_MAX]; int nmentions; /* by position, none within another */
	struct word_hit word[WORDS_MAX]; int nwords;         /* by position of their ends */
};
/* scope: a district, or a place in one, that the case came from (the channel's place; the address for a text), -1 = none: there an ordinary
 * word that is a community's name as well counts where an address would stand. */
void place_read(const struct gazetteer *g, const char *text, size_t len, const int scope[2], struct place_reading *out);

/* Within place_read.c: what was found, and how it is judged. */
struct place_name { int start, end, pattern; bool guessed; };

struct place_reader {
	const struct gazetteer *g;
	struct place_reading *r;
	const int *scope;
	struct place_name name[NAMES_MAX];
	int n;
};
static inline bool
place_is_word(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
}

static inline bool
place_is_han(uint32_t cp)
{
	return (cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0x20000 && cp <= 0x3ffff);
}
bool place_stands(const struct place_reader *x, const struct place_name *c);
/* Has the name a sense inside the place that the mention before it names, and stands it right behind? */
bool place_follows(const struct place_reader *x, const struct place_name *c);
/* Does an ordinary word, or the name of an office, reach from within the name beyond its end? */
bool place_runs_on(const struct place_reading *r, const struct place_name *c);
bool place_says_at(const struct place_reading *r, int at, enum word_kind kind);

/* --- slips of the pen --- */
struct place_slips *place_slips_new(const struct gazetteer *g); /* NULL when memory is gone */
void place_slips_free(struct place_slips *s);
size_t place_slips_bytes(const struct place_slips *s);
/* The name that these points are but for one character that sounds or looks like the right one; -1 when there is none, or several. */
int place_slip(const struct gazetteer *g, const uint32_t *point, int n);
/* May a name of three characters or more begin, or end, with these two? Says no quickly. */
bool place_may_slip(const struct gazetteer *g, uint32_t one, uint32_t two, bool *begins, bool *ends);

/* --- names to places --- */
enum { GROUPS_MAX = 48, MEANT_MAX = 16 };
/* Names that stand together: 宝安区航城街道的钟屋. */
struct group {
	int first, last;          /* mentions of its reading */
	bool in_address, outside;
	float role;               /* 1: told; less: somebody only lives there, or an office is meant; more: this is what it is about; 0: left behind */
	int meant[MEANT_MAX], nmeant; /* entries the narrowest name may stand for here, in the order of the gazetteer */
	bool paired;              /* with the group behind it: A and B, A to B */
	bool by_channel;          /* the channel's place has chosen among them */
	int other[MEANT_MAX], nother; /* those that lost by it */
	enum spelling how;
	float score;
};
struct place_hunt {
	const struct gazetteer *g;
	struct place_reading text, address;
	struct group group[GROUPS_MAX]; int ngroups;
	int hint;                 /* entry of the channel's place, -1 = none */
	bool wrong_address;       /* the text says so */
	bool corrected;           /* the address is a person's word */
};
void place_group(struct place_hunt *h);
/* --- the answer --- */
void place_is(const struct gazetteer *g, struct place_match *out, int entry, enum place_in in);
void place_candidate(const struct gazetteer *g, struct place_match *out, int entry, float score, enum place_in in);
bool place_grid_make(struct gazetteer *g);
void place_grid_free(struct gazetteer *g);
/* What the coordinate adds to what the words said; abroad: they named another city. */
void place_locate(const struct gazetteer *g, const struct place_query *q, bool abroad, struct place_match *out);

static inline const struct place_reading *
place_of_group(const struct place_hunt *h, const struct group *q)
{
	return q->in_address ? &h->address : &h->text;
}

#endif
