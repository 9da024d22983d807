/*
 * One case with all that fenbo.show() tells of it. Immutable once read; strings belong to the case file.
 */
#ifndef FENBO_TUI_CASEFILE_H
#define FENBO_TUI_CASEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/number.h"
#include "core/appeal/stage.h"
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "tui/advice.h"

struct case_repeat { case_no no; double score; const char *title, *reason, *stage, *place, *unit; usec_t received_at; };
struct case_return { const char *unit, *person, *reason; usec_t at; };
struct case_clock { const char *kind; usec_t started_at, due_at, paused_since, stopped_at; long limit_s, paused_s; };
struct case_note { const char *kind, *text, *person; usec_t at; };
/* What lies beside the case, by name; the promised calls; the units that follow one another ("done", "on", "later"). */
struct case_file { const char *name, *sha256, *link; int64_t size; };
struct case_promise { const char *person; usec_t until, kept_at; };
struct case_step { const char *unit, *name, *state; };
/* The newest thing that the unit asked of the supervisor; kind "" = none, decision "" = it stands. */
struct case_request { const char *kind, *reason, *text, *person, *decision, *answer, *decided_by; int days; usec_t asked_at, until; };
struct case_link { case_no no; const char *title, *stage; };
/* What a citizen thought of the result; words as this person may read them. round: how often it had been done again by then. */
struct case_rating { int speed, effect, service, feedback, round; bool bad, phone; const char *words; usec_t at; };
/* What was written about the case and stands: a leader's instruction that is not settled, a letter of reminder that is not answered. */
struct case_order { bool letter, complied, overdue; const char *text, *leader, *unit; usec_t at, until; };
/* An earlier case that this one belongs to: its number is quoted, or the same came up again. */
struct case_tie { case_no no; const char *kind, *reason, *title, *stage; usec_t received_at; };

/* What the machine read of the text, in the order in which it is shown. `value` is a word of ours or a name, "" where the span says it all;
 * a personal value is never copied, its span points into the text. */
enum read_kind { READ_TYPE, READ_PLACE, READ_TIME, READ_PHONE, READ_PERSON, READ_PLATE, READ_KEYWORD, READ_DANGER, READ_ENTERPRISE, READ_KINDS };
enum read_in { IN_TEXT, IN_TITLE, IN_ADDRESS };
/* tags: of an enterprise; or, where a short form may mean several, their names. precise: of a time, down to the minute. */
struct read_field { enum read_kind kind; const char *value, *tags; int from, to; enum read_in in; bool precise; };
enum { FIELDS_MAX = 48, BURST_LINES = 20 };

/* The group of one incident that the case was gathered into; id 0 = none. */
struct case_burst {
	int64_t id;
	const char *title, *place, *item;
	usec_t since;
	int cases, people;
	case_no primary;
	struct burst_line { case_no no; const char *title, *stage, *place; usec_t received_at; } line[BURST_LINES];
	int lines;
};

struct casefile {
	struct arena arena;
	case_no no;
	int version;
	enum stage stage;
	enum priority priority;
	const char *outcome;
	unsigned flags;
	const char *title, *text, *type, *channel, *channel_code, *address, *place, *place_name, *item, *item_name, *unit, *unit_name, *owner;
	const char *const *tags; int ntags;
	const char *const *assist; int nassist;
	usec_t received_at, due_at, lease_until, closed_at, happened_at;
	int chased, returned_times, redo;
	struct { const char *name, *phone, *identity; bool masked; int earlier; } citizen;
	struct advice rec;
	struct read_field *field; int fields;
	struct read_place read_place;
	struct case_tie *tie; int ties;
	struct case_burst burst;
	struct case_repeat *repeat; int repeats;
	struct case_return *returned; int nreturned; /* newest first */
	struct case_clock *clock; int clocks;
	struct case_note *note; int notes;
	struct case_file *file; int files;
	struct case_promise *promise; int promises;
	struct case_step *step; int steps;
	struct case_request request;
	const char *const *passed; int npassed; /* names of the units above that passed it down, topmost first */
	usec_t paused_until;                    /* 0 = not paused */
	struct case_link *merged; int nmerged;
	struct case_link *part; int parts;
	struct case_order *order; int orders;
	struct case_rating *rating; int ratings; /* newest first */
	const char *const *topic; int topics; /* titles */
	case_no parent, primary;
};

/* NULL with a log line when the JSON is not a case. Free with casefile_free. Texts are cleaned again: belt and braces. */
struct casefile *casefile_read(const char *json, size_t len);
void casefile_free(struct casefile *f);
/* msgid of what a field is: "type", "telephone", … */
const char *read_label(enum read_kind k);
/* What stands at the field's span, borrowed; its bytes in *len. "" and 0 when it has none. */
const char *casefile_span(const struct casefile *f, const struct read_field *r, size_t *len);

#endif
