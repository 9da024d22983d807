/*
 * Cases decided before, to be asked for those nearest to a text: a window of the newest, an inverted index over their bigrams,
 * likeness by TF-IDF. The rarest bigrams are followed first and at most NEIGHBOURS_VISITS postings are visited, so that a text full of
 * formulas costs no more than any other.
 */
#ifndef FENBO_MACHINE_NEIGHBOURS_H
#define FENBO_MACHINE_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/arena.h"
#include "core/machine/features.h"
#include "core/machine/lexicon.h"

enum { NEIGHBOURS_MAX = 24, NEIGHBOURS_VISITS = 3000 };

struct neighbours; /* opaque */
struct neighbour { int slot, label; int64_t no; float likeness; };

/* The newest `cases`, whose features together are at most `most`; 2^bits buckets. NULL when memory is gone. */
struct neighbours *neighbours_new(int bits, int cases, size_t most);
void neighbours_free(struct neighbours *x);
size_t neighbours_bytes(const struct neighbours *x);

/* The oldest make room. False when memory is gone. */
bool neighbours_add(struct neighbours *x, const struct lexicon_text *t, int label, int64_t no);
int neighbours_count(const struct neighbours *x);
/* The nearest, best first, at most max (≤ NEIGHBOURS_MAX). */
int neighbours_find(const struct neighbours *x, const struct lexicon_text *t, struct arena *a, struct neighbour *out, int max);

void neighbours_save(const struct neighbours *x, struct buf *out);
/* Into a fresh one of the same shape; labels must be below `known`. False when the bytes are none. */
struct unpack;
bool neighbours_load(struct neighbours *x, struct unpack *u, int known);

#endif
