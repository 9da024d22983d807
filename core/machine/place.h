/*
 * Places: free text to district, street, community or landmark. Full names beat stems, evidence along
 * district–street–community is summed, contradiction penalised; a tie gives the common ancestor and the candidates, never a silent guess.
 */
#ifndef FENBO_MACHINE_PLACE_H
#define FENBO_MACHINE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct gazetteer; /* opaque, immutable once built, thread-safe */

struct place_entry {
	const char *code, *name, *level, *parent; /* parent "" at the root; level: city district street community landmark */
	const char *const *aliases; int naliases;
};
struct gazetteer *gazetteer_new(const struct place_entry *entries, size_t n); /* copies; NULL when memory is gone */
void gazetteer_free(struct gazetteer *g);

enum { PLACE_CANDIDATES = 5 };
struct place_match {
	const char *code;        /* NULL = unknown. The place decided on, or the common ancestor of a tie. Owned by the gazetteer */
	const char *name, *level;
	bool ambiguous;
	int start, end;          /* code points of the evidence, in address if in_address else in text */
	bool in_address;
	int candidates;          /* when ambiguous, best first */
	const char *candidate[PLACE_CANDIDATES]; /* codes */
};
/* address and hint (the channel's place code) may be NULL. */
void place_find(const struct gazetteer *g, const char *address, const char *text, size_t text_len, const char *hint,
    struct place_match *out);
/* The codes from the place up to the root, narrowest first; returns how many (≤ max). */
int place_ancestors(const struct gazetteer *g, const char *code, const char **out, int max);
const char *place_name(const struct gazetteer *g, const char *code); /* NULL if unknown */
const char *place_level(const struct gazetteer *g, const char *code); /* NULL if unknown */

#endif
