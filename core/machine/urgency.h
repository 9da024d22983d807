/*
 * Urgency: words in a text that raise its priority by policy. Urgent ones speak of danger to life (gas, fire, trapped, collapsed,
 * blood …), fast ones of what cannot wait a day (停水, 打架). Guards keep out what did not happen or is not happening: denied, feared, asked
 * about, long past, a drill or lesson, a figure of speech, the name of something ("没有着火", "担心起火", "溺水安全教育", "fire drill", "爆炸式"); a word in
 * Latin letters counts whole. It suggests; the dispatcher sees the words and their place.
 */
#ifndef FENBO_MACHINE_URGENCY_H
#define FENBO_MACHINE_URGENCY_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/stage.h"
#include "core/machine/points.h"

struct urgency; /* opaque, immutable once built, thread-safe */

/* n words, each "燃气泄漏" or a pair "燃气+味" (both within 12 characters, in this order). */
struct urgency_words { const char *const *word; size_t n; };
/* No urgent words: the built-in list; no fast words: none. Either may be NULL. Copies. NULL when memory is gone. */
struct urgency *urgency_new(const struct urgency_words *urgent, const struct urgency_words *fast);
void urgency_free(struct urgency *u);

enum { URGENCY_HITS = 4 };
struct urgency_hit { int start, end; /* code points of the text, [start, end) */ };
struct urgency_result {
	bool danger;             /* at least one urgent word stands unguarded */
	enum priority priority;  /* what the words make of the one given: never lower */
	unsigned flags;          /* FLAG_DANGER when danger, else 0 */
	int hits;                /* of urgent words, and of fast ones behind them as long as there is room */
	struct urgency_hit hit[URGENCY_HITS];
};
void urgency_find(const struct urgency *u, const char *text, size_t text_len, enum priority given,
    struct urgency_result *out);
/* fresh: the time the text tells of is of these days, so that a date before a word does not speak against it. */
void urgency_read(const struct urgency *u, const struct points *p, enum priority given, bool fresh, struct urgency_result *out);

#endif
