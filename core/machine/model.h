/*
 * All that decisions have taught, as one thing: a learner from texts to units and one from texts to duty items, and how far the lesson log
 * has been learnt into them. What fenbod follows the log with, what `fenboctl train` makes, and what the database keeps as bytes.
 */
#ifndef FENBO_MACHINE_MODEL_H
#define FENBO_MACHINE_MODEL_H

#include "core/machine/learner.h"

enum { MODEL_UNITS = 1000, MODEL_ITEMS = LEARNER_LABELS, MODEL_NAME = 32 };

struct model {
	struct learner *units, *items;
	int64_t seq;             /* the last step of the log that is in it, or was passed over */
	int64_t taught;          /* lessons learnt since its base was made */
};

/* One decision. Codes name labels; names are what people call them, and count when a label is new. */
struct model_lesson {
	struct learner_text what;
	const char *unit, *unit_name, *item, *item_name; /* item NULL or "" = none */
	case_no no;
	float weight;
};

struct model *model_new(void); /* NULL when memory is gone */
void model_free(struct model *m); /* NULL is fine */
/* One step. A label beyond the room there is teaches nothing, the same everywhere. False when memory is gone: the model is not what it
 * should be then. */
bool model_learn(struct model *m, const struct model_lesson *l);
/* From nothing: all of these at once, thoroughly. Long work; stop may be NULL. False when memory is gone or it was stopped. */
bool model_train(struct model *m, const struct model_lesson *l, size_t n, const volatile bool *stop);

/* The same model gives the same bytes. */
bool model_save(const struct model *m, struct buf *out);
/* No bytes are the empty model. NULL with *e set (invalid): no model, of another version, cut short, or damaged. */
struct model *model_load(const char *bytes, size_t len, struct err *e);
size_t model_bytes(const struct model *m); /* in memory */

/* "city-3+1842": base 3, 1,842 lessons after it; "" with nothing learnt. */
void model_name(const struct model *m, int base, char name[MODEL_NAME]);

#endif
