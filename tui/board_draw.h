/*
 * The pieces of a time board, drawn: the four figures at its head, what will be late next, the lines of one grouping, arrivals and departures
 * with a time axis. Used by the board a supervisor walks in and by the wall, which shows nothing of a person: `wall` leaves out
 * titles, places and names.
 */
#ifndef FENBO_TUI_BOARD_DRAW_H
#define FENBO_TUI_BOARD_DRAW_H

#include "tui/tally.h"

/* Where the pieces stand in an area: side by side where it is wide, one above the other where it is high, else only one of cases and
 * lines (`both` false: they are the same place). tabs: the row above each. */
struct board_rooms { struct rect danger, figures, cases, lines, flow; int case_tabs, line_tabs; bool both; };
struct board_rooms board_rooms(const struct tally *t, struct rect area);

/* Danger to life across the screen, with how long the oldest waits; `key`: the one that shows the cases, "" = none. */
void board_draw_danger(const struct tally *t, const char *key, struct grid *g, struct rect area, usec_t now);
/* The four figures, side by side. `stale`: nothing new comes in. */
void board_draw_figures(const struct tally *t, struct grid *g, struct rect area, bool stale);
/* One case to a row: what is left, number, clock, where it lies, who holds it, what it is about. `at`: the row under the cursor, -1 = none. */
void board_draw_cases(const struct console *c, const case_no *no, int n, int at, struct grid *g, struct rect area, bool wall, usec_t now);
/* The lines of a grouping from `top` on, under their heading; then the other groupings, as far as there is room (on a wall no persons). `at`:
 * as above. */
void board_draw_lines(const struct tally *t, enum board_by by, bool wall, int top, int at, struct grid *g, struct rect area, usec_t now);
/* Arrivals and departures of all desks and clocks run out, by five minutes, the newest at the right; at least three rows. */
void board_draw_flow(const struct console *c, struct grid *g, struct rect area, usec_t now);

#endif
