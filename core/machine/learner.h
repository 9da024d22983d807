/*
 * A learner: from the words of an appeal to one of up to 5,000 labels (units, or duty items), with a probability that means what
 * it says. It learns one decision at a time, in the order given, or many at once; the same lessons in the same order give the
 * same learner, bit for bit, on every machine. It knows nothing of units or items beyond the text of a label.
 *
 * Questions may be asked by many threads at once; a change (label, learn, train) excludes everything else: the caller locks.
 */
#ifndef FENBO_MACHINE_LEARNER_H
#define FENBO_MACHINE_LEARNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/appeal/number.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"

enum { LEARNER_LABELS = 5000, LEARNER_GUESSES = 16, LEARNER_NEAR = 3 };

struct learner; /* opaque */

/* What is known of an appeal when it is judged. Only text must be there; the rest NULL or "" when unknown. */
struct learner_text {
	const char *text; size_t len; /* cleaned UTF-8, any length: a bounded part of it is read */
	const char *title;
	const char *place, *channel, *type; /* codes */
};
struct lesson {
	struct learner_text what;
	int label;
	case_no no;              /* for naming the nearest solved cases; 0 = none */
	float weight;            /* 1 = an ordinary decision; 0 < weight ≤ 4 */
};

/* labels: how many it will be asked to tell apart at most; sets its shape and its bound in memory (64 MiB up to 150, 256 MiB up to
 * 5,000). NULL when memory is gone. */
struct learner *learner_new(int labels);
void learner_free(struct learner *l);

/* The number of a label, made when it is new: code is its name among labels, words what people call it ("住房和建设局", "" = the code). -1
 * when there are too many or memory is gone. */
int learner_label(struct learner *l, const char *code, const char *words);
int learner_find(const struct learner *l, const char *code); /* -1 when unknown */
const char *learner_code(const struct learner *l, int label);
int learner_labels(const struct learner *l);

/* One step. False when memory is gone or the label is unknown (nothing is learnt then). */
bool learner_learn(struct learner *l, const struct lesson *what);
/* From the labels alone: what was learnt before is forgotten, then all of these are learnt thoroughly, several times over, and the
 * probabilities calibrated on folds kept aside. Long work: on a thread of its own. `group` joins lessons that must not be
 * parted between folds (near copies), NULL = found here. `stop` (may be NULL) is looked at between steps. */
bool learner_train(struct learner *l, const struct lesson *what, size_t n, const int *group, const volatile bool *stop);
uint64_t learner_steps(const struct learner *l); /* lessons learnt, all told */

/* What was read of a text, for several questions about it; the arena's. NULL when memory is gone. */
struct learner_reading;
struct learner_reading *learner_read(const struct learner *l, const struct learner_text *t, struct arena *a);

/* The same text for another learner (units, then items): its words are not read a second time. `of` must live as long as the answer. */
struct learner_reading *learner_read_again(const struct learner *l, const struct learner_reading *of, struct arena *a);

struct guess { int label; float p; };
/* The likeliest labels, best first, at most max (≤ LEARNER_GUESSES); p sums to at most 1 over all labels. 0 while nothing has been
 * learnt. *known (may be NULL) is how much of the text was seen before, 0–1. */
int learner_guess(const struct learner *l, struct learner_reading *r, struct guess *out, int max, float *known);
/* p of one label, 0 when unknown. After learner_guess. */
float learner_p(const struct learner *l, const struct learner_reading *r, int label);
/* How much each code point of the text spoke for the label against its rivals: weight[0..points of the text), negative = against.
 * Returns how many points were read. */
int learner_explain(const struct learner *l, struct learner_reading *r, int label, const float **weight);

struct learner_near { case_no no; int label; float likeness; }; /* 0–1 */
/* The nearest solved cases, best first. */
int learner_nearest(const struct learner *l, struct learner_reading *r, struct learner_near *out, int max);

/* The whole learner as bytes: a version, a checksum, little-endian. The same learner gives the same bytes. */
bool learner_save(const struct learner *l, struct buf *out);
/* NULL with *e set (invalid): not a learner, of another version, cut short, or damaged. */
struct learner *learner_load(const char *bytes, size_t len, struct err *e);
size_t learner_bytes(const struct learner *l); /* what it holds in memory */

#endif
