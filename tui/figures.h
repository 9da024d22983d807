/* The centre in figures, as PostgreSQL adds them up (fenbo.report_each): one period beside the one before, in all and by one way of counting. */
#ifndef FENBO_TUI_FIGURES_H
#define FENBO_TUI_FIGURES_H

#include "core/appeal/figures.h"
#include "tui/console.h"

enum { FIGURES_DAYS = 31, FIGURES_ROWS = 5000 };

struct figures_row { char key[72], name[120]; struct counts now, was; };

struct figures {
	struct console *c;
	enum report_period period;
	enum report_by by;
	struct report_span span;
	struct day first;          /* of the days of the spark lines */
	struct counts all, was, day[FIGURES_DAYS];
	int ndays;
	struct figures_row *row;   /* owned; largest first, days in order */
	int n, cap;
	double day_s;              /* working seconds of a day; 0 = not known yet */
	int64_t open, overdue;     /* cases open at the end of the period; late and still open when it was read */
	usec_t read_at;            /* the server's time; 0 = nothing has come yet */
	struct figures_ask { struct figures *f; bool on; uint64_t handle; } ask[2];
	char error[160];
};

void figures_init(struct figures *f, struct console *c, enum report_period period, enum report_by by);
void figures_free(struct figures *f);
/* Ask for everything; what stands there stays until the answer comes. */
void figures_look(struct figures *f, enum report_period period, enum report_by by);
bool figures_asking(const struct figures *f);
/* What a line is called, translated. */
const char *figures_name(const struct figures *f, const struct figures_row *r);

#endif
