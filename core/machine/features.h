/*
 * An appeal as features: its characters and pairs of characters, folded for matching and hashed into a fixed number of buckets; those of
 * the title and of the last words once more under a mark of their own; and place, channel and type. Each remembers where it stands, for explanations. Work is bounded for any text:
 * the first FEATURES_POINTS code points are read.
 */
#ifndef FENBO_MACHINE_FEATURES_H
#define FENBO_MACHINE_FEATURES_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/arena.h"

enum { FEATURES_POINTS = 1024, FEATURES_TITLE = 100, FEATURES_TAIL = 40, FEATURES_MAX = 4096, FEATURES_BITS = 20 };

struct learner_text;

enum feature_mark { MARK_NONE, MARK_TITLE, MARK_TAIL, MARK_CODE };

struct feature {
	uint32_t id;       /* FEATURES_BITS bits; who keeps fewer buckets takes the upper ones */
	uint16_t times;    /* it stands in the text */
	uint8_t points;    /* 1–2; 0 = place, channel or type */
	uint8_t mark;      /* it says where: enum feature_mark */
};
/* Where one stands in the text: points [at, at + points). Those of the title are not kept. */
struct feature_spot { uint16_t at, feature; };

struct features {
	int n; struct feature *f;         /* each once, in the order of the text */
	int nspots; struct feature_spot *spot;
	int points;                       /* code points of the text that were read */
};

/* NULL when memory is gone; all of it is the arena's. */
struct features *features_of(const struct learner_text *t, struct arena *a);

#endif
