/*
 * Places: free text to district, street, community or landmark, with the words that said so. Full names beat stems, evidence along
 * district–street–community is summed, contradiction penalised; a tie gives the common ancestor and the candidates in order, never a
 * silent guess. A coordinate finds its community when boundaries are loaded, and then only speaks where words do not.
 */
#ifndef FENBO_MACHINE_PLACE_H
#define FENBO_MACHINE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct boundaries;
struct gazetteer; /* opaque, immutable once built, thread-safe */

struct place_entry {
	const char *code, *name, *level, *parent; /* parent "" at the root; level: city district street community landmark */
	const char *const *aliases; int naliases;
	bool located; double lat, lng;            /* WGS 84 degrees */
};
struct gazetteer *gazetteer_new(const struct place_entry *entries, size_t n); /* copies; NULL when memory is gone */
void gazetteer_free(struct gazetteer *g);
size_t gazetteer_bytes(const struct gazetteer *g);
/* Before the first question: where places end. Borrowed, must outlive the gazetteer; NULL = none. */
void gazetteer_bound(struct gazetteer *g, const struct boundaries *b);

enum { PLACE_CANDIDATES = 5, PLACE_LEVELS = 5 };
/* Where a place was read. A channel's own place is never a decision, only a candidate. */
enum place_in { PLACE_IN_NOTHING, PLACE_IN_TEXT, PLACE_IN_ADDRESS, PLACE_IN_COORDINATES, PLACE_IN_CHANNEL };
const char *place_in_name(enum place_in in); /* wire name: text address coordinates channel; "" for nothing */

struct place_match {
	const char *code;        /* NULL = unknown. The place decided on, or the common ancestor of a tie. Owned by the gazetteer */
	const char *name, *level;
	bool ambiguous;
	int start, end;          /* code points of the evidence, in address if in_address else in text; -1 when no words said it */
	bool in_address;
	/* The places of a tie when ambiguous; else what was passed over for the place decided on (the coordinate's, another of that name
	 * that the channel's place decided against); or, with code NULL, what might be meant: the channel's place, a place within 500 m of the
	 * coordinate. Best first. */
	int candidates;
	const char *candidate[PLACE_CANDIDATES]; /* codes */
	float candidate_score[PLACE_CANDIDATES]; /* what speaks for it, the best that was weighed = 1 */
	enum place_in candidate_in[PLACE_CANDIDATES];
	enum place_in in;        /* where the place decided on was read */
	const char *chain[PLACE_LEVELS]; /* its codes by level, city to landmark; NULL where there is none */
};

struct place_query {
	const char *address, *text; /* NULL or "" = none */
	bool corrected;          /* the address is a person's correction: it counts for more than what the text names */
	size_t text_len;
	const char *hint;        /* the channel's place code */
	bool located; double lat, lng; /* WGS 84 */
};
/* On any thread; in bounded time for any text. */
void place_seek(const struct gazetteer *g, const struct place_query *q, struct place_match *out);
/* The same without coordinates. address and hint may be NULL. */
void place_find(const struct gazetteer *g, const char *address, const char *text, size_t text_len, const char *hint,
    struct place_match *out);
/* The codes from the place up to the root, narrowest first; returns how many (≤ max). */
int place_ancestors(const struct gazetteer *g, const char *code, const char **out, int max);
const char *place_name(const struct gazetteer *g, const char *code); /* NULL if unknown */
const char *place_level(const struct gazetteer *g, const char *code); /* NULL if unknown */
bool place_where(const struct gazetteer *g, const char *code, double *lat, double *lng); /* false when it has no coordinates */

#endif
