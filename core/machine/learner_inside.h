/* What learner.c, learner_train.c and learner_file.c know of each other; nobody else includes this. */
#ifndef FENBO_MACHINE_LEARNER_INSIDE_H
#define FENBO_MACHINE_LEARNER_INSIDE_H

#include "core/base/strmap.h"
#include "core/machine/learner.h"
#include "core/machine/choice.h"
#include "core/machine/trees.h"
#include "core/machine/voices.h"

struct label { char *code, *words; int number; };

struct learner {
	int most;                   /* labels */
	int labels; struct label **label;
	struct strmap by_code;
	struct label_words *words;
	struct attributes attributes; /* none before the first training */
	struct voices voices;
	struct blend blend;
	struct trees trees;         /* none before the first training */
	uint64_t steps;
	struct arena scratch;       /* of one step */
};

/* A fresh one with these attributes, which it takes over; NULL when memory is gone (they stay the caller's). */
struct learner *learner_with(int labels, const struct attributes *attributes);

struct learner_reading {
	struct hearing heard;
	struct choice choice;
	float *weight;              /* room for an explanation: by point, and by feature */
	float *each;
};

#endif
