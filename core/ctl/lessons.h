/*
 * The lesson log and the models of the database, as the commands train and model read them: whole, on a blocking connection.
 */
#ifndef FENBO_CTL_LESSONS_H
#define FENBO_CTL_LESSONS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/ctl/ctl.h"
#include "core/machine/blend.h"
#include "core/machine/model.h"

/* A decision that has not been taken back. Texts are the arena's. */
struct decided { int64_t seq; usec_t at; struct model_lesson lesson; };
struct lessons {
	struct decided *at; size_t n, room;  /* in the order of seq */
	int64_t last;                        /* the newest step read, whatever it was */
	struct arena arena;
};
/* Steps up to `upto` (0 = all), as they stand then. False with the reason on stderr and *status set. */
bool lessons_load(struct ctl *ctl, struct lessons *l, int64_t upto, int *status);
void lessons_free(struct lessons *l);

struct stored { int number, base; int64_t seq, bytes; bool checkpoint; char sha[65]; };
/* What fenbod would begin with; the base in force itself unless checkpoints are wanted. */
bool stored_current(struct ctl *ctl, bool checkpoints, struct stored *out, int *status);
/* The bytes of a model, none of model 0. False also when there is no such model, and when they are not what its sha256 says. */
bool stored_bytes(struct ctl *ctl, int number, struct buf *out, int *status);
struct model *stored_model(struct ctl *ctl, int number, int *status);
/* Write a base, with how much each source counts beside it (NULL = as at the start); its number, or -1. figures is JSON. */
int stored_put(struct ctl *ctl, const struct model *m, const struct blend *voices, const char *figures, const char *note, int *status);
/* sha256 in hex. */
void stored_sha(const struct buf *bytes, char out[65]);

#endif
