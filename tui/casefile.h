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

enum { CASE_UNITS = 3, CASE_REASONS = 6 };

struct case_reason { const char *kind, *text; int from, to; /* code points of the text, -1 = none */ };
struct case_unit {
	const char *code, *name, *item, *item_name;
	double p;
	struct case_reason reason[CASE_REASONS];
	int reasons;
};
struct case_repeat { case_no no; double score; const char *title, *reason, *stage, *place, *unit; usec_t received_at; };
struct case_return { const char *unit, *person, *reason; usec_t at; };
struct case_clock { const char *kind; usec_t started_at, due_at, paused_since, stopped_at; long limit_s, paused_s; };
struct case_note { const char *kind, *text, *person; usec_t at; };
struct case_link { case_no no; const char *title, *stage; };

struct casefile {
	struct arena arena;
	case_no no;
	int version;
	enum stage stage;
	enum priority priority;
	const char *outcome;
	unsigned flags;
	const char *title, *text, *type, *channel, *address, *place, *place_name, *item, *item_name, *unit, *unit_name, *owner;
	const char *const *tags; int ntags;
	const char *const *assist; int nassist;
	usec_t received_at, due_at, lease_until, closed_at;
	int chased, returned_times, redo;
	struct { const char *name, *phone, *identity; bool masked; int earlier; } citizen;
	struct { const char *id, *model; bool novel; int n; struct case_unit unit[CASE_UNITS]; } rec;
	struct case_repeat *repeat; int repeats;
	struct case_return *returned; int nreturned; /* newest first */
	struct case_clock *clock; int clocks;
	struct case_note *note; int notes;
	struct case_link *merged; int nmerged;
	struct case_link *part; int parts;
	case_no parent, primary;
};

/* NULL with a log line when the JSON is not a case. Free with casefile_free. Texts are cleaned again: belt and braces. */
struct casefile *casefile_read(const char *json, size_t len);
void casefile_free(struct casefile *f);

#endif
