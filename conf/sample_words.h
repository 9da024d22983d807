/* Words and sentences the sample generator draws from (conf/sample.h). Data only. */
#ifndef FENBO_CONF_SAMPLE_WORDS_H
#define FENBO_CONF_SAMPLE_WORDS_H

#include <stddef.h>

struct sample_pool { const char *const *word; size_t n; };

enum { SAMPLE_WAYS = 5 };
struct sample_scene {
	const char *item;             /* name of the duty item */
	const char *way[SAMPLE_WAYS]; /* ended by NULL when fewer */
};
extern const struct sample_scene sample_scenes[];
extern const size_t sample_nscenes;

/* Sentence patterns with slots {open} {place} {time} {scene} {effect} {history} {ask} {mood} and the like. */
extern const struct sample_pool sample_phone, sample_app, sample_short, sample_urgent, sample_long,
    sample_personal_phone, sample_personal_app;
extern const struct sample_pool sample_open_phone, sample_open_app, sample_time, sample_now, sample_history, sample_ask,
    sample_ask_urgent, sample_mood, sample_detail, sample_generic, sample_more, sample_time_personal,
    sample_ask_personal;
/* What it does to people, by the first characters of a duty item's category; the last is for all others. */
struct sample_effect { const char *category; struct sample_pool pool; };
extern const struct sample_effect sample_effects[];
extern const size_t sample_neffects;
/* Whole texts about a topic: item name, text with {place}. */
struct sample_text { const char *item, *text; };
extern const struct sample_text sample_questions[], sample_suggestions[];
extern const size_t sample_nquestions, sample_nsuggestions;
extern const struct sample_pool sample_surnames, sample_given;

#endif
