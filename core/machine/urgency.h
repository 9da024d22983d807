/*
 * Urgency: words of danger to life in a text (gas, fire, trapped, collapsed, blood …), by a list that policy owns, with
 * guards against the negated, the asked-about and the past ("没有着火", "担心起火", "消防通道"). It suggests; the caller raises
 * the priority and sets FLAG_DANGER by policy, and the dispatcher sees the words.
 */
#ifndef FENBO_MACHINE_URGENCY_H
#define FENBO_MACHINE_URGENCY_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/stage.h"

struct urgency; /* opaque, immutable once built, thread-safe */

/* Each word "燃气泄漏" or a pair "燃气+味" (both within 12 characters, in this order). NULL or n = 0: the built-in list. Copies. NULL when
 * memory is gone. */
struct urgency *urgency_new(const char *const *words, size_t n);
void urgency_free(struct urgency *u);

enum { URGENCY_HITS = 4 };
struct urgency_hit { int start, end; /* code points of the text, [start, end) */ };
struct urgency_result {
	bool danger;             /* at least one word stands unguarded */
	enum priority priority;  /* PRIORITY_URGENT when danger, else the one given */
	unsigned flags;          /* FLAG_DANGER when danger, else 0 */
	int hits;
	struct urgency_hit hit[URGENCY_HITS];
};
void urgency_find(const struct urgency *u, const char *text, size_t text_len, enum priority given,
    struct urgency_result *out);

#endif
