/*
 * What the machine would say of a form as it is being filled in: fenbod is asked when the keys have rested, the answer is kept until a newer
 * one comes. Nothing waits for it: while fenbod is away that is said, and the form works as ever.
 */
#ifndef FENBO_TUI_LIVE_H
#define FENBO_TUI_LIVE_H

#include <jansson.h>
#include "tui/advice.h"
#include "tui/console.h"

enum live_state { LIVE_NONE, LIVE_WAITING, LIVE_HERE, LIVE_AWAY };
struct live {
	struct console *c;
	usec_t due;          /* ask then (monotonic); 0 = nothing has changed since */
	enum live_state state;
	bool asking;
	struct arena arena;
	struct advice advice; /* in the arena; n = 0 and model "" before the first answer */
};

void live_init(struct live *l, struct console *c);
void live_free(struct live *l);
/* Something was typed: ask 300 ms after the last of it. */
void live_touch(struct live *l);
/* True when the keys have rested: the view makes the question and calls live_ask. */
bool live_due(const struct live *l);
void live_ask(struct live *l, json_t *question); /* takes the reference */
/* The machine's newest word: of the form as it is typed, else of the case. */
const struct advice *live_advice(const struct live *l, const struct casefile *f);
const struct read_place *live_place(const struct live *l, const struct casefile *f);
/* A rule that says whose word it is, the units, the place. Returns the rows used. */
int live_draw(const struct live *l, const struct casefile *f, struct grid *g, struct rect area);

#endif
