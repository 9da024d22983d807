/*
 * Sample appeals for demonstrations and load: varied everyday Chinese about the shipped duty list, with places, moods,
 * lengths and two manners (told on the phone, typed in an app), several people reporting one incident in different
 * words, urgent ones, questions and suggestions, and some that try to do harm. The same seed gives the same stream.
 * Names and numbers are invented; no number can be called.
 */
#ifndef FENBO_CONF_SAMPLE_H
#define FENBO_CONF_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "conf/routing.h"
#include "core/base/buf.h"
#include "core/base/clock.h"

enum sample_kind {
	SAMPLE_ORDINARY, SAMPLE_REPEAT, SAMPLE_URGENT, SAMPLE_QUESTION, SAMPLE_SUGGESTION, SAMPLE_HOSTILE, SAMPLE_KINDS
};

struct sample_options {
	uint64_t seed;
	int hostile_per_mille;  /* share that tries to do harm; default 20 when 0, none when negative */
	int repeat_per_mille;   /* default 180 when 0, none when negative */
	const char *prefix;     /* of external ids; default "sample" */
};

struct sample_appeal {
	enum sample_kind kind;
	char external_id[64];
	char title[256];        /* "" = none */
	struct buf text;        /* raw, also when hostile */
	char address[256];      /* "" = only in the text, or nowhere */
	char name[32], phone[24];
	const char *type;       /* 投诉 求助 咨询 建议 */
	const char
	    *item; /* duty item it is about (borrowed from the document), for evaluation; never sent. "" for none */
	bool reply_wanted, confidential;
	int incident;           /* the same for all reports of one incident; 0 = alone */
};

struct sample; /* opaque */
/* Borrows the document (duty list and gazetteer), which must outlive it. NULL when these are missing or memory is gone.
 */
struct sample *sample_new(const struct routing_doc *doc, const struct sample_options *o);
void sample_free(struct sample *s);
/* The next appeal; out->text is reused. */
void sample_next(struct sample *s, struct sample_appeal *out);
void sample_appeal_free(struct sample_appeal *a);
/* One NDJSON line of POST /v1/appeals, with \n. received_at is left out when `received` is 0. */
bool sample_ndjson(const struct sample_appeal *a, usec_t received, struct buf *out);
const char *sample_kind_name(enum sample_kind k);

#endif
