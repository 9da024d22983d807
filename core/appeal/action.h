/*
 * The action table: everything that can be done to an appeal, declared once (STYLE 5, DESIGN section 5). Keys, hint
 * bar, palette, help, `fenboctl act`, the manual and the key-map check all come out of a row. SQL holds the same
 * names, roles and stages in table fenbo.action; a test compares the two.
 */
#ifndef FENBO_APPEAL_ACTION_H
#define FENBO_APPEAL_ACTION_H

#include <stdbool.h>
#include "core/appeal/stage.h"

enum role {
	ROLE_DISPATCHER = 1, ROLE_SUPERVISOR = 2, ROLE_ADMIN = 4, ROLE_UNIT = 8, ROLE_CHANNEL = 16, ROLE_FEED = 32
};

/* Arguments an action takes: id, bit, wire name (option of fenboctl and key in SQL's args), what it is. */
#define ARG_TABLE(X) \
	X(RECOMMENDATION, 0, "recommendation", "id of the recommendation shown") \
	X(UNIT,           1, "unit",           "unit code") \
	X(ITEM,           2, "item",           "duty item code") \
	X(ASSIST,         3, "assist",         "unit codes, separated by commas") \
	X(INTO,           4, "into",           "number of the primary case") \
	X(REASON,         5, "reason",         "a code of the reason list, or typed text") \
	X(TEXT,           6, "text",           "a longer text: answer, note, result") \
	X(PARTS,          7, "parts",          "texts of the parts: paragraphs with an empty line between (- reads them), or a JSON array") \
	X(FIELDS,         8, "fields",         "JSON object of the changed fields of the form, of title, type, duty_item, address, place, lat, long, tags, " \
	    "name, phone, identity, confidential and reply_wanted") \
	X(PRIORITY,       9, "priority",       "urgent, fast or normal") \
	X(OUTCOME,       10, "outcome",        "end: invalid, withdrawn or emergency; contact: reached or unreached; visit: also refused") \
	X(DECISION,      11, "decision",       "yes or no") \
	X(UNTIL,         12, "until",          "a time, as 2026-11-23T09:00:00+08:00") \
	X(DAYS,          13, "days",           "a number of working days") \
	X(FILES,         14, "files",          "JSON array of {\"name\", \"size\", \"sha256\", \"link\"}") \
	X(RATING,        15, "rating",         "JSON object of speed, effect, service and feedback, each 1 to 5") \
	X(PERSON,        16, "person",         "a person's name") \
	X(INSTRUCTION,   17, "instruction",    "number of the instruction; without it the newest that stands")

enum action_arg {
#define X(id, bit, wire, what) ARG_##id = 1 << (bit),
	ARG_TABLE(X)
#undef X
};

/* Who (BY_) and where (AT_), as the table says it: sets of roles and of stages. */
enum action_by {
	BY_CENTRE = ROLE_DISPATCHER | ROLE_SUPERVISOR,
	BY_UNIT   = ROLE_UNIT,
	BY_CHIEF  = ROLE_SUPERVISOR,
	BY_EITHER = ROLE_UNIT | ROLE_SUPERVISOR,
	BY_STAFF  = BY_CENTRE | ROLE_UNIT,
	BY_CALLER = BY_CENTRE | ROLE_CHANNEL,            /* the citizen, or somebody at the centre for him */
	BY_ANYONE = BY_STAFF | ROLE_CHANNEL
};
enum action_at {
#define X(id, wire, label) AT_##id = 1 << STAGE_##id,
	STAGE_TABLE(X)
#undef X
	AT_UNIT = AT_DISPATCHED | AT_HANDLING,
	AT_OPEN = AT_TRIAGE | AT_UNIT | AT_RESOLVED,
	AT_ANY  = AT_OPEN | AT_CLOSED | AT_MERGED
};

/* id, name, by, at, needs, may have, default key, asks first,
 *     help (English msgid) */
