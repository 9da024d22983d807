/*
 * A day, a week or a month of the centre as it is handed around: read once, in one moment of the database, then printed for the terminal, as CSV,
 * as JSON or as one page of HTML. The same book gives the same bytes.
 */
#ifndef FENBO_CTL_REPORT_H
#define FENBO_CTL_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "core/appeal/figures.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/ctl/sync.h"

/* One key of one way of counting, beside the same of the period before. Texts are clean and the arena's. */
struct report_line {
	const char *key, *name;
	struct counts now, was;
};
struct report_lines { struct report_line *row; int n; };

struct report_rank {
	const char *unit, *name;
	int place, was_place;        /* 0 = too few cases */
	double score;                /* below zero = none */
	int64_t resolved;
	double handle, contact, satisfied, redo, chased, days; /* below zero = nothing of it */
};

struct report_group { const char *title, *area, *unit, *first; int64_t cases; };
struct report_notice { int64_t due, given; };

enum { REPORT_TREND = 31 };

struct report {
	enum report_period period;
	struct report_span span;
	struct day today;
	const char *centre, *unit, *unit_name; /* unit "" = the whole centre */
	const char *at;                        /* when it was made: 2026-11-22 17:42 */
	double day_s;
	int64_t open_cases, overdue, waiting;   /* open at the end of the period; late and still open when it was made; events not counted yet */
	struct report_line all;
	struct report_lines by[REPORT_BY_COUNT];
	struct { struct day day; struct counts now, was; bool begun; } trend[REPORT_TREND]; /* was: the same place in the period before */
	int ntrend;
	double heat[7 * 24];                   /* received, by weekday and hour */
	struct report_rank *rank;
	int nranks;
	struct report_group *group;
	int ngroups;
	struct report_notice accepted, handled;
	bool whole;                            /* ranking, groups and notices are there: nobody asked for one unit alone */
	struct arena arena;
};

/* False with *e set. unit: NULL or "" = all that the caller may see. */
bool report_read(struct report *r, struct sync *db, enum report_period period, struct day at, const char *unit, struct err *e);
void report_free(struct report *r);

/* "Daily report", "Weekly report", "Monthly report", translated, and the period: "2026-11-22 Sunday", "2026-11-16 – 2026-11-22", "2026-11". */
const char *report_title(const struct report *r);
void report_period_text(const struct report *r, char out[64]);
const char *report_weekday(int weekday); /* 1 Monday, translated, short */
/* What a line is called, translated. */
const char *report_line_name(enum report_by by, const struct report_line *l);
/* Largest rise against the period before, first `most` of them: at least 5 cases now and more than before. Indexes into by[ITEM]. */
int report_hot(const struct report *r, int *out, int most);

void report_text(const struct report *r, int columns, struct buf *out);
void report_csv(const struct report *r, bool bom, struct buf *out);
void report_json(const struct report *r, struct buf *out);
void report_html(const struct report *r, struct buf *out);

#endif
