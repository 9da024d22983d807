/*
 * The voices that speak for a label: the linear model, the nearest cases, how often and how lately the label was right, its own
 * words in the text. This puts what they say of the likeliest labels side by side, for a blend to weigh.
 */
#ifndef FENBO_MACHINE_VOICES_H
#define FENBO_MACHINE_VOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/arena.h"
#include "core/machine/attributes.h"
#include "core/machine/blend.h"
#include "core/machine/features.h"
#include "core/machine/label_words.h"
#include "core/machine/lexicon.h"
#include "core/machine/neighbours.h"

/*   id       name       starts with */
#define VOICES(X) \
	X(LINEAR,  "linear",  0.8f) \
	X(LIKELY,  "likely",  0.2f) \
	X(MARGIN,  "margin",  0.2f) \
	X(FIT,     "fit",     0.2f) \
	X(SHARED,  "shared",  0.0f) \
	X(LEAST,   "least",   0.0f) \
	X(NEAR,    "near",    0.4f) \
	X(CLOSE,   "close",   0.0f) \
	X(NEAREST, "nearest", 0.5f) \
	X(PRIOR,   "prior",   0.1f) \
	X(RECENT,  "recent",  0.0f) \
	X(RARE,    "rare",    0.0f) \
	X(NEW,     "new",    -1.0f) \
	X(WORDS,   "words",   2.0f) \
	X(NAMED,   "named",   1.0f) \
	X(OTHER,   "other",  -5.0f)

enum voice {
#define X(id, name, start) VOICE_##id,
	VOICES(X)
#undef X
	VOICE_COUNT
};
extern const struct blend_voice voices_start[VOICE_COUNT];

enum { CANDIDATES = 48, VOICES_NEAR = 24 };

struct label_attributes { int n; struct attribute a[ATTRIBUTES_OF_ONE]; };

/* All that one learner knows; words and attributes are borrowed. */
struct voices {
	int labels;                /* room */
	int known;                 /* labels there are */
	struct lexicon *lexicon;
	struct neighbours *near;
	const struct label_words *words;
	const struct attributes *attributes;
	struct label_attributes *has; /* by label */
	struct lexicon *shared;    /* what the features say for each attribute; NULL = there are none */
	float *recent; uint64_t *recent_at; /* by label: decayed count, and when it was right */
	uint64_t lessons;
};
/* What was heard of one text; arrays are the arena's. The last candidate stands for every other label. */
struct hearing {
	struct features *f;
	struct lexicon_text text;
	lexicon_lanes *score;      /* by label */
	float *linear;             /* by label: probability of the linear model alone */
	int candidates;            /* ≤ CANDIDATES, without the last */
	int label[CANDIDATES + 1]; /* -1 = the others */
	float *said;               /* (candidates + 1) × VOICE_COUNT */
	int nnear; struct neighbour near[VOICES_NEAR];
};

bool voices_init(struct voices *v, int labels, const struct label_words *words, const struct attributes *attributes);
/* One label more; its name tells its attributes. */
void voices_label(struct voices *v, const char *name);
/* How many multipliers a text has: voices_step. */
int voices_multipliers(const struct voices *v);
void voices_free(struct voices *v);
size_t voices_bytes(const struct voices *v);
/* False when memory is gone. f is the arena's. */
bool voices_hear(const struct voices *v, struct features *f, struct arena *a, struct hearing *h);
/* The others where the label is not among the candidates. */
int voices_candidate(const struct hearing *h, int label);
/* What learning is made of. False when memory is gone. */
void voices_count(struct voices *v, const struct features *f, int label, float weight);
/* After all have been counted, or at least this one: features that stood in fewer than `least` texts are passed over. */
bool voices_meet(struct voices *v, const struct features *f, int label, float weight, uint32_t least);
bool voices_step(struct voices *v, const struct features *f, int label, float rate, float *held, struct arena *scratch); /* rate 0 < r: of the linear model. held: the text's multiplier of each label, from step to step; NULL = none yet */
bool voices_keep(struct voices *v, const struct features *f, int label, int64_t no, struct arena *scratch); /* as a case */
/* All of it for one decision. */
bool voices_learn(struct voices *v, const struct features *f, int label, int64_t no, float weight, struct arena *scratch);

void voices_save(const struct voices *v, struct buf *out);
/* Into fresh voices whose labels are known. False when the bytes are none. */
struct unpack;
bool voices_load(struct voices *v, struct unpack *u);

#endif
