/*
 * The duty list as a source of recommendation: how well the words of an appeal match each duty item's name, keywords, class and
 * definition, by character 1–3-grams weighted like BM25. It needs no past, so it works on the first day. Immutable once
 * built, thread-safe.
 */
#ifndef FENBO_MACHINE_DUTY_MATCH_H
#define FENBO_MACHINE_DUTY_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/appeal/duty.h"
#include "core/base/arena.h"

struct duty_match; /* opaque */

struct duty_match *duty_match_new(const struct duty_list *duty); /* NULL when memory is gone */
void duty_match_free(struct duty_match *m);

/* An appeal read into folded code points; a 0 stands between title and text. `gram` are the known grams that start at each
 * point, one to three points long, -1 = unknown; filled by duty_match_read. */
struct reading {
	const uint32_t *point;
	int n;
	int text_at;               /* first point of the text; before it stands the title */
	const bool *aside;         /* points that only say where; NULL = none. What lies wholly in them matches nothing */
	int32_t (*gram)[3];
};
struct duty_hit { int item; float score; }; /* index in the duty list; score of an appeal of any length, about 0–1 */

/* Look up the grams (into the arena) and score the items: the best `max`, best first. Returns how many. */
int duty_match_find(const struct duty_match *m, struct reading *r, struct arena *a, struct duty_hit *out, int max);
/* What each point of the reading contributed to the item: weight[0..r->n). */
void duty_match_explain(const struct duty_match *m, const struct reading *r, int item, float *weight);

#endif
