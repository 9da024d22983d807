/* How right the machine has been, as PostgreSQL counts it (fenbo.accuracy and its like), read into plain rows. */
#ifndef FENBO_TUI_ACCURACY_H
#define FENBO_TUI_ACCURACY_H

#include "tui/console.h"

/*   id          wire       heading (msgid) */
#define ACCURACY_TABLE(X) \
	X(UNIT,    "unit",    "unit") \
	X(ITEM,    "item",    "duty item") \
	X(SHIFT,   "shift",   "shift") \
	X(MODEL,   "model",   "model") \
	X(CHANNEL, "channel", "channel") \
	X(DAY,     "day",     "day") \
	X(BIN,     "",        "as sure as said") /* reliability: not a way of counting, a table of its own */

enum accuracy_by {
#define X(id, wire, heading) ACCURACY_##id,
	ACCURACY_TABLE(X)
#undef X
	ACCURACY_COUNT
};
enum { ACCURACY_BINS = 10, ACCURACY_DAYS = 14, ACCURACY_FLAGS = 20, ACCURACY_ROWS = 5000 };

struct accuracy_row { char key[72], name[120]; long decided, returned; double share1, share3, said, off; };
struct accuracy_flag { char by[12], key[72], name[120]; long decided, before; double share, share_before; };
struct accuracy_bin { double low, high, said, right; long decided; };

struct accuracy {
	struct console *c;
	enum accuracy_by by;
	int days;                 /* looked back over */
	char from[40];            /* RFC 3339 */
	struct accuracy_row *row; /* owned; of `by` */
	int n, cap;
	struct accuracy_row all;  /* decided 0 = nothing yet */
	struct accuracy_row day[ACCURACY_DAYS];
	int ndays;
	struct accuracy_flag flag[ACCURACY_FLAGS];
	int nflags;
	struct accuracy_bin bin[ACCURACY_BINS];
	int nbins;
	struct accuracy_ask { struct accuracy *a; bool on; uint64_t handle; } ask[5];
	char error[160];
};

void accuracy_init(struct accuracy *a, struct console *c, int days);
void accuracy_free(struct accuracy *a);
/* Ask for everything anew; what stands there stays until the answers have come. */
void accuracy_ask_all(struct accuracy *a);
/* Another way of counting, or other days. */
void accuracy_look(struct accuracy *a, enum accuracy_by by, int days);
bool accuracy_asking(const struct accuracy *a);
const char *accuracy_wire(enum accuracy_by by);
const char *accuracy_heading(enum accuracy_by by); /* msgid */
/* The flag raised for this line, NULL = none. */
const struct accuracy_flag *accuracy_flagged(const struct accuracy *a, enum accuracy_by by, const char *key);

#endif
