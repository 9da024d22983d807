/*
 * What an appeal can be: stages, priorities, outcomes, flags, limits (DESIGN, section 5). One row each; the wire name
 * is also PostgreSQL's enum label, the label is an English msgid. Order of priority is order of urgency.
 */
#ifndef FENBO_APPEAL_STAGE_H
#define FENBO_APPEAL_STAGE_H

#include <stdbool.h>

#define STAGE_TABLE(X) \
	X(TRIAGE,     "triage",     "to dispatch") \
	X(DISPATCHED, "dispatched", "dispatched") \
	X(HANDLING,   "handling",   "in hand") \
	X(RESOLVED,   "resolved",   "resolved") \
	X(CLOSED,     "closed",     "closed") \
	X(MERGED,     "merged",     "merged")

#define PRIORITY_TABLE(X) \
	X(URGENT, "urgent", "urgent") \
	X(FAST,   "fast",   "fast") \
	X(NORMAL, "normal", "normal")

#define OUTCOME_TABLE(X) \
	X(NONE,      "",          "") \
	X(SOLVED,    "solved",    "solved") \
	X(ANSWERED,  "answered",  "answered at once") \
	X(INVALID,   "invalid",   "invalid") \
	X(WITHDRAWN, "withdrawn", "withdrawn") \
	X(EMERGENCY, "emergency", "handed to emergency services") \
	X(UNRATED,   "unrated",   "closed unrated")

/* bit, wire name, label */
#define FLAG_TABLE(X) \
	X(DISPUTED,     0, "disputed",       "disputed") \
	X(SUPERVISED,   1, "supervised",     "supervised") \
	X(CONFIDENTIAL, 2, "confidential",   "confidential") \
	X(REPLY,        3, "reply_wanted",   "reply wanted") \
	X(DELEGATE,     4, "delegate",       "delegate's item") \
	X(ENTERPRISE,   5, "key_enterprise", "key enterprise") \
	X(DANGER,       6, "danger",         "danger to life") \
	X(RELAPSE,      7, "relapse",        "relapse") \
	X(ESCALATED,    8, "escalated",      "escalated") \
	X(RULED,        9, "ruled",          "ruled") \
	X(ASKED,       10, "asked",          "asks the supervisor") \
	X(PAUSED,      11, "paused",         "paused") \
	X(POOR,        12, "poor",           "rated badly") \
	X(SPECIAL,     13, "special",        "special supervision") \
	X(INSTRUCTED,  14, "instructed",     "instruction stands") \
	X(BREACHED,    15, "breached",       "was late") \
	X(ALERT,       16, "alert",          "machine's alert, no citizen") \
	X(HEADED,      17, "headed",         "confirmed by the head") \
	X(REMINDED,    18, "reminded",       "reminder unanswered")

enum stage {
#define X(id, wire, label) STAGE_##id,
	STAGE_TABLE(X)
#undef X
	STAGE_COUNT
};
enum priority {
#define X(id, wire, label) PRIORITY_##id,
	PRIORITY_TABLE(X)
#undef X
	PRIORITY_COUNT
};
enum outcome {
#define X(id, wire, label) OUTCOME_##id,
	OUTCOME_TABLE(X)
#undef X
	OUTCOME_COUNT
};
enum flag {
#define X(id, bit, wire, label) FLAG_##id = 1 << (bit),
	FLAG_TABLE(X)
#undef X
};

const char *stage_name(enum stage s);       /* wire name */
const char *stage_label(enum stage s);      /* msgid */
bool stage_parse(const char *s, enum stage *out);
const char *priority_name(enum priority p);
const char *priority_label(enum priority p);
bool priority_parse(const char *s, enum priority *out);
const char *outcome_name(enum outcome o);
const char *outcome_label(enum outcome o);
bool outcome_parse(const char *s, enum outcome *out);
const char *flag_name(enum flag f);
const char *flag_label(enum flag f);
unsigned flag_parse(const char *s);         /* 0 when unknown */

#endif
