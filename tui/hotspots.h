/* Hot spots and the heat table, as PostgreSQL keeps them (fenbo.hotspot_list, fenbo.heat_table), read into plain rows. */
#ifndef FENBO_TUI_HOTSPOTS_H
#define FENBO_TUI_HOTSPOTS_H

#include "tui/console.h"

enum { HOT_DAYS = 28, HOT_ROWS = 500, HEAT_PLACES = 64, HEAT_MATTERS = 48, HEAT_NAME = 48 };

struct hot_row {
	int64_t id;
	char matter[120], place[80], verdict[12], person[64], remark[200];
	int matter_level, place_level, window_s, cases, people;
	double expected, surprise;
	bool weak, ended;
	usec_t raised, since;
	int day[HOT_DAYS];
};
/* Streets by classes, the fullest first both ways. */
struct heat_cell { int people; double expected; };
struct heat {
	char place[HEAT_PLACES][HEAT_NAME], matter[HEAT_MATTERS][HEAT_NAME];
	int places, matters, of_place[HEAT_PLACES], of_matter[HEAT_MATTERS]; /* people */
	struct heat_cell cell[HEAT_PLACES][HEAT_MATTERS];
	usec_t at;             /* 0 = none was made yet */
};

struct hotspots_read {
	struct console *c;
	struct hot_row *row;   /* owned */
	int n;
	int *at;               /* the cursor, which stays on its row when the list is read anew; NULL = there is none */
	usec_t lost;           /* monotonic; when the row under the cursor was last found to be gone */
	struct heat heat, fresh; /* fresh: on its way */
	int window_s;
	char error[160];
	struct hot_ask { struct hotspots_read *r; bool on; uint64_t handle; } ask[2];
	struct hot_row *coming; int ncoming; /* the new list on its way; owned */
};

void hotspots_read_init(struct hotspots_read *r, struct console *c, int window_s);
void hotspots_read_free(struct hotspots_read *r);
/* Ask for both anew; what stands there stays until the answers have come. */
void hotspots_ask(struct hotspots_read *r);
void hotspots_window(struct hotspots_read *r, int window_s);
bool hotspots_asking(const struct hotspots_read *r);

#endif
