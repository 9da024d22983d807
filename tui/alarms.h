/*
 * What this person has been told at the console while looking at something else: the alarms of db/schema/0081_alarms.sql, read once and kept
 * current by the event stream. What sounds, and how often, is decided in tui/alarm.h; here is the list, what stands in it, and
 * acknowledging. A case's alarm that has settled itself (its clock runs no more, it has left triage) no longer counts.
 */
#ifndef FENBO_TUI_ALARMS_H
#define FENBO_TUI_ALARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "core/appeal/number.h"
#include "core/base/clock.h"

struct console;
struct alarm_list; /* opaque */

enum alarm_level { ALARM_NOTICE, ALARM_ALARM, ALARM_DANGER };
enum { ALARM_WORDS = 200 };

struct alarm_row {
	int64_t id;
	case_no no;             /* 0 = of no case */
	enum alarm_level level;
	char kind[24], code[48];
	char clock[16], what[16]; /* of a rung */
	usec_t due_at;          /* 0 = none */
	char about[120];        /* what else the sentence names; "" = nothing */
	int n;                  /* and counts */
	usec_t at;              /* told last */
	int count;              /* how often */
	usec_t acked;           /* 0 = it stands */
	char by[64];            /* who acknowledged it */
	char title[200];
};

struct alarm_list *alarms_new(void);
void alarms_free(struct alarm_list *l);
/* Ask PostgreSQL for all of them; the list stays until the new one is whole. */
void alarms_load(struct console *c);
/* What a frame of the stream carries: alarms (an array, or NULL) and ids that were acknowledged by `by` (or NULL). */
void alarms_told(struct console *c, const json_t *alarms, const json_t *acknowledged, const char *by);
/* Rows in the order of the list: those that stand, danger above all, then the newest; then those acknowledged. Borrowed until the next
 * call that changes the list. */
size_t alarms_count(const struct alarm_list *l);
const struct alarm_row *alarms_at(const struct alarm_list *l, size_t i);
/* Does it stand: not acknowledged, not settled by itself? */
bool alarms_stands(const struct console *c, const struct alarm_row *r);
size_t alarms_standing(const struct console *c);
/* Acknowledge these, or with n = 0 all that stand. Says so, or why not. Returns how many were asked for. */
size_t alarms_ack(struct console *c, const int64_t *ids, size_t n);
/* Those of danger about these cases: the person has pressed the key that says he has seen them. */
void alarms_seen(struct console *c, const case_no *no, int n);
/* What the ladder did, out of the args of an event 'rung' or 'breach': which clock, whom it told, what became of it. */
void alarms_rung(const json_t *args, char out[ALARM_WORDS]);
/* What it says, in the person's language; `now` is the server's time. */
void alarms_words(const struct alarm_row *r, usec_t now, char out[ALARM_WORDS]);
/* The same of one that is known by its code and args only, as a handover has it. */
void alarms_sentence(const struct console *c, const char *code, const json_t *args, usec_t now, char out[ALARM_WORDS]);

#endif