#define ACTION_TABLE(X) \
	X(CLAIM,    "claim",    BY_CENTRE, AT_TRIAGE,           0, 0, "c", false, \
	    "take the case: others see your name on it") \
	X(RELEASE,  "release",  BY_CENTRE, AT_TRIAGE,           0, 0, "C", false, \
	    "give the case back to the queue") \
	X(NEXT,     "next",     BY_CENTRE, AT_TRIAGE,           0, 0, "n", false, \
	    "take the most pressing free case") \
	X(CONFIRM,  "confirm",  BY_CENTRE, AT_TRIAGE,           ARG_RECOMMENDATION | ARG_UNIT, ARG_ASSIST, "1", false, \
	    "dispatch to a recommended unit") \
	X(OVERRIDE, "override", BY_CENTRE, AT_TRIAGE,           ARG_REASON, ARG_UNIT | ARG_ITEM | ARG_ASSIST, \
	    "o", false, "dispatch to another unit or duty item, with a reason") \
	X(PARALLEL, "parallel", BY_CENTRE, AT_TRIAGE,           ARG_ASSIST, ARG_UNIT | ARG_ITEM | ARG_REASON, \
	    "p", false, "one lead unit and several assisting ones at once") \
	X(MERGE,    "merge",    BY_CENTRE, AT_TRIAGE,           ARG_INTO, ARG_REASON, "m", true, \
	    "merge into the case that this one repeats") \
	X(UNMERGE,  "unmerge",  BY_CENTRE, AT_MERGED,           0, ARG_REASON, "M", true, \
	    "take a merged case out again") \
	X(SPLIT,    "split",    BY_CENTRE, AT_TRIAGE,           ARG_PARTS, 0, "s", true, \
	    "make several cases out of one") \
	X(ANSWER,   "answer",   BY_CENTRE, AT_TRIAGE,           ARG_TEXT, 0, "a", true, \
	    "reply at once out of the knowledge base, and close") \
	X(EDIT,     "edit",     BY_CENTRE, AT_OPEN,             ARG_FIELDS, 0, "E", false, \
	    "correct the form; recommendations are renewed") \
	X(PRIORITY, "priority", BY_CENTRE, AT_OPEN,             ARG_PRIORITY, ARG_REASON, "P", false, \
	    "change the priority; clocks are recomputed") \
	X(NOTE,     "note",     BY_STAFF,  AT_ANY,              ARG_TEXT, 0, "N", false, \
	    "put a note on the record") \
	X(ESCALATE, "escalate", ROLE_DISPATCHER, AT_TRIAGE,     ARG_REASON, 0, "e", false, \
	    "send up to the shift's supervisor, with a reason") \
	X(END,      "end",      BY_CENTRE, AT_TRIAGE,           ARG_OUTCOME | ARG_REASON, \
	    ARG_UNIT | ARG_ITEM | ARG_ASSIST, "x", true, \
	    "end as invalid, withdrawn or handed to emergency services") \
	X(CHASE,    "chase",    BY_CALLER, AT_OPEN | AT_MERGED, 0, ARG_TEXT, "h", false, \
	    "the citizen asks again: badge, count, nearer the top") \
	X(ACCEPT,   "accept",   BY_UNIT,   AT_DISPATCHED,       0, 0, "1", false, \
	    "the unit signs for the case") \
	X(RETURN,   "return",   BY_UNIT,   AT_UNIT,             ARG_REASON, ARG_UNIT, "r", true, \
	    "the unit sends back what is not theirs") \
	X(RESOLVE,  "resolve",  BY_UNIT,   AT_UNIT,             ARG_TEXT, ARG_FILES, "f", true, \
	    "the unit reports the result") \
	X(CLOSE,    "close",    BY_CENTRE, AT_RESOLVED,         0, ARG_TEXT, "z", true, \
	    "close a resolved case") \
	X(REOPEN,   "reopen",   BY_ANYONE, AT_CLOSED,           ARG_REASON, 0, "O", true, \
	    "closed but not solved, or the same again") \
	X(UNDO,     "undo",     BY_STAFF,  AT_ANY,              0, 0, "u", false, \
	    "reverse your last action") \
	X(ATTACH,   "attach",   BY_STAFF,  AT_ANY,              ARG_FILES, ARG_TEXT, "F", false, \
	    "put files on the record, by name, size, hash and link") \
	X(CONTACT,  "contact",  BY_UNIT,   AT_UNIT,             ARG_TEXT, ARG_OUTCOME | ARG_UNTIL | ARG_FILES, "c", false, \
	    "the unit has spoken with the citizen") \
	X(PROGRESS, "progress", BY_UNIT,   AT_UNIT,             ARG_TEXT, ARG_UNTIL | ARG_FILES, "p", false, \
	    "the unit says how far it is") \
	X(PAUSE,    "pause",    BY_EITHER, AT_UNIT,             ARG_REASON, ARG_UNTIL | ARG_TEXT, "Z", false, \
	    "stop the clocks for a reason, or ask to") \
	X(RESUME,   "resume",   BY_EITHER, AT_UNIT,             0, ARG_TEXT, "J", false, \
	    "the clocks run on") \
	X(EXTEND,   "extend",   BY_UNIT,   AT_UNIT,             ARG_REASON | ARG_DAYS, ARG_TEXT, "e", false, \
	    "ask the supervisor for more working days") \
	X(APPROVE,  "approve",  BY_CHIEF,  AT_UNIT,             ARG_DECISION, ARG_TEXT, "V", false, \
	    "decide what the unit asks for: yes or no") \
	X(SUBDISPATCH, "subdispatch", BY_UNIT, AT_UNIT,         ARG_UNIT, ARG_REASON | ARG_ASSIST, "s", false, \
	    "pass the case to a unit below, with what is left of its clocks") \
	X(RULE,     "rule",     BY_CHIEF,  AT_TRIAGE,           ARG_UNIT | ARG_TEXT, ARG_ITEM | ARG_ASSIST | ARG_FILES, "d", true, \
	    "rule whose it is, with the record of the meeting; a ruling binds") \
	X(REASSIGN, "reassign", BY_CHIEF,  AT_UNIT,             ARG_UNIT | ARG_REASON, ARG_ITEM | ARG_ASSIST, "D", true, \
	    "take the case from its unit and give it to another") \
	X(SUPERVISE, "supervise", BY_CHIEF, AT_OPEN,            0, ARG_TEXT | ARG_REASON, "B", false, \
	    "put the case under supervision") \
	X(LIFT,     "lift",     BY_CHIEF,  AT_OPEN,             0, ARG_TEXT, "X", false, \
	    "take the case out of supervision") \
	X(REMIND,   "remind",   BY_CHIEF,  AT_UNIT,             0, ARG_TEXT, "t", false, \
	    "write the unit a letter of reminder") \
	X(INSTRUCT, "instruct", BY_CHIEF,  AT_ANY,              ARG_TEXT, ARG_UNIT | ARG_UNTIL | ARG_PERSON, "I", false, \
	    "record a leader's instruction, to be followed to its end") \
	X(COMPLY,   "comply",   BY_EITHER, AT_ANY,              ARG_TEXT, ARG_INSTRUCTION | ARG_FILES, "Y", false, \
	    "say what was done about the instruction") \
	X(SETTLE,   "settle",   BY_CHIEF,  AT_ANY,              0, ARG_INSTRUCTION | ARG_TEXT, "K", false, \
	    "the instruction has been followed") \
	X(CONFIRM_HEAD, "confirm-head", BY_UNIT, AT_UNIT | AT_RESOLVED, ARG_PERSON, ARG_TEXT, "K", false, \
	    "the head of the unit has seen it and stands for it") \
	X(RATE,     "rate",     ROLE_CHANNEL, AT_RESOLVED | AT_MERGED, ARG_RATING, ARG_TEXT, "", false, \
	    "the citizen rates the result") \
	X(VISIT,    "visit",    BY_CENTRE, AT_UNIT | AT_RESOLVED, ARG_OUTCOME, ARG_RATING | ARG_TEXT | ARG_UNTIL, "W", false, \
	    "a return visit by phone, with the citizen's rating")

enum action {
#define X(id, name, roles, stages, needs, may, key, asks, help) ACTION_##id,
	ACTION_TABLE(X)
#undef X
	ACTION_COUNT
};

struct action_info {
	const char *name;
	unsigned roles;      /* enum role, or-ed */
	unsigned stages;     /* 1 << enum stage, or-ed */
	unsigned needs, may; /* enum action_arg, or-ed */
	const char *key;     /* default key */
	bool asks;           /* shows what it will touch and asks first */
	const char *help;
};

extern const struct action_info action_table[ACTION_COUNT];
/* False when there is no such action. */
bool action_parse(const char *name, enum action *out);
const char *arg_name(enum action_arg arg);  /* wire name of one argument, "recommendation"; NULL if unknown */
/* Whether somebody with these roles may do it to a case in that stage. The database judges; this only greys out. */
bool action_allowed(enum action a, unsigned roles, enum stage stage);

#endif
