/*
 * The inside of the repeat index, shared by the file that keeps it (repeats.c) and the one that asks it (repeats_find.c). Nobody
 * else includes it.
 */
#ifndef FENBO_MACHINE_REPEATS_INSIDE_H
#define FENBO_MACHINE_REPEATS_INSIDE_H

#include "core/machine/grams.h"
#include "core/machine/postings.h"
#include "core/machine/repeats.h"

enum {
	KEYS = 12,          /* rarest grams a text is found by */
	ASKED = 24,         /* rarest grams a question looks under: an edited copy has rare ones of its own */
	VISITED = 8000,     /* postings a question may look at */
	NEAR = 128,         /* newest cases of the same place, and of the same person, that it may look at */
	COMPARED = 64,      /* texts compared exactly, at most; … */
	FOR_EACH = 8,       /* … so many for each that is wanted */
	AHEAD = 6,          /* texts fetched before they are compared */
	ENOUGH = 4 * COMPARED, /* texts touched after which commoner grams are not asked any more */
	COPIES = 12,        /* newest cases of one text that are weighed */
	MEMO = 32,
	TITLE_POINTS = 60
};

/* A text, and the cases that say exactly this. */
struct body {
	uint64_t hash;
	unsigned char *packed; /* grams of the text, then those of the title */
	uint32_t nbytes;
	uint16_t ngrams, ntitle;
	uint32_t key[KEYS];
	uint8_t nkeys;
	int first;             /* newest case; -1: a free slot, then `next` is the next free one */
	int next;
};

struct entry {
	case_no no;
	usec_t at;
	uint64_t person;
	int place, item;       /* names[] */
	int body;
	int next, prev;        /* among the cases of a body, newest first */
	bool open;
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
	/* scratch of a question */
	float *sum;                         /* by body */
	int *touched;
	int expire_at;
};

/* Keys of the postings by_near. */
uint32_t repeats_near_place(int place);
uint32_t repeats_near_person(uint64_t person);
/* The n rarest grams (n ≤ ASKED), rarest first; with `known`, only those that some text holds. Returns how many. */
int repeats_rarest(const struct repeats *r, const struct grams *g, int n, bool known, uint32_t *out);
void repeats_title(struct grams *g, const char *title);

#endif
