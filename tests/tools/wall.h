/*
 * Working time of a routing revision, for tests: how much there is before each minute of some years, made by looking at the wall clock of every one of
 * them with the C library's time zones (TZ). Shares nothing with the SQL.
 */
#ifndef FENBO_TESTS_TOOLS_WALL_H
#define FENBO_TESTS_TOOLS_WALL_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

struct wall {
	int revision;
	int64_t from, minutes;       /* the first minute since 1970, and how many */
	int32_t *before;             /* working minutes before each; one more than `minutes`; owned */
	int64_t day_s;               /* of one working day */
};

/* o: {"revision", "days": [1…7], "spans": [[from, to], …] minutes after midnight, "exceptions": {"2026-10-01": false}}; seconds since 1970. */
bool wall_make(struct wall *w, const json_t *o, int64_t from, int64_t until);
void wall_free(struct wall *w);
int64_t wall_before(const struct wall *w, int64_t t);                       /* working seconds up to t */
int64_t wall_later(const struct wall *w, int64_t t, int64_t seconds);       /* the first instant by which so many have passed since t */

#endif
