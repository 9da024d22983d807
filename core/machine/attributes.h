/*
 * What labels have in common by name: 龙华区 in 龙华区城管局 and 龙华区环卫局, 城管局 in all the 城管局. Such a piece can be learnt from the
 * texts of every label that has it, and then speaks for those that were hardly ever right themselves.
 */
#ifndef FENBO_MACHINE_ATTRIBUTES_H
#define FENBO_MACHINE_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/buf.h"

enum { ATTRIBUTES_MAX = 320, ATTRIBUTES_OF_ONE = 12 };

/* An attribute of a label: its number, and its weight among the label's (rare ones tell more). */
struct attribute { uint16_t number; float weight; };
struct attributes {
	int n;                       /* 0 = none found */
	uint64_t *piece; int *labels; /* by number: hash of the piece of name; how many labels had it when it was found */
};

void attributes_free(struct attributes *x);
/* Found among the names: pieces of 2–5 code points that two labels or more have, but not nearly all; those that the same labels have
 * are one. False when memory is gone. */
bool attributes_find(struct attributes *x, const char *const *name, int n);
/* Those of a name, also one that came later; returns how many. */
int attributes_of(const struct attributes *x, const char *name, struct attribute out[ATTRIBUTES_OF_ONE]);

void attributes_save(const struct attributes *x, struct buf *out);
struct unpack;
bool attributes_load(struct attributes *x, struct unpack *u);

#endif
