/*
 * What the machine makes of an appeal before it becomes a case: place, three units, urgency, repeats, a title without personal data.
 */
#ifndef FENBO_DAEMON_THINK_H
#define FENBO_DAEMON_THINK_H

#include "core/appeal/number.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/daemon/auth.h"
#include "core/daemon/metrics.h"
#include "core/daemon/rules.h"
#include "core/feed/appeal.h"

struct memory;
struct tutor;
struct think; /* opaque */
struct think *think_new(struct memory *memory, struct rules *routing, struct tutor *tutor, struct metrics *metrics);
void think_free(struct think *t);

/* What is needed to remember a case once it has its number; texts are the arena's. */
struct thought {
	const char *text, *title, *place, *item;
	size_t text_len;
	usec_t at;
	uint64_t person;
	usec_t took; /* the thinking */
};
/* Append the row that fenbo.intake takes, as JSON, less its line. email may be NULL. `raw` (len > 0) are the bytes as they came, kept with a
 * row that SQL refuses. On any thread, each with an arena of its own: only the memory of recent cases is shared, and guards itself. */
void think_row(struct think *t, const struct ruling *g, struct arena *a, const struct key *k, const struct appeal_in *in, const char *email,
    const char *raw, size_t raw_len, struct buf *out, struct thought *thought);
void think_remember(struct think *t, case_no no, const struct thought *thought);

/* {"model","novel","place":{…},"fields":{…},"units":[…]} for POST /v1/recommend (names and reasons); of a case of
 * this number, for storing: {"model","novel","place","place_name","units","repeats","links"}. */
void think_recommend(struct think *t, struct arena *a, const struct recommend_query *q, case_no no, struct buf *out);
/* Append bytes in base64. */
void think_base64(struct buf *out, const char *bytes, size_t len);
bool think_ready(const struct think *t);

#endif
