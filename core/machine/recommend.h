/*
 * Recommendation: the three units an appeal most likely belongs to, each with a probability and reasons a dispatcher can
 * check in a second. The interface hides the model: today the duty list, the place and what was learnt are blended behind it.
 * A recommender is immutable once built from a policy; building may take long and belongs on a worker thread.
 */
#ifndef FENBO_MACHINE_RECOMMEND_H
#define FENBO_MACHINE_RECOMMEND_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/duty.h"
#include "core/machine/blend.h"
#include "core/machine/learner.h"
#include "core/machine/place.h"

enum { RECOMMEND_UNITS = 3, RECOMMEND_REASONS = 6 };

enum reason_kind { REASON_WORD, REASON_ITEM, REASON_PLACE, REASON_PICKED, REASON_CASE, REASON_RETURNED };
const char *reason_name(enum reason_kind k); /* wire name */

/* The voices that are joined, candidate by candidate: the duty list, the two learners, the most alike of the solved cases, a unit named in
 * the text, a unit that answers for another area; and what speaks for none of the candidates. */
enum recommend_voice { VOICE_DUTY, VOICE_UNITS, VOICE_ITEMS, VOICE_SOLVED, VOICE_NAMED, VOICE_ELSEWHERE, VOICE_NONE, RECOMMEND_VOICES };
extern const struct blend_voice recommend_voices[RECOMMEND_VOICES]; /* with the weights of the start */

struct recommend_reason {
	enum reason_kind kind;
	int start, end;          /* code points of the text, [start, end); -1 when it is not of the text */
	const char *text;        /* borrowed from the arena given; of a solved case its number as people write it */
	float likeness;          /* REASON_CASE: 0–1 */
};
struct recommend_unit {
	const struct unit *unit; /* borrowed from the duty list */
	const struct duty_item *item; /* NULL when none matched */
	float p;                 /* 0–1 */
	bool worded;             /* the text's words speak for it, whether or not they can be shown */
	int reasons;
	struct recommend_reason reason[RECOMMEND_REASONS];
};
struct recommendation {
	const char *model;       /* version name: that of the model given, else "duty-7" (revision 7); the arena's or the recommender's */
	bool novel;              /* unlike anything known */
	struct place_match place;/* what the place module made of text and address; code NULL when unknown */
	int units;               /* 0–RECOMMEND_UNITS */
	struct recommend_unit unit[RECOMMEND_UNITS];
};
struct recommend_query {
	const char *text; size_t text_len;
	const char *title, *address, *channel, *type, *picked_item; /* NULL or "" = none */
	bool corrected;                 /* the address is a person's correction */
	const char *channel_place;      /* place code of the channel */
	const char *const *returned_by; /* unit codes that returned the case; demoted */
	int returned;
	bool located; double lat, lng;  /* WGS 84; used where no words say the place */
};

/* What decisions have taught: one learner from texts to unit codes, one from texts to duty item codes. NULL or empty where nothing was
 * learnt. Borrowed; nobody may change them while they are asked. */
struct recommend_model {
	const struct learner *units, *items;
	const struct blend *voices; /* how much each voice counts, NULL = as at the start */
	char name[32];           /* "city-3+1842": base 3, 1,842 lessons after it; "" = nothing learnt */
};

/* What the routing policy says of the machine (routing.ini, [weights] and [thresholds]). 1 = as measured; 0 switches a source off. */
struct recommend_policy {
	float duty, history, place, returned; /* weights */
	float novel_p;               /* below this probability of the best unit a case is new to us */
};

struct arena;
struct recommender; /* opaque */
/* Both inputs are borrowed and must outlive the recommender. NULL when memory is gone. */
struct recommender *recommender_new(const struct duty_list *duty, const struct gazetteer *places);
void recommender_free(struct recommender *r);
/* Before the first recommendation only: a recommender in use does not change. */
void recommender_policy(struct recommender *r, const struct recommend_policy *policy);
/* Thread-safe on one recommender with different arenas. `model` may be NULL: nothing was learnt. Bounded time for any text. */
void recommend(const struct recommender *r, const struct recommend_model *model, const struct recommend_query *q, struct arena *a,
    struct recommendation *out);

/* What the voices said of each candidate before a decision, and which of them it was; the last stands for "none of these". */
struct recommend_heard {
	int n, right;
	float (*said)[RECOMMEND_VOICES];
};
/* Hear them as they speak before the lesson is in the model. `unit` is the code decided on; one that no voice named is "none of these".
 * said is the arena's. False when memory is gone. */
bool recommend_hear(const struct recommender *r, const struct recommend_model *model, const struct recommend_query *q, const char *unit,
    struct arena *a, struct recommend_heard *out);
/* How much each voice should count, learnt from one decision: moved towards what was right. */
void recommend_teach(struct blend *voices, const struct recommend_heard *heard, float weight);

#endif
