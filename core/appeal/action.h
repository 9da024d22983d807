/*
 * The action table: everything that can be done to an appeal, declared once (STYLE 5, DESIGN section 5). Keys, hint bar,
 * palette, help, `fenboctl act`, the manual and the key-map check all come out of a row. SQL holds the same names, roles and
 * stages in table fenbo.action; a test compares the two.
 */
#ifndef FENBO_APPEAL_ACTION_H
#define FENBO_APPEAL_ACTION_H

#include <stdbool.h>

enum role { ROLE_DISPATCHER = 1, ROLE_SUPERVISOR = 2, ROLE_ADMIN = 4, ROLE_UNIT = 8, ROLE_CHANNEL = 16, ROLE_FEED = 32 };

/* Arguments an action takes. The wire name is the option of fenboctl and the key in SQL's args. */
enum action_arg {
	ARG_RECOMMENDATION = 1 << 0, /* recommendation  id of the recommendation shown */
	ARG_UNIT           = 1 << 1, /* unit            unit code */
	ARG_ITEM           = 1 << 2, /* item            duty item code */
	ARG_ASSIST         = 1 << 3, /* assist          unit codes */
	ARG_INTO           = 1 << 4, /* into            primary's case number */
	ARG_REASON         = 1 << 5, /* reason          a code of the reason list, or typed text */
	ARG_TEXT           = 1 << 6, /* text            a longer text: answer, note, result */
	ARG_PARTS          = 1 << 7, /* parts           texts of the parts, one paragraph each */
	ARG_FIELDS         = 1 << 8, /* fields          changed fields of the form */
	ARG_PRIORITY       = 1 << 9, /* priority        urgent, fast, normal */
	ARG_OUTCOME        = 1 << 10 /* outcome         invalid, withdrawn, emergency */
};

#define D ROLE_DISPATCHER
#define S ROLE_SUPERVISOR
#define U ROLE_UNIT
#define C ROLE_CHANNEL
#define ST(x) (1u << STAGE_##x)
#define OPEN (ST(TRIAGE) | ST(DISPATCHED) | ST(HANDLING) | ST(RESOLVED))

/*  id          name         roles  stages                          needs                        may have                      key  asks    help (English msgid) */
#define ACTION_TABLE(X) \
	X(CLAIM,    "claim",     D | S, ST(TRIAGE),                     0,                           0,                            "c", false, "take the case: others see your name on it") \
	X(RELEASE,  "release",   D | S, ST(TRIAGE),                     0,                           0,                            "C", false, "give the case back to the queue") \
	X(NEXT,     "next",      D | S, ST(TRIAGE),                     0,                           0,                            "n", false, "take the most pressing free case") \
	X(CONFIRM,  "confirm",   D | S, ST(TRIAGE),                     ARG_RECOMMENDATION | ARG_UNIT, ARG_ASSIST,                 "1", false, "dispatch to a recommended unit") \
	X(OVERRIDE, "override",  D | S, ST(TRIAGE),                     ARG_REASON,                  ARG_UNIT | ARG_ITEM | ARG_ASSIST, "o", false, "dispatch to another unit or duty item, with a reason") \
	X(PARALLEL, "parallel",  D | S, ST(TRIAGE),                     ARG_ASSIST,                  ARG_UNIT | ARG_ITEM | ARG_REASON, "p", false, "one lead unit and several assisting ones at once") \
	X(MERGE,    "merge",     D | S, ST(TRIAGE),                     ARG_INTO,                    ARG_REASON,                   "m", true,  "merge into the case that this one repeats") \
	X(UNMERGE,  "unmerge",   D | S, ST(MERGED),                     0,                           ARG_REASON,                   "M", true,  "take a merged case out again") \
	X(SPLIT,    "split",     D | S, ST(TRIAGE),                     ARG_PARTS,                   0,                            "s", true,  "make several cases out of one") \
	X(ANSWER,   "answer",    D | S, ST(TRIAGE),                     ARG_TEXT,                    0,                            "a", true,  "reply at once out of the knowledge base, and close") \
	X(EDIT,     "edit",      D | S, OPEN,                           ARG_FIELDS,                  0,                            "E", false, "correct the form; recommendations are renewed") \
	X(PRIORITY, "priority",  D | S, OPEN,                           ARG_PRIORITY,                ARG_REASON,                   "P", false, "change the priority; clocks are recomputed") \
	X(NOTE,     "note",      D | S | U, OPEN | ST(CLOSED) | ST(MERGED), ARG_TEXT,                0,                            "N", false, "put a note on the record") \
	X(ESCALATE, "escalate",  D,     ST(TRIAGE),                     ARG_REASON,                  0,                            "e", false, "send up to the shift's supervisor, with a reason") \
	X(END,      "end",       D | S, ST(TRIAGE),                     ARG_OUTCOME | ARG_REASON,    0,                            "x", true,  "end as invalid, withdrawn or handed to emergency services") \
	X(CHASE,    "chase",     C | D | S, OPEN | ST(MERGED),          0,                           ARG_TEXT,                     "h", false, "the citizen asks again: badge, count, nearer the top") \
	X(ACCEPT,   "accept",    U,     ST(DISPATCHED),                 0,                           0,                            "1", false, "the unit signs for the case") \
	X(RETURN,   "return",    U,     ST(DISPATCHED) | ST(HANDLING),  ARG_REASON,                  ARG_UNIT,                     "r", true,  "the unit sends back what is not theirs") \
	X(RESOLVE,  "resolve",   U,     ST(DISPATCHED) | ST(HANDLING),  ARG_TEXT,                    0,                            "f", true,  "the unit reports the result") \
	X(CLOSE,    "close",     D | S, ST(RESOLVED),                   0,                           ARG_TEXT,                     "z", true,  "close a resolved case") \
	X(REOPEN,   "reopen",    D | S | U | C, ST(CLOSED),             ARG_REASON,                  0,                            "O", true,  "closed but not solved, or the same again") \
	X(UNDO,     "undo",      D | S | U, OPEN | ST(CLOSED) | ST(MERGED), 0,                       0,                            "u", false, "reverse your last action")

enum action {
#define X(id, name, roles, stages, needs, may, key, asks, help) ACTION_##id,
	ACTION_TABLE(X)
#undef X
	ACTION_COUNT
};

struct action_info {
	const char *name;
	unsigned roles;  /* enum role, or-ed */
	unsigned stages; /* 1 << enum stage, or-ed */
	unsigned needs, may; /* enum action_arg, or-ed */
	const char *key; /* default key */
	bool asks;       /* shows what it will touch and asks first */
	const char *help;
};

extern const struct action_info action_table[ACTION_COUNT];
bool action_parse(const char *name, enum action *out);
const char *arg_name(enum action_arg arg);  /* "recommendation" … ; static */
bool action_allowed(enum action a, unsigned roles, unsigned stage);

#undef D
#undef S
#undef U
#undef C
#undef ST
#undef OPEN

#endif
