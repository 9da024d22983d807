/*
 * The cases a new one belongs with: those that are like it (repeats), one that was closed and is back (relapse), those whose number its text
 * quotes. As members of the row that fenbo.intake and fenbo.recommend_store take.
 */
#ifndef FENBO_DAEMON_THINK_KIN_H
#define FENBO_DAEMON_THINK_KIN_H

#include "core/base/buf.h"
#include "core/daemon/rules.h"
#include "core/machine/quoted.h"
#include "core/machine/repeats.h"

struct memory;

enum { KIN_HITS = 16, KIN_SHOWN = 5 };

struct kin {
	struct repeat_hit hit[KIN_HITS];
	int hits, shown;                   /* shown: those worth a line, the first of the hits */
	const struct repeat_hit *relapse;  /* among them; NULL = none */
	struct quoted quoted;
};

/* Of a case that is not in the memory yet. */
void think_kin_find(struct memory *m, const struct ruling *g, const struct repeat_case *c, struct kin *k);
/* Of one that is, at this place and item (codes, "" = none); its quotes stay as they were found. False when it is not remembered. */
bool think_kin_again(struct memory *m, const struct ruling *g, case_no no, const char *place, const char *item, struct kin *k);
/* Is it the same matter as that of a case with this item (code, NULL or "" = none), for a relapse? The same duty item; where one of the two has none (it
 * was sent to a unit by name), or where one text is as good as the other's copy, what is told and who tells it stand for it. */
bool think_kin_same_matter(const struct repeat_hit *h, const char *item);
/* Flags of the case: a relapse. */
unsigned think_kin_flags(const struct kin *k);
/* Append the members repeats, links and quotes; repeats is there even when empty if `always`. */
void think_kin_put(const struct kin *k, bool always, struct buf *out);

#endif
