/*
 * The fields of the form, read out of a few sentences: what kind of appeal it is, telephone numbers, the caller's name, when it
 * happened, number plates, keywords, danger, enterprises. Each with its span in the text, so that a dispatcher sees where it comes
 * from; personal values are never copied, the span says where they stand. Simplified and traditional characters, full-width forms
 * and Latin letters alike. Nothing is guessed: what is not said stays empty.
 */
#ifndef FENBO_MACHINE_FIELDS_H
#define FENBO_MACHINE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/duty.h"
#include "core/base/clock.h"
#include "core/machine/enterprise.h"
#include "core/machine/keywords.h"
#include "core/machine/phone.h"
#include "core/machine/said_time.h"
#include "core/machine/said_type.h"
#include "core/machine/urgency.h"

enum { FIELDS_PHONES = 4, FIELDS_PLATES = 4 };

struct fields_phone {
	struct span at;
	bool own;                /* the caller's, as far as the text says; another's (商家电话…) never goes into the form */
	char digits[16];
};
struct fields_found {
	enum said_kind type; struct span type_at; bool type_in_title;
	int phones; struct fields_phone phone[FIELDS_PHONES];
	bool named; struct span person;
	bool timed; struct said_moment time;
	int plates; struct span plate[FIELDS_PLATES];
	int keywords; struct span keyword[KEYWORDS_MAX];
	struct urgency_result urgency;
	int enterprises; struct enterprise_hit enterprise[ENTERPRISE_HITS];
};
struct fields_query {
	const char *text; size_t text_len;
	const char *title;       /* NULL or "": kind and danger are looked for there, too */
	usec_t received;         /* what 昨天 is told from */
	enum priority priority;  /* what it has without urgency words */
	struct span place;       /* where the place stands in the text: its words are no keywords; start < 0 = nowhere */
};

/* What a routing policy says of the fields; every member may be zero. Copied. */
struct fields_policy {
	struct urgency_words urgent, fast;
	struct said_words types;
};
struct fields; /* opaque, immutable once built, thread-safe */
struct fields *fields_new(const struct fields_policy *policy, const struct duty_list *duty); /* duty may be NULL; NULL when memory is gone */
void fields_free(struct fields *f);
/* In bounded time for any text: its first POINTS_MAX code points are read. e may be NULL. */
void fields_find(const struct fields *f, const struct enterprises *e, const struct fields_query *q, struct fields_found *out);

#endif
