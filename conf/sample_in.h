/*
 * Inside the sample generator: its state, chance, and how an incident is put into words. Only conf/sample*.c include
 * this.
 */
#ifndef FENBO_CONF_SAMPLE_IN_H
#define FENBO_CONF_SAMPLE_IN_H

#include "conf/sample.h"
#include "conf/sample_words.h"

/* Columns of the shipped tables, as conf/routing_kind.c lists them. */
enum { I_CODE = 0, I_CATEGORY = 1, I_NAME = 3, I_KEYWORDS = 5, I_PRIORITY = 6 };
enum { P_CODE = 0, P_NAME = 1, P_LEVEL = 2, P_PARENT = 3 };
enum { U_AREA = 6 };

enum { RECENT = 48, DEPTH = 6 };

/* One matter in the city: several people may report it. */
struct sample_incident {
	int id;
	long scene;  /* row of sample_scenes, -1 = told from the duty item's own words */
	size_t item; /* row of the duty list */
	long place;  /* row of the gazetteer, -1 = nowhere */
	int told;    /* how many have reported it */
	unsigned detail, number;
};

struct sample {
	const struct routing_doc *doc;
	struct sample_options o;
	char prefix[32];
	uint64_t state;
	unsigned long count;
	int incidents;
	struct sample_incident recent[RECENT];
	size_t *home, *away;       /* rows of communities and landmarks: where the units are, and elsewhere */
	size_t nhome, naway;
	size_t *by_scene;          /* duty item of each scene, SIZE_MAX = not in this duty list */
	size_t *urgent_scenes, *calm_scenes;
	size_t nurgent, ncalm;
	struct buf scratch;
};

/* What one telling is made of; drawn once, used wherever a pattern asks. */
struct sample_telling {
	const struct sample_incident *incident;
	bool phone;
	bool elsewhere; /* the place goes into the address field, not the text */
	int fullness;
	size_t way;
};

/* Chance: splitmix64, so that a seed means the same on every machine. */
uint64_t sample_next64(struct sample *s);
size_t sample_below(struct sample *s, size_t n);
const char *sample_pick(struct sample *s, const struct sample_pool *p);

const char *sample_item(const struct sample *s, size_t row, int column);
const char *sample_place(const struct sample *s, size_t row, int column);
long sample_place_row(const struct sample *s, const char *code); /* -1 = none */
/* The place of this level that `row` lies in, or row itself; -1 = none. */
long sample_ancestor(const struct sample *s, long row, const char *level);

/* Where it was, as one person puts it: from the full address (3) to just the landmark (0). */
void sample_put_place(struct sample *s, const struct sample_incident *x, struct buf *out, int fullness);
void sample_put_scene(struct sample *s, const struct sample_incident *x, size_t way, struct buf *out);
/* A sentence pattern with its slots filled. */
void sample_put_pattern(struct sample *s, const struct sample_telling *t, const char *pattern, struct buf *out);
/* Slots may leave marks that meet, or lines that are empty, behind. */
void sample_tidy(struct buf *b);

#endif
