/*
 * What the machine says about one text: three units with probability and reasons, the place it read, whether it has seen the like.
 * Comes inside fenbo.show() for a case, and from fenbod's POST /v1/recommend while a form is edited; drawn the same way in both places.
 */
#ifndef FENBO_TUI_ADVICE_H
#define FENBO_TUI_ADVICE_H

#include <jansson.h>
#include <stdbool.h>
#include "core/appeal/number.h"
#include "core/base/arena.h"
#include "tui/grid.h"

struct console;
enum { CASE_UNITS = 3, CASE_REASONS = 12, PLACE_CANDIDATES = 9 };

/* kind: word, item, place, picked, case, returned. Code points of the text, [from, to); -1 = none. no, unit,
 * likeness (0 = not said): of a solved case, whose text is its title, "" when nobody told it. */
struct case_reason { const char *kind, *text, *unit; int from, to; case_no no; double likeness; };
struct case_unit {
	const char *code, *name, *item, *item_name;
	double p;
	struct case_reason reason[CASE_REASONS];
	int reasons;
};
/* Where the machine read the place: code "" = unknown, or one of the candidates. */
struct read_place {
	const char *code, *name, *level, *in; /* in: text, address, coordinates or channel */
	int from, to;
	struct place_choice { const char *code, *name; } candidate[PLACE_CANDIDATES];
	int candidates;
};
struct advice {
	const char *id, *model;
	bool novel;
	int n;
	struct case_unit unit[CASE_UNITS];
	struct read_place place;
};

/* A member's text, cleaned and in the arena; "" when it is none. */
const char *advice_text(struct arena *a, const json_t *o, const char *key);
/* start and end of a member with a span; -1 when there is none. */
void advice_span(const json_t *o, int *from, int *to);
/* Everything is kept in the arena. o may be NULL: then nothing is said. */
void advice_read(struct arena *a, const json_t *o, struct advice *out);
void advice_read_place(struct arena *a, const json_t *o, struct read_place *out);

/* Rows that advice_draw needs: a line for "novel", one a unit. */
int advice_rows(const struct advice *a);
/* The units as bars, the reasons beside them as far as there is room, first of all whether the like was never seen. Returns the rows used.
 * `on`: the unit under the cursor, -1 = there is none. */
int advice_draw(const struct console *c, const struct advice *a, struct grid *g, struct rect area, int on);
/* One unit on one line: digit, name, bar, number, then the column where more may be written is returned. */
int advice_unit(const struct console *c, const struct case_unit *u, int i, struct grid *g, struct rect area, bool strong);
/* The same word twice (of the title and of the text) is one reason. */
bool advice_said_before(const struct case_unit *u, int r);
/* "place", "like", …: the word before a reason; "" for the words of the text, which speak for themselves. */
const char *advice_kind(const char *kind);

#endif
