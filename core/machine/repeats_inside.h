/*
 * The inside of the repeat index, shared by the files that keep it (repeats.c), ask it (repeats_find.c) and weigh the matter apart from the
 * place (repeats_matter.c). Nobody else includes it.
 */
#ifndef FENBO_MACHINE_REPEATS_INSIDE_H
#define FENBO_MACHINE_REPEATS_INSIDE_H

#include "core/machine/grams.h"
#include "core/machine/postings.h"
#include "core/machine/repeats.h"

enum {
	RARE_KEYS = 8,      /* rarest grams a text is found by, … */
	SAID_KEYS = 12,     /* … rarest of those said more than once, … */
	NAME_KEYS = 12,     /* … of its names, … */
	TITLE_KEYS = 12,    /* … and of its title */
	KEYS = RARE_KEYS + SAID_KEYS + NAME_KEYS + TITLE_KEYS,
	ASKED = 24,         /* rarest grams a question looks under besides: an edited copy has rare ones of its own */
	VISITED = 5000,     /* postings a question may look at */
	NEAR = 128,         /* newest cases of the same place, and of the same person, that it may look at */
	COMPARED = 96,      /* texts compared exactly, at most; … */
	FOR_EACH = 3,       /* … so many for each that is wanted */
	AHEAD = 6,          /* texts fetched before they are compared */
	ENOUGH = 512,      /* texts touched after which commoner grams are not asked any more */
	COPIES = 12,        /* newest cases of one text that are weighed */
	MEMO = 32,
	EXPIRED = 32,       /* cases forgotten in one call: each is taken out of every list it is in */
	TITLE_POINTS = 60,
	LOGS = 4096,        /* frequencies whose logarithm is at hand */
	TITLE_SAME = 24     /* bytes, eight Chinese characters */
};

/* A text, and the cases that say exactly this. */
struct body {
	uint64_t hash;
	unsigned char *packed; /* grams of title and text said once, twice, more often; those of the title, of names; the keys it is found by */
	uint16_t nbytes, ntimes[GRAM_TIMES];
	uint8_t ntitle, nnamed, nkeys;
	int norm_at;           /* when its length was taken there were so many bodies */
	int first;             /* newest case; -1: a free slot, then `next` is the next free one */
	int next;
};

/* What gathering touches of a body, thousands of them for a question: eight bytes of one line of the cache. */
struct mark {
	float sum;             /* what it shares with the question, while that is being asked; else 0 */
	float norm;            /* its length as a vector of rarities */
};

struct entry {
	case_no no;
	usec_t at;
	uint64_t person;
	int place, item;       /* names[] */
	int body;
	int next, prev;        /* among the cases of a body, newest first */
	bool open, merged;
};

struct repeats {
	struct body *bodies; int nbodies, cap_bodies, free_body;
	struct entry *entries; int nentries, cap_entries, free_entry;
	size_t count, body_bytes;
	struct postings *by_gram, *by_near; /* bodies; cases by place and by person */
	struct table *by_no, *by_hash;      /* number → entry, hash → body */
	struct names *names;                /* place and item codes */
	uint32_t *frequency;                /* of each gram, in bodies */
	int nalive;                         /* bodies */
	float log_all, log_of[LOGS];        /* logarithms of their number, and of small ones */
	/* scratch of a question */
	struct mark *mark;                  /* by body */
	int *touched;
	int expire_at;
};

/* The three forms of a text that are compared. */
struct text_forms { struct grams whole, title, named; };

/* A case that others are looked for, and what is worked out about it once. */
struct question {
	struct repeats *r;
	const struct repeat_case *c;
	const struct gazetteer *places;
	struct text_forms f;
	struct gram_set whole, title, named; /* by rarity */
	struct gram_set aside;    /* what only says where */
	struct gram_set times;    /* how much counts how often the question says it */
	float matter_norm;        /* length of the whole without it */
	float norm, title_all, named_all; /* length of the whole; sums of the title and the names */
	const char *above[8]; int nabove; /* the place and those around it */
	int place, item;
	int ntouched;
	struct { int place; bool near; } memo[MEMO]; /* answers of is_near */
};

/* Keys of the postings by_near. */
uint32_t repeats_near_place(int place);
uint32_t repeats_near_person(uint64_t person);
void repeats_forms(struct text_forms *f, const char *title, const char *text, size_t len);
/* The keys of these forms into out (KEYS of them at most), each once. `known`: only those that some text holds; `rare`: how many rarest. */
int repeats_keys(const struct repeats *r, const struct text_forms *f, int rare, bool known, uint32_t *out);
/* Rarity of a gram, ≥ 0. */
float repeats_weight(const struct repeats *r, uint32_t gram);
/* What a gram said so many times counts (1 … GRAM_TIMES): sublinear, as in TF-IDF. */
float repeats_times(int times);
float repeats_norm(struct repeats *r, int b);

/* Once for a question, before repeats_matter. */
void repeats_set_aside(struct question *q);
/* Likeness of what is told, 0–1, without the names in either and those of the question's place. */
float repeats_matter(const struct question *q, const struct body *body);
/* One place, or one inside the other: the wider of the two narrow enough for one incident. */
bool repeats_within(const struct question *q, int place);

#endif
